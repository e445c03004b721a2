// Notices in the journal: what one office said to another of a letter.
import type { Notice, NoticeKind } from '../../letter/notice.ts'
import type { OfficeId } from '../../letter/offices.ts'
import type { Instant, MessageId } from '../../letter/time.ts'
import { letterTable, next } from '../delivery/states.ts'
import type { Reader, Transaction } from './database.ts'
import type { LetterRow } from './letters.ts'

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
export const noticeColumns = (
  of = '',
): string => `${of}message_id AS "messageId", ${of}kind, ${of}about, ${of}sender,
  ${of}recipient, ${of}receive_number AS "receiveNumber", ${of}committed_at AS "committedAt"`

export const noticeSql = {
  insertNotice: `
INSERT INTO notices (message_id, kind, about, sender, recipient, receive_number, committed_at)
VALUES (?, ?, ?, ?, ?, ?, ?)`,
  noticesBetween: `
SELECT ${noticeColumns()} FROM notices WHERE about = ? AND sender = ? AND recipient = ? ORDER BY seq`,
  noticesAbout: `SELECT ${noticeColumns()} FROM notices WHERE about = ? ORDER BY seq`,
} as const

export async function insertNotice(
  transaction: Transaction,
  messageId: MessageId,
  notice: Notice,
  at: Instant,
): Promise<void> {
  const { kind, about, from, to } = notice
  transaction.put(
    noticeSql.insertNotice,
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
  reader.all<NoticeRow>(noticeSql.noticesAbout, messageId)

/** What one office said to another of a letter, in order. */
export const noticesBetween = (
  reader: Reader,
  messageId: string,
  sender: OfficeId,
  recipient: OfficeId,
): Promise<NoticeRow[]> => reader.all<NoticeRow>(noticeSql.noticesBetween, messageId, sender, recipient)

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
