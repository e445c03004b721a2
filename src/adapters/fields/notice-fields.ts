// The canonical fields of a notice, as a profile names them, and the notice that they make: both ways in one place.

import { readCanonicalDate } from '../../letter/dates.ts'
import { noticeKinds } from '../../letter/notice.ts'
import { type OfficeId, officeId } from '../../letter/offices.ts'
import { printInstant, readInstant, readMessageId } from '../../letter/time.ts'
import { good, type Problem, problem, type Result, within } from '../../problem/problem.ts'
import type { NoticeDraft, OutgoingNotice } from '../contract.ts'
import { atMostIn, dates, type FieldRule, type FieldValues, officeIds, oneOf } from './letter-fields.ts'

/**
 * Every canonical field that a notice's `fields` can map. `office` is the office at the other end of the letter; `subject`
 * is the letter's, for people: it is written and never read.
 */
export const noticeFields: Readonly<Record<string, FieldRule>> = {
  kind: { codecs: ['table', 'lookup'], values: noticeKinds },
  messageId: { codecs: ['text'] },
  number: { codecs: ['letter-number', 'join'] },
  date: { codecs: dates },
  subject: { codecs: ['text'], mayBeCut: true },
  office: { codecs: ['office', 'table', 'lookup'], values: officeIds },
  receiveNumber: { codecs: ['text', 'digits', 'join'] },
  at: { codecs: ['instant'] },
  reason: { codecs: ['text', 'digits'], mayBeCut: true },
}

/** Without these a notice would lose what it is for. */
export const neededNoticeFields: readonly string[] = ['kind', 'number', 'receiveNumber', 'reason']

/** What the letter's own system said of it, and a notice repeats to name it. The letter's id and who says the notice are news to that system. */
export const namingFields: readonly string[] = ['number', 'date', 'subject']

/** A notice's canonical values, field by field. */
export const valuesOfNotice = (notice: OutgoingNotice): FieldValues =>
  new Map([
    ['kind', [notice.kind]],
    ['messageId', [notice.about.messageId]],
    ['number', [notice.about.number]],
    ['date', [notice.about.date]],
    ['subject', [notice.about.subject]],
    ['office', [notice.from]],
    ['receiveNumber', notice.receiveNumber === undefined ? [] : [notice.receiveNumber]],
    ['at', [printInstant(notice.at)]],
    ['reason', notice.reason === '' ? [] : [notice.reason]],
  ])

/** The notice that canonical values make, or every problem, its path the field's name. `own` is the office that says it. */
export function noticeOfValues(values: FieldValues, own: OfficeId): Result<NoticeDraft> {
  const problems: Problem[] = []
  const read = <Value>(field: string, reader: (text: string) => Result<Value>): Value | undefined => {
    const [value] = atMostIn(values, field, 1, problems)
    if (value === undefined || value === '') return undefined
    const result = reader(value)
    if (result.ok) return result.value
    problems.push(...result.problems.map((each) => within(field, each)))
    return undefined
  }
  const kind = read('kind', oneOf(noticeKinds))
  if (kind === undefined && problems.length === 0) problems.push(problem('letter.field.missing', 'kind'))
  const messageId = read('messageId', readMessageId)
  const number = read('number', good)
  const date = read('date', readCanonicalDate)
  const other = read('office', officeId)
  const receiveNumber = read('receiveNumber', good)
  const at = read('at', readInstant)
  const reason = read('reason', good)
  if (messageId === undefined && number === undefined)
    problems.push(problem('letter.field.missing', 'number'))
  if ((kind === 'accept' || kind === 'dispute') && receiveNumber === undefined)
    problems.push(problem('letter.field.missing', 'receiveNumber'))
  const [fault, ...more] = problems
  if (fault !== undefined) return { ok: false, problems: [fault, ...more] }
  if (kind === undefined) throw new Error('a notice without a kind has no problem')
  // Only a letter's sender disputes its receive number or recalls it; the others are its recipient's to say.
  const sent = kind === 'dispute' || kind === 'recall'
  return good({
    kind,
    about:
      messageId !== undefined
        ? { messageId }
        : {
            number: number ?? '',
            ...(date !== undefined && { date }),
            ...(sent ? { sender: own } : { recipient: own }),
            ...(other !== undefined && (sent ? { recipient: other } : { sender: other })),
          },
    ...(receiveNumber !== undefined && { receiveNumber }),
    ...(at !== undefined && { at }),
    ...(reason !== undefined && { reason }),
  })
}
