// A system's server for the tests of `rest`: real sockets, answers as the test says, and a list of everything that was asked.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import type { Adapter } from '../../../src/adapters/contract.ts'
import { readProfile } from '../../../src/adapters/profile.ts'
import { until } from '../../gateway/harness.ts'
import { mustBe } from '../../letter/arbitrary.ts'
import { adapterOf, TestClock, TestGateway } from '../stage.ts'

export interface Said {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer | object
}

export type Answering = (
  said: Said,
  raw: { readonly request: IncomingMessage; readonly response: ServerResponse },
) => Reply | 'by itself' | undefined

export class Peer {
  readonly asked: Said[] = []
  answering: Answering = () => ({ status: 404 })
  url = ''
  readonly server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.once('error', () => undefined)
    request.once('end', () => {
      const { method = '', url = '', headers } = request
      const said = { method, url, headers, body: Buffer.concat(chunks).toString('utf8') }
      this.asked.push(said)
      this.#answer(this.answering(said, { request, response }), response)
    })
  })

  #answer(reply: ReturnType<Answering>, response: ServerResponse): void {
    if (reply === 'by itself') return
    const { status = 200, headers = {}, body } = reply ?? { status: 404 }
    const json = typeof body === 'object' && !Buffer.isBuffer(body)
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(json ? JSON.stringify(body) : (body ?? ''))
    response.writeHead(status, {
      'content-length': String(bytes.length),
      ...(json && { 'content-type': 'application/json' }),
      ...headers,
    })
    response.end(bytes)
  }

  /** Method and address of what was asked since the last look at it. */
  lines(): string[] {
    return this.asked.splice(0).map(({ method, url }) => `${method} ${url}`)
  }
}

export async function peer(t: Test): Promise<Peer> {
  const made = new Peer()
  made.server.listen(0, '127.0.0.1')
  await once(made.server, 'listening')
  made.url = `http://127.0.0.1:${(made.server.address() as AddressInfo).port}`
  t.teardown(() => {
    made.server.closeAllConnections()
    made.server.close()
  })
  return made
}

export const list = `list: { path: "/letters?page={page}", items: data.items, key: id }`
export const done = `done: { method: DELETE, path: "/letters/{key}" }`

/** A profile whose channels are `send` as given, and `receive` and `notices` over the same transport. */
export const profileOf = (options: string, more = '', documents = '') =>
  `
id: rest
office: "57"
title: x
origin: self-built
documents: { letter: { format: { kind: json } }, notice: { format: { kind: json } }${documents} }
send: { transport: &r { kind: rest, url: { env: URL }, every: unused, ${options} }, document: letter }
receive: { transport: *r, document: letter }
notices: { transport: *r, document: notice }
${more}`.replace('every: unused, ', '')

export interface Polled {
  readonly gateway: TestGateway
  readonly adapter: Adapter
  readonly url: string
  /** Lets time pass and waits until the look that was due is over. */
  pass(milliseconds: number): Promise<void>
  /** Lets time pass, and waits for nothing. */
  tick(milliseconds: number): void
  /** Stops it and starts another over the same gateway, as after a crash. */
  again(): Promise<Polled>
}

export const pushing = `receive: { path: /in }, notices: { path: /told }`

/** An adapter that has looked once. */
export async function polling(
  t: Test,
  server: Peer,
  options: string,
  environment: Readonly<Record<string, string>> = {},
  gateway = new TestGateway(),
): Promise<Polled> {
  // The clock of requests is another than that of looks, so that it can be seen when a look is over.
  const requests = new TestClock()
  const tick = (milliseconds: number): void => {
    requests.pass(milliseconds)
    gateway.clock.pass(milliseconds)
  }
  const text = options.startsWith('\nid:') ? options : profileOf(`${options}, ${pushing}`)
  const adapter = adapterOf(mustBe(readProfile(text, 'rest.yaml')), requests, {
    URL: server.url,
    ...environment,
  })
  await adapter.start(gateway.verbs(adapter))
  t.teardown(() => adapter.stop())
  return {
    gateway,
    adapter,
    url: server.url,
    tick,
    pass: async (milliseconds) => {
      tick(milliseconds)
      await until(() => gateway.clock.waiting > 0, 'the look ends')
    },
    again: async () => {
      await adapter.stop()
      return polling(t, server, options, environment, gateway)
    },
  }
}

export const letter = (number: string, more: object = {}) => ({
  number: `ชร 0017.1/${number}`,
  date: '2026-11-20',
  subject: 'ทดสอบ',
  from: '57',
  to: 'moi',
  ...more,
})
