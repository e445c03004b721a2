// Tables of HTML and sheets of workbooks: the row that is the header, with titles above it.
import { problem } from '../../problem/problem.ts'
import { decodePart } from '../formats/charset.ts'
import { unguard } from '../formats/csv/rows.ts'
import type { GridRow } from '../formats/grid.ts'
import { tableRows } from '../formats/html-table/rows.ts'
import { sheetRows } from '../formats/xlsx/sheet.ts'
import { openWorkbook, sheetNames } from '../formats/xlsx/workbook.ts'
import { openZip } from '../formats/xlsx/zip.ts'
import type { CharsetGuess } from './charset.ts'
import { bounds, columnsOf, type Option, type SheetRead } from './sheet.ts'
import { saysSomething } from './words.ts'

const tables = 20
/** Rows that may be titles. */
const titles = 50

interface Header {
  readonly rows: readonly (readonly string[])[]
  readonly at: number
  readonly known: number
}

/** The columns of the first table that has a header that says something. */
export function readHtml(bytes: Buffer, { charset, reason }: CharsetGuess): SheetRead {
  const text = decodePart(bytes, charset).replace(/^\ufeff/, '')
  let best: { readonly header: Header; readonly table: number } | undefined
  for (let table = 1; table <= tables; table += 1) {
    const rows = tableRows(text, { table, rows: bounds.rows, plain: unguard, charsetFault: () => undefined })
    const header = headerOf(rows)
    if (header !== undefined && header.known > (best?.header.known ?? 0)) best = { header, table }
  }
  if (best === undefined) return { ok: false, problem: problem('adapter.propose.header', '') }
  const { header, table } = best
  const { names, values } = cut(header)
  const option: Option =
    header.at === 0
      ? { key: 'table', value: table, reason: 'its first row names the columns' }
      : {
          key: 'table',
          value: names.filter(saysSomething).slice(0, 3),
          reason: `${header.at} rows of titles stand above`,
        }
  const options = [{ key: 'charset', value: charset, reason }, option]
  return { ok: true, value: { kind: 'html-table', options, columns: columnsOf(names, values), named: true } }
}

/** The columns of the workbook's sheet whose header says the most. */
export function readSheet(bytes: Buffer): SheetRead {
  const archive = openZip(bytes)
  if (!archive.ok) return { ok: false, problem: archive.problems[0] }
  let best: { readonly header: Header; readonly sheet: string; readonly first: boolean } | undefined
  for (const [index, sheet] of sheetNames(archive.value).slice(0, tables).entries()) {
    const workbook = openWorkbook(archive.value, sheet)
    if (!workbook.ok) return { ok: false, problem: workbook.problems[0] }
    const header = headerOf(sheetRows(workbook.value, bounds.rows))
    if (header !== undefined && header.known > (best?.header.known ?? 0))
      best = { header, sheet, first: index === 0 }
  }
  if (best === undefined) return { ok: false, problem: problem('adapter.propose.header', '') }
  const { header, sheet, first } = best
  const { names, values } = cut(header)
  const options: Option[] = [
    ...(first ? [] : [{ key: 'sheet', value: sheet, reason: 'the sheet whose header says the most' }]),
    ...(header.at === 0
      ? []
      : [
          {
            key: 'header',
            value: names.filter(saysSomething).slice(0, 3),
            reason: `${header.at} rows of titles stand above`,
          },
        ]),
  ]
  return { ok: true, value: { kind: 'xlsx', options, columns: columnsOf(names, values), named: true } }
}

/** The row that says the most of the first rows. */
function headerOf(read: readonly GridRow[]): Header | undefined {
  const rows = read
    .flatMap((row) => (row.kind === 'row' ? [row.cells] : []))
    .filter((cells) => cells.some((cell) => cell.trim() !== ''))
  let best: Header | undefined
  for (const [at, cells] of rows.slice(0, titles).entries()) {
    const names = cells.map((cell) => cell.trim()).filter((cell) => cell !== '')
    const known = names.filter(saysSomething).length
    const good = new Set(names).size === names.length && names.every((name) => name.length <= bounds.name)
    if (good && known >= 2 && known > (best?.known ?? 0)) best = { rows, at, known }
  }
  return best
}

function cut({ rows, at }: Header) {
  const names = (rows[at] ?? []).slice(0, bounds.columns).map((cell) => cell.trim())
  return { names, values: rows.slice(at + 1) }
}
