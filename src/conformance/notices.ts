// What a profile's notices owe, without a system: each kind written in the system's form and read again, receive numbers above all.
import type { NoticeDraft } from '../adapters/contract.ts'
import type { DocumentForm, Written } from '../adapters/formats/format.ts'
import { checkNotice } from '../letter/check.ts'
import type { Letter } from '../letter/letter.ts'
import { type Notice, type NoticeKind, noticeKinds } from '../letter/notice.ts'
import type { OfficeId } from '../letter/offices.ts'
import type { MessageId } from '../letter/time.ts'
import { describe } from '../problem/problem.ts'
import { hostileTexts, mustBe } from './letters.ts'
import { type Finding, failed, passed } from './verdict.ts'

/** A notice that came, as far as its form says it. */
export interface Told {
  readonly draft: NoticeDraft
  /** The texts of its files: where a reason stands that its place cannot hold. */
  readonly texts: readonly string[]
  /** What its form has no place for. */
  readonly unsaid: readonly string[]
}

export interface NoticeWay {
  /** `notices that it is told`, `notices that it tells`. */
  readonly name: string
  readonly form: DocumentForm
  /** Who says it of whose letter. */
  readonly from: OfficeId
  readonly to: OfficeId
  readonly letter: Letter
  readonly kinds: readonly NoticeKind[]
  readonly messageId: () => MessageId
}

/** Receive numbers as registers make them: with a year, in Thai digits, as free text (domain §3, §4). */
const receiveNumbers = ['1', '1234/2569', '๑๒๓๔', 'รับที่ ๕๗/๒๕๖๙', '000123']

const about = (letter: Letter, messageId: MessageId) => ({
  messageId,
  digest: '0'.repeat(64),
  number: letter.number.printed,
  date: letter.date,
  subject: letter.subject,
})

/** A notice of the kind about the letter. */
export function sampleNotice(
  { from, to, letter, messageId }: Pick<NoticeWay, 'from' | 'to' | 'letter' | 'messageId'>,
  kind: NoticeKind,
  said: { readonly receiveNumber?: string; readonly reason?: string } = {},
): Notice {
  const { receiveNumber = '1/2569', reason = '' } = said
  const numbered = kind === 'accept' || kind === 'dispute'
  return mustBe(
    checkNotice({
      kind,
      from,
      to,
      about: about(letter, messageId()),
      at: Date.UTC(2026, 10, 23, 3, 15),
      reason,
      ...(numbered && { receiveNumber }),
    }),
  )
}

/** Every kind, every form of a receive number, and reasons that broke systems elsewhere. */
export async function checkNotices(way: NoticeWay): Promise<readonly Finding[]> {
  const everyKind = way.kinds.map((kind) => ({ name: kind, notice: sampleNotice(way, kind) }))
  const numbers = receiveNumbers.map((receiveNumber) => ({
    name: `receive number ${receiveNumber}`,
    notice: sampleNotice(way, 'accept', { receiveNumber }),
  }))
  const reasons = way.kinds
    .filter((kind) => kind === 'reject' || kind === 'invalid')
    .flatMap((kind) =>
      hostileTexts.map((reason, index) => ({
        name: `${kind} with text ${index + 1}`,
        notice: sampleNotice(way, kind, { reason }),
      })),
    )
  const accepts = await thereAndBack(way, 'accepts', [...everyKind, ...numbers], 'all')
  return reasons.length === 0 ? [accepts] : [accepts, await thereAndBack(way, 'hostile', reasons)]
}

async function thereAndBack(
  way: NoticeWay,
  check: Finding['check'],
  samples: readonly { readonly name: string; readonly notice: Notice }[],
  must: 'some' | 'all' = 'some',
): Promise<Finding> {
  const faults: string[] = []
  let refused = 0
  for (const { name, notice } of samples) {
    const written = await way.form.write({
      id: 'conformance-1',
      office: notice.to,
      envelope: { messageId: way.messageId(), createdAt: notice.at, content: 'notice', notice },
      about: { messageId: notice.about.messageId, letter: way.letter },
      open: () => {
        throw new Error('a notice has no attachments')
      },
    })
    if (!written.ok) {
      refused += 1
      if (must === 'all')
        faults.push(`${name}: refused: ${written.problems.map((each) => describe(each)).join('; ')}`)
      continue
    }
    const lost = await losses(way.form, notice, written.value)
    if (lost.length > 0) faults.push(`${name}: ${lost.join('; ')}`)
  }
  const told = `${way.name}: ${samples.length - refused} of ${samples.length} written and read again, ${refused} refused`
  return faults.length > 0
    ? failed(check, told, faults.join('\n'))
    : refused === samples.length
      ? failed(check, told, 'all of them are refused')
      : passed(check, told)
}

/** The notice as the system's form says it, read again: what is another then, in words. */
async function losses(
  form: DocumentForm,
  notice: Notice,
  { bytes, files, spilled, cut = [] }: Written,
): Promise<string[]> {
  const beside = new Map(
    files.map(({ name, content }) => {
      if (content.kind !== 'bytes') throw new Error('a notice was written with an attachment')
      return [name, { kind: 'bytes' as const, bytes: content.bytes }]
    }),
  )
  const items = await form.read({
    document: 'notice',
    name: 'conformance',
    bytes,
    beside,
    sender: 'gone',
    final: true,
  })
  const [item, another] = items
  if (item === undefined || another !== undefined) return [`${items.length} items are read from one notice`]
  if (item.kind === 'fault')
    return [`it cannot be read again: ${item.problems.map((each) => describe(each)).join('; ')}`]
  if (item.kind !== 'notice') return [`it is read as a ${item.kind}`]
  const own = files.flatMap(({ content }) =>
    content.kind === 'bytes' ? [content.bytes.toString('utf8')] : [],
  )
  const texts = [...own, ...enclosed(bytes)]
  return differences(notice, item.draft, { spilled, cut, texts, unsaid: form.unsaid ?? [] })
}

function differences(
  notice: Notice,
  draft: NoticeDraft,
  { spilled, cut, texts, unsaid }: Record<'spilled' | 'cut' | 'texts' | 'unsaid', readonly string[]>,
): string[] {
  const receiveNumber = 'receiveNumber' in notice ? notice.receiveNumber : undefined
  // A form names the letter by its message id, or by its words, or by both.
  const { about } = notice
  const named: { readonly messageId?: string; readonly number?: string; readonly date?: string } = draft.about
  const pairs: readonly (readonly [string, string | undefined, string | undefined])[] = [
    ['kind', notice.kind, draft.kind],
    ['receiveNumber', receiveNumber, draft.receiveNumber],
    ['reason', notice.reason, unsaid.includes('reason') ? notice.reason : (draft.reason ?? '')],
    ['messageId', about.messageId, named.messageId ?? about.messageId],
    ['number', about.number, named.number ?? about.number],
    ['date', about.date, named.date ?? about.date],
  ]
  return pairs.flatMap(([field, was, is]): string[] => {
    if (spilled.includes(field)) {
      const whole = was === undefined || texts.some((text) => text.includes(was))
      return whole ? [] : [`${field} is spilled, and does not stand whole in a file beside`]
    }
    if (cut.includes(field) && isBeginning(is, was)) return []
    return was === is ? [] : [`${field} was ${was ?? 'nothing'} and is ${is ?? 'nothing'}`]
  })
}

/** What is another in a notice that came than in the one that was given, in words. */
export function misheard(given: Notice, { draft, texts, unsaid }: Told): string[] {
  const { reason } = given
  const spilled = reason !== '' && texts.some((text) => text.includes(reason)) ? ['reason'] : []
  return differences(given, draft, { spilled, cut: [], texts, unsaid })
}

/** Whether it is the beginning of the text, with the mark that it goes on. */
const isBeginning = (cell = '', text = ''): boolean =>
  cell.endsWith(' ...') && text.startsWith(cell.slice(0, -' ...'.length))

/** The kinds that a system is told: all but those that its profile leaves out. */
export const toldKinds = (untold: readonly NoticeKind[]): readonly NoticeKind[] =>
  noticeKinds.filter((kind) => !untold.includes(kind))

/** What stands in a document as base64: the files of a mail. A notice has no other place for them. */
export const enclosed = (bytes: Buffer): string[] =>
  [...bytes.toString('latin1').matchAll(/\r\n\r\n([A-Za-z0-9+/=\r\n]+)\r\n--/g)].map(([, block = '']) =>
    Buffer.from(block, 'base64').toString('utf8'),
  )
