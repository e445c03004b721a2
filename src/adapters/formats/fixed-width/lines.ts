// Fixed-width bytes ↔ records of bytes. Bytes, because a column is a count of bytes: what is one character in the Thai
// charsets is three in UTF-8, and a text that was decoded first has lost its columns.

export type RecordEnd = 'crlf' | 'lf' | 'none'

export interface Line {
  readonly position: string
  readonly bytes: Buffer
  /** Its characters, where each byte is one: the places of both are the same. */
  readonly text?: string
}

/** The end-of-file character that programs of DOS write behind the last record. */
const endOfFile = 0x1a
const mark = Buffer.from([0xef, 0xbb, 0xbf])

/** What stands before the first record (a byte order mark) and behind the last (DOS's end of file) is no record's. */
export function withoutMarks(bytes: Buffer, end: RecordEnd, length: number, utf8: boolean): Buffer {
  const body = utf8 && bytes.subarray(0, 3).equals(mark) ? bytes.subarray(3) : bytes
  if (body.at(-1) !== endOfFile) return body
  const behind = end === 'none' ? body.length % length === 1 : body.length === 1 || body.at(-2) === 0x0a
  return behind ? body.subarray(0, -1) : body
}

/** The records of a body, at most `limit` of them. Lines without a byte are none. `text`: of the whole body. */
export function linesOf(
  body: Buffer,
  text: string | undefined,
  end: RecordEnd,
  length: number,
  limit: number,
): Line[] {
  const lines: Line[] = []
  let at = 0
  for (let count = 1; at < body.length && count <= limit; count += 1) {
    const next = end === 'none' ? Math.min(at + length, body.length) : endOfLine(body, at)
    const last = end === 'none' ? next : withoutEnd(body, at, next, end)
    if (last > at)
      lines.push({
        position: `${end === 'none' ? 'record' : 'line'} ${count}`,
        bytes: body.subarray(at, last),
        ...(text !== undefined && { text: text.slice(at, last) }),
      })
    at = next
  }
  return lines
}

/** Whether the last record may be the half of one. */
export function halfRecord(body: Buffer, end: RecordEnd, length: number): boolean {
  return end === 'none' ? body.length % length !== 0 : body.length > 0 && body.at(-1) !== 0x0a
}

/** The bytes of a record in which nothing stands: `length` blanks, and its end. */
export function blankLine(length: number, end: RecordEnd): Buffer {
  const behind = end === 'none' ? '' : end === 'lf' ? '\n' : '\r\n'
  return Buffer.from(' '.repeat(length) + behind, 'latin1')
}

function endOfLine(body: Buffer, from: number): number {
  const found = body.indexOf(0x0a, from)
  return found < 0 ? body.length : found + 1
}

/** Where the bytes of the line from `from` to `to` end without what ends it. */
function withoutEnd(body: Buffer, from: number, to: number, end: RecordEnd): number {
  const bare = to > from && body[to - 1] === 0x0a ? to - 1 : to
  return end === 'crlf' && bare > from && body[bare - 1] === 0x0d ? bare - 1 : bare
}
