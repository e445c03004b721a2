// A row that was printed, written down as the source that is offered, its files in the gateway's keeping.
import { isAscii } from 'node:buffer'
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { printable } from '../../../problem/problem.ts'
import type { AdapterVerbs, AttachmentContent, Source } from '../../contract.ts'
import { type Charset, decode } from '../../formats/charset.ts'
import { type RowCell, type RowDump, writeDump } from '../../formats/row-dump.ts'
import { SqlError, type Table, type Value } from './engine.ts'
import { fileOfPath, freeName } from './files.ts'
import type { ReadOptions } from './options.ts'
import {
  cellOf,
  handoverOf,
  isSameRow,
  keyTexts,
  listLimit,
  type Printed,
  type PrintedRow,
  placeOf,
  printRow,
  type RowReading,
} from './row-read.ts'
import type { Opened } from './session.ts'
import { columnOf, digestOf, parameterOf, piecesOf, select, type Values } from './statement.ts'

/** A file of a column as it was read: the same must stand there when all of the letter has been read. */
interface ReadFile {
  readonly table: Table
  readonly column: string
  readonly where: Values
  readonly digest: string
}

/**
 * Reads the files of a printed row into the gateway's keeping, and makes the source. Row, lists and pieces of files are
 * statements of their own, so all is looked at a second time when all has been read: where both looks agree, everything
 * stood there together in between, on any engine. Throws where they do not: not now.
 */
export async function sourceOf(
  opened: Opened,
  reading: RowReading,
  row: PrintedRow,
  verbs: AdapterVerbs,
  { again, ...how }: Pick<Source, 'final' | 'seen'> & { readonly again?: string },
): Promise<Source> {
  const beside = new Map<string, AttachmentContent>()
  const files: ReadFile[] = []
  const { charset = 'utf-8' } = reading
  const other = contradicts(row, charset)
  const lists: Record<string, { columns: readonly string[]; rows: RowCell[][] }> = {}
  let own: RowDump['row'] = {}
  for (const part of row.printed) {
    const cells: RowCell[][] = []
    for (const [index, printed] of part.rows.entries()) {
      const plain = printed.map((cell, at) => {
        const { sort } = columnOf(part.table, part.columns[at] ?? '')
        const suspect = other && sort === 'text' && cell !== null && !isAscii(cell)
        return suspect ? { hex: cell.toString('hex') } : cellOf(cell, sort, charset)
      })
      if (part.rows.length > listLimit) cells.push(plain.map(() => ({ large: part.rows.length })))
      else cells.push(await withFiles(opened, reading, part, index, plain, { beside, files }, verbs))
    }
    if (part.list === undefined)
      own = Object.fromEntries(part.columns.map((column, at) => [column, cells[0]?.[at] ?? null]))
    else lists[part.list] = { columns: part.columns, rows: cells.slice(0, listLimit) }
  }
  await unchanged(opened, reading, row, files)
  return {
    document: reading.document,
    name: printable(`${reading.table} ${keyTexts(row.key).join(' ')}`),
    bytes: writeDump({ table: reading.table, charset, row: own, lists }),
    beside,
    handover: handoverOf(opened, reading, row.key, again),
    sender: 'gone',
    ...how,
  }
}

async function unchanged(
  opened: Opened,
  reading: RowReading,
  before: PrintedRow,
  files: readonly ReadFile[],
): Promise<void> {
  const { key, printed } = before
  // One statement read all of a row that has neither.
  if (printed.length === 1 && reading.files.length === 0) return
  for (const { table, column, where, digest: read } of files)
    if ((await digestOf(opened.connection, table, column, where)) !== read)
      throw new SqlError('busy', 'a file was written while it was read', column)
  const again = await printRow(opened, reading, key, {})
  if (again === undefined || !isSameRow(again, before))
    throw new SqlError('busy', 'a letter was written while it was read')
}

/** Two Thai letters may be whole UTF-8 by chance: only what is longer can contradict. */
const telling = 8

/** Whether the texts of a row, taken together, are plainly in another charset than the profile says. */
function contradicts({ printed }: PrintedRow, charset: Charset): boolean {
  const texts = printed.flatMap(({ table, columns, rows }) =>
    rows.flatMap((row) =>
      row.filter((cell, at) => cell !== null && columnOf(table, columns[at] ?? '').sort === 'text'),
    ),
  )
  const whole = Buffer.concat(texts.filter((cell) => cell !== null))
  return whole.filter((byte) => byte >= 0x80).length >= telling && 'problem' in decode(whole, charset)
}

async function withFiles(
  { connection }: Opened,
  reading: RowReading,
  part: Printed,
  index: number,
  plain: readonly RowCell[],
  { beside, files }: { readonly beside: Map<string, AttachmentContent>; readonly files: ReadFile[] },
  verbs: AdapterVerbs,
): Promise<RowCell[]> {
  const cells = [...plain]
  for (const file of reading.files) {
    const { list, column } = placeOf(file)
    const at = part.columns.indexOf(column)
    const cell = cells[at]
    if (list !== part.list || typeof cell !== 'string' || (cell === '' && file.folder !== undefined)) continue
    if (file.folder !== undefined) {
      const found = await fileOfPath(cell, file, reading.limit, verbs)
      cells[at] = found.cell
      if (found.content !== undefined && found.name !== undefined) {
        const name = freeName(found.name, beside)
        beside.set(name, found.content)
        if (typeof found.cell === 'object' && found.cell !== null && 'file' in found.cell)
          cells[at] = { ...found.cell, file: name }
      }
      continue
    }
    const size = Number(cell)
    if (size > reading.limit) {
      cells[at] = { large: size }
      continue
    }
    const where = whereOf(part, index, reading, connection.words.raw)
    const found = await select(connection, part.table, { columns: [], where, limit: 2 })
    if (found.length !== 1) {
      cells[at] = { twins: found.length }
      continue
    }
    const digest = createHash(connection.words.hash)
    const pieces = piecesOf(connection, part.table, column, where, size, digest)
    const kept = await verbs.keep(Readable.from(pieces, { objectMode: false }), reading.limit)
    files.push({ table: part.table, column, where, digest: digest.digest('hex') })
    const named = file.name === undefined ? undefined : cells[part.columns.indexOf(file.name)]
    const said = typeof named === 'string' && named.trim() !== '' ? named.trim() : undefined
    const usual = `${column}${part.rows.length > 1 ? `-${index + 1}` : ''}.${file.ending}`
    const name = freeName(said ?? usual, beside)
    beside.set(name, { kind: 'kept', ...kept })
    const from = list === undefined ? file.name : `${list}.${file.name}`
    cells[at] = { file: name, ...kept, ...(said !== undefined && from !== undefined && { named: from }) }
  }
  return cells
}

/** A row of a list, found again by what orders the list: its file must not be another row's. */
function whereOf(
  { list, table, columns, rows, where }: Printed,
  index: number,
  reading: ReadOptions,
  raw: boolean,
) {
  const order = list === undefined ? [] : (reading.lists[list]?.order ?? [])
  const own = order.flatMap((column): [string, Value][] => {
    const at = columns.indexOf(column)
    return at < 0 ? [] : [[column, parameterOf(columnOf(table, column), rows[index]?.[at] ?? null, raw)]]
  })
  return new Map([...where, ...own])
}
