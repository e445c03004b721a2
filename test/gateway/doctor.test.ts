// What the doctor says of several gateways, of the queue's Redis, and of folders and files that the gateway's user may not write.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import t, { type Test } from 'tap'
import { atWork } from '../../src/gateway/doctor/members.ts'
import { reach } from '../../src/gateway/doctor/reach.ts'
import { openSecrets } from '../../src/gateway/doctor/secrets.ts'
import { lookAtStores } from '../../src/gateway/doctor/stores.ts'
import { joinMembers, type Role } from '../../src/gateway/journal/members.ts'
import type { Settings } from '../../src/gateway/settings/settings.ts'
import { systemClock } from '../../src/letter/time.ts'
import type { Problem } from '../../src/problem/problem.ts'
import { messageOf } from '../../src/problem/problem.ts'
import { redisServer } from '../../src/sandbox/servers/redis.ts'
import { scratch } from './harness.ts'
import { openJournal } from './journal-engine.ts'

const server = await redisServer(process.env)
const missing = 'missing' in server && server.missing
const now = 1_795_600_000_000
const codes = (found: readonly Problem[]): string[] => found.map(({ code }) => code)

t.test('which gateways are at work, here and elsewhere', async (t) => {
  const data = scratch(t)
  const database = await openJournal(scratch(t))
  t.teardown(() => database.close())
  const join_ = (place: string, role: Role, seenAt = now) =>
    database.write((transaction) =>
      joinMembers(
        transaction,
        { id: `${place}-${role}`, place, name: `${place}:1`, role, joinedAt: seenAt },
        { alone: false },
      ),
    )
  const look = (running: boolean) => atWork(database.committed, { data, running, now })
  t.same(codes(await look(false)), ['doctor.gateway.stopped'], 'nobody')
  await join_('long-dead', 'all', now - 61_000)
  t.same(codes(await look(false)), ['doctor.gateway.stopped'], 'all died at once: their rows are still there')
  await join_('here', 'worker')
  writeFileSync(join(data, 'place'), 'here')
  t.same(codes(await look(false)), ['doctor.gateway.stopped'], 'this one just died')
  t.same(codes(await look(true)), ['doctor.gateway.no-intake'])
  await join_('there', 'intake')
  t.same(codes(await look(true)), [])
  const alone = await look(false)
  t.same(codes(alone), ['doctor.gateway.elsewhere', 'doctor.gateway.no-worker'])
  t.match(alone.map((each) => messageOf(each)).join(), `on the same journal there are: there:1,`)
  await join_('both', 'all')
  t.same(codes(await look(false)), ['doctor.gateway.elsewhere'])
})

t.test('the queue’s Redis: throws keys away, is away', { skip: missing }, async (t) => {
  if ('missing' in server) return
  t.teardown(() => server.stop())
  const { host, port, password } = server
  const queue = {
    at: { host, port, database: 0, tls: false },
    secrets: { password: { env: 'QUEUE' } },
  }
  const settings = { data: scratch(t), queue } as unknown as Settings
  const look = async (environment = { QUEUE: password ?? 'none' }) =>
    codes(await lookAtStores(settings, environment))
  const asking = new Redis({ host, port, ...(password && { password }) })
  t.teardown(() => asking.disconnect())
  const before = (await asking.config('GET', 'maxmemory-policy')) as string[]
  await asking.config('SET', 'maxmemory-policy', 'noeviction')
  t.same(await look(), [])
  await asking.config('SET', 'maxmemory-policy', 'allkeys-lru')
  t.same(await look(), ['doctor.queue.evicts'])
  await asking.config('SET', 'maxmemory-policy', before[1] ?? 'noeviction')
  if (password) t.same(await look({ QUEUE: 'another' }), ['doctor.queue.away'])
  await server.stop()
  t.same(await look(), ['doctor.queue.away'])
})

/** A server that takes what it is sent, and says nothing. */
async function silentServer(t: Test): Promise<{ readonly port: number; readonly asked: () => number }> {
  const sockets: Socket[] = []
  const silent = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined).resume())
  })
  await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    silent.close()
  })
  return { port: (silent.address() as AddressInfo).port, asked: () => sockets.length }
}

/** A server that takes no connection any more: the system has begun as many for it as it will. */
async function deafServer(t: Test): Promise<number> {
  const program = `
    const server = require('node:net').createServer()
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      require('node:fs').writeSync(1, String(server.address().port))
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    })`
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  const port = Number(String(said))
  const waiting: Socket[] = []
  t.teardown(() => {
    for (const socket of waiting) socket.destroy()
    child.kill('SIGKILL')
  })
  for (let count = 0; count < 20; count += 1) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined)
    waiting.push(socket)
    const begun = once(socket, 'connect').then(() => true)
    // On this machine a connection is begun at once, or not before the server takes one.
    if (!(await Promise.race([begun, pause(3_000, false)]))) return port
  }
  throw new Error('it takes every connection')
}

/** What each look found; `still` where it did not end long after the five seconds that it has. */
const inTime = (looks: readonly Promise<readonly (Problem | undefined)[]>[]): Promise<readonly string[]> =>
  Promise.all(
    looks.map((look) =>
      Promise.race([
        look.then((found) => found.map((each) => each && `${each.code} ${each.details?.['reason']}`).join()),
        pause(60_000, 'still', { ref: false }),
      ]),
    ),
  )

t.test('a server that takes a connection, or none, and says nothing keeps no look for long', async (t) => {
  const { port, asked } = await silentServer(t)
  const deaf = await deafServer(t)
  const place = (kind: 'http' | 'https') =>
    ({ kind: 'address', url: `${kind}://127.0.0.1:${port}/letters`, tls: {} }) as const
  const at = { bucket: 'b', prefix: '', region: 'r', endpoint: `http://127.0.0.1:${port}`, pathStyle: true }
  const secrets = { accessKey: { env: 'ANY' }, secretKey: { env: 'ANY' }, password: { env: 'ANY' } }
  const stores = (settings: object) =>
    lookAtStores({ data: scratch(t), ...settings } as unknown as Settings, { ANY: 'any' })
  const queue = { at: { host: '127.0.0.1', port, database: 0, tls: false }, secrets }
  const found = await inTime([
    reach(place('http'), systemClock).then((each) => [each]),
    reach(place('https'), systemClock).then((each) => [each]),
    reach({ kind: 'server', host: '127.0.0.1', port: deaf }, systemClock).then((each) => [each]),
    stores({ queue }),
    stores({ attachments: { kind: 'bucket', at, secrets } }),
  ])
  t.match(found, [
    'doctor.unreachable TimeoutError',
    'doctor.unreachable UND_ERR_CONNECT_TIMEOUT',
    'doctor.unreachable it does not answer',
    'doctor.queue.away ',
    'doctor.unreachable it does not answer',
  ])
  t.ok(asked() >= 4, 'each was asked')
})

t.test('secrets of every store that others may read', (t) => {
  const folder = scratch(t)
  const file = (name: string): { readonly file: string } => {
    writeFileSync(join(folder, name), 'x', { mode: 0o640 })
    return { file: join(folder, name) }
  }
  const settings = {
    ...{ trust: folder, listen: {} },
    journal: { secrets: { password: file('journal') } },
    queue: { secrets: { password: file('queue') } },
    attachments: { kind: 'bucket', secrets: { accessKey: file('access'), secretKey: file('key') } },
  } as unknown as Settings
  t.same(
    openSecrets(settings, []).map(({ code, value }) => [code, value]),
    ['journal', 'queue', 'access', 'key'].map((name) => ['doctor.key.open', join(folder, name)]),
  )
  t.end()
})

/** Any user that is not root, for whom rights count. */
const nobody = 65_534
const asRoot = process.getuid?.() === 0

t.test('what the gateway’s user may not read and write', (t) => {
  const folder = scratch(t)
  const data = join(folder, 'data')
  const scans = join(data, 'attachments', 'ab')
  mkdirSync(scans, { recursive: true })
  writeFileSync(join(data, 'journal.sqlite'), '')
  if (asRoot)
    for (const path of [folder, data, join(data, 'attachments'), scans, join(data, 'journal.sqlite')])
      chownSync(path, nobody, nobody)
  const file = (name: string): string => JSON.stringify(resolve('src/gateway/doctor', name))
  const program = `
import { lookAtRights } from ${file('rights.ts')}
import { reach } from ${file('reach.ts')}
const found = [...await lookAtRights({ data: ${JSON.stringify(data)} }),
  await reach({ kind: 'folder', path: ${JSON.stringify(scans)} }, {})]
console.log(JSON.stringify(found.flatMap((each) => each ? [[each.code, each.value, each.details?.reason]] : [])))`
  const look = (): unknown =>
    JSON.parse(
      execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
        ...(asRoot && { uid: nobody, gid: nobody }),
        encoding: 'utf8',
        env: { ...process.env, TMPDIR: folder },
      }),
    )
  const changed = (path: string, mode: number): unknown => {
    chmodSync(path, mode)
    const found = look()
    chmodSync(path, 0o700)
    return found
  }
  t.same(look(), [])
  t.same(changed(scans, 0o500), [
    ['doctor.rights', scans, 'EACCES'],
    ['doctor.rights', scans, 'EACCES'],
  ])
  t.same(changed(join(data, 'journal.sqlite'), 0o400), [
    ['doctor.rights', join(data, 'journal.sqlite'), 'EACCES'],
  ])
  t.same(changed(join(data, 'attachments'), 0o600), [
    ['doctor.rights', join(data, 'attachments'), 'EACCES'],
    ['doctor.rights', scans, 'EACCES'],
  ])
  t.same(changed(data, 0o400), [
    ['doctor.rights', data, 'EACCES'],
    ['doctor.rights', scans, 'EACCES'],
  ])
  t.end()
})
