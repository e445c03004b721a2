// Codecs for what real systems do: yes and no in words, digits of one script, a value over several columns and a column
// that holds several; each comes back as it was, or is refused.
import fc from 'fast-check'
import t from 'tap'
import { formsOf } from '../../src/adapters/adapter.ts'
import { checkCodec, codecOf } from '../../src/adapters/fields/codecs.ts'
import { templateFindings, templateOf } from '../../src/adapters/fields/template.ts'
import { unsayable } from '../../src/adapters/formats/charset.ts'
import { readProfile } from '../../src/adapters/profile.ts'
import { fixedLetter, letterDates, mustBe } from '../letter/arbitrary.ts'
import { parcelOf, TestClock } from './stage.ts'

const reads = (as: unknown, ...cells: string[]) => codecOf(as).read(cells)
const writes = (as: unknown, columns: number, ...values: string[]) =>
  codecOf(as).write(values, columns, () => undefined)
const faults = (as: unknown) => checkCodec(as, []).map(({ at, code }) => [at.join('.'), code])

/** Short texts in which the words of templates come up often. */
const nasty = fc.string({ unit: fc.constantFrom(...'ก๑1/ .-๙a'), maxLength: 8 })

t.test('flag: both words both ways, the first is written, and a word means one thing', (t) => {
  const as = { flag: { true: ['ใช่', 'Y'], false: ['ไม่ใช่', ''] } }
  t.same(reads(as, 'Y '), { ok: true, value: ['true'] })
  t.same(reads(as, ''), { ok: true, value: ['false'] })
  t.same(writes(as, 2, 'true'), { ok: true, value: { cells: ['ใช่', ''] } })
  t.same(writes(as, 1, 'false'), { ok: true, value: { cells: ['ไม่ใช่'] } })
  t.match(reads(as, 'y'), { ok: false, problems: [{ code: 'adapter.field.code-unknown', value: 'y' }] })
  t.match(writes(as, 1, 'maybe'), { ok: false })
  t.match(writes(as, 1), { ok: false }, 'a blank would be read as no')
  t.same(writes({ flag: { true: ['Y'], false: ['N'] } }, 1), { ok: true, value: { cells: [''] } })
  t.same(faults({ flag: { true: ['Y', 'x'], false: ['N', 'x '] } }), [
    ['flag.true.1', 'adapter.profile.value-wrong'],
  ])
  t.same(faults({ flag: { true: ['Y'] } }), [['flag', 'adapter.profile.key-missing']])
  const word = fc.stringMatching(/^[ก-ฮa-z]{0,3}$/)
  fc.assert(
    fc.property(
      fc.uniqueArray(word, { minLength: 2, maxLength: 6 }),
      fc.nat(4),
      fc.boolean(),
      (words, cut, yes) => {
        const at = 1 + (cut % (words.length - 1))
        const made = { flag: { true: words.slice(0, at), false: words.slice(at) } }
        const written = mustBe(writes(made, 1, String(yes)))
        t.same(reads(made, ...written.cells), { ok: true, value: [String(yes)] })
      },
    ),
  )
  t.end()
})

t.test('digits: written in the script of the system, read in either, and no text comes back another', (t) => {
  const thai = { digits: { write: 'thai' } }
  t.same(writes(thai, 1, '12/2551'), { ok: true, value: { cells: ['๑๒/๒๕๕๑'] } })
  t.same(reads(thai, '๑๒/2551'), { ok: true, value: ['12/2551'] })
  t.match(writes(thai, 1, 'ข้อ ๑'), { ok: false, problems: [{ code: 'adapter.field.digits' }] })
  t.match(writes({ digits: { write: 'arabic' } }, 1, 'ข้อ ๑'), { ok: false })
  t.same(writes({ digits: { write: 'arabic', overflow: 'spill' } }, 1, 'ข้อ ๑'), {
    ok: true,
    value: { cells: ['ข้อ 1'], spill: ['ข้อ ๑'] },
  })
  const refuses = (text: string) => unsayable(text, 'windows-874')
  const spills = codecOf({ digits: { write: 'thai', overflow: 'spill' } })
  t.same(spills.write(['ที่ 12 😀'], 1, refuses), {
    ok: true,
    value: { cells: ['ที่ ๑๒  ...'], spill: ['ที่ 12 😀'] },
  })
  t.same(spills.write(['ที่ 12'], 1, refuses), { ok: true, value: { cells: ['ที่ ๑๒'] } })
  let said = 0
  fc.assert(
    fc.property(nasty, fc.constantFrom('thai', 'arabic'), (text, write) => {
      const written = writes({ digits: { write } }, 1, text)
      if (!written.ok) return t.match(text, /[๐-๙]/)
      said += 1
      return t.same(reads({ digits: { write } }, ...written.value.cells), {
        ok: true,
        value: text === '' ? [] : [text],
      })
    }),
  )
  t.ok(said > 20)
  t.end()
})

t.test('office: where organisation ids are written, two digits are a ministry and no province', (t) => {
  const organisation = { office: { write: 'organisation', organisations: { '93': ['15193'] } } }
  for (const code of ['15', '๑๕', '1-5', '1 5', '50'])
    t.match(
      reads(organisation, code),
      { ok: false, problems: [{ code: 'adapter.field.office-unknown' }] },
      code,
    )
  t.same(reads(organisation, '15193', 'เชียงใหม่', 'มท', '1500200000'), {
    ok: true,
    value: ['93', '50', 'moi', 'moi'],
  })
  t.same(reads({ office: { write: 'id' } }, '15'), { ok: true, value: ['15'] })
  t.end()
})

t.test('text: what is cut is a whole beginning and the mark that it goes on', (t) => {
  const cut = { text: { max: 12, overflow: 'cut' } }
  t.same(writes(cut, 1, 'ไม่รับ'), { ok: true, value: { cells: ['ไม่รับ'] } })
  t.same(writes(cut, 1, 'ส่งผิดหน่วยงาน'), { ok: true, value: { cells: ['ส่งผิดห ...'], cut: true } })
  t.end()
})

t.test('template: law: what is put together comes apart, in one way or not at all', (t) => {
  const texts = ['{letters} {code}/{running}', '{a}/{b}', '({a}) - {b}', '{a}1{b}11{c}.']
  const seen = { joined: 0, split: 0, ambiguous: 0 }
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.array(nasty, { minLength: 3, maxLength: 3 }), (text, made) => {
      const template = templateOf(text)
      const parts = made.slice(0, template.names.length)
      const whole = template.join(parts)
      if (whole.ok) {
        seen.joined += 1
        t.same(template.split(whole.value), { ok: true, value: parts })
      } else if (!parts.includes('')) {
        seen.ambiguous += 1
        t.match(whole.problems, [{ code: 'adapter.field.template-ambiguous' }])
      }
      const any = made.join('')
      const apart = template.split(any)
      if (!apart.ok) return
      seen.split += 1
      t.same(template.join(apart.value), { ok: true, value: any })
    }),
    { numRuns: 3_000 },
  )
  for (const [what, count] of Object.entries(seen)) t.ok(count > 20, `${what}: ${count}`)
  t.end()
})

t.test('template: law: every way apart is counted, against trying all of them', (t) => {
  const text = '{a}/{b}//{c}'
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('x', '/'), maxLength: 9 }), (whole) => {
      let ways = 0
      for (let one = 1; one < whole.length; one += 1)
        for (let two = one + 2; two + 2 < whole.length; two += 1)
          if (whole[one] === '/' && whole.slice(two, two + 2) === '//') ways += 1
      const apart = templateOf(text).split(whole)
      const code = apart.ok ? undefined : apart.problems[0].code
      if (whole === '' || ways === 1) t.equal(code, undefined, whole)
      else t.equal(code, `adapter.field.template${ways > 1 ? '-ambiguous' : ''}`, whole)
    }),
    { numRuns: 2_000 },
  )
  for (const wrong of ['{a}', 'x', '{a}{b}', '{a} {a}', '{a} {b', '{} {b}'])
    t.equal(templateFindings(wrong, []).length, 1, wrong)
  t.match(
    templateOf('{a}/{b}/{c}').split('/'.repeat(200_000)),
    { ok: false },
    'a long text costs no more than its length',
  )
  t.end()
})

t.test('join: a number and a date over several columns, both ways', (t) => {
  const number = { join: { template: '{letters} {code}/{running}', of: 'letter-number' } }
  t.same(reads(number, 'ชม', '0017.1', '492'), { ok: true, value: ['ชม 0017.1/492'] })
  t.same(writes(number, 3, 'มท 0210.3/ว3893'), { ok: true, value: { cells: ['มท', '0210.3', 'ว3893'] } })
  t.same(reads(number, '', '', ''), { ok: true, value: [] })
  t.match(reads(number, 'ชม', '', '492'), { ok: false, problems: [{ code: 'adapter.field.template' }] })
  t.match(writes(number, 3, 'ด่วน ชม 1/2'), {
    ok: false,
    problems: [{ code: 'adapter.field.template-ambiguous' }],
  })
  t.match(reads(number, 'ชม', 'x', '492'), { ok: false, problems: [{ code: 'letter.number.unreadable' }] })
  const date = { join: { template: '{d} {m} {y}', of: { 'buddhist-date': 'd MMM yy' } } }
  t.same(
    reads(date, '๕', 'กรกฏาคม', '51'),
    { ok: true, value: ['2008-07-05'] },
    'misspelt, two digits, Thai digits',
  )
  t.same(reads({ 'buddhist-date': 'd MMM yyyy' }, '5 ก.พ 2551'), { ok: true, value: ['2008-02-05'] })
  t.same(reads({ 'buddhist-date': { form: 'dd/MM/yy', century: 24 } }, '15/11/99'), {
    ok: true,
    value: ['1956-11-15'],
  })
  fc.assert(
    fc.property(letterDates(), (day) => {
      const form = { join: { template: '{d}/{m}/{y}', of: { 'buddhist-date': 'd/M/yyyy' } } }
      const written = mustBe(writes(form, 3, day))
      t.equal(written.cells.length, 3)
      t.same(reads(form, ...written.cells), { ok: true, value: [day] })
    }),
  )
  t.same(faults({ join: { template: '{a}{b}' } }), [['join.template', 'adapter.profile.value-wrong']])
  t.same(faults({ join: { template: '{a} {b}', of: 'person' } }), [
    ['join.of', 'adapter.profile.value-unknown'],
  ])
  t.end()
})

const profile = (fields: string, split: string) => `id: split
office: "50"
title: x
origin: self-built
documents:
  letter:
    format: { kind: csv, charset: utf-8 }
${split}
    fields:
      subject: { at: subject, as: text }
      to: { at: to, as: office }
      circular: { at: series, as: { flag: { "true": [ใช่], "false": [ไม่] } } }
${fields}
  notice: { format: { kind: json } }
send: { transport: { kind: folder, path: a }, document: letter }
receive: { transport: { kind: folder, path: b }, document: letter }
notices: { transport: { kind: folder, path: c }, document: notice }
`
const fields = `      number: { at: no, as: letter-number }
      date: { at: day, as: { buddhist-date: "d MMM yyyy" } }`
const split = '    split: { ref: "{no} ลงวันที่ {day}" }'

t.test('split: one column that holds the number and the date, both ways', async (t) => {
  const made = mustBe(readProfile(profile(fields, split), 'x'))
  const form = formsOf(made, new TestClock()).receive!
  const letter = fixedLetter({ attachments: [] })
  const written = mustBe(await form.write(parcelOf({ letter }, 'p-1', '50')))
  const [header, row] = written.bytes.toString('utf8').split(/\r?\n/)
  t.match(header, /(^|,)ref(,|$)/)
  t.notMatch(header, /(^|,)(no|day)(,|$)/)
  t.match(row, `${letter.number.printed} ลงวันที่ `)
  const source = { document: 'letter', name: 'x', beside: new Map(), sender: 'gone', final: true } as const
  t.match(await form.read({ ...source, bytes: written.bytes }), [
    {
      kind: 'letter',
      draft: { number: { printed: letter.number.printed }, date: letter.date, extension: [] },
    },
  ])
  const broken = written.bytes.toString('utf8').replace(' ลงวันที่ ', ' ลว. ')
  t.match(await form.read({ ...source, bytes: Buffer.from(broken) }), [
    { kind: 'fault', problems: [{ code: 'adapter.field.template', path: 'column ref' }] },
  ])
})

t.test('check: what does not fit a template', (t) => {
  const said = (text: string) => {
    const read = readProfile(text, 'x')
    return read.ok
      ? []
      : read.problems.map(({ path, code, value }) => [path.replace('documents.letter.', ''), code, value])
  }
  t.same(said(profile(fields, split)), [])
  t.same(said(profile(fields, '    split: { ref: "{no} ลว. {day} {who}" }')), [
    ['split.ref', 'adapter.profile.part-unused', 'who'],
  ])
  t.same(said(profile(fields, '    split: { subject: "{no} ลว. {day}" }')), [
    ['split.subject', 'adapter.profile.column-twice', 'subject'],
  ])
  t.same(
    said(profile(fields, '    split: { ref: "{no}{day}" }')).map(([path, code]) => [path, code]),
    [['split.ref', 'adapter.profile.value-wrong']],
  )
  const joined = (at: string, of: string) =>
    said(
      profile(
        fields.replace(
          'at: no, as: letter-number',
          `at: ${at}, as: { join: { template: "{a} {b}", of: ${of} } }`,
        ),
        '',
      ),
    )
  t.same(joined('[a, b]', 'letter-number'), [])
  t.same(joined('[a, b, c]', 'letter-number'), [['fields.number.at', 'adapter.profile.value-wrong', '3']])
  t.same(joined('[a, b]', 'office'), [
    ['fields.number.as.join.of', 'adapter.profile.value-unknown', 'office'],
  ])
  t.end()
})
