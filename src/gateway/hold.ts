// One gateway for one journal. In a data folder its lock keeps others out; on a server a connection holds the journal, and
// when it breaks the journal is held anew, unless another gateway was faster: then this one ends.
import type { Clock } from '../letter/time.ts'
import { bad, good, problem, type Result } from '../problem/problem.ts'
import { type JournalPlace, shownPlace, unusable } from './journal/place.ts'
import { holdPostgresql, type JournalHold } from './journal/postgresql.ts'

/** How soon a hold that was lost is tried again, in milliseconds. */
const again = 1000

interface Told {
  /** The hold broke, or could not be had again. */
  failed(error: unknown): void
  /** Another gateway has the journal now. Told once; nothing is held any more. */
  taken(): void
}

/** Holds the journal for this gateway until `release`. */
export async function holdJournal(
  place: JournalPlace,
  clock: Clock,
  told: Told,
): Promise<Result<JournalHold>> {
  if (place.kind === 'sqlite') return good({ release: async () => undefined })
  let held: JournalHold | undefined
  let released = false
  let cancel = (): void => undefined
  const lost = (): void => {
    held = undefined
    told.failed(new Error('the connection that holds the journal broke'))
    later()
  }
  const later = (): void => {
    if (!released) cancel = clock.schedule(clock.now() + again, () => void regain())
  }
  const regain = async (): Promise<void> => {
    try {
      const regained = await holdPostgresql(place.at, lost)
      if (regained === undefined) return told.taken()
      if (released) return await regained.release()
      held = regained
    } catch (error) {
      told.failed(error)
      later()
    }
  }
  try {
    held = await holdPostgresql(place.at, lost)
  } catch (error) {
    return bad(unusable(place, error))
  }
  if (held === undefined) return bad(problem('settings.journal.in-use', 'journal', shownPlace(place)))
  return good({
    release: async () => {
      released = true
      cancel()
      await held?.release()
    },
  })
}
