// Looking, a pause, looking again: what every transport that fetches by itself does. Whatever a look throws, the next one comes:
// only `stop` ends it.
import { atMost, type Clock } from '../../letter/time.ts'
import type { AdapterVerbs } from '../contract.ts'

export interface Looking {
  start(verbs: AdapterVerbs): Promise<void>
  /** Resolves when no look is under way any more, and none comes; one that does not return is left to itself after `patience`. */
  stop(): Promise<void>
  stopped(): boolean
}

export interface LookingAt {
  /** One look; what it resolves to is the pause until the next one, in milliseconds, where that is not `every`. */
  look(verbs: AdapterVerbs): Promise<number | undefined>
  /** Milliseconds between two looks. */
  readonly every: number
  /** What is reported of a look that threw, with the error's name: a defect, of which the operator must know. */
  readonly failed: { readonly event: string; readonly facts?: Readonly<Record<string, string>> }
  /** False: `start` does not wait for the first look, so that a server that does not answer holds up nobody else's. */
  readonly waits?: boolean
}

/** How soon a gateway that may not look asks again whether it may, in milliseconds. */
const turn = 2_000
/** So long a start waits for the first look, and a stop for the last: a share whose server is gone answers nothing for ever. Milliseconds. */
const patience = 30_000

export function looking({ look, every, failed, waits = true }: LookingAt): Looking {
  let stopped = true
  let running: Promise<void> = Promise.resolve()
  let cancel: () => void = () => undefined
  let told = ''
  let clock: Clock | undefined

  async function once(verbs: AdapterVerbs): Promise<number> {
    // Another gateway looks. When it ends, this one is not to sleep for long.
    if (verbs.mayLook?.() === false) return Math.min(every, turn)
    const ended = verbs.lookBegins?.(failed.facts ?? {})
    try {
      const pause = await look(verbs)
      told = ''
      return pause ?? every
    } catch (error) {
      const reason = error instanceof Error ? error.name : 'unknown'
      // Once for each trouble, not at every look.
      if (told !== reason && !stopped) tell(verbs, reason)
      told = reason
      return every
    } finally {
      ended?.()
    }
  }

  function tell(verbs: AdapterVerbs, reason: string): void {
    try {
      verbs.report(failed.event, { ...failed.facts, reason })
    } catch {
      // Whom we tell may be what failed.
    }
  }

  async function first(verbs: AdapterVerbs): Promise<void> {
    next(verbs, await once(verbs))
  }

  function next(verbs: AdapterVerbs, pause: number): void {
    if (stopped) return
    cancel = verbs.clock.schedule(verbs.clock.now() + pause, () => {
      running = first(verbs)
    })
  }

  /** Waits for the look that is under way, but not for ever. */
  async function ended(): Promise<void> {
    if (clock !== undefined) await atMost(clock, patience, running)
  }

  return {
    start: async (verbs) => {
      stopped = false
      clock = verbs.clock
      running = first(verbs)
      if (waits) await ended()
    },
    stop: async () => {
      stopped = true
      cancel()
      await ended()
    },
    stopped: () => stopped,
  }
}
