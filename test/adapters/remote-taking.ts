// Remote folders, the same for SFTP and FTP: what lies there is offered whole and once, and done when it was committed.
import { createHash } from 'node:crypto'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readProfile } from '../../src/adapters/profile.ts'
import {
  csv,
  keptOf,
  letterParcel,
  noticeParcel,
  noticeRow,
  numbers,
  profileText,
  row,
  type Served,
  scan,
  suiteOf,
} from './remote-stage.ts'

export function remoteTaking(served: Served): void {
  const { test, stage } = suiteOf(served)
  const { make } = served

  test('a letter with its scan is offered when both have settled, and done only after the commit', async (t) => {
    const { gateway, drop, pass, open, done, start, names, data } = await stage(t)
    await start()
    drop('letters.csv', csv(row('ชม 1/2', 'a.pdf')))
    drop('a.pdf', scan)
    await pass(4000)
    t.same([gateway.offered, open()], [[], ['a.pdf', 'letters.csv']], 'not before they have settled')
    await pass(6000)
    t.match(gateway.items, [
      {
        kind: 'letter',
        position: 'line 2',
        attachments: [{ name: 'a.pdf', content: { size: scan.length } }],
      },
    ])
    t.ok(keptOf(gateway, gateway.items[0])?.equals(scan))
    t.same(open(), [], 'both are out of the folder')
    const [one = ''] = done()
    t.match(one, /^2026-11-23-\d{6}-[0-9a-f]{12}\.[0-9a-f]{8}$/)
    t.equal(gateway.offered[0]?.handover, one)
    t.same(names('out', 'done', one, 'document'), ['letters.csv'])
    t.same(names('out', 'done', one, 'beside'), ['a.pdf'])
    t.same(readdirSync(join(data, 'spool', 'remote', 'send')), [], 'nothing is left in the spool')
  })

  test('a scan that was kept some hours ago is kept anew before its letter is offered', async (t) => {
    const { gateway, drop, pass, start } = await stage(t)
    gateway.broken = () => {
      throw new Error('its office cannot seal')
    }
    await start()
    drop('letters.csv', csv(row('ชม 1/2', 'a.pdf')))
    drop('a.pdf', scan)
    await pass(10_000)
    t.equal(gateway.kept.size, 1)
    gateway.kept.clear()
    gateway.clock.skip(2 * 86_400_000)
    gateway.broken = undefined
    await pass(10_000)
    t.ok(keptOf(gateway, gateway.items[0])?.equals(scan))
  })

  test('one connection serves all four channels', async (t) => {
    const { drop, pass, start, deliver, day, on, gateway } = await stage(t)
    await start()
    drop('a.csv', csv(row('ชม 1/2')))
    writeFileSync(on('answers', 'n.csv'), noticeRow('A'))
    t.match(await deliver(letterParcel()), { kind: 'taken' })
    t.match(await deliver(noticeParcel('p-78')), { kind: 'taken' })
    await pass(10_000)
    t.match(gateway.items.map((item) => item.kind).sort(), ['letter', 'notice'])
    t.equal(day.connections, 1)
  })

  test('a folder in which nothing happens costs one listing a look, and everything once a minute', async (t) => {
    const { start, pass, day, drop, gateway } = await stage(t)
    await start()
    await pass(10_000)
    day.said.length = 0
    await pass(10_000)
    const [asked = ''] = day.said.filter((each) => each.endsWith('out'))
    t.match(asked, /list/i)
    t.equal(day.said.filter((each) => each === asked).length, 5)
    t.same(
      day.said.filter((each) => each.includes('.saraban')),
      [],
    )
    await pass(60_000)
    t.ok(
      day.said.some((each) => each.includes('.saraban')),
      'whose the folder is was looked at',
    )
    drop('1.csv', csv(row('ชม 1/2')))
    await pass(10_000)
    t.equal(gateway.items.length, 1, 'a document is taken as ever')
  })

  test('a missing scan is waited for, then the letter is a fault; its neighbour is not held up', async (t) => {
    const { gateway, drop, pass, start, done, reported } = await stage(t, { more: ', wait: 60s' })
    await start()
    drop('two.csv', csv(row('ชม 1/2', 'never.pdf'), row('ชม 1/3')))
    await pass(12_000)
    t.same(numbers(gateway.items), ['waiting', 'ชม 1/3'])
    t.match(reported('source.waiting'), [{ missing: 1 }])
    await pass(60_000)
    t.same(numbers(gateway.items.slice(2)), ['adapter.file.missing', 'ชม 1/3'])
    t.equal(done().length, 1)
  })

  test('a scan that two open documents name goes to neither, and is put aside', async (t) => {
    const { gateway, drop, pass, start, names } = await stage(t)
    await start()
    drop('A.csv', csv(row('ชม 1/2', 'scan.pdf')))
    drop('B.csv', csv(row('ชม 1/3', 'scan.pdf')))
    await pass(10_000)
    drop('scan.pdf', 'whose?')
    await pass(10_000)
    t.same(numbers(gateway.items.slice(-2)), ['adapter.file.contested', 'adapter.file.contested'])
    t.equal(gateway.kept.size, 0)
    t.match(names('out', '.saraban', 'refused'), [/-scan\.pdf$/])
  })

  test('a document beyond the limit is put aside, and quarantine is told of it', async (t) => {
    const { gateway, drop, pass, start, names, reported } = await stage(t, { more: ', limit: 1KiB' })
    await start()
    const big = Buffer.alloc(1025, 0x61)
    drop('big.csv', big)
    drop('ok.csv', csv(row('ชม 1/2')))
    await pass(10_000)
    t.same(
      numbers(gateway.items).sort((one, other) => String(one).localeCompare(String(other))),
      ['adapter.folder.too-large', 'ชม 1/2'],
    )
    const unread = { size: big.length, sha256: createHash('sha256').update(big).digest('hex') }
    const [offered] = gateway.offered.filter((source) => source.unread !== undefined)
    t.match(offered, { name: 'big.csv', unread, final: true })
    t.equal(offered?.bytes.length, 0, 'its bytes stay where they are')
    t.match(reported('folder.refused'), [{ reason: 'more than 1024 bytes' }])
    t.equal(names('out', '.saraban', 'refused').length, 1)
  })

  test('a document beyond attachmentLimit is not even looked through; quarantine has its name and size', async (t) => {
    const bounds = ', limit: 1KiB, attachmentLimit: 2KiB'
    const { gateway, drop, pass, start, names } = await stage(t, { more: bounds })
    await start()
    drop('huge.csv', Buffer.alloc(2049, 0x61))
    drop('ok.csv', csv(row('ชม 1/2')))
    await pass(20_000)
    t.same(
      numbers(gateway.items).sort((one, other) => String(one).localeCompare(String(other))),
      ['adapter.folder.too-large', 'ชม 1/2'],
    )
    const told = gateway.offered.filter((source) => source.unread !== undefined)
    t.same(
      told.map(({ name, unread, bytes }) => [name, unread, bytes.length]),
      [['huge.csv', { size: 2049 }, 0]],
    )
    t.match(told[0]?.doubts, [{ value: 'huge.csv', details: { size: 2049, limit: 1024 } }])
    t.equal(names('out', '.saraban', 'refused').length, 1)
  })

  test('a scan beyond attachmentLimit: its letter says so at once, and its neighbour goes', async (t) => {
    const { gateway, drop, pass, start, names } = await stage(t, { more: ', attachmentLimit: 1KiB' })
    await start()
    drop('a.pdf', Buffer.alloc(1025, 0x61))
    drop('letters.csv', csv(row('ชม 1/2', 'a.pdf'), row('ชม 1/3')))
    await pass(20_000)
    t.same(numbers(gateway.items.slice(-2)), ['adapter.file.too-large', 'ชม 1/3'])
    t.match(gateway.items.at(-2), { problems: [{ value: 'a.pdf', details: { size: 1025, limit: 1024 } }] })
    t.match(names('out', '.saraban', 'refused'), [/-a\.pdf$/])
  })

  test('done: delete leaves nothing behind', async (t) => {
    const { gateway, drop, pass, start, names, open } = await stage(t, { more: ', done: delete' })
    await start()
    drop('a.csv', csv(row('ชม 1/2', 'a.pdf')))
    drop('a.pdf', 'abc')
    await pass(10_000)
    t.same(numbers(gateway.items), ['ชม 1/2'])
    t.same([open(), names('out', '.saraban', 'claimed'), names('out', 'done')], [[], [], []])
  })

  test('a profile that cannot be right is refused, with every reason', async (t) => {
    const server = await make()
    t.teardown(() => server.stop())
    const faults = (change: (text: string) => string) => {
      const read = readProfile(change(profileText(server.options)), 'x.yaml')
      return read.ok ? [] : read.problems.map(({ code, path }) => `${path} ${code}`)
    }
    t.same(
      faults((text) => text),
      [],
    )
    t.same(
      faults((text) => text.replace('receive: in', 'receive: ./out/')),
      ['send.transport.folders.receive adapter.option.place-shared'],
    )
    t.same(
      faults((text) => text.replace('sendNotices: /answers, ', '')),
      ['send.transport.folders adapter.remote.folder-missing'],
    )
    t.same(
      faults((text) => text.replace('send: out', 'send: ../out')),
      ['send.transport.folders.send adapter.profile.value-wrong'],
    )
    t.same(
      faults((text) => text.replace('{ env: PASSWORD }', 'letmein')),
      ['send.transport.password adapter.profile.secret-plain'],
    )
  })
}
