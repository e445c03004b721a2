// Fills in, little by little, what a journal of before did not have: the words by which its letters are found.
import type { Clock } from '../letter/time.ts'
import type { Database } from './journal/database.ts'
import { fillWords } from './journal/words.ts'

/** Envelopes of one transaction, and the pause after it, in milliseconds: letters that come go before. */
const atOnce = 50
const pause = 50
/** After a failure. */
const longPause = 15_000

export class Filling {
  readonly #database: Database
  readonly #clock: Clock
  readonly #failed: (work: string, error: unknown) => void
  #cancel: () => void = () => undefined
  #working: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(database: Database, clock: Clock, failed: (work: string, error: unknown) => void) {
    this.#database = database
    this.#clock = clock
    this.#failed = failed
  }

  start(): void {
    this.#stopped = false
    this.#go()
  }

  /** Resolves when nothing of it is under way; the next start goes on where it was. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancel()
    await this.#working
    this.#cancel()
  }

  #go(): void {
    this.#working = this.#step()
  }

  async #step(): Promise<void> {
    const next = await fillWords(this.#database, atOnce).then(
      (done) => (done ? undefined : pause),
      (error: unknown) => {
        this.#failed('fill in words', error)
        return longPause
      },
    )
    if (next === undefined || this.#stopped) return
    this.#cancel = this.#clock.schedule(this.#clock.now() + next, () => this.#go())
  }
}
