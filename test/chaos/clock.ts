// The machine's clock, which can be moved on as if time had passed, or set as if somebody had corrected it.
import type { Clock, Instant } from '../../src/letter/time.ts'

interface Alarm {
  at: Instant
  readonly act: () => void
  timer?: NodeJS.Timeout
}

export class MovedClock implements Clock {
  #ahead = 0
  #passed = 0
  readonly #alarms = new Set<Alarm>()

  now(): Instant {
    return Date.now() + this.#ahead
  }

  elapsed(): number {
    return performance.now() + this.#passed
  }

  schedule(at: Instant, act: () => void): () => void {
    const alarm: Alarm = { at, act }
    this.#alarms.add(alarm)
    this.#arm(alarm)
    return () => {
      clearTimeout(alarm.timer)
      this.#alarms.delete(alarm)
    }
  }

  /** Time passes: what is due by then happens. */
  pass(milliseconds: number): void {
    this.#passed += milliseconds
    this.#ahead += milliseconds
    for (const alarm of this.#alarms) this.#arm(alarm)
  }

  /** The clock is set, forth or back; no time passes, and what is to happen does so in as long as before: the machine's timers do not follow its clock. */
  set(milliseconds: number): void {
    this.#ahead += milliseconds
    for (const alarm of this.#alarms) alarm.at += milliseconds
  }

  #arm(alarm: Alarm): void {
    clearTimeout(alarm.timer)
    const left = Math.min(Math.max(alarm.at - this.now(), 0), 2_000_000_000)
    alarm.timer = setTimeout(() => {
      if (this.now() < alarm.at) return this.#arm(alarm)
      this.#alarms.delete(alarm)
      alarm.act()
    }, left)
    alarm.timer.unref()
  }
}
