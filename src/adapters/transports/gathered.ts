// A body in one buffer: its pieces are never in memory beside the whole of them.

/** Bytes up to which pieces are joined at their end: most bodies are smaller. */
const small = 1024 * 1024

/** Bytes that are asked for at once where nobody says how many come; what is not written to is no memory yet. */
const room = 64 * 1024 * 1024

export class Gathered {
  readonly #limit: number
  readonly #said: number | undefined
  #pieces: Buffer[] = []
  #whole: Buffer | undefined
  #size = 0

  /** At most `limit` bytes; `said`: how many the other side says will come, which is believed no further than that. */
  constructor(limit: number, said?: number) {
    this.#limit = limit
    this.#said = said !== undefined && said >= 0 && said <= limit ? said : undefined
  }

  get size(): number {
    return this.#size
  }

  /** Adds a piece; false when it goes beyond the limit, and is not added. */
  add(piece: Buffer): boolean {
    const size = this.#size + piece.length
    if (size > this.#limit) return false
    if (this.#whole === undefined && size <= small) this.#pieces.push(piece)
    else piece.copy(this.#roomFor(size), this.#size)
    this.#size = size
    return true
  }

  /** All of it. Nothing can be added afterwards. */
  end(): Buffer {
    return this.#whole?.subarray(0, this.#size) ?? Buffer.concat(this.#pieces)
  }

  #roomFor(size: number): Buffer {
    if (this.#whole !== undefined && size <= this.#whole.length) return this.#whole
    const before = this.#whole === undefined ? this.#pieces : [this.#whole.subarray(0, this.#size)]
    const length = this.#said !== undefined && size <= this.#said ? this.#said : Math.max(room, size * 2)
    const whole = Buffer.allocUnsafeSlow(Math.min(length, this.#limit))
    let at = 0
    for (const each of before) at += each.copy(whole, at)
    this.#pieces = []
    this.#whole = whole
    return whole
  }
}

/** The bytes that a Content-Length says; nothing where it says none. */
export const saidLength = (header: string | string[] | undefined): number | undefined =>
  typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : undefined

/** Bytes that are given to a socket at one time: what waits there is in memory a second time. */
const piece = 64 * 1024

/** A buffer in pieces that a socket takes one after the other. */
export function* inPieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece)
}
