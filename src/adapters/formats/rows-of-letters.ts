// Which of a document's records are letters: some are none (totals, deleted ones), some are lines of the letter above.
// What is written must never be read as either.
import { type Problem, problem } from '../../problem/problem.ts'
import type { RecordForm, RecordRead } from './format.ts'

/** Records whose cell in `column` is one of `is`, or begins with one of `begins`, are no letters. */
export interface SkipRule {
  readonly column: string
  readonly is?: readonly string[]
  readonly begins?: readonly string[]
}

/** Records whose cell in `when` is blank belong to the one above: the cells of `join` are joined to its cells. */
export interface ContinuesRule {
  readonly when: string
  /** Column → what stands between the parts. */
  readonly join: Readonly<Record<string, string>>
}

export interface RowRules {
  readonly skip?: readonly SkipRule[]
  readonly continues?: ContinuesRule
}

/** The columns that the rules look at: without them nobody knows which records are letters. */
export const columnsOfRules = ({ skip = [], continues }: RowRules): readonly string[] => [
  ...skip.map(({ column }) => column),
  ...(continues === undefined ? [] : [continues.when, ...Object.keys(continues.join)]),
]

type Cells = ReadonlyMap<string, string>
type Rules = RowRules

const held = (cells: Cells, column: string): string => (cells.get(column) ?? '').trim()

const matches = ({ is = [], begins = [] }: SkipRule, cell: string): boolean =>
  is.some((each) => each.trim() === cell) || begins.some((each) => cell.startsWith(each.trim()))

/** The records that are letters, continued ones whole. A record that is skipped takes its further lines with it, never what cannot be read. */
export function letterRows(reads: readonly RecordRead[], rules: Rules): readonly RecordRead[] {
  const { skip = [], continues } = rules
  if (skip.length === 0 && continues === undefined) return reads
  const kept: RecordRead[] = []
  let skipping = false
  for (const read of reads) {
    const cells = read.kind === 'record' ? read.record.cells : read.cells
    if (continues !== undefined && isFurther(read, cells, continues)) {
      if (!skipping) addFurther(kept, read, continues)
      // Nobody knows that it followed the row above: it may be a letter, or all the letters after it.
      else if (read.kind === 'fault') kept.push(read)
      continue
    }
    const cell = (column: string): string | undefined => {
      const found = cells?.has(column) ? held(cells, column) : undefined
      // What is blank in a record that is not whole may have been cut off.
      return found === '' && read.kind === 'fault' ? undefined : found
    }
    skipping = skip.some((rule) => {
      const found = cell(rule.column)
      return found !== undefined && matches(rule, found)
    })
    if (!skipping) kept.push(read)
  }
  return kept
}

/** A line that cannot be read as far as that may belong to the letter above, which is not whole then. */
const isFurther = (read: RecordRead, cells: Cells | undefined, { when }: ContinuesRule): boolean =>
  cells === undefined || (cells.has(when) ? held(cells, when) === '' : read.kind === 'fault')

function addFurther(kept: RecordRead[], read: RecordRead, { when, join }: ContinuesRule): void {
  const above = kept.at(-1)
  const position = read.kind === 'record' ? read.record.position : read.position
  if (above === undefined) {
    if (read.kind === 'fault') kept.push(read)
    else
      kept.push({
        kind: 'fault',
        position,
        problems: [problem('adapter.record.nothing-above', `column ${when}`)],
      })
    return
  }
  const problems: Problem[] = read.kind === 'fault' ? [...read.problems] : []
  if (read.kind === 'record' && above.kind === 'record') {
    const cells = new Map(above.record.cells)
    for (const [column, cell] of read.record.cells) {
      const between = join[column]
      const whole = cells.get(column) ?? ''
      if (cell.trim() === '') continue
      if (between !== undefined) cells.set(column, whole.trim() === '' ? cell : `${whole}${between}${cell}`)
      // Some systems repeat on further lines what stands on the first.
      else if (cell !== whole)
        problems.push(problem('adapter.record.line-other', `column ${column}`, cell, { line: position }))
    }
    const missing = [...(above.record.missing ?? []), ...(read.record.missing ?? [])]
    if (problems.length === 0) {
      const record = { ...above.record, cells, ...(missing.length > 0 && { missing }) }
      kept[kept.length - 1] = { kind: 'record', record }
      return
    }
  }
  const [first, ...rest] = [...(above.kind === 'fault' ? above.problems : []), ...problems]
  if (first === undefined) return
  kept[kept.length - 1] = {
    kind: 'fault',
    position: above.kind === 'record' ? above.record.position : above.position,
    problems: [first, ...rest],
    ...cellsOf(above),
  }
}

function cellsOf(read: RecordRead): { readonly cells?: Cells } {
  const cells = read.kind === 'record' ? read.record.cells : read.cells
  return cells === undefined ? {} : { cells }
}

/** The form, which refuses cells that would make what is written no letter. */
export function guarded(form: RecordForm, rules: Rules): RecordForm {
  if (columnsOfRules(rules).length === 0) return form
  return {
    ...form,
    refuses: (text, column) =>
      form.refuses(text, column) ??
      (column === undefined ? undefined : refusedCell(text.trim(), column, rules)),
  }
}

function refusedCell(cell: string, column: string, { skip = [], continues }: Rules): Problem | undefined {
  if (skip.some((rule) => rule.column === column && matches(rule, cell)))
    return problem('adapter.column.skipped', '', cell, { column })
  if (continues?.when === column && cell === '')
    return problem('adapter.record.line-blank', '', undefined, { column })
  return undefined
}

/** Why written cells would not be read as a letter: columns that no field is mapped to, too. */
export function unreadable(cells: Cells, rules: Rules): readonly Problem[] {
  const problems: Problem[] = []
  for (const column of new Set(columnsOfRules(rules))) {
    const found = refusedCell(held(cells, column), column, rules)
    if (found !== undefined) problems.push({ ...found, path: column })
  }
  return problems
}
