// Text of rows and cells: the delimiter and quote that cut it into the most even rows, and its header.
import { problem } from '../../problem/problem.ts'
import { decodePart } from '../formats/charset.ts'
import { csvRows } from '../formats/csv/rows.ts'
import type { CharsetGuess } from './charset.ts'
import { bounds, columnsOf, type Option, type SheetRead } from './sheet.ts'
import { saysSomething } from './words.ts'

const delimiters = [',', ';', '\t', '|'] as const
const quotes = ['"', "'"] as const

interface Cut {
  readonly delimiter: string
  readonly quote: string
  readonly rows: readonly (readonly string[])[]
  /** Rows with as many cells as most have, and how many those are. */
  readonly even: number
  readonly width: number
}

/** The columns of delimited text, or that it is none. */
export function readDelimited(bytes: Buffer, { charset, reason }: CharsetGuess): SheetRead {
  const text = decodePart(bytes, charset).replace(/^\ufeff/, '')
  const cuts = delimiters.flatMap((delimiter) => quotes.map((quote) => cut(text, delimiter, quote)))
  const best = cuts.reduce((one, other) => (worth(other) > worth(one) ? other : one))
  if (best.width < 3 || best.rows.length === 0 || best.even * 3 < best.rows.length)
    return { ok: false, problem: problem('adapter.propose.unknown', '') }
  const [first = []] = best.rows
  const named = isHeader(first)
  const names = named ? first.map((cell) => cell.trim()) : first.map((_cell, index) => `คอลัมน์${index + 1}`)
  const rows = best.rows.slice(named ? 1 : 0).filter((row) => row.some((cell) => cell.trim() !== ''))
  if (
    names.some((name) => name.length > bounds.name) ||
    new Set(names.filter(Boolean)).size < names.filter(Boolean).length
  )
    return { ok: false, problem: problem('adapter.propose.header', '') }
  const options: Option[] = [
    { key: 'charset', value: charset, reason },
    {
      key: 'delimiter',
      value: best.delimiter,
      reason: `${best.even} of ${best.rows.length} rows have ${best.width} cells by it`,
    },
    ...(best.quote === '"'
      ? []
      : [{ key: 'quote', value: best.quote, reason: 'cells stand in such quotes' }]),
    ...(named && rows.length > 0 && rows.every((row) => row.length === names.length + 1 && row.at(-1) === '')
      ? [{ key: 'trailing', value: true, reason: 'each row ends with a delimiter, and the header with none' }]
      : []),
    ...(named
      ? []
      : [
          {
            key: 'header',
            value: false,
            reason: 'the first row holds values: TO BE CHECKED, name the columns',
          },
        ]),
  ]
  return { ok: true, value: { kind: 'csv', options, columns: columnsOf(names, rows), named } }
}

function cut(text: string, delimiter: string, quote: string): Cut {
  const rows: (readonly string[])[] = []
  let faults = 0
  for (const row of csvRows(text, { delimiter, quote }, { columns: bounds.columns, row: 200_000 })) {
    if (row.kind === 'row') rows.push(row.cells)
    else faults += 1
    if (rows.length + faults >= bounds.rows) break
  }
  const counts = new Map<number, number>()
  for (const { length } of rows) counts.set(length, (counts.get(length) ?? 0) + 1)
  const [width = 0, even = 0] = [...counts].toSorted(([, one], [, other]) => other - one)[0] ?? []
  return { delimiter, quote, rows, even: even - faults, width }
}

/** Even rows first, then the more cells, then the quote that most systems use. */
const worth = ({ even, width, rows, quote, delimiter }: Cut): number =>
  width < 2
    ? 0
    : (even / Math.max(rows.length, 1)) * Math.min(width, 40) +
      (rows[0]?.filter(saysSomething).length ?? 0) +
      (quote === '"' ? 0.01 : quoted(rows, delimiter) ? 0.005 : 0)

const quoted = (rows: readonly (readonly string[])[], delimiter: string): boolean =>
  rows.some((row) => row.some((cell) => cell.includes(delimiter)))

/** A header holds words and no value: no digit but behind a name, nothing twice, and what it says is known at least once. */
function isHeader(cells: readonly string[]): boolean {
  const names = cells.map((cell) => cell.trim()).filter((cell) => cell !== '')
  const known = names.filter(saysSomething).length
  const valueLike = names.filter(
    (name) => name.length > 40 || /^[\d๐-๙]|[\d๐-๙][./][\d๐-๙]/.test(name),
  ).length
  return names.length >= 2 && valueLike === 0 && (known >= 1 || new Set(names).size === names.length)
}
