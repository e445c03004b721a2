// What a client may cost (attacks T7, T12): bodies beyond their limit, silence, slowness, connections and passwords.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import t from 'tap'
import { Agent } from 'undici'
import { office } from '../letter/arbitrary.ts'
import { scratch, until } from './harness.ts'
import {
  doorTo,
  isProblem,
  listed,
  open,
  opened,
  PatientClock,
  password,
  raw,
  reads,
  shared,
} from './http-stage.ts'
import { ask, basic, bearer, inboxProfile, jsonProfile, keyOf, makeInstallation } from './installation.ts'

const installation = await makeInstallation(scratch(t), ['57', 'moi'].map(office), {
  'json-57.yaml': jsonProfile('57', { letters: shared, limit: '1KiB' }),
  'moi.yaml': inboxProfile(),
})
const clock = new PatientClock()
const gateway = await installation.start({ clock })
t.teardown(() => gateway.stop())
const http = gateway.http ?? ''

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
