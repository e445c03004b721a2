// Sources in the journal: what was handed over, whole, with the files that came with what could not be taken.
import type { Instant } from '../../letter/time.ts'
import type { Reader, Transaction } from './database.ts'

export interface SourceRow {
  readonly id: string
  readonly system: string
  readonly document: string
  readonly name: string
  readonly sha256: string
  readonly size: number
  /** Null: kept with the attachments, under `sha256`; or too large to be taken, and left where its problem says. */
  readonly bytes: Uint8Array | null
  readonly receivedAt: Instant
  /** Digest of the files that came with it, where they are kept with it (quarantine); empty where none are. */
  readonly beside: string
}

/** A file that came with a source; its bytes are kept with the attachments. */
export interface SourceFile {
  readonly name: string
  readonly sha256: string
  readonly size: number
}

/** How secret what came of sources is: a notice is as secret as its letter. */
const secreciesIn = (sources: string): string => `
SELECT secrecy FROM quarantine WHERE source_id IN (${sources}) UNION
SELECT l.secrecy FROM envelopes e JOIN letters l ON l.message_id = e.message_id WHERE e.source_id IN (${sources}) UNION
SELECT l.secrecy FROM envelopes e JOIN notices n ON n.message_id = e.message_id
JOIN letters l ON l.message_id = n.about WHERE e.source_id IN (${sources})`

const sql = {
  find: 'SELECT id FROM sources WHERE system = ? AND document = ? AND sha256 = ? AND beside = ?',
  // It was beyond its limit when it came first, and is not now.
  fill: 'UPDATE sources SET bytes = ? WHERE id = ? AND bytes IS NULL',
  // Handed over again, its bytes were kept again.
  back: 'UPDATE sources SET purged_at = NULL, received_at = ? WHERE id = ? AND purged_at IS NOT NULL',
  insert: `
INSERT INTO sources (id, system, document, name, sha256, size, bytes, received_at, beside)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  byId: `
SELECT id, system, document, name, sha256, size, bytes, received_at AS "receivedAt", beside FROM sources WHERE id = ?`,
  secrecies: secreciesIn('?'),
  secret: `
WITH same AS (SELECT o.id FROM sources s JOIN sources o
  ON o.system = s.system AND o.document = s.document AND o.sha256 = s.sha256 WHERE s.id = ?)
SELECT 1 AS secret FROM (${secreciesIn('SELECT id FROM same')}) AS said WHERE secrecy <> 'ordinary' LIMIT 1`,
  insertFile: `
INSERT INTO source_files (source_id, name, sha256, size) VALUES (?, ?, ?, ?)
ON CONFLICT (source_id, name) DO UPDATE SET sha256 = excluded.sha256, size = excluded.size`,
  files: 'SELECT name, sha256, size FROM source_files WHERE source_id = ? ORDER BY name',
} as const

/** Keeps a source, or finds it where the same bytes and files from the same system are kept, and fills in what was missing of it. Returns its id. */
export async function keepSource(transaction: Transaction, source: SourceRow): Promise<string> {
  return keepSourceAs(transaction, source, await sourceLike(transaction, source))
}

/** The id under which the same bytes and files from the same system are kept; undefined: they are not. */
export async function sourceLike(
  reader: Reader,
  { system, document, sha256, beside }: SourceRow,
): Promise<string | undefined> {
  return (await reader.one<{ id: string }>(sql.find, system, document, sha256, beside))?.id
}

/** The same where `sourceLike` was asked in this transaction, and found `kept`. Of two that keep the same at once, one looks again. */
export function keepSourceAs(transaction: Transaction, source: SourceRow, kept: string | undefined): string {
  const { id, system, document, name, sha256, size, bytes, receivedAt, beside } = source
  if (kept === undefined) {
    transaction.put(sql.insert, id, system, document, name, sha256, size, bytes, receivedAt, beside)
    return id
  }
  transaction.put(sql.back, receivedAt, kept)
  if (bytes !== null) transaction.put(sql.fill, bytes, kept)
  return kept
}

export const sourceById = (reader: Reader, id: string): Promise<SourceRow | undefined> =>
  reader.one<SourceRow>(sql.byId, id)

/** How secret the letters of a source are, those of which its notices speak, and its places in quarantine. Empty: nothing has come of it. */
export const secreciesOfSource = async (reader: Reader, id: string): Promise<readonly (string | null)[]> =>
  (await reader.all<{ secrecy: string | null }>(sql.secrecies, id, id, id)).map(({ secrecy }) => secrecy)

/** Whether some of these of a source, whatever came beside it, is secret, as far as it could be read: the whole is shown only to whoever asks for that. */
export async function isSecretSource(reader: Reader, id: string): Promise<boolean> {
  return (await reader.one(sql.secret, id)) !== undefined
}

/** Names the files that came with a source; one of the same name that came later takes the place of the earlier. */
export async function keepSourceFiles(
  transaction: Transaction,
  sourceId: string,
  files: readonly SourceFile[],
): Promise<void> {
  for (const { name, sha256, size } of files) transaction.put(sql.insertFile, sourceId, name, sha256, size)
}

export const filesOfSource = (reader: Reader, sourceId: string): Promise<SourceFile[]> =>
  reader.all<SourceFile>(sql.files, sourceId)
