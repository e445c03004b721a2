// `saraban messages`: the letters in a gateway's journal, and the whole story of one. Reads only, beside a running gateway.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import type { Reader } from '../gateway/journal/database.ts'
import { readSqlite } from '../gateway/journal/sqlite.ts'
import {
  findLetters,
  type ListedLetter,
  listLetters,
  listQuarantined,
  storyOf,
} from '../gateway/journal/story.ts'
import { readSettings } from '../gateway/settings.ts'
import { normalizeNumber } from '../letter/numbers.ts'
import { printInstant } from '../letter/time.ts'
import { describe, printable, problem } from '../problem/problem.ts'
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
    .option('--state <STATE>', 'only in this state: sealed, delivered, registered, …')
    .option('--limit <COUNT>', 'at most so many, 1 to 1000', readLimit, 100)
    .option('--secret', 'secret letters too: they have a register of their own')
    .option('--quarantine', 'what could not be translated, with every reason')
    .addHelpText('after', listHelp)
    .action(async (options: ListOptions) => {
      await withJournal(options, terminal, async (reader) => {
        if (options.quarantine === true) await listQuarantine(reader, options, terminal)
        else await list(reader, options, terminal)
      })
    })
}

const listHelp = `
Examples:
  $ saraban messages list --data var
  $ saraban messages list --from 50 --state delivered --json
  $ saraban messages list --quarantine
`

async function list(reader: Reader, options: ListOptions, terminal: Terminal): Promise<void> {
  const letters = await listLetters(reader, {
    limit: options.limit,
    secret: options.secret === true,
    ...(options.from !== undefined && { sender: options.from }),
    ...(options.to !== undefined && { recipient: options.to }),
    ...(options.state !== undefined && { state: options.state }),
  })
  if (options.json === true) terminal.write(jsonLine(letters.map(rowJson)))
  else for (const letter of letters) terminal.write(row(letter))
}

const row = (letter: ListedLetter): string =>
  [
    printInstant(letter.committedAt).slice(0, 19),
    `${letter.sender}→${letter.recipient}`.padEnd(7),
    letter.state.padEnd(11),
    (letter.receiveNumber ?? '-').padEnd(10),
    letter.messageId.slice('urn:uuid:'.length),
    letter.number,
    ...(letter.nextAttempt === null
      ? []
      : [`next attempt ${printInstant(letter.nextAttempt).slice(11, 19)}`]),
  ]
    .map((cell) => printable(cell))
    .join('  ')
    .concat('\n')

const rowJson = (letter: ListedLetter): Readonly<Record<string, unknown>> => ({
  ...letter,
  committedAt: printInstant(letter.committedAt),
  changedAt: printInstant(letter.changedAt),
  nextAttempt: letter.nextAttempt === null ? null : printInstant(letter.nextAttempt),
})

async function listQuarantine(reader: Reader, options: ListOptions, terminal: Terminal): Promise<void> {
  const waiting = await listQuarantined(reader, options.limit)
  if (options.json === true) {
    terminal.write(jsonLine(waiting.map((one) => ({ ...one, at: printInstant(one.at) }))))
    return
  }
  for (const one of waiting) {
    terminal.write(
      `${printInstant(one.at).slice(0, 19)}  ${one.system}  ${printable(one.name)}  ${one.position}\n`,
    )
    for (const found of one.problems) terminal.write(`  ${describe(found)}\n`)
  }
}

function showCommand(terminal: Terminal): Command {
  return withPlace(new Command('show').description('tell a letter’s whole story, in order'))
    .argument('<ID>', 'a message id, the end of one (at least 6 characters), or a letter number')
    .option('--secret', 'secret letters too: they have a register of their own')
    .addHelpText('after', showHelp)
    .action(async (said: string, options: Place & { secret?: boolean }) => {
      await withJournal(options, terminal, async (reader) => {
        const found = await findLetters(reader, said, normalizeNumber(said))
        const stories = []
        for (const messageId of found) {
          const story = await storyOf(reader, messageId)
          if (story === undefined) continue
          if (options.secret === true || story.letter.secrecy === 'ordinary') stories.push(story)
        }
        if (stories.length === 0) throw new Failed(exit.refused, [problem('cli.message.unknown', 'ID', said)])
        if (options.json === true) terminal.write(jsonLine(stories.map(storyJson)))
        else terminal.write(stories.map(storyPage).join('\n'))
      })
    })
}

const showHelp = `
Exit code: 0 told, 1 the journal knows no such letter, 2 wrong usage or no journal.

Examples:
  $ saraban messages show 7f3a91c2 --data var
  $ saraban messages show 'มท 0210.3/ว3898' --json
`

function readLimit(text: string): number {
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1 || limit > 1_000)
    throw new InvalidArgumentError('A number from 1 to 1000.')
  return limit
}

/** The journal that the options name, open for reading while `act` runs. */
async function withJournal(
  options: Place,
  terminal: Terminal,
  act: (reader: Reader) => Promise<void>,
): Promise<void> {
  const folder = options.data === undefined ? dataOf(options, terminal) : resolve(options.data)
  const file = join(folder, 'journal.sqlite')
  if (!existsSync(file)) throw new Failed(exit.usage, [problem('cli.journal.missing', '--data', folder)])
  const journal = readSqlite(file)
  try {
    await act(journal.committed)
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
