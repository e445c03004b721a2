// The other side: a province's own server of the exchange. One call is one POST; what came of it is said, nothing is tried again.
import { Readable } from 'node:stream'
import { Agent, type Dispatcher } from 'undici'
import type { Clock } from '../../../letter/time.ts'
import { printable } from '../../../problem/problem.ts'
import { breakable } from '../../breakable.ts'
import { Findings } from '../../formats/e-cms/gather.ts'
import { namespaces, type Operation } from '../../formats/e-cms/names.ts'
import { xmlWriter } from '../../formats/e-cms/write-xml.ts'
import { Gathered, inPieces, saidLength } from '../gathered.ts'
import { retryAfterOf } from '../http/outcome.ts'
import { networkWords } from '../network-words.ts'
import { readSaid, type Said } from './heard.ts'

export interface PeerSettings {
  readonly url: string
  readonly user?: string
  readonly password?: string
  readonly tls?: { readonly key?: string; readonly certificate?: string; readonly authority?: string }
  /** Milliseconds: for the connection, and in which the server must say something. */
  readonly connect: number
  readonly within: number
  readonly connections: number
  readonly charset: string
  /** A message in UTF-8 as the bytes that the server reads. */
  bytes(message: Buffer): Buffer
  readonly clock: Clock
}

/** An answer that came whole. */
export interface Heard {
  readonly status: number
  readonly type: string
  readonly bytes: Buffer
  /** Milliseconds from now. */
  readonly retryAfter?: number
  /** Absent: the body says nothing in the words of the exchange. */
  readonly said?: Said
}

export type Answered = { readonly kind: 'heard'; readonly heard: Heard } | Lost

/** No whole answer. `sent`: the server may have the whole request. `beyond`: it says more than is read. */
export interface Lost {
  readonly kind: 'lost'
  readonly sent: boolean
  readonly reason: string
  readonly beyond?: true
}

export interface Peer {
  /**
   * Calls one operation; `content` is what stands in its element, or the element itself where `bare`. Reads an answer of at
   * most `limit` bytes. Never throws for what the server does.
   */
  call(call: Call): Promise<Answered>
  /** The same, but the body of an answer goes to `into` as it comes, of whatever size. What `into` throws of itself is thrown. */
  pour<Value>(call: Call, into: (status: number, body: Readable) => Promise<Value>): Promise<Value | Lost>
  close(): Promise<void>
}

export interface Call {
  readonly operation: Operation
  readonly content: Buffer
  /** The content is what the form wrote: in the server's charset already. */
  readonly written?: boolean
  /** The content is an operation by itself. */
  readonly bare?: boolean
  /** wsa:MessageID. */
  readonly id: string
  readonly limit: number
  readonly signal: AbortSignal
}

/** One call, however slowly a server says something again and again. */
const longestCall = 15 * 60_000

export function peerOf(settings: PeerSettings): Peer {
  const { clock } = settings
  let agent: Agent | undefined
  const url = new URL(settings.url)
  const { user, password } = settings
  const authorization =
    user === undefined
      ? {}
      : { authorization: `Basic ${Buffer.from(`${user}:${password ?? ''}`).toString('base64')}` }
  return {
    close: async () => {
      const closing = agent
      agent = undefined
      await closing?.close()
    },
    call: (call) =>
      request(call, async ({ statusCode, headers, body }): Promise<Answered> => {
        const bytes = await bounded(body, call.limit, saidLength(headers['content-length']))
        if (bytes === undefined)
          return {
            kind: 'lost',
            sent: true,
            reason: `an answer of more than ${call.limit} bytes`,
            beyond: true,
          }
        const said = await readSaid(bytes)
        const retryAfter = retryAfterOf(headers['retry-after'], clock.now())
        return {
          kind: 'heard',
          heard: {
            status: statusCode,
            type: printable(String(headers['content-type'] ?? 'no type'), 100),
            bytes,
            ...(retryAfter !== undefined && { retryAfter }),
            ...(said && { said }),
          },
        }
      }),
    pour: async (call, into) => {
      let own: { readonly error: unknown } | undefined
      const poured = await request(call, ({ statusCode, body }) =>
        into(statusCode, body).catch((error: unknown) => {
          own = { error }
          throw error
        }),
      )
      // A full disk is no server that is away; but what its connection ended with is.
      if (
        own !== undefined &&
        !(
          own.error instanceof Error &&
          'code' in own.error &&
          /^(UND_ERR|E(CONN|PIPE)|ERR_STREAM_PREMATURE)/.test(String(own.error.code))
        )
      )
        throw own.error
      return poured
    },
  }

  async function request<Value>(
    call: Call,
    use: (answer: Dispatcher.ResponseData) => Promise<Value>,
  ): Promise<Value | Lost> {
    const [open, close] = frameOf(settings.url, call)
    const content = call.written === true ? call.content : settings.bytes(call.content)
    const parts = [settings.bytes(open), content, settings.bytes(close)]
    const length = parts.reduce((sum, part) => sum + part.length, 0)
    const tooLong = new AbortController()
    const cancel = clock.schedule(clock.now() + longestCall, () => tooLong.abort())
    let sent = false
    async function* watched() {
      let given = 0
      for (const part of parts)
        for (const piece of inPieces(part)) {
          given += piece.length
          // The last piece may arrive, whatever becomes of the connection afterwards.
          sent = given === length
          yield piece
        }
    }
    const ask = async (signal: AbortSignal): Promise<Value> => {
      // Redirects are followed nowhere (attack T1).
      agent ??= agentOf(settings)
      const answer = await agent.request({
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method: 'POST',
        headers: {
          'content-type': `text/xml; charset=${settings.charset}`,
          'content-length': String(length),
          soapaction: '""',
          ...authorization,
        },
        body: Readable.from(watched(), { objectMode: false }),
        signal,
      })
      try {
        return await use(answer)
      } finally {
        if (!answer.body.readableEnded) answer.body.on('error', () => undefined).destroy()
      }
    }
    try {
      return await breakable([call.signal, tooLong.signal], ask)
    } catch (error) {
      return { kind: 'lost', sent, reason: networkWords(error) }
    } finally {
      cancel()
    }
  }
}

function agentOf({ connections, connect, within, tls = {} }: PeerSettings): Agent {
  return new Agent({
    connections,
    pipelining: 1,
    keepAliveTimeout: 30_000,
    headersTimeout: within,
    bodyTimeout: within,
    connect: {
      timeout: connect,
      ...(tls.key !== undefined && { key: tls.key }),
      ...(tls.certificate !== undefined && { cert: tls.certificate }),
      ...(tls.authority !== undefined && { ca: tls.authority }),
    },
  })
}

/** What stands around the content: SOAP 1.1 with the addressing of the standard: prefixes as everybody writes them, since servers exist that match on them. */
function frameOf(to: string, { operation, bare = false, id }: Call): readonly [open: Buffer, close: Buffer] {
  const found = new Findings()
  const write = xmlWriter(found)
  const header = write.node('SOAP-ENV:Header', [write.leaf('wsa:MessageID', id), write.leaf('wsa:To', to)])
  const written = found.settle(() => header.xml)
  // An URL and our own ids: XML can carry them.
  const start = `<?xml version="1.0" encoding="UTF-8"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="${namespaces.soap}" xmlns:wsa="http://www.w3.org/2005/08/addressing">${written.ok ? written.value : ''}<SOAP-ENV:Body>`
  const [open, close] = bare ? ['', ''] : [`<${operation}>`, `</${operation}>`]
  return [Buffer.from(start + open), Buffer.from(`${close}</SOAP-ENV:Body></SOAP-ENV:Envelope>`)]
}

/** The whole body, or nothing when it is larger; what is beyond is not read, and the connection is given up. */
async function bounded(body: Readable, limit: number, said?: number): Promise<Buffer | undefined> {
  const whole = new Gathered(limit, said)
  for await (const chunk of body as AsyncIterable<Buffer>) if (!whole.add(chunk)) return undefined
  return whole.end()
}
