// A field in several columns: one of them filled is taken, two are a fault and never the first of them; columns that say nothing are none.
import { readFileSync } from 'node:fs'
import t from 'tap'
import { letterFields, letterOfValues } from '../../src/adapters/fields/letter-fields.ts'
import { mappingOf } from '../../src/adapters/fields/mapping.ts'
import { noticeFields, noticeOfValues } from '../../src/adapters/fields/notice-fields.ts'
import { readProfile } from '../../src/adapters/profile.ts'
import { officeId } from '../../src/letter/offices.ts'
import { mustBe } from '../letter/arbitrary.ts'

const own = mustBe(officeId('86'))
const table = (...values: string[]) => ({ table: Object.fromEntries(values.map((value) => [value, value])) })

type Example = readonly [as: unknown, one: string, other: string]
const letter: Readonly<Record<string, Example>> = {
  number: ['letter-number', 'ชพ 0017.1/492', 'ชพ 0017.1/493'],
  date: [{ 'buddhist-date': 'd MMM yyyy' }, '15 พ.ย. 2551', '16 พ.ย. 2551'],
  subject: ['text', 'ก', 'ข'],
  kind: [table('external', 'memo'), 'external', 'memo'],
  circular: [table('true', 'false'), 'false', 'true'],
  urgency: [table('ordinary', 'urgent'), 'ordinary', 'urgent'],
  secrecy: [table('ordinary', 'top-secret'), 'ordinary', 'top-secret'],
  from: ['office', '86', '50'],
  enclosureNote: [{ digits: { write: 'thai' } }, '๑ ชุด', '๒ ชุด'],
  sentAt: [{ instant: { unix: 's' } }, '1226700000', '1226700001'],
  description: ['text', 'ก', 'ข'],
}
const notice: Readonly<Record<string, Example>> = {
  kind: [table('accept', 'reject'), 'accept', 'reject'],
  messageId: [
    'text',
    'urn:uuid:01890000-0000-7000-8000-000000000001',
    'urn:uuid:01890000-0000-7000-8000-000000000002',
  ],
  number: letter['number']!,
  date: letter['date']!,
  office: ['office', '50', '86'],
  receiveNumber: ['text', '1', '2'],
  at: letter['sentAt']!,
  reason: ['text', 'ก', 'ข'],
}
const several = new Set([
  'to',
  'to.person',
  'from.person',
  'references.number',
  'references.date',
  'references.subject',
  'attachments',
])

const read = (field: string, as: unknown, cells: readonly string[]) =>
  mustBe(
    mappingOf({ [field]: { at: cells.map((_, index) => `c${index}`), as: as as string } }).read(
      new Map(cells.map((cell, index) => [`c${index}`, cell])),
    ),
  )
const complete = new Map([
  ['kind', ['accept']],
  ['number', ['ชพ 0017.1/492']],
  ['receiveNumber', ['1']],
])

t.test('every field that holds one value', async (t) => {
  t.same(
    Object.keys(letterFields).filter((field) => !several.has(field)),
    Object.keys(letter),
  )
  t.same(
    Object.keys(noticeFields).filter((field) => field !== 'subject'),
    Object.keys(notice),
    'a notice’s subject is never read',
  )
  const made = {
    letter: (values: ReadonlyMap<string, readonly string[]>) => letterOfValues(values, own),
    notice: (values: ReadonlyMap<string, readonly string[]>) =>
      noticeOfValues(new Map([...complete, ...values]), own),
  }
  for (const [content, examples] of Object.entries({ letter, notice }))
    for (const [field, [as, one, other]] of Object.entries(examples)) {
      const result = (...cells: string[]) => made[content as 'letter'](read(field, as, cells))
      t.same(result(one, ''), result(one), `${content} ${field}: the first column filled`)
      t.same(result('', one), result(one), `${content} ${field}: the second column filled`)
      t.ok(result(one).ok, field)
      for (const cells of [
        [one, other],
        [other, one],
        [one, one],
      ])
        t.match(
          result(...cells),
          {
            ok: false,
            problems: [{ code: 'adapter.field.several', path: field, details: { count: 2, limit: 1 } }],
          },
          `${content} ${field}: both filled`,
        )
    }
})

t.test('of two codes for a person only one is', async (t) => {
  const rows = new Map([
    [
      'คน',
      new Map([
        ['1', 'สมชาย ใจดี'],
        ['2', 'สมศรี ใจเย็น'],
      ]),
    ],
  ])
  const mapping = mappingOf(
    { 'from.person': { at: ['a', 'b'], as: { lookup: { table: 'คน', of: 'person' } } } },
    rows,
  )
  const person = (a: string, b: string) =>
    letterOfValues(
      mustBe(
        mapping.read(
          new Map([
            ['a', a],
            ['b', b],
          ]),
        ),
      ),
      own,
    )
  t.match(person('', '2'), { ok: true, value: { from: { person: { givenName: 'สมศรี' } } } })
  t.match(person('1', '2'), {
    ok: false,
    problems: [{ code: 'adapter.field.several', path: 'from.person', details: { count: 6, limit: 3 } }],
  })
})

t.test('columns that the codec has no meaning for are a fault of the profile', async (t) => {
  const chiangMai = readFileSync(new URL('../../profiles/chiang-mai-csv.yaml', import.meta.url), 'utf8')
  const faults = (field: string) => {
    const name = field.slice(0, field.indexOf(':'))
    const text = chiangMai.replace(new RegExp(`^ {6}${name}: .*$`, 'm'), `      ${field}`)
    t.not(text, chiangMai)
    const profile = readProfile(text, 'test.yaml')
    return profile.ok
      ? []
      : profile.problems
          .filter(({ code }) => code === 'adapter.profile.value-wrong')
          .map(({ path, value }) => [path.replace(/^documents\.\w+\.fields\./, ''), value])
  }
  const flag = 'as: { flag: { "true": [Y], "false": [N] } }'
  t.same(faults(`circular: { at: [x1, x2], ${flag} }`), [['circular.at', '2']])
  t.same(faults(`circular: { at: [x1], ${flag} }`), [])
  t.same(faults('from.person: { at: [x1, x2, x3, x4], as: person }'), [['from.person.at', '4']])
  t.same(faults('from.person: { at: [x1, x2], as: { person: { parts: [name] } } }'), [
    ['from.person.at', '2'],
  ])
  t.same(faults('from.person: { at: [x1, x2, x3], as: person }'), [])
  t.same(faults('sentAt: { at: [x1, x2, x3], as: { instant: { date: "dd/MM/yyyy" } } }'), [
    ['sentAt.at', '3'],
  ])
  t.same(faults('sentAt: { at: [x1, x2], as: { instant: { date: "dd/MM/yyyy" } } }'), [])
  t.same(faults('enclosureNote: { at: [x1, x2], as: text }'), [], 'one of them filled is read')
  t.same(faults('enclosureNote: { at: [x1, x2, x3], as: { join: { template: "{a} {b}" } } }'), [
    ['enclosureNote.at', '3'],
  ])
})
