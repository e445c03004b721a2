// Spreadsheets both ways: their laws, a sample as Excel writes it, and archives that are hostile or half.
import fc from 'fast-check'
import { strToU8, unzipSync, type Zippable, zipSync } from 'fflate'
import t from 'tap'
import { formsOf } from '../../src/adapters/adapter.ts'
import { dateOf, digitsOf, escaped, shownBy, unescaped } from '../../src/adapters/formats/xlsx/values.ts'
import { xlsx } from '../../src/adapters/formats/xlsx/xlsx.ts'
import { openZip } from '../../src/adapters/formats/xlsx/zip.ts'
import { fixedLetter, mustBe } from '../letter/arbitrary.ts'
import { parcelOf, TestClock } from './stage.ts'
import {
  documented,
  formsWith,
  lawOfCells,
  lawOfLetters,
  letterOf,
  nastyCells,
  profileWith,
  readBack,
  recordForm,
  shown,
} from './there-and-back.ts'

const forms = formsWith({ kind: 'xlsx', columns: ['เลขทะเบียนส่ง'] }, { kind: 'xlsx' })
const plain = recordForm(xlsx, {})

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packages = 'http://schemas.openxmlformats.org/package/2006/relationships'

interface Parts {
  /** What stands in `sheetData`, and what follows it. */
  readonly rows?: string
  readonly after?: string
  readonly texts?: string
  readonly styles?: string
  readonly workbook?: string
  readonly others?: Zippable
}

const relationships = (...found: readonly (readonly [string, string, string])[]): string =>
  `<Relationships xmlns="${packages}">${found.map(([id, type, target]) => `<Relationship Id="${id}" Type="${office}/${type}" Target="${target}"/>`).join('')}</Relationships>`

/** A workbook as Excel packs it, with these parts. */
function book({ rows = '', after = '', texts = '', styles = '', workbook, others = {} }: Parts): Buffer {
  const parts: Record<string, string> = {
    '_rels/.rels': relationships(['rId1', 'officeDocument', 'xl/workbook.xml']),
    'xl/workbook.xml':
      workbook ??
      `<workbook xmlns="${main}" xmlns:r="${office}"><workbookPr/><sheets><sheet name="หนังสือส่ง" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relationships(
      ['rId1', 'worksheet', 'worksheets/sheet1.xml'],
      ['rId2', 'worksheet', '/xl/worksheets/sheet2.xml'],
      ['rId3', 'sharedStrings', 'sharedStrings.xml'],
      ['rId4', 'styles', 'styles.xml'],
    ),
    'xl/worksheets/sheet1.xml': `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<worksheet xmlns="${main}"><dimension ref="A1"/><sheetData>${rows}</sheetData>${after}</worksheet>`,
    'xl/worksheets/sheet2.xml': `<worksheet xmlns="${main}"><sheetData><row><c t="inlineStr"><is><t>z</t></is></c></row><row><c><v>2</v></c></row></sheetData></worksheet>`,
    'xl/sharedStrings.xml': `<sst xmlns="${main}">${texts}</sst>`,
    'xl/styles.xml': `<styleSheet xmlns="${main}">${styles}</styleSheet>`,
  }
  const files = Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, strToU8(text)]))
  return Buffer.from(zipSync({ ...files, ...others }, { level: 1 }))
}

const head =
  '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row>'
const codes = (bytes: Buffer) => shown(plain, bytes).map(([, ...found]) => found.join())

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

t.test('law: escaped text is its text again, in Excel’s way too', (t) => {
  fc.assert(
    fc.property(
      fc.oneof(nastyCells, fc.string({ unit: fc.constantFrom('_', 'x', '0', '0', 'D', '5', 'F') })),
      (text) => {
        const xml = escaped(text)
        const decoded = xml
          .replaceAll('&lt;', '<')
          .replaceAll('&gt;', '>')
          .replaceAll('&quot;', '"')
          .replaceAll('&amp;', '&')
        t.equal(unescaped(decoded), text)
        t.notMatch(xml, /[<>"\r]|&(?!(lt|gt|quot|amp);)/)
      },
    ),
    { numRuns: 1_000 },
  )
  t.end()
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

// As Excel 2007 writes it: shared texts, runs, a date style, a title that is joined, a hidden sheet before.
const sample = book({
  workbook: `<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="ตั้งค่า" sheetId="2" state="hidden" r:id="rId2"/><sheet name="หนังสือส่ง" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  texts: [
    '<si><t>ทะเบียนหนังสือส่ง</t></si><si><t>ที่หนังสือ</t></si><si><t>ลงวันที่</t></si><si><t xml:space="preserve">เรื่อง </t></si>',
    '<si><t>ถึง</t></si><si><t>รหัส</t></si><si><t>ชม 0017.1/492</t></si>',
    '<si><r><rPr><b/></rPr><t xml:space="preserve">การเชื่อมโยง </t></r><r><t>ระบบ_x000D_\nใหม่</t></r><rPh sb="0" eb="1"><t>อ่านว่า</t></rPh><phoneticPr fontId="1"/></si>',
    '<si><t>กระทรวงมหาดไทย</t></si>',
  ].join(''),
  styles:
    '<numFmts count="1"><numFmt numFmtId="187" formatCode="[$-107041E]d\\ mmm\\ yy;@"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="187"/></cellXfs><dxfs><dxf><numFmt numFmtId="187" formatCode="0"/></dxf></dxfs>',
  rows: [
    '<row r="1"><c r="A1" t="s"><v>0</v></c></row>',
    '<row r="3"><c r="A3" t="s"><v>1</v></c><c r="B3" t="s"><v>2</v></c><c r="C3" t="s"><v>3</v></c><c r="D3" t="s"><v>4</v></c><c r="E3" t="s"><v>5</v></c></row>',
    '<row r="4"><c r="A4" t="s"><v>6</v></c><c r="B4" s="1"><v>39767</v></c><c r="C4" t="s"><v>7</v></c><c r="D4" t="s"><v>8</v></c><c r="E4"><v>12345678901234567890</v></c></row>',
    '<row r="5" hidden="1"><c r="A5" t="str"><f>"ชม 0017.1/"&amp;493</f><v>ชม 0017.1/493</v></c><c r="B5" s="1"><v>39768</v></c><c r="C5" t="inlineStr"><is><t>สอง</t></is></c><c r="D5"/><c r="E5"><v>1.5E3</v></c></row>',
    '<row r="6"><c r="A6" s="1"/></row>',
  ].join(''),
  after: '<mergeCells count="2"><mergeCell ref="A1:E1"/><mergeCell ref="D4:D5"/></mergeCells>',
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

t.test('numbers are digits, as they stand: nothing is counted', (t) => {
  const found = [
    '0',
    '42',
    '-7',
    '1.50',
    '1.0',
    '12345678901234567890',
    '1.234567890123E12',
    '1E-3',
    '-2.5e1',
    '9007199254740993',
  ]
  t.same(found.map(digitsOf), [
    '0',
    '42',
    '-7',
    '1.5',
    '1',
    '12345678901234567890',
    '1234567890123',
    '0.001',
    '-25',
    '9007199254740993',
  ])
  for (const wrong of ['', 'x', '1e', '0x10', 'Infinity', '1,000', `1e${'9'.repeat(9)}`])
    t.equal(digitsOf(wrong), undefined, wrong)
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e200, max: 1e200 }), (number) => {
      const digits = digitsOf(String(number))
      t.equal(Number(digits), number === 0 ? Number(digits) : number)
      t.match(digits, /^-?\d+(\.\d*[1-9])?$/)
    }),
    { numRuns: 500 },
  )
  t.end()
})

t.test('days: the systems of 1900 and 1904, and the day that never was', (t) => {
  const cases: [string, string | undefined, string | undefined][] = [
    ['0', undefined, '1904-01-01'],
    ['1', '1900-01-01', '1904-01-02'],
    ['59', '1900-02-28', '1904-02-29'],
    ['60', undefined, '1904-03-01'],
    ['61', '1900-03-01', '1904-03-02'],
    ['39767', '2008-11-15', '2012-11-16'],
    ['38305', '2004-11-14', '2008-11-15'],
    ['2958465', '9999-12-31', undefined],
    ['2958466', undefined, undefined],
    ['-1', undefined, undefined],
    ['1e300', undefined, undefined],
    ['39767.5', '2008-11-15 12:00:00', '2012-11-16 12:00:00'],
    ['39767.999999999', '2008-11-16', '2012-11-17'],
    ['39767.427164351852', '2008-11-15 10:15:07', '2012-11-16 10:15:07'],
  ]
  for (const [number, since1900, since1904] of cases) {
    t.equal(dateOf(number, 'date', false), since1900, number)
    t.equal(dateOf(number, 'date', true), since1904, `${number} since 1904`)
  }
  t.equal(dateOf('0.5', 'time', false), '12:00:00')
  t.equal(dateOf('0', 'time', false), '00:00:00')
  fc.assert(
    fc.property(
      fc.date({ min: new Date('1900-03-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
      (date) => {
        const text = date.toISOString().slice(0, 10)
        const serial = (Date.parse(text) - Date.UTC(1899, 11, 30)) / 86_400_000
        t.equal(dateOf(String(serial), 'date', false), text)
        if (date.getUTCFullYear() >= 1904) t.equal(dateOf(String(serial - 1462), 'date', true), text)
      },
    ),
    { numRuns: 300 },
  )
  t.end()
})

t.test('which styles are days: by number, by code, Thai ones too', (t) => {
  const shows = (...codes: string[]) => codes.map((code) => shownBy(200, code))
  const all = (kind: string, list: string[]) =>
    t.same(
      shows(...list),
      list.map(() => kind),
      kind,
    )
  all('date', [
    'yyyy-mm-dd',
    'd/m/bbbb',
    '[$-41E]d mmmm yyyy',
    'ว/ด/ปปปป',
    'd\\ mmm\\ yy;@',
    'm/d/yy h:mm',
    'mmm',
    '[Red]dd/mm/yyyy "น."',
  ])
  all('time', ['h:mm', 'mm:ss.0', 'ช:นน:ทท', 'h:mm AM/PM'])
  all('number', [
    'General',
    '0.00',
    '#,##0 "บาท"',
    '0.00E+00',
    '[h]:mm',
    '@',
    '0"day"',
    '"yyyy"',
    '[Red]0',
    '\\d0',
    '#,##0\\ บาท',
  ])
  t.same(
    [0, 1, 14, 22, 49, 71, 46, 21, 75].map((id) => shownBy(id, undefined)),
    ['number', 'number', 'date', 'date', 'number', 'date', 'number', 'time', 'time'],
  )
  t.equal(shownBy(14, '0'), 'number', 'the code of the document comes first')
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

t.test('T4: half a file is a fault, wherever it ends', (t) => {
  t.notOk(plain.unended?.(sample))
  for (let at = 0; at < sample.length; at += 7) {
    const half = sample.subarray(0, at)
    t.ok(plain.unended?.(half))
    t.same(codes(half), ['adapter.zip.broken'])
  }
  const damaged = Buffer.from(sample)
  const place = damaged.indexOf('sheet1.xml') + 60
  damaged[place] = (damaged[place] ?? 0) ^ 0x55
  t.same(codes(damaged), ['adapter.zip.broken'])
  const stored = plain.write([new Map([['a', 'ชม 0017.1/492']])], ['a'])
  stored.write('7', stored.indexOf('0017') + 2)
  t.same(codes(stored), ['adapter.zip.broken'], 'a number that a bad disk changed')
  t.same(codes(Buffer.concat([sample, Buffer.from('x')])), ['adapter.zip.broken'], 'something behind')
  t.same(codes(Buffer.concat([Buffer.from('x'), sample])), ['adapter.zip.broken'], 'something before')
  const old = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(4_000)])
  t.match(plain.read(old), [{ problems: [{ details: { reason: /old \.xls/ } }] }])
  t.end()
})

t.test('T4: what inflates beyond its bounds is never inflated', (t) => {
  const zeros = (size: number): Zippable => ({ 'xl/worksheets/sheet1.xml': new Uint8Array(size) })
  t.same(codes(book({ others: zeros(33 * 1024 * 1024) })), ['adapter.zip.large'])
  const many = Object.fromEntries(
    Array.from({ length: 2_000 }, (_, index) => [`n${index}`, new Uint8Array()]),
  )
  t.same(codes(book({ others: many })), ['adapter.document.too-many'])
  // A part that says it is small and is not.
  const lying = Buffer.from(book({ others: zeros(20 * 1024 * 1024) }))
  const size = Buffer.alloc(4)
  size.writeUInt32LE(20 * 1024 * 1024)
  for (let at = lying.indexOf(size); at >= 0; at = lying.indexOf(size, at + 4)) lying.writeUInt32LE(100, at)
  const before = process.memoryUsage().arrayBuffers
  t.same(codes(lying), ['adapter.zip.broken'])
  t.ok(process.memoryUsage().arrayBuffers - before < 10_000_000, 'and takes no more memory than it says')
  // Parts that nobody reads may be as large as they like.
  t.same(
    codes(
      book({
        rows: `${head}<row r="2"><c><v>1</v></c></row>`,
        others: { 'xl/media/a.png': new Uint8Array(40_000_000) },
      }),
    ),
    ['1,'],
  )
  t.end()
})

t.test('T4: an archive that says two things is refused; names are names and no paths', (t) => {
  const rows = `${head}<row r="2"><c><v>1</v></c></row>`
  t.same(
    codes(book({ rows, others: { '../../../etc/passwd': strToU8('x'), '/etc/shadow': strToU8('x') } })),
    ['1,'],
  )
  t.same(
    codes(book({ rows, others: { 'XL/Workbook.xml': strToU8('x') } })),
    ['adapter.zip.broken'],
    'one name twice',
  )
  const out = `<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="a" sheetId="1" r:id="rId9"/></sheets></workbook>`
  const away = relationships(['rId9', 'worksheet', '../../../../etc/passwd'])
  t.same(codes(book({ workbook: out, others: { 'xl/_rels/workbook.xml.rels': strToU8(away) } })), [
    'adapter.zip.broken',
  ])
  const external = away.replace('/>', ' TargetMode="External"/>')
  t.same(codes(book({ workbook: out, others: { 'xl/_rels/workbook.xml.rels': strToU8(external) } })), [
    'adapter.table.missing',
  ])
  const change = (offset: number, value: number, from: 'directory' | 'part') => {
    const bytes = Buffer.from(book({ rows }))
    const at = from === 'directory' ? bytes.indexOf('PK\u0001\u0002') : bytes.indexOf('PK\u0003\u0004')
    bytes.writeUInt16LE(value, at + offset)
    return codes(bytes)
  }
  t.same(change(8, 1, 'directory'), ['adapter.zip.broken'], 'a password')
  t.same(change(10, 12, 'directory'), ['adapter.zip.broken'], 'another method')
  t.same(change(42, 7, 'directory'), ['adapter.zip.broken'], 'a part that is elsewhere')
  t.same(change(30, 0x5a5a, 'part'), ['adapter.zip.broken'], 'a part of another name')
  const end = (offset: number, value: number) => {
    const bytes = Buffer.from(book({ rows }))
    bytes.writeUInt16LE(value, bytes.length - 22 + offset)
    return codes(bytes)
  }
  t.same(end(10, 0xffff), ['adapter.zip.broken'], 'ZIP64')
  t.same(end(10, 3), ['adapter.zip.broken'], 'fewer parts than there are')
  t.same(end(16, 5), ['adapter.zip.broken'], 'a directory elsewhere')
  t.end()
})

t.test('X1, X2: no DOCTYPE, no entity, no other charset', (t) => {
  const sheet = (text: string | Buffer): Buffer =>
    book({ others: { 'xl/worksheets/sheet1.xml': typeof text === 'string' ? strToU8(text) : text } })
  const body = `<worksheet xmlns="${main}"><sheetData>${head}<row r="2"><c r="A2" t="inlineStr"><is><t>&x;</t></is></c></row></sheetData></worksheet>`
  const laughs = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]>'
  for (const text of [
    laughs + body,
    `<!DOCTYPE a SYSTEM "file:///etc/passwd">${body.replace('&x;', '')}`,
    body,
    body.replace('&x;', '&#0;'),
    `<?xml version="1.0" encoding="TIS-620"?>${body.replace('&x;', '')}`,
    body.replace('&x;', '').replace('</worksheet>', ''),
    'no xml',
    '',
  ])
    t.equal(codes(sheet(text)).at(-1), 'adapter.xlsx.broken', text.slice(0, 60))
  t.same(codes(sheet(Buffer.from(body.replace('&x;', ''), 'utf16le'))), ['adapter.xlsx.broken'])
  t.same(codes(sheet(Buffer.from([0xff, 0x3c]))), ['adapter.xlsx.broken'])
  t.end()
})

t.test('X7: rows, cells, texts and joined cells without end are faults, in bounded work', (t) => {
  const rows = (count: number) =>
    Array.from({ length: count }, (_, index) => `<row r="${index + 2}"><c t="s"><v>0</v></c></row>`).join('')
  const long = `<si><t>${'x'.repeat(32_000)}</t></si>`
  t.equal(
    codes(book({ rows: head + rows(50_000), texts: '<si><t>x</t></si>' })).at(-1),
    'adapter.document.too-many',
  )
  t.equal(
    codes(book({ rows: head + rows(10_000), texts: long })).at(-1),
    'adapter.document.too-many',
    'one text, shared',
  )
  t.same(
    codes(
      book({ rows: `${head}<row r="2"><c t="inlineStr"><is><t>${'x'.repeat(1_000_000)}</t></is></c></row>` }),
    ),
    ['adapter.table.long'],
  )
  t.same(codes(book({ rows: `${head}<row r="2"><c r="XFD2"><v>1</v></c></row>` })), [
    'adapter.document.too-many',
  ])
  t.same(codes(book({ rows: `${head}${'<row/>'.repeat(200_000)}` })), ['adapter.document.empty'])
  t.same(codes(book({ rows: `${head}<row r="1048577"/>` })), ['adapter.xlsx.broken'])
  t.same(codes(book({ rows: '<a>'.repeat(100_000) })), ['adapter.xlsx.broken'])
  t.same(
    codes(
      book({ rows: `<row ${Array.from({ length: 100_000 }, (_, index) => `a${index}=""`).join(' ')}/>` }),
    ),
    ['adapter.xlsx.broken'],
  )
  const wide = (ref: string, count: number) =>
    book({
      rows: head + rows(1_000),
      texts: '<si><t>x</t></si>',
      after: `<mergeCells>${`<mergeCell ref="${ref}"/>`.repeat(count)}</mergeCells>`,
    })
  t.same(codes(wide('A1:XFD1048576', 9_000)), ['adapter.table.spans'], 'joined over one another')
  t.equal(codes(wide('A1:A1', 20_000)).at(-1), 'adapter.xlsx.broken')
  t.equal(codes(wide('A3:A2', 1)).length, 1_000, 'none at all')
  t.end()
})

t.test('X8: rows and cells out of order, and joined cells that hide others, are no guesswork', (t) => {
  const two = (rows: string, after = '') => codes(book({ rows: head + rows, after }))
  t.same(two('<row r="3"><c><v>1</v></c></row><row r="2"><c><v>2</v></c></row>'), [
    '1,',
    'adapter.xlsx.broken',
  ])
  t.same(two('<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>2</v></c></row>').at(-1), 'adapter.xlsx.broken')
  t.same(two('<row r="2"><c r="A3"><v>1</v></c></row>').at(-1), 'adapter.xlsx.broken')
  t.same(two('<row r="2"><c r="1A"><v>1</v></c></row>').at(-1), 'adapter.xlsx.broken')
  const joint = '<mergeCells><mergeCell ref="A2:B2"/></mergeCells>'
  t.same(two('<row r="2"><c r="A2"><v>1</v></c></row>', joint), ['1,1'])
  t.same(two('<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c></row>', joint), ['adapter.table.spans'])
  t.same(codes(book({})), ['adapter.document.empty'])
  t.same(codes(book({ rows: head })), ['adapter.document.empty'])
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

t.test('T4: no bytes make the reader throw', (t) => {
  const change = fc.record({
    at: fc.nat(sample.length),
    cut: fc.nat(10),
    put: fc.uint8Array({ maxLength: 10 }),
  })
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), fc.boolean(), (changes, keepLength) => {
      let bytes: Buffer = Buffer.from(sample)
      for (const { at, cut, put } of changes)
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          put,
          bytes.subarray(at + (keepLength ? put.length : cut)),
        ])
      t.ok(plain.read(bytes).length > 0)
      openZip(bytes)
    }),
    { numRuns: 1_000 },
  )
  // The XML itself, in an archive that is whole.
  const parts = unzipSync(sample)
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(parts)),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      (name, changes) => {
        let bytes: Buffer = Buffer.from(parts[name] ?? [])
        for (const { at, cut, put } of changes) {
          const place = at % (bytes.length + 1)
          bytes = Buffer.concat([
            bytes.subarray(0, place),
            put.length > 5 ? put : Buffer.from('<c>&"'.slice(0, put.length)),
            bytes.subarray(place + cut),
          ])
        }
        t.ok(plain.read(Buffer.from(zipSync({ ...parts, [name]: bytes }))).length > 0)
      },
    ),
    { numRuns: 500 },
  )
  t.end()
})

t.test('the example in docs/reference/formats.md', (t) => {
  t.ok(lawOfCells(documented(xlsx), ['ที่หนังสือ', 'เรื่อง', 'รหัส'], 200) > 50)
  t.end()
})
