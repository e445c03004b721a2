// The queue, one suite over both engines: order, time, one delivery once, concurrency, the end.
import t, { type Test } from 'tap'
import { priorityOf } from '../../src/gateway/queue/bullmq.ts'
import { type Queue, rankOf } from '../../src/gateway/queue/queue.ts'
import { redisServer } from '../../src/sandbox/servers/redis.ts'
import { HandClock, rest, start, until } from './harness.ts'
import { type Engine, openQueue } from './queue-engine.ts'

const minute = 60_000

/** Handlers that end when the test says so. */
class Work {
  readonly begun: string[] = []
  readonly #ends: (() => void)[] = []
  most = 0
  #free = false

  handle = async (id: string): Promise<void> => {
    this.begun.push(id)
    this.most = Math.max(this.most, this.#ends.length + 1)
    if (!this.#free) await new Promise<void>((resolve) => this.#ends.push(resolve))
  }

  end(): void {
    this.#ends.shift()?.()
  }

  endAll(): void {
    this.#free = true
    for (const end of this.#ends.splice(0)) end()
  }
}

const missing = await (async () => {
  const server = await redisServer(process.env)
  if ('missing' in server) return server.missing
  await server.stop()
  return undefined
})()

for (const engine of ['embedded', 'redis'] as const) {
  t.test(`the queue: ${engine}`, async (t) => {
    if (engine === 'redis' && missing !== undefined) {
      if (process.env['CI'] === 'true') t.fail(missing)
      else t.pass(missing, { skip: missing })
      return
    }
    await suite(t, engine)
  })
}

async function suite(t: Test, engine: Engine): Promise<void> {
  const open = async (t: Test) => {
    const clock = new HandClock()
    const queue: Queue = await openQueue(clock, engine)
    const work = new Work()
    t.after(async () => {
      work.endAll()
      await queue.close()
    })
    return { clock, queue, work, now: clock.now() }
  }

  await t.test('urgent ones first, and none waits for ever', async (t) => {
    const { queue, work, now } = await open(t)
    queue.work(work.handle, 1)
    queue.put('at work', now, 1)
    await until(() => work.begun.length === 1, 'one is at work')
    queue.put('ordinary', now - 2 * minute, 1)
    queue.put('most urgent', now, 4)
    queue.put('waits for 61 minutes', now - 61 * minute, 1)
    queue.put('urgent', now, 2)
    await until(async () => (await queue.size()) === 5, 'all are there')
    work.endAll()
    await until(() => work.begun.length === 5, 'all were handled')
    t.same(work.begun, ['at work', 'waits for 61 minutes', 'most urgent', 'urgent', 'ordinary'])
  })

  await t.test('each at its time, and moved to an earlier one', async (t) => {
    const { clock, queue, work, now } = await open(t)
    work.endAll()
    queue.work(work.handle, 4)
    queue.put('a', now + 5_000, 1)
    queue.put('b', now + 60_000, 1)
    queue.put('b', now + 10_000, 1)
    queue.put('b', now + 90_000, 1)
    await clock.advance(4_999)
    t.same(work.begun, [])
    t.equal(await queue.size(), 2)
    await clock.advance(1)
    await until(() => work.begun.length > 0, 'the first')
    t.same(work.begun, ['a'])
    await clock.advance(5_000)
    await until(() => work.begun.length > 1, 'the second')
    await clock.advance(10 * minute)
    t.same(work.begun, ['a', 'b'], 'once')
    t.equal(await queue.size(), 0)
  })

  await t.test('what waits is there once, and what is put while at work comes again', async (t) => {
    const { queue, work, now } = await open(t)
    queue.work(work.handle, 1)
    queue.put('a', now, 1)
    await until(() => work.begun.length === 1, 'one is at work')
    for (let time = 0; time < 3; time += 1) queue.put('b', now, 1)
    queue.put('a', now, 1)
    await until(async () => (await queue.size()) === 2, 'the other waits')
    queue.put('b', now - 1, 1)
    work.endAll()
    await until(async () => (await queue.size()) === 0, 'none is left')
    await rest()
    t.same([...work.begun].sort(), ['a', 'a', 'b'])
  })

  await t.test('what is put back comes again', async (t) => {
    const { queue, work, now } = await open(t)
    queue.work(work.handle, 1)
    queue.put('a', now, 1)
    await until(() => work.begun.length === 1, 'it is at work')
    queue.putBack('a', now, 1)
    work.endAll()
    await until(async () => (await queue.size()) === 0, 'it is at an end')
    t.same(work.begun, ['a', 'a'])
  })

  await t.test('so many at a time', async (t) => {
    const { queue, work, now } = await open(t)
    queue.work(work.handle, 2)
    for (const id of ['a', 'b', 'c', 'd', 'e']) queue.put(id, now, 1)
    await until(() => work.begun.length === 2, 'two are at work')
    await until(async () => (await queue.size()) === 5, 'all are there')
    t.equal(queue.atWork(), 2)
    for (let ended = 3; ended <= 5; ended += 1) {
      work.end()
      await until(() => work.begun.length === ended, `${ended} were begun`)
      t.equal(queue.atWork(), 2)
    }
    t.equal(work.most, 2)
  })

  await t.test('the end waits for what is at work, and takes nothing more', async (t) => {
    const { clock, queue, work, now } = await open(t)
    queue.put('before there is a worker', now, 1)
    queue.work(work.handle, 2)
    queue.put('a', now, 1)
    queue.put('later', now + minute, 1)
    await until(() => work.begun.includes('a'), 'it is at work')
    let over = false
    const closed = queue.close().then(() => {
      over = true
    })
    queue.put('b', now, 1)
    await new Promise((resolve) => setImmediate(resolve))
    t.notOk(over)
    work.endAll()
    await closed
    await queue.close()
    queue.put('c', now, 1)
    await clock.advance(2 * minute)
    for (const id of ['b', 'c', 'later']) t.notOk(work.begun.includes(id), id)
  })
}

t.test('a rank as a priority of BullMQ', async (t) => {
  const ranked = [
    { id: 'waits long', dueAt: start - 61 * minute, priority: 1 },
    { id: 'most urgent', dueAt: start, priority: 4 },
    { id: 'very urgent', dueAt: start, priority: 3 },
    { id: 'urgent', dueAt: start, priority: 2 },
    { id: 'ordinary', dueAt: start, priority: 1 },
    { id: 'most urgent, an hour and a minute later', dueAt: start + 61 * minute, priority: 4 },
  ]
  t.same(
    [...ranked].sort((one, other) => priorityOf(one) - priorityOf(other)),
    [...ranked].sort((one, other) => rankOf(one) - rankOf(other)),
  )
  for (const dueAt of [0, start, -1, 2 ** 21 * minute - 1, 2 ** 21 * minute]) {
    const priority = priorityOf({ id: '', dueAt, priority: 1 })
    t.ok(Number.isInteger(priority) && priority >= 1 && priority <= 2 ** 21, `${dueAt}: ${priority}`)
  }
})
