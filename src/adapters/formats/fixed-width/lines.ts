// Fixed-width bytes ↔ records of bytes. Bytes, because a column is a count of bytes: what is one character in the Thai
// charsets is three in UTF-8, and a text that was decoded first has lost its columns.

export type RecordEnd = 'crlf' | 'lf' | 'none'

export interface Line {
  readonly position: string
  readonly bytes: Buffer
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

/** The records of a body, at most `limit` of them. Lines without a byte are none. */
export function* linesOf(body: Buffer, end: RecordEnd, length: number, limit: number): Generator<Line> {
  let at = 0
  for (let count = 1; at < body.length && count <= limit; count += 1) {
    const next = end === 'none' ? at + length : endOfLine(body, at)
    const bytes = end === 'none' ? body.subarray(at, next) : withoutEnd(body.subarray(at, next), end)
    if (bytes.length > 0) yield { position: `${end === 'none' ? 'record' : 'line'} ${count}`, bytes }
    at = next
  }
}

/** Whether the last record may be the half of one. */
export function halfRecord(body: Buffer, end: RecordEnd, length: number): boolean {
  return end === 'none' ? body.length % length !== 0 : body.length > 0 && body.at(-1) !== 0x0a
}

/** The bytes of one record: `length` of them, blank but for `parts`, and its end. */
export function lineOf(
  parts: readonly { readonly start: number; readonly bytes: Buffer }[],
  length: number,
  end: RecordEnd,
): Buffer {
  const line = Buffer.alloc(length, ' ')
  for (const { start, bytes } of parts) bytes.copy(line, start - 1)
  return end === 'none' ? line : Buffer.concat([line, Buffer.from(end === 'lf' ? '\n' : '\r\n')])
}

function endOfLine(body: Buffer, from: number): number {
  const found = body.indexOf(0x0a, from)
  return found < 0 ? body.length : found + 1
}

function withoutEnd(line: Buffer, end: RecordEnd): Buffer {
  const bare = line.at(-1) === 0x0a ? line.subarray(0, -1) : line
  return end === 'crlf' && bare.at(-1) === 0x0d ? bare.subarray(0, -1) : bare
}
