// The clock of a stage: the machine's own, which a trial may move on, so that nobody waits for the gateway's pauses.
import type { Clock } from '../letter/time.ts'

export interface HurriedClock extends Clock {
  /** So many milliseconds are over at once; what was due meanwhile is due now. */
  hurry(milliseconds: number): void
}

interface Waiting {
  readonly at: number
  readonly act: () => void
  cancel?: () => void
}

export function hurriedClock(clock: Clock): HurriedClock {
  let ahead = 0
  const waiting = new Set<Waiting>()
  const arm = (one: Waiting): void => {
    one.cancel = clock.schedule(one.at - ahead, () => {
      waiting.delete(one)
      one.act()
    })
  }
  return {
    now: () => clock.now() + ahead,
    elapsed: () => clock.elapsed() + ahead,
    schedule(at, act) {
      const one: Waiting = { at, act }
      waiting.add(one)
      arm(one)
      return () => {
        waiting.delete(one)
        one.cancel?.()
      }
    },
    hurry(milliseconds) {
      ahead += milliseconds
      for (const one of [...waiting]) {
        one.cancel?.()
        arm(one)
      }
    },
  }
}
