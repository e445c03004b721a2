// A queue on a Redis that is flushed, ended, frozen, full or wrong: a hint may be lost or come twice, the work goes on.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Queue as Jobs, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import t, { type Test } from 'tap'
import { bullmqQueue, type SharedQueue } from '../../src/gateway/queue/bullmq.ts'
import { redisOf } from '../../src/gateway/queue/place.ts'
import { readSettings } from '../../src/gateway/settings/settings.ts'
import { systemClock } from '../../src/letter/time.ts'
import { type RedisServer, redisServer } from '../../src/sandbox/servers/redis.ts'
import { Link } from '../chaos/link.ts'
import { office } from '../letter/arbitrary.ts'
import { scratch, soon } from './harness.ts'
import {
  ask,
  bearer,
  inboxProfile,
  jsonLetter,
  jsonProfile,
  keyOf,
  makeInstallation,
  post,
} from './installation.ts'

const own = { ...process.env, SARABAN_TEST_REDIS_URL: undefined }

/** What a queue was told and did. */
class Seen {
  readonly handled: string[] = []
  readonly told: string[] = []
  forgotten = 0
  /** Handlers that are held until then. */
  release: () => void = () => undefined

  count(id: string): number {
    return this.handled.filter((each) => each === id).length
  }
}

function open(
  t: Test,
  server: Pick<RedisServer, 'host' | 'port' | 'password'>,
  {
    installation = 'one',
    concurrency = 4,
    hold = false,
    again = (): void => undefined,
    work = async (): Promise<void> => undefined,
  }: {
    installation?: string
    concurrency?: number
    hold?: boolean
    work?: (id: string, queue: SharedQueue) => Promise<void>
    again?: (queue: SharedQueue) => void
  } = {},
): { queue: SharedQueue; seen: Seen } {
  const seen = new Seen()
  const { host, port, password } = server
  const queue: SharedQueue = bullmqQueue({
    at: { host, port, password, database: 0, tls: false },
    installation,
    clock: systemClock,
    forgot: () => {
      seen.forgotten += 1
      again(queue)
    },
    away: (reason) => void seen.told.push(`away: ${reason}`),
    here: () => void seen.told.push('here'),
    evicts: (policy) => void seen.told.push(`evicts: ${policy}`),
  })
  const held = new Promise<void>((resolve) => {
    seen.release = resolve
  })
  queue.work(async (id) => {
    seen.handled.push(id)
    if (hold) await held
    await work(id, queue)
  }, concurrency)
  t.after(async () => {
    seen.release()
    await queue.close()
  })
  return { queue, seen }
}

const put = (queue: SharedQueue, ...ids: readonly string[]): void => {
  for (const id of ids) queue.put(id, systemClock.now(), 1)
}

t.test('a queue on Redis', { timeout: 600_000 }, async (t) => {
  const server = await redisServer(own)
  if ('missing' in server) {
    if (process.env['CI'] === 'true') t.fail(server.missing)
    else t.pass(server.missing, { skip: server.missing })
    return
  }
  const { process: life } = server
  if (life === undefined) throw new Error('it is not ours')
  t.teardown(() => server.stop())
  const asking = new Redis({ host: server.host, port: server.port, password: server.password })
  asking.on('error', () => undefined)
  t.teardown(() => asking.disconnect())

  await t.test('gateways of one installation share what is due; another has its own', async (t) => {
    const one = open(t, server, { hold: true })
    const two = open(t, server, { hold: true })
    const other = open(t, server, { installation: 'other' })
    await soon(() => [one, two, other].every(({ seen }) => seen.told.includes('here')))
    const ids = Array.from({ length: 12 }, (_, index) => `shared-${index}`)
    put(one.queue, ...ids)
    await soon(() => one.seen.handled.length + two.seen.handled.length === 8)
    t.same([one.seen.handled.length, two.seen.handled.length], [4, 4], 'as many as each has room for')
    put(two.queue, ...ids.filter((id) => !one.seen.handled.includes(id) && !two.seen.handled.includes(id)))
    for (const { seen } of [one, two]) seen.release()
    await soon(() => one.seen.handled.length + two.seen.handled.length === 12)
    t.same([...one.seen.handled, ...two.seen.handled].sort(), [...ids].sort(), 'each once')
    t.same(other.seen.handled, [])
  })

  await t.test('what is put back stays with whoever had it, while there is room for another', async (t) => {
    const [one, two] = [open(t, server, { hold: true }), open(t, server)]
    await soon(() => [one, two].every(({ seen }) => seen.told.includes('here')))
    one.queue.putBack('put back', systemClock.now(), 1)
    await soon(() => one.seen.count('put back') + two.seen.count('put back') === 1)
    t.same([one.seen.handled, two.seen.handled], [['put back'], []], 'the other was not offered it')
    one.queue.putBack('later', systemClock.now() + 200, 1)
    await soon(() => one.seen.count('later') + two.seen.count('later') === 1)
    t.equal(one.seen.count('later') + two.seen.count('later'), 1, 'at its time, and then to either')
  })

  await t.test('what is put back with the last room keeps nothing waiting that is more urgent', async (t) => {
    const { queue, seen } = open(t, server, { concurrency: 2, hold: true })
    await soon(() => seen.told.includes('here'))
    put(queue, 'a', 'b')
    await soon(() => seen.handled.length === 2)
    for (const id of ['back 1', 'back 2', 'back 3']) queue.putBack(id, systemClock.now(), 1)
    queue.put('urgent', systemClock.now(), 4)
    await soon(async () => (await asking.zcard('{saraban-one}:due:prioritized')) === 4)
    seen.release()
    await soon(() => seen.handled.length === 6)
    t.equal(seen.handled[2], 'urgent')
  })

  await t.test('what has failed and waits for its next time takes no room from what is due', async (t) => {
    const hour = 3_600_000
    const failing = Array.from({ length: 10 }, (_, index) => `failing-${index}`)
    const { queue, seen } = open(t, server, {
      // As an attempt that fails: its next time is known before its handler has ended.
      work: async (id, queue) => {
        await new Promise((resolve) => setImmediate(resolve))
        if (failing.includes(id)) queue.put(id, systemClock.now() + hour, 1)
      },
    })
    await soon(() => seen.told.includes('here'))
    put(queue, ...failing)
    await soon(() => failing.every((id) => seen.count(id) === 1))
    put(queue, 'new')
    queue.put('long-overdue', systemClock.now() - hour, 1)
    await soon(() => seen.count('new') === 1 && seen.count('long-overdue') === 1)
    t.same([seen.count('new'), seen.count('long-overdue')], [1, 1])
    t.same(
      failing.filter((id) => seen.count(id) !== 1),
      [],
      'each of the others waits for its time',
    )
    t.equal(await queue.size(), failing.length)
  })

  await t.test('flushed: what is put again is handled', async (t) => {
    const { queue, seen } = open(t, server, { concurrency: 1, hold: true })
    await soon(() => seen.told.includes('here'))
    put(queue, 'at work')
    await soon(() => seen.handled.length === 1)
    put(queue, 'a', 'b')
    await soon(async () => (await asking.zcard('{saraban-one}:due:prioritized')) === 2)
    t.equal(await queue.size(), 3)
    await asking.flushall()
    t.equal(await queue.size(), 1)
    put(queue, 'a', 'b')
    seen.release()
    await soon(() => seen.handled.length === 3)
    t.same([...seen.handled].sort(), ['a', 'at work', 'b'])
    t.same(seen.told, ['here'])
  })

  await t.test('ended and started again, empty', async (t) => {
    const { queue, seen } = open(t, server)
    await soon(() => seen.told.includes('here'))
    const before = seen.forgotten
    await life.kill()
    await soon(() => seen.told.length === 2)
    t.match(seen.told, ['here', /^away: /])
    t.equal(seen.forgotten, before + 1, 'what it held is to be put again')
    put(queue, 'meanwhile')
    await soon(() => seen.count('meanwhile') === 1)
    t.equal(seen.count('meanwhile'), 1, 'this gateway works on')
    await life.start()
    await soon(() => seen.told.length === 3)
    t.equal(seen.told[2], 'here')
    t.equal(seen.forgotten, before + 2, 'and what is due is put again at once')
    put(queue, 'after')
    await soon(() => seen.count('after') === 1)
    t.equal(seen.count('after'), 1)
  })

  await t.test(
    'what a connection that is dead has taken is not waited for, once it is there again',
    async (t) => {
      const wire = await Link.to(server.port)
      t.teardown(() => wire.close())
      const dueAt = systemClock.now()
      const ids = Array.from({ length: 8 }, (_, index) => `taken by the dead ${index}`)
      const { seen } = open(
        t,
        { ...server, host: '127.0.0.1', port: wire.port },
        {
          installation: 'dead',
          again: (queue) => {
            for (const id of ids) if (seen.told.length > 2 && seen.count(id) === 0) queue.put(id, dueAt, 1)
          },
        },
      )
      await soon(() => seen.told.includes('here'))
      wire.set('cut')
      await soon(() => seen.told.length === 2)
      // It takes whatever it is given, keeps its locks, and does nothing.
      const connection = { host: server.host, port: server.port, password: server.password }
      const options = { connection, prefix: '{saraban-dead}', skipVersionCheck: true }
      const holder = new Worker('due', () => new Promise(() => undefined), { ...options, concurrency: 50 })
      const jobs = new Jobs('due', options)
      holder.on('error', () => undefined)
      jobs.on('error', () => undefined)
      t.teardown(() => Promise.all([holder.close(true), jobs.close()]))
      await jobs.addBulk(
        ids.map((id) => ({ name: 'due', data: { dueAt, priority: 1 }, opts: { jobId: `d-${id}` } })),
      )
      const held = () => asking.llen('{saraban-dead}:due:active')
      await soon(async () => (await held()) === ids.length)
      wire.set('open')
      await soon(() => ids.every((id) => seen.count(id) > 0))
      t.same(
        ids.filter((id) => seen.count(id) !== 1),
        [],
        'each was begun, and once',
      )
      t.equal(await held(), ids.length, 'they are still held there')
    },
  )

  await t.test('frozen: nobody waits for it', async (t) => {
    const { queue, seen } = open(t, server)
    await soon(() => seen.told.includes('here'))
    life.freeze()
    put(queue, 'meanwhile')
    await soon(() => seen.count('meanwhile') > 0)
    t.match(seen.told, ['here', /^away: Command timed out/])
    put(queue, 'at once')
    await soon(() => seen.count('at once') > 0)
    const closing = open(t, server)
    put(closing.queue, 'never heard of it')
    await closing.queue.close()
    t.pass('a gateway stops all the same')
    life.thaw()
    await soon(() => seen.told.length === 3)
    put(queue, 'after')
    await soon(() => seen.count('after') > 0)
    t.equal(seen.count('after'), 1)
  })

  await t.test('full: what it does not take is worked on here', async (t) => {
    const { queue, seen } = open(t, server)
    await soon(() => seen.told.includes('here'))
    await asking.config('SET', 'maxmemory', '1')
    put(queue, 'a')
    await soon(() => seen.count('a') > 0)
    t.match(seen.told, ['here', /^away: OOM/])
    await asking.config('SET', 'maxmemory', '0')
    await soon(() => seen.told.length === 3)
    t.equal(seen.told[2], 'here')
  })

  await t.test('it throws keys away when it is full: told', async (t) => {
    await asking.config('SET', 'maxmemory-policy', 'allkeys-lru')
    const { seen } = open(t, server)
    await soon(() => seen.told.length === 2)
    t.same(seen.told, ['here', 'evicts: allkeys-lru'])
    await asking.config('SET', 'maxmemory-policy', 'noeviction')
  })

  await t.test('what somebody else wrote into it', async (t) => {
    const { queue, seen } = open(t, server, { installation: 'strange' })
    await soon(() => seen.told.includes('here'))
    const { Queue } = await import('bullmq')
    const strange = new Queue('due', {
      connection: asking,
      prefix: '{saraban-strange}',
      skipVersionCheck: true,
    })
    await strange.addBulk([
      { name: 'due', data: null },
      { name: 'due', data: { dueAt: 'x', priority: {} }, opts: { jobId: 'd-x' } },
      { name: 'due', data: { dueAt: 8e15, priority: 1 }, opts: { jobId: 'd-far' } },
    ])
    put(queue, 'a')
    await soon(() => seen.handled.length === 2)
    t.same([...seen.handled].sort(), ['a', 'far'], 'the journal says what of it is due')
    // A paused queue gives nothing out.
    await strange.pause()
    queue.put('overdue', systemClock.now() - 31_000, 1)
    await soon(() => seen.count('overdue') > 0)
    t.equal(seen.count('overdue'), 1, 'a gateway with nothing to do does not wait for it')
    await strange.close()
  })

  await t.test('a wrong password', async (t) => {
    const { queue, seen } = open(t, { ...server, password: 'wrong' })
    put(queue, 'a')
    await soon(() => seen.told.length === 1 && seen.handled.length === 1)
    t.match(seen.told, [/^away: WRONGPASS/])
    t.same(seen.handled, ['a'])
  })

  await t.test('a gateway starts without it, says so, and uses it when it comes', async (t) => {
    await life.kill()
    const folder = scratch(t)
    const profiles = { 'json-50.yaml': jsonProfile('50'), 'moi.yaml': inboxProfile() }
    const installation = await makeInstallation(folder, ['50', 'moi'].map(office), profiles)
    const { host, port, password } = server
    const queue = {
      at: { host, port, database: 0, tls: false },
      secrets: { password: { env: 'QUEUE_PASSWORD' } },
    }
    const gateway = await installation.start({
      settings: { ...installation.settings, queue },
      environment: { QUEUE_PASSWORD: password },
    })
    t.after(() => gateway.stop())
    const ready = async () => {
      const { status, text } = await ask(`${gateway.http}/readyz`)
      return { status, text }
    }
    await soon(async () => (await ready()).text.includes('Redis'))
    t.match(await ready(), { status: 200, text: 'the queue on Redis cannot be used' })
    t.notMatch((await ready()).text, /ECONNREFUSED/, 'to everybody on the network only what follows from it')
    const answer = await post(
      `${gateway.http}/v1/systems/50/letters`,
      jsonLetter('50', 1),
      bearer(keyOf('50')),
    )
    t.equal(answer.status, 201, answer.text)
    await life.start()
    await soon(async () => !(await ready()).text.includes('Redis'))
    t.match(await ready(), { status: 200, text: '"obstacles":[]' })
    const logged = installation.log.join('')
    t.match(logged, /ECONNREFUSED[^\n]*queue\.unavailable/)
    t.match(logged, /queue\.available/)
    t.notMatch(logged, password)
  })
})

t.test('the setting', async (t) => {
  const folder = scratch(t)
  const file = join(folder, 'saraban.yaml')
  const read = (queue: string) => {
    writeFileSync(
      file,
      `data: data\ntrust: .\nprofiles: .\nlisten: { http: { host: 127.0.0.1, port: 0 } }\nqueue: ${queue}\n`,
    )
    return readSettings(file)
  }
  const whole = read('{ url: "rediss://gateway@redis.example/3", password: { file: secret } }')
  if (!whole.ok) return t.fail(JSON.stringify(whole.problems))
  const at = { host: 'redis.example', port: 6379, database: 3, tls: true, user: 'gateway' }
  t.same(whole.value.queue, { at, secrets: { password: { file: join(folder, 'secret') } } })
  t.match(redisOf(whole.value, {}), {
    problems: [{ code: 'adapter.profile.reference-unresolved', path: 'queue.password' }],
  })
  writeFileSync(join(folder, 'secret'), 'word\n')
  t.same(redisOf(whole.value, {}), { ok: true, value: { ...at, password: 'word' } })
  t.same(redisOf({}, {}), { ok: true, value: undefined })
  for (const url of [
    'redis://127.0.0.1',
    'redis://localhost:6380/0',
    'redis://[::1]:6379',
    'rediss://10.0.0.1',
  ])
    t.ok(read(`{ url: "${url}" }`).ok, url)
  for (const [queue, path] of [
    ['{ url: "redis://10.0.0.1" }', 'queue.url'],
    ['{ url: "rediss://:secret-word@redis.example" }', 'queue.url'],
    ['{ url: "http://redis.example" }', 'queue.url'],
    ['{ url: "rediss://redis.example/a" }', 'queue.url'],
    ['{ url: "rediss://redis.example?x=1" }', 'queue.url'],
    ['{}', 'queue.url'],
    ['{ url: "rediss://redis.example", password: secret-word }', 'queue.password'],
    ['{ url: "rediss://redis.example", more: 1 }', 'queue.more'],
    ['redis', 'queue'],
  ] as const) {
    const result = read(queue)
    if (result.ok) return t.fail(queue)
    t.equal(result.problems[0].path, path, queue)
    t.notMatch(JSON.stringify(result.problems), /secret-word/)
  }
})
