// Folders at a gateway with its journal: what goes wrong there reaches a person, by `saraban messages` and by the metrics.
import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import t, { type Test } from 'tap'
import type { Source } from '../../src/adapters/contract.ts'
import { run } from '../../src/cli/program.ts'
import { newId } from '../../src/gateway/desk.ts'
import { otherFolders } from '../../src/gateway/doctor/marks.ts'
import { installationOf } from '../../src/gateway/journal/founding.ts'
import { newestSent } from '../../src/gateway/journal/letters.ts'
import { listPresent } from '../../src/gateway/journal/present.ts'
import { createMetrics } from '../../src/gateway/metrics.ts'
import { verbsFor } from '../../src/gateway/verbs.ts'
import { systemRandom } from '../../src/letter/time.ts'
import { problem } from '../../src/problem/problem.ts'
import { csv, environment, row } from '../adapters/chiang-mai.ts'
import { adapterOf, shipped, TestClock } from '../adapters/stage.ts'
import {
  chiangMai,
  makeTrust,
  moi,
  openGateway,
  rest,
  ScriptedAdapter,
  scratch,
  systemOf,
} from './harness.ts'
import { logTo } from './installation.ts'
import { besideIt } from './store-settings.ts'

const trust = await makeTrust([chiangMai, moi])

/** A gateway of its own data folder over the folders of `shared`, which another may fetch from too. */
async function open(t: Test, shared = scratch(t), data = scratch(t)) {
  for (const name of ['send', 'send-notices', 'receive', 'notices'])
    mkdirSync(join(shared, name), { recursive: true })
  const clock = new TestClock()
  const adapter = adapterOf(shipped('chiang-mai-csv'), clock, environment, shared)
  const {
    desk,
    clock: own,
    dispatch,
    queue,
    present,
    underWay,
    close,
  } = await openGateway(data, trust, [adapter, new ScriptedAdapter(moi)])
  const lines: string[] = []
  const metrics = createMetrics(desk.database, queue, present)
  const verbs = verbsFor({
    ...{ system: systemOf(adapter), adapter, desk, dispatch, log: logTo(lines), metrics, present, underWay },
    installation: await installationOf(desk.database, newId(), 0),
  })
  t.teardown(async () => {
    await adapter.stop()
    await close()
  })
  return {
    shared,
    clock,
    verbs,
    database: desk.database,
    underWay,
    /** The gateway's own clock goes on; that of its folders does not. */
    wait: (milliseconds: number) => own.advance(milliseconds),
    lines,
    metrics,
    adapter,
    stop: async () => {
      await adapter.stop()
      await close()
    },
    send: (...parts: string[]) => join(shared, 'send', ...parts),
    drop: (name: string, bytes: string | Buffer) => writeFileSync(join(shared, 'send', name), bytes),
    start: () => adapter.start({ ...verbs, clock }),
    /** Lets time pass, and the looks that are due finish. */
    async pass(milliseconds: number) {
      for (let left = milliseconds; left > 0; left -= 2000) {
        clock.pass(Math.min(2000, left))
        while (clock.waiting < 2) await rest(1)
      }
    },
    sent: () => newestSent(desk.database.committed, chiangMai, 10),
    /** What `saraban messages list` says. */
    async list(...words: string[]) {
      let out = ''
      const place = await besideIt(data)
      const code = await run(['messages', 'list', ...words, ...place.words], {
        write: (text) => {
          out += text
        },
        complain: (text) => void t.fail(text),
        environment: place.environment,
        clock,
        random: systemRandom,
        untilEnded: async () => undefined,
      })
      t.equal(code, 0)
      return out
    },
  }
}

t.test('a scan that grows after its letter was taken is a conflict in quarantine', async (t) => {
  const { start, drop, pass, send, sent, list, lines } = await open(t)
  await start()
  drop('a.pdf', 'the first half')
  drop('one.csv', csv(row('ชม 1/1', 'a.pdf')))
  await pass(10_000)
  t.equal((await sent()).length, 1, 'half of it was taken: nobody could know')
  t.match(await list('--quarantine'), /^nothing/, 'and nothing is wrong yet')
  const [id = ''] = readdirSync(send('done'))
  appendFileSync(send('done', id, 'beside', 'a.pdf'), ' and the other half')
  await pass(20_000)
  t.match(lines.join(''), /folder\.written-on/)
  t.match(await list('--quarantine'), /one\.csv.*\n.*letter\.conflict/)
  t.equal((await sent()).length, 1, 'the letter as it was sent stays the only one')
  t.same(readdirSync(send('.saraban', 'claimed')), [])
})

t.test('a document beyond its limit is in quarantine, with its name, size and place', async (t) => {
  const { start, drop, pass, send, list, metrics, database } = await open(t)
  await start()
  drop('big.csv', csv(Array.from({ length: 400_000 }, (_, index) => row(`ชม 1/${index}`)).join('\r\n')))
  drop('small.csv', csv(row('ชม 1/1')))
  await pass(10_000)
  const said = await list('--quarantine')
  t.match(
    said,
    /big\.csv.*\n.*big\.csv.* has \d{8} bytes.*16777216.*\.saraban\/refused\/2026-11-23-\d{6}-1\.[0-9a-f]{8} .*adapter\.folder\.too-large/,
  )
  t.match(await metrics.registry.metrics(), /saraban_quarantine 1\n/)
  const [place = ''] = readdirSync(send('.saraban', 'refused'))
  t.same(readdirSync(send('.saraban', 'refused', place, 'document')), ['big.csv'])
  t.match(await database.committed.all('SELECT name, bytes FROM sources ORDER BY name'), [
    { name: 'big.csv', bytes: null },
    { name: 'small.csv' },
  ])
})

t.test(
  'a document that nobody looked through stands in quarantine once, however often it is offered',
  async (t) => {
    const { verbs, list, database } = await open(t)
    const huge = (handover: string, size: number): Source => ({
      ...{ document: 'letter', name: 'huge.csv', bytes: Buffer.alloc(0), unread: { size } },
      ...{ beside: new Map(), sender: 'gone', handover, final: true },
      doubts: [problem('adapter.folder.too-large', '', 'huge.csv', { size, limit: 9, place: 'x' })],
    })
    for (let count = 0; count < 3; count += 1) await verbs.take(huge('a', 10_000_000_000))
    t.equal((await database.committed.all('SELECT id FROM quarantine')).length, 1)
    await verbs.take(huge('b', 10_000_000_000))
    const said = await list('--quarantine')
    t.equal(
      said.match(/huge\.csv.* has 10000000000 bytes/g)?.length,
      2,
      'another handing-over is another one',
    )
    t.match(await database.committed.all('SELECT size, bytes FROM sources'), [
      { size: 10_000_000_000, bytes: null },
      { size: 10_000_000_000, bytes: null },
    ])
  },
)

t.test('a look that does not return is told of, one that takes letter after letter is not', async (t) => {
  const { verbs, adapter, clock, underWay, wait, list, database } = await open(t)
  await adapter.start({ ...verbs, clock })
  const ended = verbs.lookBegins?.({ channel: 'send', path: '/mnt/50' })
  for (let count = 0; count < 3; count += 1) {
    await wait(20 * 60_000)
    await verbs.keep(Readable.from([Buffer.from('a scan')]), 100)
    underWay.look()
  }
  t.same(await listPresent(database.committed, 'trouble'), [])
  await wait(31 * 60_000)
  underWay.look()
  await rest()
  t.match(await listPresent(database.committed, 'trouble'), [
    { subject: 'chiang-mai-csv', what: 'send hangs', facts: { channel: 'send', path: '/mnt/50' } },
  ])
  t.match(await list('--stuck'), /chiang-mai-csv: a look into its folder of send \/mnt\/50 has not returned/)
  ended?.()
  await rest()
  t.same(await listPresent(database.committed, 'trouble'), [])
})

t.test('a second gateway with a data folder of its own registers no letter twice', async (t) => {
  const live = await open(t)
  await live.start()
  live.drop('990.csv', csv(row('ชม 1/990', 's990.pdf')))
  await live.pass(10_000)
  const second = await open(t, live.shared)
  await second.start()
  live.drop('s990.pdf', 'SCAN')
  await second.pass(20_000)
  t.same(await second.sent(), [])
  t.match(await listPresent(second.database.committed, 'trouble'), [
    { what: 'send', facts: { reason: /adapter\.folder\.foreign/ } },
    { what: 'sendNotices' },
  ])
  t.match(await second.list('--stuck'), /its folder of send .*another gateway.*\.saraban\/accept/)
  await live.pass(20_000)
  t.equal((await live.sent()).length, 1)
})

t.test(
  'a gateway that starts again where a share is not mounted takes nothing, brings nothing, and says so',
  async (t) => {
    const data = scratch(t)
    const first = await open(t, scratch(t), data)
    await first.start()
    await first.stop()
    // The same paths, and other folders in them.
    const bare = scratch(t)
    const again = await open(t, bare, data)
    await again.start()
    again.drop('990.csv', csv(row('ชม 1/990')))
    await again.pass(20_000)
    t.same(await again.sent(), [])
    t.match(await listPresent(again.database.committed, 'trouble'), [
      { what: 'send', facts: { reason: /adapter\.folder\.other/ } },
      { what: 'sendNotices' },
    ])
    t.match(await again.list('--stuck'), /its folder of send .*\.saraban\/accept/)
    const places = [{ kind: 'folder' as const, path: join(bare, 'send') }]
    const system = { ...systemOf(again.adapter), id: 'chiang-mai-csv' }
    const doctor = () => otherFolders(again.database.committed, [{ system, places }], bare)
    t.match(await doctor(), [{ code: 'adapter.folder.other', value: join(bare, 'send') }])
    mkdirSync(join(bare, 'send', '.saraban'))
    writeFileSync(join(bare, 'send', '.saraban', 'accept'), '')
    await again.pass(20_000)
    t.equal((await again.sent()).length, 1, 'a person accepts the folder')
    t.same(await doctor(), [])
  },
)

t.test('an installation is the same for as long as its journal is', async (t) => {
  const { database } = await open(t)
  const made = await installationOf(database, 'another', 0)
  t.not(made, 'another')
  t.equal(await installationOf(database, 'a third', 0), made)
})
