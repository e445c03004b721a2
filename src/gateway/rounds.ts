// What the gateway does by itself it does in rounds: a piece of work, a pause, and the piece again, until it is stopped.
import type { Clock } from '../letter/time.ts'

/** One round, as who watches it is told. */
export interface Begun {
  /** It is at work: it has done a part. */
  heard(): void
  ended(): void
}

/** Something that is started and stopped, again and again. `stop` resolves when nothing of it is under way any more. */
export interface Work {
  start(): void
  stop(): Promise<void>
}

export interface RoundsParts {
  readonly clock: Clock
  /** Milliseconds between the end of a round and the beginning of the next. */
  readonly every: number
  /** The first round begins after a pause, not at once. */
  readonly later?: boolean
  /** One round. What it resolves to is the pause after it, where that is not `every`; `over`: no other comes, until it is started anew. */
  once(): Promise<number | 'over' | undefined>
  /** Told that a round begins; what it gives is told when it goes on and when it has ended. */
  begins?(): Begun
  /** Told what a round threw, at every round that throws. The next one comes all the same. */
  failed(error: unknown): void
}

export class Rounds implements Work {
  readonly #parts: RoundsParts
  /** The present run; each start is another, so that what is left of one before schedules nothing. */
  #run: object | undefined
  #cancel: () => void = () => undefined
  #underWay: Promise<unknown> = Promise.resolve()
  #begun: Begun | undefined

  constructor(parts: RoundsParts) {
    this.#parts = parts
  }

  /** A long round says between two pieces that it is at work, and is told whether it may go on. */
  goesOn(): boolean {
    this.#begun?.heard()
    return this.#run !== undefined
  }

  /** One that runs already goes on. Rounds of a run that is being stopped end before the first of this one. */
  start(): void {
    if (this.#run !== undefined) return
    const run = {}
    this.#run = run
    if (this.#parts.later === true) this.#next(run, this.#parts.every)
    else this.#begin(run)
  }

  async stop(): Promise<void> {
    this.#run = undefined
    this.#cancel()
    await this.#underWay
  }

  #begin(run: object): void {
    this.#underWay = this.#underWay.then(async () => {
      if (this.#run !== run) return
      const pause = await this.#once()
      if (pause !== 'over') this.#next(run, pause)
    })
  }

  async #once(): Promise<number | 'over'> {
    const { once, every, begins, failed } = this.#parts
    const begun = begins?.()
    this.#begun = begun
    try {
      return (await once()) ?? every
    } catch (error) {
      failed(error)
      return every
    } finally {
      begun?.ended()
    }
  }

  #next(run: object, pause: number): void {
    if (this.#run !== run) return
    const { clock } = this.#parts
    this.#cancel = clock.schedule(clock.now() + pause, () => this.#begin(run))
  }
}
