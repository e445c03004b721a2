// An order to the running gateway, through its journal (docs/decisions/0012), and the wait for its answer.
import { newId } from '../gateway/desk.ts'
import { type Database, JournalUnavailable } from '../gateway/journal/database.ts'
import { insertOrder, isOrderOpen, type Order, orderAnswer } from '../gateway/journal/orders.ts'
import { type Problem, problem } from '../problem/problem.ts'
import { exit, Failed, jsonLine, problemJson, type Terminal } from './terminal.ts'

/** How often the journal is asked for the answer, and for how long, in milliseconds. */
const every = 100
const longest = 120_000

/** `stopped`: the gateway ended before it answered, or does not run; the order stays, for when it is started. */
export type Answered =
  | { readonly kind: 'answered'; readonly answer: unknown }
  | { readonly kind: 'stopped'; readonly order: string }

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
    // In this order: a gateway that answers and ends at once has answered.
    const running = await isRunning()
    const open = await isOrderOpen(database.committed, id)
    const answer = await orderAnswer(database.committed, id)
    if (answer !== undefined) return { kind: 'answered', answer }
    // An order to a gateway that is gone went with it.
    if (!open || !running) return { kind: 'stopped', order: id }
    if (clock.elapsed() > until) throw new Failed(exit.refused, [problem('cli.order.unanswered', '--data')])
    await new Promise<void>((resolve) => void clock.schedule(clock.now() + every, resolve))
  }
}

/** What every order may come to, whatever else may come of it. */
export type Unfulfilled =
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
  | { readonly kind: 'failed'; readonly reason: string }

/** What came of an order that was carried out. Throws Failed, and tells it as JSON where that is asked for, when it was not. */
export function fulfilled<Answer extends { readonly kind: string }>(
  answer: Answer | Unfulfilled,
  json: boolean | undefined,
  terminal: Terminal,
): Exclude<Answer, Unfulfilled> {
  if (isFailed(answer))
    throw new Failed(exit.refused, [problem('cli.order.failed', '', undefined, { reason: answer.reason })])
  if (isRefused(answer)) {
    if (json !== true) throw new Failed(exit.refused, answer.problems)
    terminal.write(jsonLine({ kind: 'refused', problems: answer.problems.map(problemJson) }))
    throw new Failed(exit.refused, [])
  }
  return answer as Exclude<Answer, Unfulfilled>
}

const isFailed = (answer: { readonly kind: string }): answer is Unfulfilled & { kind: 'failed' } =>
  answer.kind === 'failed'

const isRefused = (answer: { readonly kind: string }): answer is Unfulfilled & { kind: 'refused' } =>
  answer.kind === 'refused'
