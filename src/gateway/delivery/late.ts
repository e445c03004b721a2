// Deliveries that are not through in time: somebody is told while there is still time to do something, and once when it is over.
import { printInstant } from '../../letter/time.ts'
import type { Desk } from '../desk.ts'
import { type LateRow, lateDeliveries, markTold } from '../journal/deliveries.ts'
import { recordEvent } from '../journal/events.ts'
import { Rounds, type Work } from '../rounds.ts'

export type LateEvent = 'delivery.deadline-near' | 'delivery.deadline-passed'

export interface Late {
  readonly delivery: LateRow
  readonly event: LateEvent
}

/** So many are told of at one look; the others at the next. */
const atOnce = 500

/** Writes an event for each open delivery whose expected time is nearly over, or over: each once. Returns what was told. */
export async function tellOfLate({ database, clock }: Desk): Promise<readonly Late[]> {
  const now = clock.now()
  if ((await lateDeliveries(database.committed, now, 1)).length === 0) return []
  return database.write(async (transaction) => {
    const told: Late[] = []
    for (const delivery of await lateDeliveries(transaction, now, atOnce)) {
      const { id, messageId, office, expectedBy } = delivery
      const passed = now >= expectedBy
      const event = passed ? 'delivery.deadline-passed' : 'delivery.deadline-near'
      await markTold(transaction, id, passed ? null : expectedBy)
      await recordEvent(
        transaction,
        now,
        event,
        { messageId, office },
        {
          delivery: id,
          expectedBy: printInstant(expectedBy),
        },
      )
      told.push({ delivery, event })
    }
    return told
  })
}

/** How often the journal is asked what is late, in milliseconds. */
const every = 60_000

/** Looks for what is late, again and again. */
export const lateWatch = (desk: Desk, told: (late: Late) => void, failed: (error: unknown) => void): Work =>
  new Rounds({
    ...{ clock: desk.clock, every, failed },
    once: async () => {
      for (const late of await tellOfLate(desk)) told(late)
      return undefined
    },
  })
