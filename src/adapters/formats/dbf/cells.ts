// One cell of a dBase table: its bytes ↔ its text, by the type of its column.

import { daysIn, twoDigits } from '../../../letter/time.ts'
import { type Problem, problem } from '../../../problem/problem.ts'
import {
  type Charset,
  decodePart,
  encode,
  encodedLength,
  hasOneByteEach,
  undecodable,
  unsayable,
} from '../charset.ts'
import type { Column } from './header.ts'
import { largestMemo } from './memo.ts'

export type CellRead = { readonly text: string } | { readonly problem: Problem }

/** The text of a cell that is no memo. Blanks at the end of text and around numbers fill the column up. */
export function readCell(bytes: Buffer, { name, type, decimals }: Column, charset: Charset): CellRead {
  const path = `column ${name}`
  if (type === 'C') return readText(bytes.subarray(0, filledUpTo(bytes)), path, charset)
  if (type === 'I') return { text: String(bytes.readInt32LE(0)) }
  const text = bytes.toString('latin1').replace(/^[ \0]+|[ \0]+$/g, '')
  const fault = (expected: string): CellRead => ({
    problem: problem('adapter.dbf.cell', path, text, { expected }),
  })
  switch (type) {
    case 'L':
      if (/^[TtYy]$/.test(text)) return { text: 'T' }
      if (/^[FfNn]$/.test(text)) return { text: 'F' }
      return text === '' || text === '?' ? { text: '' } : fault('T, F, Y, N, ? or a blank')
    case 'D':
      return text === '' || isDay(text) ? { text } : fault('a day as yyyyMMdd, or blanks')
    default:
      // A number that was too long for its column stands as asterisks: what it was is lost in the system itself.
      return text === '' || /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)
        ? { text }
        : fault(`a number${decimals > 0 ? ` with ${decimals} decimals` : ''}`)
  }
}

const softReturn = Buffer.from([0x8d, 0x0a])

/**
 * Text of a memo. MEMOEDIT of dBase and Clipper wraps lines where they are shown, with 8D 0A, and keeps the blank before it:
 * layout, and no part of the text. In the Thai charsets 8D means nothing else.
 */
export function readMemo(bytes: Buffer, path: string, charset: Charset): CellRead {
  if (!hasOneByteEach(charset) || !bytes.includes(softReturn)) return readText(bytes, path, charset)
  const parts: Buffer[] = []
  let from = 0
  for (let at = bytes.indexOf(softReturn); at >= 0; at = bytes.indexOf(softReturn, from)) {
    parts.push(bytes.subarray(from, at))
    from = at + softReturn.length
  }
  return readText(Buffer.concat([...parts, bytes.subarray(from)]), path, charset)
}

/** Text of a column or of a memo without layout. */
export function readText(bytes: Buffer, path: string, charset: Charset): CellRead {
  const text = decodePart(bytes, charset)
  return text.includes(undecodable)
    ? { problem: problem('adapter.charset.bytes', path, text, { charset }) }
    : { text }
}

function filledUpTo(bytes: Buffer): number {
  let end = bytes.length
  while (end > 0 && (bytes[end - 1] === 0x20 || bytes[end - 1] === 0)) end -= 1
  return end
}

/** Whether it may be a day of either era: 29 February is for whoever knows which. */
function isDay(text: string): boolean {
  if (!/^\d{8}$/.test(text)) return false
  const [month, day] = [twoDigits(text, 4), twoDigits(text, 6)]
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(month, 2000)
}

/** U+001A ends memos and tables, NUL ends names; a byte order mark at the beginning is dropped by whoever reads UTF-8. */
const control = /[^\P{Cc}\t\r\n]|^\ufeff/u

/** Why a text cannot stand in a cell of this column so that the same text is read again, or nothing. */
export function refusesCell(text: string, column: Column | undefined, charset: Charset): Problem | undefined {
  const [character] = control.exec(text) ?? []
  if (character !== undefined) {
    const shown = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
    return problem('adapter.dbf.character', '', text, { character: shown })
  }
  const unsaid = unsayable(text, charset)
  if (unsaid !== undefined || column === undefined || text === '') return unsaid
  const { name, type, decimals } = column
  const limit = type === 'M' ? largestMemo : column.length
  const count = encodedLength(text, charset)
  if (count > limit) return problem('adapter.column.narrow', '', text, { count, column: name, limit })
  const fault = (expected: string): Problem => problem('adapter.dbf.cell', '', text, { expected })
  switch (type) {
    case 'C':
      return text.endsWith(' ') ? problem('adapter.column.edge', '', text, { column: name }) : undefined
    case 'M':
      return undefined
    case 'L':
      return text === 'T' || text === 'F' ? undefined : fault('T or F')
    case 'D':
      return isDay(text) ? undefined : fault('a day as yyyyMMdd')
    default:
      return isNumber(text, decimals)
        ? undefined
        : fault(
            `a number of at most ${mostDigits} digits, ${decimals > 0 ? `with ${decimals}` : 'without'} decimals and without zeros before it`,
          )
  }
}

/** Digits that a system keeps of a number: it computes with floating point. */
const mostDigits = 15

/** Whether a system that takes the text for a number shows the same text again: 000123 would be 123. */
const isNumber = (text: string, decimals: number): boolean =>
  new RegExp(`^-?(0|[1-9]\\d*)${decimals > 0 ? `\\.\\d{${decimals}}` : ''}$`).test(text) &&
  !/^-[0.]+$/.test(text) &&
  text.replace(/^-?(0\.0*)?|\./g, '').length <= mostDigits

/** Writes a text that was not refused into a cell that is blank. */
export function writeCell(text: string, { type, length }: Column, charset: Charset, cell: Buffer): void {
  const bytes = encode(text, charset)
  bytes.copy(cell, type === 'N' || type === 'F' ? length - bytes.length : 0)
}
