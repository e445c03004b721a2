// Requests to a system's server: signed in, bounded in bytes and time, following no redirect. What happens is a value.
import type { IncomingHttpHeaders } from 'node:http'
import { Readable } from 'node:stream'
import { Agent } from 'undici'
import type { Clock } from '../../../letter/time.ts'
import { printable } from '../../../problem/problem.ts'
import { breakable } from '../../breakable.ts'
import { Gathered, saidLength } from '../gathered.ts'
import { retryAfterOf } from '../http/outcome.ts'
import { networkWords } from '../network-words.ts'
import { guardedLookup } from './addresses.ts'
import type { Ask, Streamed, Trouble, Whole } from './exchange.ts'
import type { SignIn } from './sign-in.ts'

export interface ClientSettings {
  readonly base: URL
  readonly signIn: SignIn
  readonly clock: Clock
  readonly tls?: { readonly key?: string; readonly certificate?: string; readonly authority?: string }
  /** Milliseconds: for the connection; for the next bytes either way; for a request and its answer as a whole. */
  readonly connect: number
  readonly within: number
  readonly transfer: number
  readonly connections: number
}

export class Client {
  readonly #settings: ClientSettings
  readonly #agent: Agent
  readonly #stopped = new AbortController()
  #closed: Promise<void> | undefined

  constructor(settings: ClientSettings) {
    this.#settings = settings
    const { tls = {}, connect, within, connections } = settings
    this.#agent = new Agent({
      connections,
      pipelining: 1,
      keepAliveTimeout: 30_000,
      headersTimeout: within,
      bodyTimeout: within,
      connect: {
        timeout: connect,
        lookup: guardedLookup(),
        ...(tls.key !== undefined && { key: tls.key }),
        ...(tls.certificate !== undefined && { cert: tls.certificate }),
        ...(tls.authority !== undefined && { ca: tls.authority }),
      },
    })
  }

  /**
   * Sends a request and gives the answer to `use`, whose body must have been read or left when it resolves. What proves us
   * goes to the base's own origin only. A 401 is answered once by a new sign-in, where there is one.
   */
  async ask<Result>(ask: Ask, use: (answer: Streamed) => Promise<Result>): Promise<Result | Trouble> {
    const { signIn, base } = this.#settings
    if (ask.url.origin !== base.origin) return this.#send(ask, {}, use)
    const proof = await signIn.proof((request) => this.#send(request, {}, wholeOf(64 * 1024)))
    if (proof.kind === 'trouble') return proof
    const first = await this.#send(ask, proof.headers, async (answer) => {
      if (answer.status !== 401 || !signIn.renew(proof)) return { result: await use(answer) }
      answer.body.on('error', () => undefined).destroy()
      return 'expired'
    })
    if (first !== 'expired') return 'kind' in first ? first : first.result
    const again = await signIn.proof((request) => this.#send(request, {}, wholeOf(64 * 1024)))
    return again.kind === 'trouble' ? again : this.#send(ask, again.headers, use)
  }

  /** Ends what is under way; resolves when no connection is held open. */
  stop(): Promise<void> {
    this.#stopped.abort()
    this.#closed ??= this.#agent.close()
    return this.#closed
  }

  async #send<Result>(
    { method, url, headers, body, signal }: Ask,
    proof: Readonly<Record<string, string>>,
    use: (answer: Streamed) => Promise<Result>,
  ): Promise<Result | Trouble> {
    const { clock, transfer } = this.#settings
    const late = new AbortController()
    const cancel = clock.schedule(clock.now() + transfer, () => late.abort())
    let sent = body === undefined
    async function* watched() {
      if (body !== undefined) yield* body.bytes()
      // From here on the other side may have the whole of it, whatever we hear.
      sent = true
    }
    const request = async (signal: AbortSignal): Promise<Result> => {
      const {
        statusCode,
        headers: said,
        body: stream,
      } = await this.#agent.request({
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method,
        headers: {
          // A packed answer of some bytes can be gigabytes (attacks T4): none is asked for, none is read.
          'accept-encoding': 'identity',
          ...headers,
          ...proof,
          ...(body && { 'content-type': body.type, 'content-length': String(body.length) }),
        },
        ...(body && { body: Readable.from(watched(), { objectMode: false }) }),
        signal,
      })
      sent = true
      try {
        return await use({ status: statusCode, headers: said, body: stream })
      } finally {
        if (!stream.readableEnded) stream.on('error', () => undefined).destroy()
      }
    }
    try {
      return await breakable([this.#stopped.signal, late.signal, ...(signal ? [signal] : [])], request)
    } catch (error) {
      if (!isOfNetwork(error)) throw error
      return {
        kind: 'trouble',
        said: saidOf(error),
        sent,
        ...(error.name === 'Unusable' && { unusable: true }),
        ...(isUnreached(error) && { unreached: true }),
      }
    } finally {
      cancel()
    }
  }
}

/** What a connection, a certificate, an address or a time-out ends a request with; all else is a defect or our own disk. */
const isOfNetwork = (error: unknown): error is Error =>
  error instanceof Error &&
  (error.name === 'AbortError' ||
    error.name === 'Forbidden' ||
    error.name === 'Unusable' ||
    error.name === 'HTTPParserError' ||
    ('code' in error &&
      /^(UND_ERR|HPE_|E(CONN|PIPE|HOST|NET|ADDR|PROTO|TIMEDOUT|AI_)|ENOTFOUND|ERR_(TLS|SSL)|ERR_STREAM_PREMATURE|CERT_|DEPTH_|SELF_|UNABLE_|ADDRESS_)/.test(
        String(error.code),
      )))

const isUnreached = (error: Error): boolean =>
  error.name === 'Forbidden' ||
  ('code' in error &&
    /^(UND_ERR_CONNECT|ECONNREFUSED|ETIMEDOUT|E(HOST|NET|ADDR|AI_)|ENOTFOUND|ERR_(TLS|SSL)|CERT_|DEPTH_|SELF_|UNABLE_)/.test(
      String(error.code),
    ))

const saidOf = (error: Error): string =>
  error.name === 'Unusable' ? printable(error.message, 500) : networkWords(error)

/** A body that must not be read: packed, without an end that could be told, larger than its bound. */
export class Unusable extends Error {
  override readonly name = 'Unusable'
}

/** The pieces of a body whose end can be told: one that breaks off is never taken for a whole. */
export function soundBody({ headers, body }: Streamed): Readable {
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') throw new Unusable(`Content-Encoding: ${encoding}`)
  if (headers['content-length'] === undefined && !/\bchunked$/i.test(String(headers['transfer-encoding'])))
    throw new Unusable('neither Content-Length nor chunks: nobody could tell that the body broke off')
  return body
}

/** Reads an answer whole, at most `limit` bytes. */
export const wholeOf =
  (limit: number) =>
  async (answer: Streamed): Promise<Whole> => {
    const { status, headers } = answer
    if (status === 204) return { kind: 'whole', status, headers, bytes: Buffer.alloc(0) }
    const whole = new Gathered(limit, saidLength(headers['content-length']))
    for await (const chunk of soundBody(answer) as AsyncIterable<Buffer>)
      if (!whole.add(chunk)) return { kind: 'whole', status, headers }
    return { kind: 'whole', status, headers, bytes: whole.end() }
  }

/** An answer that is no success, as a trouble. */
export function troubleOf(
  { status, headers }: { readonly status: number; readonly headers: IncomingHttpHeaders },
  now: number,
): Trouble {
  const retryAfter = retryAfterOf(headers['retry-after'], now)
  const said =
    status >= 300 && status < 400 ? `HTTP ${status}: a redirect, which is not followed` : `HTTP ${status}`
  return {
    kind: 'trouble',
    said,
    sent: true,
    ...(retryAfter !== undefined && { retryAfter }),
    ...((status === 401 || status === 403) && { closed: true }),
  }
}
