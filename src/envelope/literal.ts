// A text that is looked for at a place, eight bytes in each number: what is written in tags makes neither a NaN nor a
// zero of eight bytes, so that equal numbers are equal bytes.

/** Whether this machine writes numbers with their lowest byte first. */
export const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

export class Literal {
  /** In bytes. */
  readonly size: number
  readonly #eights: Float64Array
  /** Up to seven bytes behind them. */
  readonly #rest: Uint8Array

  /** Of ASCII, as it stands in UTF-8; or of its UTF-16 units, as this machine keeps them. */
  constructor(ascii: Uint8Array | Uint16Array) {
    const bytes = new Uint8Array(ascii.buffer, ascii.byteOffset, ascii.byteLength)
    const whole = bytes.length & ~7
    this.size = bytes.length
    this.#eights = new Float64Array(bytes.slice(0, whole).buffer)
    this.#rest = bytes.slice(whole)
  }

  /** Whether it stands at the byte `start` of what `view` shows. */
  standsAt(view: DataView, start: number): boolean {
    if (start + this.size > view.byteLength) return false
    const eights = this.#eights
    const rest = this.#rest
    let at = start
    for (let index = 0; index < eights.length; index++, at += 8)
      if (view.getFloat64(at, littleEndian) !== eights[index]) return false
    for (let index = 0; index < rest.length; index++, at++)
      if (view.getUint8(at) !== rest[index]) return false
    return true
  }
}
