// Remote folders on bad days, the same for SFTP and FTP: judged by what lies on the server's disk and by what the gateway
// was offered. Real servers on this machine; time passes only when the test says so.
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import t, { type Test } from 'tap'
import type { Adapter, Item, Parcel } from '../../src/adapters/contract.ts'
import { readProfile } from '../../src/adapters/profile.ts'
import { checkNotice } from '../../src/letter/check.ts'
import type { RemoteServer } from '../../src/sandbox/servers/remote.ts'
import { fixedLetter, mustBe, office } from '../letter/arbitrary.ts'
import { messageIdOf } from './message-ids.ts'
import { adapterOf, parcelOf, TestGateway } from './stage.ts'

const header = 'no,day,subject,to,file'
export const row = (number: string, file = '') => `${number},1 ม.ค. 2551,เรื่อง,มท,${file}`
export const csv = (...rows: string[]) => `${[header, ...rows].join('\r\n')}\r\n`
const noticeRow = (kind: string) =>
  `kind,no,day,number,why\r\n${kind},มท 0210.3/ว3893,15 พ.ย. 2550,12/2550,\r\n`

/** A profile whose four channels share one transport: `options` and what a test adds to them. */
export const profileText = (options: string, more = '') => `id: remote
office: "50"
title: x
origin: self-built
documents:
  letter:
    format: { kind: csv, charset: utf-8 }
    fields:
      number: { at: no, as: letter-number }
      date: { at: day, as: { buddhist-date: "d MMM yyyy" } }
      subject: { at: subject, as: text }
      to: { at: to, as: office }
      attachments: { at: file, as: { file-beside: { separator: ";" } } }
  notice:
    format: { kind: csv, charset: utf-8 }
    fields:
      kind: { at: kind, as: { table: { R: receive, A: accept, X: reject, I: invalid, D: dispute, C: recall } } }
      number: { at: no, as: letter-number }
      date: { at: day, as: { buddhist-date: "d MMM yyyy" } }
      receiveNumber: { at: number, as: text }
      reason: { at: why, as: text }
send:
  transport: &server
    { ${options}, folders: { send: out, sendNotices: /answers, receive: in, notices: status },
      pattern: "*.csv", every: 2s, settle: 5s, connect: 3s, within: 1500ms, transfer: 5s ${more} }
  document: letter
sendNotices: { transport: *server, document: notice }
receive: { transport: *server, document: letter }
notices: { transport: *server, document: notice }
`

export const numbers = (items: readonly Item[]) =>
  items.map((item) =>
    item.kind === 'letter'
      ? item.draft.number?.printed
      : item.kind === 'fault'
        ? item.problems.map(({ code }) => code).join()
        : item.kind,
  )

interface More {
  readonly environment?: Readonly<Record<string, string>>
  readonly more?: string
  readonly options?: (options: string) => string
}

/** An adapter over a server's four folders, and what to do with both. */
export async function stageOn(t: Test, server: RemoteServer, { environment, more, options }: More = {}) {
  const data = mkdtempSync(join(tmpdir(), 'saraban-data-'))
  const gateway = new TestGateway()
  const text = profileText((options ?? ((same) => same))(server.options), more)
  const profile = mustBe(readProfile(text, 'remote.yaml'))
  const secrets = { PASSWORD: 'correct', ...environment }
  const make = () => adapterOf(profile, gateway.clock, secrets, data)
  let adapter: Adapter = make()
  t.teardown(async () => {
    await adapter.stop()
    await server.stop()
    rmSync(data, { recursive: true, force: true })
  })
  /** Waits until both folders have been looked into, as far as they can be. */
  const quiet = async () => {
    while (gateway.clock.waiting < 2) await new Promise((resolve) => setTimeout(resolve, 1))
  }
  const on = (...parts: string[]) => join(server.root, ...parts)
  const names = (...parts: string[]) => (existsSync(on(...parts)) ? readdirSync(on(...parts)).sort() : [])
  return {
    gateway,
    server,
    day: server.day,
    data,
    on,
    names,
    /** Lets time pass, and the looks that are due finish. */
    pass: async (milliseconds: number) => {
      for (let left = milliseconds; left > 0; left -= 2000) {
        gateway.clock.pass(Math.min(2000, left))
        await quiet()
      }
    },
    drop: (name: string, bytes: string | Buffer) => writeFileSync(on('out', name), bytes),
    open: () => names('out').filter((name) => !name.startsWith('.') && name !== 'done'),
    done: () => names('out', 'done'),
    claims: () => names('out', '.saraban', 'claimed'),
    visible: (folder: string) => names(folder).filter((name) => !name.startsWith('.')),
    start: async () => {
      await adapter.start(gateway.verbs(adapter))
      await quiet()
    },
    restart: async () => {
      await adapter.stop()
      adapter = make()
      await adapter.start(gateway.verbs(adapter))
      await quiet()
    },
    deliver: (parcel: Parcel, signal = new AbortController().signal) => adapter.deliver!(parcel, signal),
    reported: (event: string) =>
      gateway.reports.filter((each) => each.event === event).map(({ facts }) => facts),
  }
}

const changing: readonly string[] = ['write', 'rename', 'remove', 'mkdir', 'rmdir']
const scan = Buffer.alloc(300_000, 'scan ')
const abc = new Map([
  ['ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', Buffer.from('abc')],
])
const scanOf = (name: string) => ({ ...fixedLetter().attachments[0]!, name })
export const letterParcel = (id = 'p-77', letter = fixedLetter()) => parcelOf({ letter }, id, '50', abc)
const noticeParcel = (id: string) =>
  parcelOf(
    {
      notice: mustBe(
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
      ),
    },
    id,
    '50',
  )
const keptOf = (gateway: TestGateway, item: Item | undefined) => {
  const content = item?.kind === 'letter' ? item.attachments[0]?.content : undefined
  return content?.kind === 'kept' ? gateway.kept.get(content.sha256) : undefined
}

/** `step`: of the verbs at which the connection breaks, each or every so many. */
export function remoteSuite(kind: string, make: () => Promise<RemoteServer>, step = 1): void {
  const test = (name: string, act: (t: Test) => Promise<void>) => t.test(`${kind}: ${name}`, act)
  const stage = async (t: Test, more?: More) => stageOn(t, await make(), more)

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
    t.match(one, /^2026-11-23-\d{6}-[0-9a-f]{12}$/)
    t.equal(gateway.offered[0]?.handover, one)
    t.same(names('out', 'done', one, 'document'), ['letters.csv'])
    t.same(names('out', 'done', one, 'beside'), ['a.pdf'])
    t.same(readdirSync(join(data, 'spool', 'remote', 'send')), [], 'nothing is left in the spool')
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

  test('a file that is still being written is not taken', async (t) => {
    const { gateway, drop, pass, start, on } = await stage(t)
    await start()
    drop('slow.csv', csv(row('ชม 1/2')).slice(0, 40))
    for (let count = 0; count < 5; count += 1) {
      await pass(4000)
      appendFileSync(on('out', 'slow.csv'), ' ')
    }
    t.same(gateway.offered, [])
    drop('slow.csv', csv(row('ชม 1/2')))
    await pass(10_000)
    t.same(numbers(gateway.items), ['ชม 1/2'])
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

  test('a server whose clock is ten years ahead or behind: what settles is taken, what changes is not', async (t) => {
    const { gateway, drop, pass, start, on } = await stage(t)
    await start()
    for (const [name, year] of [
      ['ahead', 2036],
      ['behind', 2016],
    ] as const) {
      drop(`${name}.csv`, csv(row(`ชม 1/${year}`)))
      utimesSync(on('out', `${name}.csv`), new Date(year, 1, 1), new Date(year, 1, 1))
    }
    await pass(10_000)
    t.same(numbers(gateway.items).sort(), ['ชม 1/2016', 'ชม 1/2036'])
    drop('moving.csv', csv(row('ชม 1/9')))
    for (let minute = 0; minute < 5; minute += 1) {
      utimesSync(on('out', 'moving.csv'), new Date(2036, 1, 1, 0, minute), new Date(2036, 1, 1, 0, minute))
      await pass(4000)
    }
    t.equal(gateway.offered.length, 2, 'the time that the server says still changes')
  })

  test('the server’s list is out of order: documents are claimed in the order of their names', async (t) => {
    const { gateway, drop, pass, start, day } = await stage(t)
    day.listing = (rows) => [...rows].sort((a, b) => (a.name < b.name ? 1 : -1))
    await start()
    for (const name of ['b', 'a', 'c']) drop(`${name}.csv`, csv(row('ชม 1/2')))
    await pass(10_000)
    t.same(
      day.said.filter((said) => said.startsWith('rename /out/') && said.endsWith('.csv')),
      ['rename /out/a.csv', 'rename /out/b.csv', 'rename /out/c.csv'],
    )
    // They are read and offered side by side.
    t.same(gateway.offered.map(({ name }) => name).sort(), ['a.csv', 'b.csv', 'c.csv'])
  })

  test('a file that is gone between the list and the claim is nobody’s trouble', async (t) => {
    const { gateway, drop, pass, start, day, on, claims } = await stage(t)
    await start()
    drop('gone.csv', csv(row('ชม 1/2')))
    drop('here.csv', csv(row('ชม 1/3')))
    day.meanwhile = (verb, path) => {
      if (verb === 'rename' && path === '/out/gone.csv') rmSync(on('out', 'gone.csv'), { force: true })
    }
    await pass(20_000)
    t.same(numbers(gateway.items), ['ชม 1/3'])
    t.same([gateway.reports, claims()], [[], []])
  })

  test('a scan that is gone between the list and the claim is waited for', async (t) => {
    const { gateway, drop, pass, start, day, on } = await stage(t)
    await start()
    drop('a.csv', csv(row('ชม 1/2', 'a.pdf')))
    drop('a.pdf', 'first')
    day.meanwhile = (verb, path) => {
      if (verb !== 'rename' || path !== '/out/a.pdf') return
      rmSync(on('out', 'a.pdf'), { force: true })
      day.meanwhile = undefined
    }
    await pass(10_000)
    t.same(numbers(gateway.items), ['waiting'])
    drop('a.pdf', 'second')
    await pass(10_000)
    t.equal(keptOf(gateway, gateway.items.at(-1))?.toString(), 'second')
  })

  test('a document that grows while it is fetched is fetched again when it has settled, whole', async (t) => {
    const { gateway, drop, pass, start, day, on, claims, done } = await stage(t)
    await start()
    drop('long.csv', csv(row('ชม 1/2')))
    day.meanwhile = (verb, path) => {
      if (verb !== 'read' || !path.endsWith('/document/long.csv')) return
      appendFileSync(on(path), `${row('ชม 1/3')}\r\n`)
      day.meanwhile = undefined
    }
    await pass(8000)
    t.same([gateway.offered, claims().length], [[], 1])
    await pass(10_000)
    t.same(numbers(gateway.items), ['ชม 1/2', 'ชม 1/3'])
    t.same([claims().length, done().length], [0, 1])
  })

  test('a document that shrinks while it is fetched counts as changing, never as a whole one', async (t) => {
    const { gateway, drop, pass, start, day, on } = await stage(t)
    await start()
    drop('cut.csv', csv(row('ชม 1/2'), row('ชม 1/3')))
    day.meanwhile = (verb, path) => {
      if (verb !== 'read' || !path.endsWith('/document/cut.csv')) return
      writeFileSync(on(path), csv(row('ชม 1/2')))
      day.meanwhile = undefined
    }
    await pass(8000)
    t.same(gateway.offered, [])
  })

  test('a name that is used again is another letter, with its own scan of the same name', async (t) => {
    const { gateway, drop, pass, start, done } = await stage(t)
    await start()
    for (const [number, text] of [
      ['ชม 1/2', 'first'],
      ['ชม 1/3', 'second'],
    ] as const) {
      drop('letter.csv', csv(row(number, 'scan.pdf')))
      drop('scan.pdf', text)
      await pass(10_000)
    }
    t.same(numbers(gateway.items), ['ชม 1/2', 'ชม 1/3'])
    t.same(
      gateway.items.map((item) => keptOf(gateway, item)?.toString()),
      ['first', 'second'],
    )
    t.equal(new Set(gateway.offered.map(({ handover }) => handover)).size, 2)
    t.equal(done().length, 2)
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

  test('a commit that fails leaves the claim on the server; it is offered again, also after a restart', async (t) => {
    const { gateway, drop, pass, start, restart, done, claims, reported } = await stage(t)
    await start()
    gateway.broken = () => {
      throw Object.assign(new Error('disk full'), { code: 'ENOSPC' })
    }
    drop('letters.csv', csv(row('ชม 1/2', 'a.pdf')))
    drop('a.pdf', 'abc')
    await pass(14_000)
    t.same([gateway.offered, claims().length], [[], 1])
    t.match(reported('folder.not-taken')[0], { reason: 'ENOSPC' })
    const [id] = claims()
    await restart()
    gateway.broken = undefined
    await pass(4000)
    t.match(gateway.items, [{ kind: 'letter', attachments: [{ name: 'a.pdf' }] }])
    t.same([gateway.offered[0]?.handover, done()], [id, [id]])
  })

  test('a crash after the commit and before done: the claim is offered again as the same handing-over', async (t) => {
    const { gateway, drop, pass, start, restart, on, done } = await stage(t)
    await start()
    drop('letters.csv', csv(row('ชม 1/2', 'a.pdf')))
    drop('a.pdf', 'abc')
    await pass(10_000)
    const [id = ''] = done()
    renameSync(on('out', 'done', id), on('out', '.saraban', 'claimed', id))
    mkdirSync(on('out', '.saraban', 'claimed', '2026-11-23-000000-abcdef'))
    await restart()
    await pass(4000)
    t.same(
      gateway.offered.map(({ handover }) => handover),
      [id, id],
    )
    t.same(gateway.items[0], gateway.items[1])
    t.same(done(), [id])
  })

  test('the connection breaks in the middle of a fetch: nothing half is offered, and then the whole', async (t) => {
    for (const part of ['document', 'beside'] as const) {
      const { gateway, drop, pass, start, day, claims, done, reported } = await stage(t)
      await start()
      drop('a.csv', csv(...Array.from({ length: 2000 }, (_, index) => row(`ชม 1/${index + 2}`, 'a.pdf'))))
      drop('a.pdf', scan)
      day.meanwhile = (verb, path) => {
        if (verb !== 'read' || !path.includes(`/${part}/`)) return
        day.dropAfterBytes = 50_000
        day.meanwhile = undefined
      }
      await pass(8000)
      t.same([gateway.offered, gateway.kept.size, claims().length], [[], 0, 1], part)
      t.match(reported('folder.unavailable'), [{ channel: 'send', reason: 'ECONNRESET' }], part)
      await pass(10_000)
      t.equal(gateway.offered.length, 1, part)
      t.equal(gateway.items.length, 2000, part)
      t.ok(keptOf(gateway, gateway.items[0])?.equals(scan), part)
      t.equal(done().length, 1, part)
    }
  })

  test('fetching: whichever verb the connection breaks at, before it is done or after: nothing lost, nothing doubled', async (t) => {
    const server = await make()
    const { gateway, drop, pass, start, done, claims, open, day, on } = await stageOn(t, server, {
      more: ', done: rename',
    })
    await start()
    let tried = 0
    /** One document with a scan and one without, while the connection breaks once: true while there are verbs left. */
    const round = async (breaking: number, fault: 'drop-before' | 'drop-after'): Promise<boolean> => {
      rmSync(on('out', 'done'), { recursive: true, force: true })
      const before = gateway.items.length
      let count = 0
      drop('one.csv', csv(row('ชม 1/2', 'a.pdf')))
      drop('two.csv', csv(row('ชม 1/4')))
      drop('a.pdf', 'abc')
      await pass(6000)
      // From here on they are claimed, fetched, offered and done.
      day.fault = (verb, path) => {
        // A verb that changes nothing breaks in one way only.
        if (!path.startsWith('/out') || (fault === 'drop-after' && !changing.includes(verb))) return undefined
        count += 1
        return count === breaking ? fault : undefined
      }
      await pass(12_000)
      day.fault = undefined
      const what = `${fault} at verb ${breaking}`
      t.same([...new Set(numbers(gateway.items.slice(before)))].sort(), ['ชม 1/2', 'ชม 1/4'], what)
      t.same([done().length, claims().length, open().length], [2, 0, 0], what)
      tried += 1
      return breaking < (fault === 'drop-before' ? 44 : 12)
    }
    for (const fault of ['drop-before', 'drop-after'] as const)
      for (let breaking = 1; await round(breaking, fault); ) breaking += step
    t.ok(tried * step >= 50)
    const handovers = new Set(gateway.offered.map(({ handover }) => handover))
    t.equal(handovers.size, 2 * tried, 'each document is one handing-over, however often it was offered')
    t.notOk(gateway.items.some(({ kind }) => kind === 'fault'))
  })

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

  test('a folder that another installation fetches from is left alone until a person says otherwise', async (t) => {
    const live = await stage(t)
    live.gateway.installation = 'installation-1'
    await live.start()
    live.drop('A.csv', csv(row('ชม 1/2', 'a.pdf')))
    await live.pass(10_000)
    const second = await stageOn(t, live.server)
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
    const other = await stageOn(t, one.server)
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

  test('a writer who goes on after his document was done loses no row', async (t) => {
    const { gateway, drop, pass, start, on, done, claims } = await stage(t)
    await start()
    drop('slow.csv', csv(row('ชม 1/2')))
    await pass(10_000)
    const [id = ''] = done()
    appendFileSync(on('out', 'done', id, 'document', 'slow.csv'), `${row('ชม 1/3')}\r\n`)
    await pass(6000)
    t.same([done(), claims()], [[], [id]])
    await pass(10_000)
    t.same(numbers(gateway.items.slice(-2)), ['ชม 1/2', 'ชม 1/3'])
    t.same([done(), claims()], [[id], []])
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

  test('a wrong password: told once, in words, and tried at growing intervals; then it is mended', async (t) => {
    const { gateway, drop, pass, start, deliver, day, reported } = await stage(t)
    day.password = 'changed'
    await start()
    drop('a.csv', csv(row('ชม 1/2')))
    await pass(50_000)
    t.equal(day.signIns, 1, 'not again within the minute, however many folders and parcels want it')
    t.match(await deliver(letterParcel()), {
      kind: 'unavailable',
      said: /adapter\.remote\.sign-in/,
      retryAfter: Number,
    })
    t.equal(day.signIns, 1)
    await pass(600_000)
    t.ok(day.signIns >= 3 && day.signIns <= 6, `${day.signIns} in eleven minutes`)
    const told = reported('folder.unavailable').filter(({ channel }) => channel === 'send')
    t.match(told, [{ reason: 'EAUTH', said: /refuses the user with this password or key/ }])
    t.equal(told.length, 1)
    t.notMatch(JSON.stringify(gateway.reports), /correct|changed/, 'T11')
    day.password = 'correct'
    await pass(320_000)
    t.same(numbers(gateway.items), ['ชม 1/2'])
  })

  test('a server that is not there, and comes back', async (t) => {
    const { gateway, drop, pass, start, deliver, server, reported } = await stage(t)
    await server.goAway()
    await start()
    await pass(6000)
    t.match(await deliver(letterParcel()), {
      kind: 'unavailable',
      said: /ECONNREFUSED \[adapter\.remote\.unreachable/,
    })
    t.equal(reported('folder.unavailable').filter(({ channel }) => channel === 'send').length, 1)
    await server.comeBack()
    drop('a.csv', csv(row('ชม 1/2')))
    await pass(60_000)
    t.same(numbers(gateway.items), ['ชม 1/2'])
    t.match(await deliver(letterParcel()), { kind: 'taken' })
  })

  test('a server that falls silent: each verb has a bound, and the connection is made anew', async (t) => {
    const { gateway, drop, pass, start, deliver, day, reported, visible } = await stage(t)
    await start()
    drop('a.csv', csv(row('ชม 1/2')))
    await pass(4000)
    day.fault = (verb) => (verb === 'rename' || verb === 'write' ? 'silent' : undefined)
    await pass(4000)
    t.match(reported('folder.unavailable'), [{ reason: 'ETIMEDOUT' }])
    await pass(6000)
    t.match(await deliver(letterParcel()), { kind: 'unavailable' })
    t.same(visible('in'), [])
    day.fault = undefined
    await pass(60_000)
    t.same(numbers(gateway.items), ['ชม 1/2'])
    t.match(await deliver(letterParcel()), { kind: 'taken' })
  })

  test('an idle connection that the server ended is opened again without a word', async (t) => {
    const { gateway, drop, pass, start, server, day, reported } = await stage(t)
    await start()
    await server.goAway()
    await server.comeBack()
    await new Promise((resolve) => setTimeout(resolve, 50))
    drop('a.csv', csv(row('ชม 1/2')))
    await pass(12_000)
    t.same(numbers(gateway.items), ['ชม 1/2'])
    t.same([reported('folder.unavailable'), day.connections], [[], 2])
  })

  // ── Handing over ─────────────────────────────────────────────────────────────────────────────────────────────────

  test('handing over: the document and its files stand in the folder, whole, once', async (t) => {
    const { deliver, on, visible, names } = await stage(t)
    t.match(await deliver(letterParcel()), { kind: 'taken', said: 'p-77.csv' })
    t.same(visible('in'), ['p-77-1-หนังสือ.pdf', 'p-77.csv'])
    t.equal(readFileSync(on('in', 'p-77-1-หนังสือ.pdf'), 'utf8'), 'abc')
    t.match(readFileSync(on('in', 'p-77.csv'), 'utf8'), /ชม 0017\.1\/492,13 ก\.พ\. 2551/)
    // The system takes it away; a retry of the same parcel must not bring it a second time.
    for (const name of visible('in')) unlinkSync(on('in', name))
    t.match(await deliver(letterParcel()), { kind: 'taken' })
    t.same(visible('in'), [])
    t.same(names('in', '.saraban'), ['folder', 'p-77.done'])
    t.match(await deliver(noticeParcel('p-78')), { kind: 'taken' })
    t.match(readFileSync(on('status', 'p-78.csv'), 'utf8'), /A,ชม 0017\.1\/492,13 ก\.พ\. 2551,1234\/2569/)
  })

  test('handing over: whichever verb the connection breaks at, before it is done or after: it stands there once, whole', async (t) => {
    const { deliver, on, visible, gateway, day, names } = await stage(t)
    t.match(await deliver(letterParcel('p-0')), { kind: 'taken' })
    let count = 0
    day.fault = () => {
      count += 1
      return undefined
    }
    t.match(await deliver(letterParcel('p-1')), { kind: 'taken' })
    const verbs = count
    t.ok(verbs > 10)
    for (let breaking = 1; breaking <= verbs; breaking += step)
      for (const fault of ['drop-before', 'drop-after'] as const) {
        const id = `p-${breaking}-${fault}`
        const what = `${fault} at verb ${breaking}`
        count = 0
        day.fault = () => {
          count += 1
          return count === breaking ? fault : undefined
        }
        const first = await deliver(letterParcel(id))
        const document = `${id}.csv`
        if (first.kind === 'unavailable')
          t.notOk(existsSync(on('in', document)), `${what}: nothing was taken`)
        // Verbs after the last that matters may break without harm.
        if (first.kind !== 'taken') t.match(first.kind, /^un(available|known)$/, what)
        gateway.clock.skip(5000)
        t.match(await deliver(letterParcel(id)), { kind: 'taken' }, what)
        t.same(
          visible('in').filter((name) => name.startsWith(`${id}.`) || name.startsWith(`${id}-`)),
          [`${id}-1-หนังสือ.pdf`, document],
          what,
        )
        t.equal(readFileSync(on('in', `${id}-1-หนังสือ.pdf`), 'utf8'), 'abc', what)
      }
    t.notOk(names('in', '.saraban').some((name) => name.endsWith('.moving') || name.endsWith('.staged')))
  })

  const big = (id: string): Parcel => ({
    ...letterParcel(id),
    open: () => Readable.from([scan.subarray(0, 3)]),
  })

  test('handing over: the connection breaks in the middle of an upload: nothing stands in the folder, then the whole', async (t) => {
    const { deliver, visible, gateway, day, on } = await stage(t)
    day.dropAfterBytes = 40
    const broken = await deliver(big('p-1'))
    t.match(broken, { kind: 'unavailable', said: /adapter\.remote\.lost/ })
    t.same(visible('in'), [])
    gateway.clock.skip(5000)
    t.match(await deliver(letterParcel('p-1')), { kind: 'taken' })
    t.same(visible('in'), ['p-1-1-หนังสือ.pdf', 'p-1.csv'])
    t.equal(readFileSync(on('in', 'p-1-1-หนังสือ.pdf'), 'utf8'), 'abc')
  })

  test('handing over: a full disk: unavailable, no half file anywhere, and later it goes', async (t) => {
    const { deliver, visible, names, day } = await stage(t)
    t.match(await deliver(letterParcel('p-0')), { kind: 'taken' })
    day.quota = 10
    t.match(await deliver(letterParcel('p-1')), { kind: 'unavailable', said: /adapter\.folder\.failed/ })
    t.same(visible('in'), ['p-0-1-หนังสือ.pdf', 'p-0.csv'])
    t.same(names('in', '.saraban'), ['folder', 'p-0.done'], 'what was staged gave its room back')
    day.quota = undefined
    t.match(await deliver(letterParcel('p-1')), { kind: 'taken' })
  })

  test('handing over: a server that says yes to half a file is not believed', async (t) => {
    const { deliver, visible, day, on } = await stage(t)
    t.match(await deliver(letterParcel('p-0')), { kind: 'taken' })
    day.meanwhile = (verb, path) => {
      // The size is asked for after the upload: somebody has cut the file by then.
      if (verb === 'stat' && path.endsWith('.saraban/p-1/p-1.csv')) writeFileSync(on(path), 'half')
    }
    t.match(await deliver(letterParcel('p-1')), { kind: 'unavailable', said: /EIO/ })
    t.same(visible('in'), ['p-0-1-หนังสือ.pdf', 'p-0.csv'])
    day.meanwhile = undefined
    t.match(await deliver(letterParcel('p-1')), { kind: 'taken' })
  })

  test('handing over: our own disk fails while the bytes are read: unavailable, and the server is not blamed', async (t) => {
    const { deliver, visible } = await stage(t)
    const failing: Parcel = {
      ...letterParcel('p-1'),
      open: () =>
        Readable.from(
          (async function* () {
            yield Buffer.from('a')
            throw Object.assign(new Error('input/output'), { code: 'EIO' })
          })(),
        ),
    }
    const failed = await deliver(failing)
    t.match(failed, { kind: 'unavailable', said: /EIO/ })
    t.notOk('retryAfter' in failed)
    t.same(visible('in'), [])
    t.match(await deliver(letterParcel('p-1')), { kind: 'taken' }, 'at once: nothing waits for the server')
  })

  test('handing over: a name that is taken is not overwritten; another folder and a missing one get nothing', async (t) => {
    const { deliver, on, visible } = await stage(t)
    writeFileSync(on('in', 'p-77.csv'), 'somebody else’s')
    t.match(await deliver(letterParcel()), { kind: 'unavailable', said: /stands in the folder already/ })
    t.equal(readFileSync(on('in', 'p-77.csv'), 'utf8'), 'somebody else’s')
    unlinkSync(on('in', 'p-77.csv'))
    t.match(await deliver(letterParcel()), { kind: 'taken' })
    renameSync(on('in'), on('share'))
    t.match(await deliver(letterParcel('p-78')), { kind: 'unavailable', said: /adapter\.folder\.absent/ })
    mkdirSync(on('in'))
    t.match(await deliver(letterParcel('p-78')), { kind: 'unavailable', said: /adapter\.folder\.other/ })
    t.same(visible('in'), [])
    mkdirSync(on('in', '.saraban'))
    writeFileSync(on('in', '.saraban', 'accept'), '')
    t.match(await deliver(letterParcel('p-78')), { kind: 'taken' }, 'a person accepts the folder')
  })

  test('handing over: what was moved and is not there any more is unknown, never taken, until a person says', async (t) => {
    const { deliver, on } = await stage(t)
    t.match(await deliver(letterParcel()), { kind: 'taken' })
    renameSync(on('in', '.saraban', 'p-77.done'), on('in', '.saraban', 'p-77.moving'))
    unlinkSync(on('in', 'p-77.csv'))
    t.match(await deliver(letterParcel()), { kind: 'unknown', said: /adapter\.folder\.lost/ })
    renameSync(on('in', '.saraban', 'p-77.moving'), on('in', '.saraban', 'p-77.done'))
    t.match(await deliver(letterParcel()), { kind: 'taken' })
  })

  test('handing over: what another profile staged is staged anew, wherever the connection breaks at it; what was moved stays', async (t) => {
    const { deliver, on, visible, names, day, gateway } = await stage(t)
    t.match(await deliver(letterParcel('p-0')), { kind: 'taken' })
    const recorded: Buffer[] = []
    // The same lengths: neither a name nor a size tells the documents apart.
    const bring = (id: string, subject: string, scanName: string) =>
      deliver({
        ...letterParcel(id, fixedLetter({ subject, attachments: [scanOf(scanName)] })),
        record: async ({ bytes }) => void recorded.push(bytes),
      })
    let count = 0
    for (let breaking = 0, verbs = 1; breaking <= verbs; breaking += step) {
      const id = `p-${breaking}-x`
      const what = `verb ${breaking}`
      // The scan is moved, and the document’s name is refused.
      day.fault = (verb, path) => (verb === 'rename' && path.endsWith(`${id}.csv`) ? 'refuse' : undefined)
      t.match(await bring(id, 'ก่อน', 'old.pdf'), { kind: 'unavailable' }, what)
      t.same(
        visible('in').filter((name) => name.startsWith(`${id}-`)),
        [`${id}-1-old.pdf`],
        what,
      )
      count = 0
      day.fault = () => {
        count += 1
        return count === breaking ? 'drop-after' : undefined
      }
      const mended = await bring(id, 'หลัง', 'now.pdf')
      if (breaking === 0) {
        t.match(mended, { kind: 'taken' })
        verbs = count
      }
      day.fault = undefined
      gateway.clock.skip(5000)
      t.match(await bring(id, 'หลัง', 'now.pdf'), { kind: 'taken' }, what)
      const stands = readFileSync(on('in', `${id}.csv`))
      t.match(stands.toString(), /หลัง/, what)
      t.same(recorded.at(-1), stands, `${what}: the last that is recorded is what the system has`)
      t.same(
        visible('in').filter((name) => name.startsWith(id)),
        [`${id}-1-now.pdf`, `${id}.csv`],
        what,
      )
    }
    t.notOk(names('in', '.saraban').some((name) => name.endsWith('.moving') || name.endsWith('.staged')))
    const count0 = recorded.length
    t.match(await bring('p-0-x', 'ก่อน', 'old.pdf'), { kind: 'taken', said: 'p-0-x.csv' })
    renameSync(on('in', '.saraban', 'p-0-x.done'), on('in', '.saraban', 'p-0-x.moving'))
    t.match(await bring('p-0-x', 'ก่อน', 'old.pdf'), { kind: 'taken', said: 'p-0-x.csv' })
    t.match(readFileSync(on('in', 'p-0-x.csv'), 'utf8'), /หลัง/)
    t.equal(recorded.length, count0, 'nothing was handed, and nothing is recorded')
  })

  test('handing over: a server whose clock is ten years off forgets no parcel; what is old by its own clock goes', async (t) => {
    const { deliver, on, visible, names, gateway } = await stage(t)
    t.match(await deliver(letterParcel()), { kind: 'taken' })
    const marker = on('in', '.saraban', 'p-77.done')
    for (const [year, days] of [
      [2016, 2],
      [2036, 4],
    ] as const) {
      utimesSync(marker, new Date(year, 1, 1), new Date(year, 1, 1))
      // The system has taken the letter; the answer was lost, and a day has passed.
      for (const name of visible('in')) unlinkSync(on('in', name))
      gateway.clock.skip(days * 86_400_000)
      t.match(await deliver(letterParcel()), { kind: 'taken' })
      t.same(visible('in'), [], `${year}: not a second time`)
    }
    utimesSync(marker, new Date(2016, 1, 1), new Date(2016, 1, 1))
    t.match(await deliver(letterParcel('p-78')), { kind: 'taken' })
    const now = new Date(2018, 1, 1)
    utimesSync(on('in', '.saraban', 'p-78.done'), now, now)
    gateway.clock.skip(2 * 86_400_000)
    t.match(await deliver(letterParcel('p-78')), { kind: 'taken' })
    // An old list says days and no instants: there a marker stays.
    t.same(
      names('in', '.saraban'),
      kind === 'ftp, plain' ? ['folder', 'p-77.done', 'p-78.done'] : ['folder', 'p-78.done'],
      'two years by the clock of the server',
    )
  })

  test('handing over: stopped before anything was moved', async (t) => {
    const { deliver, visible } = await stage(t)
    t.match(await deliver(letterParcel(), AbortSignal.abort()), { kind: 'unavailable' })
    t.same(visible('in'), [])
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
