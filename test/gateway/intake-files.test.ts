import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import t from 'tap'
import { openAttachmentStore, TooLarge } from '../../src/gateway/attachments/store.ts'
import { keepContent, writeUntaken } from '../../src/gateway/intake/keep.ts'
import { HandClock, scratch } from './harness.ts'
import { sha256 } from './intake-stage.ts'
import { openJournal } from './journal-engine.ts'

t.test('attachments: streamed, bounded, each once; a half-written one is gone', async (t) => {
  const folder = scratch(t)
  mkdirSync(join(folder, 'incoming'))
  writeFileSync(join(folder, 'incoming', 'left by a killed process'), 'half')
  const store = await openAttachmentStore(folder)
  t.same(readdirSync(join(folder, 'incoming')), [])
  const bytes = Buffer.alloc(300_000, 'ก')
  const [one, other] = await Promise.all([
    store.keep(Readable.from([bytes.subarray(0, 100_001), bytes.subarray(100_001)]), 300_000),
    store.keep(bytes, 300_000),
  ])
  t.same(one, { sha256: sha256(bytes), size: bytes.length })
  t.same(other, one)
  t.ok(Buffer.concat(await store.open(one.sha256).toArray()).equals(bytes))
  await t.rejects(store.keep(bytes, 299_999), new TooLarge(299_999))
  const breaks = Readable.from(
    (async function* () {
      yield bytes
      throw new Error('the line dropped')
    })(),
  )
  await t.rejects(store.keep(breaks, 1_000_000), /the line dropped/)
  t.same(readdirSync(join(folder, 'incoming')), [], 'nothing is left behind')
  t.equal(await store.sizeOf('0'.repeat(64)), undefined)
  t.throws(() => store.open('../../etc/passwd'), RangeError)
  await t.rejects(store.open('0'.repeat(64)).toArray(), { code: 'ENOENT' })
})

t.test('T5: a file beside is read only when it is a file', async (t) => {
  const folder = scratch(t)
  const store = await openAttachmentStore(join(folder, 'store'))
  writeFileSync(join(folder, 'scan.pdf'), 'scan')
  symlinkSync(join(folder, 'scan.pdf'), join(folder, 'link.pdf'))
  mkdirSync(join(folder, 'folder.pdf'))
  const keep = (name: string) =>
    keepContent(store, { kind: 'file', path: join(folder, name) }, 'attachments[0]')
  t.match(await keep('scan.pdf'), { ok: true, value: { size: 4 } })
  for (const name of ['link.pdf', 'folder.pdf', 'absent.pdf']) {
    t.match(await keep(name), { ok: false, problems: [{ code: 'letter.attachment.missing' }] }, name)
  }
  t.match(
    await keepContent(store, { kind: 'file', path: '/dev/zero' }, 'attachments[0]'),
    { ok: false },
    'a device',
  )
})

t.test('bytes that changed on disk are not handed on', async (t) => {
  const folder = scratch(t)
  const store = await openAttachmentStore(folder)
  const { sha256: digest } = await store.keep(Buffer.from('1000 baht'), 100)
  const path = join(folder, digest.slice(0, 2), digest.slice(2, 4), digest)
  for (const changed of ['9000 baht', '']) {
    writeFileSync(path, changed)
    await t.rejects(store.open(digest).toArray(), { name: 'AttachmentDamaged' })
  }
})

t.test('whoever knows how many bytes to expect never has all of what is damaged', async (t) => {
  const folder = scratch(t)
  const store = await openAttachmentStore(folder)
  for (const size of [1, 65_536, 65_537, 300_000]) {
    const bytes = Buffer.alloc(size, size % 251)
    const { sha256: digest } = await store.keep(bytes, size)
    t.ok(bytes.equals(Buffer.concat((await store.open(digest).toArray()) as Buffer[])))
    const changed = Buffer.from(bytes)
    changed[0]! ^= 1
    writeFileSync(join(folder, digest.slice(0, 2), digest.slice(2, 4), digest), changed)
    let got = 0
    const reading = store.open(digest)
    reading.on('data', (piece: Buffer) => {
      got += piece.length
    })
    await t.rejects(finished(reading), { name: 'AttachmentDamaged' })
    t.ok(got < size, `${got} of ${size}`)
  }
})

t.test(
  'what may leave with an item that is not taken is told with it, and once for all of its source',
  async (t) => {
    const database = await openJournal(scratch(t))
    t.teardown(() => database.close())
    const desk = { database, clock: new HandClock() }
    const leaving = async () =>
      (await database.committed.all<{ sha256: string }>('SELECT sha256 FROM leaving ORDER BY sha256')).map(
        (row) => row.sha256,
      )
    const kept = new Set(['a', 'b'])
    await t.rejects(
      writeUntaken(desk, kept, async () => {
        throw new Error('the item could not be written')
      }),
      /could not be written/,
    )
    t.same([await leaving(), kept.size], [[], 2], 'not told, and still to be told')
    const written: string[] = []
    await writeUntaken(desk, kept, async () => void written.push('one'))
    t.same([await leaving(), kept.size], [['a', 'b'], 0])
    kept.add('c')
    await writeUntaken(desk, kept, async () => void written.push('another'))
    t.same([await leaving(), kept.size], [['a', 'b', 'c'], 0])
    t.same(written, ['one', 'another'])
  },
)
