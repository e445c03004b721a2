// A gateway that starts before its journal's server does: it waits and says so. What only a person can mend it does not wait for.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t from 'tap'
import { type Database, JournalUnavailable } from '../../src/gateway/journal/database.ts'
import { openJournal } from '../../src/gateway/journal/place.ts'
import type { PostgresqlAt } from '../../src/gateway/journal/postgresql-connection.ts'
import { longestWait, waitOf } from '../../src/gateway/journal/wait.ts'
import { systemClock } from '../../src/letter/time.ts'
import { freePort } from '../../src/sandbox/servers/port.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { chiangMai, HandClock, scratch, soon, until } from './harness.ts'
import { jsonProfile, makeInstallation } from './installation.ts'
import { count, insert, postgresqlStage } from './postgresql-stage.ts'

const nowhere: PostgresqlAt = { host: '127.0.0.1', port: 0, database: 'j', user: 'u' }

/** A start that waits: what it told, and how it came out. */
function waiting(at: PostgresqlAt) {
  const clock = new HandClock()
  const told: string[] = []
  const asked = new AbortController()
  const wait = waitOf({
    ...{ clock, ended: asked.signal, here: () => void told.push('here') },
    away: (reason) => void told.push(reason),
  })
  const opened = openJournal({ kind: 'postgresql', at }, wait)
  let over = false
  opened.then(
    () => (over = true),
    () => (over = true),
  )
  /** Lets the time between two tries pass until it is so. */
  const pass = (done: () => boolean, what: string): Promise<void> =>
    until(async () => {
      await clock.advance(1_000)
      return done()
    }, what)
  return { clock, told, asked, opened, pass, isOver: () => over }
}

t.test('a server that is not there is waited for, and not for ever', async (t) => {
  const { told, opened, pass, isOver, clock } = waiting({ ...nowhere, port: await freePort() })
  const begun = clock.elapsed()
  await pass(isOver, 'given up')
  t.match(await opened, { ok: false, problems: [{ code: 'settings.journal.unusable' }] })
  t.ok(clock.elapsed() - begun >= longestWait)
  t.match(told, ['connect ECONNREFUSED', ...Array(4).fill('connect ECONNREFUSED')], 'each minute')
  t.equal(told.length, 5)
})

t.test('a server that is starting is waited for, whatever its settings are', async (t) => {
  // The answer to whoever comes too early, as the server gives it (PostgreSQL, "Message Formats": ErrorResponse).
  const words = Buffer.from('SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0')
  const head = Buffer.from('E____')
  head.writeInt32BE(words.length + 4, 1)
  let came = 0
  const server = createServer((socket) => {
    came += 1
    socket.on('error', () => undefined)
    socket.once('data', () => socket.end(Buffer.concat([head, words])))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as { port: number }
  const { told, opened, asked, pass } = waiting({ ...nowhere, port })
  await pass(() => came >= 3, 'tried again')
  t.same(told, ['the database system is starting up'], 'told once a minute')
  asked.abort()
  await t.rejects(opened, { name: 'AbortError' }, 'a gateway that is asked to end waits no longer')
})

t.test('the server of a journal', { timeout: 600_000 }, async (t) => {
  const stage = await postgresqlStage(t)
  if (stage === undefined) return
  const { at } = await stage.fresh()
  const wrong = waiting({ ...at, password: 'wrong' })
  t.match(await wrong.opened, { ok: false, problems: [{ code: 'settings.journal.unusable' }] })
  t.same(wrong.told, [], 'what the settings have to say is told at once')
  if (stage.crash === undefined) return
  let begun: ReturnType<typeof waiting> | undefined
  await stage.crash(async () => {
    begun = waiting(at)
    const { told } = begun
    await until(() => told.length > 0, 'it waits')
  })
  await begun?.pass(() => begun?.isOver() === true, 'opened')
  const database: Database | undefined = begun && mustBe(await begun.opened)
  t.match(begun?.told, [/ECONNREFUSED/])
  t.equal(begun?.told.at(-1), 'here')
  await database?.close()
})

t.test('a standby is waited for until it is promoted', { timeout: 600_000 }, async (t) => {
  const stage = await postgresqlStage(t)
  const { restart } = stage ?? {}
  if (stage === undefined || restart === undefined) return
  const { at, ask } = await stage.fresh()
  const [place] = await ask(`SELECT current_setting('data_directory') AS data`)
  // The server begins again as one that follows another; resolves when it is promoted.
  const follows = (meanwhile: () => void = () => undefined): Promise<void> =>
    restart(async () => {
      writeFileSync(join(String(place?.['data']), 'standby.signal'), '', { mode: 0o644 })
      meanwhile()
    })
  // The server takes its own time.
  const told: string[] = []
  const wait = waitOf({
    ...{ clock: systemClock, here: () => void told.push('here') },
    away: (reason) => void told.push(reason),
  })
  let opened: ReturnType<typeof openJournal> | undefined
  const promoted = follows(() => {
    opened = openJournal({ kind: 'postgresql', at }, wait)
  })
  await soon(() => told.some((reason) => /standby/.test(reason)))
  t.match(told.at(-1), /standby/)
  await ask('SELECT pg_promote()')
  await promoted
  if (opened === undefined) throw new Error('it was not opened')
  const database = mustBe(await opened)
  t.teardown(() => database.close())

  const write = () => database.write((transaction) => transaction.run(insert, 0, 'one'))
  await write()
  const again = follows()
  let hot = false
  await soon(async () => {
    const reason = await write().then(
      () => undefined,
      (error: unknown) => error,
    )
    // Until the server has heard that it is to stop, it writes.
    if (reason !== undefined && !(reason instanceof JournalUnavailable)) throw reason
    hot = /hot standby/.test(String(reason?.cause))
    return hot
  })
  t.ok(hot, 'the gateway has reached the standby')
  await ask('SELECT pg_promote()')
  await again
  await write()
  const counted = await database.committed.one<{ count: number }>(count)
  t.ok(counted !== undefined && counted.count >= 2, 'what was written before and after is there')
})

t.test('a gateway that waits says so in its log, and ends when it is asked to', async (t) => {
  const folder = scratch(t)
  const { settings } = await makeInstallation(folder, [chiangMai], { 'json-50.yaml': jsonProfile('50') })
  const { data, trust, profiles } = settings
  const file = join(folder, 'saraban.yaml')
  const url = `postgresql://u@127.0.0.1:${await freePort()}/j`
  const listen = { http: { host: '127.0.0.1', port: 0 } }
  writeFileSync(file, JSON.stringify({ data, trust, profiles, listen, journal: { url } }))
  const program = join(import.meta.dirname, '../../src/cli/saraban.ts')
  const gateway = spawn(process.execPath, ['--import', 'tsx', program, 'start', '--settings', file])
  t.teardown(() => gateway.kill('SIGKILL'))
  let told = ''
  gateway.stderr.on('data', (chunk: Buffer) => {
    told += chunk.toString('utf8')
  })
  const closed = once(gateway, 'close')
  const lines: unknown[] = []
  for await (const line of createInterface(gateway.stdout)) {
    lines.push(JSON.parse(line))
    gateway.kill('SIGTERM')
  }
  t.same(await closed, [0, null], told)
  t.match(lines, [{ msg: 'journal.unavailable', reason: /ECONNREFUSED/, until: /T/ }])
})
