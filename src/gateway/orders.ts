// Carries out what a person asked for from beside the gateway, one after the other. An order that a dead gateway was at work on
// is carried out again: each of them may be, however often.
import type { Clock } from '../letter/time.ts'
import { type Database, JournalUnavailable } from './journal/database.ts'
import { answerOrder, nextOrder, type Order } from './journal/orders.ts'
import type { Member } from './membership.ts'

/** How often the journal is asked for orders, in milliseconds. */
const every = 1_000

export interface OrdersParts {
  readonly database: Database
  readonly clock: Clock
  readonly member: Member
  /** Does what was asked, and says what came of it. `late`: it was asked before this gateway was started. */
  carryOut(order: Order, late: boolean): Promise<object>
  failed(work: string, error: unknown): void
}

export class Orders {
  readonly #parts: OrdersParts
  #cancel: () => void = () => undefined
  #looking: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(parts: OrdersParts) {
    this.#parts = parts
  }

  start(): void {
    const since = this.#parts.clock.now()
    const next = (): void => {
      const { clock } = this.#parts
      this.#cancel = clock.schedule(clock.now() + every, () => {
        this.#looking = this.#look(since).then(() => {
          if (!this.#stopped) next()
        })
      })
    }
    this.#looking = this.#look(since).then(next)
  }

  /** Takes no more on; resolves when the one under way is answered. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancel()
    await this.#looking
    this.#cancel()
  }

  async #look(since: number): Promise<void> {
    const { database, clock, member, carryOut, failed } = this.#parts
    try {
      for (;;) {
        const found = this.#stopped ? undefined : await nextOrder(database.committed, member)
        if (found === undefined) return
        const { id, order, askedAt } = found
        const answer = await carryOut(order, askedAt < since).catch((error: unknown) => {
          // A disk that is full passes, and the order stays; a defect would be met at every look.
          if (error instanceof JournalUnavailable) throw error
          failed(`order ${id}`, error)
          return { kind: 'failed', reason: error instanceof Error ? error.name : String(error) }
        })
        await database.write((transaction) => answerOrder(transaction, id, answer, clock.now()))
      }
    } catch (error) {
      failed('orders', error)
    }
  }
}
