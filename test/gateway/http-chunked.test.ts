// Bodies whose length nobody has said (`Transfer-Encoding: chunked`), at the doors and at the API: bounded while they are read, half
// of one does nothing, and a whole one is what it is with a length.
import { connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { defaultBounds } from '../../src/gateway/http/server.ts'
import { systemClock } from '../../src/letter/time.ts'
import { apiInstallation, asking, giveUp } from './api-stage.ts'
import { scratch, until } from './harness.ts'
import { PatientClock } from './http-stage.ts'
import { asJson, ask, bearer, jsonLetter, keyOf } from './installation.ts'
import { journalBeside } from './journal-engine.ts'

const folder = scratch(t)
const installation = await apiInstallation(folder)
const clock = new PatientClock()
const gateway = await installation.start({ clock })
t.teardown(() => gateway.stop())
const journal = await journalBeside(folder)
t.teardown(() => journal.close())
const http = gateway.http ?? ''
const { get, send } = asking(http)

const { silence } = defaultBounds
const door = '/v1/systems/50/letters'
const system = keyOf('50')
const operator = 'api-key-of-operator'

/** A connection on which a POST without a length has begun. */
class Chunked {
  heard = ''
  readonly #socket: Socket

  constructor(t: Test, path: string, key: string) {
    const socket = connect(Number(new URL(http).port), '127.0.0.1')
    this.#socket = socket
    socket.on('data', (chunk) => {
      this.heard += String(chunk)
    })
    socket.on('error', () => undefined)
    t.teardown(() => socket.destroy())
    const { authorization } = bearer(key)
    const head = ['host: x', `authorization: ${authorization}`, 'content-type: application/json']
    socket.write(`${[`POST ${path} HTTP/1.1`, ...head, 'transfer-encoding: chunked'].join('\r\n')}\r\n\r\n`)
  }

  chunk(bytes: Buffer): void {
    this.#socket.write(`${bytes.length.toString(16)}\r\n`)
    this.#socket.write(bytes)
    this.#socket.write('\r\n')
  }

  /** Each byte a chunk of its own. */
  crumbs(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at += 1) this.chunk(bytes.subarray(at, at + 1))
  }

  say(text: string): void {
    this.#socket.write(text)
  }

  end(): void {
    this.#socket.write('0\r\n\r\n')
  }

  breakOff(): void {
    this.#socket.destroy()
  }

  halfClose(): void {
    this.#socket.end()
  }

  get open(): boolean {
    return !this.#socket.destroyed && !this.#socket.readableEnded
  }

  /** The status of the answer, once it is there. */
  async status(): Promise<number> {
    await until(() => this.heard.includes('\r\n\r\n') || !this.open, 'it is answered')
    return Number(/^HTTP\/1\.1 (\d+)/.exec(this.heard)?.[1] ?? 0)
  }
}

const post = (t: Test, path: string, key: string): Chunked => new Chunked(t, path, key)
const takenOf = async (): Promise<unknown[]> =>
  (await get('operator', '/v1/letters', { office: '50' })).body.items.map(({ number }) => number)
/** It is, when its time has passed. */
const isCutOff = (asked: Chunked): Promise<void> =>
  until(() => {
    clock.passALongTime()
    return !asked.open
  }, 'it is cut off')
const sent = await send('50', 1, { to: '57' })
const resend = `/v1/letters/${sent}/resend`
const why = Buffer.from(JSON.stringify({ why: 'ผู้รับซ่อมระบบแล้ว' }))
const letter = (number: number): Buffer => Buffer.from(JSON.stringify(jsonLetter('50', number, { to: '57' })))

for (const [what, path, key, status, code] of [
  ['a door', door, system, 413, 'adapter.document.too-large'],
  ['a door, to a stranger', door, 'wrong', 401, 'access.denied'],
  ['the API', resend, operator, 413, 'api.request.too-large'],
  ['the API, to a stranger', resend, 'wrong', 401, 'api.access.denied'],
] as const)
  t.test(`${what}: a body without an end is answered, and holds its connection for no longer`, async (t) => {
    const asked = post(t, path, key)
    const piece = Buffer.alloc(64 * 1024, 'x')
    for (let pieces = 0; pieces < 80; pieces += 1) asked.chunk(piece)
    t.equal(await asked.status(), status)
    t.match(asked.heard, `"${code}"`)
    t.match(asked.heard, /"messageThai":"[^"]*[ก-๙]/)
    t.ok(asked.open, 'what it is still saying is read for a while, so that it hears why')
    await isCutOff(asked)
  })

for (const [what, path, key, bytes] of [
  ['a door', door, system, letter(2)],
  ['the API', resend, operator, why],
] as const)
  t.test(`${what}: half a body does nothing, however it ends`, async (t) => {
    await giveUp(journal, sent)
    const half = bytes.subarray(0, bytes.length / 2)
    const begun = (): Chunked => {
      const asked = post(t, path, key)
      asked.chunk(half)
      return asked
    }
    const ended = begun()
    ended.end()
    t.equal(await ended.status(), 400, 'ended as if it were whole')
    t.match(ended.heard, /"messageThai":"[^"]*[ก-๙]/)
    const closed = begun()
    closed.halfClose()
    t.ok([0, 400].includes(await closed.status()), 'nothing more comes')
    const wrong = begun()
    wrong.say('no size\r\n')
    t.ok([0, 400].includes(await wrong.status()), 'what comes then is no chunk')
    begun().breakOff()
    const since = systemClock.elapsed()
    await isCutOff(begun())
    t.ok(systemClock.elapsed() - since < silence / 2, 'also who is slow, and never silent')
    t.same(await takenOf(), ['ชม 0017.1/1'])
    t.match((await get('operator', `/v1/letters/${sent}`)).body, { recipients: [{ state: 'given-up' }] })
  })

t.test('a whole one, each byte a chunk of its own, is what it is with a length', async (t) => {
  const asked = post(t, door, system)
  asked.crumbs(letter(3))
  asked.end()
  t.equal(await asked.status(), 201)
  const again = await ask(`${http}${door}`, {
    method: 'POST',
    headers: { ...bearer(system), ...asJson },
    body: letter(3),
  })
  t.equal(again.status, 200, 'the same letter')
  t.same((await takenOf()).sort(), ['ชม 0017.1/1', 'ชม 0017.1/3'])
  const acted = post(t, resend, operator)
  acted.crumbs(why)
  acted.end()
  t.equal(await acted.status(), 200)
  t.match(acted.heard, `"resent":[{`)
})
