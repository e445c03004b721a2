// Tells the hooks what the journal holds for them, at least once each. One that fails is tried again until it is through, or
// the news is old; each hook waits for itself alone, and no letter for any.
import type { Clock, Instant } from '../../letter/time.ts'
import { claimTelling, dueTellings, hooksToTell, settleTelling, type TellingRow } from '../journal/alarms.ts'
import type { Database } from '../journal/database.ts'
import { recordEvent } from '../journal/events.ts'
import { Rounds, type Work } from '../rounds.ts'
import type { Hook, Told } from './hook.ts'
import type { ToldAlarm } from './told.ts'

/** Milliseconds between two looks at what is due. */
const every = 5_000
/** A telling that somebody took on and did not end is anybody's after so long. */
const lease = 60_000
/** Pauses after failed attempts; the last one again and again. */
const pauses = [10_000, 30_000, 60_000, 300_000, 900_000] as const
const longestPause = Math.max(...pauses)
/** Older news are told to nobody any more, once each of the pauses was waited for. */
const oldest = 24 * 3_600_000
/** Tellings at one look. */
const atOnce = 100

export interface TellParts {
  readonly database: Database
  readonly clock: Clock
  readonly hooks: readonly Hook[]
  /** A hook could not be told; `again`: when it is tried next. */
  untold(hook: string, said: string, again: Instant | undefined): void
  failed(work: string, error: unknown): void
}

export class Tell implements Work {
  readonly #parts: TellParts
  readonly #rounds: Rounds
  /** A hook that does not answer holds up itself, and no other. */
  readonly #underWay = new Map<string, Promise<void>>()
  #stop = new AbortController()

  constructor(parts: TellParts) {
    this.#parts = parts
    const failed = (error: unknown): void => parts.failed('alarms hooks', error)
    this.#rounds = new Rounds({
      ...{ clock: parts.clock, every, failed },
      once: async () => {
        for (const round of await this.#begin()) round.catch(failed)
        return undefined
      },
    })
  }

  start(): void {
    if (this.#stop.signal.aborted) this.#stop = new AbortController()
    this.#rounds.start()
  }

  /** Tells nothing more; what is under way is broken off, and told again later. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#rounds.stop()
    await Promise.allSettled(this.#underWay.values())
  }

  /** Tells what is due, hook beside hook. */
  async tellDue(): Promise<void> {
    await this.#begin()
    await Promise.all(this.#underWay.values())
  }

  /** Begins a round of each hook that is not at its last one still, and gives these. */
  async #begin(): Promise<readonly Promise<void>[]> {
    const begun: Promise<void>[] = []
    for (const name of await hooksToTell(this.#parts.database.committed)) {
      if (this.#underWay.has(name)) continue
      const round = this.#round(name).finally(() => this.#underWay.delete(name))
      this.#underWay.set(name, round)
      begun.push(round)
    }
    return begun
  }

  /** What is due of a hook, up to the first that it does not hear: one that is dead is asked once. */
  async #round(name: string): Promise<void> {
    const { database, clock, hooks } = this.#parts
    const now = clock.now()
    const hook = hooks.find((each) => each.name === name)
    for (const telling of await dueTellings(database.committed, name, now, now + longestPause, atOnce))
      if (this.#stop.signal.aborted || !(await this.#tell(telling, hook))) return
  }

  /** False when it could not be told. */
  async #tell(row: TellingRow, hook: Hook | undefined): Promise<boolean> {
    const { database, clock } = this.#parts
    const now = clock.now()
    // What a clock wrote that was ahead becomes old from now on, not from then.
    const telling = { ...row, at: Math.min(row.at, now) }
    const claimed = await database.write((transaction) => claimTelling(transaction, telling, now + lease))
    if (!claimed) return true
    const told = JSON.parse(telling.body) as ToldAlarm
    const came: Told =
      hook === undefined
        ? { kind: 'failed', said: 'the settings name no such hook' }
        : await hook.tell(telling.body, told, this.#stop.signal)
    await this.#settle(telling, told, came)
    return came.kind === 'told'
  }

  async #settle(
    { id, hook, at, attempts }: TellingRow,
    { alarm, event }: ToldAlarm,
    came: Told,
  ): Promise<void> {
    const { database, clock, untold } = this.#parts
    const now = clock.now()
    if (came.kind === 'told') {
      const settled = { state: 'told', dueAt: now, said: null } as const
      return database.write((transaction) => settleTelling(transaction, id, settled))
    }
    const { said } = came
    const dueAt = now + (pauses[attempts] ?? longestPause)
    // A clock that jumps, or a gateway that was off, must not end what was hardly tried.
    const over = attempts >= pauses.length && dueAt - at > oldest
    await database.write(async (transaction) => {
      await settleTelling(transaction, id, { state: over ? 'given-up' : 'due', dueAt, said })
      if (over) await recordEvent(transaction, now, 'alarm.untold', {}, { alarm: alarm.id, event, hook })
    })
    untold(hook, said, over ? undefined : dueAt)
  }
}
