// Envelopes, letters and notices in the journal.
import type { SealedEnvelope } from '../../envelope/envelope.ts'
import { contentDigest, naturalKey } from '../../letter/digest.ts'
import type { Letter } from '../../letter/letter.ts'
import type { Notice, NoticeKind } from '../../letter/notice.ts'
import type { OfficeId } from '../../letter/offices.ts'
import type { Instant, MessageId } from '../../letter/time.ts'
import { type LetterEvent, type LetterState, letterTable, next } from '../delivery/states.ts'
import { isReplaced } from './corrections.ts'
import type { Reader, Statement, Transaction } from './database.ts'
import { recordEvent } from './events.ts'

export interface EnvelopeRow {
  readonly messageId: MessageId
  readonly content: 'letter' | NoticeKind
  readonly sender: OfficeId
  readonly digest: string
  readonly bytes: Buffer
  readonly sourceId: string | null
  readonly position: string | null
  readonly committedAt: Instant
}

export interface LetterRow {
  readonly messageId: MessageId
  readonly recipient: OfficeId
  readonly sender: OfficeId
  /** Normalised. */
  readonly number: string
  readonly date: string
  readonly contentDigest: string
  readonly urgency: string
  readonly secrecy: string
  readonly state: LetterState
  readonly receiveNumber: string | null
  readonly committedAt: Instant
  readonly changedAt: Instant
}

export interface NoticeRow {
  readonly messageId: MessageId
  readonly kind: NoticeKind
  readonly about: MessageId
  readonly sender: OfficeId
  readonly recipient: OfficeId
  readonly receiveNumber: string | null
  readonly committedAt: Instant
}

/** `of`: the name of the table in its statement, with a dot. */
export const letterColumns = (
  of = '',
): string => `${of}message_id AS "messageId", ${of}recipient, ${of}sender, ${of}number,
  ${of}date, ${of}content_digest AS "contentDigest", ${of}urgency, ${of}secrecy, ${of}state,
  ${of}receive_number AS "receiveNumber", ${of}committed_at AS "committedAt", ${of}changed_at AS "changedAt"`
export const noticeColumns = (
  of = '',
): string => `${of}message_id AS "messageId", ${of}kind, ${of}about, ${of}sender,
  ${of}recipient, ${of}receive_number AS "receiveNumber", ${of}committed_at AS "committedAt"`

/** What stands in the journal, and what of it was purged: asked as one, for every letter that is handed over is looked for. */
const keptOrPurged = (one: (table: string, purged: number) => string): string =>
  `${one('letters', 0)} UNION ALL ${one('purged_letters', 1)}`
const found = (table: string, purged: number): string =>
  `SELECT ${letterColumns()}, ${purged} AS purged FROM ${table}`

export const letterSql = {
  insertEnvelope: `
INSERT INTO envelopes (message_id, content, sender, digest, bytes, source_id, position, handover, committed_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ofHandover: `SELECT message_id AS "messageId" FROM envelopes WHERE handover = ? AND position = ?`,
  withContent: `
SELECT e.message_id AS "messageId" FROM sources s
JOIN sources o ON o.system = s.system AND o.document = s.document AND o.sha256 = s.sha256
JOIN envelopes e ON e.source_id = o.id JOIN letters l ON l.message_id = e.message_id
WHERE s.id = ? AND e.position = ? AND l.content_digest = ? LIMIT 1`,
  envelope: `
SELECT message_id AS "messageId", content, sender, digest, bytes, source_id AS "sourceId", position,
  committed_at AS "committedAt"
FROM envelopes WHERE message_id = ?`,
  insertLetter: `
INSERT INTO letters (message_id, recipient, sender, number, date, natural_key, content_digest, urgency, secrecy, state,
  receive_number, live, committed_at, changed_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, 1, ?, ?)`,
  byNaturalKey: `
${keptOrPurged((...of) => `${found(...of)} WHERE natural_key = ? AND live = 1`)} ORDER BY "committedAt"`,
  // The newest of each: of a circular that was recalled there are thousands.
  retired: keptOrPurged(
    (table, purged) => `
SELECT * FROM (${found(table, purged)} WHERE sender = ? AND number = ? AND content_digest = ? AND live = 0
ORDER BY committed_at DESC LIMIT 1) newest_of_${table}`,
  ),
  previous: `
SELECT message_id AS "messageId" FROM letters WHERE sender = ? AND number = ? AND date = ? AND recipient = ?
ORDER BY committed_at DESC, message_id DESC LIMIT 1`,
  ofMessage: `SELECT ${letterColumns()} FROM letters WHERE message_id = ? ORDER BY recipient`,
  one: `SELECT ${letterColumns()} FROM letters WHERE message_id = ? AND recipient = ?`,
  // By its number, of which there are few: `+ 0` keeps SQLite from walking through all of a recipient's letters in order.
  received: `
SELECT ${letterColumns()} FROM letters WHERE recipient = ? AND number = ? ORDER BY committed_at + 0 DESC LIMIT 50`,
  sent: `SELECT ${letterColumns()} FROM letters WHERE sender = ? AND number = ? ORDER BY committed_at DESC LIMIT 200`,
  sentTo: `
SELECT ${letterColumns()} FROM letters WHERE recipient = ? AND number = ? AND sender = ? ORDER BY committed_at DESC LIMIT 50`,
  newestSent: `SELECT ${letterColumns()} FROM letters WHERE sender = ? ORDER BY committed_at DESC, message_id DESC LIMIT ?`,
  cross: 'UPDATE letters SET state = state WHERE message_id = ? AND recipient = ?',
  move: 'UPDATE letters SET state = ?, changed_at = ? WHERE message_id = ? AND recipient = ?',
  register: 'UPDATE letters SET receive_number = ? WHERE message_id = ? AND recipient = ?',
  retire: 'UPDATE letters SET live = 0 WHERE message_id = ? AND recipient = ?',
  insertNotice: `
INSERT INTO notices (message_id, kind, about, sender, recipient, receive_number, committed_at)
VALUES (?, ?, ?, ?, ?, ?, ?)`,
  noticesBetween: `
SELECT ${noticeColumns()} FROM notices WHERE about = ? AND sender = ? AND recipient = ? ORDER BY seq`,
  noticesAbout: `SELECT ${noticeColumns()} FROM notices WHERE about = ? ORDER BY seq`,
  insertReceipt: `
INSERT INTO receipts (about, about_digest, direction, office, digest, bytes, committed_at)
VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (about, direction, office) DO UPDATE SET about_digest = excluded.about_digest, digest = excluded.digest,
  bytes = excluded.bytes, committed_at = excluded.committed_at WHERE receipts.direction = 'got'`,
  receipt: `
SELECT about_digest AS about, digest, bytes FROM receipts WHERE about = ? AND direction = ? ORDER BY committed_at LIMIT 1`,
} as const

/** Writes a sealed envelope. */
export async function insertEnvelope(
  transaction: Transaction,
  row: Omit<EnvelopeRow, 'bytes' | 'handover'> & {
    readonly bytes: Uint8Array
    readonly handover: string | null
  },
): Promise<void> {
  transaction.put(
    letterSql.insertEnvelope,
    row.messageId,
    row.content,
    row.sender,
    row.digest,
    row.bytes,
    row.sourceId,
    row.position,
    row.handover,
    row.committedAt,
  )
}

/** What was taken before at this place of this handing-over. */
export async function takenOf(
  reader: Reader,
  handover: string | null,
  position: string,
): Promise<MessageId | undefined> {
  if (handover === null) return undefined
  return (await reader.one<{ messageId: MessageId }>(letterSql.ofHandover, handover, position))?.messageId
}

/** What was taken before with this content at this place of the same document, whatever files came beside it. */
export async function takenWith(
  reader: Reader,
  place: {
    readonly sourceId: string | null
    readonly position: string | null
    readonly contentDigest: string
  },
): Promise<MessageId | undefined> {
  const { sourceId, position, contentDigest } = place
  const row = await reader.one<{ messageId: MessageId }>(
    letterSql.withContent,
    ...[sourceId, position, contentDigest],
  )
  return row?.messageId
}

export async function envelopeById(reader: Reader, messageId: string): Promise<EnvelopeRow | undefined> {
  const row = await reader.one<EnvelopeRow>(letterSql.envelope, messageId)
  return row && { ...row, bytes: Buffer.from(row.bytes) }
}

/** Writes a letter as `recipient` will have it, in its first state. */
export async function insertLetter(
  transaction: Transaction,
  messageId: MessageId,
  letter: Letter,
  recipient: OfficeId,
  digest: string,
  at: Instant,
): Promise<void> {
  transaction.put(
    letterSql.insertLetter,
    messageId,
    recipient,
    letter.from.office,
    letter.number.normalized,
    letter.date,
    naturalKey(letter, recipient),
    digest,
    letter.urgency,
    letter.secrecy,
    'sealed' satisfies LetterState,
    at,
    at,
  )
}

/** What the journal holds already of a letter that is offered. */
export type Earlier =
  /**
   * These recipients have none, or one of other content that was refused or wrong: those are in `corrects`. `givenUp`: of
   * exactly this content, at the others. `before`: a letter of exactly this content that was recalled; `replaced`: by another
   * that went in its place, and was not recalled itself.
   */
  | {
      readonly kind: 'fresh'
      readonly recipients: readonly OfficeId[]
      readonly corrects: readonly LetterRow[]
      readonly givenUp: readonly LetterRow[]
      readonly before?: LetterRow
      readonly replaced?: boolean
    }
  /** Every recipient has exactly this content under this key. `ended`: some recipient refused it, or says that it is wrong. */
  | {
      readonly kind: 'known'
      readonly messageId: MessageId
      readonly givenUp: readonly LetterRow[]
      readonly ended?: LetterState
    }
  /** Some recipient has another content under the same key. `before` as above. */
  | { readonly kind: 'conflict'; readonly messageId: MessageId; readonly before?: LetterRow }

const hasEnded = ({ state }: LetterRow): boolean => state === 'refused' || state === 'wrong'

/** What `keptOrPurged` asks for: the newest of each. */
async function keptAndPurged(
  reader: Reader,
  statement: Statement,
  ...values: readonly string[]
): Promise<{ readonly kept?: LetterRow; readonly purged?: LetterRow }> {
  const rows = await reader.all<LetterRow & { readonly purged: number }>(statement, ...values, ...values)
  const found: { kept?: LetterRow; purged?: LetterRow } = {}
  for (const { purged, ...row } of rows) found[purged === 1 ? 'purged' : 'kept'] = row
  return found
}

/** Compares an offered letter with what is there under its natural key (design §5.5, duplicates). */
export async function findEarlier(
  reader: Reader,
  letter: Letter,
  digest = contentDigest(letter),
): Promise<Earlier> {
  const { from, number, to } = letter
  const [retired, ...under] = await Promise.all([
    keptAndPurged(reader, letterSql.retired, from.office, number.normalized, digest),
    ...to.offices.map((recipient) =>
      keptAndPurged(reader, letterSql.byNaturalKey, naturalKey(letter, recipient)),
    ),
  ])
  const before = retired.kept ?? retired.purged
  const same: LetterRow[] = []
  const recipients: OfficeId[] = []
  const corrects: LetterRow[] = []
  for (const [index, recipient] of to.offices.entries()) {
    const { kept, purged } = under[index] ?? {}
    const row = kept ?? purged
    if (row?.contentDigest === digest) same.push(row)
    else if (row !== undefined && !hasEnded(row))
      return { kind: 'conflict', messageId: row.messageId, ...(before && { before }) }
    else {
      recipients.push(recipient)
      // What was purged nobody can recall any more.
      if (kept !== undefined) corrects.push(kept)
    }
  }
  const known = same.at(-1)
  const givenUp = same.filter(({ state }) => state === 'given-up')
  // A circular that was recalled at one recipient may go to that one again.
  if (known !== undefined && recipients.length === 0) {
    const ended = same.find(hasEnded)?.state
    return { kind: 'known', messageId: known.messageId, givenUp, ...(ended && { ended }) }
  }
  const replaced = before !== undefined && (await isReplaced(reader, before.messageId))
  return { kind: 'fresh', recipients, corrects, givenUp, ...(before && { before, replaced }) }
}

/** The letter under the natural key of this one that was not recalled, also where it was purged. */
export async function letterUnder(
  reader: Reader,
  letter: Letter,
  recipient: OfficeId,
): Promise<LetterRow | undefined> {
  const natural = naturalKey(letter, recipient)
  const { kept, purged } = await keptAndPurged(reader, letterSql.byNaturalKey, natural)
  return kept ?? purged
}

/** The last letter under the sender, number, date and recipient of this one, whatever became of it. */
export async function previousTo(
  reader: Reader,
  { from, number, date }: Letter,
  recipient: OfficeId,
): Promise<MessageId | undefined> {
  const key = [from.office, number.normalized, date, recipient] as const
  return (await reader.one<{ messageId: MessageId }>(letterSql.previous, ...key))?.messageId
}

export const lettersOfMessage = (reader: Reader, messageId: string): Promise<LetterRow[]> =>
  reader.all<LetterRow>(letterSql.ofMessage, messageId)

export const letterAt = (
  reader: Reader,
  messageId: string,
  recipient: string,
): Promise<LetterRow | undefined> => reader.one<LetterRow>(letterSql.one, messageId, recipient)

/** Letters that an office was sent under a normalised number, newest first. */
export const lettersReceived = (reader: Reader, recipient: string, number: string): Promise<LetterRow[]> =>
  reader.all<LetterRow>(letterSql.received, recipient, number)

/** Letters that an office sent under a normalised number, newest first. */
export const lettersSent = (reader: Reader, sender: string, number: string): Promise<LetterRow[]> =>
  reader.all<LetterRow>(letterSql.sent, sender, number)

/** Letters that an office sent to another under a normalised number, newest first. */
export const lettersSentTo = (
  reader: Reader,
  sender: string,
  recipient: string,
  number: string,
): Promise<LetterRow[]> => reader.all<LetterRow>(letterSql.sentTo, recipient, number, sender)

/** The letters that an office sent, newest first. */
export const newestSent = (reader: Reader, sender: string, limit: number): Promise<LetterRow[]> =>
  reader.all<LetterRow>(letterSql.newestSent, sender, Math.min(Math.max(1, limit), 1000))

/**
 * Moves a letter's state at one recipient, as the state table says; the only writer of letter states. Returns the new
 * state, or undefined when the event does not apply (nothing is written then).
 */
export async function moveLetter(
  transaction: Transaction,
  messageId: MessageId,
  recipient: OfficeId,
  event: LetterEvent,
  at: Instant,
  receiveNumber?: string,
): Promise<LetterState | undefined> {
  const row = await letterAt(transaction, messageId, recipient)
  return row && moveLetterRow(transaction, row, event, at, receiveNumber)
}

/** Whoever moves this letter at this very moment crosses this, and looks again. */
export function crossLetter(
  transaction: Transaction,
  { messageId, recipient }: Pick<LetterRow, 'messageId' | 'recipient'>,
): void {
  transaction.put(letterSql.cross, messageId, recipient)
}

/** As `moveLetter`, of a row that was read in this transaction. */
export async function moveLetterRow(
  transaction: Transaction,
  row: LetterRow,
  event: LetterEvent,
  at: Instant,
  receiveNumber?: string,
): Promise<LetterState | undefined> {
  const { messageId, recipient } = row
  const state = next(letterTable, row.state, event)
  if (state === undefined) return undefined
  if (receiveNumber !== undefined && event === 'accept') {
    transaction.put(letterSql.register, receiveNumber, messageId, recipient)
  }
  if (state === row.state) return state
  transaction.put(letterSql.move, state, at, messageId, recipient)
  if (state === 'recalled') transaction.put(letterSql.retire, messageId, recipient)
  await recordEvent(
    transaction,
    at,
    'letter.moved',
    { messageId, office: recipient },
    { from: row.state, to: state },
  )
  return state
}

export async function insertNotice(
  transaction: Transaction,
  messageId: MessageId,
  notice: Notice,
  at: Instant,
): Promise<void> {
  const { kind, about, from, to } = notice
  transaction.put(
    letterSql.insertNotice,
    messageId,
    kind,
    about.messageId,
    from,
    to,
    notice.receiveNumber ?? null,
    at,
  )
}

export const noticesAbout = (reader: Reader, messageId: string): Promise<NoticeRow[]> =>
  reader.all<NoticeRow>(letterSql.noticesAbout, messageId)

/** What one office said to another of a letter, in order. */
export const noticesBetween = (
  reader: Reader,
  messageId: string,
  sender: OfficeId,
  recipient: OfficeId,
): Promise<NoticeRow[]> => reader.all<NoticeRow>(letterSql.noticesBetween, messageId, sender, recipient)

/**
 * The same notice among those `said` before by the same office to the other about the same letter, where saying it again changes nothing. Whoever says a
 * thing twice (a system's own `receive` after ours, an accept sent again) is heard once; a rejection of what was sent again, or
 * a number given again after a dispute, is a new word. `seen`: it was only looked at again (Source.seen), which says nothing
 * new of a letter whose state has moved since.
 */
export function sameNotice(
  said: readonly NoticeRow[],
  notice: Notice,
  { state }: LetterRow,
  seen: boolean,
): NoticeRow | undefined {
  const { kind } = notice
  const last = said.findLast((row) => row.kind === kind)
  if (last === undefined || last.receiveNumber !== (notice.receiveNumber ?? null)) return undefined
  const moved = next(letterTable, state, kind) ?? state
  return seen || moved === state ? last : undefined
}

/** An envelope as a receipt names it. */
export interface Receipted {
  readonly messageId: MessageId
  readonly digest: string
}

/** Keeps a signed answer to one envelope. Of ours the first one stays; of theirs the last one: what was refused may be taken when it is sent again. */
export async function keepReceipt(
  transaction: Transaction,
  about: Receipted,
  direction: 'given' | 'got',
  office: OfficeId,
  receipt: SealedEnvelope,
  at: Instant,
): Promise<void> {
  const { messageId, digest } = about
  transaction.put(
    letterSql.insertReceipt,
    messageId,
    digest,
    direction,
    office,
    receipt.digest,
    receipt.bytes,
    at,
  )
}

/** The signed answer to an envelope, and the digest of the envelope that it was given for. */
export async function receiptFor(
  reader: Reader,
  about: MessageId,
  direction: 'given' | 'got',
): Promise<{ readonly about: string; readonly receipt: SealedEnvelope } | undefined> {
  const row = await reader.one<{ about: string; digest: string; bytes: Uint8Array }>(
    letterSql.receipt,
    about,
    direction,
  )
  return row && { about: row.about, receipt: { digest: row.digest, bytes: Buffer.from(row.bytes) } }
}
