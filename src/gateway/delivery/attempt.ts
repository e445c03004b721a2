// One attempt of a delivery: what is to leave is recorded, with which the attempt is begun in the journal, it leaves, and what was
// answered is written. Until it is recorded nothing has left, and any other gateway may begin in this one's place.
import type { Outcome, Parcel } from '../../adapters/contract.ts'
import type { Clock, Instant } from '../../letter/time.ts'
import { messageOf, type Problem } from '../../problem/problem.ts'
import type { Desk } from '../desk.ts'
import type { Transaction } from '../journal/database.ts'
import { type DeliveryRow, holdForAttempt } from '../journal/deliveries.ts'
import { letterAt, moveLetterRow } from '../journal/letters.ts'
import { marksOf } from '../marks.ts'
import { type BringingAdapter, bring } from './bring.ts'
import { parcelOf, withheldBecause } from './parcels.ts'
import { type Hold, NotHeld, recordHanded } from './record.ts'
import { judgeOutcome, settle } from './settle.ts'

/** What takes longer than this to be connected to, and to be asked what is there, is told, in milliseconds. */
const longToReach = 1_000

export interface AttemptObserver {
  /** It is being brought since an instant, and nothing of it is recorded yet, which takes a while; undefined: that is over. */
  bringing(delivery: DeliveryRow, since: Instant | undefined): void
  /** As it was judged, and how long it took. */
  attempted(parcel: Parcel, outcome: Outcome, milliseconds: number): void
  /** It is not tried any more unless a person says so. */
  givenUp(parcel: Parcel): void
  failed(deliveryId: string, error: unknown): void
}

/** Who is told how far an attempt is, beside the observers. */
export interface AttemptEnds {
  /**
   * The office is free for the next: what the attempt did, as the adapter says it; undefined where our own end failed, which tells nothing
   * of the office. Never told when others were faster.
   */
  answered(outcome: Outcome | undefined): void
  /** The adapter was broken off and has not returned. `returned`: it has, and what it said late is written; rejects when the journal fails. */
  unreturned(returned: Promise<void>): void
}

/** Where an attempt stands in the journal. */
interface Begun {
  /** Whether it is begun there: a commit said so. */
  readonly isBegun: () => boolean
  /** Others were faster, and nothing of it is to be written. */
  readonly isOvertaken: () => boolean
  /** From now on nothing of it may be handed over any more that was not recorded before. */
  readonly letGo: () => void
  readonly hold: Hold
  readonly record: NonNullable<Parcel['record']>
}

/**
 * Brings a delivery once, until `breakOff` says that it has to end. Rejects when the journal fails: it stays as the journal has it.
 */
export async function attempt(
  desk: Desk,
  delivery: DeliveryRow,
  adapter: BringingAdapter,
  breakOff: readonly AbortSignal[],
  observer: AttemptObserver,
  { answered, unreturned }: AttemptEnds,
): Promise<void> {
  const { database, clock, reached } = desk
  const parcel = await parcelOf(desk, delivery, delivery.attempts + 1)
  const toldOver = tellOfBringing(clock, delivery, observer)
  const begun = beginning(desk, parcel, toldOver)
  const { receipts } = adapter
  const withheld = withheldBecause(parcel, receipts)
  if (withheld !== undefined) {
    toldOver()
    return holdBack(desk, parcel, withheld, begun.hold, observer)
  }
  const marks = marksOf(database, clock, adapter.id)
  const { watched, fault } = watchOurselves({ ...parcel, record: begun.record, marks })
  const startedAt = clock.now()
  const judge = async (outcome: Outcome): ReturnType<typeof judgeOutcome> => {
    const took = clock.now() - startedAt
    const judged = await judgeOutcome(desk, parcel, outcome, { attempted: true, receipts })
    observer.attempted(parcel, judged.outcome, took)
    return judged
  }
  const brought = await bring(clock, watched, adapter, breakOff, (error) => {
    if (fault() === undefined) observer.failed(parcel.id, error)
  })
  toldOver()
  if (brought.kind === 'unreturned') {
    begun.letGo()
    unreturned(
      brought.late.then(async (outcome) => {
        // The attempt is over, and a refusal is nobody's word by now (docs/decisions/0029).
        if (outcome.kind !== 'taken') return
        await settle(desk, parcel, await judge(outcome), { attempted: true, answer: outcome.answer })
      }),
    )
  }
  if (begun.isOvertaken()) return
  const outcome =
    brought.kind === 'unreturned'
      ? outcomeWithoutWord(begun.isBegun())
      : unlessOurs(brought.said, fault(), (error) => observer.failed(delivery.id, error))
  reached('delivery.answered')
  answered(isOurs(outcome, fault()) ? undefined : outcome)
  const judged = await judge(outcome)
  const begin = begun.isBegun() ? undefined : begun.hold
  const state = await settle(desk, parcel, judged, { attempted: true, begin, answer: outcome.answer })
  if (state === 'given-up') observer.givenUp(parcel)
}

/** It waits for the certificate. The office is none that cannot be reached: its breaker hears nothing of it. */
async function holdBack(
  desk: Desk,
  parcel: Parcel,
  withheld: Problem,
  begin: Hold,
  observer: AttemptObserver,
): Promise<void> {
  const outcome: Outcome = { kind: 'unavailable', said: `${withheld.code}: ${messageOf(withheld)}` }
  observer.attempted(parcel, outcome, 0)
  const state = await settle(desk, parcel, { outcome }, { attempted: true, begin, answer: undefined })
  if (state === 'given-up') observer.givenUp(parcel)
}

/** Of an attempt that was broken off, and of which nothing is heard. */
const outcomeWithoutWord = (isBegun: boolean): Outcome =>
  isBegun
    ? {
        kind: 'unknown',
        said: 'it was broken off and has not returned: whatever it had begun may be done yet',
      }
    : { kind: 'unavailable', said: 'it was broken off and has not returned; nothing was handed over' }

const isOurs = ({ kind }: Outcome, fault: OwnFault | undefined): fault is OwnFault =>
  fault !== undefined && kind !== 'taken'

/** Our own disk failed, not the other side: whatever it made of half a scan, the delivery is not over. */
function unlessOurs(said: Outcome, fault: OwnFault | undefined, failed: (error: unknown) => void): Outcome {
  if (!isOurs(said, fault)) return said
  failed(fault.error)
  return { kind: 'unavailable', said: `${fault.said}: ${fault.error.message}` }
}

/** Tells that it is being brought, where that takes a while: nobody else knows of what is not recorded yet. What it gives says that it is over. */
function tellOfBringing(clock: Clock, delivery: DeliveryRow, observer: AttemptObserver): () => void {
  const since = clock.now()
  const cancel = clock.schedule(since + longToReach, () => observer.bringing(delivery, since))
  return () => {
    cancel()
    observer.bringing(delivery, undefined)
  }
}

/** The beginning of an attempt: with the first that is recorded of it. */
function beginning(desk: Desk, parcel: Parcel, began: () => void): Begun {
  const { id, attempt: number, envelope, office } = parcel
  const { clock, member, reached } = desk
  let begun = false
  let overtaken = false
  let isLetGo = false
  const hold = async (transaction: Transaction): Promise<boolean> => {
    const at = clock.now()
    const [held, letter] = await Promise.all([
      holdForAttempt(transaction, id, number, member.id, at),
      envelope.content === 'letter' ? letterAt(transaction, envelope.messageId, office) : undefined,
    ])
    overtaken = held === undefined && !begun
    if (held === 'begun' && letter !== undefined) await moveLetterRow(transaction, letter, 'forward', at)
    return held !== undefined
  }
  return {
    isBegun: () => begun,
    isOvertaken: () => overtaken,
    letGo: () => {
      isLetGo = true
    },
    hold,
    record: async (handed) => {
      // A gateway that was frozen, or cut off, for so long that the others took over what it held: they may have brought it.
      await recordHanded(desk, { deliveryId: id, attempt: number }, handed, hold)
      // Its attempt ended while this was committed, as one that has handed nothing over.
      if (isLetGo) throw new NotHeld(id)
      if (begun) return
      reached('delivery.sending')
      begun = true
      began()
    },
  }
}

interface OwnFault {
  readonly error: Error
  readonly said: string
}

/** The parcel, with an eye on what of it may fail at our own end. */
function watchOurselves(parcel: Parcel & Required<Pick<Parcel, 'record' | 'marks'>>): {
  readonly watched: Parcel
  readonly fault: () => OwnFault | undefined
} {
  let fault: OwnFault | undefined
  const failed = (cause: unknown, said: string): Error => {
    const error = cause instanceof Error ? cause : new Error(String(cause))
    fault = { error, said }
    return error
  }
  const asked = <Value>(answer: Promise<Value>): Promise<Value> =>
    answer.catch((cause: unknown) => {
      throw failed(cause, 'the journal did not say what it was asked for, so nothing was handed over')
    })
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
        const said =
          cause instanceof NotHeld
            ? 'others took it over meanwhile, so nothing was handed over'
            : 'what was to be handed over could not be recorded, so nothing was'
        throw failed(cause, said)
      }
    },
    marks: {
      known: (place) => asked(parcel.marks.known(place)),
      become: (place, mark, before) => asked(parcel.marks.become(place, mark, before)),
    },
  }
  return { watched, fault: () => fault }
}
