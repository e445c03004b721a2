// The worker: takes a due delivery through claim, send and settle. The queue calls it; the journal decides.
import type { Readable } from 'node:stream'
import type { Adapter, Outcome, Parcel } from '../../adapters/contract.ts'
import { type DeliveryPolicy, opensAt } from '../../adapters/delivery-policy.ts'
import { reopenEnvelope } from '../../envelope/verify.ts'
import type { OfficeId } from '../../letter/offices.ts'
import type { Instant } from '../../letter/time.ts'
import type { Desk } from '../desk.ts'
import {
  type DeliveryRow,
  deliveryById,
  dueDeliveries,
  endAttempt,
  headOfPolled,
  interruptedDeliveries,
  isBehind,
  markGivenOut,
  mayHaveArrived,
  moveDelivery,
} from '../journal/deliveries.ts'
import { recordEvent } from '../journal/events.ts'
import { envelopeById, moveLetter } from '../journal/letters.ts'
import type { Queue } from '../queue/queue.ts'
import { Gate } from './gate.ts'
import { type Late, tellOfLate } from './late.ts'
import { recordHanded } from './record.ts'
import { nextAttempt } from './schedule.ts'
import { judgeOutcome, settle } from './settle.ts'

/** Deliveries under way at once, to all offices together. */
const concurrency = 32
/** How often the journal is asked for what the queue may have forgotten, in milliseconds. */
const sweepEvery = 15_000
/** How many deliveries to one office are held at once: the others stay in the journal until these are through. */
const heldPerOffice = 500
/** An attempt that is not over after this is broken off: its outcome is unknown. */
const longestAttempt = 30 * 60_000

export interface DispatchObserver {
  attempted(parcel: Parcel, outcome: Outcome, milliseconds: number): void
  breakerOpened(office: OfficeId): void
  /** It is not tried any more unless a person says so. */
  givenUp(parcel: Parcel): void
  /** An office cannot be reached and is probed at an instant; undefined: it can be reached again. */
  breakerMoved(office: OfficeId, probeAt: Instant | undefined): void
  /** Nothing is brought to an office until an instant; undefined: it is open again. */
  closed(office: OfficeId, until: Instant | undefined): void
  /** A delivery is not through, and its time is nearly over, or over. */
  late(late: Late): void
  failed(deliveryId: string, error: unknown): void
}

type RecordedParcel = Parcel & Required<Pick<Parcel, 'record'>>

export class Dispatch {
  readonly #desk: Desk
  readonly #queue: Queue
  readonly #adapters: ReadonlyMap<OfficeId, Adapter>
  readonly #observer: DispatchObserver
  readonly #gate: Gate
  /** Offices of which the journal may hold more than the queue does. */
  readonly #more = new Set<OfficeId>()
  /** Deliveries that this process is at work on: any other that the journal calls claimed or sending was left behind. */
  readonly #held = new Set<string>()
  readonly #stop = new AbortController()
  /** Offices to which nothing is brought for a while. */
  readonly #paused = new Set<OfficeId>()
  /** Offices that are closed at this time, and until when. */
  readonly #closed = new Map<OfficeId, Instant>()
  readonly #underWay = new Map<OfficeId, Set<Promise<void>>>()
  /** What breaks off the attempts to one office. */
  readonly #breakOff = new Map<OfficeId, AbortController>()
  #cancelSweep: (() => void) | undefined

  constructor(
    desk: Desk,
    queue: Queue,
    adapters: ReadonlyMap<OfficeId, Adapter>,
    observer: DispatchObserver,
  ) {
    this.#desk = desk
    this.#queue = queue
    this.#adapters = adapters
    this.#observer = observer
    this.#gate = new Gate((office) => desk.routes.policyOf(office).atOnce)
  }

  /** Recovers what a dead process held, then begins to work. */
  async start(): Promise<void> {
    this.#queue.work((id) => this.#handle(id), concurrency)
    await this.#recover('at once')
    await this.sweep()
    this.#scheduleSweep()
  }

  /** Takes no more on; resolves when the attempts under way have ended, or were broken off after `grace` milliseconds. */
  async stop(grace = 10_000): Promise<void> {
    this.#cancelSweep?.()
    const cancel = this.#desk.clock.schedule(this.#desk.clock.now() + grace, () => this.#stop.abort())
    await this.#queue.close()
    cancel()
  }

  /** Brings nothing more to an office; resolves when the attempts under way have ended, or were broken off after `grace` milliseconds. */
  async pause(office: OfficeId, grace: number): Promise<void> {
    this.#paused.add(office)
    const { clock } = this.#desk
    const cancel = clock.schedule(clock.now() + grace, () => this.#breakOffOf(office).abort())
    await Promise.allSettled(this.#underWay.get(office) ?? [])
    cancel()
  }

  /** Goes on, with the adapter that the office has now: what was known of its breaker was of the one before. */
  async resume(office: OfficeId): Promise<void> {
    this.#paused.delete(office)
    this.#breakOff.delete(office)
    if (this.#gate.isBreakerOpen(office)) this.#observer.breakerMoved(office, undefined)
    this.#gate.answered(office)
    this.#release(office)
    if (this.#adapters.get(office)?.deliver !== undefined) await this.#refill(office)
  }

  #breakOffOf(office: OfficeId): AbortController {
    const found = this.#breakOff.get(office) ?? new AbortController()
    this.#breakOff.set(office, found)
    return found
  }

  /** Puts into the queue what the journal says is due, and what a failing disk left behind: the queue is only a hint. */
  async sweep(): Promise<void> {
    await this.#recover('later')
    for (const [office, adapter] of this.#adapters) {
      if (adapter.deliver === undefined) continue
      this.#release(office)
      await this.#refill(office)
    }
    // Last: what is only told keeps nothing from being brought.
    for (const late of await tellOfLate(this.#desk)) this.#observer.late(late)
  }

  async #refill(office: OfficeId): Promise<void> {
    const { database, clock } = this.#desk
    if (this.#isClosed(office)) return
    // What comes due before the next sweep is put as well, so that its time is kept.
    const due = await dueDeliveries(database.committed, office, clock.now() + 2 * sweepEvery, heldPerOffice)
    if (due.length === heldPerOffice) this.#more.add(office)
    else this.#more.delete(office)
    for (const each of due)
      if (!this.#gate.isParked(each.id)) this.#queue.put(each.id, each.dueAt, each.priority)
  }

  /** The first parcel that waits for an office whose system polls. */
  async head(office: OfficeId): Promise<Parcel | undefined> {
    const delivery = await headOfPolled(this.#desk.database.committed, office)
    if (delivery === undefined) return undefined
    // From now on the system may have it: a recall has to reach it (docs/decisions/0008).
    if (delivery.attempts === 0) {
      const at = this.#desk.clock.now()
      await this.#desk.database.write((transaction) => markGivenOut(transaction, delivery.id, at))
    }
    return this.#parcelOf(delivery, Math.max(1, delivery.attempts))
  }

  /** A polling system says what became of a parcel. False when none of that id waits for its office. */
  async settlePolled(office: OfficeId, id: string, outcome: Outcome): Promise<boolean> {
    const delivery = await deliveryById(this.#desk.database.committed, id)
    if (delivery === undefined || delivery.office !== office || delivery.mode !== 'poll') return false
    const parcel = await this.#parcelOf(delivery, delivery.attempts)
    const receipts = this.#adapters.get(office)?.receipts ?? false
    const judged = await judgeOutcome(this.#desk, parcel, outcome, { attempted: false, receipts })
    const { answer } = outcome
    return (await settle(this.#desk, parcel, judged, { attempted: false, answer })) !== undefined
  }

  /** A delivery as a parcel, whatever its state: for systems that ask for a letter again. */
  async parcel(delivery: DeliveryRow): Promise<Parcel> {
    return this.#parcelOf(delivery, delivery.attempts)
  }

  isBreakerOpen(office: OfficeId): boolean {
    return this.#gate.isBreakerOpen(office)
  }

  async #handle(id: string): Promise<void> {
    try {
      await this.#deliver(id)
    } catch (error) {
      // The journal failed, or there is a defect. The delivery stays as the journal has it and the sweep brings it back.
      this.#observer.failed(id, error)
      this.#queue.put(id, this.#desk.clock.now() + sweepEvery, 1)
    }
  }

  async #deliver(id: string): Promise<void> {
    if (this.#gate.isParked(id)) return
    const { database, clock } = this.#desk
    const delivery = await deliveryById(database.committed, id)
    if (
      delivery === undefined ||
      (delivery.state !== 'due' && delivery.state !== 'unknown') ||
      delivery.mode !== 'push'
    )
      return
    const { office, dueAt, priority } = delivery
    const now = clock.now()
    if (dueAt > now) return this.#queue.put(id, dueAt, priority)
    // Whoever is ahead in the lane puts this one into the queue when it is settled.
    if (await isBehind(database.committed, delivery)) return
    const adapter = this.#adapters.get(office)
    // Its profile is gone or being changed, or it polls now: the delivery waits in the journal.
    if (adapter?.deliver === undefined || this.#paused.has(office) || this.#isClosed(office)) return
    if (!this.#gate.enter(office, { id, dueAt, priority }, now)) return this.#release(office)
    this.#held.add(id)
    const underWay = this.#underWay.get(office) ?? new Set()
    this.#underWay.set(office, underWay)
    const sending = this.#claimAndSend(delivery, adapter, adapter.deliver)
    underWay.add(sending)
    try {
      await sending
    } finally {
      underWay.delete(sending)
      this.#held.delete(id)
      this.#gate.leave(office)
      this.#release(office)
      if (this.#more.has(office) && this.#gate.parked(office) === 0) await this.#refill(office)
    }
  }

  /** Whether nothing is brought to an office at this time; the first look after it is over brings what has waited. */
  #isClosed(office: OfficeId): boolean {
    const now = this.#desk.clock.now()
    const until = opensAt(this.#desk.routes.policyOf(office), now)
    const told = this.#closed.get(office)
    if (until === now) {
      if (this.#closed.delete(office)) this.#observer.closed(office, undefined)
    } else if (told !== until) {
      this.#closed.set(office, until)
      this.#observer.closed(office, until)
    }
    return until > now
  }

  #release(office: OfficeId): void {
    for (const { id, at, priority } of this.#gate.release(office, this.#desk.clock.now()))
      this.#queue.put(id, at, priority)
  }

  async #claimAndSend(
    delivery: DeliveryRow,
    adapter: Adapter,
    deliver: NonNullable<Adapter['deliver']>,
  ): Promise<void> {
    const { database, clock, reached } = this.#desk
    const claimed = await database.write((transaction) =>
      moveDelivery(transaction, delivery.id, 'claim', clock.now()),
    )
    if (claimed === undefined) return
    reached('delivery.claimed')
    await this.#send(claimed, adapter, deliver)
  }

  async #send(
    claimed: DeliveryRow,
    adapter: Adapter,
    deliver: NonNullable<Adapter['deliver']>,
  ): Promise<void> {
    const { database, clock, reached } = this.#desk
    const parcel = await this.#parcelOf(claimed, claimed.attempts + 1)
    let ours: { readonly error: Error; readonly said: string } | undefined
    const watched: Parcel = {
      ...parcel,
      open: (sha256) =>
        parcel.open(sha256).once('error', (error) => {
          ours = { error, said: 'an attachment could not be read from our own disk' }
        }),
      record: async (handed) => {
        try {
          await parcel.record(handed)
        } catch (cause) {
          const error = cause instanceof Error ? cause : new Error(String(cause))
          ours = { error, said: 'what was to be handed over could not be recorded, so nothing was' }
          throw error
        }
      },
    }
    const startedAt = clock.now()
    const sending = await database.write(async (transaction) => {
      const moved = await moveDelivery(transaction, claimed.id, 'send', startedAt)
      if (moved !== undefined && parcel.envelope.content === 'letter') {
        await moveLetter(transaction, claimed.messageId, claimed.office, 'forward', startedAt)
      }
      return moved
    })
    if (sending === undefined) return
    reached('delivery.sending')
    const said = await this.#attempt(watched, deliver)
    // Our own disk failed, not the other side: whatever it made of half a scan, the delivery is not over.
    const outcome = ours === undefined || said.kind === 'taken' ? said : this.#failedHere(claimed.id, ours)
    reached('delivery.answered')
    const took = clock.now() - startedAt
    const { receipts } = adapter
    const judged = await judgeOutcome(this.#desk, parcel, outcome, { attempted: true, receipts })
    this.#observer.attempted(parcel, judged.outcome, took)
    const state = await settle(this.#desk, parcel, judged, { attempted: true, answer: outcome.answer })
    if (state === 'given-up') this.#observer.givenUp(parcel)
    this.#heard(claimed.office, outcome)
  }

  /** One attempt, bounded in time. An adapter that throws has a defect: what left is not known. */
  async #attempt(parcel: Parcel, deliver: NonNullable<Adapter['deliver']>): Promise<Outcome> {
    const limit = new AbortController()
    const { clock } = this.#desk
    const cancel = clock.schedule(clock.now() + longestAttempt, () => limit.abort())
    try {
      const { signal } = this.#breakOffOf(parcel.office)
      return await deliver(parcel, AbortSignal.any([limit.signal, this.#stop.signal, signal]))
    } catch (error) {
      this.#observer.failed(parcel.id, error)
      return {
        kind: 'unknown',
        said: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
      }
    } finally {
      cancel()
    }
  }

  #failedHere(id: string, { error, said }: { readonly error: Error; readonly said: string }): Outcome {
    this.#observer.failed(id, error)
    return { kind: 'unavailable', said: `${said}: ${error.message}` }
  }

  #heard(office: OfficeId, outcome: Outcome): void {
    if (outcome.kind === 'taken' || outcome.kind === 'refused') {
      const wasOpen = this.#gate.isBreakerOpen(office)
      this.#gate.answered(office)
      if (wasOpen) this.#observer.breakerMoved(office, undefined)
      return
    }
    // `unknown` too: a peer that always drops the line is as dead as one that is not there.
    const asked = outcome.kind === 'unavailable' ? (outcome.retryAfter ?? 0) : 0
    const retryAfter = Math.min(asked, this.#desk.routes.policyOf(office).longestRetryAfter)
    if (this.#gate.failed(office, this.#desk.clock.now(), retryAfter)) this.#observer.breakerOpened(office)
    const probeAt = this.#gate.probeAt(office)
    if (probeAt !== undefined) this.#observer.breakerMoved(office, probeAt)
  }

  async #parcelOf(delivery: DeliveryRow, attempt: number): Promise<RecordedParcel> {
    const row = await envelopeById(this.#desk.database.committed, delivery.messageId)
    if (row === undefined) throw new Error(`delivery ${delivery.id} has no envelope`)
    const envelope = reopenEnvelope(row.bytes, row.digest)
    if (!envelope.ok)
      throw new Error(`envelope ${row.messageId} cannot be read: ${envelope.problems[0].code}`)
    const about =
      envelope.value.content === 'notice'
        ? await this.#letterOf(envelope.value.notice.about.messageId)
        : undefined
    return {
      id: delivery.id,
      attempt,
      ...(attempt > 1 &&
        (await mayHaveArrived(this.#desk.database.committed, delivery.id)) && { mayHaveArrived: true }),
      office: delivery.office,
      envelope: envelope.value,
      sealed: { bytes: row.bytes, digest: row.digest },
      ...(about && { about }),
      open: (sha256): Readable => this.#desk.attachments.open(sha256),
      record: (handed) =>
        recordHanded(this.#desk, { deliveryId: delivery.id, attempt: Math.max(1, attempt) }, handed),
    }
  }

  async #letterOf(messageId: string): Promise<Parcel['about'] | undefined> {
    const row = await envelopeById(this.#desk.database.committed, messageId)
    const envelope = row && reopenEnvelope(row.bytes, row.digest)
    if (!envelope?.ok || envelope.value.content !== 'letter') return undefined
    return { messageId: envelope.value.messageId, letter: envelope.value.letter }
  }

  /** Nobody else works on this journal: what is claimed and not held here never left, what was being sent may have arrived. */
  async #recover(again: 'at once' | 'later'): Promise<void> {
    const { database, clock } = this.#desk
    const left = (await interruptedDeliveries(database.committed)).filter(({ id }) => !this.#held.has(id))
    if (left.length === 0) return
    await database.write(async (transaction) => {
      const at = clock.now()
      for (const row of left) {
        const event = row.state === 'claimed' ? 'release' : 'lost-answer'
        const moved = await moveDelivery(
          transaction,
          row.id,
          event,
          at,
          again === 'at once' ? at : pauseOf(this.#desk.routes.policyOf(row.office), row, at),
        )
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

  #scheduleSweep(): void {
    const { clock } = this.#desk
    this.#cancelSweep = clock.schedule(clock.now() + sweepEvery, () => {
      this.sweep()
        .catch((error: unknown) => this.#observer.failed('sweep', error))
        .finally(() => {
          if (!this.#stop.signal.aborted) this.#scheduleSweep()
        })
    })
  }
}

/** What a journal that failed left behind is no reason to call on the office more often than after any other failure. */
function pauseOf(policy: DeliveryPolicy, row: DeliveryRow, at: Instant): Instant {
  const next = nextAttempt(policy, row.attempts, at, row.deadline, 0)
  return next === 'give-up' ? at + policy.every : next
}
