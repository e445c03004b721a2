// Charsets of old systems: bytes ↔ text, and what either side cannot say (domain §4, attacks X6).
import { isAscii, isUtf8 } from 'node:buffer'
import iconv from 'iconv-lite'
import { type Problem, problem } from '../../problem/problem.ts'
import { lazily } from '../schema.ts'

/** `tis-620` and `iso-8859-11` are read as windows-874, a superset; they differ in what may be written. */
export const charsets = [
  'windows-874',
  'tis-620',
  'iso-8859-11',
  'utf-8',
  'utf-8-bom',
  'utf-16le',
  'utf-16be',
] as const
export type Charset = (typeof charsets)[number]

/** What cannot be decoded stands as U+FFFD in the text: whoever reads a part of the text makes it a fault of that part. */
export const undecodable = '\ufffd'

/**
 * Decodes bytes. Fails when their beginning or their whole contradicts the charset that the profile declares. Bytes that
 * mean nothing become U+FFFD, one for each byte in the Thai charsets.
 */
export function decode(bytes: Buffer, charset: Charset): { text: string } | { problem: Problem } {
  const contradicted = contradicts(bytes, charset)
  if (contradicted !== undefined) return { problem: contradicted }
  const text = decodePart(bytes, charset)
  return { text: charset.startsWith('utf-') && text.startsWith(byteOrderMark) ? text.slice(1) : text }
}

/** Why the beginning of bytes, or the whole, is not the charset that the profile declares, or nothing. */
export function contradicts(bytes: Buffer, charset: Charset): Problem | undefined {
  const found = contradiction(bytes, charset)
  return found === undefined
    ? undefined
    : problem('adapter.charset.contradicted', '', undefined, { expected: charset, found })
}

const byteOrderMark = '\ufeff'

/** The text of some bytes of a document. Whether they contradict the charset, only the whole document can say. */
export function decodePart(bytes: Buffer, charset: Charset): string {
  switch (charset) {
    case 'utf-8':
    case 'utf-8-bom':
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
    case 'utf-16le':
    case 'utf-16be':
      // TextDecoder turns lone surrogates and a last odd byte into U+FFFD.
      return new TextDecoder(charset, { ignoreBOM: true }).decode(bytes)
    default:
      return isAscii(bytes) ? bytes.toString('latin1') : thaiText(bytes)
  }
}

/** The character of each byte of windows-874. iconv-lite knows which bytes mean nothing; Node's TextDecoder does not, fatal or not (domain §4). */
const thaiCharacters = lazily(() =>
  iconv.decode(Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)), 'windows-874'),
)

/** They as units of UTF-16 in the order of bytes that a string is made from, and room for short texts: making it costs more than filling it. */
const thaiUnits = lazily(() => {
  const bytes = Buffer.from(thaiCharacters(), 'utf16le')
  const room = new Uint16Array(4096)
  return { units: new Uint16Array(Uint8Array.from(bytes).buffer), room, view: Buffer.from(room.buffer) }
})

function thaiText(bytes: Buffer): string {
  const { units, room, view } = thaiUnits()
  const { length } = bytes
  const text = length <= room.length ? room : new Uint16Array(length)
  for (let at = 0; at < length; at += 1) text[at] = units[bytes[at]!]!
  return (text === room ? view : Buffer.from(text.buffer)).toString('utf16le', 0, length * 2)
}

/** One byte is one character and keeps nothing for the next: one serves all, where making one costs a short cell. */
const encoder = lazily(() => iconv.getEncoder('windows-874'))

/** Text as bytes. Throws for a text that `unsayable` names: that is asked first. */
export function encode(text: string, charset: Charset): Buffer {
  const refused = unsayable(text, charset)
  if (refused !== undefined) throw new Error(`a text was written that ${charset} cannot say`)
  switch (charset) {
    case 'utf-8':
      return Buffer.from(text, 'utf8')
    case 'utf-8-bom':
      return Buffer.from(`\ufeff${text}`, 'utf8')
    case 'utf-16le':
    case 'utf-16be':
      return iconv.encode(text, charset, { addBOM: true })
    default:
      return encoder().write(text)
  }
}

/** The bytes that `encode` makes of a text, counted. */
export const encodedLength = (text: string, charset: Charset): number =>
  hasOneByteEach(charset) ? text.length : encode(text, charset).length

/** Whether every character is one byte. */
export const hasOneByteEach = (charset: Charset): boolean => !charset.startsWith('utf-')

/** The first character that the charset cannot say, as a problem, or nothing. */
export function unsayable(text: string, charset: Charset): Problem | undefined {
  const character = firstUnsayable(text, charset)
  if (character === undefined) return undefined
  const code = character.codePointAt(0) ?? 0
  const shown = `${character} (U+${code.toString(16).toUpperCase().padStart(4, '0')})`
  return problem('adapter.charset.cannot-say', '', text, { character: shown, charset })
}

/** Halves of surrogate pairs, which no encoding has, and the sign that something was lost before. */
const nowhere = /\p{Surrogate}|\ufffd/u
/** Whole pairs too: a first look that nearly every text passes, and that costs a fraction. */
const astray = /[\ud800-\udfff\ufffd]/

/** Beyond ASCII and the Thai block, which every Thai charset has: what is asked of the table. */
const unusual = /[^\u0000-\u007f\u0e01-\u0e3a\u0e3f-\u0e5b]/

function firstUnsayable(text: string, charset: Charset): string | undefined {
  if (charset.startsWith('utf-')) return astray.test(text) ? nowhere.exec(text)?.[0] : undefined
  if (!unusual.test(text)) return undefined
  const bytes = thaiBytes()
  const first = charset === 'tis-620' ? 0xa1 : charset === 'iso-8859-11' ? 0xa0 : 0x80
  for (const character of text) {
    if (character < '\u0080') continue
    const byte = bytes.get(character)
    if (byte === undefined || byte < first) return character
  }
  return undefined
}

/** The byte of each character that windows-874 has. */
const thaiBytes = lazily(
  () =>
    new Map(
      [...thaiCharacters()].flatMap((character, byte): [string, number][] =>
        character === undecodable ? [] : [[character, byte]],
      ),
    ),
)

function contradiction(bytes: Buffer, charset: Charset): string | undefined {
  const starts = (...mark: number[]): boolean => mark.every((byte, index) => bytes[index] === byte)
  const little = starts(0xff, 0xfe)
  const big = starts(0xfe, 0xff)
  if (charset === 'utf-16le')
    return big ? 'UTF-16, big end first' : zeros(bytes) ? undefined : 'text of one byte a character'
  if (charset === 'utf-16be')
    return little ? 'UTF-16, little end first' : zeros(bytes) ? undefined : 'text of one byte a character'
  if (little || big) return 'UTF-16'
  if (charset.startsWith('utf-')) return undefined
  if (starts(0xef, 0xbb, 0xbf)) return 'UTF-8'
  return !isAscii(bytes) && isUtf8(bytes) && saysMoreAsUtf8(bytes) ? 'UTF-8' : undefined
}

/**
 * A short text in a Thai charset may happen to be sound UTF-8 (`แขก`, `รถ`): then it says no Thai as UTF-8, and what the profile
 * declares goes. Nearly all Thai in UTF-8 has bytes up to A0, which mean nothing in the middle of a Thai word.
 */
const saysMoreAsUtf8 = (bytes: Buffer): boolean =>
  thaiLeads.some((lead) => bytes.includes(lead)) || bytes.some((byte) => byte >= 0x80 && byte <= 0xa0)

/** With these begin the characters U+0E00 to U+0E7F in UTF-8. */
const thaiLeads = [Buffer.from([0xe0, 0xb8]), Buffer.from([0xe0, 0xb9])]

/** Whether some byte of the first kilobyte is zero, as UTF-16 has them for every digit and separator. */
const zeros = (bytes: Buffer): boolean => bytes.length === 0 || bytes.subarray(0, 1024).includes(0)
