// Sources and the quarantine in the journal: what was handed over, whole, and what of it could not be taken.
import type { Instant, MessageId } from '../../letter/time.ts'
import type { Problem } from '../../problem/problem.ts'
import type { Reader, Transaction } from './database.ts'
import { recordEvent } from './events.ts'

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

export interface QuarantineRow {
  readonly id: string
  readonly sourceId: string
  readonly system: string
  readonly name: string
  readonly position: string
  readonly problems: readonly Problem[]
  readonly at: Instant
  /** The letter's number, normalised; null where it could not be read. */
  readonly number: string | null
  /** The letter of this number that the same system handed over since, and that was taken. */
  readonly takenSince: MessageId | null
}

const quarantined = `
SELECT q.id, q.source_id AS "sourceId", s.system, s.name, q.position, q.problems, q.number, q.at, (
  SELECT l.message_id FROM letters l
  JOIN envelopes e ON e.message_id = l.message_id JOIN sources o ON o.id = e.source_id
  WHERE o.system = s.system AND l.number = q.number AND l.committed_at >= q.at
  ORDER BY l.committed_at DESC LIMIT 1) AS "takenSince"
FROM quarantine q JOIN sources s ON s.id = q.source_id`

const sql = {
  find: 'SELECT id FROM sources WHERE system = ? AND document = ? AND sha256 = ?',
  insert: `
INSERT INTO sources (id, system, document, name, sha256, size, bytes, received_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (system, document, sha256) DO NOTHING`,
  byId: `
SELECT id, system, document, name, sha256, size, bytes, received_at AS "receivedAt" FROM sources WHERE id = ?`,
  quarantine: `
INSERT INTO quarantine (id, source_id, position, problems, number, at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (source_id, position) DO UPDATE SET problems = excluded.problems, number = excluded.number, at = excluded.at
WHERE quarantine.problems <> excluded.problems`,
  listQuarantine: `${quarantined} ORDER BY q.at DESC LIMIT ?`,
  ofNumber: `${quarantined} WHERE q.number = ? ORDER BY q.at DESC LIMIT ?`,
  countQuarantine: `SELECT COUNT(*) AS count FROM quarantine WHERE state = 'waiting'`,
  secret: `
SELECT 1 AS secret FROM envelopes e JOIN letters l ON l.message_id = e.message_id
WHERE e.source_id = ? AND l.secrecy <> 'ordinary'
UNION ALL SELECT 1 FROM quarantine q WHERE q.source_id = ? AND q.secrecy <> 'ordinary' LIMIT 1`,
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

/** Puts one place of a source into quarantine; offered again, it is there once, with what is wrong with it now. */
export async function quarantine(
  transaction: Transaction,
  id: string,
  sourceId: string,
  position: string,
  { problems, number }: { readonly problems: readonly Problem[]; readonly number: string | undefined },
  at: Instant,
): Promise<void> {
  const said = JSON.stringify(problems)
  const fresh = await transaction.run(sql.quarantine, id, sourceId, position, said, number ?? null, at)
  if (fresh === 0) return
  const codes = [...new Set(problems.map((found) => found.code))].join(' ')
  await recordEvent(transaction, at, 'source.quarantined', { sourceId }, { position, codes })
}

/** What waits for a person, newest first, `limit` rows at most. */
export async function listQuarantine(reader: Reader, limit: number): Promise<QuarantineRow[]> {
  return withProblems(await reader.all<QuarantineRow & { problems: unknown }>(sql.listQuarantine, limit))
}

/** What waits for a person of the letters with a normalised number, newest first. */
export async function quarantinedUnder(
  reader: Reader,
  number: string,
  limit: number,
): Promise<QuarantineRow[]> {
  return withProblems(await reader.all<QuarantineRow & { problems: unknown }>(sql.ofNumber, number, limit))
}

const withProblems = (rows: readonly (QuarantineRow & { problems: unknown })[]): QuarantineRow[] =>
  rows.map((row) => ({ ...row, problems: JSON.parse(String(row.problems)) as Problem[] }))

export async function countQuarantine(reader: Reader): Promise<number> {
  return Number((await reader.one<{ count: number }>(sql.countQuarantine))?.count ?? 0)
}
