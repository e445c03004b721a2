// What nothing names any more leaves the bucket, and never what is kept again at that moment: every order of the requests of
// who removes and who keeps, at a real store.
import { existsSync, readdirSync, utimesSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import type { Discarded } from '../../src/gateway/attachments/discard.ts'
import { discardIn, openAttachments } from '../../src/gateway/attachments/place.ts'
import type { S3At } from '../../src/gateway/attachments/s3.ts'
import { s3Server } from '../../src/sandbox/servers/s3.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { HandClock, scratch } from './harness.ts'

const hour = 3_600_000
const day = 24 * hour
const bytes = Buffer.from('a scan')

// Of our own: its clock is turned back here, which nobody can do with another's.
const server = await s3Server({})
const { own } = server
if (own === undefined) throw new Error('not our own')
t.teardown(() => server.stop())

let made = 0

async function open(t: Parameters<typeof scratch>[0]) {
  const { endpoint, bucket, accessKey, secretKey } = server
  const prefix = `discard-${++made}/`
  const at: S3At = {
    ...{ endpoint, bucket, accessKey, secretKey, prefix },
    region: 'us-east-1',
    pathStyle: true,
  }
  const incoming = join(scratch(t), 'incoming')
  const store = await openAttachments({ kind: 'bucket', at, incoming }, new HandClock())
  // By another name, so that its requests can be told from those of the gateway.
  const other = { ...at, endpoint: endpoint.replace('127.0.0.1', 'localhost') }
  const marks = { known: async () => undefined, become: async (_place: string, mark: string) => mark }
  const beside = mustBe(await discardIn({ kind: 'bucket', at: other, incoming }, marks))
  t.after(() => {
    store.close()
    beside.close()
  })
  const { sha256 } = await store.keep(bytes, 100)
  const file = own!.fileOf(prefix + sha256)
  const folder = dirname(file)
  const age = (path: string, by: number): void => {
    const then = new Date(Date.now() - by)
    utimesSync(path, then, then)
  }
  return {
    ...{ store, beside, sha256, file },
    old: () => age(file, 3 * day),
    discard: (ahead = 0): Promise<Discarded> => beside.discard(sha256, Date.now() + ahead),
    isThere: () => existsSync(file),
    marks: () =>
      readdirSync(folder)
        .filter((name) => name.startsWith(encodeURIComponent(`${prefix}leaving/`)))
        .map((name) => join(folder, name)),
    age,
  }
}

t.test('what is old is removed, what was kept since is not', async (t) => {
  const { store, sha256, old, discard, isThere, marks } = await open(t)
  t.equal(await discard(), 'fresh')
  old()
  await store.keep(bytes, 100)
  t.equal(await discard(), 'fresh', 'kept again: a letter that names it may be under way')
  old()
  t.equal(await discard(), 'removed')
  t.notOk(isThere())
  t.equal(await discard(), 'absent')
  t.same(marks(), [])
  await store.keep(bytes, 100)
  t.equal(await store.sizeOf(sha256), bytes.length, 'and kept anew afterwards')
  t.equal(await discard(9 * day), 'fresh', 'by a clock that is ahead of that of the store')
  old()
  t.equal(await discard(-3 * day), 'fresh', 'by one that is behind')
  t.equal(await discard(9 * day), 'removed')
  t.same(marks(), [])
})

type Side = 'keep' | 'discard'

/** Lets one request through at a time: of which side is said in advance, as long as both are at work. */
function gateOf(keepIsNext: readonly boolean[]) {
  const waiting = new Map<Side, () => void>()
  const atWork = new Set<Side>(['keep', 'discard'])
  let turn = 0
  const pass = (): void => {
    if (waiting.size < atWork.size) return
    const next: Side = keepIsNext[turn++] === true ? 'keep' : 'discard'
    const side = waiting.has(next) ? next : [...waiting.keys()][0]
    const go = side && waiting.get(side)
    if (side !== undefined) waiting.delete(side)
    go?.()
  }
  return {
    wait: (side: Side) =>
      new Promise<void>((resolve) => {
        waiting.set(side, resolve)
        pass()
      }),
    async run<Value>(side: Side, act: () => Promise<Value>): Promise<Value> {
      const value = await act()
      atWork.delete(side)
      if (waiting.size > 0) pass()
      return value
    },
  }
}

/** Every way to put the three requests of who keeps among the seven of who removes. */
function* orders(): Generator<readonly boolean[]> {
  for (let first = 0; first < 10; first += 1)
    for (let second = first + 1; second < 10; second += 1)
      for (let third = second + 1; third < 10; third += 1)
        yield Array.from({ length: 10 }, (_, at) => at === first || at === second || at === third)
}

t.test(
  'what counts as kept is there, in whatever order the requests come',
  { timeout: 600_000 },
  async (t) => {
    const ended = { removed: 0, fresh: 0, absent: 0 }
    for (const keepIsNext of orders()) {
      const { store, old, discard, isThere, marks } = await open(t)
      old()
      const gate = gateOf(keepIsNext)
      own.hold(({ headers }) =>
        gate.wait(headers.host?.startsWith('localhost') === true ? 'discard' : 'keep'),
      )
      const [, discarded] = await Promise.all([
        gate.run('keep', () => store.keep(bytes, 100)),
        gate.run('discard', () => discard()),
      ])
      own.hold(async () => undefined)
      ended[discarded] += 1
      const order = keepIsNext.map((keep) => (keep ? 'K' : 'd')).join('')
      if (!isThere()) t.fail(`it was kept, and is gone: ${order}`)
      if (marks().length > 0) t.fail(`a mark is left: ${order}`)
    }
    t.comment(JSON.stringify(ended))
    t.ok(ended.removed > 5 && ended.fresh > 20, 'either was first, now and then')
  },
)

t.test('what may still come to be removed does not count as kept, until it cannot', async (t) => {
  const { store, old, discard, isThere, marks, age } = await open(t)
  old()
  own.hold(async ({ method, url }) => {
    if (method === 'DELETE' && url?.includes('leaving') !== true) throw new Error('the line is cut')
  })
  await t.rejects(discard(), { name: 'AttachmentsUnavailable' })
  own.hold(async () => undefined)
  t.ok(isThere())
  t.ok(marks().length > 0)
  await t.rejects(store.keep(bytes, 100), {
    name: 'AttachmentsUnavailable',
    message: /removed at this moment/,
  })
  for (const mark of marks()) age(mark, 2 * hour)
  await store.keep(bytes, 100)
  t.same(marks(), [])
})

t.test('where nothing may be removed, nothing is marked', async (t) => {
  const { store, old, discard, marks } = await open(t)
  old()
  own.hold(async ({ method }) => {
    if (method === 'DELETE') throw new Error('no')
  })
  await t.rejects(discard(), { name: 'AttachmentsUnavailable' })
  own.hold(async () => undefined)
  t.same(marks(), [])
  await store.keep(bytes, 100)
})
