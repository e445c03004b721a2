// Days and times that systems count or write in other zones and on other clocks.
import fc from 'fast-check'
import t from 'tap'
import { checkCodec, codecOf } from '../../src/adapters/fields/codecs.ts'
import { printInstant } from '../../src/letter/time.ts'
import { mustBe } from '../letter/arbitrary.ts'

const reads = (as: unknown, ...cells: string[]) => {
  const read = codecOf(as).read(cells)
  return read.ok ? read.value.join() : read.problems.map(({ code }) => code).join()
}
const writes = (as: unknown, columns: number, ...values: string[]) => {
  const written = codecOf(as).write(values, columns, () => undefined)
  return written.ok ? written.value.cells.join('|') : written.problems.map(({ code }) => code).join()
}

t.test(
  'the first midnight that a letter may have is of the year before in UTC: it is refused, not written',
  (t) => {
    t.equal(writes('utc-date', 1, '1941-01-01'), 'adapter.field.cannot-say')
    t.equal(writes('utc-date', 1, '1941-01-02'), '1941-01-01T17:00:00Z')
    const hour = '1941-01-01T06:59:59.000+07:00'
    t.equal(writes({ instant: { iso: 'utc' } }, 1, hour), 'adapter.field.cannot-say')
    t.equal(writes({ instant: { iso: 'bangkok' } }, 1, hour), '1941-01-01T06:59:59+07:00')
    t.end()
  },
)

t.test('days of unix and UTC times are those of Thailand', (t) => {
  // 23:30 of 14 November 2008 in UTC is the 15th in Bangkok.
  t.equal(reads({ 'unix-date': 's' }, '1226705400'), '2008-11-15')
  t.equal(reads({ 'unix-date': 'ms' }, '1226705400000'), '2008-11-15')
  t.equal(reads('utc-date', '2008-11-14T23:30:00Z'), '2008-11-15')
  t.equal(reads('utc-date', '2008-11-14 23:30:00.123'), '2008-11-15', 'no zone is UTC')
  t.equal(reads('utc-date', '2008-11-14T16:59:59Z'), '2008-11-14')
  t.equal(reads('utc-date', '2008-11-15T00:30:00+07:00'), '2008-11-15')
  t.equal(reads('utc-date', ''), '')
  t.equal(writes({ 'unix-date': 's' }, 1, '2008-11-15'), '1226682000')
  t.equal(writes({ 'unix-date': 'ms' }, 1, '2008-11-15'), '1226682000000')
  t.equal(writes('utc-date', 1, '2008-11-15'), '2008-11-14T17:00:00Z')
  t.equal(reads({ 'unix-date': 'ms' }, '1226705400'), 'adapter.field.unix', 'seconds, not milliseconds')
  t.equal(reads({ 'unix-date': 's' }, '1226705400000'), 'adapter.field.unix')
  for (const wrong of ['x', '-5', '1e9', '99999999999999999999', '12 11', '0'])
    t.equal(reads({ 'unix-date': 's' }, wrong), 'adapter.field.unix', wrong)
  t.equal(writes({ 'unix-date': 's' }, 1, '1970-01-01'), 'adapter.field.cannot-say')
  t.match(reads('utc-date', '2551-11-15T00:00:00Z'), /letter\.instant/)
  t.match(reads('utc-date', '2008-02-30T00:00:00Z'), /letter\.instant/)
  t.end()
})

t.test('instants', (t) => {
  const at = '2008-11-15T06:30:00.000+07:00'
  t.equal(reads({ instant: { unix: 's' } }, '1226705400'), at)
  t.equal(reads({ instant: { unix: 's' } }, '1226705400.25'), '2008-11-15T06:30:00.250+07:00')
  t.equal(reads({ instant: { unix: 'ms' } }, '1226705400250'), '2008-11-15T06:30:00.250+07:00')
  t.equal(reads({ instant: { iso: 'utc' } }, '2008-11-14T23:30:00'), at)
  t.equal(reads({ instant: { iso: 'bangkok' } }, '2008-11-15 06:30:00'), at)
  t.equal(reads({ instant: { iso: 'bangkok' } }, '2008-11-14T23:30:00Z'), at)
  t.equal(writes({ instant: { iso: 'utc' } }, 1, at), '2008-11-14T23:30:00Z')
  t.equal(writes({ instant: { iso: 'bangkok' } }, 1, at), '2008-11-15T06:30:00+07:00')
  t.equal(writes({ instant: { unix: 's' } }, 1, at), '1226705400')
  const faults = (options: object) =>
    checkCodec({ instant: options }, []).map(({ at, code }) => `${at.join('.')} ${code}`)
  t.same(faults({}), ['instant adapter.profile.key-missing'])
  t.same(faults({ unix: 's', iso: 'utc' }), ['instant adapter.profile.key-missing'])
  t.same(faults({ date: 'dd/MM/yyyy', clock: 12 }), ['instant.clock adapter.profile.value-unknown'])
  t.end()
})

t.test('12-hour clocks: what does not say which half of the day is a fault, unless the profile says', (t) => {
  const form = { date: 'dd/MM/yyyy' }
  const twelve = { instant: { ...form, clock: '12' } }
  const office = { instant: { ...form, clock: 'office' } }
  const time = (as: unknown, text: string) =>
    reads(as, `15/11/2551 ${text}`).replace('2008-11-15T', '').replace(':00.000+07:00', '')
  for (const [text, found] of [
    ['02:30 PM', '14:30'],
    ['2.30 p.m.', '14:30'],
    ['12:05 am', '00:05'],
    ['12:05PM', '12:05'],
    ['11:59 ก่อนเที่ยง', '11:59'],
    ['01:00 หลังเที่ยง', '13:00'],
    ['02:30', 'adapter.field.half-day'],
    ['14:30 PM', 'adapter.field.instant'],
    ['00:30 AM', 'adapter.field.instant'],
  ] as const)
    t.equal(time(twelve, text), found, text)
  t.equal(time(office, '02:30'), '14:30')
  t.equal(time(office, '08.45 น.'), '08:45')
  t.equal(time(office, '12:00'), '12:00')
  t.equal(time(office, '14:30'), 'adapter.field.instant')
  t.equal(time({ instant: form }, '02:30 PM'), 'adapter.field.instant', 'not on the 24-hour clock')
  t.equal(reads(twelve, '15/11/2551', '02:30:15 pm'), '2008-11-15T14:30:15.000+07:00')
  t.equal(writes(twelve, 2, '2008-11-15T00:05:00.000+07:00'), '15/11/2551|12:05:00 AM')
  t.equal(writes(office, 1, '2008-11-15T18:59:00.000+07:00'), '15/11/2551 06:59:00')
  t.equal(writes(office, 1, '2008-11-15T19:00:00.000+07:00'), 'adapter.field.cannot-say')
  t.end()
})

t.test('law: what is written comes back, to the second', (t) => {
  const instants = fc.integer({ min: Date.UTC(1960, 0), max: Date.UTC(2100, 0) })
  const day = { date: 'd MMM yyyy' }
  const all = [
    { unix: 's' },
    { unix: 'ms' },
    { iso: 'utc' },
    { iso: 'bangkok' },
    day,
    { ...day, clock: '12' },
    { ...day, clock: 'office' },
  ]
  let refused = 0
  fc.assert(
    fc.property(instants, fc.constantFrom(...all), fc.constantFrom(1, 2), (at, options, columns) => {
      const made = codecOf({ instant: options })
      const written = made.write([printInstant(at)], columns, () => undefined)
      if (!written.ok) {
        refused += 1
        return
      }
      const finest = 'unix' in options && options.unix === 'ms' ? 1 : 1000
      t.same(mustBe(made.read(written.value.cells)), [printInstant(Math.floor(at / finest) * finest)])
    }),
    { numRuns: 1_000 },
  )
  t.ok(refused > 20 && refused < 500, `${refused} refused`)
  fc.assert(
    fc.property(
      instants,
      fc.constantFrom({ 'unix-date': 's' }, { 'unix-date': 'ms' }, 'utc-date'),
      (at, as) => {
        const date = printInstant(at).slice(0, 10)
        const written = codecOf(as).write([date], 1, () => undefined)
        if (written.ok) t.same(mustBe(codecOf(as).read(written.value.cells)), [date])
        else t.ok(at < Date.UTC(1973, 2, 4))
      },
    ),
    { numRuns: 500 },
  )
  t.end()
})
