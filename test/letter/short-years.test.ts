// Years of two digits: those of letters of the present, so that a Christian year among Buddhist ones is a fault and no letter of 43 years before.
import fc from 'fast-check'
import t from 'tap'
import { printLetterDate, readLetterDate } from '../../src/letter/dates.ts'
import { readInstant } from '../../src/letter/time.ts'
import { ceDate, mustBe } from './arbitrary.ts'
import { faultsOf } from './faults.ts'

const now = mustBe(readInstant('2026-11-30T12:00:00+07:00'))
const read = (printed: string) => {
  const result = readLetterDate(printed, { now })
  return result.ok ? result.value : faultsOf(result).join()
}

t.test('at the end of B.E. 2569', async (t) => {
  t.equal(read('15 พ.ย. 51'), '2008-11-15')
  t.equal(read('15/11/69'), '2026-11-15')
  t.equal(read('15 พ.ย. 08'), 'letter.date.short-year', 'C.E. 2008, no letter of 1965')
  t.equal(read('15/11/26'), 'letter.date.short-year')
  t.equal(read('15/11/84'), 'letter.date.short-year', 'C.E. 1984, no letter of 2041')
  t.equal(read('1/12/27'), '1984-12-01', 'within 42 years')
  t.equal(read('30/11/27'), 'letter.date.short-year')
  t.equal(read('29/11/70'), '2027-11-29')
  t.equal(read('30/11/70'), 'letter.date.short-year')
  t.equal(read('15/11/2508'), '1965-11-15', 'four digits say it')
  t.match(readLetterDate('15/11/08', { now }), {
    problems: [{ value: '15/11/08', details: { buddhist: 2508, christian: 1965, today: '2026-11-30' } }],
  })
})

t.test(
  'law: of a letter of the present the Buddhist year is read, and the Christian one never, whenever it is read',
  async (t) => {
    const day = 24 * 60 * 60 * 1000
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2055, 0, 1) }),
        fc.integer({ min: -42 * 365 + 1, max: 364 }),
        (at, days) => {
          const date = ceDate(new Date(at + 7 * 60 * 60 * 1000 + days * day).toISOString().slice(0, 10))
          const options = { form: 'dd/MM/yy', now: at } as const
          const buddhist = readLetterDate(printLetterDate(date, 'dd/MM/yy'), {
            ...options,
            century: Math.floor((Number(date.slice(0, 4)) + 543) / 100),
          })
          t.same(buddhist, { ok: true, value: date })
          const christian = `${date.slice(8)}/${date.slice(5, 7)}/${date.slice(2, 4)}`
          for (const century of [25, 26])
            t.notOk(readLetterDate(christian, { ...options, century }).ok, christian)
        },
      ),
    )
  },
)

t.test('where the standard has four digits there are no years of two', async (t) => {
  t.same(faultsOf(readLetterDate('15/11/08', { fourDigits: true })), ['letter.date.form'])
  t.same(faultsOf(readLetterDate('15 พ.ย. 51', { fourDigits: true })), ['letter.date.form'])
  t.same(readLetterDate('2551-11-15', { fourDigits: true }), { ok: true, value: '2008-11-15' })
})
