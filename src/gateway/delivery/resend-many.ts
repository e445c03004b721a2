// Sending many again by an operator's order: in transactions of a bounded size, each whole. What was done is not found again, so
// that an order that was broken off is given once more and goes on.
import type { Instant } from '../../letter/time.ts'
import { type Again, type AgainFilter, listAgain } from '../journal/again.ts'
import type { Database, Reader } from '../journal/database.ts'
import { resendIn } from './resend.ts'

/** Deliveries in one transaction: a few milliseconds, in which nobody else writes. */
const together = 50
/** Deliveries that are looked through at once. */
const pageSize = 500

export interface ManyOrder {
  readonly filter: AgainFilter
  readonly by: string
  readonly why: string
}

/** Every delivery of a filter, page by page. */
export async function* everyAgain(reader: Reader, filter: AgainFilter): AsyncGenerator<Again> {
  for (let after = 0; ; ) {
    const page = await listAgain(reader, filter, after, pageSize)
    yield* page
    const last = page.at(-1)
    if (last === undefined || page.length < pageSize) return
    after = last.seq
  }
}

/**
 * Brings again, or at once, what a filter finds; `now` is asked for each transaction, `done` is told after it how many deliveries
 * were put back so far. Returns how many were. Rejects with `JournalUnavailable`: what was done stays done.
 */
export async function resendMany(
  database: Database,
  { filter, by, why }: ManyOrder,
  now: () => Instant,
  done: (count: number) => void = () => undefined,
): Promise<number> {
  let count = 0
  const flush = async (batch: readonly Again[]): Promise<void> => {
    count += await database.write(async (transaction) => {
      let moved = 0
      for (const { messageId, recipient, id: delivery } of batch) {
        const order = { messageId, recipients: [recipient], delivery, by, why, at: now() }
        const hasten = filter.waitsAt !== undefined
        moved += (await resendIn(transaction, { ...order, ...(hasten && { hasten }) })).length
      }
      return moved
    })
    done(count)
  }
  let batch: Again[] = []
  for await (const each of everyAgain(database.committed, filter)) {
    batch.push(each)
    if (batch.length < together) continue
    await flush(batch)
    batch = []
  }
  if (batch.length > 0) await flush(batch)
  return count
}
