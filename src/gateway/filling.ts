// Fills in, little by little, what a journal of before did not have: the words by which its letters are found.
import type { Clock } from '../letter/time.ts'
import type { Database } from './journal/database.ts'
import { fillWords } from './journal/words.ts'
import { Rounds, type Work } from './rounds.ts'

/** Envelopes of one transaction, and the pause after it, in milliseconds: letters that come go before. */
const atOnce = 50
const pause = 50
/** After a failure. */
const longPause = 15_000

/** Ends by itself when everything is filled in; the next start goes on where it was. */
export const filling = (database: Database, clock: Clock, failed: (error: unknown) => void): Work =>
  new Rounds({
    ...{ clock, every: longPause, failed },
    once: async () => ((await fillWords(database, atOnce)) ? 'over' : pause),
  })
