// An order to the running gateway, through its journal (docs/decisions/0012), and the wait for its answer.
import { newId } from '../gateway/desk.ts'
import { type Database, JournalUnavailable } from '../gateway/journal/database.ts'
import { insertOrder, isOrderOpen, type Order, orderAnswer } from '../gateway/journal/orders.ts'
import { problem } from '../problem/problem.ts'
import { exit, Failed, type Terminal } from './terminal.ts'

/** How often the journal is asked for the answer, and for how long, in milliseconds. */
const every = 100
const longest = 120_000

/** `stopped`: the gateway ended before it answered, or does not run; the order stays, for when it is started. */
export type Answered = { readonly kind: 'answered'; readonly answer: unknown } | { readonly kind: 'stopped' }

/**
 * Writes an order, to one gateway or to whichever leads, and waits for its answer. Throws Failed when the journal cannot be
 * written, or no answer comes in time.
 */
export async function giveOrder(
  database: Database,
  isRunning: () => Promise<boolean>,
  terminal: Terminal,
  order: Order,
  member: string | null = null,
): Promise<Answered> {
  const { clock } = terminal
  const id = newId()
  await database
    .write((transaction) => insertOrder(transaction, id, order, clock.now(), member))
    .catch((error: unknown) => {
      if (error instanceof JournalUnavailable)
        throw new Failed(exit.refused, [problem('cli.journal.busy', '--data')])
      throw error
    })
  const until = clock.elapsed() + longest
  for (;;) {
    const open = await isOrderOpen(database.committed, id)
    const answer = await orderAnswer(database.committed, id)
    if (answer !== undefined) return { kind: 'answered', answer }
    // An order to a gateway that is gone went with it.
    if (!open || !(await isRunning())) return { kind: 'stopped' }
    if (clock.elapsed() > until) throw new Failed(exit.refused, [problem('cli.order.unanswered', '--data')])
    await new Promise<void>((resolve) => void clock.schedule(clock.now() + every, resolve))
  }
}
