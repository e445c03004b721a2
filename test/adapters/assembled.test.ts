// Documents that are put together from files in pieces against the same documents written at once: equal to the byte, and as
// long as they say.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import t from 'tap'
import { stringify } from 'yaml'
import { formsOf } from '../../src/adapters/adapter.ts'
import { assembled, type FilePlace, Places } from '../../src/adapters/formats/assembled.ts'
import { base64Lines } from '../../src/adapters/formats/mail/write.ts'
import { type Profile, readProfile } from '../../src/adapters/profile.ts'
import { mediaTypeOf } from '../../src/letter/attachments.ts'
import type { Attachment, Letter } from '../../src/letter/letter.ts'
import { fixedLetter, mustBe } from '../letter/arbitrary.ts'
import { parcelOf, shipped, TestClock } from './stage.ts'
import { letterOf, profileTree, readBack } from './there-and-back.ts'

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
const bytesOf = (size: number, seed: number): Buffer =>
  Buffer.from(Array.from({ length: size }, (_, at) => (at * seed + (at >> 8)) % 256))

/** The bytes in pieces of these sizes, again and again. */
function inPieces(bytes: Buffer, sizes: readonly number[]): Readable {
  const pieces: Buffer[] = []
  for (let at = 0, count = 0; at < bytes.length; count += 1) {
    const size = sizes[count % sizes.length] ?? bytes.length
    pieces.push(bytes.subarray(at, at + size))
    at += size
  }
  return Readable.from(pieces)
}

const encoded = (bytes: Buffer, lines: boolean): string =>
  lines ? base64Lines(bytes) : bytes.toString('base64')

/** The same forms, which write every file at once. */
const atOnce = {
  Places: class {
    place(): undefined {
      return undefined
    }
    filled(bytes: Buffer): Promise<Buffer> {
      return Promise.resolve(bytes)
    }
  },
  assembled: async (parts: readonly (Buffer | FilePlace)[], open: (sha256: string) => Readable) => {
    const all: Buffer[] = []
    for (const part of parts) {
      if (Buffer.isBuffer(part)) all.push(part)
      else all.push(Buffer.from(encoded(Buffer.concat(await open(part.sha256).toArray()), part.lines)))
    }
    return Buffer.concat(all)
  },
}
const plain = await t.mockImport<typeof import('../../src/adapters/adapter.ts')>(
  '../../src/adapters/adapter.ts',
  { '../../src/adapters/formats/assembled.ts': atOnce },
)

const block = 57 * 1024
const sizes = [1, 2, 3, 56, 57, 58, 113, 114, 115, 3_000, 49_152].concat(
  [block, 2 * block].flatMap((size) => [size - 57, size - 3, size - 1, size, size + 1, size + 2, size + 57]),
)

t.test('law: parts and files, in their order, encoded as they are at once', async (t) => {
  const part = fc.oneof(
    fc.constantFrom('', '<a>', 'ก', '\r\n', 'QUJD').map((text) => Buffer.from(text)),
    fc.record({ size: fc.constantFrom(0, ...sizes), seed: fc.constantFrom(1, 131), lines: fc.boolean() }),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(part, { maxLength: 5 }),
      fc.array(fc.constantFrom(1_000, 4_095, 16_384, 65_536, 57), { minLength: 1, maxLength: 3 }),
      async (parts, cuts) => {
        const store = new Map<string, Buffer>()
        const expected: Buffer[] = []
        const given = parts.map((each): Buffer | FilePlace => {
          if (Buffer.isBuffer(each)) {
            expected.push(each)
            return each
          }
          const bytes = bytesOf(each.size, each.seed)
          store.set(digest(bytes), bytes)
          expected.push(Buffer.from(encoded(bytes, each.lines)))
          return { sha256: digest(bytes), size: each.size, lines: each.lines }
        })
        const made = await assembled(given, (sha256) => inPieces(store.get(sha256) ?? Buffer.alloc(0), cuts))
        assert.ok(made.equals(Buffer.concat(expected)))
      },
    ),
    { numRuns: 150 },
  )
  t.pass('holds')
})

t.test('a store that lost a byte, or has one too many, makes no document', async (t) => {
  for (const size of [1, 3, block, block + 1, 2 * block])
    for (const lines of [false, true]) {
      const make = (real: number) =>
        assembled([Buffer.from('x'), { sha256: '', size, lines }, Buffer.from('y')], () =>
          inPieces(bytesOf(real, 3), [16_384]),
        )
      await t.rejects(make(size - 1), { message: /fewer bytes/ })
      await t.rejects(make(size + 1), { message: /more bytes/ })
      await t.rejects(make(0), { message: /fewer bytes/ })
      await t.resolves(make(size))
    }
})

t.test('places: once, twice or never, and two files of one content are two', async (t) => {
  const places = new Places()
  const [one, two] = [bytesOf(50_000, 3), bytesOf(49_152, 131)]
  const open = (sha256: string) => inPieces(sha256 === digest(one) ? one : two, [9_999])
  const [first, second, third] = [one, two, one].map((bytes) => places.place(digest(bytes), bytes.length))
  assert(first !== undefined && second !== undefined && third !== undefined)
  t.equal(new Set([first, second, third]).size, 3)
  t.equal(places.place('', 49_151), undefined, 'a small one is written at once')
  const text = await places.filled(Buffer.from(`ก${second}|${first}${third}.${second}`), open)
  const [a, b] = [one.toString('base64'), two.toString('base64')]
  t.ok(text.equals(Buffer.from(`ก${b}|${a}${a}.${b}`)))
  t.equal((await places.filled(Buffer.from('x'), open)).toString(), 'x')
  await t.rejects(places.filled(Buffer.from(first.replace(/.{8}$/, '00000003')), open), /a token was changed/)
  await t.rejects(places.filled(Buffer.from(first.slice(0, -1)), open), /a token was changed/)
  // Another document's token is a text like any other.
  const other = new Places().place('', 50_000) ?? ''
  t.equal((await places.filled(Buffer.from(other), open)).toString(), other)
})

const clock = new TestClock()
const pdf = mustBe(mediaTypeOf('application/pdf', ''))
const contents = new Map(
  [30, 49_151, 49_152, 50_000, block + 1, 2 * block].map((size, index) => {
    const bytes = bytesOf(size, index % 2 === 0 ? 3 : 131)
    return [digest(bytes), bytes] as const
  }),
)
const all = [...contents.keys()]
const lettersOf = (): readonly Letter[] => {
  const letter = (digests: readonly (string | undefined)[]) =>
    fixedLetter({
      attachments: digests.map(
        (sha256 = '', index): Attachment => ({
          name: `ไฟล์ ${index}.pdf`,
          mediaType: pdf,
          role: index === 0 ? 'main' : 'enclosure',
          sha256,
          size: contents.get(sha256)?.length ?? 0,
        }),
      ),
    })
  return [letter([all[3]]), letter(all), letter([all[5], all[5], all[0], all[5], all[2]]), letter([all[0]])]
}

const columns = ['ที่', 'ลงวันที่', 'เรื่อง', 'ถึง', 'จาก', 'data', 'name']
const fields = {
  number: { at: 'ที่', as: 'letter-number' },
  date: { at: 'ลงวันที่', as: { 'christian-date': 'ce:yyyy-MM-dd' } },
  subject: { at: 'เรื่อง', as: 'text' },
  to: { at: 'ถึง', as: 'office' },
  from: { at: 'จาก', as: 'office' },
}
function profileOf(format: object, base64: object, more: object = {}): Profile {
  const tree = profileTree()
  const attachments = { at: ['data', 'name'], as: { base64 } }
  tree.documents.letter = { ...tree.documents.letter, format, fields: { ...fields, attachments }, ...more }
  return mustBe(readProfile(stringify(tree), 'test.yaml'))
}
const listed = (separator: string) =>
  columns.map((at) => (at === 'data' || at === 'name' ? { at, separator } : at))

const profiles: Readonly<Record<string, Profile>> = {
  ratchaburi: shipped('ratchaburi-web'),
  'samut sakhon': shipped('samut-sakhon-web'),
  'ang thong': shipped('ang-thong-mailbox'),
  narathiwat: shipped('narathiwat-ecms'),
  pattani: shipped('pattani-ecms'),
  'a server of the exchange': shipped('trang-ecms-server'),
  json: profileOf({ kind: 'json-records', columns }, { separator: '|' }),
  'json, escaped': profileOf(
    { kind: 'json-records', columns: listed('|'), escapes: 'all', indent: 2, charset: 'utf-8-bom' },
    { separator: '|' },
  ),
  'json, lines': profileOf(
    { kind: 'json-records', columns, layout: 'lines', charset: 'windows-874' },
    { separator: '|', uri: true },
  ),
  'json, between them what is base64': profileOf({ kind: 'json-records', columns }, { separator: ' ' }),
  'json, a list that is parted by what is base64': profileOf(
    { kind: 'json-records', columns: listed('/') },
    { separator: '|' },
  ),
  'json, a rule that sees the file': profileOf(
    { kind: 'json-records', columns },
    { separator: '|' },
    {
      skip: [{ column: 'data', begins: [bytesOf(60_000, 131).toString('base64').slice(0, 8)] }],
    },
  ),
  xml: profileOf({ kind: 'xml', charset: 'windows-874', record: 'r/x', columns }, { separator: '|' }),
  'xml, listed': profileOf(
    { kind: 'xml', charset: 'utf-8', record: 'r/x', columns: listed('|') },
    { separator: '|' },
  ),
}

for (const [name, profile] of Object.entries(profiles))
  t.test(`${name}: equal to the byte`, async (t) => {
    const forms = [formsOf(profile, clock), plain.formsOf(profile, clock)].map(
      (found) => found.receive ?? found.send,
    )
    const [one, other] = forms
    assert(one && other)
    for (const letter of lettersOf()) {
      const parcel = parcelOf({ letter }, 'p-1', profile.office, contents)
      const outgoing = {
        ...parcel,
        open: (sha256: string) => inPieces(contents.get(sha256) ?? Buffer.alloc(0), [7_001]),
      }
      const made = await one.write(outgoing)
      const expected: typeof made = await other.write(outgoing)
      assert.equal(made.ok, expected.ok, JSON.stringify(made.ok ? expected : made).slice(0, 300))
      if (!made.ok || !expected.ok) {
        t.same(made, expected)
        continue
      }
      t.ok(made.value.bytes.equals(expected.value.bytes))
      t.same({ ...made.value, bytes: undefined }, { ...expected.value, bytes: undefined })
      if (one.read === undefined || made.value.files.length > 0) continue
      const back = letterOf(await readBack(one, 'letter', made.value))
      t.same(
        back.attachments.map(({ sha256, size }) => [sha256, size]),
        letter.attachments.map(({ sha256, size }) => [sha256, size]),
      )
    }
  })
