// The key of a JSON answer that is too large to be read: found while its bytes go past, with a few of them in memory.

/** Deeper than any answer that a key is looked for in; bytes of a name, of the key. */
const limits = { depth: 256, text: 4096 }

interface Frame {
  /** `{`, or `[` with the index of its next item. */
  readonly object: boolean
  index: number
  /** How many steps of the path lead here; -1: none does. */
  readonly steps: number
  /** The name of the member that comes next, as far as it matters. */
  name: string | undefined
  /** The path's next step was met here: twice would be two answers. */
  met: boolean
  expects: 'name' | 'value'
}

/** Reads pieces of one JSON text and keeps what stands at `path` (`data.id`, keys and indexes). */
export class KeyScan {
  readonly #path: readonly string[]
  readonly #frames: Frame[] = []
  /** Bytes of the name or value that is being read; undefined where it matters to nobody. */
  #kept: number[] | undefined
  #within: 'nothing' | 'string' | 'escape' | 'literal' = 'nothing'
  #isName = false
  #broken = false
  #ended = false
  #found: string | undefined

  constructor(path: string) {
    this.#path = path.split('.').filter((step) => step !== '')
  }

  add(piece: Buffer): void {
    for (const byte of piece) {
      if (this.#broken) return
      this.#take(byte)
    }
  }

  /** A string's characters or a number's digits; nothing where the text is not whole, or says none or two. */
  key(): string | undefined {
    if (this.#broken || !this.#ended || this.#frames.length > 0 || this.#found === undefined) return undefined
    return this.#found === '' ? undefined : this.#found
  }

  #take(byte: number): void {
    switch (this.#within) {
      case 'string':
        this.#keep(byte)
        if (byte === 0x5c) this.#within = 'escape'
        else if (byte === 0x22) this.#endText()
        return
      case 'escape':
        this.#keep(byte)
        this.#within = 'string'
        return
      case 'literal':
        if (!isEnd(byte)) {
          this.#keep(byte)
          return
        }
        this.#endText()
        this.#mark(byte)
        return
      case 'nothing':
        this.#mark(byte)
        return
      default:
        this.#within satisfies never
    }
  }

  #mark(byte: number): void {
    const frame = this.#frames.at(-1)
    // Blanks, and a byte order mark.
    if (byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)) return
    if (!this.#ended && frame === undefined && (byte === 0xef || byte === 0xbb || byte === 0xbf)) return
    if (byte === 0x3a || byte === 0x2c) {
      if (frame?.object === true) frame.expects = byte === 0x3a ? 'value' : 'name'
      return
    }
    if (byte === 0x7d || byte === 0x5d) {
      this.#frames.pop()
      this.#endValue()
      return
    }
    if (this.#ended) this.#broken = true
    else if (byte === 0x22 && frame?.object === true && frame.expects === 'name') this.#beginName(frame)
    else this.#beginValue(byte, frame)
  }

  #beginName(frame: Frame): void {
    this.#isName = true
    this.#within = 'string'
    this.#kept = frame.steps < 0 ? undefined : [0x22]
  }

  #beginValue(byte: number, frame: Frame | undefined): void {
    const steps = frame === undefined ? 0 : this.#stepsTo(frame)
    if (byte === 0x7b || byte === 0x5b) {
      const object = byte === 0x7b
      this.#frames.push({
        object,
        index: 0,
        steps,
        name: undefined,
        met: false,
        expects: object ? 'name' : 'value',
      })
      if (this.#frames.length > limits.depth) this.#broken = true
      return
    }
    this.#isName = false
    this.#within = byte === 0x22 ? 'string' : 'literal'
    this.#kept = steps === this.#path.length ? [byte] : undefined
  }

  /** How many steps lead to the value that begins in a frame. */
  #stepsTo(frame: Frame): number {
    const name = frame.object ? frame.name : String(frame.index)
    frame.index += 1
    frame.name = undefined
    if (frame.steps < 0 || name !== this.#path[frame.steps]) return -1
    if (frame.met) this.#broken = true
    frame.met = true
    return frame.steps + 1
  }

  #keep(byte: number): void {
    if (this.#kept === undefined) return
    this.#kept.push(byte)
    if (this.#kept.length <= limits.text) return
    // A name that long is no step of a path; a key that long is none.
    if (!this.#isName) this.#broken = true
    this.#kept = undefined
  }

  #endText(): void {
    const text = this.#kept === undefined ? undefined : textOf(Buffer.from(this.#kept))
    const frame = this.#frames.at(-1)
    if (this.#isName && frame !== undefined) frame.name = text
    else if (this.#kept !== undefined) this.#found = text
    this.#kept = undefined
    this.#within = 'nothing'
    if (!this.#isName) this.#endValue()
  }

  #endValue(): void {
    if (this.#frames.length === 0) this.#ended = true
  }
}

const isEnd = (byte: number): boolean =>
  byte === 0x2c || byte === 0x7d || byte === 0x5d || byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)

/** What a JSON string or number says; nothing for null and for what is neither. */
function textOf(bytes: Buffer): string | undefined {
  try {
    const raw = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    const value: unknown = JSON.parse(raw)
    return typeof value === 'string' ? value : value === null ? undefined : raw
  } catch {
    return undefined
  }
}
