// What one of several gateways on a journal does for all of them: it runs while this one leads, and rests while it does not.
import type { Clock } from '../letter/time.ts'
import { atMost } from '../letter/time.ts'
import type { Member } from './membership.ts'
import { Rounds, type Work } from './rounds.ts'

/** How often it is asked whether this gateway leads, in milliseconds. */
const every = 1_000
/** So long what is stopped is waited for; what hangs is left to itself, in milliseconds. */
const patience = 30_000

export class LeadersWork implements Work {
  readonly #works: readonly Work[]
  readonly #clock: Clock
  readonly #failed: (error: unknown) => void
  readonly #turns: Rounds
  #running = false

  constructor(member: Member, clock: Clock, failed: (error: unknown) => void, works: readonly Work[]) {
    this.#works = works
    this.#clock = clock
    this.#failed = failed
    const once = async (): Promise<undefined> => {
      if (!member.leads()) return this.#rest()
      this.#running = true
      // Those that run go on; one that could not begin is begun at the next turn, and keeps no other from its work.
      for (const work of works) this.#begin(work)
    }
    this.#turns = new Rounds({ clock, every, once, failed })
  }

  start(): void {
    this.#turns.start()
  }

  async stop(): Promise<void> {
    await this.#turns.stop()
    await this.#rest()
  }

  #begin(work: Work): void {
    try {
      work.start()
    } catch (error) {
      this.#failed(error)
    }
  }

  async #rest(): Promise<undefined> {
    if (!this.#running) return
    this.#running = false
    const stops = this.#works.map((work) => work.stop().catch((error: unknown) => this.#failed(error)))
    await atMost(this.#clock, patience, Promise.all(stops))
    return undefined
  }
}
