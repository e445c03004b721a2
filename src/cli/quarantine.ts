// `saraban quarantine`: what could not be taken, and what becomes of it.
import { Command, InvalidArgumentError } from 'commander'
import type { Retried } from '../gateway/intake/retry.ts'
import { type Database, JournalUnavailable, type Reader } from '../gateway/journal/database.ts'
import {
  countCauses,
  dismissQuarantined,
  findQuarantined,
  idsInQuarantine,
  type QuarantineFilter,
  type QuarantineRow,
  type QuarantineState,
} from '../gateway/journal/quarantine.ts'
import { filesOfSource, isSecretSource, type SourceRow, sourceById } from '../gateway/journal/sources.ts'
import { listQuarantined } from '../gateway/journal/story.ts'
import { officeId } from '../letter/offices.ts'
import type { Instant } from '../letter/time.ts'
import { catalogue } from '../problem/catalogue.ts'
import { type Problem, printable, problem, within } from '../problem/problem.ts'
import { checkWords } from './by-why.ts'
import { type Kept, type Piece, savePieces, sourcePiece } from './bytes.ts'
import { type Place, withJournal, withPlace, withWritableJournal } from './journal.ts'
import { readLimit } from './limit.ts'
import { fulfilled, giveOrder } from './order.ts'
import { listPage, placeJson, placePage, retriedPage } from './quarantined.ts'
import { exit, Failed, jsonLine, type Terminal } from './terminal.ts'
import { listedOf, quarantinedJson, tellWithheld } from './waiting.ts'

/** `saraban quarantine list`, `show`, `retry` and `dismiss`. */
export function quarantineCommand(terminal: Terminal): Command {
  return new Command('quarantine')
    .description('what systems handed over and could not be taken')
    .addCommand(listCommand(terminal))
    .addCommand(showCommand(terminal))
    .addCommand(retryCommand(terminal))
    .addCommand(dismissCommand(terminal))
}

interface Choice {
  readonly cause?: string
  readonly office?: string
  readonly older?: number
}

const withChoice = (command: Command): Command =>
  command
    .option('--cause <CODE>', 'only what has this reason (docs/problems.md)')
    .option('--office <OFFICE>', 'only of this office')
    .option('--older <AGE>', 'only what has waited for longer: 90m, 12h, 3d', readAge)

/** The places that are chosen. Throws Failed for a code or an office that cannot be: they would find nothing, and look like good news. */
function filterOf({ cause, office, older }: Choice, now: Instant): QuarantineFilter {
  const problems: Problem[] = []
  if (cause !== undefined && !Object.hasOwn(catalogue, cause))
    problems.push(problem('cli.option.wrong', '--cause', cause, { expected: 'a code of docs/problems.md' }))
  const read = office === undefined ? undefined : officeId(office)
  if (read?.ok === false) problems.push(...read.problems.map((found) => within('--office', found)))
  if (problems.length > 0) throw new Failed(exit.usage, problems)
  return {
    ...(cause !== undefined && { cause }),
    ...(office !== undefined && { office }),
    ...(older !== undefined && { before: now - older }),
  }
}

interface ListOptions extends Place, Choice {
  readonly state: QuarantineState
  readonly limit: number
  readonly secret?: boolean
}

function listCommand(terminal: Terminal): Command {
  return withChoice(withPlace(new Command('list').description('list it by cause, office and age')))
    .option('--state <STATE>', 'waiting, taken, replaced or dismissed', readState, 'waiting')
    .option('--limit <COUNT>', 'at most so many, 1 to 1000', readLimit, 100)
    .option('--secret', 'what secret letters say too: they have a register of their own')
    .addHelpText('after', listHelp)
    .action(async (options: ListOptions) => {
      await withJournal(options, terminal, async (reader, now) => {
        const filter = { ...filterOf(options, now.at), state: options.state }
        const found = await listQuarantined(reader, options.limit + 1, filter)
        const rows = await listedOf(reader, found.slice(0, options.limit), options.secret === true)
        const causes = await countCauses(reader)
        if (options.json === true) terminal.write(jsonLine({ causes, places: rows.map(quarantinedJson) }))
        else terminal.write(listPage(rows, causes, now.at))
        tellWithheld(rows, terminal)
        if (found.length > options.limit)
          terminal.complain(
            `only the newest ${options.limit} are shown, and there are more: --limit, --cause\n`,
          )
      })
    })
}

const listHelp = `
Examples:
  $ saraban quarantine list
  $ saraban quarantine list --cause letter.conflict --older 2d
  $ saraban quarantine list --office 50 --state dismissed --json
`

interface ShowOptions extends Place {
  readonly secret?: boolean
  readonly save?: string
}

function showCommand(terminal: Terminal): Command {
  return withPlace(
    new Command('show').description('show the source beside what was understood of it, with every reason'),
  )
    .argument('<ID>', 'the id of a place, or its end (at least 6 characters)')
    .option('--secret', 'secret letters too: they have a register of their own')
    .option('--save <DIR>', 'write the source and the files that came with it into a folder')
    .addHelpText('after', showHelp)
    .action(async (said: string, options: ShowOptions) => {
      await withJournal(options, terminal, async (reader, _now, attachments) => {
        const row = await one(reader, said)
        const source = await sourceById(reader, row.sourceId)
        if (source === undefined) throw new Error(`the quarantine ${row.id} has no source`)
        if (options.secret !== true && (await isSecretSource(reader, source.id)))
          throw new Failed(exit.refused, [problem('cli.quarantine.secret', 'ID', said)])
        const pieces = await piecesOf({ reader, attachments }, source)
        if (options.save !== undefined) await savePieces(pieces, options.save, terminal)
        else if (options.json === true) terminal.write(jsonLine(await placeJson(row, pieces)))
        else terminal.write(await placePage(row, pieces))
      })
    })
}

/** The source, and the files that came with it; without the bytes that are not here. */
async function piecesOf(kept: Kept, source: SourceRow): Promise<readonly Piece[]> {
  const pieces: Piece[] = []
  const here = source.bytes !== null || (await kept.attachments.sizeOf(source.sha256)) !== undefined
  if (here) pieces.push(sourcePiece(kept, source, 'the document'))
  for (const { name, size, sha256 } of await filesOfSource(kept.reader, source.id)) {
    const file = { ...source, name, size, sha256, bytes: null }
    pieces.push({
      ...sourcePiece(kept, file, 'the file'),
      kind: 'file',
      told: `with it came the file ${name}`,
    })
  }
  return pieces
}

const showHelp = `
Exit code: 0 told, 1 nothing of that id, or a secret letter without --secret, 2 wrong usage or no journal.

Examples:
  $ saraban quarantine show 7f3a91c2
  $ saraban quarantine show 7f3a91c2 --save /tmp/source
`

interface RetryOptions extends Place, Choice {
  readonly all?: boolean
  readonly believe?: boolean
  readonly by: string
  readonly why: string
}

/** Places in one order: the gateway answers while the command waits. */
const mostInOrder = 1_000

function retryCommand(terminal: Terminal): Command {
  return withChoice(withPlace(new Command('retry').description('read it again by the profile as it is now')))
    .argument('[ID]', 'the id of a place, or its end (at least 6 characters)')
    .option('--all', 'everything that waits')
    .option('--believe', 'of one ID: its office did hand it over, though that is not proved; you have asked')
    .requiredOption('--by <NAME>', 'who orders it: kept with it')
    .requiredOption('--why <TEXT>', 'why it will do now: kept with it')
    .addHelpText('after', retryHelp)
    .action(async (said: string | undefined, options: RetryOptions) => {
      checkWords(options)
      checkChoice(said, options)
      await withWritableJournal(options, terminal, async (database, now, isRunning) => {
        const { committed } = database
        const ids =
          said === undefined
            ? await idsInQuarantine(committed, filterOf(options, now.at))
            : [(await one(committed, said)).id]
        if (ids.length === 0) throw new Failed(exit.refused, [problem('cli.quarantine.none', '')])
        const { by, why, believe } = options
        const words = { by: by.trim(), why: why.trim(), believe: believe === true }
        const outcome: Outcome = { answers: [], ordered: 0 }
        try {
          for (let from = 0; from < ids.length; from += mostInOrder) {
            const some = ids.slice(from, from + mostInOrder)
            const order = { kind: 'retry', ids: some, ...words } as const
            const answered = await giveOrder(database, isRunning, terminal, order)
            if (answered.kind === 'stopped') outcome.ordered += some.length
            else outcome.answers.push(fulfilled(answered.answer as RetryAnswer, false, terminal))
          }
        } catch (error) {
          // What was tried until then is told, before what ended it.
          if (error instanceof Failed && outcome.answers.length > 0) tellRetried(outcome, options, terminal)
          throw error
        }
        if (tellRetried(outcome, options, terminal) > 0) throw new Failed(exit.refused, [])
      })
    })
}

interface RetryAnswer {
  readonly kind: 'retried'
  /** Of all places: those that were tried, and those that stay. */
  readonly count: number
  readonly stay: number
  /** The first of them. */
  readonly places: readonly Retried[]
}

/** What came of the orders of one command; `ordered`: places that wait for a gateway to be started. */
interface Outcome {
  readonly answers: RetryAnswer[]
  ordered: number
}

/** Tells what became of the places, and gives how many stay. */
function tellRetried({ answers, ordered }: Outcome, { json }: RetryOptions, terminal: Terminal): number {
  const sum = (of: (answer: RetryAnswer) => number): number =>
    answers.reduce((total, each) => total + of(each), 0)
  const [count, stay] = [sum((answer) => answer.count), sum((answer) => answer.stay)]
  const places = answers.flatMap((answer) => answer.places)
  if (json === true) {
    const retried = { kind: 'retried', count, stay, places, ...(ordered > 0 && { ordered }) }
    terminal.write(jsonLine(answers.length === 0 ? { kind: 'ordered', count: ordered } : retried))
    return stay
  }
  terminal.write(retriedPage(places, { count, stay }))
  if (ordered > 0)
    terminal.write(
      `ordered for ${ordered} places: the gateway is not running, and does it when it is started\n`,
    )
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

Exit code: 0 all of it left, or it is ordered, 1 something stays, 2 wrong usage or no journal.

Examples:
  $ saraban quarantine retry 7f3a91c2 --by somchai --why 'the table of kinds was completed'
  $ saraban quarantine retry --cause adapter.field.code-unknown --by somchai --why 'the table of kinds was completed'
  $ saraban quarantine retry --all --by somchai --why 'new profile of Chiang Mai'
`

interface DismissOptions extends Place {
  readonly by: string
  readonly why: string
}

function dismissCommand(terminal: Terminal): Command {
  return withPlace(
    new Command('dismiss').description('nothing is to come of it: it stays listed as dismissed, and is kept'),
  )
    .argument('<ID>', 'the id of a place, or its end (at least 6 characters)')
    .requiredOption('--by <NAME>', 'who says so: kept with it')
    .requiredOption('--why <TEXT>', 'why: kept with it')
    .addHelpText('after', dismissHelp)
    .action(async (said: string, options: DismissOptions) => {
      checkWords(options)
      await withWritableJournal(options, terminal, async (database, now) => {
        const row = await one(database.committed, said)
        const done = await dismiss(database, row, options, now.at)
        if (!done)
          throw new Failed(exit.refused, [problem('cli.quarantine.over', 'ID', said, { state: row.state })])
        if (options.json === true) terminal.write(jsonLine({ id: row.id, state: 'dismissed' }))
        else
          terminal.write(
            `${printable(`${row.name}  ${row.position}`)}: dismissed; saraban quarantine list --state dismissed\n`,
          )
      })
    })
}

const dismissHelp = `
A place that was dismissed can still be shown, and retried by its ID. The gateway may run meanwhile.

Exit code: 0 dismissed, 1 nothing of that id waits, 2 wrong usage or no journal.

Examples:
  $ saraban quarantine dismiss 7f3a91c2 --by somchai --why 'a test file of the contractor, no letter'
`

/** False when it does not wait any more. */
function dismiss(
  database: Database,
  row: QuarantineRow,
  { by, why }: DismissOptions,
  at: Instant,
): Promise<boolean> {
  const words = { by: by.trim(), why: why.trim() }
  return database
    .write((transaction) => dismissQuarantined(transaction, row, words, at))
    .catch((error: unknown) => {
      if (error instanceof JournalUnavailable)
        throw new Failed(exit.refused, [problem('cli.journal.busy', '--data')])
      throw error
    })
}

/** The one place that a person means. Throws Failed when it is none, or several. */
async function one(reader: Reader, said: string): Promise<QuarantineRow> {
  const [row, another, ...more] = await findQuarantined(reader, said)
  if (row === undefined) throw new Failed(exit.refused, [problem('cli.quarantine.unknown', 'ID', said)])
  if (another === undefined) return row
  const ids = [row, another, ...more].map(({ id }) => id).join(', ')
  throw new Failed(exit.refused, [problem('cli.quarantine.ambiguous', 'ID', said, { ids })])
}

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

function readAge(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,4})([mhd])$/.exec(text) ?? []
  const length = units[unit]
  if (length === undefined) throw new InvalidArgumentError('A time such as 90m, 12h or 3d.')
  return Number(count) * length
}

const states: readonly QuarantineState[] = ['waiting', 'taken', 'replaced', 'dismissed']

function readState(text: string): QuarantineState {
  const state = states.find((each) => each === text)
  if (state === undefined) throw new InvalidArgumentError(`One of ${states.join(', ')}.`)
  return state
}
