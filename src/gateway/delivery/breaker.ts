// One breaker for each office: a dead office costs one probe, not the pool of workers.
import type { Instant } from '../../letter/time.ts'

/** Failures in a row after which the breaker opens. */
const opensAfter = 3
/** How long it stays open before the next probe, in milliseconds: after the first, second … failure with it open. */
const pauses = [5_000, 20_000, 60_000] as const

interface OfficeState {
  failures: number
  /** No attempt before this. */
  until: Instant
  failedAt: Instant
  probing: boolean
}

export class Breakers {
  readonly #offices = new Map<string, OfficeState>()

  /** May an attempt to this office begin? While the breaker is open, one probe may, when the pause is over. */
  admits(office: string, now: Instant): boolean {
    const state = this.#offices.get(office)
    if (state === undefined || state.failures < opensAfter) return true
    if (state.probing || now < state.until) return false
    state.probing = true
    return true
  }

  /** The office answered something, whatever it was: it is alive. */
  answered(office: string): void {
    this.#offices.delete(office)
  }

  /** The office could not be reached, or asked for a pause of `retryAfter` milliseconds. True when this opened the breaker. */
  failed(office: string, now: Instant, retryAfter = 0): boolean {
    const state = this.#offices.get(office) ?? { failures: 0, until: 0, failedAt: now, probing: false }
    // The clock was set back since the last failure: the pause from then is as long as it was, and begins now.
    state.until -= Math.max(0, state.failedAt - now)
    state.failures += 1
    state.failedAt = now
    state.probing = false
    const pause = pauses[Math.min(Math.max(0, state.failures - opensAfter), pauses.length - 1)] ?? pauses[0]
    // A pause that was asked for holds, whatever fails meanwhile.
    state.until = Math.max(state.until, now + Math.max(pause, retryAfter))
    this.#offices.set(office, state)
    return state.failures === opensAfter
  }

  /**
   * A person wanted a probe at `since`, or the clock was set back and the last failure is in the future: true when one may go now, and
   * the pause was the only reason against it.
   */
  hasten(office: string, since: Instant, now: Instant): boolean {
    const state = this.#offices.get(office)
    if (state === undefined || state.failures < opensAfter) return false
    if (since <= state.failedAt && state.failedAt <= now) return false
    if (state.probing || state.until <= now) return false
    state.failedAt = Math.min(state.failedAt, now)
    state.until = now
    return true
  }

  /** A probe that ended without a word about the office frees the place for another. */
  released(office: string): void {
    const state = this.#offices.get(office)
    if (state !== undefined) state.probing = false
  }

  isProbing(office: string): boolean {
    return this.#offices.get(office)?.probing ?? false
  }

  /** While the breaker is open: the instant of the next probe. */
  probeAt(office: string): Instant | undefined {
    const state = this.#offices.get(office)
    return state !== undefined && state.failures >= opensAfter ? state.until : undefined
  }
}
