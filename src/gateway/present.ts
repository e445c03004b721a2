// What is so at present: sources that wait for files, places that cannot be read, offices that cannot be reached. Kept in
// memory for /readyz and /metrics, and in the journal for `saraban messages`.
import type { Source, Taken } from '../adapters/contract.ts'
import type { OfficeId } from '../letter/offices.ts'
import type { Clock, Instant } from '../letter/time.ts'
import type { Database } from './journal/database.ts'
import {
  clearPresent,
  listPresent,
  type PresentFacts,
  type PresentKind,
  type PresentRow,
  removePresent,
  setPresent,
} from './journal/present.ts'
import { Rounds } from './rounds.ts'

/** Names of missing files that are kept of one source. */
const mostNames = 100

/** Milliseconds until what could not be written is tried again, and between two looks at a clock that may have been set back. */
const again = 15_000

/** What the gateway works with beside its journal. */
export type Part = 'queue' | 'attachments' | 'gateways' | 'log'

type Facts = Readonly<Record<string, string | number>>

export class Present {
  readonly #database: Database
  readonly #member: string
  readonly #clock: Clock
  readonly #failed: (error: unknown) => void
  readonly #rows = new Map<string, PresentRow>()
  /** What the journal does not have as it is here. */
  readonly #unwritten = new Map<string, Named>()
  #writing: Promise<unknown> = Promise.resolve()
  #troubled = false
  #retry: (() => void) | undefined
  #stopped = false
  /** Since when sources waited for their files when the gateway was stopped. */
  readonly #before = new Map<string, Instant>()
  readonly #clockLooks: Rounds

  /** `failed` is told when the journal could not be written, once for each trouble; then it is tried again. */
  constructor(database: Database, member: string, clock: Clock, failed: (error: unknown) => void) {
    this.#database = database
    this.#member = member
    this.#clock = clock
    this.#failed = failed
    this.#clockLooks = new Rounds({
      ...{ clock, every: again, later: true, failed },
      once: async () => {
        this.#setRight()
        return undefined
      },
    })
  }

  /** Begins anew: what is still so is told again, and a wait goes on since when it did. */
  async start(): Promise<void> {
    for (const row of await listPresent(this.#database.committed, 'waiting'))
      this.#before.set(keyOf(row), row.since)
    await this.#database.write((transaction) => clearPresent(transaction, this.#member))
    this.#clockLooks.start()
  }

  /** What began while the clock was ahead has been so since now at the latest. */
  #setRight(): void {
    const now = this.#clock.now()
    for (const row of [...this.#rows.values()])
      if (row.since > now) this.#begin(row.kind, row.subject, row.what, row.facts, now)
  }

  /** Resolves when what was said is written, or could not be; from then on nothing is: whoever is no member any more says nothing. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#clockLooks.stop()
    this.#retry?.()
    await this.#writing
  }

  /** What became of a source: it waits for files, or does not any more. */
  offered(system: string, { name, handover }: Source, taken: readonly Taken[]): void {
    // Without a handing-over somebody waits for the answer, and has it.
    if (handover === undefined) return
    const missing = taken.flatMap((each) => (each.kind === 'waiting' ? each.missing : []))
    const names = [...new Set(missing)].slice(0, mostNames)
    if (names.length === 0) this.#end('waiting', system, handover)
    else this.#begin('waiting', system, handover, { name, missing: names, left: names.length })
  }

  /** What an adapter reported: `….unavailable` begins a trouble with the place that it names, `….available` ends it. */
  reported(system: string, event: string, facts: Facts): void {
    const { channel, claim } = facts
    if (event === 'folder.refused' && claim !== undefined) this.#end('waiting', system, String(claim))
    if (event === 'source.waiting') this.#came(system, String(claim), facts)
    // Of what is handed over to a system each attempt says itself whether its place is there.
    if (channel === 'receive' || channel === 'notices') return
    const place = placeOf(facts)
    if (event.endsWith('.unavailable')) this.#begin('trouble', system, place, facts)
    if (event.endsWith('.available')) this.#end('trouble', system, place)
  }

  /** Work of a system, or of the gateway itself, does not return, or, without facts, has returned. */
  hangs(subject: string, what: string, facts: PresentFacts | undefined): void {
    const place = `${what} hangs`.trim()
    if (facts === undefined) this.#end('trouble', subject, place)
    else this.#begin('trouble', subject, place, { ...facts, hangs: 1 })
  }

  /** Some of the files that a source waits for came. */
  #came(system: string, claim: string, { missing }: Facts): void {
    const row = this.#rows.get(keyOf({ kind: 'waiting', subject: system, what: claim }))
    if (row !== undefined && missing !== undefined)
      this.#begin('waiting', system, claim, { ...row.facts, left: missing })
  }

  /** An office cannot be reached and is probed at an instant, or can be reached again. */
  breaker(office: OfficeId, probeAt: Instant | undefined): void {
    if (probeAt === undefined) this.#end('breaker', office, '')
    else this.#begin('breaker', office, '', { probeAt })
  }

  /** Nothing is brought to an office until an instant, as its profile says, or it is open again. */
  closed(office: OfficeId, until: Instant | undefined): void {
    if (until === undefined) this.#end('closed', office, '')
    else this.#begin('closed', office, '', { until })
  }

  /** A delivery is being brought since an instant, and nothing of it is recorded yet; undefined: that is over. */
  bringing(office: OfficeId, delivery: string, since: Instant | undefined): void {
    if (since === undefined) this.#end('bringing', office, delivery)
    else this.#begin('bringing', office, delivery, {}, since)
  }

  /** Something is wrong with a part of the gateway (`queue`: `away`), or, without facts, is not any more. */
  part(part: Part, what: string, facts: PresentFacts | undefined): void {
    if (facts === undefined) this.#end('part', part, what)
    else this.#begin('part', part, what, facts)
  }

  /** What is wrong with parts of the gateway. */
  parts(): readonly PresentRow[] {
    return this.#of('part')
  }

  /**
   * A system was stopped, and perhaps another comes in its place: what is still so is told again, a wait goes on since when it did. What
   * hangs was not stopped by that.
   */
  left(system: string): void {
    for (const row of [...this.#rows.values()]) {
      if (row.subject !== system || (row.kind !== 'waiting' && row.kind !== 'trouble')) continue
      if (row.facts['hangs'] !== undefined) continue
      const { kind, subject, what, since } = row
      this.#end(kind, subject, what)
      if (kind === 'waiting') this.#before.set(keyOf(row), since)
    }
  }

  /** The places that cannot be read. */
  troubles(): readonly PresentRow[] {
    return this.#of('trouble')
  }

  /** How many sources of each system wait for files. */
  waiting(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>()
    for (const { subject } of this.#of('waiting')) counts.set(subject, (counts.get(subject) ?? 0) + 1)
    return counts
  }

  #of(kind: PresentKind): readonly PresentRow[] {
    return [...this.#rows.values()].filter((row) => row.kind === kind)
  }

  #begin(kind: PresentKind, subject: string, what: string, facts: PresentFacts, at?: Instant): void {
    const key = keyOf({ kind, subject, what })
    const since = at ?? this.#rows.get(key)?.since ?? this.#before.get(key) ?? this.#clock.now()
    this.#rows.set(key, { kind, subject, what, since, facts })
    this.#write({ kind, subject, what })
  }

  #end(kind: PresentKind, subject: string, what: string): void {
    const row = { kind, subject, what }
    this.#before.delete(keyOf(row))
    if (this.#rows.delete(keyOf(row))) this.#write(row)
  }

  /** Nothing waits for it: it is a remark. One write comes after the other, so that the last word is the last. */
  #write(named: Named): void {
    this.#unwritten.set(keyOf(named), named)
    this.#writeSoon()
  }

  #writeSoon(): void {
    if (this.#stopped) return
    this.#writing = this.#writing.then(() => this.#writeAll())
  }

  async #writeAll(): Promise<void> {
    const unwritten = [...this.#unwritten]
    if (unwritten.length === 0) return
    try {
      await this.#database.write(async (transaction) => {
        for (const [key, named] of unwritten) {
          const row = this.#rows.get(key)
          if (row === undefined) await removePresent(transaction, this.#member, named)
          else await setPresent(transaction, this.#member, row)
        }
      })
      // What became something else meanwhile has a write of its own.
      for (const [key, named] of unwritten)
        if (this.#unwritten.get(key) === named) this.#unwritten.delete(key)
      this.#troubled = false
    } catch (error) {
      if (!this.#troubled) this.#failed(error)
      this.#troubled = true
      this.#writeAgain()
    }
  }

  #writeAgain(): void {
    if (this.#stopped || this.#retry !== undefined) return
    this.#retry = this.#clock.schedule(this.#clock.now() + again, () => {
      this.#retry = undefined
      this.#writeSoon()
    })
  }
}

type Named = Pick<PresentRow, 'kind' | 'subject' | 'what'>

/** The place of a system that facts name: a folder by its channel, a mailbox, a table. */
export const placeOf = ({ channel, mailbox, table }: Facts): string =>
  String(channel ?? mailbox ?? table ?? '')

const keyOf = ({ kind, subject, what }: Named): string => `${kind} ${subject} ${what}`
