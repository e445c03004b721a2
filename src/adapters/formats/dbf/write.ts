// Writes dBase tables and their memo files: the same records on the same day give the same bytes.
import { type Charset, encode, encodedLength } from '../charset.ts'
import { writeCell } from './cells.ts'
import { type Column, headerOf, recordLengthOf, type Version } from './header.ts'
import { memoPlaces, memoWriter } from './memo.ts'

export interface TableToWrite {
  readonly version: Version
  readonly charset: Charset
  readonly columns: readonly Column[]
  /** The day in the header, `yyyy-MM-dd`. */
  readonly day: string
  readonly codePage: number
}

type Records = readonly ReadonlyMap<string, string>[]

export function writeTable(records: Records, table: TableToWrite): Buffer {
  const { version, charset, columns } = table
  const length = recordLengthOf(columns)
  const memos = memoPlaces(version)
  const rows = Buffer.alloc(length * records.length, 0x20)
  for (const [index, cells] of records.entries()) {
    let at = index * length + 1
    for (const column of columns) {
      const text = cells.get(column.name) ?? ''
      const cell = rows.subarray(at, at + column.length)
      at += column.length
      if (text === '') continue
      if (column.type !== 'M') writeCell(text, column, charset, cell)
      else {
        const block = String(memos.take(encodedLength(text, charset)))
        // dBase IV fills up with zeros, the others with blanks.
        cell.write(block.padStart(column.length, version === 'dbase4' ? '0' : ' '), 'latin1')
      }
    }
  }
  return Buffer.concat([headerOf(columns, records.length, table), rows, Buffer.from([0x1a])])
}

/** The memo file of the same records; nothing for a table without a memo column. */
export function writeMemos(
  records: Records,
  { version, charset, columns }: TableToWrite,
): Buffer | undefined {
  const texts = columns.filter(({ type }) => type === 'M')
  if (texts.length === 0) return undefined
  const memos = memoWriter(version)
  for (const cells of records)
    for (const { name } of texts) {
      const text = cells.get(name) ?? ''
      if (text !== '') memos.add(encode(text, charset))
    }
  return memos.file()
}
