// Carries out what a person asked for from beside the gateway, one after the other. An order that a dead gateway was at work on
// is carried out again: each of them may be, however often.
import type { Clock } from '../letter/time.ts'
import { type Database, JournalUnavailable } from './journal/database.ts'
import { recordEvent } from './journal/events.ts'
import { answerOrder, type CorrectOrder, nextOrder, type Order } from './journal/orders.ts'
import type { Member } from './membership.ts'
import { Rounds, type Work } from './rounds.ts'

/** How often the journal is asked for orders, in milliseconds. */
const every = 1_000

export interface OrdersParts {
  readonly database: Database
  readonly clock: Clock
  readonly member: Member
  /** Does what was asked, and says what came of it. */
  carryOut(order: Order): Promise<object>
  failed(work: string, error: unknown): void
  /** A correction that was not made: who ordered it may have gone long ago. */
  uncorrected(facts: { readonly messageId: string; readonly order: string; readonly codes: string }): void
}

/** Asks for orders again and again. A stop takes no more on, and resolves when the one under way is answered. */
export function ordersWork(parts: OrdersParts): Work {
  const { clock, failed } = parts
  const rounds: Rounds = new Rounds({
    ...{ clock, every, failed: (error) => failed('orders', error) },
    once: async () => {
      while (rounds.goesOn() && (await carryOutNext(parts)));
      return undefined
    },
  })
  return rounds
}

/** Carries out the order that has waited longest; false where there is none. */
async function carryOutNext(parts: OrdersParts): Promise<boolean> {
  const { database, clock, member, carryOut, failed, uncorrected } = parts
  const found = await nextOrder(database.committed, member)
  if (found === undefined) return false
  const { id, order } = found
  const answer = await carryOut(order).catch((error: unknown) => {
    // A disk that is full passes, and the order stays; a defect would be met at every look.
    if (error instanceof JournalUnavailable) throw error
    failed(`order ${id}`, error)
    return { kind: 'failed', reason: error instanceof Error ? error.name : String(error) }
  })
  const codes = order.kind === 'correct' ? codesOf(answer) : undefined
  await database.write(async (transaction) => {
    await answerOrder(transaction, id, answer, clock.now())
    if (order.kind === 'correct' && codes !== undefined) {
      const facts = { order: id, orderedBy: order.by, codes }
      await recordEvent(transaction, clock.now(), 'letter.uncorrected', subjectOf(order), facts)
    }
  })
  if (order.kind === 'correct' && codes !== undefined)
    uncorrected({ messageId: order.messageId, order: id, codes })
  return true
}

const subjectOf = ({ messageId, office }: CorrectOrder) => ({
  messageId,
  ...(office !== undefined && { office }),
})

/** Why a correction was not made; undefined: it was. */
function codesOf(answer: object): string | undefined {
  if ('problems' in answer) {
    const problems = answer.problems as readonly { readonly code: string }[]
    return [...new Set(problems.map(({ code }) => code))].join(' ')
  }
  return 'messageId' in answer ? undefined : 'cli.order.failed'
}
