// One attempt of a delivery that is claimed: it is said that bytes may leave, they do, and what was answered is written.
import type { Adapter, Outcome, Parcel } from '../../adapters/contract.ts'
import type { Desk } from '../desk.ts'
import { type DeliveryRow, moveDelivery } from '../journal/deliveries.ts'
import { moveLetter } from '../journal/letters.ts'
import { parcelOf } from './parcels.ts'
import { judgeOutcome, settle } from './settle.ts'

/** An attempt that is not over after this is broken off, in milliseconds: its outcome is unknown. */
const longestAttempt = 30 * 60_000

export interface AttemptObserver {
  /** As it was judged, and how long it took. */
  attempted(parcel: Parcel, outcome: Outcome, milliseconds: number): void
  /** It is not tried any more unless a person says so. */
  givenUp(parcel: Parcel): void
  failed(deliveryId: string, error: unknown): void
}

/** An adapter that is brought its parcels. */
export type BringingAdapter = Adapter & Required<Pick<Adapter, 'deliver'>>

/**
 * Brings a claimed delivery once, until `breakOff` says that it has to end. Returns what the other side did, as the adapter says
 * it; nothing when the delivery is not held any more. Rejects when the journal fails: it stays as the journal has it.
 */
export async function attempt(
  desk: Desk,
  claimed: DeliveryRow,
  adapter: BringingAdapter,
  breakOff: readonly AbortSignal[],
  observer: AttemptObserver,
): Promise<Outcome | undefined> {
  const { database, clock, member, reached } = desk
  const parcel = await parcelOf(desk, claimed, claimed.attempts + 1)
  const { watched, fault } = watchOurselves(parcel)
  const startedAt = clock.now()
  const sending = await database.write(async (transaction) => {
    const moved = await moveDelivery(transaction, claimed.id, 'send', startedAt, { by: member.id })
    if (moved !== undefined && parcel.envelope.content === 'letter') {
      await moveLetter(transaction, claimed.messageId, claimed.office, 'forward', startedAt)
    }
    return moved
  })
  if (sending === undefined) return undefined
  reached('delivery.sending')
  const said = await bring(desk, watched, adapter, breakOff, observer)
  const ours = fault()
  // Our own disk failed, not the other side: whatever it made of half a scan, the delivery is not over.
  const outcome = ours === undefined || said.kind === 'taken' ? said : failedHere(claimed.id, ours, observer)
  reached('delivery.answered')
  const took = clock.now() - startedAt
  const { receipts } = adapter
  const judged = await judgeOutcome(desk, parcel, outcome, { attempted: true, receipts })
  observer.attempted(parcel, judged.outcome, took)
  const state = await settle(desk, parcel, judged, { attempted: true, answer: outcome.answer })
  if (state === 'given-up') observer.givenUp(parcel)
  return outcome
}

interface OwnFault {
  readonly error: Error
  readonly said: string
}

/** The parcel, with an eye on what of it may fail at our own end. */
function watchOurselves(parcel: Parcel & Required<Pick<Parcel, 'record'>>): {
  readonly watched: Parcel
  readonly fault: () => OwnFault | undefined
} {
  let fault: OwnFault | undefined
  const watched: Parcel = {
    ...parcel,
    open: (sha256) =>
      parcel.open(sha256).once('error', (error) => {
        fault = { error, said: 'an attachment could not be read from our own disk' }
      }),
    record: async (handed) => {
      try {
        await parcel.record(handed)
      } catch (cause) {
        const error = cause instanceof Error ? cause : new Error(String(cause))
        fault = { error, said: 'what was to be handed over could not be recorded, so nothing was' }
        throw error
      }
    },
  }
  return { watched, fault: () => fault }
}

/** Bounded in time. An adapter that throws has a defect: what left is not known. */
async function bring(
  { clock }: Desk,
  parcel: Parcel,
  adapter: BringingAdapter,
  breakOff: readonly AbortSignal[],
  observer: AttemptObserver,
): Promise<Outcome> {
  const limit = new AbortController()
  const cancel = clock.schedule(clock.now() + longestAttempt, () => limit.abort())
  try {
    return await adapter.deliver(parcel, AbortSignal.any([limit.signal, ...breakOff]))
  } catch (error) {
    observer.failed(parcel.id, error)
    return {
      kind: 'unknown',
      said: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    }
  } finally {
    cancel()
  }
}

function failedHere(id: string, { error, said }: OwnFault, observer: AttemptObserver): Outcome {
  observer.failed(id, error)
  return { kind: 'unavailable', said: `${said}: ${error.message}` }
}
