// What was left behind: deliveries that the journal calls being sent, and on which nobody is at work any more.
import type { DeliveryPolicy } from '../../adapters/delivery-policy.ts'
import type { Instant } from '../../letter/time.ts'
import type { Desk } from '../desk.ts'
import { endAttempt } from '../journal/attempts.ts'
import { type DeliveryRow, deliveryById, interruptedDeliveries, moveDelivery } from '../journal/deliveries.ts'
import { recordEvent } from '../journal/events.ts'
import { isRegistered, recordArrived } from './arrived.ts'
import { nextAttempt } from './schedule.ts'

/**
 * Frees what gateways left behind that are no members any more, and what a failing journal left behind of this one's: it may have
 * arrived, and has where its recipient has registered it. `isHeld`: whether this gateway is at work on a delivery. `again`: when it is
 * tried again.
 */
export async function recover(
  desk: Desk,
  isHeld: (id: string) => boolean,
  again: 'at once' | 'later',
): Promise<void> {
  const { database, clock, member } = desk
  const left = (await interruptedDeliveries(database.committed, member.id)).filter(({ id }) => !isHeld(id))
  if (left.length === 0) return
  await database.write(async (transaction) => {
    const at = clock.now()
    for (const row of left) {
      // Somebody may have gone on with it since it was read.
      if (!isSame(row, await deliveryById(transaction, row.id))) continue
      const dueAt = again === 'at once' ? at : pauseOf(desk.routes.policyOf(row.office), row, at)
      const event = (await isRegistered(transaction, row)) ? 'taken' : 'lost-answer'
      const moved = await moveDelivery(transaction, row.id, event, at, { dueAt, by: row.member })
      if (moved === undefined) continue
      await endAttempt(transaction, moved, at, 'interrupted')
      await recordEvent(
        transaction,
        at,
        'delivery.recovered',
        { messageId: row.messageId, office: row.office },
        { delivery: row.id, from: row.state, to: moved.state },
      )
      if (moved.state === 'taken') await recordArrived(transaction, moved, at)
    }
  })
}

const isSame = (row: DeliveryRow, now: DeliveryRow | undefined): boolean =>
  now?.state === row.state && now.member === row.member && now.changedAt === row.changedAt

/** What a journal that failed left behind is no reason to call on the office more often than after any other failure. */
function pauseOf(policy: DeliveryPolicy, row: DeliveryRow, at: Instant): Instant {
  const next = nextAttempt(policy, row.attempts, at, row.deadline, 0)
  return next === 'give-up' ? at + policy.every : next
}
