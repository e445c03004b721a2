// What the tests of the doors share: a server with doors that a test makes, bytes that no HTTP client would say, and how a
// problem is told.
import { type AddressInfo, connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import type { Access, Door, DoorRequest } from '../../src/adapters/contract.ts'
import { Doorkeeper } from '../../src/gateway/http/access.ts'
import { Doors, doorsPlugin, type OfficeDoor } from '../../src/gateway/http/doors.ts'
import { type Bounds, createServer, defaultBounds } from '../../src/gateway/http/server.ts'
import { type Clock, systemClock } from '../../src/letter/time.ts'
import { type Answer, apiKey, scryptOf } from './installation.ts'

/** Time goes on, but what is due in more than a second comes when the test says so. */
export class PatientClock implements Clock {
  readonly #later = new Set<() => void>()
  now = systemClock.now
  elapsed = systemClock.elapsed
  schedule(at: number, act: () => void): () => void {
    if (at - this.now() <= 1000) return systemClock.schedule(at, act)
    this.#later.add(act)
    return () => this.#later.delete(act)
  }
  get waiting(): number {
    return this.#later.size
  }
  passALongTime(): void {
    const due = [...this.#later]
    this.#later.clear()
    for (const act of due) act()
  }
}

export const password = 'รหัสผ่าน:with:colons'
export const listed = (addresses: readonly string[], user = 'old') => ({
  kind: 'basic',
  ...{ user, scrypt: scryptOf(password), addresses },
})
export const shared = '/v1/letters'

/** Connects; resolves when the connection is open. */
export const opened = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket))
    socket.once('error', reject)
  })

/** What comes until the other side ends the connection. */
export const hear = (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    let heard = ''
    socket.on('data', (chunk) => {
      heard += String(chunk)
    })
    // A reset is an end too.
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(heard))
  })

/** Says something that no HTTP client would; gives what is answered until the connection ends. */
export async function raw(url: string, said: string): Promise<string> {
  const socket = await opened(Number(new URL(url).port))
  const heard = hear(socket)
  if (said !== '') socket.write(said)
  return heard
}

/** A problem answer, as every door and the server itself give it: in English and in Thai, with what to do. */
export function isProblem(t: Test, answer: Answer, status: number, code: string, name: string): void {
  t.equal(answer.status, status, `${name}: ${status}`)
  t.match(answer.headers['content-type'], 'application/problem+json', name)
  const { problems } = JSON.parse(answer.text) as { problems: Record<string, string>[] }
  t.equal(problems[0]?.['code'], code, `${name}: ${code}`)
  for (const each of problems) {
    t.match(each['messageThai'], /[ก-๙]/, name)
    t.match(each['remedyThai'], /[ก-๙]/, name)
    t.notMatch(each['message'], /[ก-๙]/, name)
    t.ok(each['remedy'], name)
  }
}

/** A server with doors that the test makes. */
export async function open(
  t: Test,
  doors: readonly OfficeDoor[],
  options: { bounds?: Partial<Bounds>; clock?: Clock; host?: string } = {},
) {
  const failures: Error[] = []
  const bounds = { ...defaultBounds, ...options.bounds }
  const { clock = systemClock } = options
  const server = createServer({ bounds, clock, failed: (error) => failures.push(error) })
  const denied: [path: string, more: number][] = []
  const tell = (...told: [path: string, more: number]): void => void denied.push(told)
  await server.register(doorsPlugin(new Doors(doors), new Doorkeeper(() => []), clock, tell))
  await server.listen({ host: options.host ?? '127.0.0.1', port: 0 })
  t.teardown(() => server.close())
  const { port } = server.server.address() as AddressInfo
  return { server, failures, denied, port, url: `http://127.0.0.1:${port}` }
}

const keyAccess: Access = { kind: 'api-key', sha256: apiKey('k').sha256 }
export const doorTo = (enter: Door['enter'], access: Access = keyAccess): OfficeDoor => ({
  office: '50',
  door: { method: 'POST', path: '/door', access, enter },
})
export const reads = async ({ body }: DoorRequest) => ({
  status: 200,
  body: String((await text(body)).length),
})
