// Every codec of days reads years of two digits by the clock of the gateway, also within another codec.
import t from 'tap'
import { codecOf } from '../../src/adapters/fields/codecs.ts'
import { mappingOf } from '../../src/adapters/fields/mapping.ts'
import { readInstant } from '../../src/letter/time.ts'
import { mustBe } from '../letter/arbitrary.ts'

const now = () => mustBe(readInstant('2026-11-30T12:00:00+07:00'))
const date = { 'buddhist-date': 'dd/MM/yy' }
const rows = new Map([
  [
    'วัน',
    new Map([
      ['a', '15/11/51'],
      ['b', '15/11/08'],
    ]),
  ],
])
const codecs: readonly (readonly [as: unknown, good: string[], christian: string[]])[] = [
  [date, ['15/11/51'], ['15/11/08']],
  [{ list: { separator: '|', of: date } }, ['15/11/51|15/11/69'], ['15/11/51|15/11/08']],
  [{ join: { template: '{d}/{m}/{y}', of: date } }, ['15', '11', '51'], ['15', '11', '26']],
  [{ lookup: { table: 'วัน', of: date } }, ['a'], ['b']],
  [{ list: { separator: '|', of: { lookup: { table: 'วัน', of: date } } } }, ['a|a'], ['a|b']],
  [{ instant: { date: 'dd/MM/yy' } }, ['15/11/51', '10:00'], ['15/11/08', '10:00']],
  [{ instant: { date: 'dd/MM/yy' } }, ['15/11/51 10:00'], ['15/11/08 10:00']],
]

t.test('a Christian year is a fault', async (t) => {
  for (const [as, cells, christian] of codecs) {
    const codec = codecOf(as, rows, now)
    t.ok(codec.read(cells).ok, JSON.stringify(as))
    const found = codec.read(christian)
    t.notOk(found.ok, JSON.stringify(as))
    if (!found.ok) t.equal(found.problems.at(-1)?.code, 'letter.date.short-year')
    t.ok(codecOf(as, rows).read(christian).ok, 'it is told by the clock')
  }
})

t.test('what would not be read is not written', async (t) => {
  const refuses = () => undefined
  const write = (as: unknown, value: string, clock = now) =>
    codecOf(as, rows, clock).write([value], 1, refuses)
  t.same(write(date, '1984-12-01'), { ok: true, value: { cells: ['01/12/27'] } })
  t.match(write(date, '1984-11-30'), { ok: false, problems: [{ code: 'adapter.field.cannot-say' }] })
  const instant = { instant: { date: 'dd/MM/yy' } }
  t.ok(write(instant, '2026-11-30T10:00:00.000+07:00').ok)
  t.match(write(instant, '1984-11-30T10:00:00.000+07:00'), {
    ok: false,
    problems: [{ code: 'adapter.field.cannot-say' }],
  })
  t.match(codecOf(instant).write(['2057-11-30T10:00:00.000+07:00'], 1, refuses), {
    ok: false,
    problems: [{ code: 'adapter.field.cannot-say' }],
  })
})

t.test('what a letter refers to may be older', (t) => {
  const { read } = mappingOf(
    { date: { at: ['วันที่'], as: date }, 'references.date': { at: ['อ้างวัน'], as: date } },
    rows,
    now,
  )
  const cells = (day: string, reference: string) =>
    new Map([
      ['วันที่', day],
      ['อ้างวัน', reference],
    ])
  t.match(read(cells('15/11/69', '11/12/26')), { ok: true })
  t.match(read(cells('11/12/26', '15/11/69')), { ok: false })
  t.end()
})
