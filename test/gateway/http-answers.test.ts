// What the doors answer: faults in two languages, what cannot be taken now, many at once, a defect, and a stop.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { systemClock } from '../../src/letter/time.ts'
import { office } from '../letter/arbitrary.ts'
import { scratch, until } from './harness.ts'
import { doorTo, hear, isProblem, open, opened, PatientClock, raw, shared } from './http-stage.ts'
import {
  apiKey,
  ask,
  bearer,
  inboxProfile,
  jsonLetter,
  jsonProfile,
  keyOf,
  makeInstallation,
  post,
} from './installation.ts'

const installation = await makeInstallation(scratch(t), ['51', '52', '57', 'moi'].map(office), {
  'json-51.yaml': jsonProfile('51', { access: apiKey('old key', 'new key') }),
  'json-52.yaml': jsonProfile('52', { letters: shared }),
  'json-57.yaml': jsonProfile('57', { letters: shared, limit: '1KiB' }),
  'moi.yaml': inboxProfile(),
})
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

const refused = (port: number): Promise<boolean> =>
  opened(port).then(
    (socket) => {
      socket.destroy()
      return false
    },
    () => true,
  )

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

t.test('a defect is 500, logged and not told', async (t) => {
  const { url, failures } = await open(t, [
    doorTo(() => Promise.reject(new TypeError('secret words of a letter'))),
  ])
  const answer = await ask(`${url}/door`, { method: 'POST', headers: bearer('k'), body: '' })
  isProblem(t, answer, 500, 'gateway.defect', 'defect')
  t.notMatch(answer.text, 'secret')
  t.equal(failures.length, 1)
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
