// Fixed-width text both ways: its laws, a sample as a system would send it, and what is hostile or half.
import fc from 'fast-check'
import iconv from 'iconv-lite'
import t from 'tap'
import { fixedWidth } from '../../src/adapters/formats/fixed-width/fixed-width.ts'
import { fixedLetter, mustBe } from '../letter/arbitrary.ts'
import { parcelOf } from './stage.ts'
import {
  documented,
  formsWith,
  lawOfCells,
  lawOfLetters,
  letterOf,
  profileWith,
  readBack,
  recordForm,
  shown,
} from './there-and-back.ts'

const thai = (text: string): Buffer => iconv.encode(text, 'windows-874')

/** Columns side by side, by name and length. */
function columns(widths: Readonly<Record<string, number>>): object[] {
  let start = 1
  return Object.entries(widths).map(([name, length]) => {
    const column = { name, start, length }
    start += length
    return column
  })
}

const letterColumns = columns({
  ที่หนังสือ: 60,
  ลงวันที่: 20,
  เรื่อง: 150,
  ความเร็ว: 1,
  ชนิด: 40,
  เวียน: 1,
  จาก: 60,
  ถึง: 3_000,
  ชื่อผู้ลงนาม: 200,
  สกุลผู้ลงนาม: 200,
  ตำแหน่งผู้ลงนาม: 200,
  ชื่อผู้รับ: 200,
  สกุลผู้รับ: 200,
  ตำแหน่งผู้รับ: 200,
  อ้างถึงที่: 400,
  อ้างถึงวันที่: 100,
  อ้างถึงเรื่อง: 1_000,
  สิ่งที่ส่งมาด้วย: 100,
  ส่งเมื่อ: 30,
  หมายเหตุ: 100,
  ไฟล์1: 100,
  ไฟล์2: 2_000,
  เลขทะเบียนส่ง: 20,
})
const noticeColumns = columns({
  รายการ: 20,
  ที่หนังสือ: 60,
  ลงวันที่: 20,
  หน่วยงาน: 60,
  เลขรับ: 100,
  วันเวลา: 30,
  เหตุผล: 200,
})
const format = { kind: 'fixed-width', charset: 'windows-874', columns: letterColumns }
const forms = formsWith(format, { ...format, columns: noticeColumns })

t.test('law: cells that are not refused come back as they were', (t) => {
  const three = [
    { name: 'a', start: 3, length: 9 },
    { name: 'b', start: 12, length: 6, align: 'right' },
    { name: 'c', start: 20, length: 5, align: 'right', pad: 'zero' },
  ]
  for (const charset of ['windows-874', 'tis-620', 'iso-8859-11', 'utf-8', 'utf-8-bom'])
    for (const end of ['crlf', 'lf', 'none']) {
      const form = recordForm(fixedWidth, {
        charset,
        end,
        columns: three,
        length: 30,
        head: ['HDR ก'],
        foot: ['END'],
      })
      t.ok(lawOfCells(form, ['a', 'b', 'c'], 300) > 100, `${charset} ${end}`)
    }
  t.end()
})

t.test(
  'law: a letter → fixed width → the same letter; what does not fit its bytes is spilled or refused',
  async (t) => {
    const counts = await lawOfLetters(t, forms.send!, 'windows-874')
    t.ok(counts.written > 50 && counts.spilled > 10 && counts.refused > 10, JSON.stringify(counts))
  },
)

t.test('a text is measured in bytes, and never cut inside a character', async (t) => {
  const wide = formsWith({ ...format, charset: 'utf-8' }, { ...format, columns: noticeColumns })
  // 100 characters: they fit 150 bytes of windows-874, and not those of UTF-8.
  const subject = `${'กำ่'.repeat(33)}ก`
  const letter = fixedLetter({ subject })
  const narrow = mustBe(await forms.receive!.write(parcelOf({ letter }, 'p-1', '50')))
  t.same(narrow.spilled, [])
  const spilled = mustBe(await wide.receive!.write(parcelOf({ letter }, 'p-1', '50')))
  t.same(spilled.spilled, ['subject'])
  const back = letterOf(await readBack(wide.receive!, 'letter', spilled))
  t.match(back.subject, /^(กำ่)+ \.\.\.$/, 'whole syllables and a mark that it goes on')
  t.ok(Buffer.byteLength(back.subject) <= 150 && Buffer.byteLength(back.subject) > 140)
  t.notOk(spilled.bytes.includes('\ufffd'))
})

t.test('spaces within a text that is spilled stay; only the end of a column has none', async (t) => {
  const subject = 'ขอเชิญ ประชุม '.repeat(30)
  const written = mustBe(
    await forms.receive!.write(parcelOf({ letter: fixedLetter({ subject }) }, 'p-1', '50')),
  )
  const back = letterOf(await readBack(forms.receive!, 'letter', written))
  t.match(back.subject, /^ขอเชิญ ประชุม ขอเชิญ .+ \.\.\.$/)
})

t.test(
  'names of files are shortened when their column is too narrow, and the letter stays whole',
  async (t) => {
    const name = `${'a'.repeat(120)}.pdf`
    const [scan] = fixedLetter().attachments
    const letter = fixedLetter({ attachments: [{ ...scan!, name }] })
    const written = mustBe(await forms.receive!.write(parcelOf({ letter }, 'p-1', '50')))
    t.same(
      written.files.map((file) => file.name),
      ['p-1-1.pdf'],
    )
  },
)

// As a program of those years prints it: a line before, a line of totals behind, deleted records marked.
const printed = (status: string, number: string, subject: string, running: number): string =>
  `${status}|${number.padEnd(16)}|15112551|${subject.padEnd(26)}|${String(running).padStart(12, '0')}|`
const sample = [
  'H|SARABAN 2551    |',
  printed('A', 'ชม 0017.1/492', 'การเชื่อมโยงระบบ', 42),
  printed('D', 'ชม 0017.1/493', 'ลบแล้ว', 43),
  printed('A', 'ชม 0017.1/ว494', 'ขอเชิญประชุม "ด่วน"', 44),
  'T|2',
  '\u001a',
]
const sampleFormat = {
  charset: 'windows-874',
  short: 'blank',
  columns: [
    { name: 'สถานะ', start: 1, length: 1 },
    { name: 'ที่', start: 3, length: 16 },
    { name: 'ลงวันที่', start: 20, length: 8 },
    { name: 'เรื่อง', start: 29, length: 26 },
    { name: 'ลำดับ', start: 56, length: 12, align: 'right', pad: 'zero' },
    ...[2, 19, 28, 55, 68].map((start) => ({ name: `|${start}`, start, length: 1 })),
  ],
  head: ['H|'],
  foot: ['T|'],
}

t.test('a sample: header and totals are known by how they begin', async (t) => {
  const form = recordForm(fixedWidth, sampleFormat)
  const bytes = thai(sample.map((line, index) => (index < 5 ? `${line}\r\n` : line)).join(''))
  t.notOk(form.unended?.(bytes))
  const five = (rows: readonly (readonly string[])[]) => rows.map((row) => row.slice(0, 6))
  t.same(five(shown(form, bytes)), [
    ['line 2', 'A', 'ชม 0017.1/492', '15112551', 'การเชื่อมโยงระบบ', '42'],
    ['line 3', 'D', 'ชม 0017.1/493', '15112551', 'ลบแล้ว', '43'],
    ['line 4', 'A', 'ชม 0017.1/ว494', '15112551', 'ขอเชิญประชุม "ด่วน"', '44'],
  ])
  // The sample as a letter, and as it is given back to the system.
  const fields = {
    number: { at: 'ที่', as: 'letter-number' },
    date: { at: 'ลงวันที่', as: { 'christian-date': 'ce:yyyyMMdd' } },
    subject: { at: 'เรื่อง', as: 'text' },
    to: { at: 'ถึง', as: 'office' },
  }
  t.match(faults({ kind: 'fixed-width', ...sampleFormat }, fields), [
    { path: 'documents.letter.fields.to.at', code: 'adapter.profile.value-unknown' },
  ])
  const back = form.write(
    form.read(bytes).flatMap((each) => (each.kind === 'record' ? [each.record.cells] : [])),
    [],
  )
  t.same(
    iconv
      .decode(back, 'windows-874')
      .split('\r\n')
      .slice(1, 4)
      .map((line) => line.trimEnd()),
    sample.slice(1, 4),
  )
  t.equal(back.length, 5 * (68 + 2))
})

function faults(letter: object, fields: object) {
  const profile = profileWith(letter, { ...format, columns: noticeColumns }, fields)
  return profile.ok ? [] : profile.problems
}

t.test('X8: what is broken costs itself, and what is lost at the end is told', (t) => {
  const form = recordForm(fixedWidth, sampleFormat)
  const whole = sample.slice(0, 5).join('\r\n')
  t.same(
    shown(form, thai(`${sample.slice(0, 4).join('\r\n')}\r\n`)).map(([position, ...rest]) => [
      position,
      rest.at(-1) === 'adapter.fixed.frame',
    ]),
    [
      ['line 2', false],
      ['line 3', false],
      ['line 4', false],
      ['document', true],
    ],
    'a document that was cut: its records and a fault',
  )
  t.same(shown(form, thai(sample.slice(1).join('\r\n'))), [['line 1', 'adapter.fixed.frame']])
  t.same(shown(form, thai(whole.replace('การเชื่อมโยง', 'การเชื่อมโยงไป')))[0], [
    'line 2',
    'adapter.fixed.length',
  ])
  const damaged = thai(whole)
  damaged[60] = 0xdb
  t.same(shown(form, damaged)[0], ['line 2', 'adapter.charset.bytes'])
  const strict = recordForm(fixedWidth, {
    charset: 'windows-874',
    end: 'lf',
    columns: [
      { name: 'a', start: 1, length: 3 },
      { name: 'b', start: 6, length: 3 },
    ],
  })
  t.same(shown(strict, Buffer.from('abc  def\nab\nabc- def\n\n        \nabc  \xdbef\nabc  de', 'latin1')), [
    ['line 1', 'abc', 'def'],
    ['line 2', 'adapter.fixed.length'],
    ['line 3', 'adapter.fixed.between'],
    ['line 6', 'adapter.charset.bytes'],
    ['line 7', 'adapter.fixed.length'],
  ])
  t.ok(strict.unended?.(Buffer.from('abc  def\nabc  de')))
  t.notOk(strict.unended?.(Buffer.from('abc  def\n\u001a')))
  t.same(shown(strict, Buffer.alloc(0)), [['document', 'adapter.document.empty']])
  t.same(shown(strict, Buffer.from('หนังสือ')), [['document', 'adapter.charset.contradicted']])
  const endless = recordForm(fixedWidth, {
    charset: 'tis-620',
    end: 'none',
    columns: [{ name: 'a', start: 1, length: 4 }],
    records: 3,
  })
  t.ok(endless.unended?.(Buffer.from('abcdab')))
  t.same(shown(endless, Buffer.from('abcdefghij')), [
    ['record 1', 'abcd'],
    ['record 2', 'efgh'],
    ['record 3', 'adapter.fixed.length'],
  ])
  t.same(shown(endless, Buffer.alloc(40_000_000, 'a')).slice(3), [['record 4', 'adapter.document.too-many']])
  t.same(shown(strict, Buffer.alloc(40_000_000, 'a')), [['line 1', 'adapter.fixed.length']])
  t.end()
})

t.test('a cell that cannot stand in its column is refused, with the reason', (t) => {
  const form = recordForm(fixedWidth, { ...sampleFormat, charset: 'utf-8' })
  const why = (text: string, column?: string) => form.refuses(text, column)?.code
  t.equal(why('ก'.repeat(9), 'เรื่อง'), 'adapter.column.narrow')
  t.equal(why('ก'.repeat(8), 'เรื่อง'), undefined)
  t.equal(why('a\nb', 'เรื่อง'), 'adapter.column.line-break')
  t.equal(why('a ', 'เรื่อง'), 'adapter.column.edge')
  t.equal(why(' a', 'เรื่อง'), undefined)
  t.equal(why('042', 'ลำดับ'), 'adapter.column.edge')
  t.equal(why('0', 'ลำดับ'), undefined)
  t.equal(why('\ud800'), 'adapter.charset.cannot-say')
  t.equal(why('a '), undefined, 'without a column only the charset and the line speak')
  t.end()
})

t.test('a layout that cannot be is refused with every reason', (t) => {
  const found = faults(
    {
      kind: 'fixed-width',
      charset: 'utf-8',
      length: 20,
      columns: [
        { name: 'a', start: 1, length: 5 },
        { name: 'a', start: 5, length: 5, pad: 'zero' },
        { name: 'c', start: 18, length: 5 },
      ],
      head: ['ก'.repeat(7)],
    },
    {},
  )
  t.same(
    found
      .filter(({ path }) => path.startsWith('documents.letter.format'))
      .map(({ path }) => path.slice(24))
      .sort(),
    ['columns.1.name', 'columns.1.pad', 'columns.1.start', 'columns.2.length', 'head.0'],
  )
  t.match(faults({ kind: 'fixed-width', charset: 'utf-16le', columns: [] }, {}), [
    { code: 'adapter.profile.value-unknown' },
  ])
  t.end()
})

t.test('X8: no bytes make the reader throw', (t) => {
  const form = recordForm(fixedWidth, sampleFormat)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (bytes, at) => {
      const whole = thai(sample.join('\r\n'))
      const broken = Buffer.concat([whole.subarray(0, at), bytes, whole.subarray(at)])
      t.ok(form.read(broken).length > 0)
    }),
    { numRuns: 500 },
  )
  t.end()
})

t.test('the example in docs/reference/formats.md', (t) => {
  t.ok(lawOfCells(documented(fixedWidth), ['ที่', 'เรื่อง', 'ลำดับ'], 200) > 50)
  t.end()
})
