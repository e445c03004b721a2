// dBase tables both ways: what attackers and full disks make of them, the laws, and dbffile's independent opinion.
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { DBFFile } from 'dbffile'
import fc from 'fast-check'
import iconv from 'iconv-lite'
import t from 'tap'
import { parse, stringify } from 'yaml'
import { formsOf } from '../../src/adapters/adapter.ts'
import type { AttachmentContent, Source } from '../../src/adapters/contract.ts'
import { dbf } from '../../src/adapters/formats/dbf/dbf.ts'
import { memoReader } from '../../src/adapters/formats/dbf/memo.ts'
import type { Companion, DocumentForm } from '../../src/adapters/formats/format.ts'
import { readProfile } from '../../src/adapters/profile.ts'
import { letterToJson } from '../../src/letter/json.ts'
import type { Letter } from '../../src/letter/letter.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import { good } from '../../src/problem/problem.ts'
import { fixedLetter, letters, mustBe } from '../letter/arbitrary.ts'
import { adapterOf, parcelOf, TestClock, TestGateway } from './stage.ts'
import { letterOf, nastyCells, readBack, recordForm } from './there-and-back.ts'

const columns = [
  { name: 'เลข', type: 'C', length: 20 },
  { name: 'วัน', type: 'D' },
  { name: 'หน', type: 'N', length: 5 },
  { name: 'บาท', type: 'N', length: 9, decimals: 2 },
  { name: 'ดวน', type: 'L' },
]
const noted = [...columns, { name: 'รอง', type: 'M' }]
const versions = ['dbase3', 'dbase4', 'foxpro'] as const
const form = (options: object = {}) =>
  recordForm(dbf, { charset: 'windows-874', columns, date: '2026-11-23', ...options })
const names = noted.map(({ name }) => name)
const record = (...cells: string[]) => new Map(cells.map((cell, index) => [names[index] ?? '', cell]))
const rows = [
  record('มท 0210.3/ว3893', '25511115', '2', '12.50', 'T', 'ขอเชิญประชุม\r\nครั้งที่ ๑'),
  record('', '', '', '', '', ''),
  record('ชม 0017/1', '25510229', '-10', '-0.05', 'F', 'ก'.repeat(1500)),
]
const table = (options: object = {}) => form(options).write(rows, names)

const shown = (made: ReturnType<typeof form>, bytes: Buffer, companion?: Companion) =>
  made
    .read(bytes, companion)
    .map((each) =>
      each.kind === 'record'
        ? [each.record.position, ...each.record.cells.values()]
        : [each.position, ...each.problems.map(({ code }) => code)],
    )
const codes = (bytes: Buffer, options: object = {}) =>
  shown(form(options), bytes)
    .filter(([, what]) => what?.startsWith('adapter.'))
    .map((each) => each.join(' '))
const changed = (bytes: Buffer, change: (copy: Buffer) => void) => {
  const copy = Buffer.from(bytes)
  change(copy)
  return copy
}
const memoOf = (made: ReturnType<typeof form>, records = rows): Companion => ({
  name: 'x.dbt',
  content: good(made.writeCompanion?.(records)?.bytes ?? Buffer.alloc(0)),
})

t.test('law: cells that are not refused come back as they were, in every version and charset', (t) => {
  const days = fc.constantFrom('', '25510229', '20081115', '00000000', '25511315', 'x')
  const numbers = fc.constantFrom('', '0', '12.50', '-3', '123456', '1.5', '007', '+1', '1e3')
  const cells = fc.tuple(
    nastyCells,
    days,
    numbers,
    numbers,
    fc.constantFrom('', 'T', 'F', 'Y', '?'),
    nastyCells,
  )
  let kept = 0
  for (const version of versions)
    for (const charset of ['windows-874', 'tis-620', 'utf-8']) {
      const made = form({ version, charset, columns: noted })
      fc.assert(
        fc.property(fc.array(cells, { minLength: 1, maxLength: 4 }), (drawn) => {
          // One cell that is surely Thai: a table of three letters might be UTF-8 by chance.
          const records = [['หนังสือ', '', '', '', '', ''], ...drawn].map((each) =>
            record(
              ...each.map((cell, index) => (made.refuses(cell, names[index]) === undefined ? cell : '')),
            ),
          )
          const back = made.read(made.write(records, names), memoOf(made, records))
          t.same(
            back.map((each) => each.kind === 'record' && [...each.record.cells]),
            records.map((each) => [...each]),
          )
          kept += records.filter((each) => each.get('เลข') !== '' && each.get('รอง') !== '').length
        }),
        { numRuns: 150 },
      )
    }
  t.ok(kept > 500, `${kept} records were kept`)
  t.end()
})

t.test('X9: a header is believed in nothing that the bytes do not bear out', (t) => {
  const whole = table()
  const at = (offset: number, value: number, bytes = 2) =>
    changed(whole, (copy) => copy.writeUIntLE(value, offset, bytes))
  t.same(codes(whole), [])
  t.same(
    codes(at(4, 0xffffffff, 4)),
    ['record 4 adapter.dbf.truncated'],
    '4 billion records: the whole ones stay',
  )
  t.equal(shown(form(), at(4, 0xffffffff, 4)).length, 4)
  t.same(codes(at(10, 0)), ['header adapter.dbf.header'], 'records of no length')
  t.same(codes(at(10, 43)), ['header adapter.dbf.header'], 'columns that do not add up')
  t.same(codes(at(8, 0xffff)), ['header adapter.dbf.header'], 'a header longer than the file')
  t.same(codes(at(8, 0)), ['header adapter.dbf.header'], 'a header of no length')
  t.same(codes(at(8, 64)), ['header adapter.dbf.header'], 'a header that ends within its columns')
  t.same(codes(at(32 + 16, 0, 1)), ['header adapter.dbf.header'], 'a column of no length')
  t.same(codes(at(32 + 32 + 16, 9, 1)), ['header adapter.dbf.header'], 'a day of nine bytes')
  t.same(codes(at(32 + 11, 0x47, 1)), ['header adapter.dbf.type'], 'a picture')
  t.same(codes(at(15, 1, 1)), ['header adapter.dbf.header'], 'encrypted')
  t.same(codes(at(0, 0x05, 1)), ['header adapter.dbf.version'])
  t.same(codes(at(4, 0, 4)), ['document adapter.document.empty', 'record 1 adapter.dbf.beyond'])
  const twice = changed(whole, (copy) => copy.copy(copy, 64, 32, 43))
  t.same(codes(twice), ['header adapter.column.twice'])
  for (const length of [1, 31, 32, 33, 100])
    t.equal(codes(whole.subarray(0, length)).length, 1, `${length} bytes`)
  t.same(codes(Buffer.alloc(0)), ['header adapter.document.empty'])
  t.end()
})

t.test('X9: whatever bytes come, reading ends with faults and never throws', (t) => {
  const made = form({ version: 'dbase4', columns: noted })
  const whole = made.write(rows, names)
  const memo = made.writeCompanion?.(rows)?.bytes ?? Buffer.alloc(0)
  const hits = fc.array(fc.tuple(fc.nat(whole.length + memo.length - 1), fc.nat(255)), {
    minLength: 1,
    maxLength: 12,
  })
  fc.assert(
    fc.property(hits, fc.nat(whole.length), (drawn, length) => {
      const both = changed(Buffer.concat([whole, memo]), (copy) => {
        for (const [offset, byte] of drawn) copy[offset] = byte
      })
      const found = made.read(both.subarray(0, Math.min(whole.length, length + 200)), {
        name: 'x.dbt',
        content: good(both.subarray(whole.length)),
      })
      t.ok(found.length <= 5)
    }),
    { numRuns: 2_000 },
  )
  t.end()
})

t.test('X9: a table that was cut gives its whole records; rows that nobody counted are a fault', (t) => {
  const whole = table()
  const { length } = rows
  const cut = whole.subarray(0, whole.length - 20)
  t.same(codes(cut), ['record 3 adapter.dbf.truncated'])
  t.equal(shown(form(), cut).length, 3)
  t.equal(form().unended?.(cut), true)
  t.same(codes(whole.subarray(0, -1)), [], 'the end mark may be missing')
  t.equal(form().unended?.(whole.subarray(0, -1)), false)
  const uncounted = changed(whole, (copy) => copy.writeUInt32LE(length - 1, 4))
  t.same(codes(uncounted), [`record ${length} adapter.dbf.beyond`])
  t.equal(shown(form(), uncounted).length, length, 'those that are counted stay')
  const ended = changed(whole, (copy) => {
    copy[copy.readUInt16LE(8) + copy.readUInt16LE(10)] = 0x1a
  })
  t.same(codes(ended), ['record 2 adapter.dbf.truncated'], 'the end mark before the end')
  t.same(codes(Buffer.concat([whole, Buffer.from([0x1a, 0, 0])])), [])
  t.same(codes(whole, { records: 2 }), ['record 3 adapter.document.too-many'])
  t.end()
})

t.test('deleted records are skipped, or faults where the profile says so', (t) => {
  const whole = table()
  const mark = (byte: number) =>
    changed(whole, (copy) => {
      copy[copy.readUInt16LE(8)] = byte
    })
  t.same(
    shown(form(), mark(0x2a)).map(([position]) => position),
    ['record 2', 'record 3'],
  )
  t.same(codes(mark(0x2a), { deleted: 'fault' }), ['record 1 adapter.dbf.deleted'])
  t.same(codes(mark(0x58)), ['record 1 adapter.dbf.mark'])
  t.end()
})

t.test('a cell that is none of its type costs its record', (t) => {
  const whole = table()
  const start = whole.readUInt16LE(8) + 1
  const cell = (offset: number, text: string) =>
    changed(whole, (copy) => copy.write(text, start + offset, 'latin1'))
  for (const [offset, text] of [
    [20, '2551 115'],
    [20, '25511315'],
    [20, '25510230'],
    [28, '*****'],
    [28, '1 2'],
    [33, '1,50'],
    [42, 'x'],
  ] as const)
    t.same(codes(cell(offset, text)), ['record 1 adapter.dbf.cell'], `${text} at ${offset}`)
  for (const [offset, text, read] of [
    [20, '        ', ''],
    [42, 'y', 'T'],
    [42, 'n', 'F'],
    [42, '?', ''],
  ] as const) {
    const [first] = shown(form(), cell(offset, text))
    t.equal(first?.[offset === 20 ? 2 : 5], read)
  }
  t.end()
})

t.test(
  'X6: bytes that mean nothing cost their record; a charset that is contradicted costs the table',
  (t) => {
    const whole = table()
    const start = whole.readUInt16LE(8) + 1
    t.same(codes(changed(whole, (copy) => copy.writeUInt8(0xdb, start + 2))), [
      'record 1 adapter.charset.bytes',
    ])
    const plain = { columns: [{ name: 'A', type: 'C', length: 60 }] }
    const utf8 = form({ ...plain, charset: 'utf-8' }).write([new Map([['A', 'หนังสือราชการ']])], ['A'])
    t.same(codes(utf8, plain), ['document adapter.charset.contradicted'])
    t.same(codes(utf8, { ...plain, charset: 'utf-8' }), [])
    t.end()
  },
)

t.test('byte 29: agreeing, absent, contradicting', (t) => {
  const whole = table({ version: 'foxpro' })
  t.equal(whole[29], 0x7c)
  t.equal(table()[29], 0, 'dBase III has no such byte')
  const page = (byte: number) => changed(whole, (copy) => copy.writeUInt8(byte, 29))
  t.same(codes(page(0)), [])
  t.same(codes(page(0x50)), [])
  t.same(codes(page(0x03)), ['header adapter.dbf.codepage'])
  t.same(codes(page(0x03), { codepage: { ignore: 'the exporter copies a template' } }), [])
  const [fault] = form({ charset: 'utf-8' }).read(page(0x7c))
  t.match(fault, {
    problems: [{ code: 'adapter.dbf.codepage', value: '7C (Thai 874)', details: { expected: 'utf-8' } }],
  })
  t.end()
})

t.test('X9: memos: pointers out of range, into each other, into nothing', (t) => {
  for (const version of versions) {
    const made = form({ version, columns: noted })
    const whole = made.write(rows, names)
    const start = whole.readUInt16LE(8)
    const size = whole.readUInt16LE(10)
    const pointing = (index: number, pointer: string) =>
      changed(whole, (copy) => copy.write(pointer.padStart(10), start + (index + 1) * size - 10, 'latin1'))
    const found = (bytes: Buffer, memo = memoOf(made)) =>
      shown(made, bytes, memo)
        .filter(([, what]) => what?.startsWith('adapter.'))
        .map((each) => each.join(' '))
    const first = version === 'foxpro' ? '8' : '1'
    t.same(found(whole), [])
    for (const pointer of ['999999', '9999999999'])
      t.same(found(pointing(0, pointer)), ['record 1 adapter.dbf.memo'], `${version} ${pointer}`)
    t.same(found(pointing(0, '-1')), ['record 1 adapter.dbf.cell'])
    t.same(found(pointing(0, '1x')), ['record 1 adapter.dbf.cell'])
    t.same(found(pointing(2, first)), ['record 3 adapter.dbf.memo'], 'the memo of another record')
    const { content } = memoOf(made)
    const memo = content?.ok ? content.value : Buffer.alloc(0)
    const cut = { name: 'x.dbt', content: good(memo.subarray(0, memo.length - 600)) }
    t.same(found(whole, cut), ['record 3 adapter.dbf.memo'], 'a memo file that was cut')
    t.same(
      found(whole, { name: 'x.dbt', content: good(Buffer.alloc(0)) }),
      ['record 1 adapter.dbf.memo', 'record 3 adapter.dbf.memo'],
      'no header',
    )
    if (version !== 'dbase3') {
      t.same(
        found(pointing(2, String(Number(first) + 2))),
        ['record 3 adapter.dbf.memo'],
        'the middle of a memo',
      )
      const long = changed(memo, (copy) => copy.writeUInt32LE(0xffffffff, 512 + 4))
      t.same(found(whole, { name: 'x.dbt', content: good(long) }), ['record 1 adapter.dbf.memo'])
    }
  }
  t.end()
})

t.test('X9: ten thousand pointers into one memo cost no more than its file is long', (t) => {
  const file = Buffer.alloc(512 * 1_000, 0x41)
  file.writeUInt8(0x1a, file.length - 1)
  const read = memoReader(file, 'dbase3')
  let total = 0
  for (let block = 1; block < 1_000; block += 1) {
    const memo = read(block)
    if ('bytes' in memo) total += memo.bytes.length
  }
  t.ok(total > 0 && total <= file.length, `${total} bytes were read`)
  const header = Buffer.alloc(1_024)
  header.writeUInt16BE(64, 6)
  header.writeUInt32BE(1, 64)
  t.match(memoReader(header, 'foxpro')(1), { reason: 'the file has 16 blocks' }, 'a memo within the header')
  const endless = memoReader(Buffer.alloc(512 * 2_000, 0x41), 'dbase3')
  const reasons = Array.from({ length: 1_999 }, (_, index) => endless(index + 1)).map(
    (memo) => 'reason' in memo && memo.reason,
  )
  t.equal(reasons[0], 'it has no end')
  t.equal(reasons.at(-1), 'too many memos before it have no end')
  t.end()
})

const source = (bytes: Buffer, beside: ReadonlyMap<string, AttachmentContent>, final: boolean): Source => ({
  document: 'letter',
  name: 'LETTERS.DBF',
  bytes,
  beside,
  sender: 'gone',
  final,
})

// The profile of a whole system: every canonical field has a column.
const profile = (version: string, charset = 'windows-874') => {
  const { documents, ...rest } = parse(
    readFileSync(new URL('../../profiles/chiang-mai-csv.yaml', import.meta.url), 'utf8'),
  )
  const text = (length: number) => ({ type: 'C', length })
  const made = {
    NUMBER: text(100),
    DATE: { type: 'D' },
    SUBJECT: { type: 'M' },
    URGENCY: { type: 'N', length: 1 },
    KIND: text(40),
    CIRCULAR: { type: 'L' },
    FROM: text(200),
    TO: { type: 'M' },
    GIVEN: text(200),
    FAMILY: text(200),
    JOB: text(200),
    TO1: text(200),
    TO2: text(200),
    TO3: text(200),
    REFNO: { type: 'M' },
    REFDATE: { type: 'M' },
    REFSUBJ: { type: 'M' },
    NOTE: text(254),
    SENT: text(20),
    DESCR: { type: 'M' },
    FILE1: text(150),
    FILE2: text(254),
    SERIAL: text(20),
  }
  const at = Object.keys(made)
  const { letter, notice } = documents
  const fields: Record<string, { at?: string | string[]; as: unknown }> = letter.fields
  const old: string[] = letter.format.columns
  for (const field of Object.values(fields))
    if (field.at !== undefined)
      field.at = [field.at].flat().map((column) => at[old.indexOf(column)] ?? column)
  fields['date'] = { at: 'DATE', as: { 'buddhist-date': 'yyyyMMdd' } }
  fields['circular'] = { at: 'CIRCULAR', as: { table: { T: 'true', F: 'false' } } }
  fields['subject'] = { at: 'SUBJECT', as: { text: { overflow: 'spill' } } }
  fields['description'] = { at: 'DESCR', as: { text: { overflow: 'spill' } } }
  letter.format = {
    kind: 'dbf',
    charset,
    version,
    date: '2026-11-23',
    columns: Object.entries(made).map(([name, each]) => ({ name, ...each })),
  }
  return stringify({ ...rest, documents: { letter, notice } })
}
const sender = (version: string, charset?: string): DocumentForm =>
  formsOf(mustBe(readProfile(profile(version, charset), 'test.yaml')), new TestClock()).send!

t.test('law: a letter → a table and its memos → the same letter, within what is declared', async (t) => {
  for (const [version, charset] of [
    ['dbase3', 'windows-874'],
    ['dbase4', 'utf-8'],
    ['foxpro', 'windows-874'],
  ] as const) {
    const made = sender(version, charset)
    const counts = { written: 0, spilled: 0, refused: 0 }
    await fc.assert(
      fc.asyncProperty(letters({ charset: 'windows-874', attachments: 3, recipients: 5 }), async (drawn) => {
        const { urgency } = mustBe(readLetterNumber(drawn.number.printed))
        const open = !/\/ล/.test(drawn.number.normalized)
        const letter: Letter = {
          ...drawn,
          urgency: urgency ?? drawn.urgency,
          secrecy: open ? 'ordinary' : drawn.secrecy,
          extension: [{ name: 'SERIAL', value: 'ส 12' }],
        }
        const result = await made.write(parcelOf({ letter }, 'p-1', '50'))
        if (!result.ok) {
          counts.refused += 1
          return
        }
        counts.written += 1
        const { spilled } = result.value
        if (spilled.length > 0) counts.spilled += 1
        const back = letterToJson(letterOf(await readBack(made, 'letter', result.value)))
        const json = letterToJson(letter)
        for (const field of [
          'number',
          'date',
          'subject',
          'urgency',
          'circular',
          'references',
          'description',
        ] as const)
          if (!spilled.includes(field)) t.same(back[field], blanked(json[field]), field)
        t.same(back.to.offices, json.to.offices)
        t.same(back.extension, json.extension)
        const digests = back.attachments.map(({ sha256 }) => sha256)
        t.ok(json.attachments.every(({ sha256 }) => digests.includes(sha256)))
        const again = mustBe(await made.write(parcelOf({ letter }, 'p-1', '50')))
        t.ok(again.bytes.equals(result.value.bytes), 'the same bytes again')
      }),
      { numRuns: 150 },
    )
    t.ok(counts.written > 20, `${version}: ${JSON.stringify(counts)}`)
  }
})

/** A cell of blanks is an empty one. */
const blanked = <Value>(value: Value): Value =>
  typeof value === 'string' && value.trim() === '' ? ('' as Value) : value

t.test('a text that is too long for its column is spilled, whole', async (t) => {
  const changedProfile = profile('dbase3').replace(
    'SUBJECT\n          type: M',
    'SUBJECT\n          type: C\n          length: 40',
  )
  const made = formsOf(mustBe(readProfile(changedProfile, 'test.yaml')), new TestClock()).send!
  const subject = 'กำหนดการประชุมน้ำท่วม'.repeat(5)
  const written = mustBe(await made.write(parcelOf({ letter: fixedLetter({ subject }) }, 'p-1', '50')))
  t.same(written.spilled, ['subject'])
  const back = letterOf(await readBack(made, 'letter', written))
  t.ok(iconv.encode(back.subject, 'windows-874').length <= 40)
  t.ok(subject.startsWith(back.subject.slice(0, -' ...'.length)) && back.subject.endsWith(' ...'))
  const full = written.files.find(({ name }) => name === 'p-1-full.txt')
  t.ok(full?.content.kind === 'bytes' && full.content.bytes.toString('utf8').includes(subject))
})

t.test('a table and its memo file go form → letter → form byte for byte', async (t) => {
  for (const version of versions) {
    const made = sender(version)
    const letter = fixedLetter({ description: 'ก\r\nข', attachments: [] })
    const { bytes, files } = mustBe(await made.write(parcelOf({ letter }, 'p-1', '50')))
    const memo = files.find(({ name }) => /^p-1\.(dbt|fpt)$/.test(name))
    t.ok(memo?.content.kind === 'bytes')
    if (memo?.content.kind !== 'bytes') return
    const ending = version === 'foxpro' ? 'FPT' : 'DBT'
    const beside = new Map([[`LETTERS.${ending}`, memo.content]])
    const [item] = await made.read(source(bytes, beside, true))
    const back = letterOf(item!)
    const again = mustBe(await made.write(parcelOf({ letter: back }, 'p-2', '50')))
    t.ok(again.bytes.equals(bytes), version)
    const other = again.files.find(({ name }) => /^p-2\.(dbt|fpt)$/.test(name))
    t.ok(other?.content.kind === 'bytes' && other.content.bytes.equals(memo.content.bytes))
  }
})

t.test('a memo file that did not come is waited for, then missed; one in keeping is opened', async (t) => {
  const made = sender('dbase3')
  const letter = fixedLetter()
  const { bytes, files } = mustBe(await made.write(parcelOf({ letter }, 'p-1', '50')))
  const memo = files.find(({ name }) => name === 'p-1.dbt')
  if (memo?.content.kind !== 'bytes') throw new Error('no memo was written')
  const content = memo.content
  const scans = files.filter((each) => each !== memo).map(({ name }) => name)
  t.same(await made.read(source(bytes, new Map(), false)), [
    { kind: 'waiting', position: 'record 1', missing: ['LETTERS.DBT', ...scans] },
  ])
  t.match(await made.read(source(bytes, new Map(), true)), [
    {
      kind: 'fault',
      position: 'record 1',
      problems: [{ code: 'adapter.file.missing', value: 'LETTERS.DBT' }],
    },
  ])
  const kept = (name: string): [string, AttachmentContent] => [name, { kind: 'kept', sha256: name, size: 1 }]
  const beside = new Map([kept('letters.dbt'), ...scans.map(kept)])
  const open = () => Readable.from([content.bytes])
  const [item] = await made.read({ ...source(bytes, beside, true), open })
  t.match(item, { kind: 'letter', draft: { subject: letter.subject } })
  // Another table's memos are never taken for this one's.
  t.match(await made.read(source(bytes, new Map([['OTHER.DBT', content]]), true)), [
    { kind: 'fault', problems: [{ code: 'adapter.file.missing', value: 'LETTERS.DBT' }] },
  ])
})

t.test(
  'through folders: a table is handed over with its memo and its scan, and taken when all three are there',
  async (t) => {
    const root = mkdtempSync(join(tmpdir(), 'dbf-'))
    const places = ['send', 'send-notices', 'receive', 'notices']
    for (const name of places) mkdirSync(join(root, name))
    const gateway = new TestGateway()
    const [
      SARABAN_50_SEND = '',
      SARABAN_50_SEND_NOTICES = '',
      SARABAN_50_RECEIVE = '',
      SARABAN_50_NOTICES = '',
    ] = places
    const environment = { SARABAN_50_SEND, SARABAN_50_SEND_NOTICES, SARABAN_50_RECEIVE, SARABAN_50_NOTICES }
    const adapter = adapterOf(
      mustBe(readProfile(profile('foxpro').replace('pattern: "*.csv"', 'pattern: "*.dbf"'), 'test.yaml')),
      gateway.clock,
      environment,
      root,
    )
    t.teardown(async () => {
      await adapter.stop()
      rmSync(root, { recursive: true })
    })
    await adapter.start(gateway.verbs(adapter))
    const letter = fixedLetter({ description: 'ก\nข' })
    const [scan] = letter.attachments
    const contents = new Map([[scan?.sha256 ?? '', Buffer.from('scan')]])
    t.match(
      await adapter.deliver?.(parcelOf({ letter }, 'p-1', '50', contents), new AbortController().signal),
      { kind: 'taken' },
    )
    const brought = readdirSync(join(root, 'receive'))
      .filter((name) => !name.startsWith('.'))
      .sort()
    t.same(brought, ['p-1-1-หนังสือ.pdf', 'p-1.dbf', 'p-1.fpt'])
    const pass = async (milliseconds: number) => {
      for (let left = milliseconds; left > 0; left -= 2000) {
        gateway.clock.pass(Math.min(2000, left))
        while (gateway.clock.waiting < 2) await new Promise((resolve) => setImmediate(resolve))
      }
    }
    for (const name of brought.filter((each) => !each.endsWith('.fpt')))
      copyFileSync(join(root, 'receive', name), join(root, 'send', name))
    await pass(20_000)
    t.match(gateway.items, [{ kind: 'waiting', missing: ['p-1.fpt'] }])
    copyFileSync(join(root, 'receive', 'p-1.fpt'), join(root, 'send', 'p-1.fpt'))
    await pass(20_000)
    t.match(gateway.items.at(-1), {
      kind: 'letter',
      draft: { subject: letter.subject, description: 'ก\nข' },
      attachments: [{ role: 'main', content: { kind: 'kept', size: 4 } }],
    })
  },
)

t.test('dbffile reads what is written here', async (t) => {
  const place = mkdtempSync(join(tmpdir(), 'dbf-'))
  t.teardown(() => rmSync(place, { recursive: true }))
  for (const version of versions) {
    const made = form({ version, columns: noted })
    writeFileSync(join(place, `${version}.dbf`), made.write(rows, names))
    const companion = made.writeCompanion?.(rows)
    writeFileSync(join(place, `${version}.${companion?.extension}`), companion?.bytes ?? '')
    const file = await DBFFile.open(join(place, `${version}.dbf`), { encoding: 'windows-874' })
    t.equal(file.recordCount, rows.length)
    t.equal(file.dateOfLastUpdate.toISOString().slice(0, 10), '2026-11-23')
    const [first, second, third] = await file.readRecords()
    t.match(first, {
      เลข: 'มท 0210.3/ว3893',
      หน: 2,
      บาท: 12.5,
      ดวน: true,
      รอง: 'ขอเชิญประชุม\r\nครั้งที่ ๑',
    })
    t.match(second, { เลข: '', วัน: null, หน: null, ดวน: null, รอง: null })
    t.match(third, { หน: -10, บาท: -0.05, ดวน: false, รอง: 'ก'.repeat(1500) })
  }
})

t.test('what dbffile writes is read here', async (t) => {
  const place = mkdtempSync(join(tmpdir(), 'dbf-'))
  t.teardown(() => rmSync(place, { recursive: true }))
  const fields = [
    { name: 'NUMBER', type: 'C', size: 20 },
    { name: 'DAY', type: 'D', size: 8 },
    { name: 'PAGES', type: 'N', size: 5, decimalPlaces: 0 },
    { name: 'OPEN', type: 'L', size: 1 },
  ] as const
  for (const fileVersion of [0x03, 0x83, 0x8b, 0x30] as const) {
    const path = join(place, `${fileVersion}.dbf`)
    const file = await DBFFile.create(path, [...fields], { fileVersion, encoding: 'windows-874' })
    await file.appendRecords([
      { NUMBER: 'ชม 1', DAY: new Date('2008-11-15T00:00:00Z'), PAGES: 3, OPEN: true },
      { NUMBER: 'ชม 2', DAY: null, PAGES: null, OPEN: false },
    ])
    t.same(
      shown(form(), readFileSync(path)),
      [
        ['record 1', 'ชม 1', '20081115', '3', 'T'],
        ['record 2', 'ชม 2', '', '', 'F'],
      ],
      fileVersion.toString(16),
    )
  }
})

t.test('a profile’s columns are checked, every fault at its place', (t) => {
  const faults = (wrong: readonly object[]) =>
    dbf
      .check({ kind: 'dbf', charset: 'windows-874', columns: wrong }, [])
      .map(({ at, code }) => `${at.join('.')} ${code}`)
  t.same(faults(noted), [])
  t.same(
    faults([
      { name: 'A', type: 'C' },
      { name: 'A', type: 'D', length: 9 },
      { name: 'ชื่อผู้ลงนาม', type: 'L' },
      { name: '你', type: 'L' },
      { name: 'N', type: 'N', length: 3, decimals: 2 },
      { name: 'X', type: 'N', length: 21 },
      { name: 'C', type: 'C', length: 5, decimals: 1 },
    ]),
    [
      'columns.0 adapter.profile.key-missing',
      'columns.1.name adapter.profile.value-wrong',
      'columns.1.length adapter.profile.value-wrong',
      'columns.2.name adapter.profile.value-wrong',
      'columns.3.name adapter.profile.value-wrong',
      'columns.4.decimals adapter.profile.value-wrong',
      'columns.5.length adapter.profile.value-wrong',
      'columns.6.decimals adapter.profile.value-wrong',
    ],
  )
  const missing = readProfile(profile('dbase3').replace('at: DATE', 'at: DAY'), 'test.yaml')
  t.match(missing, { ok: false, problems: [{ code: 'adapter.profile.value-unknown', value: 'DAY' }] })
  t.match(dbf.check({ kind: 'dbf', charset: 'windows-874', columns, codepage: 'ignore' }, []), [
    { at: ['codepage'] },
  ])
  t.end()
})
