// The inbox's HTTPS door, `POST /envelopes`: mutual TLS, and the faults that are switched on.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { Clock } from '../../letter/time.ts'
import { problem } from '../../problem/problem.ts'
import { type Answer, problemAnswer } from '../answer.ts'
import { freePort } from '../servers/port.ts'
import type { Fault, Faults } from './faults.ts'
import type { TlsIdentity } from './post.ts'

export interface InboxServer {
  readonly port: number
  /** Opens or shuts the door as the fault `down` says. Resolves when it is done. */
  follow(fault: Fault): Promise<void>
  close(): Promise<void>
}

/** Opens the door on `port` (0: any free one) of the loopback. `take` handles one request and answers it. */
export async function openInboxServer(options: {
  readonly port: number
  readonly tls: TlsIdentity
  readonly clock: Clock
  readonly faults: Faults
  readonly take: (request: IncomingMessage, fault: Fault) => Promise<Answer>
}): Promise<InboxServer> {
  const { tls, clock, faults } = options

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST' || request.url !== '/envelopes') {
      const place = `${request.method} ${request.url}`
      write(
        response,
        problemAnswer([problem('sandbox.path.unknown', '', place, { expected: 'POST /envelopes' })]),
      )
      return
    }
    const fault = faults.take()
    if (fault.kind === 'busy') {
      const busy = problemAnswer([problem('sandbox.busy', '')])
      request.resume()
      write(response, { ...busy, headers: { ...busy.headers, 'retry-after': String(fault.retryAfter ?? 0) } })
      return
    }
    const made = await options.take(request, fault)
    if (fault.kind === 'slow')
      await new Promise<void>((go) => clock.schedule(clock.now() + (fault.delay ?? 0), go))
    if (fault.kind === 'drop') {
      request.socket.destroy()
      return
    }
    write(response, made)
    if (fault.kind === 'twice') request.socket.write(rawAnswer(made))
  }

  const server: Server = createServer(
    {
      key: tls.key,
      cert: tls.certificate,
      ca: tls.authority,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
    },
    (request, response) => {
      answer(request, response).catch((error: unknown) => {
        // The sender broke off, or the disk refused: nothing was taken, and no answer may say otherwise.
        request.socket.destroy(error instanceof Error ? error : new Error(String(error)))
      })
    },
  )
  // A sender that goes away while the TLS session begins is its own affair.
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  // It comes back to the same one when it was down.
  const port = options.port === 0 ? await freePort() : options.port
  const listen = (): Promise<void> =>
    new Promise((opened, failed) => {
      server.once('error', failed)
      server.listen(port, '127.0.0.1', () => {
        server.off('error', failed)
        opened()
      })
    })
  const shut = (): Promise<void> =>
    new Promise((shutDone) => {
      server.close(() => shutDone())
      server.closeAllConnections()
    })
  await listen()
  return {
    port,
    async follow(fault) {
      const wanted = fault.kind !== 'down'
      if (wanted === server.listening) return
      await (wanted ? listen() : shut())
    },
    async close() {
      if (server.listening) await shut()
    },
  }
}

function write(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.length })
  response.end(answer.body)
}

function rawAnswer(answer: Answer): Buffer {
  const headers = Object.entries({ ...answer.headers, 'content-length': String(answer.body.length) })
  const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${answer.status} OK\r\n${head}\r\n`), answer.body])
}
