// XML dialects both ways: what attackers make of them, the laws, and samples byte for byte.

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { XMLParser } from 'fast-xml-parser'
import iconv from 'iconv-lite'
import t from 'tap'
import { parse, stringify } from 'yaml'
import { formsOf } from '../../src/adapters/adapter.ts'
import type { Source } from '../../src/adapters/contract.ts'
import type { DocumentForm } from '../../src/adapters/formats/format.ts'
import { xml } from '../../src/adapters/formats/xml/xml.ts'
import { readProfile } from '../../src/adapters/profile.ts'
import { fixedLetter, mustBe } from '../letter/arbitrary.ts'
import { parcelOf, TestClock } from './stage.ts'
import { lawOfWholeLetters, letterOf, nastyCells, recordForm } from './there-and-back.ts'

const columns = [
  '@เลขที่',
  'หัวเรื่อง/เรื่อง',
  'หัวเรื่อง/เรื่อง/@ภาษา',
  { at: 'ผู้รับ/ชื่อ', separator: ';', each: 'ผู้รับ' },
  { at: 'ผู้รับ/@รหัส', separator: ';', each: 'ผู้รับ' },
  { at: 'ไฟล์', separator: '|' },
]
const names = columns.map((column) => (typeof column === 'string' ? column : column.at))
const form = (options: object = {}) =>
  recordForm(xml, { charset: 'utf-8', record: 'บัญชี/หนังสือ', columns, ...options })
const record = (...cells: string[]) => new Map(names.map((name, index) => [name, cells[index] ?? '']))

type Form = ReturnType<typeof form>
const cellsOf = (made: Form, bytes: Buffer) =>
  made
    .read(bytes)
    .map((each) =>
      each.kind === 'record'
        ? Object.fromEntries([...each.record.cells].filter(([, cell]) => cell !== ''))
        : `${each.position} ${each.problems.map(({ code }) => code).join(' ')}`,
    )
const read = (text: string, options: object = {}) => cellsOf(form(options), Buffer.from(text))
const one = (inside: string, options: object = {}) => read(`<บัญชี><หนังสือ>${inside}</หนังสือ></บัญชี>`, options)

const sample = `<?xml version="1.0" encoding="windows-874"?>
<บัญชี>
  <หนังสือ เลขที่="มท 0210.3/ว3893">
    <หัวเรื่อง>
      <เรื่อง ภาษา="ไทย">น้ำ &amp; ไฟ &lt;ด่วน&gt;</เรื่อง>
    </หัวเรื่อง>
    <ผู้รับ รหัส="50">
      <ชื่อ>เชียงใหม่</ชื่อ>
    </ผู้รับ>
    <ผู้รับ รหัส="57">
      <ชื่อ>เชียงราย</ชื่อ>
    </ผู้รับ>
    <ไฟล์>ก.pdf</ไฟล์>
    <ไฟล์>ข.pdf</ไฟล์>
  </หนังสือ>
</บัญชี>
`

t.test('a document is read by paths, and written again byte for byte', (t) => {
  const made = form({ charset: 'windows-874' })
  const bytes = iconv.encode(sample, 'windows-874')
  const [found] = made.read(bytes)
  if (found?.kind !== 'record') throw new Error(JSON.stringify(found))
  t.same(
    [...found.record.cells.values()],
    ['มท 0210.3/ว3893', 'น้ำ & ไฟ <ด่วน>', 'ไทย', 'เชียงใหม่;เชียงราย', '50;57', 'ก.pdf|ข.pdf'],
  )
  t.equal(iconv.decode(made.write([found.record.cells], names), 'windows-874'), sample)
  t.end()
})

t.test('law: cells that are not refused come back as they were, whatever the layout', (t) => {
  const part = nastyCells.map((cell) => cell.replace(/[;|]/g, ''))
  const lists = fc.array(fc.tuple(part, part), { maxLength: 3 })
  const cells = fc.tuple(nastyCells, nastyCells, nastyCells, lists, fc.array(part, { maxLength: 3 }))
  let kept = 0
  const layouts = [
    {},
    { charset: 'windows-874', lines: 'crlf', indent: 0 },
    { charset: 'tis-620', references: 'write', lines: 'none' },
    { charset: 'utf-8-bom', blank: 'pair', declare: false },
    { charset: 'windows-874', references: 'write', blank: 'short', indent: 4 },
  ]
  for (const layout of layouts) {
    const made = form(layout)
    fc.assert(
      fc.property(fc.array(cells, { minLength: 1, maxLength: 3 }), (drawn) => {
        const records = drawn.map(([number, subject, language, recipients, files]) => {
          const sides = [recipients.map(([name]) => name).join(';'), recipients.map(([, id]) => id).join(';')]
          const all = [number, subject, language, ...sides, files.join('|')]
          const refused = names.map((name, index) => made.refuses(all[index] ?? '', name) !== undefined)
          // Lists of one repeated element are as long as each other.
          if (refused[3] || refused[4]) refused[3] = refused[4] = true
          return record(...all.map((cell, index) => (refused[index] ? '' : cell)))
        })
        const back = made.read(made.write(records, names))
        t.same(
          back.map((each) => each.kind === 'record' && [...each.record.cells]),
          records.map((each) => [...each]),
        )
        kept += records.filter((each) => each.get('@เลขที่') !== '').length
      }),
      { numRuns: 150 },
    )
  }
  t.ok(kept > 400, `${kept} records were kept`)
  t.end()
})

t.test('X3, X5: no value becomes an element, in the eyes of another parser', (t) => {
  const made = form({ references: 'write', charset: 'windows-874', lines: 'none' })
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    htmlEntities: true,
  })
  const hostile = [
    ']]></เรื่อง><หนังสือ เลขที่="2"/>',
    '" x="1',
    '<!-- --><![CDATA[x]]>',
    '<?php ?>',
    '&lt;a&gt; &#60; &amp;amp;',
    "'><script>",
    '--',
    '&x; %y;',
  ]
  for (const value of hostile) {
    const bytes = made.write([record(value, value, value)], names)
    const { บัญชี: list } = parser.parse(iconv.decode(bytes, 'windows-874'))
    t.same(Object.keys(list.หนังสือ), ['หัวเรื่อง', '@เลขที่'])
    t.equal(list.หนังสือ['@เลขที่'], value)
    t.same(list.หนังสือ.หัวเรื่อง, { เรื่อง: { '#text': value, '@ภาษา': value } })
  }
  for (const character of ['\u0000', '\u0008', '\u000b', '\u001f', '\ud800', '\uffff', '\ufffd'])
    t.ok(made.refuses(`ก${character}`), `U+${character.charCodeAt(0).toString(16)}`)
  t.match(form({ charset: 'tis-620' }).refuses('“'), { code: 'adapter.charset.cannot-say' })
  t.equal(form({ charset: 'tis-620', references: 'write' }).refuses('“'), undefined)
  t.match(form().refuses(';;', 'ผู้รับ/ชื่อ'), { code: 'adapter.xml.blank-list' })
  t.end()
})

t.test('X1: no DOCTYPE, no entity but the five, no file and no net', (t) => {
  const body = '<บัญชี><หนังสือ เลขที่="1"/></บัญชี>'
  for (const doctype of [
    '<!DOCTYPE บัญชี>',
    '<!DOCTYPE บัญชี SYSTEM "file:///etc/passwd">',
    '<!DOCTYPE บัญชี [<!ENTITY x SYSTEM "http://127.0.0.1/">]>',
    '<!DOCTYPE บัญชี [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
  ])
    t.same(read(`${doctype}${body}`), ['record 1 adapter.xml.forbidden'])
  t.same(one('<หัวเรื่อง><เรื่อง>&x;</เรื่อง></หัวเรื่อง>'), ['record 1 adapter.xml.malformed'])
  t.same(one('<หัวเรื่อง><เรื่อง>&nbsp;</เรื่อง></หัวเรื่อง>'), ['record 1 adapter.xml.malformed'])
  t.end()
})

t.test('X2: laughs, blow-ups and a million references end at a bound', (t) => {
  const laughs = Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join('')
  t.same(read(`<!DOCTYPE บัญชี [<!ENTITY l0 "ha">${laughs}]><บัญชี>&l9;</บัญชี>`), [
    'record 1 adapter.xml.forbidden',
  ])
  t.same(one(`<ไฟล์>${'&#3585;'.repeat(200_001)}</ไฟล์>`), ['record 1 adapter.xml.bounds'])
  t.same(one('<ไฟล์>&#3585;&#xE32;&lt;&#0038;</ไฟล์>'), [{ ไฟล์: 'กา<&' }])
  t.same(one('<ไฟล์>&#0;</ไฟล์>'), ['record 1 adapter.xml.malformed'])
  t.end()
})

t.test(
  'X7: depth, attributes, siblings, long names, twice the same attribute, content after the root',
  (t) => {
    t.same(one('<a>'.repeat(100_000)), ['record 1 adapter.xml.bounds'])
    t.same(one(`${'<a>'.repeat(30)}ก${'</a>'.repeat(30)}`), [{ [Array(30).fill('a').join('/')]: 'ก' }])
    t.same(one(`${'<a>'.repeat(31)}${'</a>'.repeat(31)}`), ['record 1 adapter.xml.bounds'])
    t.same(one(`<a ${Array.from({ length: 1_000 }, (_, n) => `b${n}="1"`).join(' ')}/>`), [
      'record 1 adapter.xml.bounds',
    ])
    t.same(one('<a/>'.repeat(1_000_000)), ['record 1 adapter.xml.bounds'])
    t.same(read(`<บัญชี>${'<a/>'.repeat(100_000)}</บัญชี>`), ['record 1 adapter.xml.bounds'])
    t.same(one(`<${'ก'.repeat(4_000_000)}/>`), ['record 1 adapter.xml.bounds'])
    t.same(one(`<ไฟล์>${'ก'.repeat(4_000_000)}</ไฟล์>`), ['record 1 adapter.xml.bounds'])
    t.same(one(`<ไฟล์ a="${'ก'.repeat(4_000_000)}"/>`), ['record 1 adapter.xml.bounds'])
    t.same(one('<ไฟล์ a="1" a="2"/>'), ['record 1 adapter.xml.malformed'])
    const whole = '<บัญชี><หนังสือ เลขที่="1"/></บัญชี>'
    t.same(read(`${whole}<บัญชี/>`), [{ '@เลขที่': '1' }, 'record 2 adapter.xml.malformed'])
    t.same(read(`${whole} ท้าย`), [{ '@เลขที่': '1' }, 'record 2 adapter.xml.malformed'])
    t.same(
      read(`<บัญชี>${'<หนังสือ เลขที่="1"/>'.repeat(3)}</บัญชี>`, { records: 2 }).at(-1),
      'record 3 adapter.document.too-many',
    )
    t.end()
  },
)

t.test('X6: what the bytes are, what the document declares and what the profile says must agree', (t) => {
  const declared = (encoding: string, charset: string) =>
    iconv.encode(sample.replace('windows-874', encoding), charset)
  const codes = (bytes: Buffer, options: object) =>
    cellsOf(form(options), bytes).filter((each) => typeof each === 'string')
  for (const label of ['windows-874', 'TIS-620', 'tis620', 'x-windows-874', 'ISO-8859-11', 'cp874'])
    t.same(codes(declared(label, 'windows-874'), { charset: 'windows-874' }), [], label)
  t.same(codes(declared('UTF-8', 'utf-8'), {}), [])
  t.same(codes(declared('UTF-8', 'windows-874'), { charset: 'windows-874' }), [
    'document adapter.xml.encoding',
  ])
  t.same(codes(declared('UTF-8', 'windows-874'), { charset: 'windows-874', declaration: 'ignore' }), [])
  t.same(codes(declared('windows-874', 'utf-8'), {}), ['document adapter.xml.encoding'])
  t.same(codes(declared('windows-874', 'utf-8'), { charset: 'windows-874' }), [
    'document adapter.charset.contradicted',
  ])
  t.same(codes(iconv.encode(sample, 'utf-16le', { addBOM: true }), {}), [
    'document adapter.charset.contradicted',
  ])
  t.same(codes(iconv.encode(sample, 'utf-16be'), {}), ['record 1 adapter.xml.malformed'])
  t.same(codes(Buffer.from(`\ufeff${sample.replace('windows-874', 'UTF-8')}`), {}), [])
  const broken = iconv.encode(sample, 'windows-874')
  broken[broken.indexOf(iconv.encode('น้ำ', 'windows-874'))] = 0xdb
  t.same(codes(broken, { charset: 'windows-874' }), ['record 1 adapter.charset.bytes'])
  t.same(
    codes(Buffer.from([...Buffer.from('<บัญชี><หนังสือ เลขที่="'), 0xc0, 0xaf, ...Buffer.from('"/></บัญชี>')]), {}),
    ['record 1 adapter.charset.bytes'],
  )
  t.same(read('<บัญชี><หนังสือ เลขที่="\u0000"/></บัญชี>'), ['record 1 adapter.xml.malformed'])
  t.same(read(''), ['document adapter.document.empty'])
  t.end()
})

t.test('a document that ends early gives its whole letters, and waits before', (t) => {
  const whole = '<บัญชี><หนังสือ เลขที่="1"/><หนังสือ เลขที่="2"></หนังสือ></บัญชี>'
  const ends = (text: string) => form().unended?.(Buffer.from(text))
  t.equal(ends(whole), false)
  t.equal(ends(`${whole}\r\n`), false)
  const cut = whole.slice(0, whole.indexOf('2"'))
  t.equal(ends(cut), true)
  t.equal(ends(whole.slice(0, -1)), true)
  t.equal(ends(whole.slice(0, whole.indexOf('/>') + 2)), true)
  t.equal(ends('<x:บัญชี xmlns:x="urn:x" />\n'), false)
  t.equal(ends(whole.slice(0, whole.indexOf('</บัญชี>'))), true)
  t.same(read(cut), [{ '@เลขที่': '1' }, 'record 2 adapter.xml.malformed'])
  t.end()
})

t.test('names are known by their namespace, whatever prefix the document has', (t) => {
  const options = {
    record: 'r:list/r:letter',
    namespaces: { r: 'urn:r', '': 'urn:d' },
    columns: ['r:no', 'subject', '@r:id', '@id'],
  }
  const made = form(options)
  const text =
    '<list xmlns="urn:r" xmlns:d="urn:d" xmlns:x="urn:r"><x:letter x:id="1" id="2"><no>3</no><d:subject>4</d:subject></x:letter></list>'
  t.same(cellsOf(made, Buffer.from(text)), [{ 'r:no': '3', subject: '4', '@r:id': '1', '@id': '2' }])
  const [found] = made.read(Buffer.from(text))
  if (found?.kind !== 'record') throw new Error('no record')
  const written = made.write([found.record.cells], names)
  t.match(written.toString(), '<r:list xmlns:r="urn:r" xmlns="urn:d">')
  t.same(cellsOf(made, written), cellsOf(made, Buffer.from(text)))
  t.same(cellsOf(made, Buffer.from('<list><letter/></list>')), ['document adapter.xml.no-record'])
  t.same(cellsOf(made, Buffer.from('<x:list><letter/></x:list>')), ['record 1 adapter.xml.malformed'])
  t.end()
})

t.test('what no column names keeps its path; what two readers would read differently is a fault', (t) => {
  t.same(one('<อื่น ก="1"><ใน>ข</ใน><ใน>ค</ใน></อื่น><ไฟล์ ขนาด="9">ก</ไฟล์>'), [
    { ไฟล์: 'ก', 'ไฟล์/@ขนาด': '9', 'อื่น/@ก': '1', 'อื่น/ใน': 'ข', 'อื่น/ใน[2]': 'ค' },
  ])
  t.same(read('<บัญชี รุ่น="2"><ผู้ส่ง>มท</ผู้ส่ง><หนังสือ เลขที่="1"/><จำนวน>1</จำนวน></บัญชี>'), [
    { '@เลขที่': '1', '/บัญชี/@รุ่น': '2', '/บัญชี/ผู้ส่ง': 'มท', '/บัญชี/จำนวน': '1' },
  ])
  t.same(one('<หัวเรื่อง><เรื่อง>ก</เรื่อง><เรื่อง>ข</เรื่อง></หัวเรื่อง>'), ['record 1 adapter.xml.twice'])
  t.same(one('<หัวเรื่อง/><หัวเรื่อง><เรื่อง>ข</เรื่อง></หัวเรื่อง>'), [{ 'หัวเรื่อง/เรื่อง': 'ข' }])
  t.same(one('<หัวเรื่อง>ก<เรื่อง>ข</เรื่อง></หัวเรื่อง>'), ['record 1 adapter.xml.mixed'])
  t.same(one('<ผู้รับ><ชื่อ>ก;ข</ชื่อ></ผู้รับ>'), ['record 1 adapter.field.separator'])
  t.same(one('<ผู้รับ><ชื่อ>ก</ชื่อ><ชื่อ>ข</ชื่อ></ผู้รับ>'), ['record 1 adapter.xml.twice'])
  t.same(one('<ผู้รับ><ชื่อ>ก</ชื่อ></ผู้รับ><ผู้รับ รหัส="57"/>'), [{ 'ผู้รับ/ชื่อ': 'ก;', 'ผู้รับ/@รหัส': ';57' }])
  t.same(one('<ไฟล์><![CDATA[<ก> & ]]>ข<!-- ค --></ไฟล์>'), [{ ไฟล์: '<ก> & ข' }])
  t.end()
})

t.test('one letter is the root; text() is its own text; what stands outside comes back', (t) => {
  const single = form({ record: 'หนังสือ', columns: ['@เลขที่', 'text()'] })
  const text = '<?xml version="1.0" encoding="UTF-8"?>\n<หนังสือ เลขที่="1">เรื่อง\n  ก</หนังสือ>\n'
  const [found] = single.read(Buffer.from(text))
  t.match(found, {
    record: {
      cells: new Map([
        ['@เลขที่', '1'],
        ['text()', 'เรื่อง\n  ก'],
      ]),
    },
  })
  if (found?.kind === 'record') t.equal(single.write([found.record.cells], []).toString(), text)
  const framed = form({ columns: ['/บัญชี/@รุ่น', '/บัญชี/หัว/ผู้ส่ง', '@เลขที่'], declare: false, lines: 'none' })
  const frame = '<บัญชี รุ่น="2"><หัว><ผู้ส่ง>มท</ผู้ส่ง></หัว><หนังสือ เลขที่="1"></หนังสือ></บัญชี>'
  const [inside] = framed.read(Buffer.from(frame))
  if (inside?.kind !== 'record') throw new Error('no record')
  t.equal(framed.write([inside.record.cells], []).toString(), frame)
  t.same(
    cellsOf(framed, Buffer.from(frame.replace('<หัว>', '<หัว><ผู้ส่ง>กค</ผู้ส่ง>'))),
    ['record 1 adapter.xml.twice'],
    'which sender it is nobody can know',
  )
  t.end()
})

t.test('a bare & is repaired only where the profile says so, and told', (t) => {
  const bare = '<หัวเรื่อง><เรื่อง>ก & ข&amp;ค</เรื่อง></หัวเรื่อง>'
  t.same(one(bare), ['record 1 adapter.xml.malformed'])
  t.same(one(bare, { repair: 'ampersands' }), [{ 'หัวเรื่อง/เรื่อง': 'ก & ข&ค', 'xml:escaped-ampersands': '1' }])
  const thai = iconv.encode(`<บัญชี><หนังสือ>${bare}</หนังสือ></บัญชี>`, 'windows-874')
  t.match(cellsOf(form({ charset: 'windows-874', repair: 'ampersands' }), thai), [
    { 'หัวเรื่อง/เรื่อง': 'ก & ข&ค' },
  ])
  t.end()
})

t.test('whatever bytes come, reading ends with faults and never throws', (t) => {
  const made = form({ charset: 'windows-874', repair: 'ampersands' })
  const whole = iconv.encode(sample, 'windows-874')
  const hits = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(hits, fc.nat(whole.length), (drawn, length) => {
      const copy = Buffer.from(whole)
      for (const [offset, byte] of drawn) copy[offset] = byte
      t.ok(made.read(copy.subarray(0, length)).length > 0)
    }),
    { numRuns: 1_000 },
  )
  t.end()
})

// The profile of Chiang Mai with its columns as places of a document.
const profile = (charset: string, options: object = {}) => {
  const { documents, ...rest } = parse(
    readFileSync(new URL('../../profiles/chiang-mai-csv.yaml', import.meta.url), 'utf8'),
  )
  const { letter, notice } = documents
  const lists: Record<string, string> = { ถึง: 'ผู้รับ/หน่วยงาน' }
  const sides: Record<string, string> = { อ้างถึงที่: 'ที่', อ้างถึงวันที่: 'วันที่', อ้างถึงเรื่อง: 'เรื่อง' }
  const moved = (column: string): string =>
    lists[column] ??
    (sides[column] ? `อ้างถึง/${sides[column]}` : /^ไฟล์/.test(column) ? `@${column}` : `ใน/${column}`)
  const old: string[] = letter.format.columns
  const fields: Record<string, { at?: string | string[] }> = letter.fields
  for (const field of Object.values(fields))
    if (field.at !== undefined) field.at = [field.at].flat().map(moved)
  letter.format = {
    kind: 'xml',
    charset,
    record: 'บัญชี/หนังสือ',
    columns: old.map((column) => {
      if (lists[column]) return { at: moved(column), separator: ';', each: 'ผู้รับ' }
      return sides[column] ? { at: moved(column), separator: '|', each: 'อ้างถึง' } : moved(column)
    }),
    ...options,
  }
  return stringify({ ...rest, documents: { letter, notice } })
}
const sender = (charset: string, options: object = {}): DocumentForm =>
  formsOf(mustBe(readProfile(profile(charset, options), 'test.yaml')), new TestClock()).send!

t.test('law: a letter → XML → the same letter, within what is declared', async (t) => {
  for (const [charset, drawnFrom] of [
    ['windows-874', 'windows-874'],
    ['tis-620', 'unicode'],
    ['utf-8', 'unicode'],
  ] as const) {
    const form = sender(charset, { references: charset === 'tis-620' ? 'write' : 'refuse' })
    const extension = [{ name: 'ใน/เลขทะเบียนส่ง', value: '<1> & "2"' }]
    await lawOfWholeLetters(t, form, { name: charset, charset: drawnFrom, extension })
  }
})

t.test('a realistic document goes form → letter → form byte for byte', async (t) => {
  const options = { lines: 'crlf', indent: 1, blank: 'short' }
  const made = sender('windows-874', options)
  const { attachments } = fixedLetter()
  const references = [
    { number: 'มท 0210.3/1', subject: 'ก' },
    { number: 'มท 0210.3/2', subject: 'ข' },
  ]
  const letter = fixedLetter({ references, extension: [{ name: 'ใน/เลขทะเบียนส่ง', value: '12' }] })
  const { bytes, files } = mustBe(await made.write(parcelOf({ letter }, 'p-1', '50')))
  const beside = new Map(files.map(({ name, sha256 }) => [name, { kind: 'kept', sha256, size: 1 } as const]))
  const source: Source = { document: 'letter', name: 'a.xml', bytes, beside, sender: 'gone', final: true }
  const [item] = await made.read(source)
  const back = letterOf(item!)
  t.equal(back.attachments.length, attachments.length)
  const again = mustBe(await made.write(parcelOf({ letter: { ...back, attachments } }, 'p-1', '50')))
  t.equal(iconv.decode(again.bytes, 'windows-874'), iconv.decode(bytes, 'windows-874'))
})

t.test('a profile’s paths are checked, every fault at its place', (t) => {
  const faults = (wrong: object) =>
    xml
      .check({ kind: 'xml', charset: 'windows-874', record: 'ก/ข', columns: ['ค'], ...wrong }, [])
      .map(({ at }) => at.join('.'))
  t.same(faults({}), [])
  t.same(faults({ record: 'ก//ข' }), ['record'])
  t.same(faults({ record: 'n:ก' }), ['record'])
  t.same(faults({ record: '你' }), ['record'])
  t.same(faults({ namespaces: { n: 'urn:a', m: 'urn:a', xmlx: 'urn:b' } }), [
    'namespaces.n',
    'namespaces.m',
    'namespaces.xmlx',
  ])
  for (const [columns, at] of [
    [['ค', 'ค'], 1],
    [['ค', 'ค/text()'], 1],
    [['ค', 'ค/ง'], 1],
    [['ค/ง', 'ค'], 1],
    [['ค/@ง/จ'], 0],
    [['<ค>'], 0],
    [['n:ค'], 0],
    [['/ก/ข/ค'], 0],
    [['/ง'], 0],
    [[{ at: 'ค', separator: ';', each: 'ง' }], 0],
    [[{ at: '@ค', separator: ';' }], 0],
    [[{ at: 'ค/ง', separator: ';', each: 'ค' }, 'ค/จ'], 1],
    [['ค/@จ', { at: 'ค/ง', separator: ';', each: 'ค' }], 1],
  ] as const)
    t.same(faults({ columns }), [`columns.${at}`], JSON.stringify(columns))
  const missing = readProfile(profile('utf-8').replace(/(at:\s+- )ใน\/เรื่อง/, '$1นอก/เรื่อง'), 'test.yaml')
  t.match(missing, { ok: false, problems: [{ code: 'adapter.profile.value-unknown' }] })
  t.end()
})
