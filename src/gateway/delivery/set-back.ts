// A clock that was ahead, and is right again: what it was to do next stands in the future, an hour or a year away.
import type { OfficeId } from '../../letter/offices.ts'
import { printInstant } from '../../letter/time.ts'
import { tolerance } from '../clocks.ts'
import type { Desk } from '../desk.ts'
import {
  type DeliveryRow,
  deliveryById,
  isToldAhead,
  moveDelivery,
  renewDeadlines,
  timedAhead,
  warnAgain,
} from '../journal/deliveries.ts'
import { recordEvent } from '../journal/events.ts'
import { longestHeadStart } from '../queue/queue.ts'
import { afterSetBack } from './schedule.ts'

/** Deliveries that are timed anew in one transaction. */
const atOnce = 500

/**
 * Times anew what is open for an office and was timed by a clock that was ahead: its pause begins now. Returns how many there were.
 * `thorough`: also what the head start of its urgency hides, which costs a look at all that came due within that.
 */
export async function timeAnew(desk: Desk, office: OfficeId, thorough: boolean): Promise<number> {
  const { database, clock } = desk
  if (thorough && (await isToldAhead(database.committed, office, clock.now())))
    await database.write((transaction) => warnAgain(transaction, office, clock.now()))
  let count = 0
  for (;;) {
    const until = clock.now() + tolerance
    const since = thorough ? until - longestHeadStart : until
    const found = await timedAhead(database.committed, office, { since, until }, atOnce)
    if (found.length === 0) return count
    count += await database.write(async (transaction) => {
      let moved = 0
      for (const { id, changedAt } of found) {
        const row = await deliveryById(transaction, id)
        if (row?.changedAt === changedAt && (await timeOne(desk, transaction, row))) moved += 1
      }
      return moved
    })
    if (found.length < atOnce) return count
  }
}

async function timeOne(
  { clock, routes }: Desk,
  transaction: Parameters<typeof moveDelivery>[0],
  row: DeliveryRow,
): Promise<boolean> {
  const at = clock.now()
  const { id, office, messageId, dueAt: from } = row
  const dueAt = afterSetBack(routes.policyOf(office), row, at)
  if ((await moveDelivery(transaction, id, 'set-back', at, { dueAt })) === undefined) return false
  // Made by that clock too: what it is expected by, and tried until, is as wrong.
  if (row.createdAt > at + tolerance) await renewDeadlines(transaction, id, at)
  const facts = { delivery: id, from: printInstant(from), to: printInstant(dueAt) }
  await recordEvent(transaction, at, 'delivery.set-back', { messageId, office }, facts)
  return true
}
