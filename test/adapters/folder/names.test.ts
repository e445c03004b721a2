// Names that lead elsewhere, or are written otherwise than one thinks (T5).
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import t from 'tap'
import { readProfile } from '../../../src/adapters/profile.ts'
import { mustBe } from '../../letter/arbitrary.ts'
import { csv, row } from '../chiang-mai.ts'
import { adapterOf } from '../stage.ts'
import { stage } from './stage.ts'

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
