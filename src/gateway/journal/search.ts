// Searching letters, page by page. A page begins at a key and not at a count, so that the last page costs what the first
// does and rows that are added meanwhile move nothing. Each look walks one index, or a few side by side, in the order of the
// answer, over a bounded number of rows: what else is asked for is compared in memory. So a page may be short, or empty,
// although there are more: `next` says so.
import type { OfficeId } from '../../letter/offices.ts'
import type { Instant } from '../../letter/time.ts'
import type { LetterState } from '../delivery/states.ts'
import type { Reader, Statement } from './database.ts'
import type { LetterRow } from './letters.ts'
import {
  isBefore,
  type Key,
  keyOf,
  lookSql,
  type Order,
  type Place,
  placeOfWord,
  type WordRow,
  wordLook,
} from './search-sql.ts'
import { countWord } from './words.ts'

/** Whose letters are looked at: of these offices, sent or received; and whether secret ones are. */
export interface Scope {
  readonly offices: 'all' | readonly OfficeId[]
  readonly secret: boolean
}

export interface LetterSearch {
  readonly message?: string
  /** Normalised forms of one number: each of them is meant. */
  readonly numbers?: readonly string[]
  readonly sender?: OfficeId
  readonly recipient?: OfficeId
  /** Sender or recipient. */
  readonly office?: OfficeId
  /** Dates as printed on letters, `yyyy-MM-dd`, both included. The newest date comes first then. */
  readonly dateFrom?: string
  readonly dateTo?: string
  /** When they were taken: from, included, and until, not included. */
  readonly takenFrom?: Instant
  readonly takenTo?: Instant
  readonly state?: LetterState
  /** Words of the subject, folded: all of them. Finds ordinary letters only. */
  readonly words?: readonly string[]
}

export interface Page {
  readonly letters: readonly LetterRow[]
  /** Where the next page begins; absent: there are no more. */
  readonly next?: Key
}

/** Rows that one walk along an index reads at most; and walks for one page. The first reads what a page without misses needs. */
const mostRows = 1_000
const mostWalks = 6
/** Of more offices than these not each is walked alone: all letters are, and theirs picked out. */
const mostSideBySide = 4

/** Letters, newest first: by date where dates are asked for alone, else by when they were taken. `limit`: 1 to 200. */
export async function searchLetters(
  reader: Reader,
  search: LetterSearch,
  scope: Scope,
  limit: number,
  from?: Key,
): Promise<Page> {
  const order = orderOf(search)
  const looks = await looksFor(reader, search, scope, order)
  const letters: LetterRow[] = []
  let key = from ?? firstKey(search, order)
  for (let walk = 0; walk < mostWalks; walk += 1) {
    const { places, complete } = await walkOn(looks, key, walk === 0 ? limit + 2 : mostRows)
    for (const { row, key: at } of places) {
      if (row !== undefined && isMeant(row, search) && isInScope(row, scope)) {
        if (letters.length === limit) return { letters, next: key }
        letters.push(row)
      }
      key = at
    }
    if (complete) return { letters }
  }
  return { letters, next: key }
}

/** Of few letters the order does not matter to any index: those of a number, of a message, of a word. */
export const orderOf = ({ dateFrom, dateTo, words, numbers, message }: LetterSearch): Order =>
  (dateFrom ?? dateTo) !== undefined && (words ?? numbers ?? message) === undefined ? 'date' : 'taken'

/** Gives the places that come after a key, in order: so many of them, or all. */
type Look = (key: Key, rows: number) => Promise<readonly Place[]>

async function looksFor(
  reader: Reader,
  search: LetterSearch,
  scope: Scope,
  order: Order,
): Promise<readonly Look[]> {
  if (search.words !== undefined) return wordLooks(reader, search)
  const lowest = order === 'date' ? (search.dateFrom ?? '') : (search.takenFrom ?? 0)
  const look = (sql: Statement, ...values: readonly string[]): Look => {
    return async (key, most) => {
      const known = sql.includes('recipient = ?') ? key.slice(0, 2) : key
      const rows = await reader.all<LetterRow>(sql, ...values, ...known, lowest, most)
      return rows.map((row) => ({ row, key: keyOf(row, order) }))
    }
  }
  const { taken } = lookSql
  if (search.message !== undefined) return [look(taken.message, search.message)]
  if (search.numbers !== undefined) return search.numbers.map((number) => look(taken.number, number))
  const by = lookSql[order]
  if (search.sender !== undefined) return [look(by.sender, search.sender)]
  if (search.recipient !== undefined) return [look(by.recipient, search.recipient)]
  if (search.state !== undefined && !usual.has(search.state) && order === 'taken')
    return [look(taken.state, search.state)]
  const offices = search.office === undefined ? scope.offices : [search.office]
  return offices !== 'all' && offices.length <= mostSideBySide
    ? offices.flatMap((office) => [look(by.sender, office), look(by.recipient, office)])
    : [look(by.all)]
}

/** Where almost all letters are: walking along these is walking along all. */
const usual = new Set<LetterState>(['registered', 'delivered'])

/** By the rarest of the words; the others are looked up for each letter that has it. */
async function wordLooks(
  reader: Reader,
  { words = [], takenFrom = 0 }: LetterSearch,
): Promise<readonly Look[]> {
  const counted = await Promise.all(
    words.map(async (word) => ({ word, count: await countWord(reader, word, mostRows) })),
  )
  const [rarest, ...others] = counted.sort((one, other) => one.count - other.count)
  if (rarest === undefined || rarest.count === 0) return []
  const sql = wordLook(others.length)
  return [
    async (key, most) => {
      const inner = [rarest.word, key[0], key[1], takenFrom, most]
      const rows = await reader.all<WordRow>(sql, ...inner, ...others.map(({ word }) => word), ...key, most)
      return rows.map(placeOfWord)
    },
  ]
}

/** The next places of all looks as one, in their order; `complete`: there are none behind them. */
async function walkOn(
  looks: readonly Look[],
  key: Key,
  most: number,
): Promise<{ readonly places: readonly Place[]; readonly complete: boolean }> {
  const found = await Promise.all(looks.map((look) => look(key, most)))
  const complete = found.every((places) => places.length < most)
  const distinct = new Map(found.flat().map((place) => [place.key.join(' '), place]))
  const places = [...distinct.values()]
    .filter((place) => isBefore(place.key, key))
    .sort((one, other) => (isBefore(one.key, other.key) ? 1 : -1))
  // Behind the end of a look that was cut off its rows are missing between those of the others.
  return { places: complete ? places : places.slice(0, most - 1), complete }
}

/** What comes before all that is asked for. */
function firstKey({ dateTo = '9999-12-31', takenTo }: LetterSearch, order: Order): Key {
  // A text sorts after each of its beginnings, on either engine.
  if (order === 'date') return [`${dateTo}T`, '', '']
  return [takenTo ?? Number.MAX_SAFE_INTEGER, '', '']
}

function isMeant(row: LetterRow, search: LetterSearch): boolean {
  const { message, numbers, sender, recipient, office, dateFrom, dateTo, takenFrom, takenTo, state } = search
  return (
    (message === undefined || row.messageId === message) &&
    (numbers === undefined || numbers.includes(row.number)) &&
    (sender === undefined || row.sender === sender) &&
    (recipient === undefined || row.recipient === recipient) &&
    (office === undefined || row.sender === office || row.recipient === office) &&
    (dateFrom === undefined || row.date >= dateFrom) &&
    (dateTo === undefined || row.date <= dateTo) &&
    (takenFrom === undefined || row.committedAt >= takenFrom) &&
    (takenTo === undefined || row.committedAt < takenTo) &&
    (state === undefined || row.state === state)
  )
}

const isInScope = (row: LetterRow, { offices, secret }: Scope): boolean =>
  (secret || row.secrecy === 'ordinary') &&
  (offices === 'all' || offices.some((office) => office === row.sender || office === row.recipient))
