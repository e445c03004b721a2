// A row of a database, written down: what the transport `sql` keeps as evidence and the format `rows` reads and writes.
//
// JSON in UTF-8, two spaces deep, columns in the table's order, every value a text exactly as the database prints it or
// null: the same row gives the same bytes for ever, so that the same handing-over is known again.
import { bad, good, type Problem, problem, type Result } from '../../problem/problem.ts'
import { readStrictJson } from './strict-json.ts'

export type RowCell =
  | string
  | null
  /** A file: a BLOB, or what a path leads to. Without a digest it is not there. `named`: the column that its name is from. */
  | {
      readonly file: string
      readonly path?: string
      readonly size?: number
      readonly sha256?: string
      readonly named?: string
    }
  /** Bytes that mean nothing in the charset: kept, and a fault. */
  | { readonly hex: string }
  /** A text of so many bytes, too large to be read: a fault. */
  | { readonly large: number }
  /** A file of which so many rows could be the owner: a fault. */
  | { readonly twins: number }

export interface RowList {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly RowCell[])[]
}

export interface RowDump {
  readonly table?: string
  readonly charset: string
  readonly row: Readonly<Record<string, RowCell>>
  readonly lists: Readonly<Record<string, RowList>>
}

export const writeDump = (dump: RowDump): Buffer => Buffer.from(`${JSON.stringify(dump, null, 2)}\n`, 'utf8')

/** Reads a dump, ours or one that a person wrote as a sample: `charset` and `lists` may be left out there. */
export function readDump(bytes: Buffer): Result<RowDump> {
  const read = readStrictJson(bytes)
  if (!read.ok) return read
  const value = read.value
  if (!isObject(value)) return broken('it is no object')
  const unknown = Object.keys(value).find((key) => !['table', 'charset', 'row', 'lists'].includes(key))
  if (unknown !== undefined) return broken(`the key ${unknown} is not known`)
  const { table, charset = 'utf-8', row, lists = {} } = value
  if ((table !== undefined && typeof table !== 'string') || typeof charset !== 'string')
    return broken('table and charset are texts')
  if (!isObject(row) || !Object.values(row).every(isCell))
    return broken('row is an object of columns, each a text, null or a file')
  if (!isObject(lists)) return broken('lists is an object')
  for (const [name, list] of Object.entries(lists))
    if (!isList(list)) return broken(`lists.${name} has columns, and rows of as many cells`)
  return good({
    ...(table !== undefined && { table }),
    charset,
    row: row as RowDump['row'],
    lists: lists as RowDump['lists'],
  })
}

const broken = (reason: string): { readonly ok: false; readonly problems: readonly [Problem] } =>
  bad(problem('adapter.rows.broken', '', undefined, { reason })) as { ok: false; problems: [Problem] }

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function isCell(value: unknown): value is RowCell {
  if (value === null || typeof value === 'string') return true
  if (!isObject(value)) return false
  if (typeof value['hex'] === 'string') return /^(?:[0-9a-f]{2})*$/.test(value['hex'])
  return (
    typeof value['file'] === 'string' ||
    typeof value['large'] === 'number' ||
    typeof value['twins'] === 'number'
  )
}

function isList(value: unknown): value is RowList {
  if (!isObject(value)) return false
  const { columns, rows } = value
  return (
    Array.isArray(columns) &&
    columns.every((column) => typeof column === 'string') &&
    Array.isArray(rows) &&
    rows.every((row) => Array.isArray(row) && row.length === columns.length && row.every(isCell))
  )
}
