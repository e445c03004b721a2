// What the tests of HTTP stand on: an adapter’s doors behind a real socket.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import type { Test } from 'tap'
import type { Adapter, DoorAnswer } from '../../src/adapters/contract.ts'
import type { TestGateway } from './stage.ts'

export const digest = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex')

/** Serves an adapter's doors as a gateway would. */
export async function mount(t: Test, adapter: Adapter, gateway: TestGateway): Promise<string> {
  const server = createServer((request, response) => {
    void serve(adapter, request, response)
  })
  await adapter.start(gateway.verbs(adapter))
  t.teardown(async () => {
    server.closeAllConnections()
    server.close()
    await adapter.stop()
  })
  return listen(server)
}

async function serve(adapter: Adapter, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = request.url ?? ''
  const door = adapter.doors.find(
    ({ method, path }) => method === request.method && (url === path || url.startsWith(`${path}/`)),
  )
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  )
  const answer: DoorAnswer = door
    ? await door.enter({ headers, rest: url.slice(door.path.length), body: request })
    : { status: 404 }
  if (response.destroyed) return
  response.writeHead(answer.status, answer.headers)
  if (answer.body instanceof Readable) answer.body.pipe(response)
  else response.end(answer.body)
}

export async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

export const environment = {
  SARABAN_57_KEY_SHA256: 'a'.repeat(64),
  SARABAN_57_LETTERS_URL: 'http://127.0.0.1:9/letters',
  SARABAN_57_NOTICES_URL: 'http://127.0.0.1:9/notices',
  SARABAN_57_TOKEN: 'a token',
}
export const short = { number: 'ชร 0017.1/12', date: '2026-11-20', subject: 'ทดสอบ', from: '57', to: 'moi' }

export const polled = `
id: polled
office: "57"
title: polled
origin: self-built
documents: { letter: { format: { kind: json } }, notice: { format: { kind: json } } }
send: { transport: { kind: http-in, path: /l, access: &a { kind: certificate } }, document: letter }
receive: { transport: &w { kind: http-in, path: /w, access: *a }, document: letter }
notices: { transport: *w, document: notice }
`
