// Envelopes in the journal, and the signed answers to single ones.
import type { SealedEnvelope } from '../../envelope/envelope.ts'
import type { NoticeKind } from '../../letter/notice.ts'
import type { OfficeId } from '../../letter/offices.ts'
import type { Instant, MessageId } from '../../letter/time.ts'
import type { Reader, Transaction } from './database.ts'

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

const envelopeSql = {
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
    envelopeSql.insertEnvelope,
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
  return (await reader.one<{ messageId: MessageId }>(envelopeSql.ofHandover, handover, position))?.messageId
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
    envelopeSql.withContent,
    ...[sourceId, position, contentDigest],
  )
  return row?.messageId
}

export async function envelopeById(reader: Reader, messageId: string): Promise<EnvelopeRow | undefined> {
  const row = await reader.one<EnvelopeRow>(envelopeSql.envelope, messageId)
  return row && { ...row, bytes: Buffer.from(row.bytes) }
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
    envelopeSql.insertReceipt,
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
    envelopeSql.receipt,
    about,
    direction,
  )
  return row && { about: row.about, receipt: { digest: row.digest, bytes: Buffer.from(row.bytes) } }
}
