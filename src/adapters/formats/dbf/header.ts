// The header of a dBase table ↔ what it says: versions, columns, lengths. Everything it says is checked against the bytes
// before a record is read (attacks X9).
import { type Problem, problem } from '../../../problem/problem.ts'
import { type Charset, decodePart, encode } from '../charset.ts'

export type MemoKind = 'dbase3' | 'dbase4' | 'foxpro'
export const versions = ['dbase3', 'dbase4', 'foxpro'] as const
export type Version = (typeof versions)[number]

/** Text, number, number (float), day, truth, memo, and the whole number of Visual FoxPro, which is only read. */
export type ColumnType = 'C' | 'N' | 'F' | 'D' | 'L' | 'M' | 'I'

export interface Column {
  readonly name: string
  readonly type: ColumnType
  /** Bytes in a record. */
  readonly length: number
  readonly decimals: number
}

export interface Table {
  readonly memo: MemoKind | undefined
  readonly columns: readonly Column[]
  readonly headerLength: number
  readonly recordLength: number
  /** Records, as the header counts them: any number. */
  readonly count: number
  readonly codePage: number
}

/** First byte → the memo file that such a table has. Visual FoxPro (30, 31) has one when it has a memo column. */
const known = new Map<number, MemoKind | undefined>([
  [0x03, undefined],
  [0x83, 'dbase3'],
  [0x8b, 'dbase4'],
  [0xf5, 'foxpro'],
  [0x30, 'foxpro'],
  [0x31, 'foxpro'],
])

const lengths: Readonly<Record<ColumnType, readonly [least: number, most: number]>> = {
  C: [1, 255],
  N: [1, 32],
  F: [1, 32],
  D: [8, 8],
  L: [1, 1],
  M: [10, 10],
  I: [4, 4],
}

const start = 32
const perColumn = 32
const endOfColumns = 0x0d
export const mostColumns = 255

/** What the header of a table says, or the first reason why no record can be read by it. */
export function readHeader(bytes: Buffer, charset: Charset): Table | Problem {
  if (bytes.length === 0) return problem('adapter.document.empty', '')
  const [first = 0] = bytes
  if (!known.has(first))
    return problem('adapter.dbf.version', '', hex(first), { expected: [...known.keys()].map(hex).join(', ') })
  if (bytes.length <= start) return wrong('a length of', bytes.length, `more than ${start} bytes`)
  const headerLength = bytes.readUInt16LE(8)
  const recordLength = bytes.readUInt16LE(10)
  if (headerLength <= start || headerLength > bytes.length)
    return wrong('a length of its own of', headerLength, `${start + perColumn + 1} to ${bytes.length} bytes`)
  // Byte 15 says in dBase IV that all is encrypted; the others leave it 0.
  if (bytes[15] !== 0) return wrong('in byte 15 (encryption)', bytes[15] ?? 0, '0')
  const columns: Column[] = []
  const visual = first === 0x30 || first === 0x31
  for (let at = start; bytes[at] !== endOfColumns; at += perColumn) {
    if (at + perColumn >= headerLength || columns.length >= mostColumns)
      return wrong(
        'a number of columns of',
        `${columns.length} or more`,
        'an end of the columns (0D) behind them',
      )
    const column = readColumn(bytes.subarray(at, at + perColumn), charset, visual)
    if ('code' in column) return column
    if (columns.some(({ name }) => name === column.name))
      return problem('adapter.column.twice', '', column.name)
    columns.push(column)
  }
  const sum = columns.reduce((total, { length }) => total + length, 1)
  if (columns.length === 0) return wrong('a number of columns of', 0, 'one at least')
  if (recordLength !== sum)
    return wrong('a record length of', recordLength, `${sum}, which its columns add up to`)
  const hasMemo = columns.some(({ type }) => type === 'M')
  const memo = known.get(first)
  if (hasMemo && memo === undefined)
    return wrong('version', hex(first), 'a version with memos: it has a memo column')
  return {
    memo: hasMemo ? memo : undefined,
    columns,
    headerLength,
    recordLength,
    count: bytes.readUInt32LE(4),
    codePage: bytes[29] ?? 0,
  }
}

function readColumn(bytes: Buffer, charset: Charset, visual: boolean): Column | Problem {
  const end = bytes.subarray(0, 11).indexOf(0)
  const name = decodePart(bytes.subarray(0, end < 0 ? 11 : end), charset).trimEnd()
  const path = `column ${name}`
  if (name === '') return wrong('a column without', 'a name', 'a name')
  const type = String.fromCharCode(bytes[11] ?? 0)
  if (!isType(type) || (type === 'I' && !visual))
    return problem('adapter.dbf.type', path, type, { expected: Object.keys(lengths).join(', ') })
  const [length = 0, decimals = 0] = bytes.subarray(16, 18)
  const [least, most] = visual && type === 'M' ? [4, 4] : lengths[type]
  if (length < least || length > most) return { ...wrong('a length of', length, `${least} to ${most}`), path }
  return { name, type, length, decimals }
}

const isType = (type: string): type is ColumnType => Object.hasOwn(lengths, type)

/** The header of a table that is written; `day` is `yyyy-MM-dd`. */
export function headerOf(
  columns: readonly Column[],
  count: number,
  { version, charset, day, codePage }: { version: Version; charset: Charset; day: string; codePage: number },
): Buffer {
  const memo = columns.some(({ type }) => type === 'M')
  const header = Buffer.alloc(start + perColumn * columns.length + 1)
  header[0] = memo ? { dbase3: 0x83, dbase4: 0x8b, foxpro: 0xf5 }[version] : 0x03
  const [year = 1900, month = 1, date = 1] = day.split('-').map(Number)
  header.set([(year - 1900) & 0xff, month, date], 1)
  header.writeUInt32LE(count, 4)
  header.writeUInt16LE(header.length, 8)
  header.writeUInt16LE(recordLengthOf(columns), 10)
  header[29] = codePage
  let offset = 1
  for (const [index, { name, type, length, decimals }] of columns.entries()) {
    const at = start + perColumn * index
    encode(name, charset).copy(header, at)
    header.write(type, at + 11, 'latin1')
    // FoxPro says where in the record the column begins; dBase keeps an address of its memory there.
    if (version === 'foxpro') header.writeUInt32LE(offset, at + 12)
    header.set([length, decimals], at + 16)
    offset += length
  }
  header[header.length - 1] = endOfColumns
  return header
}

export const recordLengthOf = (columns: readonly Column[]): number =>
  columns.reduce((total, { length }) => total + length, 1)

const thai874 = [0x50, 0x7c]
const names = new Map([
  [0x01, 'US MS-DOS 437'],
  [0x02, 'International MS-DOS 850'],
  [0x03, 'Windows 1252'],
  [0x50, 'Thai 874'],
  [0x57, 'Windows 1252'],
  [0x78, 'Traditional Chinese 950'],
  [0x79, 'Korean 949'],
  [0x7a, 'Simplified Chinese 936'],
  [0x7b, 'Japanese 932'],
  [0x7c, 'Thai 874'],
])

/** Why byte 29 contradicts the charset that the profile declares, or nothing. 0 says nothing: then the profile counts. */
export function codePageContradicted(codePage: number, charset: Charset): Problem | undefined {
  const thai = !charset.startsWith('utf-')
  if (codePage === 0 || (thai && thai874.includes(codePage))) return undefined
  const value = `${hex(codePage)} (${names.get(codePage) ?? 'another'})`
  return problem('adapter.dbf.codepage', '', value, { expected: charset })
}

/** What is written into byte 29: dBase III has no such byte, and no code page is UTF-8. */
export const codePageOf = (version: Version, charset: Charset): number =>
  version === 'dbase3' || charset.startsWith('utf-') ? 0 : 0x7c

const wrong = (what: string, found: string | number, expected: string): Problem =>
  problem('adapter.dbf.header', '', undefined, { what, found, expected })

const hex = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0')
