// The watcher: looks at every condition on a timer and makes the journal's alarms agree with what is so. A write decides
// whether an alarm begins or ends, so that two watchers by mistake, or one that was killed, tell nothing twice.
import type { Clock, Instant } from '../../letter/time.ts'
import {
  type AlarmRow,
  clearAlarm,
  endAlarm,
  goOnWithAlarm,
  insertTelling,
  raiseAlarm,
  raisedAlarms,
  renewFacts,
} from '../journal/alarms.ts'
import type { Database, Transaction } from '../journal/database.ts'
import { type Begun, Rounds, type Work } from '../rounds.ts'
import { type Check, type Condition, offCheck } from './condition.ts'
import { type AlarmEvent, bodyOf } from './told.ts'

/** Milliseconds between two looks. */
const every = 60_000

export interface WatchParts {
  readonly database: Database
  readonly clock: Clock
  readonly checks: readonly Check[]
  /** Milliseconds that a condition must be over before its alarm ends, and an alarm ended before it is raised again. */
  readonly quiet: number
  /** Names of those who are told. */
  readonly hooks: readonly string[]
  readonly newId: () => string
  /** Something was written for the hooks. */
  told(event: AlarmEvent, alarm: Pick<AlarmRow, 'kind' | 'subject'>): void
  failed(work: string, error: unknown): void
  begins?(): Begun
}

/** Looks at once when it is started, and then again and again. */
export class Watch implements Work {
  readonly #parts: WatchParts
  readonly #rounds: Rounds

  constructor(parts: WatchParts) {
    this.#parts = parts
    const failed = (error: unknown) => parts.failed('alarms', error)
    const { clock, begins } = parts
    this.#rounds = new Rounds({ clock, every, once: () => this.look(), failed, ...(begins && { begins }) })
  }

  start(): void {
    this.#rounds.start()
  }

  stop(): Promise<void> {
    return this.#rounds.stop()
  }

  /** One look at everything. A check that fails says nothing: its alarms stay as they are. */
  async look(): Promise<undefined> {
    const { checks, clock, failed } = this.#parts
    for (const check of [...checks, offCheck(checks)]) {
      try {
        await this.#agree(check, await check.look(clock.now()))
      } catch (error) {
        failed(`alarms ${check.kinds.join(' ')}`, error)
      }
    }
  }

  async #agree({ kinds }: Check, found: readonly Condition[]): Promise<void> {
    const { database, clock } = this.#parts
    const now = clock.now()
    const mine = (await raisedAlarms(database.committed)).filter(({ kind }) =>
      kinds.some((each) => each === kind),
    )
    for (const condition of found) {
      const raised = mine.find(
        ({ kind, subject }) => kind === condition.kind && subject === condition.subject,
      )
      if (raised !== undefined) await this.#goOn(raised, condition, now)
      else if (condition.between !== true) await this.#raise(condition, now)
    }
    for (const alarm of mine) {
      const still = found.some(({ kind, subject }) => kind === alarm.kind && subject === alarm.subject)
      if (!still) await this.#clear(alarm, now)
    }
  }

  async #raise({ kind, subject, level, facts }: Condition, now: Instant): Promise<void> {
    const { database, quiet, newId, told } = this.#parts
    const alarm = { id: newId(), kind, subject, level, facts }
    const raised = await database.write(async (transaction) => {
      if (!(await raiseAlarm(transaction, alarm, now, now - quiet))) return false
      await this.#tell(transaction, 'raised', { ...alarm, raisedAt: now }, now)
      return true
    })
    if (raised) told('raised', alarm)
  }

  async #goOn(alarm: AlarmRow, { level, facts, between }: Condition, now: Instant): Promise<void> {
    const { database, told } = this.#parts
    if (alarm.clearSince === null && (level === alarm.level || (between === true && level > alarm.level))) {
      // No news, but what is so now is read here: how much is free, how many wait.
      if (JSON.stringify(facts) !== JSON.stringify(alarm.facts))
        await database.write((transaction) => renewFacts(transaction, alarm.id, facts))
      return
    }
    const worse = await database.write(async (transaction) => {
      if (!(await goOnWithAlarm(transaction, alarm, { level, facts }, now))) return false
      await this.#tell(transaction, 'worsened', { ...alarm, level, facts }, now)
      return true
    })
    if (worse) told('worsened', alarm)
  }

  async #clear(alarm: AlarmRow, now: Instant): Promise<void> {
    const { database, quiet, told } = this.#parts
    // Over since the future: its clock was set back.
    if (alarm.clearSince === null || alarm.clearSince > now)
      return database.write((transaction) => clearAlarm(transaction, alarm.id, now))
    if (alarm.clearSince > now - quiet) return
    const ended = await database.write(async (transaction) => {
      if (!(await endAlarm(transaction, alarm, now, now - quiet))) return false
      await this.#tell(transaction, 'ended', alarm, now)
      return true
    })
    if (ended) told('ended', alarm)
  }

  async #tell(
    transaction: Transaction,
    event: AlarmEvent,
    alarm: Pick<AlarmRow, 'id' | 'kind' | 'subject' | 'level' | 'facts' | 'raisedAt'>,
    at: Instant,
  ): Promise<void> {
    const { hooks, newId } = this.#parts
    for (const hook of hooks) {
      const id = newId()
      await insertTelling(transaction, { id, alarm: alarm.id, hook, body: bodyOf(id, event, alarm, at), at })
    }
  }
}
