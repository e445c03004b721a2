// Codes whose meaning stands in a table beside the data.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { createAdapter, formsOf } from '../../src/adapters/adapter.ts'
import { checkCodec, codecOf } from '../../src/adapters/fields/codecs.ts'
import { withRows, withTables } from '../../src/adapters/lookup-tables.ts'
import { type Profile, readProfile } from '../../src/adapters/profile.ts'
import { remarksOn } from '../../src/adapters/remarks.ts'
import { officeId, offices } from '../../src/letter/offices.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { parcelOf, TestClock } from './stage.ts'
import { letterOf, readBack } from './there-and-back.ts'

const docs = readFileSync(new URL('../../docs/profiles.md', import.meta.url), 'utf8')
const documented = /```yaml\n# tables:[^\n]*\n([\s\S]*?)```/.exec(docs)?.[1] ?? ''
const csv = documented.replace(
  /format:\n\s+kind: dbf[\s\S]*?\n\s+code:/,
  'format: { kind: csv, charset: utf-8, header: true }\n        code:',
)

function placed(t: Test, files: Record<string, string>, text = csv) {
  const folder = t.testdir(files)
  const clock = new TestClock()
  const environment = {
    EXAMPLE_AGENCIES: 'agencies.csv',
    EXAMPLE_SEND: 'a',
    EXAMPLE_RECEIVE: 'b',
    EXAMPLE_NOTICES: 'c',
  }
  const profile = mustBe(readProfile(text, 'x.yaml'))
  const read = withTables(profile, { environment, absolute: (path) => join(folder, path), clock })
  const made = createAdapter(profile, { environment, folder, clock })
  t.equal(made.ok, read.ok, 'a profile whose tables cannot be read is not put to work')
  return {
    read,
    codes: read.ok ? [] : read.problems.map(({ code, path, value }) => `${path} ${code} ${value}`),
  }
}
const at = 'documents.letter.tables.หน่วยงาน'

t.test('the table is read when the profile is put to work; what is wrong with it is said', (t) => {
  const good = 'CODE,NAME\n10,จังหวัดเชียงใหม่\n9,กระทรวงมหาดไทย\n77,กรมที่ไม่มี\n'
  t.ok(placed(t, { 'agencies.csv': good }).read.ok)
  t.same(placed(t, {}).codes, [`${at} adapter.lookup.unreadable ${join(t.testdirName, 'agencies.csv')}`])
  t.match(placed(t, { 'agencies.csv': `${good}10,จังหวัดเชียงราย\n9 ,x\n` }).codes, [
    `${at} adapter.lookup.code-twice 10`,
    `${at} adapter.lookup.code-twice 9`,
  ])
  t.match(placed(t, { 'agencies.csv': `${good}11\n` }).codes, [
    `${at} adapter.lookup.broken adapter.csv.cells`,
  ])
  t.match(placed(t, { 'agencies.csv': 'CODE,TITLE\n1,x\n' }).codes, [
    /column\.missing NAME/,
    /columns\.found/,
  ])
  t.match(placed(t, { 'agencies.csv': '' }).codes, [/lookup\.broken adapter\.document\.empty/])
  t.match(placed(t, { 'agencies.csv': 'x'.repeat(16 * 1024 * 1024 + 1) }).codes, [/too-large/])
  t.match(placed(t, {}, csv.replace('{ env: EXAMPLE_AGENCIES }', '{ env: NOT_SET }')).codes, [
    /reference-unresolved/,
  ])
  t.match(placed(t, { x: '' }, csv.replace('{ env: EXAMPLE_AGENCIES }', '"."')).codes, [/unreadable/])
  t.end()
})

const withFile = (table: string, of: string, more = '') =>
  csv
    .replace(
      /ความเร็ว: \{ rows: [^\n]*\}/,
      `ความเร็ว: { file: ${table}, format: { kind: csv, charset: utf-8, header: true }, code: C, value: V }`,
    )
    .replace(/of: \{ table: \{ ปกติ[^\n]*/, `of: ${of}${more}`)
const speeds = '{ table: { ปกติ: ordinary, ด่วน: urgent, ด่วนมาก: very-urgent, ด่วนที่สุด: most-urgent } }'
const agencies = { 'agencies.csv': 'CODE,NAME\n9,กระทรวงมหาดไทย\n' }

t.test('what a table beside the data has no code for is said, or declared in the profile', (t) => {
  const here = 'documents.letter.fields.urgency.as'
  const found = (rows: string, more = '') =>
    placed(t, { ...agencies, 'speeds.csv': `C,V\n${rows}` }, withFile('speeds.csv', speeds, more)).codes
  t.same(found('0,ปกติ\n1,ด่วน\n2,ด่วนมาก\n3,ด่วนที่สุด\n'), [])
  t.same(found('0,ปกติ\n1,ด่วน\n3,ด่วนที่สุด\n7,ด่วนจัง\n'), [`${here} adapter.lookup.values-unsaid very-urgent`])
  const declared = '\n        unsaid: [very-urgent]'
  t.same(found('0,ปกติ\n1,ด่วน\n3,ด่วนที่สุด\n', declared), [])
  const kinds = csv
    .replace('as: { table: { รับ: accept, คืน: reject } }', 'as: { lookup: { table: ผล } }')
    .replace(
      '  notice:\n',
      '  notice:\n    tables: { ผล: { file: kinds.csv, format: { kind: csv, charset: utf-8, header: true }, code: C, value: V } }\n',
    )
  t.same(placed(t, { ...agencies, 'kinds.csv': 'C,V\n1,accept\n2,reject\n' }, kinds).codes, [])
  t.same(placed(t, { ...agencies, 'kinds.csv': 'C,V\n1,receive\n2,dispute\n' }, kinds).codes, [
    'documents.notice.fields.kind adapter.lookup.accept-unsaid undefined',
    'documents.notice.fields.kind adapter.lookup.values-unsaid reject',
  ])
  t.end()
})

t.test(
  'remarks: offices without a code, codes without a meaning, receive numbers that must come apart',
  (t) => {
    const remarked = (files: Record<string, string>, text: string) => {
      const { read } = placed(t, files, text)
      return read.ok ? remarksOn(read.value).map(({ code, path, value }) => `${path} ${code} ${value}`) : read
    }
    t.match(remarked(agencies, csv), [
      /^documents\.letter\.fields\.to adapter\.remark\.offices-unsaid 11, 12, .*, …$/,
    ])
    const rows = offices.map(({ th }, index) => `${index},${th}\n`)
    const every = { 'agencies.csv': `CODE,NAME\n${rows.join('')}` }
    t.same(remarked(every, csv), [])
    const own = /^office: "(\w+)"$/m.exec(csv)?.[1]
    const others = rows.filter((_, index) => offices[index]?.id !== own)
    t.match(
      remarked({ 'agencies.csv': `CODE,NAME\n${others.join('')}` }, csv),
      [`documents.letter.fields.to adapter.remark.own-office-unsaid ${own}`, /offices-unsaid/].reverse(),
    )
    const strange = { ...every, 'speeds.csv': 'C,V\n0,ปกติ\n1,ด่วน\n2,ด่วนมาก\n3,ด่วนที่สุด\n7,ด่วนจัง\n' }
    t.same(remarked(strange, withFile('speeds.csv', speeds)), [
      'documents.letter.fields.urgency adapter.remark.codes-unread 7',
    ])
    const joined = csv.replace(
      'receiveNumber: { at: เลขรับ, as: text }',
      'receiveNumber: { at: [เลข, ปี], as: { join: { template: "{n}/{y}" } } }',
    )
    const number = 'documents.notice.fields.receiveNumber adapter.remark.receive-number-apart'
    t.same(remarked(every, joined), [`${number} {n}/{y}`])
    const parted = csv
      .replace('receiveNumber: { at: เลขรับ, as: text }', 'receiveNumber: { at: เลข, as: text }')
      .replace('reason: { at: เหตุผล, as: text }', 'reason: { at: เหตุ, as: text }')
      .replace('  notice:\n', '  notice:\n    split: { สรุป: "{เลข} - {เหตุ}" }\n')
    t.same(remarked(every, parted), [`${number} {เลข} - {เหตุ}`])
    t.end()
  },
)

t.test('letters there and back by the codes of the table', async (t) => {
  const { read } = placed(t, {
    'agencies.csv': 'CODE,NAME\n20,กระทรวงมหาดไทย\n3,มท\n10,เชียงราย\n77,กรมที่ไม่มี\n',
  })
  const clock = new TestClock()
  const { send, receive } = formsOf(mustBe(read), clock)
  const source = { document: 'letter', name: 'x', beside: new Map(), sender: 'gone', final: true } as const
  const rows = async (to: string, speed = '3') => {
    const bytes = Buffer.from(
      `ที่,ลงวันที่,เรื่อง,รหัสความเร็ว,รหัสผู้รับ,เวลาส่ง\nนม 1/1,1226705400,ก,${speed},"${to}",15/11/2551 02:30 PM\n`,
    )
    return (await send!.read({ ...source, bytes }))[0]!
  }
  const item = await rows('20,10')
  const letter = letterOf(item)
  t.same([letter.to.offices, letter.urgency, letter.date], [['moi', '57'], 'most-urgent', '2008-11-15'])
  t.match(await rows('99'), {
    kind: 'fault',
    problems: [{ code: 'adapter.lookup.code-unknown', value: '99' }],
  })
  t.match(await rows('77'), {
    kind: 'fault',
    problems: [{ code: 'adapter.lookup.value-unread' }, { code: 'adapter.field.office-unknown' }],
  })
  const written = mustBe(await receive!.write(parcelOf({ letter }, 'p-1', '33')))
  t.match(written.bytes.toString('utf8'), /"20,10"/, 'the first code of a meaning')
  t.same(letterOf(await readBack(receive!, 'letter', written)).to.offices, ['moi', '57'])
  const unknown = { ...letter, to: { offices: [mustBe(officeId('50'))] as const } }
  t.match(await receive!.write(parcelOf({ letter: unknown }, 'p-1', '33')), {
    ok: false,
    problems: [{ code: 'adapter.lookup.no-code', path: 'to' }],
  })
})

t.test('a profile whose tables were not read says so, and its text can hold them', async (t) => {
  const { read } = placed(t, { 'agencies.csv': 'CODE,NAME\n1,กระทรวงมหาดไทย\n' })
  const as = { lookup: { table: 'หน่วยงาน', of: 'office' } }
  t.match(codecOf(as).read(['1']), { ok: false, problems: [{ code: 'adapter.lookup.unread' }] })
  t.same(codecOf(as).read(['']), { ok: true, value: [] })
  t.match(
    codecOf(as).write(['moi'], 1, () => undefined),
    { ok: false },
  )
  const whole: Profile = mustBe(readProfile(withRows(csv, mustBe(read)), 'x.yaml'))
  t.same(whole.documents['letter']?.tables?.['หน่วยงาน'], { rows: { 1: 'กระทรวงมหาดไทย' } })
})

t.test('law: a value that the table has a code for comes back; the first code is written', (t) => {
  const code = fc.stringMatching(/^[0-9A-Zก-ฮ]{1,4}$/)
  fc.assert(
    fc.property(
      fc.uniqueArray(code, { minLength: 1, maxLength: 12 }),
      fc.array(fc.constantFrom(...offices), { minLength: 12, maxLength: 12 }),
      (codes, meant) => {
        const rows = new Map(codes.map((each, index): [string, string] => [each, meant[index]?.th ?? '']))
        const made = codecOf({ lookup: { table: 'x', of: 'office' } }, new Map([['x', rows]]))
        for (const office of offices) {
          const written = made.write([office.id], 1, () => undefined)
          const first = codes.find((_, index) => meant[index] === office)
          if (first === undefined) t.notOk(written.ok)
          else {
            t.same(written, { ok: true, value: { cells: [first] } })
            t.same(made.read([first]), { ok: true, value: [office.id] })
          }
        }
      },
    ),
    { numRuns: 50 },
  )
  const people = new Map([
    [
      'people',
      new Map([
        ['7', 'สมชาย ใจดี'],
        ['8', 'สมหญิง'],
      ]),
    ],
  ])
  const person = codecOf({ lookup: { table: 'people', of: 'person' } }, people)
  t.same(person.read(['7']), { ok: true, value: ['สมชาย', 'ใจดี', ''] })
  t.same(
    person.write(['สมหญิง', '', ''], 1, () => undefined),
    { ok: true, value: { cells: ['8'] } },
  )
  t.end()
})

t.test('tables and lookups that do not fit are faults of the profile', (t) => {
  const faults = (text: string) => {
    const made = readProfile(text, 'x.yaml')
    return made.ok
      ? []
      : made.problems.map(({ path, code }) => `${path.replace('documents.letter.', '')} ${code}`)
  }
  t.same(faults(csv), [])
  t.same(faults(csv.replace('table: ความเร็ว', 'table: ความด่วน')), [
    'tables.ความเร็ว adapter.profile.unused',
    'fields.urgency.as.lookup.table adapter.profile.value-unknown',
  ])
  t.same(faults(csv.replace('kind: csv, charset: utf-8, header: true', 'kind: e-cms')), [
    'tables.หน่วยงาน.format.kind adapter.profile.value-unknown',
  ])
  t.same(faults(csv.replace('kind: csv, charset: utf-8, header: true', 'kind: csv')), [
    'tables.หน่วยงาน.format adapter.profile.key-missing',
  ])
  t.match(faults(csv.replace(/of: \{ table: \{ ปกติ.*\}/, 'of: person')), [
    'fields.urgency.as.lookup.of adapter.profile.value-unknown',
  ])
  t.same(
    checkCodec({ lookup: { table: 'x', of: 'lookup' } }, []).map(({ code }) => code),
    ['adapter.profile.value-unknown'],
  )
  t.end()
})
