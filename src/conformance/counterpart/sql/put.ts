// Puts a document into the tables of a system, as its own program would.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type RowCell, readDump } from '../../../adapters/formats/row-dump.ts'
import type { ReadOptions } from '../../../adapters/transports/sql/options.ts'
import type { HandedIn } from '../counterpart.ts'
import type { System } from './design.ts'

/** Puts a document into the table that is read, new, with its lists and its files. */
export async function putRow(
  { tables, folders, columns }: System,
  read: ReadOptions,
  { written, contents }: HandedIn,
  key: number,
): Promise<void> {
  const dump = readDump(written.bytes)
  // Bytes that are no row are, in a table, a row in which nothing can be what it should.
  const { row, lists } = dump.ok
    ? dump.value
    : {
        row: Object.fromEntries(columns.filter((name) => !name.includes('.')).map((name) => [name, 'x'])),
        lists: {},
      }
  const file = (name: string): Buffer | undefined => {
    const found = written.files.find((each) => each.name === name)
    return found && (found.content.kind === 'bytes' ? found.content.bytes : contents.get(found.sha256))
  }
  const cells = new Map<string, string | Buffer | null>()
  const put = (
    into: Map<string, string | Buffer | null>,
    at: string,
    column: string,
    cell: RowCell,
  ): void => {
    const options = read.files?.find((each) => each.at === at)
    const text = typeof cell === 'string' ? cell : null
    if (options === undefined || text === null) {
      into.set(column, text)
      return
    }
    const bytes = file(text)
    if (bytes === undefined) return
    const folder = folders.get(at)
    if (folder === undefined) into.set(column, bytes)
    else {
      writeFileSync(join(folder, text), bytes)
      into.set(column, `${options.prefix ?? ''}${text}`)
    }
    if (options.name !== undefined) into.set(options.name, text)
  }
  for (const [column, cell] of Object.entries(row)) put(cells, column, column, cell)
  for (const name of read.key) if ((cells.get(name) ?? null) === null) cells.set(name, String(key))
  const state = read.status?.new[0]
  if (read.status !== undefined) cells.set(read.status.column, state ?? null)
  const [rows, references] = [Object.entries(lists), cells]
  // The lists first: the row is new as soon as it stands there.
  for (const [list, { columns, rows: each }] of rows) {
    const options = read.lists?.[list]
    if (options === undefined) continue
    for (const [index, row] of each.entries()) {
      const own = new Map<string, string | Buffer | null>()
      for (const [at, column] of columns.entries()) put(own, `${list}.${column}`, column, row[at] ?? null)
      for (const name of options.order ?? []) own.set(name, String(index + 1))
      for (const [column, of] of Object.entries(options.on))
        own.set(column, references.get(of) ?? String(key))
      await tables.insert(options.table, own)
    }
  }
  await tables.insert(read.table, cells)
}
