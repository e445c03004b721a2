// What one of several gateways on a journal does for all of them: it runs while this one leads, and rests while it does not.
import type { Clock } from '../letter/time.ts'
import type { Member } from './membership.ts'

/** How often it is asked whether this gateway leads, in milliseconds. */
const every = 1_000

/** Something that is started and stopped, again and again. `stop` resolves when nothing of it is under way any more. */
export interface Work {
  start(): void
  stop(): Promise<void>
}

export class LeadersWork {
  readonly #member: Member
  readonly #clock: Clock
  readonly #failed: (error: unknown) => void
  readonly #works: readonly Work[]
  #running = false
  #turning: Promise<void> = Promise.resolve()
  #cancel: () => void = () => undefined
  #stopped = false

  constructor(member: Member, clock: Clock, failed: (error: unknown) => void, works: readonly Work[]) {
    this.#member = member
    this.#clock = clock
    this.#failed = failed
    this.#works = works
  }

  start(): void {
    this.#turning = this.#turn()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancel()
    await this.#turning
    this.#cancel()
    await this.#rest()
  }

  async #turn(): Promise<void> {
    const leads = this.#member.leads()
    if (leads && !this.#running) {
      this.#running = true
      for (const work of this.#works) work.start()
    } else if (!leads) await this.#rest()
    if (this.#stopped) return
    this.#cancel = this.#clock.schedule(this.#clock.now() + every, () => {
      this.#turning = this.#turn()
    })
  }

  async #rest(): Promise<void> {
    if (!this.#running) return
    this.#running = false
    for (const ended of await Promise.allSettled(this.#works.map((work) => work.stop())))
      if (ended.status === 'rejected') this.#failed(ended.reason)
  }
}
