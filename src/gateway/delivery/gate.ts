// The gate before each office: how many attempts may be under way at once, and its breaker. Whoever may not pass waits
// here, not in the queue, so that a dead or slow office costs neither workers nor wake-ups.
import type { OfficeId } from '../../letter/offices.ts'
import type { Instant } from '../../letter/time.ts'
import type { Due } from '../journal/deliveries.ts'
import { Heap } from '../queue/heap.ts'
import { rankOf } from '../queue/queue.ts'
import { Breakers } from './breaker.ts'

/** What waits here of one office at the most: what comes after it stays in the journal. */
const mostParked = 10_000
/** How long after its time a called probe is awaited, in milliseconds. */
const longestCall = 30_000

interface Office {
  busy: number
  readonly parked: Heap<Due>
  /** The delivery that was called to be the next probe, and when. */
  called: (Due & { readonly at: Instant }) | undefined
}

export class Gate {
  readonly #breakers = new Breakers()
  readonly #offices = new Map<OfficeId, Office>()
  readonly #parkedIds = new Set<string>()
  readonly #atOnce: (office: OfficeId) => number

  /** `atOnce`: attempts to an office under way at once. */
  constructor(atOnce: (office: OfficeId) => number) {
    this.#atOnce = atOnce
  }

  isParked(id: string): boolean {
    return this.#parkedIds.has(id)
  }

  /** How many deliveries wait at this office's gate. */
  parked(office: OfficeId): number {
    return this.#offices.get(office)?.parked.size ?? 0
  }

  isBreakerOpen(office: OfficeId): boolean {
    return this.#breakers.probeAt(office) !== undefined
  }

  /** While the office cannot be reached: when it is probed next. */
  probeAt(office: OfficeId): Instant | undefined {
    return this.#breakers.probeAt(office)
  }

  /**
   * `passes`: `leave` must follow. `waits`: here, until `release` gives it out. `full`: too many wait here that go before it, and nothing
   * is known of it.
   */
  enter(office: OfficeId, due: Due, now: Instant): 'passes' | 'waits' | 'full' {
    const state = this.#of(office)
    // Whoever was called and comes, early or not, is no longer awaited: another may be called.
    if (state.called?.id === due.id) state.called = undefined
    if (state.busy < this.#atOnce(office) && this.#breakers.admits(office, now)) {
      state.busy += 1
      return 'passes'
    }
    const first = state.parked.peek()
    if (state.parked.size >= mostParked && first !== undefined && rankOf(due) >= rankOf(first)) return 'full'
    state.parked.push(due)
    this.#parkedIds.add(due.id)
    return 'waits'
  }

  leave(office: OfficeId): void {
    this.#of(office).busy -= 1
    this.#breakers.released(office)
  }

  answered(office: OfficeId): void {
    this.#breakers.answered(office)
  }

  /** Returns true when this opened the breaker. */
  failed(office: OfficeId, now: Instant, retryAfter?: number): boolean {
    return this.#breakers.failed(office, now, retryAfter)
  }

  /** Deliveries that may come to the gate again, each with the instant when: all there is room for, or one probe. */
  release(office: OfficeId, now: Instant): readonly (Due & { readonly at: Instant })[] {
    const state = this.#of(office)
    const probe = this.#breakers.probeAt(office)
    if (probe !== undefined) {
      // One probe at a time. One that was called and never came (settled elsewhere) is not waited for without end.
      const awaited = state.called !== undefined && now < state.called.at + longestCall
      if (awaited || this.#breakers.isProbing(office)) return []
      const first = this.#unpark(state)
      if (first === undefined) return []
      state.called = { ...first, at: Math.max(probe, now) }
      return [state.called]
    }
    const released: (Due & { at: Instant })[] = []
    while (released.length < this.#atOnce(office) - state.busy) {
      const next = this.#unpark(state)
      if (next === undefined) break
      released.push({ ...next, at: now })
    }
    return released
  }

  /** A person wanted an office tried at `since`, or the clock was set back: the probe goes at once. Gives the delivery that is to be it, if one is to come earlier. */
  hasten(office: OfficeId, since: Instant, now: Instant): readonly (Due & { readonly at: Instant })[] {
    if (!this.#breakers.hasten(office, since, now)) return []
    const state = this.#of(office)
    if (state.called === undefined) return this.release(office, now)
    state.called = { ...state.called, at: now }
    return [state.called]
  }

  #unpark(state: Office): Due | undefined {
    const due = state.parked.pop()
    if (due !== undefined) this.#parkedIds.delete(due.id)
    return due
  }

  #of(office: OfficeId): Office {
    let state = this.#offices.get(office)
    if (state === undefined) {
      state = {
        busy: 0,
        parked: new Heap<Due>((one, other) => rankOf(one) - rankOf(other)),
        called: undefined,
      }
      this.#offices.set(office, state)
    }
    return state
  }
}
