// A document that is claimed: by whom, whole or still being written, and after a restart.
import { execFileSync } from 'node:child_process'
import { closeSync, existsSync, openSync, readdirSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import t from 'tap'
import { claimOf, eachOf } from '../../../src/adapters/transports/folder/claim.ts'
import { own } from '../../../src/adapters/transports/folder/owner.ts'
import { folderConsent } from '../../../src/adapters/transports/folder/proof.ts'
import { csv, row } from '../chiang-mai.ts'
import { numbers, stage } from './stage.ts'

t.test('a file is settled when time has passed, whatever the clock is set to', async (t) => {
  const { gateway, drop, pass, start } = await stage(t)
  const hour = 3_600_000
  await start()
  drop('A.csv', csv(row('ชม 1/2', 'a.pdf')))
  await pass(4000)
  gateway.clock.step(-7 * hour)
  drop('a.pdf', 'abc')
  await pass(10_000)
  t.same(numbers(gateway.items.slice(-1)), ['ชม 1/2'], 'a clock that is set back stops nothing')
  const offered = gateway.offered.length
  drop('B.csv', csv(row('ชม 1/3')).subarray(0, 300))
  await pass(2000)
  gateway.clock.step(73 * hour)
  await pass(2000)
  t.equal(gateway.offered.length, offered, 'one that is set forward settles no half file')
  drop('B.csv', csv(row('ชม 1/3', 'b.pdf')))
  await pass(10_000)
  t.same(numbers(gateway.items.slice(-1)), ['waiting'])
  gateway.clock.step(73 * hour)
  await pass(60_000)
  t.same(numbers(gateway.items.slice(-1)), ['waiting'], 'and ends no wait')
  drop('b.pdf', 'abc')
  await pass(10_000)
  t.same(numbers(gateway.items.slice(-1)), ['ชม 1/3'])
})

t.test('a claim that somebody took away is told once; one that comes back is offered', async (t) => {
  const { gateway, drop, pass, start, path, claims } = await stage(t)
  await start()
  drop('A.csv', csv(row('ชม 1/2', 'a.pdf')))
  await pass(10_000)
  const [id = ''] = claims()
  renameSync(path('send', '.saraban', 'claimed', id), path('away'))
  await pass(10_000)
  t.match(gateway.reports.slice(1), [
    { event: 'folder.refused', facts: { claim: id, reason: 'its claim is gone' } },
  ])
  t.equal(gateway.reports.length, 2)
  renameSync(path('away'), path('send', '.saraban', 'claimed', id))
  drop('a.pdf', 'abc')
  await pass(20_000)
  t.same(numbers(gateway.items.slice(-1)), ['ชม 1/2'])
  t.same(claims(), [])
})

t.test(
  'a folder that another installation fetches from is left alone until a person says otherwise',
  async (t) => {
    const live = await stage(t)
    live.gateway.installation = 'installation-1'
    await live.start()
    live.drop('A.csv', csv(row('ชม 1/2', 'a.pdf')))
    await live.pass(10_000)
    const second = await stage(t, live.root)
    second.gateway.installation = 'installation-2'
    await second.start()
    live.drop('a.pdf', 'abc')
    live.drop('B.csv', csv(row('ชม 1/3')))
    await second.pass(20_000)
    t.same(second.gateway.offered, [])
    t.match(second.gateway.reports, [
      {
        event: 'folder.unavailable',
        facts: { channel: 'send', reason: /installation-1.*\.saraban\/accept/ },
      },
      { event: 'folder.unavailable', facts: { channel: 'sendNotices' } },
    ])
    t.equal(second.gateway.reports.length, 2, 'once')
    await live.pass(20_000)
    t.same(numbers(live.gateway.items.slice(-2)).sort(), ['ชม 1/2', 'ชม 1/3'])
    live.drop('C.csv', csv(row('ชม 1/4', 'c.pdf')))
    await live.pass(10_000)
    writeFileSync(live.path('send', '.saraban', 'accept'), '')
    await second.pass(4000)
    t.match(second.gateway.reports.slice(2), [
      { event: 'source.waiting' },
      { event: 'folder.available', facts: { channel: 'send' } },
    ])
    t.notOk(existsSync(live.path('send', '.saraban', 'accept')), 'it counts once')
    await live.pass(4000)
    t.match(live.gateway.reports.at(-1), { event: 'folder.unavailable', facts: { reason: /installation-2/ } })
    live.drop('c.pdf', 'abc')
    await second.pass(20_000)
    t.same(numbers(second.gateway.items.slice(-1)), ['ชม 1/4'], 'the claim goes with the folder')
    second.gateway.reports.length = 0
    await second.restart()
    t.match(second.gateway.reports, [{ event: 'folder.unavailable', facts: { channel: 'sendNotices' } }])
    t.equal(second.gateway.reports.length, 1, 'and after a restart')
  },
)

t.test('of two that come to a folder together one has it, however often they ask', async (t) => {
  for (let count = 0; count < 20; count += 1) {
    const path = t.testdir()
    const asked = ['one', 'other', 'one', 'other']
    const ended = await Promise.allSettled(asked.map((each) => own(path, each, folderConsent(path))))
    const owner = readdirSync(join(path, '.saraban', 'owner'))
    t.equal(owner.length, 1)
    t.same(
      ended.map(({ status }) => status === 'fulfilled'),
      asked.map((each) => each === owner[0]),
    )
    t.same(readdirSync(join(path, '.saraban')), ['owner'], 'nothing is left behind')
  }
})

t.test('a writer who goes on after his document was claimed, committed or done loses no row', async (t) => {
  for (const moment of ['claimed', 'committed', 'done'] as const) {
    const { gateway, drop, pass, start, path, done, claims } = await stage(t)
    await start()
    drop('slow.csv', csv(row('ชม 1/2')))
    const writer = openSync(path('send', 'slow.csv'), 'a')
    const goOn = () => writeSync(writer, iconv.encode(`${row('ชม 1/3')}\r\n`, 'windows-874'))
    if (moment === 'claimed') {
      gateway.broken = () => {
        throw new Error('not now')
      }
      await pass(10_000)
      goOn()
      gateway.broken = undefined
    } else if (moment === 'committed') {
      gateway.broken = () => {
        gateway.broken = undefined
        goOn()
      }
      await pass(8000)
    } else {
      await pass(10_000)
      t.equal(done().length, 1)
      goOn()
    }
    closeSync(writer)
    await pass(2000)
    t.same([done().length, claims().length], [0, 1], `${moment}: not done`)
    await pass(10_000)
    t.same(numbers(gateway.items.slice(-2)), ['ชม 1/2', 'ชม 1/3'], moment)
    t.same([done().length, claims().length], [1, 0], moment)
    t.ok(
      gateway.reports.some(({ event }) => event === 'folder.written-on'),
      moment,
    )
  }
})

t.test('a last row without an end waits one more settle, and is taken then', async (t) => {
  const { gateway, drop, pass, start } = await stage(t)
  await start()
  const text = csv(row('ชม 1/2'), row('ชม 1/3'))
  drop('open.csv', text.subarray(0, -2))
  await pass(10_000)
  t.same(gateway.offered, [])
  await pass(4000)
  t.same(numbers(gateway.items), ['ชม 1/2', 'ชม 1/3'])
})

t.test('a crowd of other files hides no document and no file that one waits for', async (t) => {
  const { gateway, drop, pass, start, path } = await stage(t)
  execFileSync('sh', ['-c', 'seq -f "a-%.0f.tmp" 1 5010 | xargs touch'], { cwd: path('send') })
  await start()
  drop('z.csv', csv(row('ชม 1/2', 'z.pdf')))
  drop('z.pdf', 'abc')
  await pass(20_000)
  t.match(gateway.items.at(-1), { kind: 'letter', attachments: [{ name: 'z.pdf' }] })
  t.notOk(gateway.reports.some(({ event }) => event === 'folder.names-cut'))
  execFileSync('sh', ['-c', 'seq -f "b-%.0f.csv" 1 5010 | xargs touch'], { cwd: path('send') })
  await pass(2000)
  t.match(
    gateway.reports.filter(({ event }) => event === 'folder.names-cut'),
    [{ facts: { count: 10 } }],
  )
})

t.test('a claim that fails is told when nothing is at work on those beside it any more', async (t) => {
  const claims = ['a', 'b'].map((id) => claimOf(id, `/${id}`, `${id}.csv`, 0, 0))
  const ended: string[] = []
  await t.rejects(
    eachOf(
      claims,
      { document: 'letter' },
      () => false,
      async ({ id }) => {
        if (id === 'a') throw new Error('the disk is gone')
        await new Promise((resolve) => setImmediate(resolve))
        ended.push(id)
      },
    ),
    { message: 'the disk is gone' },
  )
  t.same(ended, ['b'])
})
