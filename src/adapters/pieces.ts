// Bytes that stand in a document as base64, left where they stand and decoded piece by piece: a file of a letter is never in
// memory a second time.
import type { AttachmentContent } from './contract.ts'

/** What a document itself holds: decoded already, or to be decoded piece by piece. */
export type HeldContent = Extract<AttachmentContent, { kind: 'bytes' | 'pieces' }>

export const sizeOf = (content: HeldContent): number =>
  content.kind === 'bytes' ? content.bytes.length : content.size

export const piecesOf = (content: HeldContent): Iterable<Buffer> =>
  content.kind === 'bytes' ? [content.bytes] : content.pieces()

/** Bytes of base64 from which it is worth it to leave them where they stand. */
export const worthwhile = 64 * 1024

const step = 64 * 1024

const [outside, digit, padding, blank, backslash] = [0, 1, 2, 3, 4] as const
type Sort = typeof outside | typeof digit | typeof padding | typeof blank | typeof backslash

/**
 * What each byte is in base64. `json`: in a text of JSON, where `/` and line ends may be escaped, and no line end or tab stands
 * as itself: a text that holds one is broken, and must not be mended by taking it out.
 */
const sortsOf = (json: boolean): readonly Sort[] =>
  Array.from({ length: 256 }, (_, byte): Sort => {
    const character = String.fromCharCode(byte)
    if (/[A-Za-z0-9+/]/.test(character)) return digit
    if (character === '=') return padding
    if ((json ? / / : /[ \t\r\n]/).test(character)) return blank
    return json && character === '\\' ? backslash : outside
  })

const plain = sortsOf(false)
const inJson = sortsOf(true)

/** What JSON escapes within base64: `/`, and line ends and tabs between its lines. */
const isEscaped = (byte: number | undefined): boolean =>
  byte === 0x2f || byte === 0x6e || byte === 0x72 || byte === 0x74

/**
 * The bytes that a slice says in base64 (RFC 4648, section 4, white space between lines allowed). Nothing where it is no
 * sound base64, or holds anything else: whoever wants to know why reads it as it stands.
 */
export function encodedIn(text: Buffer, json = false): HeldContent | undefined {
  const sorts = json ? inJson : plain
  let digits = 0
  let paddings = 0
  for (let at = 0; at < text.length; at += 1) {
    const sort = sorts[text[at] ?? 0]
    if (sort === digit) {
      if (paddings > 0) return undefined
      digits += 1
    } else if (sort === padding) paddings += 1
    else if (sort === outside) return undefined
    else if (sort === backslash) {
      const escaped = text[at + 1]
      if (!isEscaped(escaped)) return undefined
      // A line end or a tab is no digit, though its letter is one.
      if (escaped !== 0x2f) at += 1
    }
  }
  if (paddings > 2 || (digits + paddings) % 4 !== 0) return undefined
  const dense = digits + paddings === text.length
  const size = ((digits + paddings) / 4) * 3 - paddings
  return { kind: 'pieces', size, pieces: () => decoded(text, dense) }
}

function* decoded(text: Buffer, dense: boolean): Generator<Buffer> {
  let left = ''
  for (let at = 0; at < text.length; ) {
    // An escape is not cut in two.
    const end = Math.min(text.length, at + step + (text[at + step - 1] === 0x5c ? 1 : 0))
    const part = text.toString('latin1', at, end)
    at = end
    const digits = left + (dense ? part : part.replace(/\\[nrt]|[\\ \t\r\n]/g, ''))
    const whole = digits.length - (digits.length % 4)
    left = digits.slice(whole)
    if (whole > 0) yield Buffer.from(digits.slice(0, whole), 'base64')
  }
}

export interface Run {
  readonly start: number
  readonly end: number
  readonly content: HeldContent
}

/** The long runs of sound base64 in a document, in order, without white space at their ends. */
export function longRuns(bytes: Buffer, json: boolean): readonly Run[] {
  const sorts = json ? inJson : plain
  const runs: Run[] = []
  let done = 0
  // Every run that is long enough stands at one of these places: most of a document is never looked at.
  for (let place = worthwhile / 2; place < bytes.length; place += worthwhile / 2) {
    if (place < done || sorts[bytes[place] ?? 0] === outside) continue
    let start = place
    while (start > done && sorts[bytes[start - 1] ?? 0] !== outside && !isForeign(bytes, start - 1, json))
      start -= 1
    let end = place
    while (end < bytes.length && sorts[bytes[end] ?? 0] !== outside && !isForeign(bytes, end, json)) end += 1
    done = Math.max(end, place + 1)
    // Cut at an escape of something else, its letters are not what they seem.
    if (json && (bytes[start - 1] === 0x5c || bytes[end] === 0x5c)) continue
    while (start < end && sorts[bytes[start] ?? 0] === blank) start += 1
    while (end > start && sorts[bytes[end - 1] ?? 0] === blank) end -= 1
    if (end - start < worthwhile) continue
    const content = encodedIn(bytes.subarray(start, end), json)
    if (content !== undefined) runs.push({ start, end, content })
  }
  return runs
}

/** A backslash that begins no escape of base64, or is escaped itself. */
const isForeign = (bytes: Buffer, at: number, json: boolean): boolean =>
  json && bytes[at] === 0x5c && (!isEscaped(bytes[at + 1]) || bytes[at - 1] === 0x5c)
