// A notice in a system's own form: the letter that it speaks of is found, then it is sealed and committed.
import type { Item, NoticeDraft } from '../../adapters/contract.ts'
import { reopenEnvelope } from '../../envelope/verify.ts'
import { checkNotice } from '../../letter/check.ts'
import type { Notice, NoticeKind } from '../../letter/notice.ts'
import { normalizeNumber, readLetterNumber } from '../../letter/numbers.ts'
import { type OfficeId, officeById } from '../../letter/offices.ts'
import type { Instant } from '../../letter/time.ts'
import { bad, good, problem, type Result } from '../../problem/problem.ts'
import { postNotice } from '../delivery/post.ts'
import type { Reader } from '../journal/database.ts'
import {
  envelopeById,
  type LetterRow,
  lettersOfMessage,
  lettersReceived,
  lettersSent,
} from '../journal/letters.ts'
import { keepSource, type SourceRow } from '../journal/sources.ts'
import { type Desk, faulty, newId, type Outcome, type System, sealNotice } from './desk.ts'

type NoticeItem = Extract<Item, { kind: 'notice' }>

/** Takes one notice. Rejects only when the disk or the journal fails. */
export async function takeNotice(
  desk: Desk,
  system: System,
  source: SourceRow,
  item: NoticeItem,
): Promise<Outcome> {
  const { draft, position } = item
  const found = await findLetter(desk.database.committed, system.office, draft)
  if (!found.ok) return faulty(found.problems)
  const notice = await noticeAbout(desk.database.committed, found.value, {
    kind: draft.kind,
    from: system.office,
    at: draft.at ?? desk.clock.now(),
    ...(draft.receiveNumber !== undefined && { receiveNumber: draft.receiveNumber }),
    reason: draft.reason ?? '',
  })
  if (!notice.ok) return faulty(notice.problems)
  const { envelope, sealed } = await sealNotice(desk, notice.value)
  const posted = await desk.database.write(async (transaction) => {
    const sourceId = await keepSource(transaction, source)
    const { messageId, createdAt: at } = envelope
    return postNotice(
      transaction,
      { messageId, notice: notice.value, sealed, sourceId, position, at },
      desk.routes,
      newId,
    )
  })
  if (posted.kind === 'problem') return faulty([posted.problem])
  if (posted.kind === 'known') return { kind: 'known', position, messageId: posted.messageId }
  desk.reached('notice.committed')
  desk.due(posted.due)
  return { kind: 'taken', position, messageId: envelope.messageId }
}

const saidBySender = (kind: NoticeKind): boolean => kind === 'dispute' || kind === 'recall'

/** The one letter, at one recipient, that a draft speaks of; several that fit are no answer. */
async function findLetter(reader: Reader, office: OfficeId, draft: NoticeDraft): Promise<Result<LetterRow>> {
  const { about, kind } = draft
  if ('messageId' in about) {
    const rows = (await lettersOfMessage(reader, about.messageId)).filter((row) => isParty(row, office, kind))
    return only(rows, about.messageId)
  }
  const key = { number: about.number, date: about.date, sender: about.sender, recipient: about.recipient }
  const rows = await findByKey(reader, office, key)
  return only(
    rows.filter((row) => isParty(row, office, kind)),
    about.number,
  )
}

const isParty = (row: LetterRow, office: OfficeId, kind: NoticeKind): boolean =>
  (saidBySender(kind) ? row.sender : row.recipient) === office

function only(rows: readonly LetterRow[], said: string): Result<LetterRow> {
  const [first, second] = rows
  if (first === undefined) return bad(problem('notice.letter.unknown', 'about', said))
  if (second !== undefined)
    return bad(problem('notice.letter.ambiguous', 'about', said, { count: rows.length }))
  return good(first)
}

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
    rows.push(
      ...(await lettersReceived(reader, office, number)),
      ...(await lettersSent(reader, office, number)),
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
