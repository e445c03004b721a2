// The gateway's HTTP servers: one plain for the province's own network, one with mutual TLS for the ministry.
import type { X509Certificate } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { Server as TlsServer } from 'node:tls'
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify'
import type { Clock } from '../../letter/time.ts'
import { type Problem, problem } from '../../problem/problem.ts'
import { AttachmentsUnavailable } from '../attachments/store.ts'
import { JournalUnavailable } from '../journal/database.ts'
import { answerOf } from './answers.ts'
import { linger } from './linger.ts'
import { KeeperBusy } from './passwords.ts'

export interface Tls {
  readonly certificate: string | Buffer
  readonly key: string | Buffer
  /** Whose client certificates are believed. */
  readonly authority: X509Certificate
}

/** What a client may cost before it has said anything that counts (attacks T7, T12). Times in milliseconds. */
export interface Bounds {
  /** Without a byte in either direction. A 2 GiB scan over a slow line is no attack, a silent line is. */
  readonly silence: number
  /** Until the TLS handshake, or the head of a request, has arrived whole. */
  readonly head: number
  /** How often the bound on heads is looked at. */
  readonly looksEvery: number
  /** Between two requests of one connection. */
  readonly idle: number
  /** Connections open at one time. */
  readonly connections: number
}

const second = 1000

export const defaultBounds: Bounds = {
  silence: 60 * second,
  head: 15 * second,
  looksEvery: 5 * second,
  idle: 30 * second,
  connections: 2000,
}

export interface ServerOptions {
  readonly tls?: Tls
  readonly bounds?: Bounds
  readonly clock: Clock
  /** Told of every request that failed by our fault. */
  readonly failed: (error: Error) => void
}

/** A server with the gateway's bounds and its way to answer errors; the caller registers the routes. Throws for a key that is none. */
export function createServer(options: ServerOptions): FastifyInstance {
  const { tls, bounds = defaultBounds } = options
  const checked = { connectionsCheckingInterval: bounds.looksEvery }
  const server = fastify({
    connectionTimeout: bounds.silence,
    keepAliveTimeout: bounds.idle,
    routerOptions: { maxParamLength: 300 },
    forceCloseConnections: 'idle',
    // The doors of a gateway that stops answer for themselves, in the one form of all problems.
    return503OnClosing: false,
    clientErrorHandler,
    ...(tls
      ? {
          https: {
            ...checked,
            cert: tls.certificate,
            key: tls.key,
            ca: tls.authority.toString(),
            requestCert: true,
            // Doors decide: some open to API keys. A certificate that does not chain never proves anything.
            rejectUnauthorized: false,
            minVersion: 'TLSv1.2' as const,
            handshakeTimeout: bounds.head,
          },
        }
      : { http: checked }),
  }) as FastifyInstance
  server.server.headersTimeout = bounds.head
  server.server.maxConnections = bounds.connections
  server.addHook('onRequest', async (request, reply) => {
    reply.raw.once('finish', () => linger(request.raw, options.clock))
  })
  closeKeptConnections(server)
  server.setNotFoundHandler((request, reply) =>
    tell(reply, [problem('access.not-found', 'request', request.url.slice(0, 200))]),
  )
  server.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500
    if (status === 415)
      return tell(reply, [
        problem('access.type.unreadable', 'request', String(request.headers['content-type']).slice(0, 200)),
      ])
    if (status < 500) return tell(reply, [wrongRequest(error)])
    options.failed(error)
    return tell(reply, [problem(passes(error) ? 'gateway.unavailable' : 'gateway.defect', 'gateway')])
  })
  return server
}

/** From now on new connections are shown another certificate, and another authority is believed; those that are open stay. */
export function renewTls({ server }: FastifyInstance, tls: Tls | undefined): void {
  if (tls === undefined || !(server instanceof TlsServer)) return
  const { certificate: cert, key, authority } = tls
  server.setSecureContext({ cert, key, ca: authority.toString(), minVersion: 'TLSv1.2' })
}

/** A connection whose last answer is given during a stop would else be kept for another request, and the stop would wait. */
function closeKeptConnections(server: FastifyInstance): void {
  let closing = false
  server.addHook('preClose', async () => {
    closing = true
  })
  server.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close')
  })
}

function tell(reply: FastifyReply, problems: readonly [Problem, ...Problem[]]): FastifyReply {
  const { status, headers, body } = answerOf(problems)
  return reply.code(status).headers(headers).send(body)
}

const wrongRequest = (error: FastifyError | ConnectionError): Problem =>
  problem('access.request.unreadable', 'request', undefined, { reason: error.code ?? error.name })

type ConnectionError = Error & { code?: string }

/** Answers what Node's own parser refuses, before there is any request. */
function clientErrorHandler(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const { status, headers, body } = answerOf([problemOfConnection(error)])
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const length = Buffer.byteLength(body)
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}content-length: ${length}\r\nconnection: close\r\n\r\n${body}`,
  )
  // A client that reads nothing must not hold the connection.
  socket.setTimeout(second, () => socket.destroy())
}

function problemOfConnection(error: ConnectionError): Problem {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return problem('access.head.too-large', 'request')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return problem('access.head.slow', 'request')
    default:
      return wrongRequest(error)
  }
}

/** A full disk, a closed journal, a store that is away or a flood passes; anything else is a defect. */
const passes = (error: Error): boolean =>
  error instanceof JournalUnavailable ||
  error instanceof AttachmentsUnavailable ||
  error instanceof KeeperBusy ||
  ['ENOSPC', 'EDQUOT', 'EIO', 'EMFILE', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')
