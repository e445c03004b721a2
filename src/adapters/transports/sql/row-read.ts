// One row with its lists, read as the database prints it: what it is known by, and whether it is what it was.
import { createHash } from 'node:crypto'
import { type MessageId, readMessageId } from '../../../letter/time.ts'
import { type Charset, decodePart, undecodable } from '../../formats/charset.ts'
import type { RowCell } from '../../formats/row-dump.ts'
import { cellLimit } from '../../formats/rows.ts'
import type { Row, Table, Value } from './engine.ts'
import { stampOfPath } from './files.ts'
import type { FileOptions, ListOptions, ReadOptions } from './options.ts'
import type { Opened } from './session.ts'
import { columnOf, parameterOf, select, type Values } from './statement.ts'
import { twoHaveKey } from './trouble.ts'

/** Rows of one list, at most: what has more is no letter. */
export const listLimit = 1000

export interface RowReading extends ReadOptions {
  readonly document: 'letter' | 'notice'
  readonly charset: Charset | undefined
  readonly limit: number
}

/** A row as it was printed, before its files are read. */
export interface PrintedRow {
  readonly key: Values
  /** The same for the same content, files by their size or path only; whatever the gateway writes back is no part of it. */
  readonly digest: string
  /** What stands where its paths lead: the size, time and inode of each file, '' where none is. */
  readonly stamps: readonly string[]
  /** The message id that was written back when the row was taken before; it outlives this process. */
  readonly told?: MessageId
  readonly printed: readonly Printed[]
}

export interface Printed {
  /** Absent for the row itself. */
  readonly list?: string
  readonly table: Table
  readonly columns: readonly string[]
  readonly rows: readonly Row[]
  /** What names these rows, and no row of another letter. */
  readonly where: Values
}

/** Columns of a table that are part of the letter: not what is written back, nor what changes by itself. */
function contentColumns(table: Table, left: ReadonlySet<string>, files: ReadonlySet<string>): string[] {
  return [...table.columns.values()]
    .filter(
      ({ name, sort, automatic }) => !automatic && !left.has(name) && (sort !== 'bytes' || files.has(name)),
    )
    .map(({ name }) => name)
}

/** The columns of bytes that nothing reads, for an operator to know. */
export const unreadColumns = (table: Table, { files, ignore }: ReadOptions): readonly string[] =>
  [...table.columns.values()]
    .filter(
      ({ name, sort }) => sort === 'bytes' && !ignore.includes(name) && !files.some(({ at }) => at === name),
    )
    .map(({ name }) => name)

/** Reads a row, locked where `lock` says so; nothing when there is none, or when somebody else holds it. Throws where two have its key. */
export async function printRow(
  opened: Opened,
  reading: RowReading,
  key: Values,
  asked: { readonly lock?: boolean; readonly among?: readonly [string, readonly Value[]] },
): Promise<PrintedRow | undefined> {
  const { connection, table: tableNamed } = opened
  const table = tableNamed(reading.table)
  const { status, writeBack, ignore } = reading
  const left = new Set(
    [status?.column, writeBack.messageId, writeBack.error, ...ignore].filter((each) => each !== undefined),
  )
  const filesOf = (list?: string): ReadonlySet<string> =>
    new Set(
      reading.files.flatMap((file) => {
        const place = placeOf(file)
        return place.list === list ? [place.column] : []
      }),
    )
  const columns = contentColumns(table, left, filesOf())
  const characters = cellLimit + 1
  const told = writeBack.messageId === undefined ? [] : [writeBack.messageId]
  const found = await select(connection, table, {
    columns: [...columns, ...told],
    characters,
    where: key,
    limit: 2,
    ...(asked.lock === true && { rows: 'lock' }),
    ...(asked.among && { among: asked.among }),
  })
  if (found.length === 0) return undefined
  // The other one may be in another state. Which of them is which, nobody could tell afterwards.
  const twins =
    found.length > 1 ||
    (asked.among && (await select(connection, table, { columns: [], where: key, limit: 2 })).length > 1)
  if (twins) throw twoHaveKey()
  const rows = found.map((row) => row.slice(0, columns.length))
  const before = readMessageId(found[0]?.[columns.length]?.toString('latin1').trim() ?? '')
  const printed: Printed[] = [{ table, columns, rows, where: key }]
  for (const [list, options] of Object.entries(reading.lists))
    printed.push(await printList(opened, list, options, reading, key, filesOf(list)))
  const digest = createHash('sha256')
  for (const each of printed) {
    digest.update(JSON.stringify([each.list ?? '', each.columns]))
    for (const row of each.rows)
      for (const cell of row) digest.update(cell === null ? 'null' : `${cell.length}:`).update(cell ?? '')
  }
  return {
    key,
    digest: digest.digest('hex'),
    stamps: await stampsOf(printed, reading),
    printed,
    ...(before.ok && { told: before.value }),
  }
}

/** Whether a row and what stands where its paths lead are what they were. */
export const isSameRow = (
  one: Pick<PrintedRow, 'digest' | 'stamps'>,
  other: Pick<PrintedRow, 'digest' | 'stamps'>,
): boolean => one.digest === other.digest && one.stamps.join('\n') === other.stamps.join('\n')

/** The list and the column that a file stands in. */
export function placeOf({ at }: FileOptions): { readonly list?: string; readonly column: string } {
  const [first = '', second] = at.split('.')
  return second === undefined ? { column: first } : { list: first, column: second }
}

async function stampsOf(
  printed: readonly Printed[],
  { files, charset = 'utf-8' }: RowReading,
): Promise<readonly string[]> {
  const stamps: string[] = []
  for (const file of files.filter(({ folder }) => folder !== undefined)) {
    const { list, column } = placeOf(file)
    for (const { table, columns, rows } of printed.filter((part) => part.list === list)) {
      const at = columns.indexOf(column)
      if (at < 0) continue
      const { sort } = columnOf(table, column)
      for (const row of rows.slice(0, listLimit)) {
        const path = cellOf(row[at] ?? null, sort, charset)
        stamps.push(typeof path === 'string' && path !== '' ? await stampOfPath(path, file) : '')
      }
    }
  }
  return stamps
}

async function printList(
  { connection, table: tableNamed }: Opened,
  list: string,
  { table: name, on, order }: ListOptions,
  { table: own, ignore }: RowReading,
  key: Values,
  files: ReadonlySet<string>,
): Promise<Printed> {
  const main = tableNamed(own)
  const table = tableNamed(name)
  const joined = Object.entries(on)
  const [values = []] = await select(connection, main, {
    columns: joined.map(([, column]) => column),
    where: key,
    limit: 1,
  })
  const left = new Set([
    ...Object.keys(on),
    ...ignore.flatMap((each) => (each.startsWith(`${list}.`) ? [each.slice(list.length + 1)] : [])),
  ])
  const columns = contentColumns(table, left, files)
  const where = new Map(
    joined.map(([column], index): [string, Value] => [
      column,
      parameterOf(columnOf(table, column), values[index] ?? null, connection.words.raw),
    ]),
  )
  // A row that no list can belong to (its column is NULL) has none.
  const none = [...where.values()].includes(null)
  const rows = none
    ? []
    : await select(connection, table, {
        columns,
        characters: cellLimit + 1,
        where,
        order,
        limit: listLimit + 1,
      })
  return { list, table, columns, rows: order.length > 0 ? rows : sorted(table, columns, rows), where }
}

/** Rows that no column orders, by what they say, column by column: no engine gives them in the same order for ever. */
function sorted(table: Table, columns: readonly string[], rows: readonly Row[]): readonly Row[] {
  const whole = columns.map((name) => columnOf(table, name).sort === 'whole')
  const compared = (one: Row, other: Row): number => {
    for (const [at, cell] of one.entries()) {
      const beside = other[at] ?? null
      if (cell === null || beside === null) {
        if (cell !== beside) return cell === null ? -1 : 1
        continue
      }
      const order = whole[at]
        ? Number(BigInt(cell.toString()) > BigInt(beside.toString())) -
          Number(BigInt(cell.toString()) < BigInt(beside.toString()))
        : cell.compare(beside)
      if (order !== 0) return order
    }
    return 0
  }
  return rows.toSorted(compared)
}

/**
 * The table and the key: the key itself where it is a number, else its digest, which no log can tell a letter by. `again`:
 * what ended the handing-over before this one, where the system has set the row to new again.
 */
export function handoverOf({ table }: Opened, reading: ReadOptions, key: Values, again?: string): string {
  const suffix =
    again === undefined ? '' : ` again-${createHash('sha256').update(again).digest('hex').slice(0, 24)}`
  const whole = [...key.keys()].every((name) => columnOf(table(reading.table), name).sort === 'whole')
  const values = keyTexts(key)
  const text = `sql ${reading.table} ${values.join(' ')}`
  if (whole && text.length <= 69) return `${text}${suffix}`
  return `sql ${createHash('sha256')
    .update(JSON.stringify([reading.table, values]))
    .digest('hex')}${suffix}`
}

export const keyTexts = (key: Values): string[] =>
  [...key.values()].map((value) => (Buffer.isBuffer(value) ? value.toString('hex') : String(value)))

/** A cell as the source says it. */
export function cellOf(cell: Buffer | null, sort: string, charset: Charset): RowCell {
  if (cell === null) return null
  if (sort === 'bytes') return cell.toString('utf8')
  if (cell.length > cellLimit) return { large: cell.length }
  const text = decodePart(cell, sort === 'text' ? charset : 'utf-8')
  return text.includes(undecodable) ? { hex: cell.toString('hex') } : text
}
