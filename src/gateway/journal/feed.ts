// The events as a feed that misses none. On a server writes end in another order than they began: an event may become
// visible after one with a higher number. So the feed never passes a number that is missing: it takes the number for itself.
// A write that has it already and is still under way makes that wait; one that has not yet stored its event meets a number
// that is taken, and is run again with a higher one. Either way nothing comes in below what was read.
import type { Clock, Instant } from '../../letter/time.ts'
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
 * Milliseconds after which a number that was the highest one has nothing to come before it: what is missing there was retention, or a write
 * that was taken back. No write is under way for so long; one statement of it may last 30 seconds. By this machine's own clock: an
 * event's time is that of another, which may be hours behind.
 */
const settledAfter = 60 * 60_000
/** So far behind the highest number what looks as old as that is as old, whoever's clock it has. */
const farBehind = 10_000
/** Milliseconds between two looks at the highest number. */
const looksEvery = 60_000

/** Missing numbers that are closed in one transaction. */
const mostClosed = 200

export const feedSql = {
  after: `
SELECT seq, at, name, message_id AS "messageId", office, source_id AS "sourceId", facts FROM events
WHERE seq > ? ORDER BY seq LIMIT ?`,
  close: `
INSERT INTO events (seq, at, name, message_id, office, source_id, facts) VALUES (?, ?, '${passed}', NULL, NULL, NULL, '{}')
ON CONFLICT (seq) DO NOTHING`,
  at: `
SELECT seq, at, name, message_id AS "messageId", office, source_id AS "sourceId", facts FROM events WHERE seq = ?`,
  last: 'SELECT MAX(seq) AS seq FROM events',
  between: 'SELECT seq FROM events WHERE seq > ? AND seq <= ? ORDER BY seq',
} as const

/** The feed as one gateway reads it. */
export class EventFeed {
  readonly #database: Database
  readonly #clock: Clock
  /** The highest number at some looks, the oldest first, and when they were, elapsed. */
  readonly #looks: { readonly at: number; readonly seq: number }[] = []
  /** Nothing comes any more up to here. */
  #whole = 0

  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
  }

  /** The events after a number, in order, `limit` at most, up to the first whose number might still come before it. */
  async after(after: number, limit: number): Promise<readonly FeedEvent[]> {
    for (;;) {
      const looked = await this.#look()
      const rows = await read(this.#database.committed, after, limit)
      const [first] = rows
      if (first === undefined) return []
      const firm = this.#contiguous(rows, after, looked)
      if (firm.length > 0) return firm
      await this.#close(numbers(after + 1, Math.min(first.seq, after + 1 + mostClosed)))
    }
  }

  /** The highest number, once nothing can come behind it any more that began before. */
  async end(): Promise<number> {
    const { committed } = this.#database
    const last = await lastEvent(committed)
    const { settled } = await this.#look()
    const from = Math.max(this.#whole, settled, last - farBehind)
    const rows = await committed.all<{ seq: number }>(feedSql.between, from, last)
    const taken = new Set(rows.map(({ seq }) => Number(seq)))
    const missing = numbers(from + 1, last + 1).filter((seq) => !taken.has(seq))
    for (let at = 0; at < missing.length; at += mostClosed)
      await this.#close(missing.slice(at, at + mostClosed))
    this.#whole = Math.max(this.#whole, last)
    return last
  }

  /** The highest number now, and the one up to which all is over. */
  async #look(): Promise<Looked> {
    const looks = this.#looks
    const now = this.#clock.elapsed()
    const newest = looks.at(-1)
    if (newest === undefined || now - newest.at >= looksEvery)
      looks.push({ at: now, seq: await lastEvent(this.#database.committed) })
    while (looks[1] !== undefined && looks[1].at <= now - settledAfter) looks.shift()
    const [first] = looks
    const settled = first !== undefined && first.at <= now - settledAfter ? first.seq : 0
    return { settled, last: looks.at(-1)?.seq ?? 0 }
  }

  /** The beginning of the rows that nothing can come between any more. */
  #contiguous(rows: readonly FeedEvent[], after: number, { settled, last }: Looked): readonly FeedEvent[] {
    const old = this.#clock.now() - settledAfter
    let before = after
    const end = rows.findIndex(({ seq, at }) => {
      const missing = seq > before + 1
      before = seq
      return missing && seq > settled && (at > old || seq > last - farBehind)
    })
    return end < 0 ? rows : rows.slice(0, end)
  }

  /** Takes those of the numbers that nobody has. Waits for the writes under way that have one. */
  #close(missing: readonly number[]): Promise<void> {
    const now = this.#clock.now()
    return this.#database.write(async (transaction: Transaction) => {
      for (const seq of missing) await transaction.run(feedSql.close, seq, now)
    })
  }
}

interface Looked {
  readonly settled: number
  readonly last: number
}

/** From the one to before the other. */
const numbers = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(to - from, 0) }, (_, at) => from + at)

async function read(reader: Reader, after: number, limit: number): Promise<FeedEvent[]> {
  return (await reader.all<Stored>(feedSql.after, after, limit)).map(eventOf)
}

/** The event with a number; undefined: it is gone, or was never written. */
export async function eventAt(reader: Reader, seq: number): Promise<FeedEvent | undefined> {
  const row = await reader.one<Stored>(feedSql.at, seq)
  return row && eventOf(row)
}

type Stored = Omit<FeedEvent, 'facts'> & { readonly facts: string }

const eventOf = (row: Stored): FeedEvent => ({
  ...row,
  facts: JSON.parse(row.facts) as FeedEvent['facts'],
})

export const isPassed = ({ name }: FeedEvent): boolean => name === passed

/** The highest number that is visible: whoever begins behind it may miss what is being written just then. */
export async function lastEvent(reader: Reader): Promise<number> {
  return Number((await reader.one<{ seq: number | null }>(feedSql.last))?.seq ?? 0)
}
