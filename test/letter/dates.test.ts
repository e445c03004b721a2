import fc from 'fast-check'
import t from 'tap'
import {
  type DateForm,
  dateFormOf,
  dateForms,
  dateOfInstant,
  isDateForm,
  printLetterDate,
  readLetterDate,
} from '../../src/letter/dates.ts'
import { differsInOne, monthNames, monthOf } from '../../src/letter/months.ts'
import {
  type Clock,
  newMessageId,
  printInstant,
  readInstant,
  readMessageId,
  systemClock,
  systemRandom,
} from '../../src/letter/time.ts'
import { describe } from '../../src/problem/problem.ts'
import { letterDates, messageIds, mustBe } from './arbitrary.ts'
import { faultsOf } from './faults.ts'

/** Runs the same checks with the machine in each zone: none of them may change anything. */
const zones = ['UTC', 'Asia/Bangkok', 'America/Los_Angeles', 'Pacific/Kiritimati']
const offsets = new Set<number>()
function everywhere(check: () => void): void {
  const before = process.env['TZ']
  for (const zone of zones) {
    process.env['TZ'] = zone
    offsets.add(new Date(0).getTimezoneOffset())
    check()
  }
  if (before === undefined) delete process.env['TZ']
  else process.env['TZ'] = before
}

t.test('every written form that was seen', async (t) => {
  const forms: readonly (readonly [string, string])[] = [
    ['15 พ.ย.2550', '2007-11-15'],
    ['๑๕ พฤศจิกายน ๒๕๕๑', '2008-11-15'],
    ['15/11/2551', '2008-11-15'],
    ['15/11/51', '2008-11-15'],
    ['5/1/51', '2008-01-05'],
    ['2551-11-15', '2008-11-15'],
    ['2008-11-15', '2008-11-15'],
    ['15/11/2008', '2008-11-15'],
    ['๑๕/๑๑/๒๕๕๑', '2008-11-15'],
    ['15-11-2551', '2008-11-15'],
    ['15.11.2551', '2008-11-15'],
    ['25511115', '2008-11-15'],
    ['20081115', '2008-11-15'],
    ['2551/11/15', '2008-11-15'],
    ['2008-11-15T00:00:00', '2008-11-15'],
    ['2008-11-15 13:45:00.000', '2008-11-15'],
    ['1 กรกฏาคม 2551', '2008-07-01'],
    ['1 กุมภาพันธุ์ 2551', '2008-02-01'],
    ['1 พฤษจิกายน 2551', '2008-11-01'],
    ['1 มิถนุายน 2551', '2008-06-01'],
    ['5 ก.พ 2551', '2008-02-05'],
    ['5 กพ 2551', '2008-02-05'],
    ['5 มี. ค. 2551', '2008-03-05'],
    ['5ม.ค.51', '2008-01-05'],
    ['15 พ.ย. ๕๑', '2008-11-15'],
    ['15 พฤศจิกายน พ.ศ. 2551', '2008-11-15'],
    ['15 เดือน พฤศจิกายน พุทธศักราช 2551', ''],
    ['15 เดือนพฤศจิกายน พ.ศ.2551', '2008-11-15'],
    ['วันเสาร์ที่ 15 พฤศจิกายน 2551', '2008-11-15'],
    ['วันที่ 15 พฤศจิกายน 2551', '2008-11-15'],
    ['15 November 2008', '2008-11-15'],
    ['15-Nov-2551', '2008-11-15'],
    ['15 พฤศจิกายน ค.ศ. 2008', '2008-11-15'],
    ['2551-02-29', '2008-02-29'],
    ['29 ก.พ. 2551', '2008-02-29'],
    ['29/2/43', '2000-02-29'],
    [' 15\u00a0พ.ย.\u200b2551 ', '2008-11-15'],
  ]
  everywhere(() => {
    for (const [printed, expected] of forms) {
      const result = readLetterDate(printed)
      if (expected === '') t.notOk(result.ok, printed)
      else t.equal(result.ok ? result.value : faultsOf(result).join(), expected, printed)
    }
  })
})

t.test('what is no date is refused, and the message says why', async (t) => {
  const refused: readonly (readonly [string, string, RegExp?])[] = [
    ['', 'letter.field.missing'],
    ['พรุ่งนี้', 'letter.date.unreadable'],
    ['15 พฤศ 2551', 'letter.date.month-name'],
    ['15 ม.ย. 2551', 'letter.date.month-name'],
    ['15/0/2551', 'letter.date.month'],
    ['11/15/2551', 'letter.date.month', /month 15/],
    ['0/1/2551', 'letter.date.day'],
    ['31/11/2551', 'letter.date.day', /พฤศจิกายน พ\.ศ\. 2551 \(ค\.ศ\. 2008\) has 30 days/],
    ['2552-02-29', 'letter.date.day', /ค\.ศ\. 2009\) has 28 days/],
    ['29 กุมภาพันธ์ 2443', 'letter.date.year'],
    ['29 กุมภาพันธ์ 2643', 'letter.date.day', /ค\.ศ\. 2100\) has 28 days/],
    [`15${' '.repeat(100)}พ.ย. 2551`, 'letter.date.unreadable'],
    ['15/11/3094', 'letter.date.added-twice', /3094: 543 was added twice, พ\.ศ\. 2551 is meant/],
    ['1465-11-15', 'letter.date.subtracted-twice', /543 was subtracted twice, พ\.ศ\. 2551/],
    ['15/11/2300', 'letter.date.year'],
    ['0000-00-00', 'letter.date.year'],
    ['15 พฤศจิกายน ค.ศ. 2551', 'letter.date.era'],
    ['15 พฤศจิกายน พ.ศ. 2008', 'letter.date.era'],
    ['15 พฤศจิกายน ค.ศ. 08', 'letter.date.era'],
    ['2008-11-15T00:00:00Z', 'letter.date.unreadable'],
    ['9'.repeat(10_000), 'letter.date.unreadable'],
    [`${'วัน'.repeat(5000)}`, 'letter.date.unreadable'],
  ]
  everywhere(() => {
    for (const [printed, code, why] of refused) {
      const result = readLetterDate(printed)
      t.same(faultsOf(result), [code], printed.slice(0, 40))
      if (!result.ok && why) t.match(describe(result.problems[0]), why)
    }
  })
})

t.test('a form binds the order of parts, the era and the digits of the year', async (t) => {
  const read = (printed: string, form: DateForm, century?: number) => {
    const result = readLetterDate(printed, century === undefined ? { form } : { form, century })
    return result.ok ? result.value : faultsOf(result).join()
  }
  t.equal(read('15/11/2551', 'dd/MM/yyyy'), '2008-11-15')
  t.equal(read('๕/๑/๒๕๕๑', 'dd/MM/yyyy'), '2008-01-05')
  t.equal(read('15/11/2008', 'dd/MM/yyyy'), 'letter.date.era', 'a Christian year in a Buddhist column')
  t.equal(read('15/11/2551', 'ce:dd/MM/yyyy'), 'letter.date.era')
  t.equal(read('15/11/51', 'dd/MM/yyyy'), 'letter.date.form')
  t.equal(read('2551-11-15', 'dd/MM/yyyy'), 'letter.date.form')
  t.equal(read('15 กรกฏาคม 2551', 'd MMM yyyy'), '2008-07-15')
  t.equal(read('15/11/08', 'dd/MM/yy', 26), '2065-11-15')
  t.equal(read('15/11/08', 'dd/MM/yy'), '1965-11-15')
  t.equal(read('15/11/08', 'dd/MM/yy', 24), 'letter.date.year')
  t.equal(read('2551-02-29', 'ce:yyyy-MM-dd'), 'letter.date.era', 'not silently 1 March')
  t.ok(isDateForm('th:d MMM yyyy'))
  t.notOk(isDateForm('yyyy'))
})

t.test('laws of dates', async (t) => {
  everywhere(() => {
    fc.assert(
      // parse ∘ print on every form; two-digit years come back in the century that is stated.
      fc.property(letterDates(), fc.constantFrom(...dateForms), (date, form) => {
        const printed = printLetterDate(date, form)
        const century = Math.floor((Number(date.slice(0, 4)) + 543) / 100)
        return mustBe(readLetterDate(printed, { form, century })) === date
      }),
      { numRuns: 2000 },
    )
    fc.assert(
      // print ∘ parse: what one form prints, dateFormOf finds a form for that prints the very same.
      fc.property(letterDates(), fc.constantFrom(...dateForms), (date, form) => {
        const printed = printLetterDate(date, form)
        const century = Math.floor((Number(date.slice(0, 4)) + 543) / 100)
        const found = dateFormOf(printed, century)
        return found !== undefined && printLetterDate(date, found) === printed
      }),
    )
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'0123456789/-. กมคพศย๑๒'), maxLength: 16 }),
        (text) => {
          const result = readLetterDate(text)
          faultsOf(result)
          return !result.ok || new Date(`${result.value}T00:00:00Z`).toISOString().startsWith(result.value)
        },
      ),
      { numRuns: 2000 },
    )
  })
  t.ok(offsets.size >= 3, 'the machine really was in several zones')
})

t.test('one wrong letter leaves one month', async (t) => {
  for (const a of monthNames) {
    for (const b of monthNames) if (a !== b) t.notOk(differsInOne(a, b), `${a} ${b}`)
    for (let index = 0; index < a.length; index++) {
      const month = monthNames.indexOf(a) + 1
      for (const wrong of [
        a.slice(0, index) + a.slice(index + 1),
        `${a.slice(0, index)}ฬ${a.slice(index + 1)}`,
        `${a.slice(0, index)}ฬ${a.slice(index)}`,
      ]) {
        if (monthOf(wrong) !== month) t.fail(`${wrong} is ${monthOf(wrong)}, not ${month}`)
      }
    }
  }
  t.equal(monthOf('พ.ศ.'), undefined)
  t.equal(monthOf(''), undefined)
})

t.test('instants are those of Thailand wherever the machine stands', async (t) => {
  const at = Date.UTC(2026, 10, 23, 3, 15)
  everywhere(() => {
    t.equal(printInstant(at), '2026-11-23T10:15:00.000+07:00')
    t.equal(dateOfInstant(Date.UTC(2026, 10, 23, 17)), '2026-11-24')
    t.equal(dateOfInstant(Date.UTC(2026, 10, 23, 16, 59, 59, 999)), '2026-11-23')
    for (const text of [
      '2026-11-23T10:15:00.000+07:00',
      '2026-11-23T10:15:00',
      '2026-11-23T10:15',
      '2026-11-23 10:15:00',
      '2026-11-23T03:15:00Z',
      '2026-11-23T03:15:00.000000+00:00',
      '2026-11-22T19:15:00-0800',
      '๒๐๒๖-๑๑-๒๓T๑๐:๑๕:๐๐',
    ]) {
      t.equal(mustBe(readInstant(text)), at, text)
    }
    t.equal(mustBe(readInstant('2026-11-23')), Date.UTC(2026, 10, 22, 17))
    t.equal(mustBe(readInstant('2026-11-23T10:15:00.1239')) - at, 123)
  })
  const refused: readonly (readonly [string, string])[] = [
    ['', 'letter.instant.unreadable'],
    ['10:15', 'letter.instant.unreadable'],
    ['23/11/2026 10:15', 'letter.instant.unreadable'],
    ['2026-11-23T10:15:00 PM', 'letter.instant.unreadable'],
    ['2569-11-23T10:15:00', 'letter.instant.year'],
    ['2026-02-29T10:15:00', 'letter.instant.impossible'],
    ['2026-02-29T10:15:00.000+07:00', 'letter.instant.impossible'],
    ['2026-11-31T10:15:00.000+07:00', 'letter.instant.impossible'],
    ['2026-11-00T10:15:00.000+07:00', 'letter.instant.impossible'],
    ['2026-00-23T10:15:00.000+07:00', 'letter.instant.impossible'],
    ['2026-11-23T24:15:00.000+07:00', 'letter.instant.impossible'],
    ['2026-11-23T10:60:00.000+07:00', 'letter.instant.impossible'],
    ['2026-11-23T10:15:60.000+07:00', 'letter.instant.impossible'],
    ['1940-11-23T10:15:00.000+07:00', 'letter.instant.year'],
    ['2157-11-23T10:15:00.000+07:00', 'letter.instant.year'],
    ['2026-11-23T24:00:00', 'letter.instant.impossible'],
    ['2026-13-23T10:15:00', 'letter.instant.impossible'],
    ['2026-11-23T10:15:00+15:00', 'letter.instant.impossible'],
    ['2026-11-23T10:60:00', 'letter.instant.impossible'],
  ]
  for (const [text, code] of refused) t.same(faultsOf(readInstant(text)), [code], text)
  fc.assert(
    fc.property(fc.integer({ min: Date.UTC(1941, 0, 2), max: Date.UTC(2156, 11, 30) }), (instant) => {
      return mustBe(readInstant(printInstant(instant))) === instant
    }),
  )
  t.throws(() => printInstant(Number.NaN), RangeError)
  t.throws(() => printInstant(8e15), RangeError)
})

t.test('message ids are UUIDv7 of the clock and of chance', async (t) => {
  const clock: Clock = { now: () => 0x0199_1234_5678, elapsed: () => 0, schedule: () => () => undefined }
  const id = newMessageId(clock, (count) => new Uint8Array(count).fill(0xff))
  t.equal(id, 'urn:uuid:01991234-5678-7fff-bfff-ffffffffffff')
  fc.assert(fc.property(messageIds(), (one) => mustBe(readMessageId(one)) === one))
  for (const text of ['', id.toUpperCase(), id.slice(9), `${id} `, id.replace('-7', '-4')]) {
    t.same(faultsOf(readMessageId(text)), ['letter.message-id.unreadable'], text)
  }
  t.not(newMessageId(systemClock, systemRandom), newMessageId(systemClock, systemRandom))
})

t.test('the machine’s clock acts once, and not when it is cancelled', async (t) => {
  const acts: string[] = []
  const cancel = systemClock.schedule(systemClock.now(), () => acts.push('cancelled'))
  cancel()
  const warnings: Error[] = []
  const warn = (warning: Error) => warnings.push(warning)
  process.on('warning', warn)
  const far = systemClock.schedule(systemClock.now() + 2 ** 40, () => acts.push('far'))
  // A timer of the platform keeps this test alive; the clock's own do not keep a process alive.
  const alive = setTimeout(() => undefined, 60_000)
  await new Promise<void>((resolve) => systemClock.schedule(systemClock.now() - 5, resolve))
  clearTimeout(alive)
  far()
  process.off('warning', warn)
  t.same(acts, [])
  t.same(warnings, [], 'no timer longer than the platform’s longest was set')
})
