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
}

/** A file that came with a source; its bytes are kept with the attachments. */
export interface SourceFile {
  readonly name: string
  readonly sha256: string
  readonly size: number
}

const sql = {
  find: 'SELECT id FROM sources WHERE system = ? AND document = ? AND sha256 = ?',
  insert: `
INSERT INTO sources (id, system, document, name, sha256, size, bytes, received_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (system, document, sha256) DO NOTHING`,
  byId: `
SELECT id, system, document, name, sha256, size, bytes, received_at AS "receivedAt" FROM sources WHERE id = ?`,
  secret: `
SELECT 1 AS secret FROM envelopes e JOIN letters l ON l.message_id = e.message_id
WHERE e.source_id = ? AND l.secrecy <> 'ordinary'
UNION ALL SELECT 1 FROM quarantine q WHERE q.source_id = ? AND q.secrecy <> 'ordinary' LIMIT 1`,
  insertFile: `
INSERT INTO source_files (source_id, name, sha256, size) VALUES (?, ?, ?, ?)
ON CONFLICT (source_id, name) DO UPDATE SET sha256 = excluded.sha256, size = excluded.size`,
  files: 'SELECT name, sha256, size FROM source_files WHERE source_id = ? ORDER BY name',
} as const

/** Keeps a source, or finds it where the same bytes from the same system are kept already. Returns its id. */
export async function keepSource(transaction: Transaction, source: SourceRow): Promise<string> {
  const { id, system, document, name, sha256, size, bytes, receivedAt } = source
  const fresh = await transaction.run(sql.insert, id, system, document, name, sha256, size, bytes, receivedAt)
  if (fresh === 1) return id
  const earlier = await transaction.one<{ id: string }>(sql.find, system, document, sha256)
  return earlier?.id ?? id
}

export const sourceById = (reader: Reader, id: string): Promise<SourceRow | undefined> =>
  reader.one<SourceRow>(sql.byId, id)

/** Whether some letter of a source is secret, as far as it could be read: the whole is shown only to whoever asks for that. */
export async function isSecretSource(reader: Reader, id: string): Promise<boolean> {
  return (await reader.one(sql.secret, id, id)) !== undefined
}

/** Names the files that came with a source; one of the same name that came later takes the place of the earlier. */
export async function keepSourceFiles(
  transaction: Transaction,
  sourceId: string,
  files: readonly SourceFile[],
): Promise<void> {
  for (const { name, sha256, size } of files)
    await transaction.run(sql.insertFile, sourceId, name, sha256, size)
}

export const filesOfSource = (reader: Reader, sourceId: string): Promise<SourceFile[]> =>
  reader.all<SourceFile>(sql.files, sourceId)
