// `saraban messages find`: letters by number, words, dates and offices, page by page, as the API finds them.
import { Command } from 'commander'
import { letterTable } from '../gateway/delivery/states.ts'
import { type Asked, readSearch } from '../gateway/journal/asked.ts'
import { subjectOf } from '../gateway/journal/content.ts'
import type { Reader } from '../gateway/journal/database.ts'
import type { LetterRow } from '../gateway/journal/letters.ts'
import { type LetterSearch, orderOf, type Scope, searchLetters } from '../gateway/journal/search.ts'
import type { Key } from '../gateway/journal/search-sql.ts'
import { listedOf } from '../gateway/journal/story.ts'
import { areWordsFilled } from '../gateway/journal/words.ts'
import { type Problem, printable, problem } from '../problem/problem.ts'
import { type Place, withJournal, withPlace } from './journal.ts'
import { readLimit } from './limit.ts'
import { letterJson, listPage } from './listing.ts'
import type { Now } from './standing.ts'
import { exit, Failed, jsonLine, type Terminal } from './terminal.ts'

interface Options extends Place {
  readonly number?: string
  readonly subject?: string
  readonly office?: string
  readonly from?: string
  readonly to?: string
  readonly state?: string
  readonly dated?: string
  readonly datedUntil?: string
  readonly taken?: string
  readonly takenBefore?: string
  readonly cursor?: string
  readonly limit: number
  readonly secret?: boolean
}

/** `saraban messages find`. */
export function findCommand(terminal: Terminal): Command {
  return withPlace(
    new Command('find').description('find letters by number, words of the subject, dates and offices'),
  )
    .option('--number <NUMBER>', 'in any written form: Thai digits, without its letters')
    .option('--subject <WORDS>', 'words of the subject, in any order; of ordinary letters only')
    .option('--office <OFFICE>', 'sent by it or to it')
    .option('--from <OFFICE>', 'only of this sender')
    .option('--to <OFFICE>', 'only to this office')
    .option('--state <STATE>', `only in this state: ${Object.keys(letterTable).join(', ')}`)
    .option('--dated <DATE>', 'dated on this day or later, of either era; the newest date comes first')
    .option('--dated-until <DATE>', 'dated on this day or earlier')
    .option('--taken <TIME>', 'taken at this time or later')
    .option('--taken-before <TIME>', 'taken before this time')
    .option('--limit <COUNT>', 'at most so many, 1 to 1000', readLimit, 100)
    .option('--cursor <CURSOR>', 'go on where a search with the same options ended')
    .option('--secret', 'secret letters too: they have a register of their own')
    .addHelpText('after', help)
    .action(async (options: Options) => {
      const search = readSearch(askedOf(options), terminal.clock.now())
      const from =
        options.cursor === undefined || !search.ok ? undefined : readCursor(options.cursor, search.value)
      if (!search.ok) throw new Failed(exit.usage, search.problems.map(asOption))
      await withJournal(options, terminal, (reader, now) =>
        tell(reader, search.value, from, options, terminal, now),
      )
    })
}

const names: Readonly<Record<keyof Asked, keyof Options>> = {
  message: 'number',
  number: 'number',
  subject: 'subject',
  office: 'office',
  sender: 'from',
  recipient: 'to',
  state: 'state',
  dateFrom: 'dated',
  dateTo: 'datedUntil',
  takenFrom: 'taken',
  takenTo: 'takenBefore',
}

function askedOf(options: Options): Asked {
  const { number, subject, office, from, to, state, dated, datedUntil, taken, takenBefore } = options
  return {
    ...{ number, subject, office, sender: from, recipient: to, state },
    ...{ dateFrom: dated, dateTo: datedUntil, takenFrom: taken, takenTo: takenBefore },
  }
}

/** The fault of what was asked, under the option's name. */
function asOption(found: Problem): Problem {
  const [name = '', ...rest] = found.path.split('.')
  const option = Object.entries(names).find(([asked]) => asked === name)?.[1] ?? name
  const words = option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  return { ...found, path: [`--${words}`, ...rest].join('.') }
}

async function tell(
  reader: Reader,
  search: LetterSearch,
  from: Key | undefined,
  { limit, secret, json }: Options,
  terminal: Terminal,
  now: Now,
): Promise<void> {
  const scope: Scope = { offices: 'all', secret: secret === true }
  const rows: LetterRow[] = []
  let next: Key | undefined = from
  do {
    const page = await searchLetters(reader, search, scope, limit - rows.length, next)
    rows.push(...page.letters)
    next = page.next
  } while (next !== undefined && rows.length < limit)
  const letters = await listedOf(reader, rows)
  const subjects = new Map<string, string | undefined>()
  for (const { messageId } of rows)
    if (!subjects.has(messageId)) subjects.set(messageId, await subjectOf(reader, messageId))
  if (json === true) {
    const items = letters.map((letter) => {
      return { ...letterJson(letter, now), subject: subjects.get(letter.messageId) ?? null }
    })
    terminal.write(jsonLine({ items, ...(next && { next: writeCursor(next) }) }))
  } else {
    terminal.write(listPage(letters, now, ({ messageId }) => subjectLine(subjects.get(messageId))))
    if (next !== undefined) terminal.complain(`there may be more: --cursor ${writeCursor(next)}\n`)
  }
  if (search.words !== undefined && !(await areWordsFilled(reader)))
    terminal.complain(
      'words of letters from before an update are still being collected: some may be missing\n',
    )
}

const subjectLine = (subject: string | undefined): string =>
  subject === undefined ? '' : `    ${printable(subject, 200)}\n`

/** Whoever reads the journal here may see every letter: the place is not hidden from him. */
const writeCursor = (key: Key): string => Buffer.from(JSON.stringify(key)).toString('base64url')

/** Throws Failed when it is none, or of a search in the other order. */
function readCursor(said: string, search: LetterSearch): Key {
  try {
    const key: unknown = JSON.parse(Buffer.from(said.slice(0, 300), 'base64url').toString('utf8'))
    const kind = orderOf(search) === 'date' ? 'string' : 'number'
    if (Array.isArray(key) && key.length === 3) {
      const [at, message, recipient] = key as unknown[]
      if ((typeof at === 'number' || typeof at === 'string') && typeof at === kind)
        return [at, String(message), String(recipient)]
    }
  } catch {
    // What is no JSON is no cursor either.
  }
  const expected = 'what a search with the same options printed'
  throw new Failed(exit.usage, [problem('cli.option.wrong', '--cursor', said, { expected })])
}

const help = `
Exit code: 0 told, 2 wrong usage or no journal.

Examples:
  $ saraban messages find --number '๐๐๑๗.๑/๔๙๒' --from 50
  $ saraban messages find --subject 'ประชุม คณะกรรมการ' --dated '1 พ.ย. 2569'
  $ saraban messages find --office 50 --taken 2026-11-01 --taken-before 2026-12-01 --json
`
