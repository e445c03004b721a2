// The worker: takes a due delivery through send and settle. The queue calls it; the journal decides.
import type { Adapter, Outcome } from '../../adapters/contract.ts'
import { opensAt } from '../../adapters/delivery-policy.ts'
import type { OfficeId } from '../../letter/offices.ts'
import type { Instant } from '../../letter/time.ts'
import { SetBack } from '../clocks.ts'
import type { Desk } from '../desk.ts'
import { type DeliveryRow, deliveryInLane, dueDeliveries } from '../journal/deliveries.ts'
import type { Queue } from '../queue/queue.ts'
import { Rounds } from '../rounds.ts'
import { type AttemptObserver, attempt } from './attempt.ts'
import type { BringingAdapter } from './bring.ts'
import { Gate } from './gate.ts'
import { recover } from './recovery.ts'
import { timeAnew } from './set-back.ts'

/** Deliveries under way at once, to all offices together. */
const concurrency = 32
/** How often the journal is asked for what the queue may have forgotten, in milliseconds. */
export const sweepEvery = 15_000
/** What other gateways are to bring goes back to the queue so soon, in milliseconds. */
const passedOnAfter = 250
/** How many deliveries to one office are held at once: the others stay in the journal until these are through. */
const heldPerOffice = 500

export interface DispatchObserver extends AttemptObserver {
  breakerOpened(office: OfficeId): void
  /** An office cannot be reached and is probed at an instant; undefined: it can be reached again. */
  breakerMoved(office: OfficeId, probeAt: Instant | undefined): void
  /** The clock was set back: so many deliveries to an office that waited for what is the future now were timed anew. */
  setBack(office: OfficeId, deliveries: number): void
  /** An attempt was broken off, and the adapter of that system has not returned; what it gives is called when it has. */
  unreturned(delivery: DeliveryRow, system: string): () => void
  /** Nothing is brought to an office until an instant; undefined: it is open again. */
  closed(office: OfficeId, until: Instant | undefined): void
}

export class Dispatch {
  readonly #desk: Desk
  readonly #queue: Queue
  readonly #adapters: ReadonlyMap<OfficeId, Adapter>
  readonly #observer: DispatchObserver
  readonly #gate: Gate
  /** Offices of which the journal may hold more than the queue does. */
  readonly #more = new Set<OfficeId>()
  /** Deliveries that this process is at work on: any other that the journal calls sending was left behind. */
  readonly #held = new Set<string>()
  /** Deliveries of which an attempt is over, but its call has not returned. Until it has, this process makes no other (docs/decisions/0032). */
  readonly #unreturned = new Set<string>()
  readonly #stop = new AbortController()
  /** Offices to which nothing is brought for a while. */
  readonly #paused = new Set<OfficeId>()
  /** Offices that are closed at this time, and until when. */
  readonly #closed = new Map<OfficeId, Instant>()
  readonly #underWay = new Map<OfficeId, Set<Promise<void>>>()
  /** What breaks off the attempts to one office. */
  readonly #breakOff = new Map<OfficeId, AbortController>()
  readonly #sweeps: Rounds
  readonly #setBack: SetBack

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
    this.#gate = new Gate((office) => this.#shareOf(office))
    this.#setBack = new SetBack(desk.clock)
    this.#sweeps = new Rounds({
      ...{ clock: desk.clock, every: sweepEvery, later: true },
      once: () => this.sweep(),
      failed: (error) => observer.failed('sweep', error),
    })
  }

  /** Recovers what a dead process held, then begins to work. */
  async start(): Promise<void> {
    this.#queue.work((id) => this.#handle(id), concurrency)
    await recover(this.#desk, (id) => this.#held.has(id), 'at once')
    await this.sweep()
    this.#sweeps.start()
  }

  /** Takes no more on; resolves when the attempts under way have ended, or were broken off after `grace` milliseconds. */
  async stop(grace = 10_000): Promise<void> {
    const swept = this.#sweeps.stop()
    const cancel = this.#desk.clock.schedule(this.#desk.clock.now() + grace, () => this.#stop.abort())
    await this.#queue.close()
    await swept
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

  /** Goes on, with the adapter that the office has now: what was known of its breaker was of the one before. Never rejects: a sweep finds the rest. */
  async resume(office: OfficeId): Promise<void> {
    this.#paused.delete(office)
    this.#breakOff.delete(office)
    this.#forget(office)
    this.#release(office)
    if (this.#adapters.get(office)?.deliver === undefined) return
    await this.#refill(office).catch((error: unknown) => this.#observer.failed('sweep', error))
  }

  /** What this gateway knows of an office's breaker and hours is of before, and holds no more. */
  #forget(office: OfficeId): void {
    if (this.#gate.isBreakerOpen(office)) this.#observer.breakerMoved(office, undefined)
    this.#gate.answered(office)
    if (this.#closed.delete(office)) this.#observer.closed(office, undefined)
  }

  /** Other gateways bring to that office: of those that share the queue one gets it next. What nobody gets their sweep finds. */
  #passOn({ id, dueAt, priority }: DeliveryRow, now: Instant): void {
    if (now - dueAt > sweepEvery) return
    this.#desk.clock.schedule(now + passedOnAfter, () => this.#queue.put(id, dueAt, priority))
  }

  /** Attempts to an office that this gateway may have under way at once. */
  #shareOf(office: OfficeId): number {
    const { member, routes } = this.#desk
    return member.shareOf(office, routes.policyOf(office).atOnce)
  }

  #breakOffOf(office: OfficeId): AbortController {
    const found = this.#breakOff.get(office) ?? new AbortController()
    this.#breakOff.set(office, found)
    return found
  }

  /** Puts into the queue what the journal says is due, and what a failing disk left behind: the queue is only a hint. */
  async sweep(): Promise<undefined> {
    await recover(this.#desk, (id) => this.#held.has(id), 'later')
    const wasSetBack = this.#setBack.look()
    for (const [office, adapter] of this.#adapters) {
      // An office that polls too is to have its letters by a time.
      const timed = await timeAnew(this.#desk, office, wasSetBack)
      if (timed > 0) this.#observer.setBack(office, timed)
      if (adapter.deliver === undefined) continue
      this.#release(office)
      await this.#refill(office)
    }
  }

  async #refill(office: OfficeId): Promise<void> {
    const { database, clock } = this.#desk
    // Others bring to that office: whether it answers, or is closed, they say.
    if (this.#shareOf(office) === 0) return this.#forget(office)
    if (this.#isClosed(office)) return
    // What comes due before the next sweep is put as well, so that its time is kept.
    const due = await dueDeliveries(database.committed, office, clock.now() + 2 * sweepEvery, heldPerOffice)
    if (due.length === heldPerOffice) this.#more.add(office)
    else this.#more.delete(office)
    for (const each of due)
      if (!this.#gate.isParked(each.id)) this.#queue.put(each.id, each.dueAt, each.priority)
    this.#hasten(office, Math.max(...due.map(({ hastenedAt }) => hastenedAt ?? 0)))
  }

  /** A person wanted something tried now, or the clock was set back: once, the probe of an office that cannot be reached waits for nothing. */
  #hasten(office: OfficeId, since: Instant): void {
    const now = this.#desk.clock.now()
    const probe = this.#gate.hasten(office, since, now)
    for (const { id, at, priority } of probe) this.#queue.put(id, at, priority)
    if (probe.length > 0) this.#observer.breakerMoved(office, now)
  }

  /** Whether an office was not reached lately, and is not to be tried again yet. */
  isAway(office: OfficeId): boolean {
    const probeAt = this.#gate.probeAt(office)
    return probeAt !== undefined && probeAt > this.#desk.clock.now()
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
    // Whoever is at work on it looks at it again when it ends.
    if (this.#gate.isParked(id) || this.#held.has(id) || this.#unreturned.has(id)) return
    const { database, clock } = this.#desk
    const delivery = await deliveryInLane(database.committed, id)
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
    if (delivery.isBehind) return
    const adapter = this.#adapters.get(office)
    // Its profile is gone or being changed, or it polls now: the delivery waits in the journal.
    if (!brings(adapter) || this.#paused.has(office) || this.#isClosed(office)) return
    if (this.#shareOf(office) === 0) return this.#passOn(delivery, now)
    const entered = this.#gate.enter(office, { id, dueAt, priority }, now)
    if (entered === 'full') this.#more.add(office)
    if (entered !== 'passes') return this.#release(office)
    this.#held.add(id)
    const underWay = this.#underWay.get(office) ?? new Set()
    this.#underWay.set(office, underWay)
    let isBusy = true
    // The office is free for the next when it has answered: what it said need not be on disk for that.
    const leave = (): void => {
      if (!isBusy) return
      isBusy = false
      this.#gate.leave(office)
      this.#release(office)
    }
    const breakOff = [this.#stop.signal, this.#breakOffOf(office).signal]
    const sending = attempt(this.#desk, delivery, adapter, breakOff, this.#observer, {
      answered: (outcome) => {
        if (outcome !== undefined) this.#heard(office, outcome)
        leave()
      },
      unreturned: (returned) => void this.#awaitReturn(delivery, adapter.id, returned),
    })
    underWay.add(sending)
    try {
      await sending
    } finally {
      underWay.delete(sending)
      this.#held.delete(id)
      leave()
      if (this.#more.has(office) && this.#gate.parked(office) === 0) await this.#refill(office)
    }
  }

  /** A call that was let go keeps its own delivery waiting, and nothing else. When it has returned, the next sweep goes on with it. */
  async #awaitReturn(delivery: DeliveryRow, system: string, returned: Promise<void>): Promise<void> {
    const { id } = delivery
    this.#unreturned.add(id)
    const over = this.#observer.unreturned(delivery, system)
    await returned.catch((error: unknown) => this.#observer.failed(id, error))
    this.#unreturned.delete(id)
    over()
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
      this.#queue.putBack(id, at, priority)
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
}

const brings = (adapter: Adapter | undefined): adapter is BringingAdapter => adapter?.deliver !== undefined
