// The records of a dBase table. What is broken costs its own record; a table that was cut gives its whole ones.
import { type Problem, problem } from '../../../problem/problem.ts'
import { type Charset, decode, undecodable } from '../charset.ts'
import type { Companion, RecordRead } from '../format.ts'
import { type CellRead, readCell, readMemo } from './cells.ts'
import { type Column, codePageContradicted, readHeader, type Table } from './header.ts'
import { type MemoRead, memoReader } from './memo.ts'

export interface DbfOptions {
  readonly charset: Charset
  readonly deleted: 'skip' | 'fault'
  readonly codepage: 'check' | { readonly ignore: string }
  readonly records: number
}

const [live, deleted, endOfTable] = [0x20, 0x2a, 0x1a]

/** Reads a table and its memos. Work and memory follow the bytes that are there, never what the header claims. */
export function* dbfRecords(
  bytes: Buffer,
  companion: Companion | undefined,
  options: DbfOptions,
): Generator<RecordRead> {
  const { charset } = options
  const table = readHeader(bytes, charset)
  if ('code' in table) return yield fault('header', table)
  const other = options.codepage === 'check' ? codePageContradicted(table.codePage, charset) : undefined
  if (other !== undefined) return yield fault('header', other)
  const nameless = table.columns.find(({ name }) => name.includes(undecodable))
  if (nameless !== undefined)
    return yield fault('header', problem('adapter.charset.bytes', '', nameless.name, { charset }))
  const { headerLength, recordLength, count } = table
  const whole = Math.min(count, Math.floor((bytes.length - headerLength) / recordLength))
  const end = headerLength + whole * recordLength
  const decoded = decode(bytes.subarray(headerLength, end), charset)
  if ('problem' in decoded) return yield fault('document', decoded.problem)
  if (count === 0) yield fault('document', problem('adapter.document.empty', ''))
  const memos = memosOf(table, companion)
  let read = 0
  for (let index = 0; index < whole; index += 1) {
    const position = `record ${index + 1}`
    const at = headerLength + index * recordLength
    const mark = bytes[at]
    if (mark === endOfTable) return yield truncated(count, index)
    if (mark === deleted && options.deleted === 'skip') continue
    read += 1
    if (read > options.records) {
      const details = { limit: options.records, what: 'records' }
      return yield fault(position, problem('adapter.document.too-many', '', undefined, details))
    }
    if (mark === deleted) yield fault(position, problem('adapter.dbf.deleted', ''))
    else if (mark !== live)
      yield fault(
        position,
        problem('adapter.dbf.mark', '', (mark ?? 0).toString(16).toUpperCase().padStart(2, '0')),
      )
    else yield recordOf(bytes.subarray(at + 1, at + recordLength), position, table, memos, charset)
  }
  if (whole < count) return yield truncated(count, whole)
  // The end mark may be missing. Anything else behind the counted records may be records that were never counted.
  const rest = bytes.subarray(bytes[end] === endOfTable ? end + 1 : end)
  if (rest.some((byte) => byte !== 0 && byte !== endOfTable)) {
    const details = { count: rest.length, expected: count }
    yield fault(`record ${count + 1}`, problem('adapter.dbf.beyond', '', undefined, details))
  }
}

const truncated = (count: number, found: number): RecordRead =>
  fault(`record ${found + 1}`, problem('adapter.dbf.truncated', '', undefined, { count, found }))

interface Memos {
  /** Its memo file did not come: what it is called. */
  readonly missing?: string
  read(block: number, path: string): MemoRead | { readonly problem: Problem }
}

function memosOf({ memo }: Table, companion: Companion | undefined): Memos {
  if (memo === undefined) return { read: () => ({ reason: 'the table has no memo file' }) }
  const content = companion?.content
  if (content === undefined)
    return { missing: companion?.name ?? '', read: () => ({ reason: 'the memo file did not come' }) }
  if (!content.ok) return { read: (_block, path) => ({ problem: { ...content.problems[0], path } }) }
  return { read: memoReader(content.value, memo) }
}

function recordOf(
  bytes: Buffer,
  position: string,
  { columns }: Table,
  memos: Memos,
  charset: Charset,
): RecordRead {
  const cells = new Map<string, string>()
  const problems: Problem[] = []
  let lacking = false
  let at = 0
  for (const column of columns) {
    const part = bytes.subarray(at, at + column.length)
    at += column.length
    const cell =
      column.type === 'M' ? memoCell(part, column, memos, charset) : readCell(part, column, charset)
    if (cell === undefined) lacking = true
    else if ('problem' in cell) problems.push(cell.problem)
    cells.set(column.name, cell !== undefined && 'text' in cell ? cell.text : '')
  }
  const [first, ...rest] = problems
  if (first !== undefined) return { ...fault(position, first, ...rest), cells }
  return {
    kind: 'record',
    record: { position, cells, ...(lacking && memos.missing !== undefined && { missing: [memos.missing] }) },
  }
}

/** The text of a memo; nothing when its file did not come. */
function memoCell(bytes: Buffer, { name }: Column, memos: Memos, charset: Charset): CellRead | undefined {
  const path = `column ${name}`
  const printed = bytes.length === 4 ? String(bytes.readUInt32LE(0)) : bytes.toString('latin1').trim()
  if (/^[0\0]*$/.test(printed)) return { text: '' }
  if (!/^\d+$/.test(printed))
    return {
      problem: problem('adapter.dbf.cell', path, printed, { expected: 'the block of a memo, or blanks' }),
    }
  if (memos.missing !== undefined) return undefined
  const memo = memos.read(Number(printed), path)
  if ('problem' in memo) return memo
  return 'reason' in memo
    ? { problem: problem('adapter.dbf.memo', path, printed, { reason: memo.reason }) }
    : readMemo(memo.bytes, path, charset)
}

const fault = (
  position: string,
  first: Problem,
  ...rest: Problem[]
): Extract<RecordRead, { kind: 'fault' }> => ({
  kind: 'fault',
  position,
  problems: [first, ...rest],
})
