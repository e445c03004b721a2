// A row to be written: the cells of a form as values of columns.
import { bad, good, type Result } from '../../../problem/problem.ts'
import { type Charset, unsayable } from '../../formats/charset.ts'
import type { RowCell } from '../../formats/row-dump.ts'
import { SqlError, type Table, type Value } from './engine.ts'
import type { Brought } from './files-out.ts'
import type { FileOptions } from './options.ts'
import type { Opened } from './session.ts'
import { blankOf, columnOf, insert, text, type Values } from './statement.ts'

/** A row to be written; its files are read when it is. */
export interface Row {
  readonly values: Values
  readonly files: Brought
}

export async function insertRow({ connection }: Opened, table: Table, { values, files }: Row, more: Values) {
  const bytes = new Map<string, Value>()
  for (const [name, read] of files) bytes.set(name, await read())
  await insert(connection, table, new Map([...values, ...bytes, ...more]))
}

/** The cells of a written row as values of columns, and its files by their column: blanks as NULL, or '' where NULL is not allowed. */
export function rowOf(
  table: Table,
  row: Readonly<Record<string, RowCell>>,
  prefix: string,
  files: readonly FileOptions[],
  brought: Brought,
  charset: Charset | undefined,
): Result<Row> {
  const values = new Map<string, Value>()
  const held = new Map<string, () => Promise<Buffer>>()
  for (const [name, cell] of Object.entries(row)) {
    const column = table.columns.get(name)
    // The table was altered since the session looked at it, or the profile's fields name a column that is not there.
    if (column === undefined) throw new SqlError('closed', `schema: ${table.name}.${name}`)
    const file = files.find(({ at }) => at === prefix + name)
    if (cell === null) {
      const none = blankOf(column)
      if (none !== undefined) values.set(name, none === null ? none : text(column, none, charset))
      continue
    }
    if (typeof cell !== 'string') throw new Error('a form wrote a cell that is no text')
    if (file === undefined) {
      const unsaid = charset === undefined ? undefined : unsayable(cell, charset)
      if (unsaid !== undefined) return bad({ ...unsaid, path: name })
      values.set(name, text(column, cell, charset))
      continue
    }
    const read = column.sort === 'bytes' ? brought.get(cell) : undefined
    if (read !== undefined) held.set(name, read)
    else values.set(name, column.sort === 'bytes' ? null : text(column, file.prefix + cell, charset))
    if (file.name !== undefined) values.set(file.name, text(columnOf(table, file.name), cell, charset))
  }
  return good({ values, files: held })
}

/** What can be compared by statement: all but the bytes of files, which would be sent once more. */
export const comparable = (table: Table, values: Values): Values =>
  new Map([...values].filter(([name]) => columnOf(table, name).sort !== 'bytes'))
