// An outbox: what an office still has to hand over. On disk before it counts, tried again until the other side has it.
import { setMaxListeners } from 'node:events'
import type { Clock, Instant } from '../letter/time.ts'
import { type Ledger, openLedger } from './ledger.ts'

/** What became of one try. */
export type Handover =
  | { readonly kind: 'taken'; readonly said?: string }
  | { readonly kind: 'refused'; readonly said: string }
  | { readonly kind: 'later'; readonly said: string; readonly retryAfter?: number }

type OutboxEntry<Item> =
  | { readonly entry: 'queued'; readonly id: string; readonly item: Item }
  | { readonly entry: 'taken' | 'refused'; readonly id: string; readonly said: string }

/** How long to wait after the first, second, … try that failed, in milliseconds; the last one repeats. */
export const retrySchedule: readonly Instant[] = [500, 1_000, 2_000, 5_000, 10_000, 30_000]

export interface Outbox<Item> {
  /** Keeps the item on disk under its id and begins to hand it over, not before `at`. An id that is known changes nothing. */
  put(id: string, item: Item, at?: Instant): void
  /** Whether the id was ever put here. */
  knows(id: string): boolean
  /** The ids that wait, oldest first. */
  waiting(): readonly string[]
  /** What became of an id: undefined while it waits or when it is unknown. */
  outcomeOf(id: string): 'taken' | 'refused' | undefined
  /** Stops trying; resolves when no try is under way. What waits is tried again when the outbox is opened again. */
  close(): Promise<void>
}

/** Opens the outbox kept at `path`; whatever waits there is tried at once. `send` never throws for what the other side does. */
export function openOutbox<Item>(options: {
  readonly path: string
  readonly clock: Clock
  readonly send: (item: Item, signal: AbortSignal) => Promise<Handover>
  readonly settled?: (id: string, item: Item, outcome: Handover) => void
}): Outbox<Item> {
  const { clock, send } = options
  const ledger: Ledger<OutboxEntry<Item>> = openLedger(options.path)
  const items = new Map<string, Item>()
  const outcomes = new Map<string, 'taken' | 'refused'>()
  for (const entry of ledger.entries) {
    if (entry.entry === 'queued') items.set(entry.id, entry.item)
    else outcomes.set(entry.id, entry.entry)
  }
  const timers = new Map<string, () => void>()
  const underWay = new Set<Promise<void>>()
  const stop = new AbortController()
  // Every try listens to it, and as many are under way as wait.
  setMaxListeners(0, stop.signal)

  function plan(id: string, item: Item, tries: number, at: Instant): void {
    const cancel = clock.schedule(at, () => {
      timers.delete(id)
      const attempt = tryOnce(id, item, tries).finally(() => underWay.delete(attempt))
      underWay.add(attempt)
    })
    timers.set(id, cancel)
  }

  async function tryOnce(id: string, item: Item, tries: number): Promise<void> {
    const outcome = await send(item, stop.signal)
    if (outcome.kind === 'later') {
      if (stop.signal.aborted) return
      const wait = outcome.retryAfter ?? retrySchedule[Math.min(tries, retrySchedule.length - 1)] ?? 0
      plan(id, item, tries + 1, clock.now() + wait)
      return
    }
    ledger.append({ entry: outcome.kind, id, said: outcome.said ?? '' })
    outcomes.set(id, outcome.kind)
    options.settled?.(id, item, outcome)
  }

  for (const [id, item] of items) if (!outcomes.has(id)) plan(id, item, 0, clock.now())
  return {
    put(id, item, at = clock.now()) {
      if (items.has(id)) return
      ledger.append({ entry: 'queued', id, item })
      items.set(id, item)
      plan(id, item, 0, at)
    },
    knows: (id) => items.has(id),
    waiting: () => [...items.keys()].filter((id) => !outcomes.has(id)),
    outcomeOf: (id) => outcomes.get(id),
    async close() {
      stop.abort()
      for (const cancel of timers.values()) cancel()
      timers.clear()
      await Promise.all(underWay)
      ledger.close()
    },
  }
}
