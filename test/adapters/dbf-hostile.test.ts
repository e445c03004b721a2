// dBase tables and memo files that lie, point astray or were cut (attacks X6, X9): faults, in bounded work; whole records stay.
import fc from 'fast-check'
import t from 'tap'
import { memoReader } from '../../src/adapters/formats/dbf/memo.ts'
import { good } from '../../src/problem/problem.ts'
import { changed, codes, form, memoOf, names, noted, rows, shown, table, versions } from './dbf-stage.ts'

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
