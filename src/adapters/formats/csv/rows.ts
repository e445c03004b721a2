// CSV text ↔ rows (RFC 4180), with the line that each row begins on and faults where a row is broken.
//
// Own, and small, because the task is the faults: a broken place must cost its own row and nothing around it, with its
// line, within bounds, which csv-parse gives only for whole files. Tests hold it against csv-parse on what both can read.

export interface CsvDialect {
  readonly delimiter: string
  readonly quote: string
}

export interface CsvLimits {
  readonly columns: number
  /** Characters of one row. */
  readonly row: number
}

export type CsvRow =
  | { readonly kind: 'row'; readonly line: number; readonly cells: readonly string[] }
  | { readonly kind: 'fault'; readonly line: number; readonly reason: CsvFault }

export type CsvFault = 'quote-open' | 'quote-text' | 'columns' | 'long'

/** Rows of a text, one after the other: linear in its length, and never more than one row in memory. Lines end in LF, CRLF or CR. */
export function* csvRows(
  text: string,
  { delimiter, quote }: CsvDialect,
  limits: CsvLimits,
): Generator<CsvRow> {
  let at = 0
  let line = 1
  while (at < text.length) {
    const start = at
    const first = line
    const cells: string[] = []
    let fault: CsvFault | undefined
    for (let more = true; more && fault === undefined; ) {
      let cell: string
      if (text[at] === quote) {
        const closed = quoted(text, at, quote, start + limits.row)
        if (closed === undefined) {
          fault = text.length > start + limits.row ? 'long' : 'quote-open'
          break
        }
        cell = closed.cell
        line += breaks(text, at, closed.end)
        at = closed.end
        if (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') {
          fault = 'quote-text'
          break
        }
      } else {
        const end = endOfCell(text, at, delimiter)
        cell = text.slice(at, end)
        at = end
      }
      cells.push(cell)
      if (cells.length > limits.columns) fault = 'columns'
      else if (at - start > limits.row) fault = 'long'
      more = text[at] === delimiter
      if (more) at += 1
    }
    if (fault === 'quote-open' || fault === 'long') {
      // Where the row ends cannot be known, and a guess could make one letter of the parts of two: the rest is one fault.
      yield { kind: 'fault', line: first, reason: fault }
      return
    }
    if (fault !== undefined) at = endOfLine(text, at)
    if (text[at] === '\r' && text[at + 1] === '\n') at += 2
    else if (at < text.length) at += 1
    line += 1
    if (fault !== undefined) yield { kind: 'fault', line: first, reason: fault }
    else if (cells.length > 1 || cells[0] !== '') yield { kind: 'row', line: first, cells }
  }
}

/** One row with its line end (CRLF, as RFC 4180 has it). */
export function csvLine(cells: readonly string[], { delimiter, quote }: CsvDialect): string {
  const written = cells.map((cell) => {
    const plain = !cell.includes(delimiter) && !cell.includes(quote) && !/[\r\n]/.test(cell)
    return plain ? cell : `${quote}${cell.replaceAll(quote, quote + quote)}${quote}`
  })
  // A row of one blank cell would be a blank line, which is no row.
  return `${written.length === 1 && written[0] === '' ? quote + quote : written.join(delimiter)}\r\n`
}

// A spreadsheet runs a cell that begins like this as a formula, spaces before it or not (attacks X8). A cell that already
// has marks before such a beginning gets one more, so that reading takes away exactly what writing added.
const formula = /^'*\s*[=+\-@＝＋－＠]|^'*[\t\r]/
const guarded = /^'+\s*[=+\-@＝＋－＠]|^'+[\t\r]/

/** The cell with `'` before what a spreadsheet would run. `unguard` takes it away again. */
export const guard = (cell: string): string => (formula.test(cell) ? `'${cell}` : cell)

export const unguard = (cell: string): string => (guarded.test(cell) ? cell.slice(1) : cell)

function quoted(
  text: string,
  open: number,
  quote: string,
  limit: number,
): { cell: string; end: number } | undefined {
  let cell = ''
  for (let from = open + 1; ; ) {
    const close = text.indexOf(quote, from)
    if (close < 0 || close > limit) return undefined
    cell += text.slice(from, close)
    if (text[close + 1] !== quote) return { cell, end: close + 1 }
    cell += quote
    from = close + 2
  }
}

function endOfCell(text: string, from: number, delimiter: string): number {
  let at = from
  while (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') at += 1
  return at
}

function endOfLine(text: string, from: number): number {
  let at = from
  while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at += 1
  return at
}

function breaks(text: string, from: number, to: number): number {
  let count = 0
  for (let at = from; at < to; at += 1)
    if (text[at] === '\n' || (text[at] === '\r' && text[at + 1] !== '\n')) count += 1
  return count
}
