// The head of a server's queue that is too large to be read: while it goes past into the gateway's keeping, its ProcessID is
// looked for where answers say it, before and behind the item, and a digest is made of what is the same at every poll.
import { createHash } from 'node:crypto'
import { pipeline, type Readable, Transform } from 'node:stream'

/** Bytes at either end of an answer in which its ProcessID is looked for. */
const end = 4096

const id = /<(?:[\w-]+:)?process[iI][dD]>\s*([0-9A-Za-z._:-]{1,40})\s*<\/(?:[\w-]+:)?process[iI][dD]>/i
const item = /(?:GovernmentDocument|LetterNotifier)\b/

export class LargeHead {
  readonly #hash = createHash('sha256')
  #head = Buffer.alloc(0)
  #tail = Buffer.alloc(0)
  #begun = false

  /** The same bytes, looked at on their way. What breaks off ends whoever reads on. */
  past(body: Readable): Readable {
    const looked = new Transform({
      transform: (piece: Buffer, _encoding, done) => {
        this.#add(piece)
        done(null, piece)
      },
    })
    return pipeline(body, looked, () => undefined)
  }

  /** Of an answer that went past whole. Nothing: it does not end as an answer ends, or no ProcessID stands where one may. */
  found():
    | { readonly processId: string; readonly digest: string; readonly document: 'letter' | 'notice' }
    | undefined {
    if (!this.#begun) this.#begin()
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

  #add(piece: Buffer): void {
    this.#tail = Buffer.concat([this.#tail, piece.subarray(-end)]).subarray(-end)
    if (this.#begun) {
      this.#hash.update(piece)
      return
    }
    this.#head = Buffer.concat([this.#head, piece])
    if (this.#head.length >= end) this.#begin()
  }

  /** What comes behind the time of the answer is the same at every poll. */
  #begin(): void {
    this.#begun = true
    const told = this.#head.toString('latin1', 0, end).search(/<(?:[\w-]+:)?ProcessTime>/i)
    this.#hash.update(this.#head.subarray(told === -1 ? 0 : Math.max(0, this.#head.indexOf('</', told))))
    this.#head = this.#head.subarray(0, end)
  }
}

const startOf = (text: string): number => {
  const at = text.search(item)
  return at === -1 ? text.length : at
}
