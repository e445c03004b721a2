// Finds the letters that somebody speaks of, and states things about them in the journal's own words.
import { reopenEnvelope } from '../../envelope/verify.ts'
import { checkNotice } from '../../letter/check.ts'
import type { Notice, NoticeKind } from '../../letter/notice.ts'
import { normalizeNumber, readLetterNumber } from '../../letter/numbers.ts'
import { type OfficeId, officeById } from '../../letter/offices.ts'
import type { Instant } from '../../letter/time.ts'
import { bad, problem, type Result } from '../../problem/problem.ts'
import type { Reader } from './database.ts'
import { envelopeById } from './envelopes.ts'
import { type LetterRow, lettersReceived, lettersSent, lettersSentTo } from './letters.ts'

/** Who says it of a letter: its sender, or its recipient. */
export const saidBySender = (kind: NoticeKind): boolean => kind === 'dispute' || kind === 'recall'

export interface LetterKey {
  readonly number: string
  readonly date?: string | undefined
  readonly sender?: OfficeId | undefined
  readonly recipient?: OfficeId | undefined
}

/**
 * The letters that `office` sent or was sent under a number in any written form, newest first. Letters missing in the
 * number are completed from the sender that is named, or from each sender whose letter might fit.
 */
export async function findByKey(reader: Reader, office: OfficeId, key: LetterKey): Promise<LetterRow[]> {
  const numbers = new Set<string>()
  const normalized = normalizeNumber(key.number)
  if (normalized !== undefined) numbers.add(normalized)
  for (const sender of [key.sender, office, 'moi' as OfficeId]) {
    const read = sender && readLetterNumber(key.number, officeById(sender)?.letters)
    if (read?.ok) numbers.add(read.value.number.normalized)
  }
  const rows: LetterRow[] = []
  for (const number of numbers) {
    rows.push(...(await lettersReceived(reader, office, number)))
    // Of a circular with many recipients the one that is named need not be among the newest.
    rows.push(
      ...(key.recipient === undefined
        ? await lettersSent(reader, office, number)
        : await lettersSentTo(reader, office, key.recipient, number)),
    )
  }
  const fits = rows.filter(
    (row) =>
      (key.date === undefined || row.date === key.date) &&
      (key.sender === undefined || row.sender === key.sender) &&
      (key.recipient === undefined || row.recipient === key.recipient),
  )
  const distinct = new Map(fits.map((row) => [`${row.messageId} ${row.recipient}`, row]))
  return [...distinct.values()].sort((one, other) => other.committedAt - one.committedAt)
}

/** A notice of `said.from` about a letter in the journal: the letter's words and digest are the journal's own. */
export async function noticeAbout(
  reader: Reader,
  row: LetterRow,
  said: {
    readonly kind: NoticeKind
    readonly from: OfficeId
    readonly at: Instant
    readonly receiveNumber?: string
    readonly reason: string
  },
): Promise<Result<Notice>> {
  const stored = await envelopeById(reader, row.messageId)
  if (stored === undefined) return bad(problem('notice.letter.unknown', 'about', row.messageId))
  const envelope = reopenEnvelope(stored.bytes, stored.digest)
  if (!envelope.ok)
    throw new Error(`the journal's envelope ${row.messageId} cannot be read: ${envelope.problems[0].code}`)
  if (envelope.value.content !== 'letter')
    return bad(problem('notice.letter.unknown', 'about', row.messageId))
  const { letter } = envelope.value
  return checkNotice({
    ...said,
    to: saidBySender(said.kind) ? row.recipient : row.sender,
    about: {
      messageId: row.messageId,
      digest: stored.digest,
      number: letter.number.printed,
      date: letter.date,
      subject: letter.subject,
    },
  })
}
