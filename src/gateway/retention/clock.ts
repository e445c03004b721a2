// Whether the clock can be believed by which a run would remove: one that runs ahead would empty the journal. What was written since
// proves nothing, it has the same clock; the last run does, for runs come daily, and none begins by itself while the clock is doubted.
import type { Instant } from '../../letter/time.ts'
import type { Database, Reader } from '../journal/database.ts'
import { beganAt, lastBegun } from '../journal/retention-runs.ts'

/** Milliseconds after the last run, or after the journal's beginning, in which no clock is ahead of what the journal knows. */
const longest = 30 * 86_400_000
/** Milliseconds by which the clock of the journal's server may be another. */
const apart = 86_400_000

/** Whether now is long after everything that was there when a run began last. A person who knows better runs the retention once. */
export async function isAhead(reader: Reader, now: Instant): Promise<boolean> {
  const last = (await lastBegun(reader, now))?.startedAt ?? (await beganAt(reader))
  return last !== undefined && now - last > longest
}

/** Whether the journal's server has another day. */
export async function isApart(database: Database, now: Instant): Promise<boolean> {
  const there = await database.serverTime?.()
  return there !== undefined && Math.abs(now - there) > apart
}

/** Whether no run begins by itself. */
export const isDoubted = async (database: Database, now: Instant): Promise<boolean> =>
  (await isAhead(database.committed, now)) || (await isApart(database, now))
