// A wire of the stage's own between two parts: it can be cut, held, made deaf to answers or slow, and lets no words pass that
// are poison to whoever reads them. What it did to the connections is counted: a fault that never struck proves nothing.
import { connect, createServer, type Socket } from 'node:net'
import type { Chance } from './chance.ts'

/** `held`: nothing goes through and nobody is told · `mute`: answers are swallowed · `drip`: one byte a second from the client. */
export type LinkState = 'open' | 'cut' | 'held' | 'mute' | 'drip'

interface Wire {
  readonly client: Socket
  readonly behind: Socket
  /** What stands in the way now, in the order in which it came. */
  readonly waiting: Buffer[]
  /** Whether what comes next from behind begins an answer. */
  asked: boolean
  /** Answers that began so far. */
  answers: number
}

/** `share` of the answers is lost, by `chance`. */
interface Loss {
  readonly share: number
  readonly chance: Chance
}

/** Pieces of this many bytes at most: a cut may come in the midst of a request. */
const longestPiece = 1024

export class Link {
  readonly port: number
  /** How often it did what it was told to. */
  struck = 0
  #state: LinkState = 'open'
  #poison: Buffer | undefined
  #pieces = 0
  #loss: Loss | undefined
  /** Answers at the beginning of each connection that are never lost. */
  readonly #greetings: number
  #cutAt: { readonly piece: number; readonly forGood: boolean } | undefined
  readonly #wires = new Set<Wire>()
  readonly #server: ReturnType<typeof createServer>
  readonly #drip: NodeJS.Timeout

  private constructor(server: ReturnType<typeof createServer>, port: number, greetings: number) {
    this.#server = server
    this.port = port
    this.#greetings = greetings
    this.#drip = setInterval(() => this.#dripOnce(), 1_000)
    this.#drip.unref()
  }

  /**
   * `at`: the port that clients know; any free one unless it is said. `greetings`: answers that a connection begins with, as that of a
   * TLS handshake; to lose those is to lose the connection before anything was said.
   */
  static async to(port: number, at = 0, greetings = 0): Promise<Link> {
    const server = createServer()
    await new Promise<void>((listening, failed) => {
      server.once('error', failed)
      server.listen(at, '127.0.0.1', listening)
    })
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('a link without a port')
    const link = new Link(server, address.port, greetings)
    server.on('connection', (client) => link.#join(client, port))
    return link
  }

  /** Pieces that came through from either side so far. */
  get pieces(): number {
    return this.#pieces
  }

  set(state: LinkState): void {
    this.#state = state
    this.#cutAt = undefined
    this.#loss = undefined
    if (state === 'cut') for (const wire of this.#wires) this.#end(wire)
    if (state === 'open') for (const wire of this.#wires) this.#release(wire)
  }

  /** From now on this share of the answers is lost after the last byte of what they answer, whole or from some place on; until `set`. */
  lose(share: number, chance: Chance): void {
    this.#loss = { share, chance }
  }

  /** Cuts all connections, and goes on. */
  cutOnce(): void {
    for (const wire of this.#wires) this.#end(wire)
  }

  /** Ends the connection at its `nth` piece from now, before it is passed on; for good: and every later one, until `set('open')`. */
  cutAt(nth: number, forGood: boolean): void {
    this.#cutAt = { piece: this.#pieces + nth, forGood }
  }

  /** Whoever is sent these words breaks, each time; nothing does any more when there are none. */
  poison(words: string | undefined): void {
    this.#poison = words === undefined ? undefined : Buffer.from(words)
  }

  async close(): Promise<void> {
    clearInterval(this.#drip)
    this.cutOnce()
    await new Promise<void>((closed) => this.#server.close(() => closed()))
  }

  #join(client: Socket, port: number): void {
    if (this.#state === 'cut') {
      this.struck += 1
      client.destroy()
      return
    }
    const behind = connect(port, '127.0.0.1')
    const wire: Wire = { client, behind, waiting: [], asked: true, answers: 0 }
    this.#wires.add(wire)
    for (const socket of [client, behind]) {
      socket.setNoDelay(true)
      socket.on('error', () => this.#end(wire))
      socket.on('close', () => this.#end(wire))
    }
    let tail = Buffer.alloc(0)
    client.on('data', (chunk: Buffer) => {
      wire.asked = true
      const poison = this.#poison
      if (poison !== undefined) {
        if (Buffer.concat([tail, chunk]).includes(poison)) {
          this.#strike(wire)
          return
        }
        tail = Buffer.from(chunk.subarray(Math.max(0, chunk.length - poison.length)))
      }
      for (let at = 0; at < chunk.length; at += longestPiece) {
        const piece = chunk.subarray(at, at + longestPiece)
        if (this.#isCut(wire)) return
        if (this.#state === 'held' || this.#state === 'drip') {
          wire.waiting.push(piece)
          // Whoever sends notices that nobody reads, as it would of the system itself.
          client.pause()
        } else behind.write(piece)
      }
    })
    behind.on('data', (chunk: Buffer) => {
      if (this.#isCut(wire)) return
      if (this.#state === 'mute' || this.#isLost(wire)) {
        // The other side has all of it, and its answer ends here.
        this.#strike(wire, this.#begun(chunk))
      } else if (this.#state === 'held') {
        behind.pause()
        behind.unshift(chunk)
      } else client.write(chunk)
    })
  }

  #isCut(wire: Wire): boolean {
    this.#pieces += 1
    const cut = this.#cutAt
    if (cut === undefined || this.#pieces < cut.piece) return false
    if (cut.forGood) this.#state = 'cut'
    this.#cutAt = undefined
    this.#strike(wire)
    if (cut.forGood) this.cutOnce()
    return true
  }

  /** Whether this is the beginning of an answer that is to be lost. */
  #isLost(wire: Wire): boolean {
    if (!wire.asked) return false
    wire.asked = false
    wire.answers += 1
    return (
      this.#loss !== undefined &&
      wire.answers > this.#greetings &&
      this.#loss.chance.fraction() < this.#loss.share
    )
  }

  /** What of a lost answer still comes through: half of the time something. */
  #begun(chunk: Buffer): Buffer | undefined {
    const chance = this.#loss?.chance
    if (chance === undefined || chance.fraction() < 0.5) return undefined
    return chunk.subarray(0, chance.between(1, chunk.length) - 1)
  }

  #strike(wire: Wire, last?: Buffer): void {
    this.struck += 1
    this.#end(wire, last)
  }

  #dripOnce(): void {
    if (this.#state !== 'drip') return
    for (const wire of this.#wires) {
      const [first] = wire.waiting
      if (first === undefined) continue
      wire.behind.write(first.subarray(0, 1))
      this.struck += 1
      if (first.length > 1) wire.waiting[0] = first.subarray(1)
      else wire.waiting.shift()
    }
  }

  #release(wire: Wire): void {
    for (const piece of wire.waiting.splice(0)) wire.behind.write(piece)
    wire.client.resume()
    wire.behind.resume()
  }

  /** `last`: what the client still hears. */
  #end(wire: Wire, last?: Buffer): void {
    if (!this.#wires.delete(wire)) return
    if (last === undefined || last.length === 0) wire.client.destroy()
    else {
      wire.client.end(last)
      wire.client.destroySoon()
    }
    wire.behind.destroy()
  }
}
