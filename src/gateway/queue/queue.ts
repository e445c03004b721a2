// The port to the queue. A queue is only a hint: what is due is what the journal says (principle 5).
import type { Instant } from '../../letter/time.ts'

/** What is known of a delivery that is due: the journal knows better. */
export interface Hint {
  readonly id: string
  readonly dueAt: Instant
  readonly priority: number
}

/** Never rejects. */
export type Handler = (deliveryId: string, hint: Hint) => Promise<void>

export interface Queue {
  /**
   * Hints that a delivery is due at `dueAt`. Putting one that is held already moves it to the earlier instant. Never throws,
   * never waits: what cannot be kept is dropped, and the next sweep over the journal puts it again.
   */
  put(deliveryId: string, dueAt: Instant, priority: number): void
  /**
   * As `put`, by whoever had taken it and could not use it yet: where gateways share a queue it need not be offered to all of them
   * again. It keeps nothing from its turn that is more urgent.
   */
  putBack(deliveryId: string, dueAt: Instant, priority: number): void
  /** Calls `handler` for each delivery when its time has come, `concurrency` at a time. Called once. */
  work(handler: Handler, concurrency: number): void
  /** How many deliveries it holds, waiting or at work, as far as can be told at present. */
  size(): Promise<number>
  /** How many of them are at work in this process. */
  atWork(): number
  /** Hands out no more; resolves when the handlers under way have ended. May be called again. */
  close(): Promise<void>
}

const minute = 60_000

/**
 * By how much a priority moves a delivery ahead of those that came due before it, in milliseconds. An ordinary letter
 * waits for most-urgent ones that came due up to an hour after it, never longer: starvation is bounded.
 */
const headStart: Readonly<Record<number, number>> = { 1: 0, 2: 5 * minute, 3: 20 * minute, 4: 60 * minute }

/** The longest of them. */
export const longestHeadStart = Math.max(...Object.values(headStart))

/** The order in which deliveries that are due are served: the smallest first. */
export const rankOf = (delivery: { readonly dueAt: Instant; readonly priority: number }): number =>
  delivery.dueAt - (headStart[delivery.priority] ?? 0)
