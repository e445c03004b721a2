// Letters in the journal, each as one of its recipients has it: what it says, and the state that it is in.
import { naturalKey } from '../../letter/digest.ts'
import type { Letter } from '../../letter/letter.ts'
import type { OfficeId } from '../../letter/offices.ts'
import type { Instant, MessageId } from '../../letter/time.ts'
import { type LetterEvent, type LetterState, letterTable, next } from '../delivery/states.ts'
import type { Reader, Transaction } from './database.ts'
import { recordEvent } from './events.ts'

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

/** `of`: the name of the table in its statement, with a dot. */
export const letterColumns = (
  of = '',
): string => `${of}message_id AS "messageId", ${of}recipient, ${of}sender, ${of}number,
  ${of}date, ${of}content_digest AS "contentDigest", ${of}urgency, ${of}secrecy, ${of}state,
  ${of}receive_number AS "receiveNumber", ${of}committed_at AS "committedAt", ${of}changed_at AS "changedAt"`

export const letterSql = {
  insertLetter: `
INSERT INTO letters (message_id, recipient, sender, number, date, natural_key, content_digest, urgency, secrecy, state,
  receive_number, live, committed_at, changed_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, 1, ?, ?)`,
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
} as const

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
