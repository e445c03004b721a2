// Deliveries to an office whose system polls: it comes and takes, and says what became of it. Nothing is claimed.
import type { Outcome, Parcel } from '../../adapters/contract.ts'
import type { OfficeId } from '../../letter/offices.ts'
import type { Desk } from '../desk.ts'
import { wasShownLast } from '../journal/attempts.ts'
import { deliveryById, headOfPolled, markGivenOut } from '../journal/deliveries.ts'
import { parcelOf, withheldBecause } from './parcels.ts'
import { judgeOutcome, settle } from './settle.ts'

/** Who polls. */
interface Polling {
  readonly office: OfficeId
  /** The office seals by itself: it proves what it is given, and acknowledges by a notice of its own. */
  readonly receipts: boolean
}

/**
 * The first parcel that waits for an office, the same until it is settled. None while it could not be proved (it waits for the
 * certificate), or while an attempt to push it is under way.
 */
export async function headFor(desk: Desk, { office, receipts }: Polling): Promise<Parcel | undefined> {
  const { committed } = desk.database
  const delivery = await headOfPolled(committed, office)
  if (delivery === undefined) return undefined
  const wasShown = await wasShownLast(committed, delivery)
  const parcel = await parcelOf(desk, delivery, wasShown ? delivery.attempts : delivery.attempts + 1)
  if (withheldBecause(parcel, receipts) !== undefined) return undefined
  if (wasShown) return parcel
  // From now on the system may have it: a recall has to reach it (docs/decisions/0008).
  const at = desk.clock.now()
  const attempt = await desk.database.write(async (transaction) => {
    const head = await headOfPolled(transaction, office)
    // What goes before it may be open again by now.
    return head?.id === delivery.id ? markGivenOut(transaction, head, at) : 'another'
  })
  if (attempt === undefined) return undefined
  return attempt === parcel.attempt ? parcel : headFor(desk, { office, receipts })
}

/** A parcel is shown to the system of an office out of its turn. False when that office has none such, it was recalled unseen, or an attempt to push it is under way. */
export async function showAgain(desk: Desk, office: OfficeId, id: string): Promise<boolean> {
  const at = desk.clock.now()
  return desk.database.write(async (transaction) => {
    const delivery = await deliveryById(transaction, id)
    if (delivery === undefined || delivery.office !== office || delivery.state === 'recalled') return false
    // As with the head: a recall has to reach it.
    return delivery.mode !== 'poll' || (await markGivenOut(transaction, delivery, at)) !== undefined
  })
}

/** Writes what a polling system says became of a parcel. False when no such parcel waits for its office. */
export async function settlePolled(
  desk: Desk,
  { office, receipts }: Polling,
  id: string,
  outcome: Outcome,
): Promise<boolean> {
  const delivery = await deliveryById(desk.database.committed, id)
  if (delivery === undefined || delivery.office !== office || delivery.mode !== 'poll') return false
  const parcel = await parcelOf(desk, delivery)
  const judged = await judgeOutcome(desk, parcel, outcome, { attempted: false, receipts })
  const { answer } = outcome
  return (await settle(desk, parcel, judged, { attempted: false, answer })) !== undefined
}
