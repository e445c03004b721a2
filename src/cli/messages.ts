// `saraban messages`: the letters in a gateway's journal, and the whole story of one. Reads only, beside a running gateway.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { letterTable } from '../gateway/delivery/states.ts'
import type { Reader } from '../gateway/journal/database.ts'
import { readSqlite } from '../gateway/journal/sqlite.ts'
import { findLetters, listLetters, listQuarantined, storyOf } from '../gateway/journal/story.ts'
import { readSettings } from '../gateway/settings.ts'
import { normalizeNumber } from '../letter/numbers.ts'
import { officeId } from '../letter/offices.ts'
import { printInstant } from '../letter/time.ts'
import { describe, type Problem, printable, problem, within } from '../problem/problem.ts'
import { letterJson, listPage } from './listing.ts'
import { isRunning } from './running.ts'
import { moment, type Now } from './standing.ts'
import { storyJson, storyPage } from './story.ts'
import { exit, Failed, jsonLine, type Terminal } from './terminal.ts'

interface Place {
  readonly data?: string
  readonly settings?: string
  readonly json?: boolean
}

interface ListOptions extends Place {
  readonly from?: string
  readonly to?: string
  readonly state?: string
  readonly open?: boolean
  readonly stuck?: boolean
  readonly limit: number
  readonly secret?: boolean
  readonly quarantine?: boolean
}

/** `saraban messages list` and `saraban messages show ID`. */
export function messagesCommand(terminal: Terminal): Command {
  return new Command('messages')
    .description('letters in the journal of a gateway')
    .addCommand(listCommand(terminal))
    .addCommand(showCommand(terminal))
}

const withPlace = (command: Command): Command =>
  command
    .option('--data <DIR>', 'the gateway’s data folder')
    .option('--settings <FILE>', 'or its settings; default: SARABAN_SETTINGS, else saraban.yaml')
    .option('--json', 'print JSON')

function listCommand(terminal: Terminal): Command {
  return withPlace(new Command('list').description('list letters, newest first, or what waits in quarantine'))
    .option('--from <OFFICE>', 'only of this sender')
    .option('--to <OFFICE>', 'only to this office')
    .option('--state <STATE>', `only in this state: ${Object.keys(letterTable).join(', ')}`)
    .option('--open', 'only letters of which something is open: the letter itself, or a notice about it')
    .option('--stuck', 'only letters of which something is open for 10 minutes, or after a failed attempt')
    .option('--limit <COUNT>', 'at most so many, 1 to 1000', readLimit, 100)
    .option('--secret', 'secret letters too: they have a register of their own')
    .option('--quarantine', 'what could not be translated, with every reason')
    .addHelpText('after', listHelp)
    .action(async (options: ListOptions) => {
      await withJournal(options, terminal, async (reader, now) => {
        if (options.quarantine === true) await listQuarantine(reader, options, terminal)
        else await list(reader, options, terminal, now)
      })
    })
}

const listHelp = `
Examples:
  $ saraban messages list --data var
  $ saraban messages list --stuck
  $ saraban messages list --from 50 --state delivered --json
  $ saraban messages list --quarantine
`

async function list(reader: Reader, options: ListOptions, terminal: Terminal, now: Now): Promise<void> {
  checkFilter(options)
  const found = await listLetters(reader, {
    // One more than is shown tells that there are more.
    limit: options.limit + 1,
    secret: options.secret === true,
    ...(options.from !== undefined && { sender: options.from }),
    ...(options.to !== undefined && { recipient: options.to }),
    ...(options.state !== undefined && { state: options.state }),
    ...(options.open === true && { open: true }),
    ...(options.stuck === true && { stuckAt: now.at }),
  })
  const letters = found.slice(0, options.limit)
  if (options.json === true) terminal.write(jsonLine(letters.map((letter) => letterJson(letter, now))))
  else terminal.write(listPage(letters, now))
  tellCut(found.length > options.limit, options, 'letters', terminal)
}

/** Values that no letter can have would find nothing, and look like good news. Throws Failed with every one of them. */
function checkFilter(options: ListOptions): void {
  const problems: Problem[] = []
  for (const [name, office] of Object.entries({ '--from': options.from, '--to': options.to })) {
    const read = office === undefined ? undefined : officeId(office)
    if (read?.ok === false) problems.push(...read.problems.map((found) => within(name, found)))
  }
  if (options.state !== undefined && !Object.hasOwn(letterTable, options.state)) {
    const expected = Object.keys(letterTable).join(', ')
    problems.push(problem('cli.state.unknown', '--state', options.state, { expected }))
  }
  if (problems.length > 0) throw new Failed(exit.usage, problems)
}

function tellCut(cut: boolean, { limit }: ListOptions, what: string, terminal: Terminal): void {
  if (!cut) return
  const more =
    limit < mostRows ? `--limit shows more, up to ${mostRows}` : '--from, --to and --state narrow it down'
  terminal.complain(`only the newest ${limit} are shown, and there are more ${what}: ${more}\n`)
}

async function listQuarantine(reader: Reader, options: ListOptions, terminal: Terminal): Promise<void> {
  const found = await listQuarantined(reader, options.limit + 1)
  const waiting = found.slice(0, options.limit)
  tellCut(found.length > options.limit, options, 'places', terminal)
  if (options.json === true) {
    terminal.write(jsonLine(waiting.map((one) => ({ ...one, at: printInstant(one.at) }))))
    return
  }
  for (const one of waiting) {
    terminal.write(`${moment(one.at)}  ${one.system}  ${printable(one.name)}  ${one.position}\n`)
    for (const found of one.problems) terminal.write(`  ${describe(found)}\n`)
  }
}

function showCommand(terminal: Terminal): Command {
  return withPlace(new Command('show').description('tell a letter’s whole story, in order'))
    .argument('<ID>', 'a message id, the end of one (at least 6 characters), or a letter number')
    .option('--secret', 'secret letters too: they have a register of their own')
    .addHelpText('after', showHelp)
    .action(async (said: string, options: Place & { secret?: boolean }) => {
      await withJournal(options, terminal, async (reader, now) => {
        const found = await findLetters(reader, said, normalizeNumber(said))
        const stories = []
        for (const messageId of found) {
          const story = await storyOf(reader, messageId)
          if (story === undefined) continue
          if (options.secret === true || story.letter.secrecy === 'ordinary') stories.push(story)
        }
        if (stories.length === 0) throw new Failed(exit.refused, [problem('cli.message.unknown', 'ID', said)])
        if (options.json === true) terminal.write(jsonLine(stories.map((story) => storyJson(story, now))))
        else terminal.write(stories.map((story) => storyPage(story, now)).join('\n'))
      })
    })
}

const showHelp = `
Exit code: 0 told, 1 the journal knows no such letter, 2 wrong usage or no journal.

Examples:
  $ saraban messages show 7f3a91c2 --data var
  $ saraban messages show 'มท 0210.3/ว3898' --json
`

/** Rows that one call shows at most. */
const mostRows = 1_000

function readLimit(text: string): number {
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1 || limit > mostRows)
    throw new InvalidArgumentError('A number from 1 to 1000.')
  return limit
}

/** The journal that the options name, open for reading while `act` runs. */
async function withJournal(
  options: Place,
  terminal: Terminal,
  act: (reader: Reader, now: Now) => Promise<void>,
): Promise<void> {
  const folder = options.data === undefined ? dataOf(options, terminal) : resolve(options.data)
  const file = join(folder, 'journal.sqlite')
  if (!existsSync(file)) throw new Failed(exit.usage, [problem('cli.journal.missing', '--data', folder)])
  const journal = readSqlite(file)
  try {
    await act(journal.committed, { at: terminal.clock.now(), running: isRunning(folder) })
  } finally {
    journal.close()
  }
}

function dataOf(options: Place, terminal: Terminal): string {
  const settings = readSettings(
    options.settings ?? terminal.environment['SARABAN_SETTINGS'] ?? 'saraban.yaml',
  )
  if (!settings.ok) throw new Failed(exit.usage, settings.problems)
  return settings.value.data
}
