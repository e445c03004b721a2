// A log that cannot be written (its disk is full, its reader is gone) stops no letter: what is lost of it is told where people look.
import type { Clock, Instant } from '../letter/time.ts'
import type { Present } from './present.ts'

/** What is lost of the lines of a log. */
export interface LogLoss {
  /** Lines that could not be written since the process began. */
  lost(): number
  /** `tell` is told of each write that failed, and why, and, without a reason, when lines are written again; the function returned ends that. */
  watch(tell: (reason: string | undefined) => void): () => void
}

/** Milliseconds between two remarks of how many lines are lost by now. */
const every = 60_000

/** Remarks in the journal and for /readyz that lines are lost, while they are; the function returned ends that. */
export function tellOfLoss(loss: LogLoss, present: Present, clock: Clock): () => void {
  let remarked: Instant | undefined
  return loss.watch((reason) => {
    if (reason === undefined) {
      remarked = undefined
      present.part('log', 'away', undefined)
      return
    }
    // A journal that cannot be written either says so in the log: that must not remark again, and so on for ever.
    if (remarked !== undefined && Math.abs(clock.now() - remarked) < every) return
    remarked = clock.now()
    present.part('log', 'away', { reason, lost: loss.lost() })
  })
}
