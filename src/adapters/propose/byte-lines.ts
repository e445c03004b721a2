// Lines of text in columns of bytes: their characters by the byte at which they begin, and the lines around the records.
import { type Charset, decodePart } from '../formats/charset.ts'
import { bounds } from './sheet.ts'

export interface ByteLine {
  readonly text: string
  /** The byte of each UTF-16 unit of `text`. */
  readonly bytes: readonly number[]
  /** Of the line in bytes, without blanks at its end. */
  readonly length: number
  /** Of the line in bytes, blanks and all, without its end. */
  readonly whole: number
}

export interface Framed {
  readonly head: readonly ByteLine[]
  readonly records: readonly ByteLine[]
  readonly foot: readonly ByteLine[]
}

/** The lines of a sample that hold something. */
export function byteLines(bytes: Buffer, charset: Charset): readonly ByteLine[] {
  const body = bytes.subarray(charset === 'utf-8-bom' ? 3 : 0)
  const lines: ByteLine[] = []
  for (let at = 0; at < body.length && lines.length < bounds.rows; ) {
    const next = body.indexOf(0x0a, at)
    const end = next < 0 ? body.length : next
    const text = decodePart(body.subarray(at, end), charset).replace(/[\r\u001a ]+$/, '')
    const whole = end - at - (body[end - 1] === 0x0d ? 1 : 0)
    if (text !== '') lines.push({ ...byteLine(text, charset), whole })
    at = end + 1
  }
  return lines
}

function byteLine(text: string, charset: Charset): Omit<ByteLine, 'whole'> {
  const wide = charset.startsWith('utf-8')
  const bytes: number[] = []
  let at = 0
  for (const character of text) {
    for (let unit = 0; unit < character.length; unit += 1) bytes.push(at)
    at += wide ? Buffer.byteLength(character) : 1
  }
  return { text, bytes, length: at }
}

const numberForm =
  /(?<!\p{L})(?:ที่ ?)?\p{L}{1,4}\.? ?[\d๐-๙]{3,5}(?:\.[\d๐-๙]{1,3})* ?\/ ?[วล]? ?[\d๐-๙]{1,6}/u

/** Where the number of a letter stands in a line, in bytes. */
export function numberAt(line: ByteLine): { readonly start: number; readonly end: number } | undefined {
  const found = numberForm.exec(line.text)
  if (found === null) return undefined
  const behind = found.index + found[0].length
  return { start: line.bytes[found.index] ?? 0, end: line.bytes[behind] ?? line.length }
}

/** What stands in these bytes of a line, without blanks at its ends. */
export const within = ({ text, bytes }: ByteLine, start: number, end: number): string =>
  text.slice(unitAt(bytes, start), unitAt(bytes, end)).trim()

function unitAt(bytes: readonly number[], byte: number): number {
  const found = bytes.findIndex((each) => each >= byte)
  return found < 0 ? bytes.length : found
}

/** The first lines and the last one that hold no number of a letter and begin with a word in capitals, apart. */
export function framed(lines: readonly ByteLine[]): Framed {
  const first = lines.findIndex((line) => numberAt(line) !== undefined)
  const heads = lines.slice(0, Math.max(first, 0))
  const head = heads.length <= 5 && heads.every((line) => beginning(line) !== undefined) ? heads : []
  const last = lines.at(-1)
  const isFoot =
    last !== undefined &&
    lines.length > head.length + 1 &&
    numberAt(last) === undefined &&
    beginning(last) !== undefined
  const records = lines.slice(head.length, isFoot ? -1 : undefined)
  return { head, records, foot: isFoot ? [last] : [] }
}

/** How a line begins that is no record: its capitals, up to a blank or to digits that may be others tomorrow. */
export const beginning = ({ text }: ByteLine): string | undefined =>
  /^[A-Z][A-Z0-9]*?[A-Z](?=\d{2}|\s|[^!-~]|$)/u.exec(text)?.[0] ?? /^[-=]{3,}/.exec(text)?.[0]
