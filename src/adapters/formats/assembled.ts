// A document that holds files is put together once, in one buffer of its size: each file is read and encoded piece by piece
// into its place.
import type { Readable } from 'node:stream'
import { tokenOf, tokenStart } from '../lifted.ts'

/** A file in its place. `lines`: base64 in lines of 76 characters (RFC 2045, section 6.8), else in one. */
export interface FilePlace {
  readonly sha256: string
  /** Bytes. */
  readonly size: number
  readonly lines: boolean
}

type Open = (sha256: string) => Readable

/** Bytes that are encoded at one time: whole groups of three, and whole lines. */
const block = 57 * 1024

const encodedLength = ({ size, lines }: FilePlace): number => {
  const length = Math.ceil(size / 3) * 4
  return lines ? length + 2 * Math.max(0, Math.ceil(length / 76) - 1) : length
}

/** Throws when a file has more or fewer bytes than the envelope says: the store is not what it was. */
export async function assembled(parts: readonly (Buffer | FilePlace)[], open: Open): Promise<Buffer> {
  const length = parts.reduce(
    (sum, part) => sum + (Buffer.isBuffer(part) ? part.length : encodedLength(part)),
    0,
  )
  const whole = Buffer.allocUnsafeSlow(length)
  let at = 0
  for (const part of parts) {
    if (Buffer.isBuffer(part)) at += part.copy(whole, at)
    else at = await encodeInto(whole, at, part, open)
  }
  return whole
}

async function encodeInto(whole: Buffer, start: number, file: FilePlace, open: Open): Promise<number> {
  const waiting = Buffer.allocUnsafe(block)
  let [at, filled, size] = [start, 0, 0]
  const put = (): void => {
    if (filled === 0) return
    if (file.lines && at > start) at += whole.write('\r\n', at, 'latin1')
    const text = waiting.toString('base64', 0, filled)
    at += whole.write(file.lines ? text.replace(/.{76}(?=.)/g, '$&\r\n') : text, at, 'latin1')
    filled = 0
  }
  for await (const chunk of open(file.sha256) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > file.size) throw new Error('an attachment has more bytes than its envelope says')
    for (let from = 0; from < chunk.length; ) {
      const taken = chunk.copy(waiting, filled, from)
      from += taken
      filled += taken
      if (filled === block) put()
    }
  }
  if (size !== file.size) throw new Error('an attachment has fewer bytes than its envelope says')
  put()
  return at
}

/** Files smaller than this are written at once. */
const worthwhile = 48 * 1024

/** Tokens that stand for files while a form writes: base64 themselves, made from chance for each document. */
export class Places {
  readonly #start = tokenStart()
  readonly #files: FilePlace[] = []

  /** The text that is written in a file's place; nothing for a file that is not worth it. */
  place(sha256: string, size: number): string | undefined {
    if (size < worthwhile) return undefined
    this.#files.push({ sha256, size, lines: false })
    return tokenOf(this.#start, this.#files.length - 1)
  }

  /** The document in which each token was written once, twice or never, with the files in their places. */
  async filled(bytes: Buffer, open: Open): Promise<Buffer> {
    if (this.#files.length === 0) return bytes
    const parts: (Buffer | FilePlace)[] = []
    const length = tokenOf(this.#start, 0).length
    let from = 0
    for (let at = bytes.indexOf(this.#start); at >= 0; at = bytes.indexOf(this.#start, from)) {
      const token = bytes.toString('latin1', at, at + length)
      const index = Number(token.slice(this.#start.length))
      const file = this.#files[index]
      if (file === undefined || token !== tokenOf(this.#start, index)) throw new Error('a token was changed')
      parts.push(bytes.subarray(from, at), file)
      from = at + length
    }
    return assembled([...parts, bytes.subarray(from)], open)
  }
}
