// Passwords of HTTP Basic against their scrypt hashes (`<salt hex>:<hash hex>`, N = 16384, r = 8, p = 1; RFC 7914).
import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify<string, Buffer, number, Buffer>(scrypt)

/** Bounds how many passwords are tried at once: each costs tens of milliseconds, 16 MiB and a thread of the pool. */
const derivationsAtOnce = 2
/** Bounds how many wait for their turn: about a second's worth. */
const longestQueue = 32

/** More passwords wait than can be tried in time: a flood, or an honest client that may come again. */
export class KeeperBusy extends Error {
  override readonly name = 'KeeperBusy'
}

/** Tries passwords, a few at a time. */
export class Passwords {
  /** Passwords proved already, as keyed digests: a client that calls every second must not cost a derivation each time. */
  readonly #proved = new Set<string>()
  readonly #pepper = randomBytes(32)
  readonly #waiting: (() => void)[] = []
  #deriving = 0

  /** Whether `expected` is a hash of `password`. Rejects with `KeeperBusy` when too many wait. */
  async proves(password: string, expected: string): Promise<boolean> {
    const proof = createHash('sha256')
      .update(this.#pepper)
      .update(`${expected}\n${password}`)
      .digest('base64')
    if (this.#proved.has(proof)) return true
    const [salt, hash] = expected.split(':').map((part) => Buffer.from(part, 'hex'))
    if (salt === undefined || hash === undefined || hash.length < 32) return false
    const derived = await this.#derive(password, salt, hash.length)
    if (!timingSafeEqual(derived, hash)) return false
    this.#proved.add(proof)
    return true
  }

  async #derive(password: string, salt: Buffer, length: number): Promise<Buffer> {
    if (this.#deriving < derivationsAtOnce) this.#deriving += 1
    else if (this.#waiting.length >= longestQueue) throw new KeeperBusy('too many passwords wait')
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await derive(password, salt, length)
    } finally {
      // The turn goes over to the next one: nobody who comes in between can take it.
      const next = this.#waiting.shift()
      if (next === undefined) this.#deriving -= 1
      else next()
    }
  }
}
