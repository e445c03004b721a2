// The head of a server's queue that is too large to be read: while it goes past into the gateway's keeping, its ProcessID is
// looked for where answers say it, before and behind the item. What a server writes anew at every poll (its addressing, the
// time of the answer) is left out, so that what is kept is the same bytes at every poll, and is kept once.
import { createHash } from 'node:crypto'
import { pipeline, type Readable, Transform } from 'node:stream'

/** Bytes at either end of an answer in which its ProcessID is looked for. */
const end = 4096

const id = /<(?:[\w-]+:)?process[iI][dD]>\s*([0-9A-Za-z._:-]{1,40})\s*<\/(?:[\w-]+:)?process[iI][dD]>/i
/** What differs from poll to poll: all within a SOAP Header, and the text of ProcessTime. */
const header = /(<(?:[\w-]+:)?Header\b[^<>]*>)[\s\S]*?(<\/(?:[\w-]+:)?Header\s*>)/
const time = /(<(?:[\w-]+:)?ProcessTime\b[^<>]*>)[^<>]*(?=<)/i
const item = /(?:GovernmentDocument|LetterNotifier)\b/

export class LargeHead {
  readonly #hash = createHash('sha256')
  #head = Buffer.alloc(0)
  #tail = Buffer.alloc(0)
  #begun = false

  /** The same bytes but for what differs at every poll, looked at on their way. What breaks off ends whoever reads on. */
  past(body: Readable): Readable {
    const looked = new Transform({
      transform: (piece: Buffer, _encoding, done) => {
        done(null, this.#add(piece))
      },
      flush: (done) => done(null, this.#begun ? undefined : this.#begin()),
    })
    return pipeline(body, looked, () => undefined)
  }

  /** Of an answer that went past whole. Nothing: it does not end as an answer ends, or no ProcessID stands where one may. */
  found():
    | { readonly processId: string; readonly digest: string; readonly document: 'letter' | 'notice' }
    | undefined {
    const [head, tail] = [this.#head.toString('latin1'), this.#tail.toString('latin1')]
    if (!/InboundResponse/.test(head) || !/<\/(?:[\w-]+:)?Envelope>\s*$/.test(tail)) return undefined
    // What a letter says of itself is no ProcessID: before the item, or behind its end.
    const before = head.slice(0, startOf(head))
    const behind = tail.slice(
      Math.max(tail.lastIndexOf('GovernmentDocument>'), tail.lastIndexOf('LetterNotifier>'), 0),
    )
    const processId = (id.exec(before) ?? (item.test(tail) ? id.exec(behind) : null))?.[1]
    if (processId === undefined) return undefined
    const digest = this.#hash.update(JSON.stringify(processId)).digest('hex')
    return {
      processId,
      digest,
      document: /LetterNotifier\b/.test(head.slice(startOf(head), startOf(head) + 200)) ? 'notice' : 'letter',
    }
  }

  /** What goes on of it: nothing until the beginning is whole. */
  #add(piece: Buffer): Buffer {
    this.#tail = Buffer.concat([this.#tail, piece.subarray(-end)]).subarray(-end)
    if (this.#begun) {
      this.#hash.update(piece)
      return piece
    }
    this.#head = Buffer.concat([this.#head, piece])
    return this.#head.length >= end ? this.#begin() : Buffer.alloc(0)
  }

  #begin(): Buffer {
    this.#begun = true
    const frame = this.#head.toString('latin1', 0, end)
    const at = startOf(frame)
    // What a letter says of itself stays as it is. Latin-1 is one character a byte, there and back.
    const stable = frame.slice(0, at).replace(header, '$1$2').replace(time, '$1')
    const whole = Buffer.concat([Buffer.from(stable, 'latin1'), this.#head.subarray(at)])
    this.#hash.update(whole)
    this.#head = whole.subarray(0, end)
    return whole
  }
}

const startOf = (text: string): number => {
  const at = text.search(item)
  return at === -1 ? text.length : at
}
