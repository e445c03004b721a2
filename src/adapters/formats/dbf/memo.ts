// Memo files: the texts of a table that are longer than a column (.dbt of dBase III and IV, .fpt of FoxPro).
//
// A pointer of a damaged table leads anywhere. A memo begins at a block behind the header, belongs to one record, and all
// memos together have no more bytes than their file: so neither a loop nor ten thousand pointers into one text cost more
// than the file is long (attacks X9).
import type { MemoKind } from './header.ts'

/** Bytes of one memo, at most. */
export const largestMemo = 1_000_000

const headerSize = 512
/** FoxPro's own default; dBase has 512. */
const foxproBlock = 64
const endOfText = 0x1a
const dbase4Mark = 0xff_ff_08_00

export type MemoRead = { readonly bytes: Buffer } | { readonly reason: string }

/** Reads memos by their block; each is read once. */
export function memoReader(file: Buffer, kind: MemoKind): (block: number) => MemoRead {
  const size = blockSizeOf(file, kind)
  const taken = new Set<number>()
  let left = file.length
  let work = 4 * file.length
  return (block) => {
    if (size === undefined) return { reason: 'the memo file has no header' }
    const at = block * size
    if (at < headerSize || at >= file.length)
      return { reason: `the file has ${Math.ceil(file.length / size)} blocks` }
    if (taken.has(block)) return { reason: 'it is the memo of another record' }
    taken.add(block)
    if (work < 0) return { reason: 'too many memos before it have no end' }
    const found = memoAt(file, at, kind)
    // Looking for an end that is not there is work too.
    if ('reason' in found) work -= Math.min(largestMemo, file.length - at)
    if ('reason' in found) return found
    if (found.bytes.length > largestMemo) return { reason: `it has more than ${largestMemo} bytes` }
    left -= found.bytes.length
    return left < 0 ? { reason: 'it overlaps with others' } : found
  }
}

function blockSizeOf(file: Buffer, kind: MemoKind): number | undefined {
  if (file.length < headerSize) return undefined
  if (kind === 'foxpro') return file.readUInt16BE(6) || undefined
  return kind === 'dbase4' ? file.readUInt16LE(20) || file.readUInt32LE(4) || headerSize : headerSize
}

function memoAt(file: Buffer, at: number, kind: MemoKind): MemoRead {
  if (kind === 'dbase3') {
    const end = file.subarray(at, at + largestMemo + 1).indexOf(endOfText)
    return end < 0 ? { reason: 'it has no end' } : { bytes: file.subarray(at, at + end) }
  }
  if (at + 8 > file.length) return { reason: 'the file ends within it' }
  const mark = file.readUInt32BE(at)
  if (kind === 'dbase4' ? mark !== dbase4Mark : mark !== 1) return { reason: 'no text begins there' }
  const from = at + 8
  const length = kind === 'dbase4' ? file.readUInt32LE(at + 4) - 8 : file.readUInt32BE(at + 4)
  if (length < 0 || from + length > file.length) return { reason: 'the file ends within it' }
  return { bytes: file.subarray(from, from + length) }
}

export interface MemoWriter {
  /** Adds a memo; gives its block. */
  add(text: Buffer): number
  file(): Buffer
}

export function memoWriter(kind: MemoKind): MemoWriter {
  const size = blockSizes[kind]
  const places = memoPlaces(kind)
  const pieces: Buffer[] = []
  return {
    add: (text) => {
      const memo = framed(text, kind)
      pieces.push(memo, Buffer.alloc(Math.ceil(memo.length / size) * size - memo.length))
      return places.take(text.length)
    },
    file: () => Buffer.concat([memoHeader(kind, places.next()), ...pieces]),
  }
}

const blockSizes: Readonly<Record<MemoKind, number>> = {
  dbase3: headerSize,
  dbase4: headerSize,
  foxpro: foxproBlock,
}

/** The blocks in which memos of so many bytes stand, one after the other: a table names them and needs no more. */
export function memoPlaces(kind: MemoKind) {
  const size = blockSizes[kind]
  let next = headerSize / size
  return {
    /** The block of a memo of that length. */
    take: (length: number): number => {
      const block = next
      next += Math.ceil((length + frameLengths[kind]) / size)
      return block
    },
    next: (): number => next,
  }
}

/** What `framed` adds. */
const frameLengths: Readonly<Record<MemoKind, number>> = { dbase3: 2, dbase4: 8, foxpro: 8 }

function framed(text: Buffer, kind: MemoKind): Buffer {
  if (kind === 'dbase3') return Buffer.concat([text, Buffer.from([endOfText, endOfText])])
  const head = Buffer.alloc(8)
  if (kind === 'dbase4') {
    head.writeUInt32BE(dbase4Mark, 0)
    head.writeUInt32LE(text.length + 8, 4)
  } else {
    head.writeUInt32BE(1, 0)
    head.writeUInt32BE(text.length, 4)
  }
  return Buffer.concat([head, text])
}

function memoHeader(kind: MemoKind, next: number): Buffer {
  const header = Buffer.alloc(headerSize)
  if (kind === 'foxpro') {
    header.writeUInt32BE(next, 0)
    header.writeUInt16BE(foxproBlock, 6)
    return header
  }
  header.writeUInt32LE(next, 0)
  if (kind === 'dbase3') header[16] = 0x03
  else header.writeUInt16LE(headerSize, 20)
  return header
}
