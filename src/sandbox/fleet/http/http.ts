// The HTTP of a fake system, both sides: a server of its own on the loopback, and calls to the gateway.
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { type FormData, request } from 'undici'
import { boundaryOf, readParts } from '../../multipart.ts'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface Said {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Buffer | string
}

/** The most that the system takes in one request, in bytes. */
const maximumBody = 64 * 1024 * 1024

/** A server on the loopback. What its answering throws is its own fault: 500, as such systems say it. */
export async function openServer(
  answer: (asked: Asked) => Said | Promise<Said>,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((incoming, response) => {
    const answered = async (): Promise<Said> => {
      const chunks: Buffer[] = []
      let size = 0
      for await (const chunk of incoming as AsyncIterable<Buffer>) {
        size += chunk.length
        if (size > maximumBody) return { status: 413 }
        chunks.push(chunk)
      }
      const url = new URL(incoming.url ?? '/', 'http://localhost')
      return answer({
        method: incoming.method ?? '',
        path: decodeURIComponent(url.pathname),
        query: url.searchParams,
        headers: incoming.headers,
        body: Buffer.concat(chunks),
      })
    }
    answered().then(
      ({ status = 200, headers = {}, body = '' }) => {
        response.writeHead(status, { 'content-length': String(Buffer.byteLength(body)), ...headers })
        response.end(body)
      },
      (error: unknown) => {
        if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' })
        response.end(error instanceof Error ? error.message : String(error))
      },
    )
  })
  await new Promise<void>((opened, failed) => {
    server.once('error', failed)
    server.listen(0, '127.0.0.1', opened)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}

/** JSON as an answer. `"#184…"` in a value stands for the number of these digits, which no double holds. */
export const json = (value: unknown, status = 200): Said => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: jsonText(value),
})

export const jsonText = (value: unknown): string => JSON.stringify(value).replace(/"#(\d+)"/g, '$1')

export const parsed = <Value>(body: Buffer): Value => JSON.parse(body.toString('utf8')) as Value

export interface FormPart {
  readonly name: string
  readonly bytes: Buffer
}

/** The parts of a multipart body, in their order; a body that is none is its only part. */
export async function partsOf({
  headers,
  body,
}: Pick<Asked, 'headers' | 'body'>): Promise<readonly FormPart[]> {
  const boundary = boundaryOf(headers['content-type'] ?? '')
  if (boundary === undefined) return [{ name: '', bytes: body }]
  const parts: FormPart[] = []
  for await (const part of readParts(Readable.from([body]), boundary)) {
    const chunks: Buffer[] = []
    for await (const chunk of part.body) chunks.push(chunk)
    const name = /filename="([^"]*)"/.exec(part.headers.get('content-disposition') ?? '')?.[1] ?? ''
    parts.push({ name, bytes: Buffer.concat(chunks) })
  }
  return parts
}

export interface Heard {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** A call to the gateway. Rejects when there is no connection. */
export async function call(
  url: string,
  asked: {
    readonly method: 'GET' | 'POST' | 'DELETE'
    readonly headers: Readonly<Record<string, string>>
    readonly body?: string | Buffer | FormData
    readonly signal?: AbortSignal
  },
): Promise<Heard> {
  const answer = await request(url, { ...asked, body: asked.body ?? null })
  return {
    status: answer.statusCode,
    headers: answer.headers,
    body: Buffer.from(await answer.body.arrayBuffer()),
  }
}
