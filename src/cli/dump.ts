// Bytes from outside on a screen: every line with where it begins, nothing in it that could steer a terminal (attacks T10).
import { isUtf8 } from 'node:buffer'
import { decodePart, undecodable } from '../adapters/formats/charset.ts'
import { printable } from '../problem/problem.ts'

/** Lines, and bytes of each, that are shown. */
const mostLines = 200
const longestLine = 2_000
/** Bytes that are shown of what is no text: sixteen on a line. */
const mostBinary = 1_024

/** How bytes are read for people. Which charset a profile declares for them is another question. */
type Reading = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-874' | 'binary'

function readingOf(bytes: Buffer): Reading {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const beginning = bytes.subarray(0, 64 * 1024)
  const control = beginning.filter((byte) => byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13).length
  if (beginning.includes(0) || control * 20 > beginning.length) return 'binary'
  return isUtf8(bytes) ? 'utf-8' : 'windows-874'
}

/**
 * The beginning of some bytes: `line 3, byte 120: …`, or in hexadecimal what is no text. A byte that means nothing in the
 * charset is `\x..`. `of`: how many bytes there are, where `bytes` is only their beginning.
 */
export function dump(bytes: Buffer, of = bytes.length): string {
  const reading = readingOf(bytes)
  const { lines, shown } = reading === 'binary' ? hexadecimal(bytes) : textLines(bytes, reading)
  const rest = of - shown
  const more = rest > 0 ? [`  … ${rest} more bytes: --save DIR writes all of them`] : []
  return [`  (shown as ${reading})`, ...lines, ...more].map((line) => `${line}\n`).join('')
}

interface Shown {
  readonly lines: readonly string[]
  /** How many bytes they stand for. */
  readonly shown: number
}

function textLines(bytes: Buffer, charset: Exclude<Reading, 'binary'>): Shown {
  const wide = charset === 'utf-16le' || charset === 'utf-16be'
  const lines: string[] = []
  let at = 0
  while (at < bytes.length && lines.length < mostLines) {
    const end = wide ? wideEnd(bytes, at, charset) : narrowEnd(bytes, at)
    const line = bytes.subarray(at, end)
    lines.push(`  line ${lines.length + 1}, byte ${at}: ${shownText(line, charset)}`)
    at = end
  }
  return { lines, shown: at }
}

/** Where the line that begins at `at` ends, its end of line with it. */
function narrowEnd(bytes: Buffer, at: number): number {
  const found = bytes.indexOf(0x0a, at)
  return found < 0 ? bytes.length : found + 1
}

function wideEnd(bytes: Buffer, at: number, charset: 'utf-16le' | 'utf-16be'): number {
  const [low, high] = charset === 'utf-16le' ? [0, 1] : [1, 0]
  for (let place = at; place + 1 < bytes.length; place += 2)
    if (bytes[place + low] === 0x0a && bytes[place + high] === 0) return place + 2
  return bytes.length
}

function shownText(line: Buffer, charset: Exclude<Reading, 'binary'>): string {
  const part = line.subarray(0, longestLine)
  const cut = line.length > part.length ? ` … (${line.length} bytes)` : ''
  // The usual end of a line shows as one.
  const text = decodePart(part, charset).replace(/\r?\n$/, '')
  // One character for each byte: which byte means nothing is known.
  const told =
    charset === 'windows-874'
      ? [...text]
          .map((character, index) =>
            character === undecodable ? `\\x${(part[index] ?? 0).toString(16).padStart(2, '0')}` : character,
          )
          .join('')
      : text
  return printable(told, 4 * longestLine) + cut
}

function hexadecimal(bytes: Buffer): Shown {
  const part = bytes.subarray(0, mostBinary)
  const lines: string[] = []
  for (let at = 0; at < part.length; at += 16) {
    const row = part.subarray(at, at + 16)
    const digits = [...row].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const characters = [...row].map((byte) => (byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'))
    lines.push(`  byte ${at}: ${digits.padEnd(47)}  ${characters.join('')}`)
  }
  return { lines, shown: part.length }
}
