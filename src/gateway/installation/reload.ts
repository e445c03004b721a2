// Reading the installation again while the gateway runs: everything is read and checked, a plan is made, and only then
// anything changes. All or nothing: what is faulty changes nothing, and a system that cannot be started takes all back.
import type { OfficeId } from '../../letter/offices.ts'
import { atMost, type Clock } from '../../letter/time.ts'
import { bad, good, type Problem, problem, type Result } from '../../problem/problem.ts'
import type { Dispatch } from '../delivery/dispatch.ts'
import type { Doors } from '../http/doors.ts'
import { type Database, JournalUnavailable } from '../journal/database.ts'
import { countOpen, type Mode } from '../journal/deliveries.ts'
import { recordEvent } from '../journal/events.ts'
import type { Log } from '../log.ts'
import type { Present } from '../present.ts'
import type { AtWork } from './at-work.ts'
import type { Installation } from './installation.ts'
import { writeModes } from './modes.ts'
import { countsOf, isEmpty, type Plan, planOf } from './plan.ts'
import { type ConnectedSystem, doorsOf, stopSystem } from './systems.ts'

export type Reloaded =
  | {
      /** `planned`: only looked at. `applied`: so it is now. */
      readonly kind: 'planned' | 'applied'
      readonly plan: Plan
      /** Open deliveries to offices of which no system is connected any more: they wait. */
      readonly waiting: Readonly<Record<string, number>>
    }
  /** Nothing was changed, for every one of these reasons. */
  | { readonly kind: 'refused'; readonly problems: readonly [Problem, ...Problem[]] }

export interface ReloadParts {
  readonly atWork: AtWork
  readonly dispatch: Dispatch
  readonly doors: Doors
  readonly database: Database
  readonly present: Present
  readonly log: Log
  readonly clock: Clock
  /** Whether no other gateway delivers to an office in another way. */
  agrees(office: OfficeId, mode: Mode): boolean
  /** Reads and checks the whole installation anew. */
  read(): Promise<Result<Installation>>
  /** Starts a connected system. */
  start(system: ConnectedSystem): Promise<void>
  /** What is at work is another now. */
  changed(): Promise<void>
  /** The servers show another certificate and believe another authority from now on. */
  secure(installation: Installation): void
}

/** What is under way to, or from, a system that changes may take so long; then it is broken off, and comes again. Milliseconds. */
const grace = 30_000
/** Milliseconds between two tries of what the journal stood in the way of. */
const insistEvery = 5_000

export class Reload {
  readonly #parts: ReloadParts
  #last: Promise<unknown> = Promise.resolve()
  #insisting: Promise<unknown> = Promise.resolve()
  #stopped = false
  #end: () => void = () => undefined
  readonly #ended = new Promise<void>((resolve) => {
    this.#end = resolve
  })

  constructor(parts: ReloadParts) {
    this.#parts = parts
  }

  /** Reads everything again; with `apply`, changes what is to be changed. One after the other, however many ask. */
  run(apply: boolean): Promise<Reloaded> {
    const result = this.#last.then(() => this.#run(apply))
    this.#last = result.catch(() => undefined)
    return result
  }

  /** As `run(true)`, by somebody who hears no answer: what the journal stands in the way of is tried again, until it is done. One after the other. */
  insist(): Promise<Reloaded> {
    const result = this.#insisting.then(() => this.#insist())
    this.#insisting = result.catch(() => undefined)
    return result
  }

  async #insist(): Promise<Reloaded> {
    const { clock, log } = this.#parts
    for (;;) {
      try {
        const reloaded = await this.run(true)
        if (this.#stopped || !isForTheJournal(reloaded)) return reloaded
      } catch (error) {
        log.workFailed('reload', error)
        if (!(error instanceof JournalUnavailable)) throw error
      }
      await atMost(clock, insistEvery, this.#ended)
    }
  }

  /** Resolves when none is under way; those that come later are refused. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#end()
    await this.#last
  }

  async #run(apply: boolean): Promise<Reloaded> {
    const { atWork, log, database, clock } = this.#parts
    if (this.#stopped) return { kind: 'refused', problems: [problem('gateway.unavailable', 'gateway')] }
    const before = atWork.installation
    const after = await this.#parts.read()
    const applied = after.ok ? good(planOf(before, after.value)) : after
    if (!applied.ok)
      return apply ? this.#refused(applied.problems) : { kind: 'refused', problems: applied.problems }
    const plan = applied.value
    if (!apply || !after.ok) return { kind: 'planned', plan, waiting: await this.#waiting(plan) }
    if (!isEmpty(plan)) {
      // For a journal that is away no system is stopped.
      await database.write((transaction) => transaction.one('SELECT 1 AS here'))
      const changed = await this.#become(unchangedFrom(before, after.value, plan), plan)
      if (!changed.ok) {
        await this.#changed()
        return this.#refused(changed.problems)
      }
    }
    await this.#changed()
    const facts = countsOf(plan)
    const { authorities } = plan
    if (authorities !== undefined) log.authorityChanged(authorities)
    log.certificatesDoubted(after.value)
    log.profilesApplied(facts)
    await database.write(async (transaction) => {
      const at = clock.now()
      if (authorities !== undefined) await recordEvent(transaction, at, 'authority.changed', {}, authorities)
      await recordEvent(transaction, at, 'profiles.applied', {}, facts)
    })
    return { kind: 'applied', plan, waiting: await this.#waiting(plan) }
  }

  /** A remark for whoever reads beside the gateway, and a look at what was being written meanwhile: the systems are at work. */
  async #changed(): Promise<void> {
    await this.#parts.changed().catch((error: unknown) => this.#parts.log.workFailed('reload', error))
  }

  async #refused(problems: readonly [Problem, ...Problem[]]): Promise<Reloaded> {
    const { log, database, clock } = this.#parts
    log.profilesRefused(problems)
    const codes = [...new Set(problems.map(({ code }) => code))].join(' ')
    await database.write((transaction) =>
      recordEvent(transaction, clock.now(), 'profiles.refused', {}, { codes, problems: problems.length }),
    )
    return { kind: 'refused', problems }
  }

  async #waiting({ systems }: Plan): Promise<Readonly<Record<string, number>>> {
    const removed = new Set<string>(
      systems.filter(({ kind }) => kind === 'removed').map(({ office }) => office),
    )
    const counts: Record<string, number> = {}
    for (const { office, count } of await countOpen(this.#parts.database.committed))
      if (removed.has(office)) counts[office] = (counts[office] ?? 0) + Number(count)
    return counts
  }

  async #become(after: Installation, plan: Plan): Promise<Result<true>> {
    const { atWork, dispatch, doors, clock } = this.#parts
    const before = atWork.installation
    const offices = new Set(
      plan.systems.filter(({ kind }) => kind !== 'unchanged').map(({ office }) => office),
    )
    const open = doors.change(offices)
    try {
      let cancel: () => void = () => undefined
      const patience = new Promise<void>((resolve) => {
        cancel = clock.schedule(clock.now() + grace, resolve)
      })
      await Promise.all(
        [...offices].flatMap((office) => [
          dispatch.pause(office, grace),
          Promise.race([patience, doors.left(office)]),
        ]),
      )
      cancel()
      const fault = await this.#exchange(before, after, offices)
      if (fault === undefined) return good(true)
      const again = remade(before, offices)
      const lost = await this.#exchange(atWork.installation, again, offices, 'back')
      return lost === undefined ? bad(fault) : bad(fault, lost)
    } finally {
      // Whatever happened: deliveries go on and doors open, with what there is now.
      open(doorsOf(atWork.systems))
      for (const office of offices) await dispatch.resume(office)
    }
  }

  /**
   * Stops the systems of these offices as they are and starts them as they are to be. The first problem, where there is one: with it
   * it ends, unless it is a way `back`: then all are started that can be, and in the journal it is as it was.
   */
  async #exchange(
    before: Installation,
    after: Installation,
    offices: ReadonlySet<OfficeId>,
    way: 'on' | 'back' = 'on',
  ): Promise<Problem | undefined> {
    const { atWork, database, present, log, clock, secure, start, agrees } = this.#parts
    for (const office of offices) {
      const old = before.systems.get(office)
      if (old === undefined) continue
      // One that ends badly has ended.
      await stopSystem(clock, old.adapter).catch((error: unknown) =>
        log.workFailed(`stop ${old.system.id}`, error),
      )
      present.left(old.system.id)
    }
    atWork.become(after)
    secure(after)
    let found: Problem | undefined
    try {
      const fresh = [...after.systems].filter(([office]) => offices.has(office))
      const adapters = fresh.map(([office, { adapter }]) => [office, adapter] as const)
      await database.write((transaction) => writeModes(transaction, adapters, agrees))
    } catch (error) {
      log.workFailed('reload', error)
      found = problem('gateway.unavailable', 'journal')
      if (way === 'on') return found
    }
    for (const office of offices) {
      const fresh = after.systems.get(office)
      if (fresh === undefined) {
        atWork.adapters.delete(office)
        continue
      }
      atWork.adapters.set(office, fresh.adapter)
      try {
        await start(fresh)
      } catch (error) {
        log.workFailed(`start ${fresh.system.id}`, error)
        const reason = error instanceof Error ? error.name : String(error)
        found ??= problem('gateway.system.not-started', fresh.system.id, office, { reason })
        if (way === 'on') return found
      }
    }
    return found
  }
}

/** Whether it was refused because the journal could not be written. */
const isForTheJournal = (reloaded: Reloaded): boolean =>
  reloaded.kind === 'refused' &&
  reloaded.problems.some(({ code, path }) => code === 'gateway.unavailable' && path === 'journal')

/** What is to be, with the systems that do not change as they are: theirs are at work. */
const unchangedFrom = (before: Installation, after: Installation, plan: Plan): Installation => ({
  ...after,
  systems: new Map(
    [...after.systems].map(([office, system]) => {
      const same = plan.systems.some((each) => each.office === office && each.kind === 'unchanged')
      return [office, (same ? before.systems.get(office) : undefined) ?? system]
    }),
  ),
})

/** What was, with new adapters where the old ones were stopped: a stopped one does not start again. */
function remade(before: Installation, offices: ReadonlySet<OfficeId>): Installation {
  const systems = new Map(before.systems)
  for (const office of offices) {
    const old = systems.get(office)
    const adapter = old?.remake()
    if (old === undefined || adapter === undefined) continue
    if (adapter.ok) systems.set(office, { ...old, adapter: adapter.value })
    else systems.delete(office)
  }
  return { ...before, systems }
}
