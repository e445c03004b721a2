// A grid of cells, as HTML tables and spreadsheets hold them, → records: the header found, the bounds kept.
import { type Problem, problem } from '../../problem/problem.ts'
import { undecodable } from './charset.ts'
import type { RecordRead } from './format.ts'

type Fault = Extract<RecordRead, { kind: 'fault' }>
export type GridRow =
  | { readonly kind: 'row'; readonly position: string; readonly cells: readonly string[] }
  | Fault

/**
 * What one grid may hold. `cell`: characters, as many as a spreadsheet's cell has. `total`: characters of all cells, because
 * cells that span or share a text make much of little (attacks X2, T4).
 */
export const gridLimits = { columns: 300, cell: 32_767, row: 1_000_000, total: 64 * 1024 * 1024 }

export interface GridOptions {
  /** Names that the header holds; rows before it are titles. None: the first row is the header. */
  readonly header: readonly string[]
  readonly records: number
  readonly charset: string
  /** Whether a row of fewer cells is the part of one, or only leaves out blank cells. */
  readonly short: 'fault' | 'blank'
  /** What stands in a cell, from what is written there. */
  plain(cell: string): string
}

/** The records of a grid's rows. Rows in which nothing stands are none. */
export function* gridRecords(rows: Iterable<GridRow>, options: GridOptions): Generator<RecordRead> {
  const { header, plain } = options
  let names: readonly string[] | undefined
  let found = ''
  let count = 0
  let faults = 0
  for (const row of rows) {
    if (row.kind === 'fault') {
      faults += 1
      yield row
      // A header that cannot be read leaves no names for what follows.
      if (names === undefined && header.length === 0) return
      continue
    }
    if (row.cells.every((cell) => cell.trim() === '')) continue
    if (names === undefined) {
      const cells = row.cells.map((cell) => plain(cell).trim())
      if (found === '') found = cells.join(', ')
      if (!header.every((name) => cells.includes(name))) continue
      const twice = cells.find((name, index) => name !== '' && cells.indexOf(name) !== index)
      if (twice !== undefined) return yield fault('header', problem('adapter.column.twice', '', twice))
      names = cells
      continue
    }
    count += 1
    if (count > options.records) return yield tooMany(row.position, options.records, 'records')
    yield recordOf(row.position, row.cells.map(plain), names, options)
  }
  if (names === undefined && found !== '') {
    const details = { what: 'row with the columns', found }
    yield fault('header', problem('adapter.table.missing', '', header.join(', '), details))
  } else if (count === 0 && faults === 0) yield fault('document', problem('adapter.document.empty', ''))
}

function recordOf(
  position: string,
  cells: readonly string[],
  names: readonly string[],
  { charset, short }: GridOptions,
): RecordRead {
  const problems: Problem[] = []
  const extra = cells.some((cell, index) => cell.trim() !== '' && (names[index] ?? '') === '')
  if (extra || (short === 'fault' && cells.length < names.length))
    problems.push(
      problem('adapter.table.cells', '', undefined, { count: cells.length, expected: names.length }),
    )
  for (const [index, cell] of cells.entries())
    if (cell.includes(undecodable))
      problems.push(
        problem('adapter.charset.bytes', `column ${names[index] ?? index + 1}`, cell, { charset }),
      )
  // Where cells have no places of their own, one too many makes every cell behind it another column's.
  const known = extra && short === 'fault' ? names.slice(0, 1) : names
  const named = new Map<string, string>()
  for (const [index, name] of known.entries()) if (name !== '') named.set(name, cells[index] ?? '')
  const [first, ...more] = problems
  return first === undefined
    ? { kind: 'record', record: { position, cells: named } }
    : { ...fault(position, first, ...more), cells: named }
}

/** What is wrong with a row by its size. */
export function sizeProblems(cells: readonly string[]): Problem[] {
  const { columns, cell: cellLimit, row: rowLimit } = gridLimits
  const long = (what: string, limit: number) => problem('adapter.table.long', '', undefined, { what, limit })
  const problems: Problem[] = []
  if (cells.length > columns)
    problems.push(problem('adapter.document.too-many', '', undefined, { limit: columns, what: 'columns' }))
  if (cells.some((cell) => cell.length > cellLimit)) problems.push(long('cell', cellLimit))
  if (charactersOf(cells) > rowLimit) problems.push(long('row', rowLimit))
  return problems
}

export function charactersOf(cells: readonly string[]): number {
  let sum = 0
  for (const cell of cells) sum += cell.length
  return sum
}

export const tooMany = (position: string, limit: number, what: string): Fault =>
  fault(position, problem('adapter.document.too-many', '', undefined, { limit, what }))

export const fault = (position: string, first: Problem, ...rest: Problem[]): Fault => ({
  kind: 'fault',
  position,
  problems: [first, ...rest],
})
