// A delivery as a parcel: what an adapter needs to bring it.
import type { Readable } from 'node:stream'
import type { Parcel } from '../../adapters/contract.ts'
import { reopenEnvelope } from '../../envelope/verify.ts'
import type { Problem } from '../../problem/problem.ts'
import { CannotSeal, type Desk, sealedNow } from '../desk.ts'
import { mayHaveArrived } from '../journal/attempts.ts'
import type { DeliveryRow } from '../journal/deliveries.ts'
import { envelopeById } from '../journal/envelopes.ts'
import { recordHanded } from './record.ts'

export type RecordedParcel = Parcel &
  Required<Pick<Parcel, 'record'>> & {
    /** Why its seal is not believed now, and cannot be made anew. */
    readonly unbelieved?: Problem
  }

/**
 * Why a parcel is not to be handed over or shown now: whoever proves what it is given (`receipts`) would put aside what cannot be
 * proved, and nobody would know. Undefined: it may be.
 */
export const withheldBecause = ({ unbelieved }: RecordedParcel, receipts: boolean): Problem | undefined =>
  receipts ? unbelieved : undefined

/** The parcel of a delivery, whatever its state, for its attempt `attempt`, sealed anew where it has to be. Rejects when the journal fails or holds no such envelope. */
export async function parcelOf(
  desk: Desk,
  delivery: DeliveryRow,
  attempt: number = delivery.attempts,
): Promise<RecordedParcel> {
  const { committed } = desk.database
  const row = await envelopeById(committed, delivery.messageId)
  if (row === undefined) throw new Error(`delivery ${delivery.id} has no envelope`)
  const envelope = reopenEnvelope(row.bytes, row.digest)
  if (!envelope.ok) throw new Error(`envelope ${row.messageId} cannot be read: ${envelope.problems[0].code}`)
  const about =
    envelope.value.content === 'notice'
      ? await letterOf(desk, envelope.value.notice.about.messageId)
      : undefined
  const kept = { bytes: row.bytes, digest: row.digest }
  const sealed = await sealedNow(desk, envelope.value, kept).catch((error: unknown) => {
    if (error instanceof CannotSeal) return error.problem
    throw error
  })
  return {
    id: delivery.id,
    attempt,
    ...(attempt > 1 && (await mayHaveArrived(committed, delivery.id)) && { mayHaveArrived: true }),
    office: delivery.office,
    envelope: envelope.value,
    ...('digest' in sealed ? { sealed } : { sealed: kept, unbelieved: sealed }),
    ...(about && { about }),
    open: (sha256): Readable => desk.attachments.open(sha256),
    record: (handed) =>
      recordHanded(desk, { deliveryId: delivery.id, attempt: Math.max(1, attempt) }, handed),
  }
}

async function letterOf(desk: Desk, messageId: string): Promise<Parcel['about'] | undefined> {
  const row = await envelopeById(desk.database.committed, messageId)
  const envelope = row && reopenEnvelope(row.bytes, row.digest)
  if (!envelope?.ok || envelope.value.content !== 'letter') return undefined
  return { messageId: envelope.value.messageId, letter: envelope.value.letter }
}
