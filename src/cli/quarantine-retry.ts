// `saraban quarantine retry`: places are read again by the running gateway, order by order.
import { Command } from 'commander'
import type { Retried } from '../gateway/intake/retry.ts'
import type { Reader } from '../gateway/journal/database.ts'
import { idsInQuarantine, type QuarantineRow } from '../gateway/journal/quarantine.ts'
import { problem } from '../problem/problem.ts'
import { checkWords } from './by-why.ts'
import { type Place, withPlace, withWritableJournal } from './journal.ts'
import { fulfilled, giveOrder } from './order.ts'
import { type Choice, filterOf, onePlace, withChoice } from './quarantine-chosen.ts'
import { retriedPage } from './quarantined.ts'
import { exit, Failed, jsonLine, type Terminal } from './terminal.ts'

interface RetryOptions extends Place, Choice {
  readonly all?: boolean
  readonly believe?: boolean
  readonly by: string
  readonly why: string
}

/** Places in one order: the gateway answers while the command waits. */
const mostInOrder = 1_000

/** `saraban quarantine retry`. */
export function retryCommand(terminal: Terminal): Command {
  return withChoice(withPlace(new Command('retry').description('read it again by the profile as it is now')))
    .argument('[ID]', 'the id of a place, or its end (at least 6 characters)')
    .option('--all', 'everything that waits')
    .option(
      '--believe',
      'of one ID: its office did hand it over, and means it, though that is not proved; you have asked',
    )
    .requiredOption('--by <NAME>', 'who orders it: kept with it')
    .requiredOption('--why <TEXT>', 'why it will do now: kept with it')
    .addHelpText('after', retryHelp)
    .action(async (said: string | undefined, options: RetryOptions) => {
      checkWords(options)
      checkChoice(said, options)
      await withWritableJournal(options, terminal, async (database, now, isRunning) => {
        const { committed } = database
        const place = said === undefined ? undefined : await placeToRetry(committed, said)
        const ids =
          place === undefined ? await idsInQuarantine(committed, filterOf(options, now.at)) : [place.id]
        if (ids.length === 0) throw new Failed(exit.refused, [problem('cli.quarantine.none', '')])
        const { by, why, believe } = options
        const dismissed = place?.state === 'dismissed'
        const words = { by: by.trim(), why: why.trim(), believe: believe === true, dismissed }
        const outcome: Outcome = { answers: [], ordered: 0, unknown: ids.length }
        try {
          for (let from = 0; from < ids.length; from += mostInOrder) {
            const some = ids.slice(from, from + mostInOrder)
            const order = { kind: 'retry', ids: some, ...words } as const
            const answered = await giveOrder(database, isRunning, terminal, order)
            if (answered.kind === 'stopped') outcome.ordered += some.length
            else outcome.answers.push(fulfilled(answered.answer as RetryAnswer, false, terminal))
            outcome.unknown -= some.length
          }
        } catch (error) {
          // What was tried or ordered until then is told, before what ended it.
          if (outcome.unknown < ids.length) tellRetried(outcome, options, terminal)
          throw error
        }
        if (tellRetried(outcome, options, terminal) > 0) throw new Failed(exit.refused, [])
      })
    })
}

/** The one place that a person means. Throws Failed also when it has left: there is nothing to try again. */
async function placeToRetry(reader: Reader, said: string): Promise<QuarantineRow> {
  const row = await onePlace(reader, said)
  const { state } = row
  if (state === 'taken' || state === 'replaced')
    throw new Failed(exit.refused, [problem('cli.quarantine.over', 'ID', said, { state })])
  return row
}

interface RetryAnswer {
  readonly kind: 'retried'
  /** Of all places: those that were tried, and those that stay. */
  readonly count: number
  readonly stay: number
  /** The first of them. */
  readonly places: readonly Retried[]
}

/**
 * What came of the orders of one command. Places: `ordered` wait for a gateway to be started; of `unknown` it came to no order, or
 * to none of which more is known.
 */
interface Outcome {
  readonly answers: RetryAnswer[]
  ordered: number
  unknown: number
}

/** Tells what became of the places, and gives how many stay. */
function tellRetried(
  { answers, ordered, unknown }: Outcome,
  { json }: RetryOptions,
  terminal: Terminal,
): number {
  const sum = (of: (answer: RetryAnswer) => number): number =>
    answers.reduce((total, each) => total + of(each), 0)
  const [count, stay] = [sum((answer) => answer.count), sum((answer) => answer.stay)]
  const places = answers.flatMap((answer) => answer.places)
  if (json === true) {
    const told =
      answers.length === 0
        ? { kind: 'ordered', count: ordered }
        : { kind: 'retried', count, stay, places, ...(ordered > 0 && { ordered }) }
    terminal.write(jsonLine({ ...told, ...(unknown > 0 && { unknown }) }))
    return stay
  }
  terminal.write(retriedPage(places, { count, stay }))
  if (ordered > 0)
    terminal.write(
      `ordered for ${ordered} places: the gateway is not running, and does it when it is started\n`,
    )
  if (unknown > 0)
    terminal.write(`what became of ${unknown} more is not known: saraban quarantine list shows what waits\n`)
  return stay
}

function checkChoice(said: string | undefined, options: RetryOptions): void {
  const { all, cause, office, older, believe } = options
  const chosen = [said !== undefined, all === true, (cause ?? office ?? older) !== undefined]
  const expected = 'one of: an ID; --all; or --cause, --office, --older'
  if (chosen.filter(Boolean).length !== 1)
    throw new Failed(exit.usage, [problem('cli.option.wrong', 'ID', said, { expected })])
  if (believe === true && said === undefined)
    throw new Failed(exit.usage, [problem('cli.option.wrong', '--believe', '', { expected: 'a single ID' })])
}

const retryHelp = `
The running gateway does it, with the profiles that it has: after mending one, saraban profile reload first. What can be taken is
taken as what it was handed over as, so that nothing doubles, and leaves the quarantine; what cannot stays, with its reasons of
now. When no gateway runs, the order waits for the next start.

Exit code: 0 all of it left, or it is ordered, 1 something stays, or is not known, 2 wrong usage or no journal.

Examples:
  $ saraban quarantine retry 7f3a91c2 --by somchai --why 'the table of kinds was completed'
  $ saraban quarantine retry --cause adapter.field.code-unknown --by somchai --why 'the table of kinds was completed'
  $ saraban quarantine retry --all --by somchai --why 'new profile of Chiang Mai'
`
