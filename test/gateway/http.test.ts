// The doors on a real server, plain and with mutual TLS: who may come in, what they may cost, what they are told.
import { createPrivateKey, scryptSync, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { Agent } from 'undici'
import type { Access, Door, DoorRequest } from '../../src/adapters/contract.ts'
import { Doorkeeper } from '../../src/gateway/http/access.ts'
import { Doors, doorsPlugin, type OfficeDoor } from '../../src/gateway/http/doors.ts'
import { type Bounds, createServer, defaultBounds } from '../../src/gateway/http/server.ts'
import {
  createAuthority,
  type Identity,
  issueCertificate,
  keyToPem,
  newKey,
} from '../../src/gateway/trust/authority.ts'
import { type Clock, systemClock, systemRandom } from '../../src/letter/time.ts'
import { office } from '../letter/arbitrary.ts'
import { createEnvelopeSource } from './envelopes.ts'
import { scratch, until } from './harness.ts'
import {
  type Answer,
  apiKey,
  ask,
  basic,
  bearer,
  certificate,
  clientOf,
  ecmsProfile,
  filesOf,
  inboxProfile,
  jsonLetter,
  jsonProfile,
  keyOf,
  makeInstallation,
  post,
  scryptOf,
} from './installation.ts'

/** Time goes on, but what is due in more than a second comes when the test says so. */
class PatientClock implements Clock {
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

const password = 'รหัสผ่าน:with:colons'
const listed = (addresses: readonly string[], user = 'old') => ({
  kind: 'basic',
  ...{ user, scrypt: scryptOf(password), addresses },
})
const shared = '/v1/letters'
const installation = await makeInstallation(
  scratch(t),
  ['50', '51', '52', '57', '58', '93', '94', 'moi'].map(office),
  {
    'json-50.yaml': jsonProfile('50', { access: certificate }),
    'json-51.yaml': jsonProfile('51', { access: apiKey('old key', 'new key') }),
    'json-52.yaml': jsonProfile('52', { letters: shared }),
    'json-57.yaml': jsonProfile('57', { letters: shared, limit: '1KiB' }),
    'json-58.yaml': jsonProfile('58', { access: certificate, letters: shared }),
    'ecms-93.yaml': ecmsProfile('93', listed(['127.0.0.1'])),
    'ecms-94.yaml': ecmsProfile('94', listed(['10.0.0.0/8'])),
    'moi.yaml': inboxProfile(),
  },
)
const { trust } = installation.settings
const strangers = await makeStrangers()
const clock = new PatientClock()
let broken: Error | undefined
const gateway = await installation.start({
  clock,
  reached: () => {
    if (broken !== undefined) throw broken
  },
})
t.teardown(() => gateway.stop())
const http = gateway.http ?? ''
const https = gateway.https ?? ''
const clients = new Map<string, Agent>()
const clientFor = (id: string): Agent => {
  const client = clients.get(id) ?? clientOf(trust, id === 'nobody' ? undefined : filesOf(trust, id))
  clients.set(id, client)
  return client
}
t.teardown(() => Promise.all([...clients.values()].map((client) => client.close())))

/** Certificates with the right name that must open nothing, each with its key. */
async function makeStrangers() {
  const now = systemClock.now()
  const elsewhere = await createAuthority(now, systemRandom)
  const ours = {
    certificate: new X509Certificate(readFileSync(join(trust, 'authority.pem'))),
    key: createPrivateKey(readFileSync(join(trust, 'authority.key.pem'))),
  }
  const issue = async (name: string, authority: Identity, folder: string) => {
    const key = await newKey()
    const issued = issueCertificate(authority, key, { kind: 'office', office: '50' }, now, systemRandom)
    const files = { certificate: join(folder, `${name}.pem`), key: join(installation.folder, `${name}.key`) }
    writeFileSync(files.certificate, issued.toString())
    writeFileSync(files.key, keyToPem(key))
    return files
  }
  return {
    'of another authority': await issue('elsewhere', elsewhere, installation.folder),
    'of another authority, although registered': await issue(
      'other',
      elsewhere,
      join(trust, 'offices', '50'),
    ),
    'of this authority, but not registered': await issue('unknown', ours, installation.folder),
  }
}

/** Connects; resolves when the connection is open. */
const opened = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket))
    socket.once('error', reject)
  })

/** What comes until the other side ends the connection. */
const hear = (socket: Socket): Promise<string> =>
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
async function raw(url: string, said: string): Promise<string> {
  const socket = await opened(Number(new URL(url).port))
  const heard = hear(socket)
  if (said !== '') socket.write(said)
  return heard
}

const refused = (port: number): Promise<boolean> =>
  opened(port).then(
    (socket) => {
      socket.destroy()
      return false
    },
    () => true,
  )

/** A problem answer, as every door and the server itself give it: in English and in Thai, with what to do. */
function isProblem(t: Test, answer: Answer, status: number, code: string, name: string): void {
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

t.test('a certificate opens the door of its own office only', async (t) => {
  const url = `${https}/v1/systems/50/letters`
  const said = (dispatcher: Agent, letter = jsonLetter('50', 1), to = url) =>
    ask(to, {
      method: 'POST',
      dispatcher,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(letter),
    })
  t.equal((await said(clientFor('50'))).status, 201)
  isProblem(t, await said(clientFor('51')), 401, 'access.denied', "another office's certificate")
  isProblem(t, await said(clientFor('nobody')), 401, 'access.denied', 'no certificate')
  const plain = await post(`${http}/v1/systems/50/letters`, jsonLetter('50', 2), {})
  isProblem(t, plain, 401, 'access.denied', 'without TLS')
  t.match(plain.headers['www-authenticate'], /Certificate/)

  for (const [name, files] of Object.entries(strangers)) {
    const client = clientOf(trust, files)
    t.teardown(() => client.close())
    isProblem(t, await said(client), 401, 'access.denied', name)
  }
  isProblem(
    t,
    await said(clientFor('50'), jsonLetter('51', 3)),
    403,
    'letter.sender.other',
    'T9: it names another sender',
  )
  const envelopes = createEnvelopeSource(trust)
  const forged = await ask(`${https}/v1/envelopes`, {
    method: 'POST',
    dispatcher: clientFor('50'),
    headers: { 'content-type': 'application/xml' },
    body: envelopes.letter('57'),
  })
  isProblem(t, forged, 401, 'access.denied', 'T9: a true envelope of the ministry, brought by another office')
})

t.test('an API key opens its door; two while they rotate', async (t) => {
  const url = `${http}/v1/systems/51/letters`
  const said = (headers: Record<string, string>, number = 1) => post(url, jsonLetter('51', number), headers)
  t.equal((await said(bearer('old key'))).status, 201)
  t.equal((await said(bearer('new key'))).status, 200)
  t.equal((await said({ authorization: 'bearer   new key ' })).status, 200, 'the scheme has no case')
  for (const wrong of [
    {},
    bearer('old kex'),
    bearer(''),
    bearer('old key new key'),
    { authorization: 'old key' },
    { authorization: 'Bearer' },
    basic('old key', 'old key'),
    bearer('x'.repeat(2000)),
  ]) {
    const answer = await said(wrong, 2)
    isProblem(t, answer, 401, 'access.denied', JSON.stringify(wrong).slice(0, 60))
    t.match(answer.headers['www-authenticate'], /^Bearer realm=/)
  }
  const other = await post(url, jsonLetter('51', 2), bearer(keyOf('52')))
  isProblem(t, other, 401, 'access.denied', "T9: another system's key")
  for (const path of ['/v1/systems/51/waiting', '/v1/systems/51/waiting/x', '/v1/systems/51/waiting/x/y'])
    isProblem(t, await ask(`${http}${path}`), 401, 'access.denied', path)
  const gone = await ask(`${http}/v1/systems/51/waiting/x`, { method: 'DELETE' })
  isProblem(t, gone, 401, 'access.denied', 'DELETE')
})

t.test('Basic opens from listed addresses only', async (t) => {
  const time =
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><TimeCheckRequest/></e:Body></e:Envelope>'
  const said = (id: string, user: string, given: string) =>
    ask(`${http}/e-cms/${id}`, {
      method: 'POST',
      headers: { 'content-type': 'text/xml', ...basic(user, given) },
      body: time,
    })
  t.match((await said('93', 'old', password)).text, /TimeCheckResponse/, 'a password with colons and Thai')
  t.match((await said('93', 'old', password)).text, /TimeCheckResponse/, 'once more, known by now')
  isProblem(t, await said('93', 'old', `${password}x`), 401, 'access.denied', 'wrong password')
  isProblem(t, await said('93', 'old', ''), 401, 'access.denied', 'no password')
  isProblem(t, await said('93', 'new', password), 401, 'access.denied', 'wrong user')
  const elsewhere = await said('94', 'old', password)
  isProblem(t, elsewhere, 401, 'access.denied', 'right password, wrong address')
  t.match(elsewhere.headers['www-authenticate'], /^Basic realm=.*UTF-8/)
})

t.test('two systems on one path are told apart by their access', async (t) => {
  const said = (id: string, headers: Record<string, string>, dispatcher?: Agent) =>
    ask(`${dispatcher ? https : http}${shared}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(jsonLetter(id, 900)),
      ...(dispatcher && { dispatcher }),
    })
  t.equal((await said('52', bearer(keyOf('52')))).status, 201)
  t.equal((await said('57', bearer(keyOf('57')))).status, 201)
  t.equal((await said('58', {}, clientFor('58'))).status, 201)
  isProblem(t, await said('57', bearer(keyOf('52'))), 403, 'letter.sender.other', 'T9: with the other key')
  isProblem(t, await said('57', {}, clientFor('58')), 403, 'letter.sender.other', 'T9: with a certificate')
  isProblem(t, await said('52', {}, clientFor('50')), 401, 'access.denied', 'a certificate of a third office')
  const both = await said('57', bearer(keyOf('57')), clientFor('58'))
  t.ok([201, 200, 403].includes(both.status), 'with both, one of them speaks')
})

t.test('T3: headers, query and path steer nothing', async (t) => {
  const headers = {
    ...bearer(keyOf('52')),
    'x-office': '57',
    'x-forwarded-for': '10.0.0.1',
    'x-http-method-override': 'DELETE',
    'saraban-office': 'moi',
    'content-location': '/v1/systems/57/letters',
  }
  const url = `${http}${shared}`
  t.equal((await post(`${url}?office=57&from=57`, jsonLetter('52', 10), headers)).status, 201)
  isProblem(t, await post(url, jsonLetter('57', 10), headers), 403, 'letter.sender.other', 'header')
  const below = await post(`${url}/57`, jsonLetter('52', 11), headers)
  isProblem(t, below, 404, 'access.not-found', 'below a door that takes')
  isProblem(
    t,
    await ask(`${http}/v1/%6cetters`, { method: 'POST', headers, body: '{}' }),
    404,
    'access.not-found',
    'spelt otherwise',
  )
  isProblem(t, await ask(`${http}/v1/../v1/letterz`), 404, 'access.not-found', 'no such path')
  isProblem(
    t,
    await ask(url, { method: 'PUT', headers, body: '{}' }),
    404,
    'access.not-found',
    'another method',
  )
  const spoofed = await ask(`${http}/e-cms/94`, {
    method: 'POST',
    headers: { ...basic('old', password), 'x-forwarded-for': '10.1.1.1', forwarded: 'for=10.1.1.1' },
    body: '',
  })
  isProblem(t, spoofed, 401, 'access.denied', 'an address that only a header says')
})

t.test('what says that it is beyond the limit is refused before it is read', async (t) => {
  const socket = await opened(Number(new URL(http).port))
  t.teardown(() => socket.destroy())
  const { authorization } = bearer(keyOf('57'))
  const head = [`POST ${shared} HTTP/1.1`, 'host: x', `authorization: ${authorization}`]
  socket.write(
    `${[...head, 'content-type: application/json', 'content-length: 268435456'].join('\r\n')}\r\n\r\n{`,
  )
  const [answer] = (await once(socket, 'data', { signal: AbortSignal.timeout(60_000) })) as [Buffer]
  t.match(String(answer), /^HTTP\/1.1 413 /)
  t.match(String(answer), 'adapter.document.too-large')
})

t.test('what is wrong with a request is said in two languages', async (t) => {
  const headers = bearer(keyOf('57'))
  const url = `${http}${shared}`
  const send = (body: string, type = 'application/json', more = {}) =>
    ask(url, { method: 'POST', headers: { ...headers, 'content-type': type, ...more }, body })
  isProblem(t, await send(' '.repeat(1025)), 413, 'adapter.document.too-large', 'one byte too many')
  isProblem(t, await send('x'.repeat(8 * 1024 * 1024)), 413, 'adapter.document.too-large', 'far too many')
  isProblem(t, await send('{}', 'text/plain'), 415, 'adapter.body.unsupported', 'another type')
  isProblem(t, await send('{}', 'nonsense'), 415, 'access.type.unreadable', 'no type at all')
  isProblem(
    t,
    await send('{}', 'application/json', { 'content-encoding': 'gzip' }),
    415,
    'adapter.body.unsupported',
    'T4: packed',
  )
  isProblem(t, await send('{"number":1,"nmber":2}'), 422, 'letter.json.unknown-key', 'faults')
  isProblem(t, await send('{"a":'), 400, 'adapter.json.broken', 'no JSON')
  const long = await ask(`${http}/healthz`, { headers: { 'x-long': 'x'.repeat(20_000) } })
  isProblem(t, long, 431, 'access.head.too-large', 'a long head')
  const nonsense = await raw(http, 'GET /healthz HTTP/1.1\r\nno colon\r\n\r\n')
  t.match(nonsense, /^HTTP\/1\.1 400 [\s\S]*application\/problem\+json[\s\S]*access\.request\.unreadable/)
  const twice = await raw(
    http,
    'POST /v1/letters HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}',
  )
  t.match(twice, /^HTTP\/1\.1 400 /, 'T7: two lengths')
  t.equal((await ask(`${http}/healthz`)).status, 200, 'and the server goes on')
})

t.test('a certificate that has ended: whoever waits is told, and so is the log', async (t) => {
  const lines = installation.log.length
  clock.now = () => systemClock.now() + 3 * 365 * 86_400_000
  const answer = await post(`${http}${shared}`, jsonLetter('52', 21), bearer(keyOf('52')))
  clock.now = systemClock.now
  isProblem(t, answer, 503, 'seal.certificate', 'its certificate')
  t.equal(answer.headers['retry-after'], '10')
  t.match(answer.text, /for office “52” now: its certificate is valid from .* to /)
  t.match(
    installation.log
      .slice(lines)
      .map((line) => JSON.parse(line) as object)
      .filter((line) => 'code' in line || 'path' in line),
    [
      { msg: 'source.failed', code: 'seal.certificate', reason: /its certificate is valid from .* to / },
      { msg: 'door.failed', reason: 'seal.certificate' },
    ],
  )
})

t.test('what cannot be committed is not taken: 503, and again later', async (t) => {
  for (const code of ['ENOSPC', 'EIO', 'SQLITE_FULL']) {
    broken = Object.assign(new Error('the disk'), { code })
    const answer = await post(`${http}${shared}`, jsonLetter('52', 20), bearer(keyOf('52')))
    isProblem(t, answer, 503, 'adapter.gateway.busy', code)
    t.equal(answer.headers['retry-after'], '10')
    t.notMatch(answer.text, 'the disk')
  }
  broken = undefined
  const taken = await post(`${http}${shared}`, jsonLetter('52', 20), bearer(keyOf('52')))
  t.equal(taken.status, 201, 'nothing of it had been taken before')
  t.notMatch(installation.log.join(''), 'ทดสอบส่งหนังสือ', 'T11: no letter text in the log')
  t.notMatch(installation.log.join(''), keyOf('52'), 'T11: no key in the log')
})

t.test('T8: fifty requests at once, each answered with its own', async () => {
  const keys = { '51': 'new key', '52': keyOf('52'), '57': keyOf('57') }
  let number = 1000
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('51' as const, '52' as const, '57' as const), {
        minLength: 50,
        maxLength: 50,
      }),
      async (senders) => {
        const letters = senders.map((id) => ({ id, n: ++number }))
        const answers = await Promise.all(
          letters.map(({ id, n }) => {
            const url = id === '51' ? `${http}/v1/systems/51/letters` : `${http}${shared}`
            // Each third one is faulty, in a way that its answer must name.
            const changes = n % 3 === 0 ? { to: `no office ${n}` } : {}
            return post(url, jsonLetter(id, n, changes), bearer(keys[id]))
          }),
        )
        const ids = new Set<string>()
        for (const [index, answer] of answers.entries()) {
          const n = letters[index]?.n ?? 0
          if (n % 3 === 0) {
            if (answer.status !== 422 || !answer.text.includes(`no office ${n}`)) return false
          } else {
            const { messageId } = JSON.parse(answer.text) as { messageId: string }
            if (answer.status !== 201 || ids.has(messageId)) return false
            ids.add(messageId)
          }
        }
        return true
      },
    ),
    { numRuns: 4 },
  )
})

/** A server with doors that the test makes. */
async function open(
  t: Test,
  doors: readonly OfficeDoor[],
  options: { bounds?: Partial<Bounds>; clock?: Clock; host?: string } = {},
) {
  const failures: Error[] = []
  const bounds = { ...defaultBounds, ...options.bounds }
  const server = createServer({ bounds, failed: (error) => failures.push(error) })
  const denied: [path: string, more: number][] = []
  const tell = (...told: [path: string, more: number]): void => void denied.push(told)
  const { clock = systemClock } = options
  await server.register(doorsPlugin(new Doors(doors), new Doorkeeper(() => []), clock, tell))
  await server.listen({ host: options.host ?? '127.0.0.1', port: 0 })
  t.teardown(() => server.close())
  const { port } = server.server.address() as AddressInfo
  return { server, failures, denied, port, url: `http://127.0.0.1:${port}` }
}

const keyAccess: Access = { kind: 'api-key', sha256: apiKey('k').sha256 }
const doorTo = (enter: Door['enter'], access: Access = keyAccess): OfficeDoor => ({
  office: '50',
  door: { method: 'POST', path: '/door', access, enter },
})
const reads = async ({ body }: DoorRequest) => ({ status: 200, body: String((await text(body)).length) })

t.test('who is not let in is told of, once a minute for each door', async (t) => {
  let now = 0
  const clock: Clock = { ...systemClock, elapsed: () => now }
  const { url, denied } = await open(t, [doorTo(reads)], { clock })
  const knock = (key: string) => ask(`${url}/door`, { method: 'POST', headers: bearer(key), body: 'x' })
  for (const passed of [0, 1, 59_999, 60_000, 60_001]) {
    now = passed
    t.equal((await knock('wrong')).status, 401)
  }
  t.equal((await knock('k')).status, 200)
  t.same(denied, [
    ['/door', 0],
    ['/door', 2],
  ])
})

t.test('T7: who is silent or slow is cut off', async (t) => {
  const bounds = { head: 40, looksEvery: 10, silence: 5000 }
  const { port } = await open(t, [doorTo(reads)], { bounds })
  const slow = await raw(`http://127.0.0.1:${port}`, 'POST /door HTTP/1.1\r\nhost: x\r\nx-half: ')
  t.match(slow, /^HTTP\/1\.1 408 [\s\S]*access\.head\.slow/, 'half a head')
  const quiet = await open(t, [doorTo(reads)], { bounds: { silence: 40 } })
  t.equal(await raw(quiet.url, ''), '', 'nothing at all')
  const half = 'POST /door HTTP/1.1\r\nhost: x\r\nauthorization: Bearer k\r\ncontent-length: 9\r\n\r\n12'
  t.equal(await raw(quiet.url, half), '', 'half a body, then nothing')

  const key = `authorization: Bearer ${keyOf('57')}\r\ncontent-type: application/json`
  const before = clock.waiting
  const trickling = raw(http, `POST ${shared} HTTP/1.1\r\nhost: x\r\n${key}\r\ncontent-length: 90\r\n\r\n{`)
  await until(() => clock.waiting > before, 'it is at the door')
  clock.passALongTime()
  t.equal(await trickling, '', 'a body that is not whole when the profile’s time is over')
})

t.test('T7: what nobody wants to read is not read for ever', async (t) => {
  const patient = new PatientClock()
  const { port, url } = await open(t, [doorTo(reads)], { clock: patient })
  const head = 'POST /door HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000000\r\n\r\n'
  let socket: Socket | undefined
  const said = new Promise<string>((resolve) => {
    let heard = ''
    socket = connect(port, '127.0.0.1', () => socket?.write(`${head}{`))
    socket.on('data', (chunk) => {
      heard += String(chunk)
      // Answered before the body is there; it stays open for what is under way, and no longer.
      if (heard.includes('access.denied')) setImmediate(() => patient.passALongTime())
    })
    socket.on('close', () => resolve(heard))
    socket.on('error', () => undefined)
  })
  t.match(await said, /^HTTP\/1\.1 401 /)
  const big = await ask(`${url}/door`, { method: 'POST', body: 'x'.repeat(3_000_000) })
  t.equal(big.status, 401, 'a client that sends all at once hears why')
  const one = new Agent({ connections: 1, pipelining: 1 })
  t.teardown(() => one.close())
  const again = await ask(`${url}/door`, { method: 'POST', dispatcher: one, body: 'x'.repeat(100_000) })
  t.equal(again.status, 401)
  const good = { method: 'POST', dispatcher: one, headers: bearer('k'), body: '12345' } as const
  t.equal((await ask(`${url}/door`, good)).text, '5', 'the connection can be used again')
})

t.test('T12: connections and passwords are bounded', async (t) => {
  const few = await open(t, [doorTo(reads)], { bounds: { connections: 2 } })
  const sockets = await Promise.all([1, 2].map(() => opened(few.port)))
  t.equal(await raw(few.url, 'GET / HTTP/1.1\r\nhost: x\r\n\r\n'), '', 'the third is not let in')
  for (const socket of sockets) socket.destroy()

  const access = { ...listed(['::1', '127.0.0.1/32']), kind: 'basic' as const }
  const { url, failures } = await open(t, [doorTo(reads, access)])
  const flood = await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      ask(`${url}/door`, { method: 'POST', headers: basic('old', `guess ${index}`), body: '' }),
    ),
  )
  const statuses = new Set(flood.map(({ status }) => status))
  t.same([...statuses].sort(), [401, 503])
  const late = flood.find(({ status }) => status === 503)
  if (late !== undefined) isProblem(t, late, 503, 'gateway.unavailable', 'a flood of passwords')
  t.ok(late?.headers['retry-after'])
  t.ok(failures.every(({ name }) => name === 'KeeperBusy'))
  const after = await ask(`${url}/door`, { method: 'POST', headers: basic('old', password), body: '12' })
  t.equal(after.text, '2', 'and then the right one comes in')
})

t.test('an IPv4 client of an IPv6 socket is the same client', async (t) => {
  const access = { ...listed(['127.0.0.0/8']), kind: 'basic' as const }
  const { url } = await open(t, [doorTo(reads, access)], { host: '::' })
  const headers = basic('old', password)
  t.equal((await ask(`${url}/door`, { method: 'POST', headers, body: '123' })).text, '3')
  const v6 = url.replace('127.0.0.1', '[::1]')
  t.equal((await ask(`${v6}/door`, { method: 'POST', headers, body: '' })).status, 401, '::1 is not listed')
})

t.test('a defect is 500, logged and not told', async (t) => {
  const { url, failures } = await open(t, [
    doorTo(() => Promise.reject(new TypeError('secret words of a letter'))),
  ])
  const answer = await ask(`${url}/door`, { method: 'POST', headers: bearer('k'), body: '' })
  isProblem(t, answer, 500, 'gateway.defect', 'defect')
  t.notMatch(answer.text, 'secret')
  t.equal(failures.length, 1)
})

t.test('scrypt hashes are those of RFC 7914 as Node derives them', async (t) => {
  const salt = Buffer.alloc(16, 7)
  const scrypt = `${salt.toString('hex')}:${scryptSync('p', salt, 64).toString('hex')}`
  const access = { kind: 'basic' as const, user: 'u', scrypt, addresses: ['127.0.0.1'] }
  const short = { ...access, scrypt: `${salt.toString('hex')}:` }
  const one = await open(t, [doorTo(reads, access)])
  const other = await open(t, [doorTo(reads, short)])
  const request = { method: 'POST', headers: basic('u', 'p'), body: '' } as const
  t.equal((await ask(`${one.url}/door`, request)).status, 200)
  t.equal((await ask(`${other.url}/door`, request)).status, 401, 'a hash of nothing opens nothing')
})

t.test('a stop answers what is under way, and takes nothing more', async (t) => {
  const folder = scratch(t)
  const other = await makeInstallation(folder, ['52', 'moi'].map(office), {
    'json-52.yaml': jsonProfile('52'),
    'moi.yaml': inboxProfile(),
  })
  const patient = new PatientClock()
  const stopping = await other.start({ clock: patient })
  const url = new URL(stopping.http ?? '')
  const body = JSON.stringify(jsonLetter('52', 1))
  const head = `POST /v1/systems/52/letters HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${keyOf('52')}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`
  const busy = await opened(Number(url.port))
  const late = await opened(Number(url.port))
  const heard = [hear(busy), hear(late)] as const
  const before = patient.waiting
  busy.write(`${head}${body.slice(0, 10)}`)
  // The second connection has said half of its head when the stop begins.
  late.write(head.slice(0, 20))
  await until(() => patient.waiting > before, 'the first is at the door')
  const stopped = stopping.stop()
  await until(() => refused(Number(url.port)), 'no new connection is let in')
  busy.write(body.slice(10))
  late.write(head.slice(20) + body)
  t.match(await heard[0], /^HTTP\/1\.1 201 /, 'under way')
  const refusedLate = await heard[1]
  t.ok(refusedLate === '' || /^HTTP\/1\.1 503 [\s\S]*problem\+json/.test(refusedLate), 'later')
  await stopped
  t.notOk(existsSync(join(folder, 'data', 'journal.sqlite-wal')), 'the journal is closed')
  const again = await other.start()
  const { status } = await post(
    `${again.http}/v1/systems/52/letters`,
    jsonLetter('52', 1),
    bearer(keyOf('52')),
  )
  t.equal(status, 200, 'what was answered is known')
  await again.stop()
})
