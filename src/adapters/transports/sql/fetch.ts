// Looks for rows that are new and offers them. Where the table has transactions a row stays locked from the reading of it
// until what became of it is written back, in one transaction: a process that dies in between leaves the row as it was, it
// is offered again under the same handover, and what was committed here is known.
import type { AdapterVerbs, Taken } from '../../contract.ts'
import { encode } from '../../formats/charset.ts'
import { milliseconds } from '../../quantities.ts'
import { looking } from '../looking.ts'
import { SqlError, type Table, type Value } from './engine.ts'
import { type Gap, Gaps } from './gaps.ts'
import {
  handoverOf,
  isSameRow,
  type PrintedRow,
  parameterOf,
  printRow,
  type RowReading,
  sourceOf,
  unreadColumns,
} from './row-read.ts'
import { type Opened, patience, type Session } from './session.ts'
import { blankOf, columnOf, select, update, type Values } from './statement.ts'
import { troubleOf } from './trouble.ts'

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
  const settle = milliseconds(reading.settle)
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
  /** Rows that have not settled, wait for their files, or could not be read or written back, by handover. */
  const waiting = new Map<string, Pending>()
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
      const pending = [...waiting.values()].map((each) => each.key)
      const found =
        status === undefined && waiting.size >= most
          ? []
          : await session.use((opened) => candidates(opened, reading, water, met, gaps.open))
      const keys = status === undefined ? [...pending, ...found] : found
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
    // Rows that are new no more, or there no more, wait for nothing.
    if (status !== undefined && !stopped())
      for (const [handover, { key }] of waiting) if (!seen.has(nameOf(key))) waiting.delete(handover)
    for (const name of held.keys()) if (!seen.has(name)) held.delete(name)
    for (const handover of begun.keys()) if (!waiting.has(handover)) begun.delete(handover)
    const now = verbs.clock.elapsed()
    if (seen.size < most) giveUpGaps(now, verbs)
    if (!stopped() && reading.watch > 0 && now - checked >= recheck) {
      checked = now
      const newest = await session.use((opened) => newestTaken(opened, reading, water))
      for (const each of newest) if (!stopped()) await unlessBusy(each, verbs)
    }
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
      if (!(error instanceof SqlError) || error.trouble === 'lost' || error.trouble === 'closed') throw error
      const before = waiting.get(handover)
      if (before?.trouble !== error.reason)
        verbs.report('sql.row-failed', { table: reading.table, row: handover, reason: troubleOf(error) })
      hold(handover, { key, trouble: error.reason }, verbs)
    }
  }

  /** A taken row that somebody writes just now is looked at again when its time comes again. */
  async function unlessBusy(key: Values, verbs: AdapterVerbs): Promise<void> {
    try {
      await session.use((opened) => again(opened, key, verbs))
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
    const among = status && ([status.column, statesOf(status.new, reading)] as const)
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
        if (there.length > 0) isHeld(key, handoverOf(opened, reading, key), verbs)
      }
      return
    }
    held.delete(nameOf(key))
    const handover = handoverOf(opened, reading, key)
    if (!settled(handover, row, verbs)) {
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
      hold(handover, { key, trouble: '' }, verbs)
      if (locks) await connection.rollback()
      if (status === undefined) advance(key, handover, row, verbs, false)
      return
    }
    await writeBack(opened, key, taken)
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
  function isHeld(key: Values, row: string, { clock, report }: AdapterVerbs): void {
    const name = nameOf(key)
    const { since, told } = held.get(name) ?? { since: clock.elapsed(), told: false }
    const long = clock.elapsed() - since >= patience
    if (long && !told)
      report('sql.row-failed', { table: reading.table, row, reason: 'another session holds it' })
    held.set(name, { since, told: told || long })
  }

  /** Whether a row with its lists and files is what it was before, and for long enough: systems write them one after the other. */
  function settled(handover: string, row: PrintedRow, verbs: AdapterVerbs): boolean {
    const before = waiting.get(handover)
    const same = before !== undefined && isSameRow(before, row)
    const quiet = same ? verbs.clock.elapsed() - (before?.seen ?? 0) : 0
    if (quiet >= settle) return true
    if (!same) waiting.set(handover, { ...unsettled(row, verbs), ...(before && { since: before.since }) })
    return false
  }

  function unsettled({ key, digest, stamps }: PrintedRow, { clock }: AdapterVerbs): Pending {
    const now = clock.elapsed()
    return { key, since: now, trouble: 'it has not settled', digest, stamps, seen: now }
  }

  function hold(handover: string, now: Pick<Pending, 'key' | 'trouble'>, { clock }: AdapterVerbs): void {
    const before = waiting.get(handover) ?? { since: clock.elapsed(), digest: '', stamps: [], seen: 0 }
    waiting.set(handover, { ...before, ...now })
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
    if (!waiting.has(handover)) known.set(handover, { digest: row.digest, stamps: row.stamps, taken })
    bound(known, Math.max(most, 2 * reading.watch))
    const [value] = key.values()
    if (water === undefined || typeof value !== 'string') return
    gaps.met(BigInt(value), BigInt(water), clock.elapsed())
    if (BigInt(value) > BigInt(water)) water = value
  }

  async function writeBack(opened: Opened, key: Values, taken: readonly Taken[]): Promise<void> {
    const { connection } = opened
    const table = opened.table(reading.table)
    const back = backOf(table, reading, taken)
    if (back.size === 0) return
    const { changed } = await update(connection, table, back, key)
    if (changed > 1) throw new SqlError('busy', 'two rows have this key')
    if (status === undefined) return
    // Read again: a table without transactions or a trigger of the system's may have it otherwise.
    const [state] = await select(connection, table, { columns: [status.column], where: key, limit: 1 })
    const wanted = back.get(status.column)
    const same = state?.[0]?.equals(Buffer.isBuffer(wanted) ? wanted : Buffer.from(String(wanted))) === true
    if (!same) throw new SqlError('value', 'not written back', status.column)
  }

  /** A row that was taken: when it says something else now, it is offered again, and the gateway answers with the conflict. */
  async function again(opened: Opened, key: Values, verbs: AdapterVerbs): Promise<void> {
    const handover = handoverOf(opened, reading, key)
    const row = await printRow(opened, reading, key, {})
    const before = known.get(handover)
    if (row === undefined || waiting.has(handover) || (before && !saysElse(before, row))) return
    // A file that it missed came: it is offered when that has settled.
    if (status === undefined && before?.taken === false && before.digest === row.digest) {
      waiting.set(handover, unsettled(row, verbs))
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

interface Pending {
  readonly key: Values
  /** When it was first met: the wait for its files counts from here. */
  readonly since: number
  /** Why it failed; '' when it only waits for files. */
  readonly trouble: string
  /** What it said when it was looked at last, and since when it says just that. */
  readonly digest: string
  readonly stamps: readonly string[]
  readonly seen: number
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

/** The values of a state, as its column holds them. */
const statesOf = (states: readonly (string | null)[], { charset }: RowReading): readonly Value[] =>
  states.map((state) => (state === null ? null : charset === undefined ? state : encode(state, charset)))

/** Keys of rows that are new, in order: at least one batch beyond as many as the look found when it asked last. */
async function candidates(
  opened: Opened,
  reading: RowReading,
  water: string | undefined,
  met: number,
  gaps: readonly Gap[],
): Promise<Values[]> {
  const { connection, table: tableNamed } = opened
  const table = tableNamed(reading.table)
  const { key, status, order, batch } = reading
  const columns = key
  const sorted = [...order, ...key.filter((each) => !order.includes(each))]
  const keys = async (asked: Parameters<typeof select>[2]) =>
    (await select(connection, table, { ...asked, rows: 'free' })).map((row) => keyOf(opened, reading, row))
  if (status !== undefined) {
    const among = [status.column, statesOf(status.new, reading)] as const
    return keys({ columns, among, order: sorted, limit: batch + met })
  }
  const [column = ''] = key
  const fresh = await keys({ columns, beyond: [column, water ?? ''], order: key, limit: batch + met })
  // A transaction that began earlier may end later: its rows appear below the water, where no row was.
  const late: Values[] = []
  for (let first = 0; first < gaps.length; first += 50) {
    const within = gaps
      .slice(first, first + 50)
      .map(({ from, to }): [Value, Value] => [String(from - 1n), String(to)])
    late.push(...(await keys({ columns, within: [column, within], order: key, limit: batch + met })))
  }
  return [...late, ...fresh]
}

/** The newest rows that were taken, whose content is looked at again. */
async function newestTaken(
  opened: Opened,
  reading: RowReading,
  water: string | undefined,
): Promise<Values[]> {
  const { connection, table } = opened
  const { key, status, watch, above = '0' } = reading
  const [column = ''] = key
  const rows = await select(connection, table(reading.table), {
    columns: key,
    ...(status
      ? { among: [status.column, statesOf([status.taken], reading)] }
      : { upTo: [column, water ?? ''] as const, beyond: [column, above] as const }),
    order: key,
    last: true,
    limit: watch,
    rows: 'free',
  })
  return rows.map((row) => keyOf(opened, reading, row)).toReversed()
}

const keyOf = (
  { connection, table }: Opened,
  { key, table: name }: RowReading,
  row: readonly (Buffer | null)[],
): Values =>
  new Map(
    key.map((column, index): [string, Value] => [
      column,
      parameterOf(columnOf(table(name), column), row[index] ?? null, connection.words.raw),
    ]),
  )

/** What the system is told of its row. */
function backOf(table: Table, { status, writeBack, charset }: RowReading, taken: readonly Taken[]): Values {
  const back = new Map<string, Value>()
  const said = (column: string | undefined, text: string | undefined): void => {
    if (column === undefined) return
    const value = text ?? blankOf(columnOf(table, column))
    if (value !== undefined)
      back.set(column, value === null || charset === undefined ? value : encode(value, charset))
  }
  const good = taken.find((each) => each.kind === 'taken' || each.kind === 'known')
  const faults = taken.flatMap((each) => {
    if (each.kind === 'quarantined' || each.kind === 'refused') return each.problems.map(({ code }) => code)
    // Handed over again unchanged, it does not go: its clerk is not left to think so.
    return each.kind === 'known' && each.ended !== undefined ? ['letter.ended'] : []
  })
  if (status !== undefined)
    // A row that the profile skips is no letter: it is done with.
    said(status.column, faults.length === 0 ? status.taken : status.refused)
  said(writeBack.messageId, good?.messageId)
  // Codes: what a fault is about is told by the quarantine, whole.
  said(writeBack.error, faults.length === 0 ? undefined : [...new Set(faults)].join(' ').slice(0, 250))
  return back
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
