// The runs of the retention: by whom, within which bounds, and what each removed, counted where it was removed.
import type { Instant } from '../../letter/time.ts'
import type { Reader, Transaction } from './database.ts'
import { recordEvent } from './events.ts'

export type Counts = Readonly<Record<string, number>>

export interface RetentionRun {
  readonly id: string
  readonly by: string
  readonly startedAt: Instant
  /** Null: under way, or killed. */
  readonly endedAt: Instant | null
  readonly counts: Counts
}

const sql = {
  insert: `INSERT INTO retention_runs (id, asked_by, started_at, ended_at, bounds, counts) VALUES (?, ?, ?, NULL, ?, '{}')`,
  counts: 'SELECT counts FROM retention_runs WHERE id = ?',
  count: 'UPDATE retention_runs SET counts = ? WHERE id = ?',
  end: 'UPDATE retention_runs SET ended_at = ? WHERE id = ?',
  newest: `
SELECT id, asked_by AS "by", started_at AS "startedAt", ended_at AS "endedAt", counts FROM retention_runs
ORDER BY started_at DESC LIMIT ?`,
  begun:
    'SELECT started_at AS "startedAt", ended_at AS "endedAt" FROM retention_runs WHERE started_at <= ? ORDER BY started_at DESC LIMIT 1',
  ended: 'SELECT ended_at AS at FROM retention_runs WHERE ended_at <= ? ORDER BY started_at DESC LIMIT 1',
  first: 'SELECT at FROM events ORDER BY seq LIMIT 1',
} as const

export async function beginRun(
  transaction: Transaction,
  {
    id,
    by,
    at,
    bounds,
  }: {
    readonly id: string
    readonly by: string
    readonly at: Instant
    readonly bounds: Readonly<Record<string, string>>
  },
): Promise<void> {
  await transaction.run(sql.insert, id, by, at, JSON.stringify(bounds))
  await recordEvent(transaction, at, 'retention.started', {}, { run: id, by, ...bounds })
}

/** Counts what the same transaction removed. */
export async function countRemoved(
  transaction: Transaction,
  id: string,
  name: string,
  removed: number,
): Promise<void> {
  const counts = await countsOf(transaction, id)
  await transaction.run(sql.count, JSON.stringify({ ...counts, [name]: (counts[name] ?? 0) + removed }), id)
}

/** Ends a run; gives what it removed. */
export async function endRun(transaction: Transaction, id: string, at: Instant): Promise<Counts> {
  await transaction.run(sql.end, at, id)
  const counts = await countsOf(transaction, id)
  await recordEvent(transaction, at, 'retention.ended', {}, { run: id, ...counts })
  return counts
}

async function countsOf(reader: Reader, id: string): Promise<Counts> {
  const row = await reader.one<{ counts: string }>(sql.counts, id)
  return row === undefined ? {} : (JSON.parse(row.counts) as Counts)
}

/** The newest runs, `limit` at most. */
export async function newestRuns(reader: Reader, limit: number): Promise<RetentionRun[]> {
  const rows = await reader.all<RetentionRun & { readonly counts: unknown }>(sql.newest, limit)
  return rows.map((row) => ({ ...row, counts: JSON.parse(String(row.counts)) as Counts }))
}

/** The last run that began by now: one of the future was begun by a clock that ran ahead, and is none. */
export const lastBegun = (
  reader: Reader,
  now: Instant,
): Promise<Pick<RetentionRun, 'startedAt' | 'endedAt'> | undefined> => reader.one(sql.begun, now)

/** When a run ended last, by now; where none did, when the journal began. Undefined: the journal is empty. */
export async function lastEnded(reader: Reader, now: Instant): Promise<Instant | undefined> {
  return (await reader.one<{ at: Instant }>(sql.ended, now))?.at ?? (await beganAt(reader))
}

/** When the journal's first event was written, as it is known still. */
export async function beganAt(reader: Reader): Promise<Instant | undefined> {
  return (await reader.one<{ at: Instant }>(sql.first))?.at
}
