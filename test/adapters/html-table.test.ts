// HTML tables that call themselves xls, both ways: their laws, a sample, and what is hostile or half.
import fc from 'fast-check'
import iconv from 'iconv-lite'
import t from 'tap'
import { formsOf } from '../../src/adapters/adapter.ts'
import { htmlTable } from '../../src/adapters/formats/html-table/html-table.ts'
import { fixedLetter, letters, mustBe } from '../letter/arbitrary.ts'
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

const columns = ['เลขทะเบียนส่ง']
const thaiForms = formsWith(
  { kind: 'html-table', charset: 'windows-874', columns },
  { kind: 'html-table', charset: 'windows-874' },
)
const unicodeForms = formsWith(
  { kind: 'html-table', charset: 'utf-8-bom', table: ['ที่หนังสือ', 'เรื่อง'], columns },
  { kind: 'html-table', charset: 'utf-8' },
)
const utf8 = (options: object = {}) => recordForm(htmlTable, { charset: 'utf-8', ...options })
const table = (rows: string): Buffer => Buffer.from(`<table><tr><td>a<td>b</tr>${rows}</table>`)

t.test('law: cells that are not refused come back as they were', (t) => {
  for (const charset of ['windows-874', 'tis-620', 'utf-8', 'utf-8-bom', 'utf-16le'])
    for (const options of [{}, { formulas: 'plain' }, { table: 3 }, { table: ['ก', '=b'] }]) {
      const form = recordForm(htmlTable, { charset, ...options })
      t.ok(lawOfCells(form, ['ก', '=b', 'c'], 300) > 200, `${charset} ${JSON.stringify(options)}`)
    }
  t.end()
})

t.test('law: a letter → HTML in windows-874 → the same letter', async (t) => {
  const counts = await lawOfLetters(t, thaiForms.send!, 'windows-874')
  t.ok(counts.written > 100 && counts.spilled > 10, JSON.stringify(counts))
})

t.test('law: a letter of any characters → HTML in UTF-8 → the same letter', async (t) => {
  const counts = await lawOfLetters(t, unicodeForms.send!, 'unicode')
  t.ok(counts.written > 100 && counts.spilled > 10, JSON.stringify(counts))
})

t.test('what the charset cannot say stands as a reference', async (t) => {
  const letter = fixedLetter({ subject: 'ทดสอบ 😀 你' })
  const written = mustBe(await thaiForms.receive!.write(parcelOf({ letter }, 'p-1', '50')))
  t.same(written.spilled, [])
  t.ok(written.bytes.includes('&#128512; &#20320;'))
  t.equal(letterOf(await readBack(thaiForms.receive!, 'letter', written)).subject, letter.subject)
})

// As ASP.NET and PHP pages of those years exported a grid.
const sample = `<html><head><META HTTP-EQUIV="content-type" CONTENT="text/html; charset=TIS-620">
<style>.text { mso-number-format:\\@; } </style></head><body>
<table><tr><td>พิมพ์เมื่อ 15/11/2551</td></tr></table>
<table cellspacing=0 rules="all" border=1>
  <caption>รายงานหนังสือส่ง</caption>
  <tr><td colspan="5" align=center><b>ทะเบียนหนังสือส่ง &nbsp;จังหวัดเชียงใหม่</b></td></tr>
  <TR>
    <th scope="col">ที่หนังสือ</th><th>ลงวันที่</th><th>
      เรื่อง
    </th><th>ถึง</th><th>ไฟล์1</th>
  </TR>
  <tr>
    <td class=text>&#3594;&#3617; 0017.1/492<td>15 พ.ย. 2551<td>การเชื่อมโยง<br>ระบบ&nbsp;<font color=red>ด่วน &amp; ลับ</font></td>
    <td rowspan=2>กระทรวงมหาดไทย<td>a.pdf
  <tr><td>ชม 0017.1/493<td>16 พ.ย. 2551<td><p>เรื่องที่สอง</p><p>ต่อ</p><td>
</table></body></html>`

t.test(
  'a sample: title rows, missing end tags, references, cells that span rows → letters → the form',
  async (t) => {
    const fields = {
      number: { at: 'ที่หนังสือ', as: 'letter-number' },
      date: { at: 'ลงวันที่', as: { 'buddhist-date': 'd MMM yyyy' } },
      subject: { at: 'เรื่อง', as: 'text' },
      to: { at: 'ถึง', as: { office: { write: 'name' } } },
      attachments: { at: 'ไฟล์1', as: { 'file-beside': { separator: ';' } } },
    }
    const format = { kind: 'html-table', charset: 'windows-874', table: ['ที่หนังสือ', 'เรื่อง'] }
    const profile = mustBe(profileWith(format, { kind: 'html-table', charset: 'windows-874' }, fields))
    const form = formsOf(profile, new TestClock()).send!
    const items = await form.read({
      document: 'letter',
      name: 'export.xls',
      bytes: iconv.encode(sample, 'windows-874'),
      beside: new Map([['a.pdf', { kind: 'bytes', bytes: Buffer.from('%PDF') }]]),
      sender: 'gone',
      final: true,
    })
    const read = items.map(letterOf)
    t.same(
      read.map(({ number, date, subject, to, attachments }) => [
        number.normalized,
        date,
        subject,
        to.offices,
        attachments.map(({ name }) => name),
      ]),
      [
        ['ชม 0017.1/492', '2008-11-15', 'การเชื่อมโยง\nระบบ\u00a0ด่วน & ลับ', ['moi'], ['a.pdf']],
        ['ชม 0017.1/493', '2008-11-16', 'เรื่องที่สอง\nต่อ', ['moi'], []],
      ],
    )
    for (const letter of read) {
      const written = mustBe(await form.write(parcelOf({ letter }, 'p-1', 'moi')))
      const back = letterOf(await readBack(form, 'letter', written))
      t.same({ ...back, attachments: [] }, { ...letter, attachments: [] })
    }
  },
)

t.test(
  'what is written is what Excel opens: its charset, every cell as text, nothing that it would run',
  async (t) => {
    const letter = fixedLetter({ subject: '=cmd|" /C calc"!A0 <b>&' })
    const written = mustBe(await thaiForms.receive!.write(parcelOf({ letter }, 'p-1', '50')))
    const text = iconv.decode(written.bytes, 'windows-874')
    t.match(text, '<meta http-equiv="Content-Type" content="text/html; charset=windows-874">')
    t.match(text, 'mso-number-format:"\\@"')
    t.match(text, '<td>&#39;=cmd|&quot; /C calc&quot;!A0 &lt;b&gt;&amp;</td>')
    t.equal(written.extension, 'xls')
    t.equal(letterOf(await readBack(thaiForms.receive!, 'letter', written)).subject, letter.subject)
  },
)

t.test('X3: no cell ends its cell, whatever it holds', (t) => {
  const form = utf8()
  fc.assert(
    fc.property(letters({ charset: 'unicode' }), ({ subject, description }) => {
      const written = form
        .write(
          [
            new Map([
              ['a', subject],
              ['b', description],
            ]),
          ],
          ['a', 'b'],
        )
        .toString('utf8')
      t.same(
        written.match(/<\/?[a-z]+/g)?.filter((tag) => !['<br', '<span', '</span'].includes(tag)).length,
        23,
      )
      t.notMatch(written.replace(/&(amp|lt|gt|quot|nbsp|#\d+);/g, ''), /&/)
    }),
    { numRuns: 300 },
  )
  t.end()
})

t.test('X8: joined cells stand in each of their places, and those that no table has are faults', (t) => {
  const form = utf8()
  t.same(shown(form, table('<tr><td rowspan=3>x<td>1<tr><td>2<tr><td>3<tr><td colspan=2>y')), [
    ['row 2', 'x', '1'],
    ['row 3', 'x', '2'],
    ['row 4', 'x', '3'],
    ['row 5', 'y', 'y'],
  ])
  t.same(shown(form, table('<tr><td>1<td rowspan=2>x<tr><td colspan=2>y<tr><td>2<td>3')), [
    ['row 2', '1', 'x'],
    ['row 3', 'adapter.table.spans'],
    ['row 4', '2', '3'],
  ])
  for (const span of ['colspan=1000000000', 'rowspan=0', 'colspan=-1', 'rowspan=1e9', 'colspan="2 3"'])
    t.same(
      shown(form, table(`<tr><td ${span}>x<td>y<tr><td>1<td>2`)).slice(0, 1),
      [['row 2', 'adapter.table.spans']],
      span,
    )
  // A table of 10,000 rows of 300 columns of 32,767 characters, in some kilobytes.
  const bomb = `<tr>${`<td rowspan=65534 colspan=10>${'x'.repeat(30_000)}`.repeat(30)}${'<tr>'.repeat(20_000)}`
  const read = form.read(Buffer.from(`<table><tr><td colspan=300>a</tr>${bomb}</table>`))
  t.match(read.at(-1), { kind: 'fault' })
  t.ok(read.length < 100)
  t.end()
})

t.test('X8: half a table, nested tables, text beside cells', (t) => {
  const form = utf8()
  const whole = table('<tr><td>1<td>2</tr><tr><td>3<td>4</tr>')
  t.notOk(form.unended?.(whole))
  for (let at = 1; at < whole.length; at += 1) {
    const half = whole.subarray(0, at)
    t.ok(form.unended?.(half), `half at ${at}`)
    const read = form.read(half)
    t.equal(read.at(-1)?.kind, 'fault', `half at ${at}`)
    for (const each of read)
      if (each.kind === 'record')
        t.ok(['1,2', '3,4'].includes([...each.record.cells.values()].join()), 'whole rows only')
  }
  t.same(shown(form, table('<tr><td>1<td><table><tr><td>x</table>')), [['document', 'adapter.html.nested']])
  t.same(shown(form, Buffer.from('<p>เข้าสู่ระบบ</p>')), [['document', 'adapter.table.missing']])
  t.same(shown(utf8({ table: 2 }), whole), [['document', 'adapter.table.missing']])
  t.same(shown(utf8({ table: ['a', 'c'] }), whole), [['document', 'adapter.table.missing']])
  t.same(shown(form, table('<tr><td>1<td>2</td>x</tr>')), [['row 2', 'adapter.html.outside']])
  t.same(shown(form, table('<tr><td>1<td><script>x</script>')), [['row 2', 'adapter.html.outside']])
  t.same(shown(form, table('<tr><td>1<td>2<td>3<tr><td>1<tr><td>1<td>2<td> ')), [
    ['row 2', 'adapter.table.cells'],
    ['row 3', 'adapter.table.cells'],
    ['row 4', '1', '2'],
  ])
  t.same(shown(form, Buffer.from('<table><tr><td>a<td>a<tr><td>1<td>2</table>')), [
    ['header', 'adapter.column.twice'],
  ])
  t.same(shown(form, table('')), [['document', 'adapter.document.empty']])
  t.same(shown(form, table('<tr><td>&#0;<td>&#xd800;')), [
    ['row 2', 'adapter.charset.bytes', 'adapter.charset.bytes'],
  ])
  t.end()
})

t.test('X6: a meta tag that says another charset is a fault of the document', (t) => {
  const reads = (charset: string, meta: string) =>
    shown(recordForm(htmlTable, { charset }), Buffer.from(`${meta}<table><tr><td>a<tr><td>1</table>`))
  const type = (charset: string) => `<meta content='text/html;charset=${charset}' http-equiv=Content-Type>`
  const good = [['row 2', '1']]
  t.same(reads('windows-874', type('TIS-620')), good)
  t.same(reads('tis-620', '<meta charset="windows-874">'), good)
  t.same(reads('utf-8-bom', type('UTF-8')), good)
  t.same(reads('windows-874', ''), good)
  for (const [charset, meta] of [
    ['windows-874', type('utf-8')],
    ['utf-8', type('windows-874')],
    ['windows-874', '<meta charset=cp874>'],
    ['windows-874', '<meta charset=windows-1252>'],
    ['utf-8', `<table></table>${type('utf-7')}`],
  ] as const)
    t.same(reads(charset, meta), [['document', 'adapter.html.charset']], `${charset} ${meta}`)
  const behind = Buffer.concat([table('<tr><td>1<td>2'), Buffer.from(type('tis-620'))])
  t.same(shown(utf8(), behind), [['document', 'adapter.html.charset']], 'wherever it stands')
  t.same(
    shown(recordForm(htmlTable, { charset: 'windows-874' }), Buffer.from('<table><tr><td>หนังสือ</table>')),
    [['document', 'adapter.charset.contradicted']],
  )
  t.end()
})

t.test('X7: depth, attributes, rows, cells and columns without end are faults, in bounded work', (t) => {
  const form = utf8({ records: 100 })
  const codes = (body: string) => shown(form, Buffer.from(body)).map(([, ...found]) => found.join())
  t.same(codes('<b>'.repeat(1_000_000)), ['adapter.document.too-many'])
  t.same(codes(`<table><tr><td>${'<i>'.repeat(100_000)}`), ['adapter.document.too-many'])
  const million = Array.from({ length: 200_000 }, (_, index) => `a${index}`).join(' ')
  t.same(codes(`<table ${million}><tr><td>a<tr><td>1</table>`), ['1'])
  t.same(codes(`<${'x'.repeat(10_000_000)}><table><tr><td>a<tr><td>1</table>`), ['1'])
  t.equal(codes(`<table><tr><td>a${'<tr><td>1'.repeat(200_000)}</table>`).at(-1), 'adapter.document.too-many')
  t.same(codes(`<table>${'<tr>'.repeat(200_000)}</table>`), ['adapter.document.empty'])
  t.same(codes(`<table><tr><td>a<tr>${'<td>1'.repeat(100_000)}<tr><td>1</table>`), [
    'adapter.document.too-many',
    '1',
  ])
  t.same(codes(`<table><tr><td>a<tr><td>${'x'.repeat(5_000_000)}<tr><td>1</table>`), [
    'adapter.table.long',
    '1',
  ])
  t.same(codes(`<table><tr><td>a<tr><td>${'&#3585;'.repeat(1_000_000)}<tr><td>1</table>`), [
    'adapter.table.long',
    '1',
  ])
  t.same(codes(`<table><tr><td>a</td></tr>${'x<br>'.repeat(500_000)}</table>`).at(-1), 'adapter.html.outside')
  t.same(codes('<table></table>'.repeat(100_000)), ['adapter.document.empty'])
  t.end()
})

t.test('what cannot stand in a cell is refused', (t) => {
  const form = utf8()
  t.match(form.refuses('a\u0000'), { code: 'adapter.charset.cannot-say', details: { character: 'U+0000' } })
  t.match(form.refuses('a\u0085'), { code: 'adapter.charset.cannot-say' })
  t.match(form.refuses('\udc00'), { code: 'adapter.charset.cannot-say' })
  t.match(form.refuses('x'.repeat(32_767)), { code: 'adapter.field.too-long' })
  t.equal(form.refuses('x'.repeat(32_766)), undefined)
  t.end()
})

t.test('X8: no bytes make the reader throw', (t) => {
  const form = recordForm(htmlTable, { charset: 'windows-874', table: ['ที่หนังสือ'] })
  const whole = iconv.encode(sample, 'windows-874')
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 20 }),
    fc
      .constantFrom('<table>', '</table>', '<tr>', '<td rowspan=9>', '<td', '</', '<!--', '&', '<p>')
      .map((text) => Buffer.from(text)),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(piece, fc.nat(1_500), fc.nat(40)), { maxLength: 6 }), (changes) => {
      let bytes: Buffer = whole
      for (const [put, at, cut] of changes)
        bytes = Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + cut)])
      t.ok(form.read(bytes).length > 0)
    }),
    { numRuns: 1_000 },
  )
  t.end()
})

t.test('the example in docs/reference/formats.md', (t) => {
  t.ok(lawOfCells(documented(htmlTable), ['ที่หนังสือ', 'เรื่อง', 'ถึง'], 200) > 50)
  t.end()
})
