// What was left behind: deliveries that the journal calls claimed or being sent, and on which nobody is at work.
import type { DeliveryPolicy } from '../../adapters/delivery-policy.ts'
import type { Instant } from '../../letter/time.ts'
import type { Desk } from '../desk.ts'
import { type DeliveryRow, endAttempt, interruptedDeliveries, moveDelivery } from '../journal/deliveries.ts'
import { recordEvent } from '../journal/events.ts'
import { nextAttempt } from './schedule.ts'

/**
 * Frees what was left behind: what was claimed never left, what was being sent may have arrived. `isHeld`: whether this
 * gateway is at work on a delivery. `again`: when it is tried again.
 */
export async function recover(
  desk: Desk,
  isHeld: (id: string) => boolean,
  again: 'at once' | 'later',
): Promise<void> {
  const { database, clock } = desk
  const left = (await interruptedDeliveries(database.committed)).filter(({ id }) => !isHeld(id))
  if (left.length === 0) return
  await database.write(async (transaction) => {
    const at = clock.now()
    for (const row of left) {
      const event = row.state === 'claimed' ? 'release' : 'lost-answer'
      const dueAt = again === 'at once' ? at : pauseOf(desk.routes.policyOf(row.office), row, at)
      const moved = await moveDelivery(transaction, row.id, event, at, dueAt)
      if (moved === undefined) continue
      if (event === 'lost-answer') await endAttempt(transaction, moved, at, 'interrupted')
      await recordEvent(
        transaction,
        at,
        'delivery.recovered',
        { messageId: row.messageId, office: row.office },
        { delivery: row.id, from: row.state, to: moved.state },
      )
    }
  })
}

/** What a journal that failed left behind is no reason to call on the office more often than after any other failure. */
function pauseOf(policy: DeliveryPolicy, row: DeliveryRow, at: Instant): Instant {
  const next = nextAttempt(policy, row.attempts, at, row.deadline, 0)
  return next === 'give-up' ? at + policy.every : next
}
