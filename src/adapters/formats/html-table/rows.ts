// HTML text → the rows of one of its tables, within bounds; no tree is built.
import { Parser } from 'htmlparser2'
import { type Problem, problem } from '../../../problem/problem.ts'
import { charactersOf, fault, type GridRow, gridLimits, sizeProblems, tooMany } from '../grid.ts'
import { scanQuickly } from './quick.ts'
import { type Cell, maximalDown, Spans, spanOf } from './spans.ts'
import { CellText, isSpaceRun } from './text.ts'

/** The table: the n-th of the document, or the first with a row that holds these names. */
export type TableChoice = number | readonly string[]

export interface Reading {
  readonly table: TableChoice
  readonly rows: number
  /** What stands in a cell, from what is written there. */
  plain(cell: string): string
  /** What is wrong with a charset that the document says it has. */
  charsetFault(said: string): Problem | undefined
}

/** Elements within elements, and characters given to the parser at a time: its work grows with their product. */
const bounds = { depth: 200, piece: 16_384 }

/** Elements whose content nobody sees as the text of a cell. */
const unseen = new Set([
  ...[
    'script',
    'style',
    'template',
    'noscript',
    'iframe',
    'object',
    'svg',
    'math',
    'select',
    'textarea',
    'title',
  ],
  ...['input', 'embed', 'applet', 'xmp', 'plaintext', 'noframes', 'noembed'],
])
const paragraphs = new Set([
  'p',
  'div',
  'li',
  'ul',
  'ol',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'pre',
  'blockquote',
])
const groups = new Set(['thead', 'tbody', 'tfoot'])

/** The rows of the table that `reading` chooses; faults stand where they were found, or at the end. */
export const tableRows = (text: string, reading: Reading): readonly GridRow[] =>
  quickRows(text, reading) ?? strictRows(text, reading)

/** The same from usual HTML only, many times as fast; nothing where anything is unusual. */
export const quickRows = (text: string, reading: Reading): readonly GridRow[] | undefined =>
  new TableReader(reading).quickly(text)

/** The same from any HTML. */
export const strictRows = (text: string, reading: Reading): readonly GridRow[] =>
  new TableReader(reading).strictly(text)

class TableReader {
  readonly #reading: Reading
  #stopped = false
  /** The strict one, which says no more once it is paused. */
  #parser: Parser | undefined
  /** The document is over: what is still open was never closed. */
  #unended = false
  #fault: GridRow | undefined
  #depth = 0
  #tables = 0
  #inTable = false
  #cut = false
  #found = false
  #rows: GridRow[] = []
  #position = 0
  #characters = 0
  #caption = false
  #row: { readonly cells: Cell[]; readonly problems: Problem[] } | undefined
  #cell: Cell | undefined
  #spaceRuns: boolean[] = []
  readonly #spans = new Spans()

  constructor(reading: Reading) {
    this.#reading = reading
  }

  quickly(text: string): readonly GridRow[] | undefined {
    const reader = this
    const read = scanQuickly(text, {
      get stopped() {
        return reader.#stopped
      },
      open: (name, attributes) => this.#open(name, attributes),
      close: (name) => this.#close(name),
      text: (data, reference) => this.#saidSurely(data, reference),
    })
    return read ? this.#result() : undefined
  }

  strictly(text: string): readonly GridRow[] {
    const parser = new Parser(
      {
        onopentag: (name, attributes) => this.#open(name, attributes),
        onclosetag: (name) => this.#close(name),
        // What took more characters to write than it has was a reference.
        ontext: (data) => this.#said(data, parser.endIndex - parser.startIndex + 1 !== data.length),
      },
      { decodeEntities: true },
    )
    this.#parser = parser
    for (let at = 0; at < text.length && !this.#stopped; at += bounds.piece)
      parser.write(text.slice(at, at + bounds.piece))
    if (!this.#stopped) {
      this.#unended = true
      parser.end()
    }
    return this.#result()
  }

  #result(): readonly GridRow[] {
    if (this.#fault !== undefined && !this.#found) return [this.#fault]
    if (this.#fault !== undefined) return [...this.#rows, this.#fault]
    if (this.#found && this.#cut)
      return [...this.#rows, fault('document', problem('adapter.html.unended', ''))]
    if (this.#found) return this.#rows
    const { table } = this.#reading
    const value = typeof table === 'number' ? String(table) : table.join(', ')
    const details = { what: 'table', found: `${this.#tables} tables` }
    return [fault('document', problem('adapter.table.missing', '', value, details))]
  }

  #open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (this.#stopped) return
    this.#depth += 1
    if (this.#depth > bounds.depth) this.#stop(tooMany('document', bounds.depth, 'elements within elements'))
    else if (name === 'meta') this.#meta(attributes)
    else if (name === 'table') this.#beginTable()
    else if (this.#inTable) this.#openWithin(name, attributes)
  }

  #openWithin(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === 'td' || name === 'th') this.#beginCell(attributes)
    else if (name === 'tr') this.#beginRow()
    else if (unseen.has(name)) this.#problem(problem('adapter.html.outside', '', `<${name}>`))
    else if (groups.has(name)) this.#spans.clear()
    else if (name === 'caption') this.#caption = true
    else if (name === 'br') this.#cell?.text.lineBreak()
    else if (name === 'span') this.#spaceRuns.push(isSpaceRun(attributes['style']))
    else if (paragraphs.has(name)) this.#cell?.text.paragraph()
  }

  #close(name: string): void {
    this.#depth -= 1
    if (this.#stopped || !this.#inTable) return
    if (name === 'table') this.#endTable()
    else if (name === 'caption') this.#caption = false
    else if (name === 'tr') this.#endRow()
    else if (name === 'td' || name === 'th') this.#endCell()
    else if (name === 'span') this.#spaceRuns.pop()
    else if (paragraphs.has(name)) this.#cell?.text.paragraph()
  }

  #said(data: string, reference: boolean): void {
    if (this.#stopped || !this.#inTable || this.#caption) return
    if (this.#cell === undefined) {
      if (data.trim() !== '') this.#problem(problem('adapter.html.outside', '', data.slice(0, 200)))
      return
    }
    const { text } = this.#cell
    // One more than a cell may have, so that it is seen to have too many.
    if (text.length > gridLimits.cell) return
    if (this.#spaceRuns.includes(true)) text.exact(data.replaceAll('\u00a0', ' '))
    else if (reference) text.exact(data)
    else text.source(data)
  }

  /** False where the pieces that the strict parser is given would show: in texts outside of cells, and in long ones. */
  #saidSurely(data: string, reference: boolean): boolean {
    this.#said(data, reference)
    const { length } = this.#cell?.text ?? ''
    return (
      data.length <= bounds.piece &&
      length <= gridLimits.cell &&
      (this.#cell !== undefined || data.trim() === '')
    )
  }

  #meta(attributes: Readonly<Record<string, string>>): void {
    const said = charsetSaid(attributes)
    const wrong = said === undefined ? undefined : this.#reading.charsetFault(said)
    if (wrong !== undefined) this.#refuse(wrong)
  }

  #beginTable(): void {
    // Which rows are whose cannot be known.
    if (this.#inTable) this.#refuse(problem('adapter.html.nested', ''))
    this.#inTable = true
    this.#tables += 1
    if (this.#found) return
    this.#rows = []
    this.#position = 0
    this.#spans.clear()
  }

  #endTable(): void {
    this.#endRow()
    this.#inTable = false
    this.#spaceRuns = []
    if (this.#found) return
    if (this.#chosen()) {
      this.#found = true
      this.#cut = this.#unended
    }
  }

  #chosen(): boolean {
    const { table, plain } = this.#reading
    if (typeof table === 'number') return this.#tables === table
    return this.#rows.some((row) => {
      if (row.kind !== 'row') return false
      const names = new Set(row.cells.map((cell) => plain(cell).trim()))
      return table.every((name) => names.has(name))
    })
  }

  #beginRow(): void {
    this.#endRow()
    this.#position += 1
    this.#row = { cells: [], problems: [] }
  }

  #beginCell(attributes: Readonly<Record<string, string>>): void {
    this.#endCell()
    if (this.#row === undefined) this.#beginRow()
    if (this.#spaceRuns.length > 0) this.#spaceRuns = []
    this.#cell = {
      text: new CellText(),
      across: this.#span(attributes, 'colspan', gridLimits.columns),
      down: this.#span(attributes, 'rowspan', maximalDown),
    }
    // A cell more than a row may have is enough to know.
    if (this.#row !== undefined && this.#row.cells.length <= gridLimits.columns)
      this.#row.cells.push(this.#cell)
  }

  #span(attributes: Readonly<Record<string, string>>, name: 'colspan' | 'rowspan', limit: number): number {
    const count = spanOf(attributes[name], limit)
    if (count === undefined)
      this.#problem(problem('adapter.table.spans', '', `${name}="${attributes[name]}"`))
    return count ?? 1
  }

  #endCell(): void {
    this.#cell = undefined
  }

  #endRow(): void {
    this.#endCell()
    const row = this.#row
    this.#row = undefined
    // The half of a row: nobody knows what it was going to say.
    if (row === undefined || this.#unended || this.#found) return
    const position = `row ${this.#position}`
    const { cells, torn } = this.#spans.laidOut(row.cells)
    const problems = [...row.problems, ...sizeProblems(cells)]
    if (torn) problems.push(problem('adapter.table.spans', '', position))
    const [first, ...more] = problems
    if (first !== undefined) this.#rows.push(fault(position, first, ...more))
    else if (cells.some((cell) => cell.trim() !== '')) this.#rows.push({ kind: 'row', position, cells })
    this.#characters += charactersOf(cells)
    const { rows } = this.#reading
    if (this.#rows.length > rows) this.#stopWithin(tooMany(position, rows, 'rows'))
    else if (this.#characters > gridLimits.total)
      this.#stopWithin(tooMany(position, gridLimits.total, 'characters'))
  }

  /** A fault of the row that is open, or of the table where none is. */
  #problem(found: Problem): void {
    if (this.#row !== undefined) {
      if (this.#row.problems.length < 10) this.#row.problems.push(found)
    } else if (!this.#found && this.#rows.length <= this.#reading.rows) this.#rows.push(fault('table', found))
  }

  /** A fault of the whole document: none of its rows is read. */
  #refuse(found: Problem): void {
    this.#found = false
    this.#stop(fault('document', found))
  }

  /** The rows so far are whole, and the table is not. */
  #stopWithin(last: GridRow): void {
    this.#found ||= this.#chosen()
    this.#stop(last)
  }

  #stop(last: GridRow): void {
    if (this.#stopped) return
    this.#stopped = true
    this.#parser?.pause()
    this.#fault = last
  }
}

/** The charset that a meta tag says the document has. */
function charsetSaid(attributes: Readonly<Record<string, string>>): string | undefined {
  if (attributes['charset'] !== undefined) return attributes['charset'].trim()
  if (attributes['http-equiv']?.trim().toLowerCase() !== 'content-type') return undefined
  return /charset\s*=\s*["']?([^\s"';]+)/i.exec(attributes['content'] ?? '')?.[1]
}
