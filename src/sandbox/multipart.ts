// multipart/related (RFC 2387) as streams, both ways: no part is ever wholly in memory unless the reader wants it so.
import type { Readable } from 'node:stream'

/** One part: its headers (names in lower case) and its bytes, to be read before the next part is asked for. */
export interface Part {
  readonly headers: ReadonlyMap<string, string>
  readonly body: AsyncIterable<Buffer>
}

/** The body is no multipart message as RFC 2046, section 5.1.1 has it. */
export class BrokenMultipart extends Error {}

const maximumHeader = 16 * 1024

/** The boundary that a Content-Type names, or undefined. */
export function boundaryOf(contentType: string): string | undefined {
  const found = /;\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType)
  return found?.[1] ?? found?.[2]
}

/**
 * The parts of a multipart body, one after the other. What is left unread of a part is skipped. Throws BrokenMultipart
 * on a missing boundary, on part headers over 16 KiB, and when the body ends before its closing boundary.
 */
export async function* readParts(source: Readable, boundary: string): AsyncGenerator<Part> {
  const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  // The first delimiter may stand at the very beginning: a line end before it makes all alike.
  let held: Buffer = Buffer.from('\r\n')
  const more = async (): Promise<void> => {
    const next = await chunks.next()
    if (next.done === true) throw new BrokenMultipart('the body ends before its closing boundary')
    held = Buffer.concat([held, next.value])
  }

  let reached = false
  async function* untilDelimiter(): AsyncGenerator<Buffer> {
    reached = false
    for (;;) {
      const at = held.indexOf(delimiter)
      if (at >= 0) {
        reached = true
        const last = held.subarray(0, at)
        held = held.subarray(at + delimiter.length)
        if (last.length > 0) yield last
        return
      }
      const safe = held.length - delimiter.length + 1
      if (safe > 0) {
        const piece = held.subarray(0, safe)
        held = held.subarray(safe)
        yield piece
      }
      await more()
    }
  }

  for await (const preamble of untilDelimiter()) {
    if (preamble.length > maximumHeader) throw new BrokenMultipart('no boundary at the beginning')
  }
  for (;;) {
    while (held.length < 2) await more()
    if (held.subarray(0, 2).toString('latin1') === '--') break
    let end = held.indexOf('\r\n\r\n')
    while (end < 0) {
      if (held.length > maximumHeader) throw new BrokenMultipart('the headers of a part are too long')
      await more()
      end = held.indexOf('\r\n\r\n')
    }
    const headers = readHeaders(held.subarray(0, end).toString('latin1'))
    // The line end before an empty body is also the one before its delimiter.
    held = held.subarray(end + 2)
    reached = false
    yield { headers, body: skipLineEnd(untilDelimiter()) }
    if (!reached) for await (const unread of untilDelimiter()) void unread
  }
  for (let rest = await chunks.next(); rest.done !== true; rest = await chunks.next()) void rest
}

async function* skipLineEnd(pieces: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  let skip = 2
  for await (const piece of pieces) {
    const kept = piece.subarray(Math.min(skip, piece.length))
    skip -= piece.length - kept.length
    if (kept.length > 0) yield kept
  }
}

function readHeaders(text: string): ReadonlyMap<string, string> {
  const headers = new Map<string, string>()
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim())
  }
  return headers
}

/** One attachment to be sent along: `open` gives its bytes, anew for each try. */
export interface OutgoingPart {
  readonly sha256: string
  readonly mediaType: string
  open(): AsyncIterable<Buffer>
}

/** The Content-Type of what `writeRelated` writes. */
export const relatedType = (boundary: string): string =>
  `multipart/related; type="application/xml"; boundary="${boundary}"`

/** An envelope and its attachments as multipart/related (design §5.2): the envelope first, each part named by its SHA-256. */
export async function* writeRelated(
  envelope: Buffer,
  parts: readonly OutgoingPart[],
  boundary: string,
): AsyncGenerator<Buffer> {
  yield Buffer.from(`--${boundary}\r\nContent-Type: application/xml\r\n\r\n`)
  yield envelope
  for (const part of parts) {
    const head = `Content-Type: ${part.mediaType}\r\nContent-ID: <${part.sha256}>\r\n`
    yield Buffer.from(`\r\n--${boundary}\r\n${head}Content-Transfer-Encoding: binary\r\n\r\n`)
    yield* part.open()
  }
  yield Buffer.from(`\r\n--${boundary}--\r\n`)
}
