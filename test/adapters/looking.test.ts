// Whatever a look throws, the next one comes; and no transport that fetches by itself has a way of its own to go on.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { AdapterVerbs } from '../../src/adapters/contract.ts'
import { readProfile } from '../../src/adapters/profile.ts'
import { looking } from '../../src/adapters/transports/looking.ts'
import { pollOf } from '../../src/adapters/transports/soap/poll.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { environment } from './chiang-mai.ts'
import { adapterOf, TestGateway } from './stage.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))
const profile = mustBe(
  readProfile(readFileSync('profiles/chiang-mai-csv.yaml', 'utf8'), 'chiang-mai-csv.yaml'),
)

const verbsOf = (gateway: TestGateway): AdapterVerbs =>
  gateway.verbs(adapterOf(profile, gateway.clock, environment))

t.test('a look that throws is told once for each trouble, and the next one comes', async (t) => {
  const gateway = new TestGateway()
  const errors = [new RangeError('a'), new RangeError('b'), new TypeError('c'), undefined, new TypeError('d')]
  let count = 0
  const looked = looking({
    every: 1_000,
    failed: { event: 'test.failed', facts: { channel: 'send' } },
    look: async () => {
      const error = errors[count++]
      if (error !== undefined) throw error
      return 5_000
    },
  })
  await looked.start(verbsOf(gateway))
  t.equal(count, 1, 'start does not reject')
  for (const [wait, expected] of [
    [1_000, 2],
    [1_000, 3],
    [1_000, 4],
    [1_000, 4],
    [4_000, 5],
    [1_000, 6],
  ] as const) {
    gateway.clock.pass(wait)
    await turn()
    t.equal(count, expected)
  }
  t.same(
    gateway.reports.map(({ event, facts }) => [event, facts['channel'], facts['reason']]),
    [
      ['test.failed', 'send', 'RangeError'],
      ['test.failed', 'send', 'TypeError'],
      ['test.failed', 'send', 'TypeError'],
    ],
  )
  await looked.stop()
  gateway.clock.pass(60_000)
  await turn()
  t.equal(count, 6, 'stopped')
})

t.test('whom it tells may fail, too; what throws at once throws no more than what rejects', async (t) => {
  const gateway = new TestGateway()
  let count = 0
  const looked = looking({
    every: 1_000,
    failed: { event: 'test.failed' },
    look: () => {
      count += 1
      throw new Error('at once')
    },
  })
  const report = () => {
    throw new Error('the log is gone')
  }
  await looked.start({ ...verbsOf(gateway), report })
  gateway.clock.pass(1_000)
  await turn()
  t.equal(count, 2)
  await looked.stop()
})

t.test('the SOAP poll goes on after an error within a look', async (t) => {
  const gateway = new TestGateway()
  let calls = 0
  const poll = pollOf({
    peer: {
      call: async () => {
        calls += 1
        if (calls === 1) throw new TypeError('a defect')
        return { kind: 'lost', sent: false, reason: 'ECONNREFUSED' }
      },
      pour: async () => ({ kind: 'lost', sent: false, reason: 'ECONNREFUSED' }),
      close: async () => undefined,
    },
    codes: { known: [], later: [], nothing: [] },
    every: 1_000,
    limit: 1_000,
  })
  await poll.start(verbsOf(gateway))
  gateway.clock.pass(1_000)
  await turn()
  t.equal(calls, 2)
  t.same(
    gateway.reports.map(({ event }) => event),
    ['soap.failed', 'soap.unavailable'],
  )
  await poll.stop()
})

t.test('every transport that fetches by itself looks by the one way', (t) => {
  const folder = 'src/adapters/transports'
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const fetching = files.filter((name) => /(fetch|poll)\.ts$/.test(name))
  t.ok(fetching.length >= 6, fetching.join(' '))
  for (const name of fetching)
    t.match(readFileSync(join(folder, name), 'utf8'), /looking\(\{/, `${name} goes on by itself`)
  t.end()
})
