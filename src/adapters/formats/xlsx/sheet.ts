// A worksheet → rows of texts: each cell by its type, joined cells in each of their places.
import { type Problem, problem } from '../../../problem/problem.ts'
import { undecodable } from '../charset.ts'
import { charactersOf, fault, type GridRow, gridLimits, sizeProblems, tooMany } from '../grid.ts'
import { columnIn, fillJoints, type Joint, jointOf, type SheetRow } from './merges.ts'
import type { XmlAttributes } from './part.ts'
import { dateOf, digitsOf, unescaped, zerosOf } from './values.ts'
import { textRuns, type Workbook } from './workbook.ts'
import { Broken, readXml } from './xml.ts'

interface OpenCell {
  readonly column: number
  readonly place: string
  readonly type: string
  readonly style: number
  formula: boolean
  value: string | undefined
}

/** The rows of a workbook's sheet in which something stands, at most `limit`. */
export function sheetRows(workbook: Workbook, limit: number): readonly GridRow[] {
  const { reader, wrong } = readXml(workbook.sheet, () => new SheetReader(workbook, limit))
  return reader.result(wrong)
}

class SheetReader {
  readonly #workbook: Workbook
  readonly #limit: number
  readonly #rows: SheetRow[] = []
  readonly #joints: Joint[] = []
  readonly #runs = textRuns()
  #row: SheetRow = { number: 0, cells: [], problems: [] }
  /** The column of the row's last cell, blank or not; 0 before its first. */
  #column = 0
  #cell: OpenCell | undefined
  #inRow = false
  #inValue = false
  #characters = 0
  #last: GridRow | undefined

  constructor(workbook: Workbook, limit: number) {
    this.#workbook = workbook
    this.#limit = limit
  }

  open(name: string, attributes: XmlAttributes): void {
    if (name === 'row') this.#beginRow(attributes.get('r'))
    else if (name === 'c' && this.#inRow) this.#beginCell(attributes)
    else if (name === 'mergeCell') this.#joints.push(jointOf(attributes.get('ref'), this.#joints.length))
    else if (this.#cell === undefined) return
    else if (name === 'is') this.#runs.begin()
    else if (name === 'f') this.#cell.formula = true
    else if (name === 'v') {
      this.#inValue = true
      this.#cell.value = ''
    } else this.#runs.open(name)
  }

  text(text: string): void {
    if (this.#cell === undefined) return
    if (this.#inValue) this.#cell.value += text
    else this.#runs.text(text)
  }

  close(name: string): void {
    if (name === 'row') this.#endRow()
    else if (this.#cell === undefined) return
    else if (name === 'c') this.#endCell(this.#cell)
    else if (name === 'v') this.#inValue = false
    else if (name === 'is') this.#cell.value = this.#runs.end()
    else this.#runs.close(name)
  }

  result(wrong: Problem | undefined): readonly GridRow[] {
    if (!fillJoints(this.#rows, this.#joints))
      return [fault('document', problem('adapter.table.spans', '', 'over one another'))]
    const read: GridRow[] = []
    let characters = 0
    for (const { number, cells, problems } of this.#rows) {
      const position = `row ${number}`
      const [first, ...rest] = [...problems, ...sizeProblems(cells)]
      read.push(first === undefined ? { kind: 'row', position, cells } : fault(position, first, ...rest))
      characters += charactersOf(cells)
      if (characters > gridLimits.total) return [...read, tooMany(position, gridLimits.total, 'characters')]
    }
    // What came before stays: whole rows are whole, whatever follows.
    const last = this.#last ?? (wrong && fault('document', wrong))
    return last === undefined ? read : [...read, last]
  }

  #beginRow(said: string | undefined): void {
    const number = said === undefined ? this.#row.number + 1 : Number(said)
    if (!Number.isInteger(number) || number <= this.#row.number || number > 1_048_576)
      throw new Broken('its rows are not in order')
    this.#row = { number, cells: [], problems: [] }
    this.#column = 0
    this.#inRow = true
  }

  #beginCell(attributes: XmlAttributes): void {
    const { number } = this.#row
    const said = attributes.get('r')
    // A cell need not say its place (ECMA-376, part 1, 18.3.1.4): it stands behind the one before.
    const column = said === undefined ? this.#column + 1 : columnIn(said, number)
    if (column <= this.#column) throw new Broken(`its cells are not in order in row ${number}`)
    this.#column = column
    const type = attributes.get('t') ?? 'n'
    const style = Number(attributes.get('s') ?? 0)
    this.#cell = {
      column,
      place: said ?? `${column}, ${number}`,
      type,
      style,
      formula: false,
      value: undefined,
    }
  }

  #endCell(cell: OpenCell): void {
    this.#cell = undefined
    const text = this.#textOf(cell)
    const { cells, problems } = this.#row
    if (typeof text !== 'string') {
      if (problems.length < 10) problems.push(text)
    } else if (text === '') return
    // Nobody writes letters in the column XFD; where one is, the row has too many.
    const column = Math.min(cell.column, gridLimits.columns + 1)
    while (cells.length < column - 1) cells.push('')
    // A cell that cannot be read spoils every place that it is joined to.
    cells[column - 1] = typeof text === 'string' ? text : undecodable
  }

  #textOf({ type, value, place, style, formula }: OpenCell): string | Problem {
    const wrong = (expected: string): Problem =>
      problem('adapter.xlsx.cell', `cell ${place}`, value, { cell: place, expected })
    if (value === undefined) return formula ? wrong('the result of its formula') : ''
    switch (type) {
      case 's': {
        const text = /^\d{1,7}$/.test(value) ? this.#workbook.texts[Number(value)] : undefined
        return text ?? wrong('a text that the workbook has')
      }
      case 'inlineStr':
        return value
      case 'str':
        return unescaped(value)
      case 'b':
        return value === '1' || value === 'true'
          ? 'TRUE'
          : value === '0' || value === 'false'
            ? 'FALSE'
            : wrong('0 or 1')
      case 'd':
        return /^\d{4}-\d\d-\d\d(T[\d:.]+Z?)?$/.test(value)
          ? value
              .replace(/T(00:00:00(\.0+)?)?Z?$/, '')
              .replace('T', ' ')
              .replace('Z', '')
          : wrong('a date')
      case 'n': {
        if (value.trim() === '') return ''
        const digits = digitsOf(value)
        if (digits === undefined) return wrong('a number')
        const shown = this.#workbook.styles[style] ?? 'number'
        if (shown === 'number') return digits
        if (shown !== 'date' && shown !== 'time') return zerosOf(digits, shown)
        return dateOf(digits, shown, this.#workbook.since1904) ?? wrong('a day that there was')
      }
      default:
        // `#REF!` and its like.
        return wrong('a value without an error')
    }
  }

  #endRow(): void {
    const { number, cells, problems } = this.#row
    this.#inRow = false
    if (cells.length === 0 && problems.length === 0) return
    this.#rows.push(this.#row)
    this.#characters += charactersOf(cells)
    const position = `row ${number}`
    if (this.#rows.length > this.#limit) this.#stop(tooMany(position, this.#limit, 'rows'))
    if (this.#characters > gridLimits.total) this.#stop(tooMany(position, gridLimits.total, 'characters'))
  }

  #stop(last: GridRow): void {
    this.#last = last
    throw new Broken('it has too much')
  }
}
