// What systems were handed, in the journal: the exact documents, each once, and at which attempts.
import type { Instant } from '../../letter/time.ts'
import type { Reader, Transaction } from './database.ts'

/** A file of a document that was written. */
export interface HandedFile {
  readonly name: string
  readonly mediaType: string
  /** Bytes. */
  readonly size: number
  readonly sha256: string
}

export interface HandedRow {
  readonly deliveryId: string
  /** 1 for a system that polls, however often it looks. */
  readonly attempt: number
  /** Of all of it: the document, its media type and its files. */
  readonly digest: string
  /** Of the document. */
  readonly sha256: string
  /** Bytes of the document. */
  readonly size: number
  readonly mediaType: string
  /** For file names. */
  readonly extension: string
  readonly files: readonly HandedFile[]
  readonly at: Instant
}

export interface DocumentRow {
  readonly sha256: string
  readonly size: number
  /** Null: kept with the attachments, under `sha256`. */
  readonly bytes: Uint8Array | null
}

const sql = {
  is: 'SELECT attempt FROM handed WHERE delivery_id = ? AND attempt = ? AND digest = ?',
  insert: `
INSERT INTO handed (delivery_id, attempt, digest, sha256, media_type, extension, files, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (delivery_id, attempt, digest) DO NOTHING`,
  of: `
SELECT h.delivery_id AS "deliveryId", h.attempt, h.digest, h.sha256, d.size, h.media_type AS "mediaType", h.extension, h.files,
  h.at
FROM handed h JOIN documents d ON d.sha256 = h.sha256 WHERE h.delivery_id = ? ORDER BY h.attempt, h.at`,
  document: 'SELECT sha256, size, bytes FROM documents WHERE sha256 = ?',
  insertDocument: `
INSERT INTO documents (sha256, size, bytes, handed_at) VALUES (?, ?, ?, ?)
ON CONFLICT (sha256) DO UPDATE SET handed_at = excluded.handed_at`,
  touchDocument: 'UPDATE documents SET handed_at = ? WHERE sha256 = ?',
  answers: `
SELECT number AS attempt, answer AS bytes FROM attempts WHERE delivery_id = ? AND answer IS NOT NULL ORDER BY number`,
} as const

/** Whether exactly this was recorded of this attempt. */
export async function isHanded(
  reader: Reader,
  deliveryId: string,
  attempt: number,
  digest: string,
): Promise<boolean> {
  return (await reader.one(sql.is, deliveryId, attempt, digest)) !== undefined
}

/** Records what an attempt hands over; its documents must stand already. */
export async function insertHanded(transaction: Transaction, row: Omit<HandedRow, 'size'>): Promise<void> {
  const { deliveryId, attempt, digest, sha256, mediaType, extension, files, at } = row
  transaction.put(
    sql.insert,
    deliveryId,
    attempt,
    digest,
    sha256,
    mediaType,
    extension,
    JSON.stringify(files),
    at,
  )
}

/** What was handed over of a delivery, or was about to be, attempt by attempt. */
export async function handedOf(reader: Reader, deliveryId: string): Promise<HandedRow[]> {
  const rows = await reader.all<Omit<HandedRow, 'files'> & { files: unknown }>(sql.of, deliveryId)
  return rows.map((row) => ({ ...row, files: JSON.parse(String(row.files)) as HandedFile[] }))
}

export async function insertDocument(
  transaction: Transaction,
  { sha256, size, bytes }: DocumentRow,
  at: Instant,
): Promise<void> {
  transaction.put(sql.insertDocument, sha256, size, bytes, at)
}

/** A document that stands already is handed over once more. Throws when it has left meanwhile: it is written anew then. */
export async function touchDocument(transaction: Transaction, sha256: string, at: Instant): Promise<void> {
  if ((await transaction.run(sql.touchDocument, at, sha256)) === 0)
    throw new Error(`the document ${sha256} was purged a moment ago`)
}

/** Bytes that were written for a system; undefined for those of a letter's own attachment, which stand with the attachments. */
export const documentOf = (reader: Reader, sha256: string): Promise<DocumentRow | undefined> =>
  reader.one<DocumentRow>(sql.document, sha256)

/** What the other side answered to the attempts of a delivery, as it came; of long answers the beginning. */
export async function answersOf(
  reader: Reader,
  deliveryId: string,
): Promise<{ readonly attempt: number; readonly bytes: Buffer }[]> {
  const rows = await reader.all<{ attempt: number; bytes: Uint8Array }>(sql.answers, deliveryId)
  return rows.map(({ attempt, bytes }) => ({ attempt, bytes: Buffer.from(bytes) }))
}
