// A clock that was ahead, and is right again: what it was to do next stands in the future, an hour or a year away.
import type { OfficeId } from '../../letter/offices.ts'
import { type Clock, printInstant } from '../../letter/time.ts'
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

/** By so much the clocks of two machines may differ before what one of them wrote is from the future for the other, in milliseconds. */
const tolerance = 5 * 60_000
/** Deliveries that are timed anew in one transaction. */
const atOnce = 500

/** Notices when this process's clock is set back. */
export class SetBack {
  readonly #clock: Clock
  #ahead: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether it was set back since the last look by more than clocks may differ, or this is the first look. */
  look(): boolean {
    const ahead = this.#clock.now() - this.#clock.elapsed()
    const before = this.#ahead
    this.#ahead = ahead
    return before === undefined || ahead < before - tolerance
  }
}

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
