// Writes dBase tables and their memo files: the same records on the same day give the same bytes.
import { type Charset, encode } from '../charset.ts'
import { writeCell } from './cells.ts'
import { type Column, headerOf, type Version } from './header.ts'
import { memoWriter } from './memo.ts'

export interface TableToWrite {
  readonly version: Version
  readonly charset: Charset
  readonly columns: readonly Column[]
  /** The day in the header, `yyyy-MM-dd`. */
  readonly day: string
  readonly codePage: number
}

type Records = readonly ReadonlyMap<string, string>[]

export const writeTable = (records: Records, table: TableToWrite): Buffer => written(records, table).table

/** The memo file of the same records; nothing for a table without a memo column. */
export const writeMemos = (records: Records, table: TableToWrite): Buffer | undefined =>
  table.columns.some(({ type }) => type === 'M') ? written(records, table).memos : undefined

function written(records: Records, table: TableToWrite): { readonly table: Buffer; readonly memos: Buffer } {
  const { version, charset, columns } = table
  const memos = memoWriter(version)
  const rows = records.flatMap((cells) => [
    Buffer.from(' '),
    ...columns.map((column) => {
      const text = cells.get(column.name) ?? ''
      if (column.type !== 'M' || text === '') return writeCell(text, column, charset)
      const block = String(memos.add(encode(text, charset)))
      // dBase IV fills up with zeros, the others with blanks.
      return Buffer.from(block.padStart(column.length, version === 'dbase4' ? '0' : ' '))
    }),
  ])
  return {
    table: Buffer.concat([headerOf(columns, records.length, table), ...rows, Buffer.from([0x1a])]),
    memos: memos.file(),
  }
}
