import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import iconv from 'iconv-lite'
import t from 'tap'
import { createAdapter } from '../../../src/adapters/adapter.ts'
import type { Profile } from '../../../src/adapters/profile.ts'
import { csv, environment, row } from '../chiang-mai.ts'
import { messageIdOf } from '../message-ids.ts'
import { shipped } from '../stage.ts'
import { stage } from './stage.ts'

/** An adapter over four scratch folders, and what to do with it. `root`: the folders of another stage. */
/** The profile with a bound for the files beside. */
const bounded = (attachmentLimit: string): Profile => {
  const profile = shipped('chiang-mai-csv')
  const { send } = profile.channels
  return send === undefined
    ? profile
    : {
        ...profile,
        channels: {
          ...profile.channels,
          send: { ...send, transport: { ...send.transport, attachmentLimit } },
        },
      }
}

t.test(
  'a letter with its scan is offered when both have settled, and done only after the commit',
  async (t) => {
    const { gateway, drop, pass, open, done, start, path } = await stage(t)
    await start()
    drop('letters.csv', csv(row('ชม 1/2', 'a.pdf')))
    drop('a.pdf', 'abc')
    await pass(4000)
    t.same(gateway.offered, [], 'not before they have settled')
    t.same(open(), ['a.pdf', 'letters.csv'])
    await pass(6000)
    t.equal(gateway.offered.length, 1)
    t.match(gateway.items, [
      {
        kind: 'letter',
        position: 'line 2',
        attachments: [{ name: 'a.pdf', role: 'main', content: { kind: 'kept', size: 3 } }],
      },
    ])
    t.same(open(), [], 'both are out of the folder')
    const [one = ''] = done()
    t.match(one, /^2026-11-23-\d{6}-1\.[0-9a-f]{8}$/)
    t.same(readdirSync(path('send', 'done', one, 'document')), ['letters.csv'])
    t.same(readdirSync(path('send', 'done', one, 'beside')), ['a.pdf'])
  },
)

t.test('a file that is still being written is not taken', async (t) => {
  const { gateway, drop, pass, start, path } = await stage(t)
  await start()
  drop('slow.csv', csv(row('ชม 1/2')).subarray(0, 100))
  for (let count = 0; count < 10; count += 1) {
    await pass(4000)
    appendFileSync(path('send', 'slow.csv'), ' ')
  }
  t.same(gateway.offered, [])
  drop('slow.csv', csv(row('ชม 1/2')))
  await pass(10_000)
  t.match(gateway.items, [{ kind: 'letter' }])
})

t.test(
  'a missing scan is waited for; the letters beside it are not held up; then it is a fault',
  async (t) => {
    const { gateway, drop, pass, start, done, claims } = await stage(t)
    await start()
    drop('two.csv', csv(row('ชม 1/2', 'late.pdf'), row('ชม 1/3')))
    await pass(10_000)
    t.match(
      gateway.items.map(({ kind }) => kind),
      ['waiting', 'letter'],
    )
    await pass(60_000)
    t.equal(gateway.offered.length, 1, 'what is whole was offered once')
    drop('late.pdf', 'abc')
    await pass(10_000)
    t.match(
      gateway.items.slice(2).map(({ kind }) => kind),
      ['letter', 'letter'],
    )
    t.equal(done().length, 1)
    drop('never.csv', csv(row('ชม 1/4', 'never.pdf')))
    await pass(120_000)
    t.equal(claims().length, 1)
    await pass(600_000)
    t.match(gateway.items.at(-1), {
      kind: 'fault',
      problems: [{ code: 'adapter.file.missing', value: 'never.pdf' }],
    })
    t.equal(claims().length, 0)
    t.equal(done().length, 2)
  },
)

t.test('two letters in one file, one of them bad: the good one is taken, the file is done', async (t) => {
  const { gateway, drop, pass, start, done } = await stage(t)
  await start()
  drop('two.csv', csv(row('ชม 1/2'), row('ชม 1/3', '', '31 ก.พ. 2551')))
  await pass(10_000)
  t.match(gateway.items, [
    { kind: 'letter', position: 'line 2' },
    { kind: 'fault', position: 'line 3', problems: [{ path: 'column ลงวันที่' }] },
  ])
  t.equal(done().length, 1)
})

t.test('a name that is used again is another letter, with its own scan of the same name', async (t) => {
  const { gateway, drop, pass, start, done } = await stage(t)
  await start()
  for (const [number, scan] of [
    ['ชม 1/2', 'first'],
    ['ชม 1/3', 'second'],
    ['ชม 1/4', 'third'],
  ] as const) {
    drop('letter.csv', csv(row(number, 'scan.pdf')))
    drop('scan.pdf', scan)
    await pass(10_000)
  }
  const kept = gateway.items.map((item) => {
    if (item.kind !== 'letter') return item.kind
    const content = item.attachments[0]?.content
    return [
      item.draft.number?.printed,
      content?.kind === 'kept' && gateway.kept.get(content.sha256)?.toString(),
    ]
  })
  t.same(kept, [
    ['ชม 1/2', 'first'],
    ['ชม 1/3', 'second'],
    ['ชม 1/4', 'third'],
  ])
  t.equal(done().length, 3)
})

t.test(
  'a commit that fails leaves the claim; it is offered again at the next look, and after a restart',
  async (t) => {
    const { gateway, drop, pass, start, restart, done, claims } = await stage(t)
    await start()
    gateway.broken = () => {
      throw Object.assign(new Error('disk full'), { code: 'ENOSPC' })
    }
    drop('letters.csv', csv(row('ชม 1/2', 'a.pdf')))
    drop('a.pdf', 'abc')
    await pass(20_000)
    t.same(gateway.offered, [])
    t.equal(claims().length, 1)
    t.ok(gateway.reports.some(({ event }) => event === 'folder.not-taken'))
    await restart()
    t.equal(claims().length, 1, 'a restart loses nothing')
    gateway.broken = undefined
    await pass(4000)
    t.match(gateway.items, [{ kind: 'letter', attachments: [{ name: 'a.pdf' }] }])
    t.equal(done().length, 1)
  },
)

t.test('whichever call fails once, every letter is offered whole and done once', async (t) => {
  let calls = 1
  for (let failing = 1; failing <= calls; failing += 1) {
    const { gateway, drop, pass, start, done, claims, open } = await stage(t)
    gateway.failing = failing
    await start()
    drop('one.csv', csv(row('ชม 1/2', 'a.pdf'), row('ชม 1/3', 'b.pdf')))
    drop('two.csv', csv(row('ชม 1/4')))
    drop('a.pdf', 'abc')
    drop('b.pdf', 'def')
    await pass(20_000)
    calls = Math.max(calls, gateway.calls - 1)
    const numbers = gateway.items.map((item) => item.kind === 'letter' && item.draft.number?.printed)
    t.same(numbers.sort(), ['ชม 1/2', 'ชม 1/3', 'ชม 1/4'], `call ${failing}`)
    t.same([done().length, claims().length, open().length], [2, 0, 0], `call ${failing}`)
    t.match(gateway.reports, [{ event: 'folder.not-taken', facts: { reason: 'EIO' } }], `call ${failing}`)
  }
  t.ok(calls >= 4, 'there were calls to fail')
})

t.test('a crash after the commit and before done: the claim is offered again, whole', async (t) => {
  const { gateway, drop, pass, start, restart, path, done } = await stage(t)
  await start()
  drop('letters.csv', csv(row('ชม 1/2', 'a.pdf')))
  drop('a.pdf', 'abc')
  await pass(10_000)
  const [id = ''] = done()
  // As if the process had died between the commit and the rename.
  renameSync(path('send', 'done', id), path('send', '.saraban', 'claimed', id))
  mkdirSync(path('send', '.saraban', 'claimed', '2026-11-23-000000-9'))
  await restart()
  await pass(4000)
  t.equal(gateway.offered.length, 2)
  t.same(gateway.items[0], gateway.items[1])
  t.same(done(), [id])
})

t.test(
  'a scan beyond attachmentLimit is no missing one: its letter says at once how large it is, its neighbour goes',
  async (t) => {
    const { gateway, drop, pass, start, path } = await stage(t, undefined, bounded('1KiB'))
    await start()
    drop('a.pdf', Buffer.alloc(1025, 0x61))
    drop('b.pdf', Buffer.alloc(1024, 0x62))
    drop('letters.csv', csv(row('ชม 1/2', 'a.pdf'), row('ชม 1/3', 'b.pdf')))
    await pass(20_000)
    const [fault, letter] = gateway.items.slice(-2)
    const [found] = fault?.kind === 'fault' ? fault.problems : []
    t.match(found, { code: 'adapter.file.too-large', value: 'a.pdf', details: { size: 1025, limit: 1024 } })
    t.equal(
      readFileSync(path('send', String(found?.details?.['place']))).length,
      1025,
      'whole, where it says',
    )
    t.match(letter, { kind: 'letter', attachments: [{ name: 'b.pdf' }] })
    t.equal(readdirSync(path('send', 'done')).length, 1)
  },
)

t.test(
  'channels that are one folder by links or other words are refused; a file is no folder; a missing one is told',
  async (t) => {
    const { root, path, gateway, start } = await stage(t)
    const made = (changed: Readonly<Record<string, string>>) => {
      const adapter = createAdapter(shipped('chiang-mai-csv'), {
        environment: { ...environment, ...changed },
        folder: root,
        clock: gateway.clock,
      })
      return adapter.ok ? [] : adapter.problems.map(({ code, path: at }) => `${at} ${code}`)
    }
    symlinkSync(path('send'), path('link'))
    symlinkSync(root, path('self'))
    writeFileSync(path('file'), '')
    t.same(made({}), [])
    const shared = (channel: string) => [`${channel}.transport.path adapter.option.place-shared`]
    t.same(made({ SARABAN_50_RECEIVE: 'link' }), shared('receive'))
    t.same(made({ SARABAN_50_NOTICES: './notices/../send-notices' }), shared('notices'))
    t.same(made({ SARABAN_50_SEND_NOTICES: path('self', 'send') }), shared('sendNotices'))
    t.same(
      made({ SARABAN_50_SEND: 'new', SARABAN_50_RECEIVE: 'self/new' }),
      shared('receive'),
      'not there yet',
    )
    t.same(made({ SARABAN_50_SEND: 'file' }), ['send.transport.path adapter.option.no-folder'])
    t.same(made({ SARABAN_50_RECEIVE: 'file/below' }), ['receive.transport.path adapter.option.no-folder'])
    rmSync(path('send'), { recursive: true })
    rmSync(path('receive'), { recursive: true })
    await start()
    t.match(gateway.reports, [
      { event: 'folder.unavailable', facts: { channel: 'send', path: path('send'), reason: 'ENOENT' } },
      { event: 'folder.unavailable', facts: { channel: 'receive', path: path('receive'), reason: 'ENOENT' } },
    ])
  },
)

t.test('notices of the system come from their own folder', async (t) => {
  const { gateway, pass, start, path } = await stage(t)
  await start()
  const text =
    'รายการ,ที่หนังสือ,ลงวันที่,หน่วยงาน,เลขรับ,วันเวลา,เหตุผล\r\nลงทะเบียนรับ,มท 0210.3/ว3893,15 พ.ย. 2550,มท,12/2550,16/11/2550 09:30:00,\r\n'
  writeFileSync(path('send-notices', 'n.csv'), iconv.encode(text, 'windows-874'))
  await pass(10_000)
  t.match(gateway.items, [{ kind: 'notice', draft: { kind: 'accept', receiveNumber: '12/2550' } }])
})

t.test('documents of notices are offered one after the other, in the order of their names', async (t) => {
  const { gateway, pass, start, path, restart } = await stage(t)
  const row = (number: string) =>
    iconv.encode(
      `รายการ,ที่หนังสือ,ลงวันที่,หน่วยงาน,เลขรับ,วันเวลา,เหตุผล\r\nลงทะเบียนรับ,มท 0210.3/ว3893,15 พ.ย. 2550,มท,${number},16/11/2550 09:30:00,\r\n`,
      'windows-874',
    )
  const happened: string[] = []
  gateway.broken = () => happened.push('offered')
  gateway.answer = (item) => {
    happened.push(`${item.kind === 'notice' ? item.draft.receiveNumber : item.kind}`)
    return { kind: 'known', position: item.position, messageId: messageIdOf(1) }
  }
  await start()
  const names = Array.from({ length: 12 }, (_, index) => `${10 + index}`)
  for (const name of [...names].reverse()) writeFileSync(path('send-notices', `${name}.csv`), row(name))
  await pass(10_000)
  const inOrder = names.flatMap((name) => ['offered', name])
  t.same(happened, inOrder)
  happened.length = 0
  // Claimed, and not offered: the process ends.
  gateway.broken = () => {
    throw Object.assign(new Error('the journal is away'), { code: 'EIO' })
  }
  for (const name of [...names].reverse()) writeFileSync(path('send-notices', `${name}.csv`), row(name))
  await pass(10_000)
  await restart(() => {
    gateway.broken = () => happened.push('offered')
  })
  await pass(10_000)
  t.same(happened, inOrder, 'also what was claimed by another run')
})
