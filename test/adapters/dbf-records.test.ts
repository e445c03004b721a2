// Records of dBase tables: cells there and back, what a record and a header may say, and dbffile’s independent opinion.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DBFFile } from 'dbffile'
import fc from 'fast-check'
import t from 'tap'
import {
  changed,
  codes,
  form,
  memoOf,
  names,
  noted,
  record,
  rows,
  shown,
  table,
  versions,
} from './dbf-stage.ts'
import { nastyCells } from './there-and-back.ts'

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

t.test('a number is written only where the system would show the same text', (t) => {
  const made = form({
    columns: [
      { name: 'น', type: 'N', length: 20 },
      { name: 'ท', type: 'N', length: 20, decimals: 2 },
    ],
  })
  const taken = (text: string, name: string) => made.refuses(text, name)?.code ?? 'taken'
  for (const [name, text] of [
    ['น', '0'],
    ['น', '-10'],
    ['น', '123456789012345'],
    ['ท', '0.00'],
    ['ท', '-0.05'],
    ['ท', '1234567890123.45'],
  ] as const)
    t.equal(taken(text, name), 'taken', text)
  for (const [name, text] of [
    ['น', '000123'],
    ['น', '-0'],
    ['น', '-01'],
    ['น', '1234567890123456'],
    ['ท', '00.50'],
    ['ท', '-0.00'],
    ['ท', '12345678901234.56'],
  ] as const)
    t.equal(taken(text, name), 'adapter.dbf.cell', text)
  t.end()
})

t.test('memos: lines that a program of dBase or Clipper wrapped are one', (t) => {
  const soft = Buffer.from([0x8d, 0x0a])
  const whole = 'ขอเชิญประชุมคณะกรรมการ ครั้งที่ ๑\r\nสองวัน'
  for (const version of versions) {
    // As many bytes, which are made into soft returns: at a blank that is kept, and within a long word.
    const wrapped = 'ขอเชิญประชุม~~คณะกรรมการ ~~ครั้งที่ ๑\r\nสองวัน~~'
    const made = form({ version, columns: noted })
    const records = [record('1', '', '', '', '', wrapped)]
    const memos = memoOf(made, records)
    if (memos.content?.ok !== true) throw new Error('no memos were written')
    const file = memos.content.value
    for (let at = file.indexOf('~~'); at >= 0; at = file.indexOf('~~')) soft.copy(file, at)
    t.same(
      shown(made, made.write(records, names), memos),
      [['record 1', '1', '', '', '', '', whole]],
      version,
    )
    file[file.indexOf(soft) + 1] = 0x20
    t.same(
      shown(made, made.write(records, names), memos),
      [['record 1', 'adapter.charset.bytes']],
      'no line end',
    )
  }
  t.end()
})

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
