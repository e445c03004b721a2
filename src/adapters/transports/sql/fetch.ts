// Looks for rows that are new and offers them. Where the table has transactions a row stays locked from the reading of it
// until what became of it is written back, in one transaction: a process that dies in between leaves the row as it was, it
// is offered again under the same handover, and what was committed here is known.
import type { AdapterVerbs, Taken } from '../../contract.ts'
import { milliseconds } from '../../quantities.ts'
import { looking } from '../looking.ts'
import { SqlError } from './engine.ts'
import { Gaps } from './gaps.ts'
import { candidates, newestTaken, newStates } from './row-keys.ts'
import { handoverOf, type PrintedRow, printRow, type RowReading, unreadColumns } from './row-read.ts'
import { sourceOf } from './row-source.ts'
import { type Opened, patience, type Session } from './session.ts'
import { columnOf, select, type Values } from './statement.ts'
import { troubleOf } from './trouble.ts'
import { WaitingRows } from './waiting-rows.ts'
import { writeBack } from './write-back.ts'

/** Rows of one look; what is beyond waits for the next one. */
const most = 1000

export function sqlFetch(
  reading: RowReading,
  session: Session,
): {
  start(verbs: AdapterVerbs): Promise<void>
  stop(): Promise<void>
} {
  const { status } = reading
  const every = milliseconds(reading.every)
  const wait = milliseconds(reading.wait)
  const recheck = milliseconds(reading.recheck)
  const late = milliseconds(reading.late)
  /** The newest rows that were offered, by handover: bounded, and made anew after a restart. */
  const known = new Map<string, Known>()
  /** What ended the handing-over of the newest rows, by handover: one that is new again is handed over anew. */
  const ended = new Map<string, string>()
  /** As what a row was offered that could not be written back: until it is, it is the same handing-over. */
  const begun = new Map<string, string | undefined>()
  const gaps = new Gaps()
  const waiting = new WaitingRows(milliseconds(reading.settle))
  /** Rows that are new and that another session holds: since when, and whether that was told. */
  const held = new Map<string, { readonly since: number; readonly told: boolean }>()
  let water = reading.above
  let checked = Number.NEGATIVE_INFINITY
  const repeated = looking({
    look: round,
    every,
    failed: { event: 'sql.failed', facts: { table: reading.table } },
  })
  const { stopped } = repeated
  let troubled = ''
  let told = false

  async function look(verbs: AdapterVerbs): Promise<void> {
    if (!told) {
      await session.use(async (opened) => tell(opened, verbs))
      told = true
    }
    const seen = new Set<string>()
    // Rows, not keys: two that have one key are met both. A column that is no key at all ends the look, too.
    let met = 0
    for (let more = true; more && !stopped() && seen.size < most && met < 2 * most; ) {
      const found =
        status === undefined && waiting.size >= most
          ? []
          : await session.use((opened) => candidates(opened, reading, water, met, gaps.open))
      const keys = status === undefined ? [...waiting.keys, ...found] : found
      const fresh = keys.filter((each) => !seen.has(nameOf(each)))
      more = fresh.length > 0 || found.length > met
      met = found.length
      for (const each of fresh) {
        // A row that waits may be among those that were found, too.
        if (seen.has(nameOf(each))) continue
        seen.add(nameOf(each))
        if (!stopped()) await neighbourly(each, verbs)
      }
    }
    // Where there are more rows than one look takes, what it did not meet is not held.
    if (!stopped() && seen.size < most && met < 2 * most) await meetHeld(seen, verbs)
    if (status !== undefined && !stopped()) waiting.keepOnly((key) => seen.has(nameOf(key)))
    for (const name of held.keys()) if (!seen.has(name)) held.delete(name)
    for (const handover of begun.keys()) if (waiting.get(handover) === undefined) begun.delete(handover)
    const now = verbs.clock.elapsed()
    if (seen.size < most) giveUpGaps(now, verbs)
    if (!stopped() && reading.watch > 0 && now - checked >= recheck) {
      checked = now
      const newest = await session.use((opened) => newestTaken(opened, reading, water))
      for (const each of newest) if (!stopped()) await unlessBusy((opened) => again(opened, each, verbs))
    }
  }

  /** Rows that no list shows, because another session has them. */
  async function meetHeld(seen: Set<string>, verbs: AdapterVerbs): Promise<void> {
    await unlessBusy(async (opened) => {
      if (opened.connection.words.leavesOut !== true) return
      for (const key of await candidates(opened, reading, water, seen.size, gaps.open, 'held')) {
        const name = nameOf(key)
        if (seen.has(name)) continue
        seen.add(name)
        tellHeld(key, handoverOf(opened, reading, key), verbs)
      }
    })
  }

  /** A number that was rolled back never comes; a transaction that ends after this is looked for by a person. */
  function giveUpGaps(now: number, verbs: AdapterVerbs): void {
    const given = gaps.giveUp(now, late)
    const [first] = given
    const last = given.at(-1)
    if (first === undefined || last === undefined) return
    const facts = { gaps: given.length, from: String(first.from), to: String(last.to) }
    verbs.report('sql.gap-given-up', { table: reading.table, ...facts })
  }

  /** A row that cannot be done now leaves its neighbours alone, and is met again at the next look. */
  async function neighbourly(key: Values, verbs: AdapterVerbs): Promise<void> {
    let handover = ''
    try {
      await session.use((opened) => {
        handover = handoverOf(opened, reading, key)
        return one(opened, key, verbs)
      })
    } catch (error) {
      // What kept the session from opening (PostgreSQL: 53300, too many connections) is no row's trouble.
      if (handover === '' || !(error instanceof SqlError)) throw error
      if (error.trouble === 'lost' || error.trouble === 'closed') throw error
      if (waiting.get(handover)?.trouble !== error.reason)
        verbs.report('sql.row-failed', { table: reading.table, row: handover, reason: troubleOf(error) })
      waiting.hold(handover, key, error.reason, verbs.clock.elapsed())
    }
  }

  /** What somebody writes just now is looked at again when its time comes again. */
  async function unlessBusy(work: (opened: Opened) => Promise<void>): Promise<void> {
    try {
      await session.use(work)
    } catch (error) {
      if (!(error instanceof SqlError) || error.trouble !== 'busy') throw error
    }
  }

  function tell(opened: Opened, verbs: AdapterVerbs): void {
    const table = opened.table(reading.table)
    const numbered = reading.key.every((name) => columnOf(table, name).sort === 'whole')
    if (status === undefined && !numbered)
      throw new SqlError('closed', `schema: ${reading.table}.${reading.key.join(', ')} (a whole number)`)
    for (const column of unreadColumns(table, reading))
      verbs.report('sql.column-unread', { table: reading.table, column })
    if (!table.transactional) verbs.report('sql.no-transactions', { table: reading.table })
  }

  /** One row that is new: read, offered, and what became of it written back. */
  async function one(opened: Opened, key: Values, verbs: AdapterVerbs): Promise<void> {
    const { connection } = opened
    const locks = status !== undefined && opened.table(reading.table).transactional
    if (locks) await connection.begin()
    const among = newStates(opened, reading)
    const row = await printRow(opened, reading, key, {
      ...(locks && { lock: true }),
      ...(among && { among }),
    })
    if (row === undefined) {
      // Another session holds it, it is not new any more, or it is gone.
      if (!locks) waiting.delete(handoverOf(opened, reading, key))
      else {
        await connection.rollback()
        const asked = { columns: [], where: key, ...(among && { among }), limit: 1, rows: 'free' } as const
        const there = await select(connection, opened.table(reading.table), asked)
        if (there.length > 0) tellHeld(key, handoverOf(opened, reading, key), verbs)
      }
      return
    }
    held.delete(nameOf(key))
    const handover = handoverOf(opened, reading, key)
    if (!waiting.settled(handover, row, verbs.clock.elapsed())) {
      if (locks) await connection.rollback()
      if (status === undefined) advance(key, handover, row, verbs, false)
      return
    }
    const since = waiting.get(handover)?.since ?? verbs.clock.elapsed()
    const again = begun.has(handover) ? begun.get(handover) : againOf(handover, row)
    if (status !== undefined) begun.set(handover, again)
    const source = await sourceOf(opened, reading, row, verbs, {
      final: verbs.clock.elapsed() - since >= wait,
      ...(again !== undefined && { again }),
    })
    const taken = await offered(() => verbs.take(source))
    if (taken.some(({ kind }) => kind === 'waiting')) {
      if (waiting.get(handover)?.trouble !== '')
        verbs.report('source.waiting', { row: handover, missing: missingOf(taken) })
      waiting.hold(handover, key, '', verbs.clock.elapsed())
      if (locks) await connection.rollback()
      if (status === undefined) advance(key, handover, row, verbs, false)
      return
    }
    await writeBack(opened, reading, key, taken)
    if (locks) await connection.commit()
    waiting.delete(handover)
    begun.delete(handover)
    // Whoever wants a letter to go again, and it does not as a new one, is not left to guess.
    if (again !== undefined && taken.some(({ kind }) => kind === 'known'))
      verbs.report('sql.row-known', { table: reading.table, row: handover })
    end(handover, verbs)
    advance(key, handover, row, verbs, isGood(taken))
  }

  /** A row that another session holds is told once, when it has for some minutes: it may be one that died. */
  function tellHeld(key: Values, row: string, { clock, report }: AdapterVerbs): void {
    const name = nameOf(key)
    const { since, told } = held.get(name) ?? { since: clock.elapsed(), told: false }
    const long = clock.elapsed() - since >= patience
    if (long && !told)
      report('sql.row-failed', { table: reading.table, row, reason: 'another session holds it' })
    held.set(name, { since, told: told || long })
  }

  /** A row that was taken and is new again: its system wants it to go again. What was written back tells it, or we remember it. */
  function againOf(handover: string, { told: before }: PrintedRow): string | undefined {
    return status === undefined ? undefined : (before ?? ended.get(handover))
  }

  function end(handover: string, { clock }: AdapterVerbs): void {
    ended.delete(handover)
    ended.set(handover, String(clock.now()))
    bound(ended, Math.max(most, 2 * reading.watch))
  }

  async function offered(take: () => Promise<readonly Taken[]>): Promise<readonly Taken[]> {
    try {
      return await take()
    } catch (error) {
      // Nothing was committed here, so nothing is written there; the next look offers it again.
      throw new NotTaken('nothing could be committed', { cause: error })
    }
  }

  function advance(
    key: Values,
    handover: string,
    row: PrintedRow,
    { clock }: AdapterVerbs,
    taken: boolean,
  ): void {
    known.delete(handover)
    // What waits is not known yet: it is looked for again below the water.
    if (waiting.get(handover) === undefined)
      known.set(handover, { digest: row.digest, stamps: row.stamps, taken })
    bound(known, Math.max(most, 2 * reading.watch))
    const [value] = key.values()
    if (water === undefined || typeof value !== 'string') return
    gaps.met(BigInt(value), BigInt(water), clock.elapsed())
    if (BigInt(value) > BigInt(water)) water = value
  }

  /** A row that was taken: when it says something else now, it is offered again, and the gateway answers with the conflict. */
  async function again(opened: Opened, key: Values, verbs: AdapterVerbs): Promise<void> {
    const handover = handoverOf(opened, reading, key)
    const row = await printRow(opened, reading, key, {})
    const before = known.get(handover)
    if (row === undefined || waiting.get(handover) || (before && !saysElse(before, row))) return
    // A file that it missed came: it is offered when that has settled.
    if (status === undefined && before?.taken === false && before.digest === row.digest) {
      const now = verbs.clock.elapsed()
      waiting.unsettled(handover, row, now, now)
      return
    }
    if (status !== undefined && !ended.has(handover)) end(handover, verbs)
    // One that was read and could not be taken is handed over now: it was mended.
    const seen = before?.taken !== false
    const source = await sourceOf(opened, reading, row, verbs, { final: false, ...(seen && { seen }) })
    const taken = await offered(() => verbs.take(source))
    // A file that was only touched holds what it held.
    const same = before?.digest === row.digest && taken.every(({ kind }) => kind === 'known')
    if ((before !== undefined && !same) || taken.some(({ kind }) => kind === 'quarantined'))
      verbs.report('sql.row-changed', { table: reading.table, row: handover })
    advance(key, handover, row, verbs, seen || isGood(taken))
  }

  async function round(verbs: AdapterVerbs): Promise<number> {
    try {
      await look(verbs)
      if (troubled !== '') verbs.report('sql.available', { table: reading.table })
      troubled = ''
      return every
    } catch (error) {
      const { event, facts, closed } = reported(error)
      // Once for each trouble, not at every look.
      const now = `${event} ${Object.values(facts).join(' ')}`
      if (troubled !== now) verbs.report(event, { table: reading.table, ...facts })
      troubled = now
      return closed ? Math.max(every, patience) : every
    }
  }

  return {
    start: (verbs) => repeated.start(verbs),
    stop: async () => {
      await repeated.stop()
      await session.close()
    },
  }

  function nameOf(values: Values): string {
    return JSON.stringify(reading.key.map((name) => String(values.get(name))))
  }
}

/** Whether a row says something else than before. Its files may be gone by now: its system clears up behind itself. */
const saysElse = (before: Known, { digest, stamps }: PrintedRow): boolean =>
  before.digest !== digest || stamps.some((stamp, index) => stamp !== '' && stamp !== before.stamps[index])

interface Known {
  readonly digest: string
  readonly stamps: readonly string[]
  /** False where the gateway could not take it. */
  readonly taken: boolean
}

class NotTaken extends Error {
  override readonly name = 'NotTaken'
}

function reported(error: unknown): {
  event: string
  facts: Readonly<Record<string, string>>
  closed: boolean
} {
  if (error instanceof NotTaken) return { event: 'sql.not-taken', facts: {}, closed: false }
  if (error instanceof SqlError)
    return {
      event: error.trouble === 'other' ? 'sql.failed' : 'sql.unavailable',
      facts: { reason: troubleOf(error) },
      closed: error.trouble === 'closed',
    }
  return {
    event: 'sql.failed',
    facts: { reason: error instanceof Error ? error.name : 'unknown' },
    closed: false,
  }
}

const isGood = (taken: readonly Taken[]): boolean =>
  taken.every(({ kind }) => kind === 'taken' || kind === 'known')

const missingOf = (taken: readonly Taken[]): number =>
  taken.reduce((count, each) => count + (each.kind === 'waiting' ? each.missing.length : 0), 0)

function bound(map: Map<string, unknown>, size: number): void {
  for (const first of map.keys()) {
    if (map.size <= size) return
    map.delete(first)
  }
}
