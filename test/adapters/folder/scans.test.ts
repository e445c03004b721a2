import { appendFileSync, closeSync, openSync, readdirSync, renameSync, writeSync } from 'node:fs'
import t from 'tap'
import { csv, row } from '../chiang-mai.ts'
import { numbers, stage } from './stage.ts'

t.test('a letter that waits for its scan never takes the scan of a later letter', async (t) => {
  const { gateway, drop, pass, start, open, done, path } = await stage(t)
  await start()
  drop('A.csv', csv(row('ชม 1/2', 'scan.pdf')))
  await pass(20_000)
  drop('scan.pdf', 'the scan of B')
  await pass(2000)
  drop('B.csv', csv(row('ชม 1/3', 'scan.pdf'), row('ชม 1/4')))
  await pass(30_000)
  const faults = gateway.items.filter((item) => item.kind === 'fault')
  t.match(faults, [
    {
      problems: [
        { code: 'adapter.file.contested', value: 'scan.pdf', details: { documents: /A\.csv.*B\.csv/ } },
      ],
    },
    { problems: [{ code: 'adapter.file.contested' }] },
  ])
  t.same(gateway.kept.size, 0)
  t.match(
    numbers(gateway.items.filter(({ kind }) => kind === 'letter')),
    ['ชม 1/4'],
    'its neighbour is not held up',
  )
  t.same([open(), done().length], [[], 2])
  t.match(readdirSync(path('send', '.saraban', 'refused')), [/-scan\.pdf$/])
  t.match(
    gateway.reports.find(({ event }) => event === 'folder.contested'),
    { facts: { claims: /.+, .+/ } },
  )
  drop('C.csv', csv(row('ชม 1/5', 'scan.pdf')))
  drop('scan.pdf', 'the scan of C')
  await pass(10_000)
  t.same(numbers(gateway.items.slice(-1)), ['ชม 1/5'], 'the name may be used again')
})

t.test(
  'a scan that is replaced before it settled, and a document that came twice: nobody takes it',
  async (t) => {
    const { gateway, drop, pass, start, path, restart } = await stage(t)
    await start()
    drop('i1.csv', csv(row('ชม 1/2', 'scan.pdf')))
    await pass(4000)
    drop('scan.pdf', 'of i1')
    await pass(4000)
    drop('new', 'of i2')
    renameSync(path('send', 'new'), path('send', 'scan.pdf'))
    drop('i2.csv', csv(row('ชม 1/3', 'scan.pdf')))
    await pass(20_000)
    t.same(numbers(gateway.items.slice(-2)), ['adapter.file.contested', 'adapter.file.contested'])
    t.same(gateway.kept.size, 0)
    drop('once.csv', csv(row('ชม 1/4', 'late.pdf')))
    await pass(10_000)
    drop('twice.csv', csv(row('ชม 1/4', 'late.pdf')))
    await pass(10_000)
    await restart()
    drop('late.pdf', 'x')
    await pass(14_000)
    t.same(numbers(gateway.items.slice(-2)), ['adapter.file.contested', 'adapter.file.contested'])
    t.same(gateway.kept.size, 0)
  },
)

t.test(
  'a scan that comes late is not taken while a document that may name it is being written',
  async (t) => {
    const { gateway, drop, pass, start, path } = await stage(t)
    await start()
    drop('A.csv', csv(row('ชม 1/2', 'scan.pdf')))
    await pass(10_000)
    drop('scan.pdf', 'abc')
    drop('long.csv', csv(row('ชม 1/3')))
    for (let count = 0; count < 10; count += 1) {
      await pass(4000)
      appendFileSync(path('send', 'long.csv'), ' ')
    }
    t.same(gateway.kept.size, 0)
    drop('long.csv', csv(row('ชม 1/3')))
    await pass(10_000)
    t.same(numbers(gateway.items).sort(), ['waiting', 'ชม 1/2', 'ชม 1/3'])
  },
)

t.test('a letter never takes the scan of the next one, which comes before it is claimed', async (t) => {
  const { gateway, drop, pass, start } = await stage(t)
  await start()
  drop('A.csv', csv(row('ชม 1/2', 'scan.pdf')))
  await pass(2000)
  drop('scan.pdf', 'the scan of B')
  await pass(4000)
  drop('B.csv', csv(row('ชม 1/3', 'scan.pdf')))
  await pass(20_000)
  t.same(numbers(gateway.items.filter(({ kind }) => kind === 'letter')), [])
  t.same(numbers(gateway.items.slice(-2)), ['adapter.file.contested', 'adapter.file.contested'])
})

t.test('nor one that is first seen together with it, after a restart, or one look before', async (t) => {
  for (const moment of ['together', 'restart', 'one look before'] as const) {
    const { gateway, drop, pass, start, restart } = await stage(t)
    await start()
    drop('A.csv', csv(row('ชม 1/2', 'scan.pdf')))
    if (moment === 'restart') {
      await pass(10_000)
      await restart(() => drop('scan.pdf', 'the scan of B'))
    } else {
      // Claimed already; of what comes up to `settle` after the scan the last is seen a look later.
      if (moment === 'one look before') await pass(10_000)
      drop('scan.pdf', 'the scan of B')
    }
    await pass(moment === 'one look before' ? 6000 : 4000)
    drop('B.csv', csv(row('ชม 1/3', 'scan.pdf')))
    await pass(20_000)
    t.same(numbers(gateway.items.filter(({ kind }) => kind === 'letter')), [], moment)
    t.same(numbers(gateway.items.slice(-2)), ['adapter.file.contested', 'adapter.file.contested'], moment)
  }
})

t.test('a scan that is written on after it was kept is kept again, whole', async (t) => {
  const { gateway, drop, pass, start, path } = await stage(t)
  await start()
  drop('one.csv', csv(row('ชม 1/2', 'a.pdf')))
  drop('a.pdf', 'half')
  const writer = openSync(path('send', 'a.pdf'), 'a')
  gateway.broken = () => {
    gateway.broken = undefined
    writeSync(writer, ' and whole')
    closeSync(writer)
  }
  await pass(20_000)
  const last = gateway.items.at(-1)
  const content = last?.kind === 'letter' ? last.attachments[0]?.content : undefined
  t.equal(content?.kind === 'kept' && gateway.kept.get(content.sha256)?.toString(), 'half and whole')
})

t.test('a scan that was kept some hours ago is kept anew before its letter is offered', async (t) => {
  const { gateway, drop, pass, start } = await stage(t)
  gateway.broken = () => {
    throw new Error('its office cannot seal')
  }
  await start()
  drop('a.pdf', 'a scan')
  drop('one.csv', csv(row('ชม 1/1', 'a.pdf')))
  await pass(10_000)
  t.same([gateway.kept.size, gateway.items], [1, []])
  // What nothing names leaves the gateway's keeping after a day.
  gateway.kept.clear()
  await pass(10_000)
  t.equal(gateway.kept.size, 0, 'not with each look')
  gateway.clock.skip(2 * 86_400_000)
  await pass(10_000)
  gateway.broken = undefined
  await pass(10_000)
  t.match(gateway.items, [{ kind: 'letter', attachments: [{ content: { kind: 'kept', size: 6 } }] }])
  t.equal(String([...gateway.kept.values()]), 'a scan')
})

t.test('what is waited for is told, and the wait does not begin anew with the gateway', async (t) => {
  const { gateway, drop, pass, start, restart } = await stage(t)
  await start()
  drop('A.csv', csv(row('ชม 1/2', 'never.pdf')))
  await pass(300_000)
  t.match(
    gateway.reports.filter(({ event }) => event === 'source.waiting'),
    [{ facts: { missing: 1, since: /^2026-11-23T10:15:0\d\.000\+07:00$/ } }],
  )
  t.notMatch(
    JSON.stringify(gateway.reports),
    /never\.pdf|A\.csv/,
    'T11: the names of a letter’s files stay out of the log',
  )
  await restart()
  await pass(320_000)
  t.same(numbers(gateway.items.slice(-1)), ['adapter.file.missing'])
  drop('B.csv', csv(row('ชม 1/3', 'back.pdf')))
  await pass(10_000)
  await restart(() => {
    drop('back.pdf', 'it came while the gateway was down')
    gateway.clock.skip(900_000)
  })
  await pass(10_000)
  t.same(
    numbers(gateway.items.slice(-1)),
    ['ชม 1/3'],
    'a file that came meanwhile is seen before the wait is over',
  )
})

t.test(
  'a slow disk at the first look after a restart takes no time from the files that are seen then',
  async (t) => {
    const { gateway, drop, pass, start, restart } = await stage(t)
    const { clock } = gateway
    await start()
    drop('A.csv', csv(row('ชม 1/2', 'back.pdf')))
    drop('B.csv', csv(row('ชม 1/3', 'never.pdf')))
    await pass(10_000)
    const before = gateway.items.length
    // Between finding one claim and seeing the files beside it a minute passes.
    const now = clock.now.bind(clock)
    let slow = 0
    gateway.broken = () => {
      clock.now = now
    }
    await restart(() => {
      drop('back.pdf', 'it came while the gateway was down')
      clock.skip(900_000)
      clock.now = () => {
        slow += 1
        clock.skip(20_000)
        return now()
      }
    })
    await pass(40_000)
    t.ok(slow > 1)
    t.same(
      numbers(gateway.items.slice(before)).filter((each) => each !== 'waiting'),
      ['ชม 1/2', 'adapter.file.missing'],
      'the one is whole, and only the other has no file',
    )
  },
)
