// The embedded queue: two heaps in memory over one timer. It may forget everything at any time; the journal does not.
import type { Clock, Instant } from '../../letter/time.ts'
import { Heap } from './heap.ts'
import { type Handler, type Hint, type Queue, rankOf } from './queue.ts'

/** A queue for one process, in memory. */
export const embeddedQueue = (clock: Clock): EmbeddedQueue => new EmbeddedQueue(clock)

export class EmbeddedQueue implements Queue {
  readonly #clock: Clock
  /** What is held and not at work, by delivery. An entry in a heap that is not the one held here is stale. */
  readonly #held = new Map<string, Hint>()
  readonly #later = new Heap<Hint>((one, other) => one.dueAt - other.dueAt)
  readonly #ready = new Heap<Hint>((one, other) => rankOf(one) - rankOf(other))
  readonly #working = new Map<string, Promise<void>>()
  /** Put while their handler was at work: they are looked at again when it ends. */
  readonly #again = new Map<string, Hint>()
  #handler: Handler | undefined
  #concurrency = 0
  #cancelTimer: (() => void) | undefined
  #timerAt = Number.POSITIVE_INFINITY
  #closed = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  put(id: string, dueAt: Instant, priority: number): void {
    if (this.#closed) return
    const entry = { id, dueAt, priority }
    if (this.#working.has(id)) {
      const again = this.#again.get(id)
      if (again === undefined || dueAt < again.dueAt) this.#again.set(id, entry)
      return
    }
    const held = this.#held.get(id)
    if (held !== undefined && held.dueAt <= dueAt) return
    this.#held.set(id, entry)
    this.#later.push(entry)
    this.#turn()
  }

  putBack(id: string, dueAt: Instant, priority: number): void {
    this.put(id, dueAt, priority)
  }

  work(handler: Handler, concurrency: number): void {
    this.#handler = handler
    this.#concurrency = concurrency
    this.#turn()
  }

  async size(): Promise<number> {
    return this.holds()
  }

  /** How many deliveries it holds, waiting or at work. */
  holds(): number {
    return this.#held.size + this.#working.size
  }

  isWorking(deliveryId: string): boolean {
    return this.#working.has(deliveryId)
  }

  /** Gives away what waits; what is at work goes on. */
  takeOut(): Hint[] {
    const hints = [...this.#held.values()]
    this.#held.clear()
    this.#again.clear()
    this.#later.clear()
    this.#ready.clear()
    return hints
  }

  atWork(): number {
    return this.#working.size
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#cancelTimer?.()
    this.#held.clear()
    while (this.#working.size > 0) await Promise.all(this.#working.values())
  }

  #turn(): void {
    if (this.#closed || this.#handler === undefined) return
    const now = this.#clock.now()
    for (
      let entry = this.#later.peek();
      entry !== undefined && entry.dueAt <= now;
      entry = this.#later.peek()
    ) {
      this.#later.pop()
      if (this.#held.get(entry.id) === entry) this.#ready.push(entry)
    }
    while (this.#working.size < this.#concurrency) {
      const entry = this.#ready.pop()
      if (entry === undefined) break
      if (this.#held.get(entry.id) === entry) this.#begin(entry, this.#handler)
    }
    this.#setTimer()
  }

  #begin(entry: Hint, handler: Handler): void {
    this.#held.delete(entry.id)
    const work = handler(entry.id, entry).finally(() => {
      this.#working.delete(entry.id)
      const again = this.#again.get(entry.id)
      this.#again.delete(entry.id)
      if (again !== undefined) this.put(again.id, again.dueAt, again.priority)
      this.#turn()
    })
    this.#working.set(entry.id, work)
  }

  #setTimer(): void {
    const first = this.#later.peek()
    if (first === undefined || first.dueAt >= this.#timerAt) return
    this.#cancelTimer?.()
    this.#timerAt = first.dueAt
    this.#cancelTimer = this.#clock.schedule(first.dueAt, () => {
      this.#timerAt = Number.POSITIVE_INFINITY
      this.#turn()
    })
  }
}
