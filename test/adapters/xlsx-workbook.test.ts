// Workbooks there and back: cells, letters, and a sample as Excel writes it.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { unzipSync } from 'fflate'
import t from 'tap'
import { formsOf } from '../../src/adapters/adapter.ts'
import { xlsx } from '../../src/adapters/formats/xlsx/xlsx.ts'
import { fixedLetter, mustBe } from '../letter/arbitrary.ts'
import { parcelOf, TestClock } from './stage.ts'
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
import { book, codes, head, plain, sample } from './xlsx-stage.ts'

const forms = formsWith({ kind: 'xlsx', columns: ['เลขทะเบียนส่ง'] }, { kind: 'xlsx' })

t.test('law: cells that are not refused come back as they were', (t) => {
  for (const options of [{}, { sheet: 'หนังสือ & ส่ง' }, { header: ['ก', '=b'] }]) {
    const form = recordForm(xlsx, options)
    t.ok(lawOfCells(form, ['ก', '=b', 'c'], 500) > 300, JSON.stringify(options))
  }
  t.end()
})

t.test('law: a letter of any characters → xlsx → the same letter', async (t) => {
  const counts = await lawOfLetters(t, forms.send!, 'unicode')
  t.ok(counts.written > 100 && counts.spilled > 10, JSON.stringify(counts))
})

t.test('what is written is the same each time, and all of it text', async (t) => {
  const letter = fixedLetter({ subject: '=cmd|"/C calc"!A0' })
  const one = mustBe(await forms.receive!.write(parcelOf({ letter }, 'p-1', '50')))
  const zone = process.env['TZ']
  process.env['TZ'] = 'Pacific/Kiritimati'
  const other = mustBe(await forms.receive!.write(parcelOf({ letter }, 'p-1', '50')))
  if (zone === undefined) delete process.env['TZ']
  else process.env['TZ'] = zone
  t.same(one.bytes, other.bytes)
  t.equal(one.extension, 'xlsx')
  // fflate's own reader as a second opinion.
  const sheet = Buffer.from(unzipSync(one.bytes)['xl/worksheets/sheet1.xml'] ?? []).toString('utf8')
  t.match(sheet, '<is><t xml:space="preserve">=cmd|&quot;/C calc&quot;!A0</t></is>')
  t.notMatch(sheet, /<[fv]>/)
  t.equal(letterOf(await readBack(forms.receive!, 'letter', one)).subject, letter.subject)
})

t.test(
  'a sample: shared texts, runs, days, joined cells, ids of 20 digits → letters → the form',
  async (t) => {
    const format = { kind: 'xlsx', header: ['ที่หนังสือ', 'เรื่อง'], columns: ['รหัส'] }
    const fields = {
      number: { at: 'ที่หนังสือ', as: 'letter-number' },
      date: { at: 'ลงวันที่', as: { 'christian-date': 'ce:yyyy-MM-dd' } },
      subject: { at: 'เรื่อง', as: 'text' },
      to: { at: 'ถึง', as: { office: { write: 'name' } } },
    }
    const form = formsOf(mustBe(profileWith(format, { kind: 'xlsx' }, fields)), new TestClock()).send!
    const source = {
      document: 'letter',
      name: 'x.xlsx',
      beside: new Map(),
      sender: 'gone',
      final: true,
    } as const
    const read = (await form.read({ ...source, bytes: sample })).map(letterOf)
    t.same(
      read.map(({ number, date, subject, to, extension }) => [
        number.normalized,
        date,
        subject,
        to.offices,
        extension,
      ]),
      [
        [
          'ชม 0017.1/492',
          '2008-11-15',
          'การเชื่อมโยง ระบบ\r\nใหม่',
          ['moi'],
          [{ name: 'รหัส', value: '12345678901234567890' }],
        ],
        ['ชม 0017.1/493', '2008-11-16', 'สอง', ['moi'], [{ name: 'รหัส', value: '1500' }]],
      ],
    )
    for (const letter of read) {
      const written = mustBe(await form.write(parcelOf({ letter }, 'p-1', 'moi')))
      t.same(letterOf(await readBack(form, 'letter', written)), letter)
    }
    t.same(
      shown(recordForm(xlsx, { sheet: 'ตั้งค่า' }), sample),
      [['document', 'adapter.table.missing']],
      'hidden',
    )
    t.same(shown(recordForm(xlsx, { sheet: 'ไม่มี' }), sample), [['document', 'adapter.table.missing']])
  },
)

t.test(
  'numbers are read as the sheet shows them: zeros in front, places behind the point, no digits of the binary number',
  (t) => {
    const styles =
      '<numFmts count="2"><numFmt numFmtId="164" formatCode="0000"/><numFmt numFmtId="165" formatCode="0.00"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs>'
    const rows = `${head}<row r="2"><c r="A2" s="1"><v>17</v></c><c r="B2" s="2"><v>17</v></c></row><row r="3"><c r="A3"><v>0.57999999999999996</v></c><c r="B3"><v>17</v></c></row>`
    t.same(shown(plain, book({ rows, styles })), [
      ['row 2', '0017', '17.00'],
      ['row 3', '0.58', '17'],
    ])
    t.end()
  },
)

t.test('law: cells and rows that do not say their place stand behind the one before, blank or not', (t) => {
  const cell = fc.constantFrom(
    '',
    '/',
    '><v>17</v></c',
    ' t="inlineStr"><is><t></t></is></c',
    ' t="inlineStr"><is><t>ก</t></is></c',
  )
  const place = (row: number, column: number): string => ` r="${String.fromCharCode(64 + column)}${row}"`
  fc.assert(
    fc.property(fc.array(fc.array(cell, { maxLength: 4 }), { minLength: 1, maxLength: 4 }), (cells) => {
      const rows = [Array<string>(4).fill(' t="inlineStr"><is><t>N</t></is></c'), ...cells].map(
        (row, index) =>
          `<row r="${index + 1}">${row
            .map((each, at) =>
              `<c${place(index + 1, at + 1)}${each === '' ? '></c' : each}>`.replace('N', 'abcd'[at]!),
            )
            .join('')}</row>`,
      )
      const said = rows.join('')
      const unsaid = said.replaceAll(/ r="[A-Z]?\d+"/g, '')
      // A comment is for the strict parser.
      for (const after of ['', '<!-- -->'])
        assert.deepEqual(
          shown(plain, book({ rows: unsaid, after })),
          shown(plain, book({ rows: said, after })),
        )
    }),
    { numRuns: 200 },
  )
  t.end()
})

t.test('cells that cannot be read are faults of their row, with their place', (t) => {
  const cells = [
    '<c r="A2" t="e"><v>#REF!</v></c>',
    '<c r="A2" t="s"><v>9</v></c>',
    '<c r="A2" t="s"><v>-1</v></c>',
    '<c r="A2"><f>1+1</f></c>',
    '<c r="A2" t="b"><v>x</v></c>',
    '<c r="A2"><v>x</v></c>',
    '<c r="A2" s="1"><v>60</v></c>',
    '<c r="A2" t="d"><v>yesterday</v></c>',
    '<c r="A2" t="strange"><v>1</v></c>',
  ]
  const styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
  for (const cell of cells)
    t.same(
      shown(
        plain,
        book({ rows: `${head}<row r="2">${cell}</row><row r="3"><c r="B3"><v>1</v></c></row>`, styles }),
      ),
      [
        ['row 2', 'adapter.xlsx.cell'],
        ['row 3', '', '1'],
      ],
      cell,
    )
  const good = '<c r="A2" t="b"><v>1</v></c><c r="B2" t="d"><v>2008-11-15T00:00:00Z</v></c>'
  t.same(shown(plain, book({ rows: `${head}<row r="2">${good}</row>` })), [['row 2', 'TRUE', '2008-11-15']])
  const spoilt = `${head}<row r="2"><c r="A2" t="e"><v>#N/A</v></c></row><row r="3"><c r="B3"><v>1</v></c></row>`
  const after = '<mergeCells><mergeCell ref="A2:A3"/></mergeCells>'
  t.same(
    codes(book({ rows: spoilt, after })),
    ['adapter.xlsx.cell', 'adapter.charset.bytes'],
    'and where it is joined to',
  )
  t.same(codes(book({ rows: `${head}<row r="2"><c r="C2"><v>1</v></c></row>` })), ['adapter.table.cells'])
  t.match(plain.read(book({ rows: `${head}<row r="2">${cells[0]}</row>` })), [
    { problems: [{ path: 'cell A2', value: '#REF!' }] },
  ])
  t.end()
})

t.test('what cannot stand in a cell is refused', (t) => {
  t.match(plain.refuses('a\u0001'), { code: 'adapter.charset.cannot-say', details: { character: 'U+0001' } })
  t.match(plain.refuses('\ufffe'), { code: 'adapter.charset.cannot-say' })
  t.match(plain.refuses('\ud800'), { code: 'adapter.charset.cannot-say' })
  t.match(plain.refuses('x'.repeat(32_768)), { code: 'adapter.field.too-long' })
  t.equal(plain.refuses('=1+1\r\n😀_x000D_'), undefined)
  t.end()
})

t.test('the example in docs/reference/formats.md', (t) => {
  t.ok(lawOfCells(documented(xlsx), ['ที่หนังสือ', 'เรื่อง', 'รหัส'], 200) > 50)
  t.end()
})
