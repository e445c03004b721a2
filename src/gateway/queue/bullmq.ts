// The queue on Redis, by BullMQ: several gateways share what is due. Redis carries what is due now and nothing else; what is
// due later waits here, and while Redis is away each gateway works on what its own sweep finds (docs/decisions/0021).
import { type Job, Queue as Jobs, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Clock, Instant } from '../../letter/time.ts'
import { Rounds } from '../rounds.ts'
import { EmbeddedQueue } from './embedded.ts'
import { type Handler, type Hint, type Queue, rankOf } from './queue.ts'
import { type RedisAt, RedisLink } from './redis.ts'

export interface SharedQueueParts {
  readonly at: RedisAt
  /** The journal's: two installations on one Redis do not mix. */
  readonly installation: string
  readonly clock: Clock
  /** Hints may be lost: what is due is to be put again, out of the journal. */
  readonly forgot: () => void
  readonly away: (reason: string) => void
  readonly here: () => void
  readonly evicts: (policy: string) => void
}

/** Hints that are kept at most here, of each sort. What is beyond it is dropped: the sweep puts it again. */
const mostHeld = 50_000
/** Hints that go to Redis together. */
const atOnce = 500
/** A delivery that has been due for this long, in milliseconds, is not left to Redis by a gateway that has nothing to do. */
const patience = 30_000
/**
 * When Redis is there again after it was away, a connection that the network has swallowed may still take a hint, and hold it until its lock
 * is over. For so long it is looked at what is due every so often, and so little of it is left to Redis, in milliseconds.
 */
const doubt = { lasts: 60_000, looksEvery: 5_000, patience: 3_000 }
const name = 'due'

/** A queue that all gateways of an installation share. It begins at once to reach for Redis, and never waits for it. */
export const bullmqQueue = (parts: SharedQueueParts): SharedQueue => new SharedQueue(parts)

export class SharedQueue implements Queue {
  readonly #clock: Clock
  readonly #prefix: string
  readonly #link: RedisLink
  readonly #jobs: Jobs
  /** What is due later: in Redis it would be on Redis's clock. */
  readonly #later: EmbeddedQueue
  /** What this gateway has taken to work on. */
  readonly #here: EmbeddedQueue
  /** On their way to Redis. */
  readonly #leaving = new Map<string, Hint>()
  #sending = 0
  /** Since it was seen last that nothing of ours is in Redis. */
  #sent = false
  #worker: { readonly jobs: Worker; readonly redis: Redis } | undefined
  #concurrency = 0
  #noRoom: (() => void) | undefined
  /** Until when, elapsed, Redis is not trusted with what is overdue. */
  #doubtUntil = 0
  readonly #looks: Rounds
  #closed = false
  #closing: Promise<void> | undefined

  constructor({ at, installation, clock, forgot, away, here, evicts }: SharedQueueParts) {
    this.#clock = clock
    // The braces keep all keys of a queue on one node of a cluster.
    this.#prefix = `{saraban-${installation}}`
    this.#later = new EmbeddedQueue(clock)
    this.#later.work(async (_id, hint) => this.#pass(hint), Number.POSITIVE_INFINITY)
    this.#here = new EmbeddedQueue(clock)
    this.#looks = new Rounds({
      ...{ clock, every: doubt.looksEvery, later: true, failed: () => undefined },
      once: async () => {
        if (!this.#isInDoubt()) return 'over'
        forgot()
        return undefined
      },
    })
    this.#link = new RedisLink(at, this.#prefix, clock, {
      away: (reason) => {
        this.#doubtUntil = Number.POSITIVE_INFINITY
        away(reason)
        forgot()
      },
      here: () => {
        // What waits here would hold back what comes by Redis, and is urgent perhaps.
        for (const hint of this.#here.takeOut()) this.#pass(hint)
        this.#roomAgain()
        here()
        forgot()
        if (this.#isInDoubt()) this.#lookAgain()
      },
      evicts,
    })
    this.#jobs = new Jobs(name, {
      connection: this.#link.asking,
      prefix: this.#prefix,
      skipVersionCheck: true,
      streams: { events: { maxLen: 100 } },
      defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: true },
    })
    // What is wrong is told by the link, once.
    this.#jobs.on('error', () => undefined)
  }

  put(id: string, dueAt: Instant, priority: number): void {
    if (this.#closed) return
    const hint = { id, dueAt, priority }
    // What waits for its time takes no room from what is due, though it is at work here until it has its next time.
    if (dueAt > this.#clock.now()) {
      if (this.#later.holds() < mostHeld) this.#later.put(id, dueAt, priority)
      // Of what is at work here it is looked at when that ends.
    } else if (this.#here.isWorking(id)) this.#here.put(id, dueAt, priority)
    else this.#pass(hint)
  }

  putBack(id: string, dueAt: Instant, priority: number): void {
    // With the last room it goes through Redis again: what is more urgent there, of any office, is not to wait for what is put back.
    const hasRoom = this.#here.holds() + 1 < this.#concurrency
    if (this.#closed || !hasRoom || dueAt > this.#clock.now()) this.put(id, dueAt, priority)
    else this.#here.put(id, dueAt, priority)
  }

  work(handler: Handler, concurrency: number): void {
    this.#concurrency = concurrency
    this.#here.work(
      // Once it has left what is at work.
      (id, hint) => handler(id, hint).finally(() => void setImmediate(() => this.#roomAgain())),
      concurrency,
    )
    const redis = this.#link.forWorker()
    const jobs = new Worker(name, (job) => this.#take(job), {
      connection: redis,
      prefix: this.#prefix,
      skipVersionCheck: true,
      autorun: false,
      // One at a time: a job is only a hint, and is over as soon as it is taken and there is room for the next.
      concurrency: 1,
      lockDuration: 10_000,
      stalledInterval: 10_000,
      runRetryDelay: 1_000,
    })
    // A job that is gone when it is over (flushed, stalled) was a hint.
    jobs.on('error', () => undefined)
    void jobs.run().catch((error: unknown) => this.#link.failed(error))
    this.#worker = { jobs, redis }
  }

  async size(): Promise<number> {
    const { wait = 0, prioritized = 0 } = await this.#counts()
    return this.#later.holds() + this.#here.holds() + this.#leaving.size + this.#sending + wait + prioritized
  }

  /** Whether hints are on their way to Redis or back: nothing is at rest while they are. */
  async isMoving(): Promise<boolean> {
    if (this.#leaving.size + this.#sending > 0) return true
    // Where nobody takes anything, or has room for it, what is in Redis stays there.
    if (!this.#sent || this.#worker === undefined || this.#here.holds() >= this.#concurrency) return false
    this.#sent = false
    const { wait = 0, prioritized = 0, active } = await this.#counts()
    const moving = wait + prioritized + (active ?? 0) > 0
    if (moving || active === undefined) this.#sent = true
    return moving
  }

  async #counts(): Promise<Readonly<Record<string, number>>> {
    if (!this.#link.isHere()) return {}
    return this.#jobs.getJobCounts('wait', 'prioritized', 'active').catch(() => ({}))
  }

  atWork(): number {
    return this.#here.atWork()
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#closed = true
    void this.#looks.stop()
    this.#leaving.clear()
    await this.#later.close()
    const ended = this.#worker?.jobs.close(!this.#link.isHere())
    this.#roomAgain()
    await this.#here.close()
    // A server that does not answer now is not waited for: what it has not heard is a hint.
    await ended
    this.#link.close()
    this.#worker?.redis.disconnect()
    await this.#jobs.close()
  }

  /** Redis is there again after it was away: the time of doubt ends from now on. */
  #lookAgain(): void {
    this.#doubtUntil = this.#clock.elapsed() + doubt.lasts
    void this.#looks.stop()
    this.#looks.start()
  }

  #isInDoubt(): boolean {
    return this.#clock.elapsed() < this.#doubtUntil
  }

  #pass(hint: Hint): void {
    const overdue = this.#clock.now() - hint.dueAt
    const idle = this.#concurrency > 0 && this.#here.holds() < this.#concurrency
    const longest = this.#isInDoubt() ? doubt.patience : patience
    if (!this.#link.isHere() || (idle && overdue > longest)) this.#keep(hint)
    else if (this.#leaving.size < mostHeld) {
      this.#leaving.set(hint.id, hint)
      if (this.#leaving.size === 1 && this.#sending === 0) setImmediate(() => void this.#send())
    }
  }

  /** To be worked on here, whatever becomes of Redis. */
  #keep({ id, dueAt, priority }: Hint): void {
    if (this.#concurrency > 0 && this.#here.holds() < mostHeld) this.#here.put(id, dueAt, priority)
  }

  async #send(): Promise<void> {
    while (this.#leaving.size > 0 && !this.#closed) {
      const hints = [...this.#leaving.values()].slice(0, atOnce)
      for (const { id } of hints) this.#leaving.delete(id)
      this.#sending = hints.length
      this.#sent = true
      try {
        if (this.#link.isHere()) await this.#jobs.addBulk(hints.map(jobOf))
        else for (const hint of hints) this.#keep(hint)
      } catch (error) {
        this.#link.failed(error)
        for (const hint of hints) this.#keep(hint)
      }
      this.#sending = 0
    }
  }

  /** A job is taken: it is over when this gateway has room for another, so that those with room take the others. */
  async #take(job: Job): Promise<void> {
    const hint = hintOf(job)
    // Another gateway's clock may be ahead: the journal says when it is due.
    if (hint !== undefined) this.#here.put(hint.id, Math.min(hint.dueAt, this.#clock.now()), hint.priority)
    while (!this.#closed && this.#here.holds() >= this.#concurrency) {
      await new Promise<void>((resolve) => {
        this.#noRoom = resolve
      })
    }
  }

  #roomAgain(): void {
    this.#noRoom?.()
    this.#noRoom = undefined
  }
}

const minute = 60_000
/** The most that BullMQ takes as a priority; 1 goes first. */
const lowest = 2 ** 21

/**
 * The rank of the embedded queue in whole minutes, and within a minute in the order of putting: BullMQ's priorities are
 * integers. They begin anew after 2²¹ minutes, nearly four years: what waits over that moment goes last, once.
 */
export const priorityOf = (hint: Hint): number => {
  const minutes = Math.floor(rankOf(hint) / minute)
  return (((minutes % lowest) + lowest) % lowest) + 1
}

/** The same delivery is the same job: what waits in Redis already is not put twice. */
const jobOf = (hint: Hint) => ({
  name,
  data: { dueAt: hint.dueAt, priority: hint.priority },
  // No bare number, which BullMQ makes itself.
  opts: { jobId: `d-${hint.id}`, priority: priorityOf(hint) },
})

/** Whoever may write in Redis may have written it. */
function hintOf({ id, data }: Job): Hint | undefined {
  if (id === undefined || !id.startsWith('d-') || typeof data !== 'object' || data === null) return undefined
  const { dueAt, priority } = data as Readonly<Record<string, unknown>>
  if (typeof dueAt !== 'number' || typeof priority !== 'number') return undefined
  return { id: id.slice(2), dueAt, priority }
}
