// Writes and reads tables of dBase III, dBase IV and FoxPro with their memo files: a small program of the sandbox's own,
// which shares nothing with the gateway's.
import iconv from 'iconv-lite'
import type { Pages } from '../exchange/entry.ts'
import { blockOf, type Column, type Layout, lengthOf, type Row } from './layout.ts'

/** A row, and whether its record is marked as deleted. */
export type Marked = Row & { readonly deleted?: 'yes' }

/** Writes a table; `day` is `yyyy-MM-dd`, for its header. Throws when a text is longer than its column: a clerk cannot type it. */
export function writeTable(rows: readonly Marked[], layout: Layout, day: string): Pages {
  const { version, charset, columns } = layout
  const hasMemos = columns.some(([, type]) => type === 'M')
  const memos: Buffer[] = []
  const block = blockOf(layout)
  let next = 512 / block
  const memo = (text: string): string => {
    if (text === '') return ''
    const bytes = framed(iconv.encode(text, charset), version)
    const blocks = Math.ceil(bytes.length / block)
    memos.push(Buffer.concat([bytes], blocks * block))
    next += blocks
    return String(next - blocks)
  }
  const cell = (row: Row, column: Column): Buffer => {
    const [name, type] = column
    const text = type === 'M' ? memo(row[name] ?? '') : (row[name] ?? '')
    const bytes = iconv.encode(text, type === 'C' ? charset : 'latin1')
    const length = lengthOf(column)
    if (bytes.length > length) throw new Error(`${name} holds ${length} bytes: ${text}`)
    const blank = Buffer.alloc(length - bytes.length, ' ')
    return Buffer.concat(type === 'N' || type === 'M' ? [blank, bytes] : [bytes, blank])
  }
  const records = rows.map((row) =>
    Buffer.concat([Buffer.from(row.deleted ? '*' : ' '), ...columns.map((column) => cell(row, column))]),
  )
  const document = Buffer.concat([
    header(layout, rows.length, day, hasMemos),
    ...records,
    Buffer.from([0x1a]),
  ])
  return hasMemos ? { document, memos: Buffer.concat([memoHeader(version, next), ...memos]) } : { document }
}

function header(layout: Layout, count: number, day: string, hasMemos: boolean): Buffer {
  const { version, charset, columns, codePage } = layout
  const bytes = Buffer.alloc(32 + 32 * columns.length + 1)
  const kinds = { dbase3: 0x83, dbase4: 0x8b, foxpro: 0xf5 }
  bytes[0] = hasMemos ? kinds[version] : 0x03
  // Years since 1900 in one byte: 2026 is 126.
  bytes.set([Number(day.slice(0, 4)) - 1900, Number(day.slice(5, 7)), Number(day.slice(8, 10))], 1)
  bytes.writeUInt32LE(count, 4)
  bytes.writeUInt16LE(bytes.length, 8)
  bytes.writeUInt16LE(
    columns.reduce((sum, column) => sum + lengthOf(column), 1),
    10,
  )
  bytes[29] = codePage
  for (const [index, column] of columns.entries()) {
    const at = 32 + 32 * index
    const [name, type, , decimals = 0] = column
    iconv.encode(name, charset).copy(bytes, at, 0, 10)
    bytes.write(type, at + 11, 'latin1')
    bytes[at + 16] = lengthOf(column)
    bytes[at + 17] = decimals
  }
  bytes[bytes.length - 1] = 0x0d
  return bytes
}

function framed(text: Buffer, version: Layout['version']): Buffer {
  if (version === 'dbase3') return Buffer.concat([text, Buffer.from([0x1a, 0x1a])])
  const head = Buffer.alloc(8)
  if (version === 'dbase4') {
    head.set([0xff, 0xff, 0x08, 0x00])
    head.writeUInt32LE(text.length + 8, 4)
  } else {
    head.writeUInt32BE(1, 0)
    head.writeUInt32BE(text.length, 4)
  }
  return Buffer.concat([head, text])
}

function memoHeader(version: Layout['version'], next: number): Buffer {
  const bytes = Buffer.alloc(512)
  if (version === 'foxpro') {
    bytes.writeUInt32BE(next, 0)
    bytes.writeUInt16BE(64, 6)
  } else {
    bytes.writeUInt32LE(next, 0)
    if (version === 'dbase4') bytes.writeUInt16LE(512, 20)
    else bytes[16] = 0x03
  }
  return bytes
}

/** The rows of a table, without those that are marked as deleted. Throws when a memo file is needed and did not come. */
export function readTable({ document, memos }: Pages, layout: Pick<Layout, 'version' | 'charset'>): Row[] {
  const { charset } = layout
  const columns: { name: string; type: string; length: number }[] = []
  for (let at = 32; document[at] !== 0x0d; at += 32) {
    const name = document.subarray(at, document.indexOf(0, at))
    columns.push({
      name: iconv.decode(name.subarray(0, 11), charset),
      type: String.fromCharCode(document[at + 11] ?? 0),
      length: document[at + 16] ?? 0,
    })
  }
  const [start, size] = [document.readUInt16LE(8), document.readUInt16LE(10)]
  const records = Array.from({ length: document.readUInt32LE(4) }, (_, index) =>
    document.subarray(start + index * size, start + (index + 1) * size),
  )
  return records
    .filter((record) => record[0] === 0x20)
    .map((record) => {
      let at = 1
      return Object.fromEntries(
        columns.map(({ name, type, length }): [string, string] => {
          const bytes = record.subarray(at, at + length)
          at += length
          if (type !== 'M') return [name, iconv.decode(bytes, charset).trim()]
          const pointer = Number(bytes.toString('latin1').trim() || 0)
          if (pointer === 0) return [name, '']
          if (memos === undefined) throw new Error(`${name} is a memo, and the memo file is not there`)
          return [name, iconv.decode(memoAt(memos, pointer, layout), charset)]
        }),
      )
    })
}

function memoAt(memos: Buffer, pointer: number, layout: Pick<Layout, 'version'>): Buffer {
  const at = pointer * blockOf(layout)
  if (layout.version === 'dbase3') return memos.subarray(at, memos.indexOf(0x1a, at))
  const length = layout.version === 'dbase4' ? memos.readUInt32LE(at + 4) - 8 : memos.readUInt32BE(at + 4)
  return memos.subarray(at + 8, at + 8 + length)
}
