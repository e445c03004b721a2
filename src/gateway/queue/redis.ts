// The connections to Redis, and whether it can be used at present. Nothing here waits for it: it is there, or it is away.
import { Redis } from 'ioredis'
import type { Clock } from '../../letter/time.ts'

export interface RedisAt {
  readonly host: string
  readonly port: number
  readonly database: number
  readonly tls: boolean
  readonly user?: string
  readonly password?: string
  /** PEM of the authority under which the server's certificate must stand; without it those that Node knows. */
  readonly authority?: string
}

export interface RedisObserver {
  /** It cannot be used, for this reason in its own words. Told once, until it is there again. */
  away(reason: string): void
  /** It can be used, and does not hold what it held before, or not all of it. */
  here(): void
  /** It throws keys away when its memory is full: hints that it took may be gone. */
  evicts(policy: string): void
}

/** A command that is not answered after this long is not waited for, in milliseconds. */
const longestAnswer = 2_000
/** Without a byte from the server for this long, while one is owed, a connection is made anew. Longer than a worker blocks. */
const longestSilence = 15_000
/** How often it is tried whether a server that refused, or did not answer, takes something again. */
const probeEvery = 1_000

/** Redis as one gateway sees it. */
export class RedisLink {
  /** For what is asked and answered at once: it fails rather than waits. */
  readonly asking: Redis
  readonly #options: ReturnType<typeof optionsOf>
  readonly #probeKey: string
  readonly #clock: Clock
  readonly #observer: RedisObserver
  #here = false
  #told = false
  #reason = 'it was not reached yet'
  #cancelProbe: (() => void) | undefined
  #closed = false

  /** `prefix`: what all keys of this installation begin with. */
  constructor(at: RedisAt, prefix: string, clock: Clock, observer: RedisObserver) {
    this.#probeKey = `${prefix}:probe`
    this.#clock = clock
    this.#observer = observer
    this.#options = optionsOf(at)
    this.asking = new Redis({
      ...this.#options,
      maxRetriesPerRequest: 1,
      enableOfflineQueue: false,
      commandTimeout: longestAnswer,
    })
    this.asking.on('error', (error) => {
      this.#reason = reasonOf(error)
    })
    this.asking.on('ready', () => void this.#probe())
    this.asking.on('close', () => this.#away(this.#reason))
  }

  /** A connection for a worker, which blocks and is tried for ever. The caller disconnects it. */
  forWorker(): Redis {
    const redis = new Redis({ ...this.#options, maxRetriesPerRequest: null })
    // What is wrong is told by the other connection.
    redis.on('error', () => undefined)
    return redis
  }

  isHere(): boolean {
    return this.#here
  }

  /** Something that was asked of it failed: it counts as away until it takes something again. */
  failed(error: unknown): void {
    this.#away(reasonOf(error))
    this.#probeLater()
  }

  close(): void {
    this.#closed = true
    this.#here = false
    this.#cancelProbe?.()
    this.asking.disconnect()
  }

  #away(reason: string): void {
    if (this.#closed || (this.#told && !this.#here)) return
    this.#here = false
    this.#told = true
    this.#observer.away(reason)
  }

  #probeLater(): void {
    this.#cancelProbe?.()
    if (this.#closed) return
    this.#cancelProbe = this.#clock.schedule(this.#clock.now() + probeEvery, () => void this.#probe())
  }

  /** A write: a server that is full, or a copy of another that is down, answers every read. */
  async #probe(): Promise<void> {
    // While it is not connected there is nothing to ask; `ready` comes by itself.
    if (this.#closed || this.#here || this.asking.status !== 'ready') return
    try {
      await this.asking.set(this.#probeKey, '1', 'EX', 60)
    } catch (error) {
      this.failed(error)
      return
    }
    if (this.#closed || this.#here) return
    this.#here = true
    this.#told = true
    this.#reason = 'the connection was closed'
    this.#observer.here()
    const policy = await evictionOf(this.asking)
    if (policy !== undefined) this.#observer.evicts(policy)
  }
}

/** By which rule it throws keys away when its memory is full; undefined: it does not, or the account may not ask. */
async function evictionOf(redis: Redis): Promise<string | undefined> {
  try {
    const policy = /^maxmemory_policy:(\S+)/m.exec(await redis.info('memory'))?.[1]
    return policy === 'noeviction' ? undefined : policy
  } catch {
    return undefined
  }
}

/** Connects once, and says by which rule it throws keys away; rejects with what is in the way, in its own words. */
export async function reachRedis(at: RedisAt): Promise<string | undefined> {
  const redis = new Redis({
    ...optionsOf(at),
    ...{ lazyConnect: true, maxRetriesPerRequest: 0, commandTimeout: longestAnswer },
    retryStrategy: () => null,
  })
  let reason: unknown
  redis.on('error', (error) => {
    reason ??= error
  })
  try {
    await redis.connect()
    await redis.ping()
    return await evictionOf(redis)
  } catch (error) {
    throw new Error(reasonOf(reason ?? error), { cause: error })
  } finally {
    redis.disconnect()
  }
}

const optionsOf = (at: RedisAt) => ({
  host: at.host,
  port: at.port,
  db: at.database,
  ...(at.user !== undefined && { username: at.user }),
  ...(at.password !== undefined && { password: at.password }),
  ...(at.tls && { tls: at.authority === undefined ? {} : { ca: at.authority } }),
  connectTimeout: 5_000,
  socketTimeout: longestSilence,
  retryStrategy: (times: number) => Math.min(100 * 2 ** times, 2_000),
})

/** Several addresses of one name that all refuse are one error without a message. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.message === '' && 'code' in error ? String(error.code) : error.message
}
