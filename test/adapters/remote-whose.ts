import { existsSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { csv, letterParcel, numbers, row, type Served, suiteOf } from './remote-stage.ts'
import { sharedMarks } from './stage.ts'

export function remoteWhose(served: Served): void {
  const { test, stage } = suiteOf(served)

  test('T5: links, `..`, paths and control characters in a listing are never followed nor claimed', async (t) => {
    const { gateway, drop, pass, start, on, day, reported, open } = await stage(t)
    writeFileSync(on('secret.csv'), csv(row('ชม 9/9')))
    symlinkSync(on('secret.csv'), on('out', 'link.csv'))
    mkdirSync(on('out', 'folder.csv'))
    const evil = [
      '../secret.csv',
      '..',
      '/secret.csv',
      'a\u0001b.csv',
      'x\u202evsc.csv',
      `${'n'.repeat(300)}.csv`,
    ]
    day.listing = (rows, path) =>
      path === '/out'
        ? [...rows, ...evil.map((name) => ({ name, size: 50, mtime: 0, kind: 'file' as const }))]
        : rows
    await start()
    drop('letters.csv', csv(row('ชม 1/2', '../secret.csv'), row('ชม 1/3', 'link.csv')))
    await pass(20_000)
    t.match(numbers(gateway.items), ['letter.attachment.name-path', 'waiting'])
    t.notOk([...gateway.kept.values()].some((bytes) => bytes.includes('9/9')))
    t.same(open(), ['folder.csv', 'link.csv'], 'they stay where they are')
    t.ok(existsSync(on('secret.csv')))
    t.ok(Number(reported('folder.name-unreadable')[0]?.['count']) >= 4)
    t.notOk(
      day.said.some((each) => each.includes('..') || each.includes('secret') || each.includes('\u0001')),
    )
  })

  test('T5: our own folder is a link: nothing is claimed and nothing handed over through it', async (t) => {
    const { gateway, drop, pass, start, on, deliver, reported } = await stage(t)
    mkdirSync(on('elsewhere'))
    symlinkSync(on('elsewhere'), on('out', '.saraban'))
    symlinkSync(on('elsewhere'), on('in', '.saraban'))
    await start()
    drop('a.csv', csv(row('ชม 1/2')))
    await pass(10_000)
    t.match(await deliver(letterParcel()), { kind: 'unavailable', said: /ENOTDIR/ })
    t.same([gateway.offered, readdirSync(on('elsewhere'))], [[], []])
    t.match(reported('folder.unavailable')[0], { reason: 'ENOTDIR' })
  })

  test('a folder that another installation fetches from is left alone until a person says otherwise', async (t) => {
    const live = await stage(t)
    live.gateway.installation = 'installation-1'
    await live.start()
    live.drop('A.csv', csv(row('ชม 1/2', 'a.pdf')))
    await live.pass(10_000)
    const second = await stage(t, {}, live.server)
    second.gateway.installation = 'installation-2'
    await second.start()
    live.drop('a.pdf', 'abc')
    live.drop('B.csv', csv(row('ชม 1/3')))
    await second.pass(20_000)
    t.same(second.gateway.offered, [])
    const told = second.reported('folder.unavailable')
    const [one, another] = told.sort((a, b) => String(a['path']).localeCompare(String(b['path'])))
    t.match(one, { channel: 'sendNotices', reason: /installation-1/ })
    t.match(another, { channel: 'send', reason: /installation-1.*\.saraban\/accept/ })
    t.equal(told.length, 2, 'once')
    await live.pass(20_000)
    t.same(numbers(live.gateway.items.slice(-2)).sort(), ['ชม 1/2', 'ชม 1/3'], 'the first is not disturbed')
    live.drop('C.csv', csv(row('ชม 1/4', 'c.pdf')))
    await live.pass(10_000)
    writeFileSync(live.on('out', '.saraban', 'accept'), '')
    await second.pass(4000)
    t.match(second.reported('folder.available'), [{ channel: 'send' }])
    t.notOk(existsSync(live.on('out', '.saraban', 'accept')), 'it counts once')
    t.same(live.names('out', '.saraban', 'owner'), ['installation-2'])
    await live.pass(4000)
    t.match(live.reported('folder.unavailable'), [{ channel: 'send', reason: /installation-2/ }])
    live.drop('c.pdf', 'abc')
    await second.pass(20_000)
    t.same(numbers(second.gateway.items.slice(-1)), ['ชม 1/4'], 'the claim goes with the folder')
    t.same(
      live.names('out', '.saraban').filter((name) => name.startsWith('owner.')),
      [],
    )
  })

  test('of two installations that come to a folder together one has it', async (t) => {
    const one = await stage(t)
    const other = await stage(t, {}, one.server)
    one.gateway.installation = 'one'
    other.gateway.installation = 'other'
    // Each has looked for an owner and found none before either has made itself one.
    let met = false
    one.day.meanwhile = (verb, path) => {
      if (verb !== 'rename' || met || !path.startsWith('/out/.saraban/owner.')) return
      met = true
      mkdirSync(one.on('out', '.saraban', 'owner', 'other'), { recursive: true })
    }
    await one.start()
    await other.start()
    one.drop('A.csv', csv(row('ชม 1/2')))
    await one.pass(10_000)
    await other.pass(10_000)
    t.ok(met)
    t.same([numbers(one.gateway.items), numbers(other.gateway.items)], [[], ['ชม 1/2']])
    t.same(one.names('out', '.saraban', 'owner'), ['other'])
    t.match(one.reported('folder.unavailable')[0], { channel: 'send', reason: /other/ })
  })

  test('another folder in the place of the one that the gateways know gets nothing, and nothing is taken from it', async (t) => {
    const marks = sharedMarks()
    const one = await stage(t)
    one.gateway.marks = marks
    await one.start()
    t.match(await one.deliver(letterParcel()), { kind: 'taken' })
    for (const folder of ['in', 'out']) {
      renameSync(one.on(folder), one.on(`${folder}-share`))
      mkdirSync(one.on(folder))
    }
    // Another gateway, which never saw the folders.
    const bare = await stage(t, {}, one.server)
    bare.gateway.marks = marks
    await bare.start()
    bare.drop('A.csv', csv(row('ชม 1/2')))
    await bare.pass(20_000)
    t.same(bare.gateway.offered, [])
    t.match(await bare.deliver(letterParcel('p-78')), { kind: 'unavailable', said: /adapter\.folder\.other/ })
    t.same([one.names('in'), one.names('out')], [[], ['A.csv']], 'nothing is left in them')
    const told = bare.reported('folder.unavailable').filter(({ channel }) => channel !== 'sendNotices')
    t.same(told.map(({ channel }) => channel).sort(), ['receive', 'send'])
    for (const { reason } of told) t.match(reason, /adapter\.folder\.other/)
    await one.pass(70_000)
    t.ok(
      one.reported('folder.unavailable').some(({ channel }) => channel === 'send'),
      'the first one too',
    )
    mkdirSync(one.on('in', '.saraban'))
    writeFileSync(one.on('in', '.saraban', 'accept'), '')
    t.match(await bare.deliver(letterParcel('p-78')), { kind: 'taken' }, 'a person accepts the folder')
    t.notOk(existsSync(one.on('in', '.saraban', 'accept')), 'it counts once')
    t.match(await one.deliver(letterParcel('p-79')), { kind: 'taken' }, 'for all of them')
  })
}
