// The gateway's HTTP servers: one plain for the province's own network, one with mutual TLS for the ministry.
import type { X509Certificate } from 'node:crypto'
import fastify, { type FastifyInstance } from 'fastify'
import { problem } from '../../problem/problem.ts'
import { JournalUnavailable } from '../journal/database.ts'
import { answerOf, problemType } from './answers.ts'

export interface Tls {
  readonly certificate: string | Buffer
  readonly key: string | Buffer
  /** Whose client certificates are believed. */
  readonly authority: X509Certificate
}

export interface ServerOptions {
  readonly tls?: Tls
  /** Told of every request that failed by our fault. */
  readonly failed: (error: Error) => void
}

const second = 1000

/** A server with the gateway's bounds and its way to answer errors; the caller registers the routes. */
export function createServer(options: ServerOptions): FastifyInstance {
  const { tls } = options
  const server = fastify({
    // Inactivity, not the whole request: a 2 GiB scan over a slow line is no attack, a silent line is (attacks T7, T12).
    connectionTimeout: 60 * second,
    keepAliveTimeout: 30 * second,
    routerOptions: { maxParamLength: 300 },
    forceCloseConnections: 'idle',
    ...(tls && {
      https: {
        cert: tls.certificate,
        key: tls.key,
        ca: tls.authority.toString(),
        requestCert: true,
        // Doors decide: some open to API keys. A certificate that does not chain never proves anything.
        rejectUnauthorized: false,
        minVersion: 'TLSv1.2' as const,
      },
    }),
  }) as FastifyInstance
  server.server.headersTimeout = 15 * second
  server.setNotFoundHandler((request, reply) => {
    const { status, body } = answerOf([problem('access.not-found', 'request', request.url.slice(0, 200))])
    return reply.code(status).type(problemType).send(body)
  })
  server.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const ours = error.statusCode === undefined || error.statusCode >= 500
    if (ours) options.failed(error)
    const { status, body } = answerOf([problem('gateway.unavailable', 'gateway')])
    if (ours) reply.header('retry-after', '30')
    return reply
      .code(ours ? (isLostResource(error) ? status : 500) : (error.statusCode ?? 400))
      .type(problemType)
      .send(
        ours ? body : JSON.stringify({ type: 'about:blank', title: error.message, status: error.statusCode }),
      )
  })
  return server
}

/** A full disk or a closed journal passes; anything else is a defect. */
const isLostResource = (error: Error): boolean =>
  error instanceof JournalUnavailable ||
  ['ENOSPC', 'EDQUOT', 'EIO', 'EMFILE', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')
