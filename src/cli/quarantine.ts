// `saraban quarantine`: what could not be taken, and what becomes of it.
import { Command, InvalidArgumentError } from 'commander'
import { type Database, JournalUnavailable } from '../gateway/journal/database.ts'
import {
  countCauses,
  dismissQuarantined,
  type QuarantineRow,
  type QuarantineState,
} from '../gateway/journal/quarantine.ts'
import { filesOfSource, isSecretSource, type SourceRow, sourceById } from '../gateway/journal/sources.ts'
import { listQuarantined } from '../gateway/journal/story.ts'
import type { Instant } from '../letter/time.ts'
import { printable, problem } from '../problem/problem.ts'
import { checkWords } from './by-why.ts'
import { type Kept, type Piece, savePieces, sourcePiece } from './bytes.ts'
import { type Place, withJournal, withPlace, withWritableJournal } from './journal.ts'
import { readLimit } from './limit.ts'
import { type Choice, filterOf, onePlace, withChoice } from './quarantine-chosen.ts'
import { retryCommand } from './quarantine-retry.ts'
import { listPage, placeJson, placePage, quarantinedJson } from './quarantined.ts'
import { exit, Failed, jsonLine, type Terminal } from './terminal.ts'
import { listedOf, tellWithheld } from './withheld.ts'

/** `saraban quarantine list`, `show`, `retry` and `dismiss`. */
export function quarantineCommand(terminal: Terminal): Command {
  return new Command('quarantine')
    .description('what systems handed over and could not be taken')
    .addCommand(listCommand(terminal))
    .addCommand(showCommand(terminal))
    .addCommand(retryCommand(terminal))
    .addCommand(dismissCommand(terminal))
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
        const row = await onePlace(reader, said)
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
        const row = await onePlace(database.committed, said)
        const done = await dismiss(database, row, options, now.at)
        if (!done) {
          const { state } = await onePlace(database.committed, row.id)
          throw new Failed(exit.refused, [problem('cli.quarantine.over', 'ID', said, { state })])
        }
        if (options.json === true) terminal.write(jsonLine({ id: row.id, state: 'dismissed' }))
        else {
          const isSecret = await isSecretSource(database.committed, row.sourceId)
          const what = isSecret ? row.position : `${row.name}  ${row.position}`
          terminal.write(`${printable(what)}: dismissed; saraban quarantine list --state dismissed\n`)
        }
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

const states: readonly QuarantineState[] = ['waiting', 'taken', 'replaced', 'dismissed']

function readState(text: string): QuarantineState {
  const state = states.find((each) => each === text)
  if (state === undefined) throw new InvalidArgumentError(`One of ${states.join(', ')}.`)
  return state
}
