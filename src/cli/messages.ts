// `saraban messages`: the letters in a gateway's journal, and the whole story of one, read beside a running gateway.
import { Command } from 'commander'
import { letterTable } from '../gateway/delivery/states.ts'
import type { Reader } from '../gateway/journal/database.ts'
import { listPresent } from '../gateway/journal/present.ts'
import { listQuarantine } from '../gateway/journal/quarantine.ts'
import {
  countHidden,
  type LetterFilter,
  listLetters,
  listQuarantined,
  type Story,
} from '../gateway/journal/story.ts'
import { troubleLine } from '../gateway/trouble.ts'
import { normalizeNumber } from '../letter/numbers.ts'
import { officeId } from '../letter/offices.ts'
import { type Problem, printable, problem, within } from '../problem/problem.ts'
import { bytesJson, bytesPage, type Piece, piecesOf, savePieces } from './bytes.ts'
import { correctCommand } from './correct.ts'
import { findCommand } from './find.ts'
import { type Place, storiesOf, withJournal, withPlace } from './journal.ts'
import { mostRows, readLimit } from './limit.ts'
import { asleep, letterJson, listPage } from './listing.ts'
import { quarantinedJson, quarantinedLines } from './quarantined.ts'
import { retryCommand } from './retry.ts'
import type { Now } from './standing.ts'
import { storyJson, storyPage } from './story.ts'
import { exit, Failed, jsonLine, type Terminal } from './terminal.ts'
import { waitingJson, waitingLine } from './waiting.ts'
import { listedOf, tellWithheld } from './withheld.ts'

interface ListOptions extends Place {
  readonly from?: string
  readonly to?: string
  readonly office?: string
  readonly state?: string
  readonly open?: boolean
  readonly stuck?: boolean
  readonly late?: boolean
  readonly limit: number
  readonly secret?: boolean
  readonly quarantine?: boolean
  readonly waiting?: boolean
}

/** `saraban messages list`, `saraban messages find`, `show ID`, `retry ID` and `correct ID`. */
export function messagesCommand(terminal: Terminal): Command {
  return new Command('messages')
    .description('letters in the journal of a gateway')
    .addCommand(listCommand(terminal))
    .addCommand(findCommand(terminal))
    .addCommand(showCommand(terminal))
    .addCommand(retryCommand(terminal))
    .addCommand(correctCommand(terminal))
}

function listCommand(terminal: Terminal): Command {
  return withPlace(new Command('list').description('list letters, newest first, or what waits in quarantine'))
    .option('--from <OFFICE>', 'only of this sender')
    .option('--to <OFFICE>', 'only letters to this office')
    .option(
      '--office <OFFICE>',
      'only what is on its way to this office: letters to it, and notices about its own; with --stuck, what is stuck of that, refused or given up too',
    )
    .option('--state <STATE>', `only in this state: ${Object.keys(letterTable).join(', ')}`)
    .option('--open', 'only letters of which something is open: the letter itself, or a notice about it')
    .option(
      '--stuck',
      'only letters of which something is open for 10 minutes, after a failure, or refused or given up',
    )
    .option('--late', 'only letters of which something is open that was expected to be through by now')
    .option('--limit <COUNT>', 'at most so many, 1 to 1000', readLimit, 100)
    .option('--secret', 'secret letters too: they have a register of their own')
    .option('--quarantine', 'what could not be translated, with every reason')
    .option('--waiting', 'what waits for a file that it names')
    .addHelpText('after', listHelp)
    .action(async (options: ListOptions) => {
      await withJournal(options, terminal, async (reader, now) => {
        if (options.quarantine === true) await tellQuarantine(reader, options, terminal)
        else if (options.waiting === true) await listWaiting(reader, options, terminal, now)
        else await list(reader, options, terminal, now)
      })
    })
}

const listHelp = `
Examples:
  $ saraban messages list --data var
  $ saraban messages list --stuck
  $ saraban messages list --stuck --office 50
  $ saraban messages list --late --office 50
  $ saraban messages list --from 50 --state delivered --json
  $ saraban messages list --quarantine
  $ saraban messages list --waiting
`

async function list(reader: Reader, options: ListOptions, terminal: Terminal, now: Now): Promise<void> {
  checkFilter(options)
  const filter: LetterFilter = {
    // One more than is shown tells that there are more.
    limit: options.limit + 1,
    secret: options.secret === true,
    ...(options.from !== undefined && { sender: options.from }),
    ...(options.to !== undefined && { recipient: options.to }),
    ...(options.office !== undefined && { heading: options.office }),
    ...(options.state !== undefined && { state: options.state }),
    ...(options.open === true && { open: true }),
    ...(options.stuck === true && { stuckAt: now.at }),
    ...(options.late === true && { lateAt: now.at }),
  }
  const found = await listLetters(reader, filter)
  const letters = found.slice(0, options.limit)
  if (options.stuck === true) await tellTroubles(reader, options, terminal)
  if (options.json === true) terminal.write(jsonLine(letters.map((letter) => letterJson(letter, now))))
  else terminal.write(listPage(letters, now))
  tellCut(found.length > options.limit, options, 'letters', terminal)
  // A list of what is wrong that leaves something out must not look like good news.
  const { office, open, stuck, late, state } = options
  if ((office ?? open ?? stuck ?? late ?? state) === undefined) return
  const hidden = await countHidden(reader, filter)
  if (hidden > 0) terminal.complain(`${hidden} more that are secret: --secret shows them too\n`)
}

/** Values that no letter can have would find nothing, and look like good news. Throws Failed with every one of them. */
function checkFilter(options: ListOptions): void {
  const problems: Problem[] = []
  for (const [name, office] of Object.entries({
    '--from': options.from,
    '--to': options.to,
    '--office': options.office,
  })) {
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

/** Places that cannot be read: what would come from there is in no list. */
async function tellTroubles(reader: Reader, { json }: ListOptions, terminal: Terminal): Promise<void> {
  const lines = (await listPresent(reader, 'trouble')).map((row) => `${troubleLine(row)}\n`).join('')
  // Beside JSON, which is the letters.
  if (json === true) terminal.complain(lines)
  else terminal.write(lines)
}

async function tellQuarantine(reader: Reader, options: ListOptions, terminal: Terminal): Promise<void> {
  const found = await listQuarantined(reader, options.limit + 1)
  const waiting = await listedOf(reader, found.slice(0, options.limit), options.secret === true)
  tellCut(found.length > options.limit, options, 'places', terminal)
  tellWithheld(waiting, terminal)
  if (options.json === true) {
    terminal.write(jsonLine(waiting.map(quarantinedJson)))
    return
  }
  if (waiting.length === 0) terminal.write('nothing is in quarantine\n')
  for (const one of waiting) terminal.write(quarantinedLines(one))
}

async function listWaiting(
  reader: Reader,
  options: ListOptions,
  terminal: Terminal,
  now: Now,
): Promise<void> {
  const { limit } = options
  const all = await listPresent(reader, 'waiting')
  const waiting = all.slice(0, limit)
  if (all.length > limit) {
    const more = limit < mostRows ? `: --limit shows more, up to ${mostRows}` : ''
    terminal.complain(`only the oldest ${limit} are shown, of ${all.length}${more}\n`)
  }
  if (options.json === true) {
    terminal.write(jsonLine(waiting.map(waitingJson)))
    return
  }
  if (waiting.length === 0) terminal.write('nothing waits for a file\n')
  for (const one of waiting) terminal.write(waitingLine(one))
  if (!now.running) terminal.write(asleep)
}

interface ShowOptions extends Place {
  readonly secret?: boolean
  readonly bytes?: boolean
  readonly save?: string
}

function showCommand(terminal: Terminal): Command {
  return withPlace(new Command('show').description('tell a letter’s whole story, in order'))
    .argument('<ID>', 'a message id, the end of one (at least 6 characters), or a letter number')
    .option('--secret', 'secret letters too: they have a register of their own')
    .option('--bytes', 'and the exact bytes that came and went, of the letter and of its notices')
    .option('--save <DIR>', 'write them into files of a folder, whole')
    .addHelpText('after', showHelp)
    .action(async (said: string, options: ShowOptions) => {
      await withJournal(options, terminal, async (reader, now, attachments) => {
        const stories = await storiesOf(reader, said, options.secret === true)
        if (stories.length === 0) {
          await tellElsewhere(reader, said, options.secret === true, terminal)
          throw new Failed(exit.refused, [problem('cli.message.unknown', 'ID', said)])
        }
        const wanted = options.bytes === true || options.save !== undefined
        const shown: { story: Story; pieces: readonly Piece[] }[] = []
        for (const story of stories) {
          const { pieces, withheld } = wanted
            ? await piecesOf({ reader, attachments }, story, options.secret === true)
            : { pieces: [], withheld: [] }
          for (const each of withheld)
            terminal.complain(`not shown, for it holds a secret letter too (--secret): ${printable(each)}\n`)
          shown.push({ story, pieces })
        }
        if (options.save !== undefined) {
          for (const { pieces } of shown) await savePieces(pieces, options.save, terminal)
          return
        }
        const bytes = options.bytes === true
        if (options.json === true) {
          const told = shown.map(async ({ story, pieces }) => ({
            ...storyJson(story, now),
            ...(bytes && { bytes: await bytesJson(pieces) }),
          }))
          terminal.write(jsonLine(await Promise.all(told)))
          return
        }
        const pages = shown.map(async ({ story, pieces }) => {
          const page = storyPage(story, now)
          return bytes ? `${page}\n${await bytesPage(pieces)}` : page
        })
        terminal.write((await Promise.all(pages)).join('\n'))
      })
    })
}

/** A letter that is not in the journal may be in quarantine, or wait for a file: there the search goes on. */
async function tellElsewhere(
  reader: Reader,
  said: string,
  secret: boolean,
  terminal: Terminal,
): Promise<void> {
  const number = normalizeNumber(said)
  const quarantined = number === undefined ? [] : await listQuarantine(reader, 5, { number })
  if (quarantined.length > 0) {
    terminal.complain(`a letter of this number is in quarantine (saraban quarantine list):\n`)
    const listed = await listedOf(reader, quarantined, secret)
    for (const one of listed) terminal.complain(quarantinedLines(one))
    tellWithheld(listed, terminal)
  }
  const { length } = await listPresent(reader, 'waiting')
  if (length > 0)
    terminal.complain(
      `${length} of what systems handed over waits for files: saraban messages list --waiting\n`,
    )
}

const showHelp = `
Exit code: 0 told, 1 the journal knows no such letter, 2 wrong usage or no journal.

Examples:
  $ saraban messages show 7f3a91c2 --data var
  $ saraban messages show 'มท 0210.3/ว3898' --json
  $ saraban messages show 7f3a91c2 --bytes
  $ saraban messages show 7f3a91c2 --save /tmp/7f3a91c2
`
