// The folder: half-written files, half pairs, names used again, links, crashes between claim and done, and handing over
// exactly once. Real files in a scratch folder; time passes only when the test says so.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import iconv from 'iconv-lite'
import t, { type Test } from 'tap'
import { createAdapter } from '../../src/adapters/adapter.ts'
import type { Adapter, Item } from '../../src/adapters/contract.ts'
import { type Profile, readProfile } from '../../src/adapters/profile.ts'
import { own } from '../../src/adapters/transports/folder/owner.ts'
import { checkNotice } from '../../src/letter/check.ts'
import type { Letter } from '../../src/letter/letter.ts'
import { fixedLetter, mustBe, office } from '../letter/arbitrary.ts'
import { csv, environment, row } from './chiang-mai.ts'
import { messageIdOf } from './message-ids.ts'
import { adapterOf, parcelOf, shipped, TestGateway } from './stage.ts'

const signal = new AbortController().signal

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

async function stage(
  t: Test,
  root = mkdtempSync(join(tmpdir(), 'saraban-folder-')),
  profile = shipped('chiang-mai-csv'),
) {
  for (const name of ['send', 'send-notices', 'receive', 'notices'])
    mkdirSync(join(root, name), { recursive: true })
  const gateway = new TestGateway()
  const make = () => adapterOf(profile, gateway.clock, environment, root)
  let adapter: Adapter = make()
  t.teardown(async () => {
    await adapter.stop()
    rmSync(root, { recursive: true, force: true })
  })
  /** Lets time pass, and the looks that are due finish. */
  const pass = async (milliseconds: number) => {
    for (let left = milliseconds; left > 0; left -= 2000) {
      gateway.clock.pass(Math.min(2000, left))
      // Two folders look; a look that has ended waits for the clock again.
      while (gateway.clock.waiting < 2) await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return {
    root,
    gateway,
    pass,
    path: (...parts: string[]) => join(root, ...parts),
    drop: (name: string, bytes: string | Buffer) => writeFileSync(join(root, 'send', name), bytes),
    open: () =>
      readdirSync(join(root, 'send'))
        .filter((name) => !name.startsWith('.') && name !== 'done')
        .sort(),
    done: () =>
      existsSync(join(root, 'send', 'done')) ? readdirSync(join(root, 'send', 'done')).sort() : [],
    claims: () => readdirSync(join(root, 'send', '.saraban', 'claimed')),
    start: () => adapter.start(gateway.verbs(adapter)),
    restart: async (meanwhile: () => void = () => undefined) => {
      await adapter.stop()
      meanwhile()
      adapter = make()
      await adapter.start(gateway.verbs(adapter))
    },
    deliver: (parcel: Parameters<NonNullable<Adapter['deliver']>>[0]) => adapter.deliver!(parcel, signal),
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
    t.match(one, /^2026-11-23-\d{6}-1$/)
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

t.test('T5: links, devices, folders and names that lead elsewhere are never read', async (t) => {
  const { gateway, drop, pass, start, path, open } = await stage(t)
  writeFileSync(path('secret.csv'), csv(row('ชม 9/9')))
  symlinkSync(path('secret.csv'), path('send', 'link.csv'))
  mkdirSync(path('send', 'folder.csv'))
  execFileSync('env', ['mkfifo', path('send', 'pipe.csv')])
  await start()
  drop(
    'letters.csv',
    csv(row('ชม 1/2', '../secret.csv'), row('ชม 1/3', 'link.pdf'), row('ชม 1/4', 'pipe.pdf')),
  )
  symlinkSync(path('secret.csv'), path('send', 'link.pdf'))
  execFileSync('env', ['mkfifo', path('send', 'pipe.pdf')])
  await pass(10_000)
  await pass(700_000)
  t.match(gateway.items.slice(-3), [
    { kind: 'fault', position: 'line 2', problems: [{ code: 'letter.attachment.name-path' }] },
    { kind: 'fault', position: 'line 3', problems: [{ code: 'adapter.file.missing' }] },
    { kind: 'fault', position: 'line 4', problems: [{ code: 'adapter.file.missing' }] },
  ])
  t.notOk([...gateway.kept.values()].some((bytes) => bytes.includes('9/9')))
  t.same(open(), ['folder.csv', 'link.csv', 'link.pdf', 'pipe.csv', 'pipe.pdf'], 'they stay where they are')
})

t.test('T5: a name that becomes a link after it was claimed is refused, not followed', async (t) => {
  const { gateway, drop, pass, start, restart, path, claims } = await stage(t)
  await start()
  gateway.broken = () => {
    throw new Error('not now')
  }
  drop('letters.csv', csv(row('ชม 1/2')))
  await pass(10_000)
  const place = path('send', '.saraban', 'claimed', claims()[0] ?? '', 'document', 'letters.csv')
  unlinkSync(place)
  writeFileSync(path('secret.csv'), csv(row('ชม 9/9')))
  symlinkSync(path('secret.csv'), place)
  gateway.broken = undefined
  await restart()
  await pass(4000)
  t.same(gateway.offered, [])
  t.match(gateway.reports.at(-1), { event: 'folder.refused', facts: { reason: 'not a regular file' } })
  t.equal(readdirSync(path('send', '.saraban', 'refused')).length, 1)
})

t.test(
  'a document beyond the limit is a fault that says where it stands; a folder that is gone is reported once, and used when it is back',
  async (t) => {
    const { gateway, drop, pass, start, path } = await stage(t)
    await start()
    const big = Buffer.alloc(17 * 1024 * 1024, 0x61)
    drop('big.csv', big)
    await pass(10_000)
    t.match(gateway.reports, [{ event: 'folder.refused' }])
    const unread = { size: big.length, sha256: createHash('sha256').update(big).digest('hex') }
    t.match(gateway.offered, [{ name: 'big.csv', unread, final: true }])
    const [fault] = gateway.items.splice(0)
    const [found] = fault?.kind === 'fault' ? fault.problems : []
    t.match(found, { code: 'adapter.folder.too-large', details: { limit: 16 * 1024 * 1024 } })
    t.same(readFileSync(path('send', String(found?.details?.['place']), 'document', 'big.csv')), big)
    renameSync(path('send'), path('away'))
    await pass(10_000)
    t.match(gateway.reports.slice(1), [{ event: 'folder.unavailable', facts: { reason: 'ENOENT' } }])
    renameSync(path('away'), path('send'))
    drop('letters.csv', csv(row('ชม 1/2')))
    await pass(12_000)
    t.match(gateway.items, [{ kind: 'letter' }])
    t.match(gateway.reports.slice(2), [{ event: 'folder.available', facts: { channel: 'send' } }])
  },
)

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
  'T5: JSON in a folder: a name that leads elsewhere is a fault, and nothing of it is read',
  async (t) => {
    const { gateway, root, path, pass } = await stage(t)
    const folderOf = (name: string, more = '') =>
      `{ transport: { kind: folder, path: ${name}${more} }, document: ${name.startsWith('send-') || name === 'notices' ? 'n' : 'l'} }`
    const text = `id: json
office: "50"
title: x
origin: self-built
documents: { l: { format: { kind: json } }, n: { format: { kind: json } } }
send: ${folderOf('send', ', pattern: "*.json", wait: 10s')}
sendNotices: ${folderOf('send-notices')}
receive: ${folderOf('receive')}
notices: ${folderOf('notices')}
`
    const adapter = adapterOf(mustBe(readProfile(text, 'j.yaml')), gateway.clock, {}, root)
    t.teardown(() => adapter.stop())
    await adapter.start(gateway.verbs(adapter))
    writeFileSync(path('secret.txt'), 'secret')
    const names = ['../../../../../secret.txt', '../document/1.json', '.', 'a\u202epdf']
    for (const [index, name] of names.entries()) {
      const letter = { number: `ชม 1/${index + 2}`, date: '2026-11-20', subject: 'ก', from: '50', to: 'moi' }
      writeFileSync(path('send', `${index}.json`), JSON.stringify({ ...letter, attachments: [{ name }] }))
    }
    await pass(40_000)
    t.same([gateway.kept.size, existsSync(path('secret.txt'))], [0, true])
    t.same(
      gateway.items.map((item) => item.kind === 'fault' && item.problems[0].path),
      names.map(() => 'attachments.0.name'),
    )
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

const numbers = (items: readonly Item[]) =>
  items.map((item) =>
    item.kind === 'letter'
      ? item.draft.number?.printed
      : item.kind === 'fault'
        ? item.problems.map(({ code }) => code).join()
        : item.kind,
  )

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
    const ended = await Promise.allSettled(asked.map((each) => own(path, each)))
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

t.test('names in windows-874 bytes are names; what is neither that nor UTF-8 is reported', async (t) => {
  const { gateway, pass, start, root, done, path } = await stage(t)
  await start()
  const raw = (name: string) =>
    Buffer.concat([Buffer.from(`${join(root, 'send')}/`), iconv.encode(name, 'windows-874')])
  writeFileSync(raw('หนังสือ.csv'), csv(row('ชม 1/2', 'สแกน.pdf')))
  writeFileSync(raw('สแกน.pdf'), 'abc')
  writeFileSync(
    Buffer.concat([Buffer.from(`${join(root, 'send')}/`), Buffer.from([0xff, 0xfc, 0x2e, 0x63])]),
    'x',
  )
  await pass(10_000)
  t.match(gateway.items, [{ kind: 'letter', attachments: [{ name: 'สแกน.pdf', content: { size: 3 } }] }])
  t.same(readdirSync(path('send', 'done', done()[0] ?? '', 'document')), ['หนังสือ.csv'])
  t.same(
    gateway.reports.filter(({ event }) => event === 'folder.name-unreadable').map(({ facts }) => facts),
    [{ count: 1 }],
  )
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

const abc = new Map([
  ['ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', Buffer.from('abc')],
])
const scanOf = (name: string) => ({ ...fixedLetter().attachments[0]!, name })
/** Bytes of a disk that is full after the first. */
async function* failing() {
  yield Buffer.from('a')
  throw Object.assign(new Error('full'), { code: 'ENOSPC' })
}
const letterParcel = (letter: Letter = fixedLetter(), id = 'p-77') => parcelOf({ letter }, id, '50', abc)

t.test('handing over: the document and its files stand in the folder, whole, once', async (t) => {
  const { deliver, path } = await stage(t)
  t.match(await deliver(letterParcel()), { kind: 'taken', said: 'p-77.csv' })
  const visible = () =>
    readdirSync(path('receive'))
      .filter((name) => !name.startsWith('.'))
      .sort()
  t.same(visible(), ['p-77-1-หนังสือ.pdf', 'p-77.csv'])
  t.equal(readFileSync(path('receive', 'p-77-1-หนังสือ.pdf'), 'utf8'), 'abc')
  t.match(
    iconv.decode(readFileSync(path('receive', 'p-77.csv')), 'windows-874'),
    /ชม 0017\.1\/492,13 ก\.พ\. 2551/,
  )
  // The system takes it away; a retry of the same parcel must not bring it a second time.
  for (const name of visible()) unlinkSync(path('receive', name))
  t.match(await deliver(letterParcel()), { kind: 'taken' })
  t.same(visible(), [])
  t.same(readdirSync(path('receive', '.saraban')), ['folder', 'p-77.done'])
  const notice = mustBe(
    checkNotice({
      kind: 'accept',
      from: office('moi'),
      to: office('50'),
      at: Date.UTC(2026, 10, 23),
      receiveNumber: '1234/2569',
      about: {
        messageId: messageIdOf(1),
        digest: '0'.repeat(64),
        number: 'ชม 0017.1/492',
        date: fixedLetter().date,
        subject: 'ก',
      },
    }),
  )
  t.match(await deliver(parcelOf({ notice }, 'p-78', '50')), { kind: 'taken' })
  t.equal(
    iconv.decode(readFileSync(path('notices', 'p-78.csv')), 'windows-874'),
    'รายการ,ที่หนังสือ,ลงวันที่,หน่วยงาน,เลขรับ,วันเวลา,เหตุผล\r\nลงทะเบียนรับ,ชม 0017.1/492,13 ก.พ. 2551,สำนักงานปลัดกระทรวงมหาดไทย,1234/2569,23/11/2569 07:00:00,\r\n',
  )
})

t.test('handing over: killed at any step and tried again, it stands there once', async (t) => {
  const names = ['p-77-1-หนังสือ.pdf', 'p-77.csv']
  // What a kill leaves: half a staging · staged without a marker · marked · about to move · one file moved · all moved.
  const steps = ['half', 'unmarked', 'marked', 'cleared', 'moving', 'one', 'one cleared', 'all'] as const
  for (const step of steps) {
    const { deliver, path } = await stage(t)
    await deliver(letterParcel())
    const own = path('receive', '.saraban')
    const staged = join(own, 'p-77')
    const marked = (state: string) => renameSync(join(own, 'p-77.done'), join(own, `p-77.${state}`))
    const back = (name: string) => renameSync(path('receive', name), join(staged, name))
    mkdirSync(staged)
    if (step === 'one' || step === 'one cleared') back('p-77.csv')
    else if (step !== 'all') for (const name of names) back(name)
    if (step === 'half' || step === 'unmarked') unlinkSync(join(own, 'p-77.done'))
    else if (step === 'marked' || step === 'cleared') marked('staged')
    else marked('moving')
    if (step === 'half') {
      unlinkSync(join(staged, 'p-77.csv'))
      writeFileSync(join(staged, names[0]!), 'a')
      writeFileSync(join(own, 'p-77.staged.new'), '')
    }
    if (step === 'cleared') rmSync(staged, { recursive: true })
    if (step === 'one cleared') unlinkSync(path('receive', names[0]!))
    t.match(await deliver(letterParcel()), { kind: 'taken' }, step)
    t.same(
      readdirSync(path('receive'))
        .filter((name) => !name.startsWith('.'))
        .sort(),
      names,
      step,
    )
    t.equal(readFileSync(path('receive', names[0]!), 'utf8'), 'abc', step)
    t.same(readdirSync(own), ['folder', 'p-77.done'], step)
  }
})

t.test(
  'handing over: what was moved and is not there any more is unknown, never taken, until a person says',
  async (t) => {
    for (const answer of ['done', 'not there'] as const) {
      const { deliver, path } = await stage(t)
      await deliver(letterParcel())
      const own = path('receive', '.saraban')
      renameSync(join(own, 'p-77.done'), join(own, 'p-77.moving'))
      unlinkSync(path('receive', 'p-77.csv'))
      const said = /adapter\.folder\.lost\].*p-77\.moving/
      t.match(await deliver(letterParcel()), { kind: 'unknown', said })
      t.match(await deliver(letterParcel()), { kind: 'unknown', said })
      if (answer === 'done') renameSync(join(own, 'p-77.moving'), join(own, 'p-77.done'))
      else {
        unlinkSync(join(own, 'p-77.moving'))
        unlinkSync(path('receive', 'p-77-1-หนังสือ.pdf'))
      }
      t.match(await deliver(letterParcel()), { kind: 'taken' })
      t.equal(existsSync(path('receive', 'p-77.csv')), answer === 'not there')
    }
  },
)

t.test(
  'handing over: what another profile staged is staged anew; what was moved stays, and nothing else is recorded',
  async (t) => {
    // The same lengths: neither a name nor a size tells them apart.
    const old = fixedLetter({ subject: 'ก่อน', attachments: [scanOf('old.pdf')] })
    const now = fixedLetter({ subject: 'หลัง', attachments: [scanOf('now.pdf')] })
    for (const state of ['name taken', 'staged', 'half staged', 'unreadable', 'moved', 'done'] as const) {
      const { deliver, path } = await stage(t)
      const recorded: Buffer[] = []
      const bring = (letter: Letter) =>
        deliver({ ...letterParcel(letter), record: async ({ bytes }) => void recorded.push(bytes) })
      const own = (...parts: string[]) => path('receive', '.saraban', ...parts)
      if (state !== 'moved' && state !== 'done') mkdirSync(path('receive', 'p-77.csv'))
      t.match(
        await bring(old),
        { kind: state === 'moved' || state === 'done' ? 'taken' : 'unavailable' },
        state,
      )
      if (state === 'moved') renameSync(own('p-77.done'), own('p-77.moving'))
      else if (state !== 'done') rmdirSync(path('receive', 'p-77.csv'))
      if (state === 'unreadable') writeFileSync(own('p-77.moving'), '../../elsewhere\n')
      if (state.endsWith('staged')) {
        renameSync(own('p-77.moving'), own('p-77.staged'))
        renameSync(path('receive', 'p-77-1-old.pdf'), own('p-77', 'p-77-1-old.pdf'))
      }
      // An attempt that staged anew was killed; then somebody put the old profile back, and mended it again.
      if (state === 'half staged') {
        t.match(
          await deliver({ ...letterParcel(now), open: () => Readable.from(failing()) }),
          { kind: 'unavailable', said: /ENOSPC/ },
          state,
        )
        t.notOk(existsSync(own('p-77.staged')), 'no marker vouches for the half of it')
      }
      t.match(await bring(now), { kind: 'taken', said: 'p-77.csv' }, state)
      const stands = readFileSync(path('receive', 'p-77.csv'))
      const kept = state === 'moved' || state === 'done'
      t.match(iconv.decode(stands, 'windows-874'), kept ? /ก่อน/ : /หลัง/, state)
      t.same(recorded.at(-1), stands, `${state}: the last that is recorded is what the system has`)
      t.equal(recorded.length, kept ? 1 : 2, state)
      t.same(
        readdirSync(path('receive')).sort(),
        // A marker that nobody can read does not say what else was moved.
        ['.saraban', ...(state === 'unreadable' ? ['p-77-1-now.pdf'] : []), 'p-77-1-old.pdf', 'p-77.csv']
          .map((name) => (kept || state === 'unreadable' ? name : name.replace('old', 'now')))
          .sort(),
        state,
      )
      t.same(readdirSync(own()), ['folder', 'p-77.done'], state)
    }
  },
)

t.test('handing over: a share whose clock is off, or ours that was set, forgets no parcel', async (t) => {
  const { deliver, path, gateway } = await stage(t)
  const own = (name: string) => path('receive', '.saraban', name)
  const says = (name: string, year: number) =>
    utimesSync(own(name), new Date(year, 1, 1), new Date(year, 1, 1))
  const taken = async (id: string, why: string) => {
    for (const name of readdirSync(path('receive')))
      if (!name.startsWith('.')) unlinkSync(path('receive', name))
    gateway.clock.skip(2 * 86_400_000)
    t.match(await deliver(letterParcel(fixedLetter(), id)), { kind: 'taken' }, why)
    return readdirSync(path('receive')).filter((name) => !name.startsWith('.'))
  }
  await deliver(letterParcel())
  says('p-77.done', 2016)
  t.same(await taken('p-77', 'a share ten years behind'), [])
  gateway.clock.step(3650 * 86_400_000)
  t.same(await taken('p-77', 'our clock ten years ahead'), [])
  gateway.clock.step(-3650 * 86_400_000)
  await deliver(letterParcel(fixedLetter(), 'p-78'))
  says('p-78.done', 2018)
  await taken('p-78', 'and what is old by its own clock goes')
  t.same(readdirSync(path('receive', '.saraban')), ['folder', 'p-78.done'])
  says('p-78.done', 2026)
  await deliver(letterParcel(fixedLetter(), 'p-79'))
  says('p-79.done', 2036)
  t.same(await taken('p-78', 'a share whose clock sprang ten years ahead'), [])
})

t.test('handing over: a share that is not mounted, or another folder, gets nothing', async (t) => {
  const { deliver, path, start } = await stage(t)
  await start()
  renameSync(path('receive'), path('share'))
  t.match(await deliver(letterParcel()), { kind: 'unavailable', said: /adapter\.folder\.absent/ })
  writeFileSync(path('receive'), 'a file in its place')
  t.match(await deliver(letterParcel()), { kind: 'unavailable', said: /adapter\.folder\.no-folder/ })
  rmSync(path('receive'))
  mkdirSync(path('receive'))
  const other = { kind: 'unavailable', said: /adapter\.folder\.other\].*\.saraban\/accept/ }
  t.match(await deliver(letterParcel()), other, 'the bare mount point')
  t.same(readdirSync(path('receive')), [])
  rmSync(path('receive'), { recursive: true })
  renameSync(path('share'), path('receive'))
  t.match(await deliver(letterParcel()), { kind: 'taken' }, 'and it is back')
  rmSync(path('receive', '.saraban'), { recursive: true })
  t.match(await deliver(letterParcel(fixedLetter(), 'p-78')), other, 'its mark is gone')
  mkdirSync(path('receive', '.saraban'))
  writeFileSync(path('receive', '.saraban', 'accept'), '')
  t.match(
    await deliver(letterParcel(fixedLetter(), 'p-78')),
    { kind: 'taken' },
    'a person accepts the folder',
  )
  t.same(readdirSync(path('receive', '.saraban')), ['folder', 'p-78.done'])
  t.match(await deliver(letterParcel(fixedLetter(), 'p-79')), { kind: 'taken' })
})

t.test('handing over: what cannot be done now is said, and nothing is overwritten', async (t) => {
  const { deliver, path, root } = await stage(t)
  writeFileSync(path('receive', 'p-77.csv'), 'somebody else’s')
  t.match(await deliver(letterParcel()), {
    kind: 'unavailable',
    said: /p-77\.csv” stands in the folder already/,
  })
  t.equal(readFileSync(path('receive', 'p-77.csv'), 'utf8'), 'somebody else’s')
  unlinkSync(path('receive', 'p-77.csv'))
  t.match(await deliver(letterParcel()), { kind: 'taken' })
  const full = { ...letterParcel(fixedLetter(), 'p-79'), open: () => Readable.from(failing()) }
  t.match(await deliver(full), { kind: 'unavailable', said: /ENOSPC/ })
  t.notOk(existsSync(path('receive', 'p-79.csv')))
  t.match(await deliver(letterParcel(fixedLetter(), 'p-79')), { kind: 'taken' }, 'and later it goes')
  t.match(await deliver(letterParcel(fixedLetter({ secrecy: 'secret' }), 'p-80')), {
    kind: 'refused',
    problem: { code: 'adapter.field.secrecy-unsayable' },
  })
  rmSync(path('receive', '.saraban'), { recursive: true })
  symlinkSync(root, path('receive', '.saraban'))
  t.match(
    await deliver(letterParcel(fixedLetter(), 'p-81')),
    { kind: 'unavailable', said: /adapter\.folder\.no-folder/ },
    'a link in place of our own folder is not followed',
  )
  renameSync(path('receive'), path('gone'))
  t.match(await deliver(letterParcel(fixedLetter(), 'p-82')), { kind: 'unavailable', said: /is not there/ })
})
