// One fixed-width record ↔ cells: what each column holds, what it refuses, and that nothing stands between columns.
import { type Problem, problem } from '../../../problem/problem.ts'
import { type Charset, decodePart, encode, encodedLength, undecodable } from '../charset.ts'
import type { RecordRead } from '../format.ts'
import type { Line } from './lines.ts'

export interface Column {
  readonly name: string
  /** Its first byte; the record's first is 1. */
  readonly start: number
  readonly length: number
  readonly align: 'left' | 'right'
  readonly pad: 'space' | 'zero'
}

export interface Layout {
  readonly charset: Charset
  /** Bytes of a record without its end; absent: up to the end of the last column. */
  readonly length?: number
  readonly short: 'fault' | 'blank'
  readonly columns: readonly Column[]
}

/** Bytes of a record that belong to no column: what stood there would be lost without a word. */
export interface Gap {
  readonly first: number
  readonly last: number
}

/** The gaps of a layout, in order. */
export function gapsOf(layout: Layout): readonly Gap[] {
  const gaps: Gap[] = []
  let free = 1
  for (const column of layout.columns.toSorted((a, b) => a.start - b.start)) {
    if (column.start > free) gaps.push({ first: free, last: column.start - 1 })
    free = last(column) + 1
  }
  if (recordLength(layout) >= free) gaps.push({ first: free, last: recordLength(layout) })
  return gaps
}

/** One record; nothing where nothing stands in it. */
export function recordOf(
  { position, bytes, text }: Line,
  layout: Layout,
  gaps: readonly Gap[],
): RecordRead | undefined {
  const { columns, charset, short } = layout
  if (isBlank(bytes, 0, bytes.length)) return undefined
  const length = recordLength(layout)
  // What fills a column is told by bytes, which are the same in all these charsets; text is made of the rest only.
  const cellOf = ({ start, length, align, pad }: Column): string => {
    let from = start - 1
    let to = Math.min(from + length, bytes.length)
    if (align === 'left') while (to > from && bytes[to - 1] === 0x20) to -= 1
    else {
      while (from < to && bytes[from] === 0x20) from += 1
      if (pad === 'zero') while (from < to - 1 && bytes[from] === 0x30) from += 1
    }
    if (from >= to) return ''
    return text === undefined ? decodePart(bytes.subarray(from, to), charset) : text.slice(from, to)
  }
  const cells = new Map<string, string>()
  for (const column of columns) cells.set(column.name, cellOf(column))
  const problems: Problem[] = []
  const long = !isBlank(bytes, length, bytes.length)
  if ((bytes.length < length && short === 'fault') || long)
    problems.push(problem('adapter.fixed.length', '', undefined, { count: bytes.length, expected: length }))
  else
    for (const { first, last } of gaps)
      if (!isBlank(bytes, first - 1, last)) {
        const between = decodePart(bytes.subarray(first - 1, last), charset)
        problems.push(problem('adapter.fixed.between', '', between, { first, last }))
      }
  if (text?.includes(undecodable) !== false)
    for (const [name, cell] of cells)
      if (cell.includes(undecodable))
        problems.push(problem('adapter.charset.bytes', `column ${name}`, cell, { charset }))
  const [first, ...more] = problems
  if (first === undefined) return { kind: 'record', record: { position, cells } }
  // In a line that is too long every column may stand elsewhere, but the first.
  const known = long ? columns.filter(({ start }) => start === 1) : columns
  return {
    ...fault(position, first, ...more),
    cells: new Map(known.map(({ name }) => [name, cells.get(name) ?? ''])),
  }
}

/** Why this text cannot stand in a column, or nothing. The charset is asked before. */
export function refusedBy(column: Column, cell: string, layout: Layout): Problem | undefined {
  const { name, align, pad, length: limit } = column
  const filled = align === 'left' ? / $/ : pad === 'space' ? /^ / : /^ |^0./s
  // The mark at the beginning of a document is taken away; in a cell it would go with it.
  if (filled.test(cell) || cell.startsWith('\ufeff'))
    return problem('adapter.column.edge', '', cell, { column: name })
  const count = encodedLength(cell, charsetOf(layout))
  return count > limit
    ? problem('adapter.column.narrow', '', cell, { column: name, count, limit })
    : undefined
}

/** Puts a text into its column of a blank line. Throws for one that `refusedBy` names. */
export function put(line: Buffer, column: Column, cell: string, layout: Layout): void {
  // Blank is not zero: a number that nobody gave stays blank.
  if (cell === '') return
  const bytes = bytesOf(cell, layout)
  const free = column.length - bytes.length
  if (free < 0) throw new Error(`a text was written that the column ${column.name} refuses`)
  const from = column.start - 1
  if (column.pad === 'zero') line.fill('0', from, from + free)
  bytes.copy(line, column.align === 'left' ? from : from + free)
}

export const last = ({ start, length }: Column): number => start + length - 1

export const recordLength = ({ length, columns }: Layout): number => length ?? Math.max(...columns.map(last))

export const bytesOf = (cell: string, layout: Pick<Layout, 'charset'>): Buffer =>
  encode(cell, charsetOf(layout))

/** The mark is the document's; no cell has one. */
const charsetOf = ({ charset }: Pick<Layout, 'charset'>): Charset =>
  charset === 'utf-8-bom' ? 'utf-8' : charset

function isBlank(bytes: Buffer, from: number, to: number): boolean {
  const end = Math.min(to, bytes.length)
  for (let at = from; at < end; at += 1) if (bytes[at] !== 0x20) return false
  return true
}

export const fault = (
  position: string,
  first: Problem,
  ...rest: Problem[]
): Extract<RecordRead, { kind: 'fault' }> => ({
  kind: 'fault',
  position,
  problems: [first, ...rest],
})
