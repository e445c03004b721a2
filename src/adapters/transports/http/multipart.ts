// multipart bodies (RFC 2046, section 5.1) as a stream of parts: one after the other, bounded, never wholly in memory.
import { Readable } from 'node:stream'

/** A body that is no multipart, or ends too early, or is beyond the bounds (attacks X12, T7). */
export class MultipartError extends Error {
  override readonly name = 'MultipartError'
}

export interface Part {
  /** By name in lower case; each once. */
  readonly headers: ReadonlyMap<string, string>
  /** To be read before the next part is asked for; what is left of it is skipped. */
  readonly body: Readable
}

export interface MultipartLimits {
  readonly parts: number
}

const headerLimit = 8 * 1024
const preambleLimit = 1024

/** The boundary that a Content-Type of `multipart/…` names, or undefined. */
export function boundaryOf(contentType: string): string | undefined {
  const found = /;\s*boundary=(?:"([^"\\\r\n]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType)
  return found?.[1] ?? found?.[2]
}

/** The parts of a body. Throws `MultipartError`, from here or from a part's stream, for what is broken. */
export async function* multipartParts(
  body: AsyncIterable<Buffer>,
  boundary: string,
  limits: MultipartLimits,
): AsyncGenerator<Part> {
  const reader = new Reader(body)
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1')
  // The first boundary may stand at the very beginning: a line end before it is thought.
  reader.unread(Buffer.from('\r\n'))
  let preamble = 0
  for await (const chunk of reader.until(delimiter)) {
    preamble += chunk.length
    if (preamble > preambleLimit) throw new MultipartError('no boundary at its beginning')
  }
  for (let count = 1; ; count += 1) {
    if (await reader.ends()) return reader.epilogue(preambleLimit)
    if (count > limits.parts) throw new MultipartError(`more than ${limits.parts} parts`)
    const headers = headersOf(await reader.header())
    const bytes = reader.until(delimiter)
    yield { headers, body: Readable.from(bytes, { objectMode: false }) }
    for await (const _ of bytes) {
      // What the consumer left unread belongs to this part still.
    }
    if (!reader.atDelimiter) throw new MultipartError('a part was left in the middle')
  }
}

class Reader {
  atDelimiter = false
  readonly #source: AsyncIterator<Buffer>
  #buffer: Buffer = Buffer.alloc(0)

  constructor(body: AsyncIterable<Buffer>) {
    this.#source = body[Symbol.asyncIterator]()
  }

  unread(bytes: Buffer): void {
    this.#buffer = Buffer.concat([bytes, this.#buffer])
  }

  async #more(): Promise<void> {
    const next = await this.#source.next()
    if (next.done === true) throw new MultipartError('it ends too early')
    this.#buffer = this.#buffer.length === 0 ? next.value : Buffer.concat([this.#buffer, next.value])
  }

  /** Bytes up to the delimiter, which is taken away. */
  async *until(delimiter: Buffer): AsyncGenerator<Buffer> {
    this.atDelimiter = false
    for (;;) {
      const found = this.#buffer.indexOf(delimiter)
      if (found >= 0) {
        const bytes = this.#buffer.subarray(0, found)
        this.#buffer = this.#buffer.subarray(found + delimiter.length)
        this.atDelimiter = true
        if (bytes.length > 0) yield bytes
        return
      }
      // The end of what is here may be the beginning of the delimiter.
      const sure = this.#buffer.length - delimiter.length + 1
      if (sure > 0) {
        const bytes = this.#buffer.subarray(0, sure)
        this.#buffer = this.#buffer.subarray(sure)
        yield bytes
      }
      await this.#more()
    }
  }

  /** After a delimiter: true for the last one (`--`), false when a part follows. */
  async ends(): Promise<boolean> {
    while (this.#buffer.length < 2) await this.#more()
    if (this.#buffer.subarray(0, 2).equals(Buffer.from('--'))) return true
    for (let spaces = 0; ; spaces += 1) {
      while (this.#buffer.length < 2) await this.#more()
      if (this.#buffer.subarray(0, 2).equals(Buffer.from('\r\n'))) break
      const blank = this.#buffer[0] === 0x20 || this.#buffer[0] === 0x09
      if (!blank || spaces > 100) throw new MultipartError('text behind a boundary')
      this.#buffer = this.#buffer.subarray(1)
    }
    return false
  }

  /** Reads what stands behind the last boundary, so that the connection can be used again. */
  async epilogue(limit: number): Promise<void> {
    for (let size = this.#buffer.length; ; ) {
      if (size > limit) throw new MultipartError('text behind the last boundary')
      const next = await this.#source.next()
      if (next.done === true) return
      size += next.value.length
    }
  }

  /** The header lines of a part: from their first line end up to the blank line. */
  async header(): Promise<string> {
    const blank = Buffer.from('\r\n\r\n')
    let found = this.#buffer.indexOf(blank)
    while (found < 0) {
      if (this.#buffer.length > headerLimit) throw new MultipartError('the header of a part is too long')
      await this.#more()
      found = this.#buffer.indexOf(blank)
    }
    if (found > headerLimit) throw new MultipartError('the header of a part is too long')
    const header = this.#buffer.subarray(0, found)
    this.#buffer = this.#buffer.subarray(found + blank.length)
    return new TextDecoder('utf-8').decode(header)
  }
}

function headersOf(text: string): ReadonlyMap<string, string> {
  const headers = new Map<string, string>()
  for (const line of text.split('\r\n')) {
    if (line === '') continue
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase()
    if (
      !/^[!#$%&'*+.^_`|~0-9a-z-]{1,100}$/.test(name) ||
      /[\u0000-\u0008\u000a-\u001f\u007f\ufffd]/.test(line)
    )
      throw new MultipartError('a broken header line')
    if (headers.has(name)) throw new MultipartError('a header line twice')
    headers.set(name, line.slice(colon + 1).trim())
  }
  return headers
}

/** A parameter of a header (`filename` of Content-Disposition), as browsers and RFC 7578 write it. */
export function parameterOf(header: string, name: string): string | undefined {
  for (const [, key, quoted, plain] of header.matchAll(
    /;\s*([!#$%&'+.^_`|~0-9a-z*-]{1,50})=(?:"((?:[^"\\]|\\.)*)"|([^;\s"]*))/gi,
  )) {
    if (key?.toLowerCase() !== name) continue
    if (quoted === undefined) return plain
    // A quote is written `%22` by browsers and `\"` by older clients.
    return quoted.replace(/\\(["\\])/g, '$1').replaceAll('%22', '"')
  }
  return undefined
}
