// CSV as systems write it: in their charset, with their delimiter and quote, with a header or without.
import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import iconv from 'iconv-lite'
import type { Row, Sheet } from './sheet.ts'

export interface CsvDialect {
  /** As iconv-lite names it. */
  readonly charset: 'windows-874' | 'tis620' | 'utf8' | 'utf-16le' | 'utf-16be'
  /** Whether a byte order mark stands first. */
  readonly mark: boolean
  readonly delimiter: string
  readonly quote: string
  readonly header: boolean
  /** Whether what a spreadsheet would run as a formula has an apostrophe before it. */
  readonly apostrophes: boolean
}

export const windows874: CsvDialect = {
  charset: 'windows-874',
  mark: false,
  delimiter: ',',
  quote: '"',
  header: true,
  apostrophes: true,
}

const formula = /^'*\s*[=+\-@＝＋－＠]|^'*[\t\r]/

export function csvSheet(dialect: CsvDialect): Sheet {
  const { charset, mark, delimiter, quote, header, apostrophes } = dialect
  const shown = (cell: string): string => (apostrophes && formula.test(cell) ? `'${cell}` : cell)
  const meant = (cell: string): string =>
    apostrophes && cell.startsWith("'") && formula.test(cell.slice(1)) ? cell.slice(1) : cell
  return {
    ending: 'csv',
    write: (rows, columns) => {
      const cells = rows.map((row) => columns.map((column) => shown(row[column] ?? '')))
      const lines = header ? [[...columns], ...cells] : cells
      const text = stringify(lines, { delimiter, quote, escape: quote, record_delimiter: '\r\n' })
      return iconv.encode(text, charset, { addBOM: mark })
    },
    read: (bytes, columns) => {
      const lines = parse(iconv.decode(bytes, charset), {
        delimiter,
        quote,
        escape: quote,
        relax_column_count: true,
        skip_empty_lines: true,
      }) as string[][]
      const names = header ? (lines.shift() ?? []) : columns
      return lines.map(
        (cells): Row => Object.fromEntries(names.map((name, at) => [name, meant(cells[at] ?? '')])),
      )
    },
  }
}
