// The events as a feed that misses none. On a server writes end in another order than they began: an event may become
// visible after one with a higher number. So the feed never passes a number that is missing: it takes the number for itself.
// A write that has it already and is still under way makes that wait; one that has not yet stored its event meets a number
// that is taken, and is run again with a higher one. Either way nothing comes in below what was read.
import type { Instant } from '../../letter/time.ts'
import type { Database, Reader, Transaction } from './database.ts'

export interface FeedEvent {
  readonly seq: number
  readonly at: Instant
  readonly name: string
  readonly messageId: string | null
  readonly office: string | null
  readonly sourceId: string | null
  readonly facts: Readonly<Record<string, string | number>>
}

/** The name of an event that was never written: its write was taken back, and the feed has closed its place. */
const passed = 'feed.passed'

/**
 * A missing number before an event that is older than this is over: it was retention, or a write that was taken back. No write
 * is under way for so long; one statement of it may last 30 seconds.
 */
const settledAfter = 60 * 60_000

/** Missing numbers that are closed in one transaction. */
const mostClosed = 200

export const feedSql = {
  after: `
SELECT seq, at, name, message_id AS "messageId", office, source_id AS "sourceId", facts FROM events
WHERE seq > ? ORDER BY seq LIMIT ?`,
  close: `
INSERT INTO events (seq, at, name, message_id, office, source_id, facts) VALUES (?, ?, '${passed}', NULL, NULL, NULL, '{}')
ON CONFLICT (seq) DO NOTHING`,
  last: 'SELECT MAX(seq) AS seq FROM events',
} as const

/** The events after a number, in order, `limit` at most, up to the first whose number might still come before it. */
export async function eventsAfter(
  database: Database,
  after: number,
  limit: number,
  now: Instant,
): Promise<readonly FeedEvent[]> {
  for (;;) {
    const rows = await read(database.committed, after, limit)
    const firm = contiguous(rows, after, now)
    const [first] = rows
    if (firm.length > 0 || first === undefined) return firm
    await close(database, after + 1, Math.min(first.seq, after + 1 + mostClosed), now)
  }
}

async function read(reader: Reader, after: number, limit: number): Promise<FeedEvent[]> {
  const rows = await reader.all<FeedEvent & { facts: unknown }>(feedSql.after, after, limit)
  return rows.map((row) => ({ ...row, facts: JSON.parse(String(row.facts)) as FeedEvent['facts'] }))
}

/** The beginning of the rows that nothing can come between any more. */
function contiguous(rows: readonly FeedEvent[], after: number, now: Instant): readonly FeedEvent[] {
  let last = after
  const end = rows.findIndex(({ seq, at }) => {
    const open = seq > last + 1 && at > now - settledAfter
    last = seq
    return open
  })
  return end < 0 ? rows : rows.slice(0, end)
}

/** Takes the numbers from `from` to before `to` that nobody has. Waits for the writes under way that have one. */
async function close(database: Database, from: number, to: number, now: Instant): Promise<void> {
  await database.write(async (transaction: Transaction) => {
    for (let seq = from; seq < to; seq += 1) await transaction.run(feedSql.close, seq, now)
  })
}

export const isPassed = ({ name }: FeedEvent): boolean => name === passed

/** The highest number that is visible: whoever begins behind it may miss what is being written just then. */
export async function lastEvent(reader: Reader): Promise<number> {
  return Number((await reader.one<{ seq: number | null }>(feedSql.last))?.seq ?? 0)
}
