// The day on which one answer is lost: what was brought has arrived, and who brought it cannot know.
import type { Counterpart } from './counterpart.ts'

export interface Mute extends NonNullable<Counterpart['mute']> {
  /** Whether the answer that is about to go is the one that is lost: then it must not go. */
  loses(): boolean
}

export function muteOnce(): Mute {
  let [waiting, lost] = [false, false]
  return {
    begin: async () => {
      waiting = true
      lost = false
    },
    end: async () => {
      waiting = false
      return lost
    },
    loses() {
      const now = waiting
      waiting = false
      lost ||= now
      return now
    },
  }
}
