// A server of the journal that is starting itself, or is started again, is waited for: a gateway that begins beside it after a
// power cut, or during a failover, is no gateway with wrong settings.
import { atMost, type Clock, type Instant } from '../../letter/time.ts'

/** Milliseconds after which a server that is not there is a fault of the settings, or a person's business. */
export const longestWait = 5 * 60_000
/** Milliseconds between two tries. */
const pause = 1_000
/** Milliseconds between two words to the log while the reason is the same. */
const every = 60_000

export interface WaitParts {
  readonly clock: Clock
  /** It is not there yet, for a reason in its own words, and is tried until then. */
  away(reason: string, until: Instant): void
  /** It is there, after it was not. */
  here(): void
  /** Aborted when the gateway is asked to end. */
  readonly ended?: AbortSignal | undefined
}

export interface Wait {
  /** Waits a little; resolves false when it has waited for long enough. Rejects with the signal's reason when the gateway is to end. */
  more(reason: string): Promise<boolean>
  /** The journal is open. */
  over(): void
}

export function waitOf({ clock, away, here, ended }: WaitParts): Wait {
  const since = clock.elapsed()
  const asked = new Promise<void>((resolve) => ended?.addEventListener('abort', () => resolve()))
  let told: { readonly reason: string; readonly at: number } | undefined
  return {
    async more(reason) {
      ended?.throwIfAborted()
      const passed = clock.elapsed() - since
      if (passed >= longestWait) return false
      if (told?.reason !== reason || passed - told.at >= every) {
        told = { reason, at: passed }
        away(reason, clock.now() + longestWait - passed)
      }
      await atMost(clock, pause, asked)
      ended?.throwIfAborted()
      return true
    },
    over() {
      if (told !== undefined) here()
    },
  }
}
