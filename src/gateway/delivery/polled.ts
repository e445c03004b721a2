// Deliveries to an office whose system polls: it comes and takes, and says what became of it. Nothing is claimed.
import type { Outcome, Parcel } from '../../adapters/contract.ts'
import type { OfficeId } from '../../letter/offices.ts'
import type { Desk } from '../desk.ts'
import { deliveryById, headOfPolled, markGivenOut } from '../journal/deliveries.ts'
import { parcelOf } from './parcels.ts'
import { judgeOutcome, settle } from './settle.ts'

/** The first parcel that waits for an office, the same until it is settled. */
export async function headFor(desk: Desk, office: OfficeId): Promise<Parcel | undefined> {
  const delivery = await headOfPolled(desk.database.committed, office)
  if (delivery === undefined) return undefined
  // From now on the system may have it: a recall has to reach it (docs/decisions/0008).
  if (delivery.attempts === 0) {
    const at = desk.clock.now()
    const isFirst = await desk.database.write(async (transaction) => {
      // What goes before it may be open again by now.
      if ((await headOfPolled(transaction, office))?.id !== delivery.id) return false
      await markGivenOut(transaction, delivery.id, at)
      return true
    })
    if (!isFirst) return headFor(desk, office)
  }
  return parcelOf(desk, delivery, Math.max(1, delivery.attempts))
}

/** A parcel is shown to the system of an office out of its turn. False when that office has none such, or it was recalled unseen. */
export async function showAgain(desk: Desk, office: OfficeId, id: string): Promise<boolean> {
  const at = desk.clock.now()
  return desk.database.write(async (transaction) => {
    const delivery = await deliveryById(transaction, id)
    if (delivery === undefined || delivery.office !== office || delivery.state === 'recalled') return false
    // As with the head: a recall has to reach it.
    if (delivery.mode === 'poll') await markGivenOut(transaction, id, at)
    return true
  })
}

/**
 * Writes what a polling system says became of a parcel. `receipts`: the office seals by itself, and acknowledges by a notice of
 * its own. False when no such parcel waits for its office.
 */
export async function settlePolled(
  desk: Desk,
  { office, receipts }: { readonly office: OfficeId; readonly receipts: boolean },
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
