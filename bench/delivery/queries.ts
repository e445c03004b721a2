// What people and the gateway itself ask of a journal, at ten thousand letters and at many more: a page costs the same.
import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Reader } from '../../src/gateway/journal/database.ts'
import { countOpen, dueDeliveries } from '../../src/gateway/journal/deliveries.ts'
import { findEarlier } from '../../src/gateway/journal/earlier.ts'
import { type LetterSearch, type Page, type Scope, searchLetters } from '../../src/gateway/journal/search.ts'
import { readSqlite } from '../../src/gateway/journal/sqlite.ts'
import { listLetters } from '../../src/gateway/journal/story.ts'
import { dateOfInstant } from '../../src/letter/dates.ts'
import { moi } from '../../src/letter/offices.ts'
import { provinceOffice } from '../province.ts'
import type { Row } from '../row.ts'
import { median } from './figures.ts'
import { fillSqlite, lettersOf, numberOf, rareWord } from './filling.ts'
import type { Installation } from './installation.ts'

const fewest = 10_000
/** So many times as long a question may take in the largest journal, and none is looked at that takes less than this. */
const most = 3
const floor = 1

const year = 365 * 86_400_000
const first = 10_000_000
const pageSize = 50
const scope: Scope = { offices: 'all', secret: false }

type Asked = (reader: Reader) => Promise<unknown>

function questions(certs: string, count: number, now: number): ReadonlyMap<string, Asked> {
  const page =
    (search: LetterSearch, whose = scope): Asked =>
    (reader) =>
      searchLetters(reader, search, whose, pageSize)
  const [letter] = lettersOf(certs, { first: first + Math.floor(count / 2), count: 1, now })
  const half = now - year / 2
  return new Map<string, Asked>([
    ['the newest letters', page({})],
    ['a number', page({ numbers: [numberOf(first + Math.floor(count / 2))] })],
    ['a word of one letter in six', page({ words: ['ประชุม'] })],
    ['two words', page({ words: ['ประชุม', 'ชายแดน'] })],
    ['a rare word', page({ words: [rareWord] })],
    [
      'an office and a day',
      page({ sender: provinceOffice, dateFrom: dateOfInstant(half), dateTo: dateOfInstant(half) }),
    ],
    ['a state that few have', page({ state: 'sealed' })],
    [
      'whose letters one office has, of half a year ago',
      page({ takenTo: half }, { ...scope, offices: [moi] }),
    ],
    [
      'the hundredth page',
      async (reader) => {
        let from: Page['next']
        for (let count = 0; count < 100; count++)
          from = (await searchLetters(reader, {}, scope, pageSize, from)).next
      },
    ],
    [
      'the list of what is open',
      (reader) => listLetters(reader, { open: true, limit: pageSize, secret: true }),
    ],
    ['what is due to an office', (reader) => dueDeliveries(reader, moi, now, 500)],
    ['the count of what is open', (reader) => countOpen(reader)],
    ['whether a letter is known', (reader) => findEarlier(reader, letter!.letter)],
  ])
}

/** `sizes`: of the journals, the smallest first. */
export async function queryRows(installation: Installation, sizes: readonly number[]): Promise<Row[]> {
  const rows: Row[] = []
  const small = new Map<string, number>()
  for (const count of [fewest, ...sizes]) {
    const file = join(installation.folder, `journal-${count}.sqlite`)
    const now = Date.now()
    const began = performance.now()
    // As it is after a year: a thousand letters are still to be brought.
    const filling = { first, count, now, over: year, dueEvery: count / 1_000, hollow: true }
    await fillSqlite(file, installation.certs, filling)
    const gigabytes = (statSync(file).size / 1e9).toFixed(1)
    process.stderr.write(
      `queries: ${count.toLocaleString('en')} letters, ${gigabytes} GB, written in ${Math.round((performance.now() - began) / 1000)} s\n`,
    )
    const journal = readSqlite(file)
    for (const [what, ask] of questions(installation.certs, count, now)) {
      const took = await measured(() => ask(journal.committed))
      if (count === fewest) {
        small.set(what, took)
        continue
      }
      const ratio = Math.max(took, floor) / Math.max(small.get(what) ?? Number.NaN, floor)
      rows.push({
        what: `${what}, among ${count.toLocaleString('en')} letters, SQLite`,
        value: took,
        unit: 'ms',
        ...{ ratio, against: `10,000 (or ${floor} ms)`, expected: `<= ${most}`, ok: ratio <= most },
      })
    }
    journal.close()
    for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true })
  }
  return rows
}

/** Milliseconds: the median of some, after one that fills the caches. */
async function measured(act: () => Promise<unknown>): Promise<number> {
  await act()
  const took: number[] = []
  for (let count = 0; count < 15; count++) {
    const began = performance.now()
    await act()
    took.push(performance.now() - began)
  }
  return median(took)
}
