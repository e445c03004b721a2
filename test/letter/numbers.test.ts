import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import t from 'tap'
import { dateFormOf, printLetterDate, readLetterDate } from '../../src/letter/dates.ts'
import { completeNumber, normalizeNumber, readLetterNumber } from '../../src/letter/numbers.ts'
import { arabicDigits, fold, searchKey, thaiDigits } from '../../src/letter/search.ts'
import { mustBe, printedNumbers, thaiText } from './arbitrary.ts'
import { faultsOf } from './faults.ts'

const read = (printed: string, letters?: string) => {
  const result = readLetterNumber(printed, letters)
  if (!result.ok) throw new Error(faultsOf(result).join())
  const { number, urgency } = result.value
  const marks = [
    number.circular && 'circular',
    number.order && 'order',
    number.completed && 'completed',
    urgency,
  ]
  return [number.normalized, ...marks.filter(Boolean)].join(' | ')
}

t.test('every printed form that was seen', async (t) => {
  const forms: readonly (readonly [string, string])[] = [
    ['ที่มท.0210.3/ว 3893', 'มท 0210.3/ว3893 | circular'],
    ['ที่ มท ๐๒๑๐.๓/ว๓๘๙๘', 'มท 0210.3/ว3898 | circular'],
    ['มท 0210.3/ว1576', 'มท 0210.3/ว1576 | circular'],
    ['มท 0210.3/ 2942', 'มท 0210.3/2942'],
    ['0210.3/ว2943', 'มท 0210.3/ว2943 | circular | completed'],
    ['๘๔/๒๕๕๑', '84/2551 | order'],
    ['84/2551', '84/2551 | order'],
    ['คำสั่งที่ 84/2551', '84/2551 | order'],
    ['ด่วนที่สุดที่มท.0210.3/ว 3893', 'มท 0210.3/ว3893 | circular | most-urgent'],
    ['ด่วนมาก ที่ ชม 0017.1/492', 'ชม 0017.1/492 | very-urgent'],
    ['ด่วนที่พท 0017.1/492', 'พท 0017.1/492 | urgent'],
    ['ด่วนมค 0017.1/492', 'มค 0017.1/492 | urgent'],
    ['พท 0017.1/492', 'พท 0017.1/492'],
    ['พท0017.1/492', 'พท 0017.1/492'],
    ['ม.ท. 0210.3 / ว. 5', 'มท 0210.3/ว5 | circular'],
    ['มท 0210.3/ล 12', 'มท 0210.3/ล12'],
    ['วท 0201/ว12', 'วท 0201/ว12 | circular'],
    ['0017/2551', 'มท 0017/2551 | completed'],
    ['มท 84/2551', 'มท 84/2551'],
    ['52001/12', 'มท 52001/12 | completed'],
    ['กค (กวจ) 0405.2/ว 119', 'กค (กวจ) 0405.2/ว119 | circular'],
    ['อส 0007(พก.1)/ว 32', 'อส 0007(พก1)/ว32 | circular'],
    ['\u200bมท\u00a00210.3/\u200bว3893 ', 'มท 0210.3/ว3893 | circular'],
    ['ดว่นที่สุด มท 0210.3/1', ''],
  ]
  for (const [printed, expected] of forms) {
    if (expected === '') t.notOk(readLetterNumber(printed).ok, printed)
    else t.equal(read(printed, 'มท'), expected, printed)
  }
})

t.test('the printed form is kept, letters are completed only where they are missing', async (t) => {
  const number = mustBe(readLetterNumber(' ๐๒๑๐.๓/ว ๒๙๔๓ ')).number
  t.equal(number.printed, ' ๐๒๑๐.๓/ว ๒๙๔๓ ')
  t.equal(number.normalized, '0210.3/ว2943')
  t.notOk(number.completed)
  t.match(completeNumber(number, 'ชม'), {
    normalized: 'ชม 0210.3/ว2943',
    completed: true,
    printed: number.printed,
  })
  const order = mustBe(readLetterNumber('84/2551', 'มท')).number
  t.equal(completeNumber(order, 'ชม'), order)
  const own = mustBe(readLetterNumber('พท 0017.1/492', 'มท')).number
  t.equal(completeNumber(own, 'ชม'), own)
  t.equal(normalizeNumber('ที่มท.0210.3/ว 3893'), 'มท 0210.3/ว3893')
  t.equal(normalizeNumber('ไม่มีเลข'), undefined)
})

t.test('what is no number is refused with its reason', async (t) => {
  const refused: readonly (readonly [string, string])[] = [
    ['', 'letter.field.missing'],
    [' \u00a0 ', 'letter.field.missing'],
    ['\u200b', 'letter.number.unreadable'],
    ['abc', 'letter.number.unreadable'],
    ['มท 0210.3', 'letter.number.no-running'],
    ['มท 0210.3/', 'letter.number.no-running'],
    ['มท 0210.3/ว', 'letter.number.no-running'],
    ['มท 0210.3/ว -', 'letter.number.no-running'],
    ['84/51', 'letter.number.unreadable'],
    ['1234/567', 'letter.number.unreadable'],
    ['84/2008', 'letter.number.unreadable'],
    ['84/02551', 'letter.number.unreadable'],
    ['15/11/2551', 'letter.number.unreadable'],
    ['มท 0210.3/3893 ลงวันที่ 15', 'letter.number.unreadable'],
    ['มท 0210.3/ว3893\n', 'letter.text.line-break'],
    ['มท 0210.3/\u0007', 'letter.text.control'],
    ['มท 0210.3/ว3893\u0085', 'letter.text.charset'],
    [`มท 0210.3/${'1'.repeat(200)}`, 'letter.field.long'],
    ['??? 0210.3/???????', 'letter.text.replaced'],
    ['มท 0210.3/123456789', 'letter.number.unreadable'],
  ]
  for (const [printed, code] of refused)
    t.same(faultsOf(readLetterNumber(printed)), [code], JSON.stringify(printed))
})

t.test('laws of numbers', async (t) => {
  fc.assert(
    fc.property(printedNumbers(), fc.constantFrom('มท', 'ชม', undefined), (printed, letters) => {
      const { number } = mustBe(readLetterNumber(printed, letters))
      if (number.printed !== printed) throw new Error('the printed form changed')
      // print ∘ parse on canonical values, and normalisation is idempotent.
      const again = mustBe(readLetterNumber(number.normalized, letters)).number
      const { normalized, circular, order } = again
      return normalized === number.normalized && circular === number.circular && order === number.order
    }),
    { numRuns: 2000 },
  )
  fc.assert(
    // Reading never throws and never takes long, whatever is thrown at it.
    fc.property(fc.oneof(thaiText({ max: 100 }), fc.string({ unit: 'binary' })), (text) => {
      const result = readLetterNumber(text)
      faultsOf(result)
      return !result.ok || result.value.number.printed === text
    }),
    { numRuns: 2000 },
  )
  t.pass('held')
})

t.test('a hostile number costs no time', async (t) => {
  const hostile = [
    'ก.'.repeat(50),
    ' '.repeat(100),
    `ที่${'( '.repeat(48)}`,
    '0 . '.repeat(25),
    `มท ${'0.'.repeat(48)}`,
  ]
  // Of the processor, in microseconds: what else runs on the machine does not count.
  const start = process.cpuUsage()
  for (const text of hostile) for (let index = 0; index < 1000; index++) readLetterNumber(text)
  t.ok(process.cpuUsage(start).user < 2_000_000, 'under 0.4 ms each')
})

t.test('folding for keys and search', async (t) => {
  const same: readonly (readonly [string, string])[] = [
    ['นํ้า', 'น้ำ'],
    ['น้ํา', 'น้ำ'],
    ['นำ้', 'น้ำ'],
    ['ทํา', 'ทำ'],
    ['เเพร่', 'แพร่'],
    ['ท่ี', 'ที่'],
    ['ผู้', 'ผู้'],
    ['น้้ำ', 'น้ำ'],
    ['ก\u200bข\ufeffค', 'กขค'],
    ['  ก \u00a0\t ข ', 'ก ข'],
    ['๒๕๕๑', '2551'],
    ['สิงห์บุรี', 'สิงห์บุรี'],
  ]
  for (const [typed, folded] of same) t.equal(fold(typed), folded, typed)
  t.equal(searchKey('  MOI '), 'moi')
  const nasty = fc.oneof(
    thaiText({ max: 60, lines: true }),
    fc.string({ unit: fc.constantFrom(...'กเแาำํ่้๊๋็์ิีึืัฺุู๎๑ \u200b\u00a0A'), maxLength: 12 }),
    fc.string({ unit: 'binary', maxLength: 20 }),
  )
  fc.assert(
    fc.property(
      nasty,
      (text) => fold(fold(text)) === fold(text) && searchKey(searchKey(text)) === searchKey(text),
    ),
    { numRuns: 5000 },
  )
  // Sara am stays one character: nothing here is NFKC.
  t.equal(fold('น้ำกำหนด'), 'น้ำกำหนด')
  fc.assert(fc.property(thaiText(), (text) => arabicDigits(thaiDigits(text)) === arabicDigits(text)))
})

t.test('the 23 real letters of 2551: 22 are read and print unchanged, item 29 has no date', async (t) => {
  const rows: { item: string; number_printed: string; date_printed: string }[] = parse(
    readFileSync(new URL('../../data/letters-2551.csv', import.meta.url)),
    { columns: true, bom: true },
  )
  t.equal(rows.length, 23)
  for (const row of rows) {
    const number = readLetterNumber(row.number_printed, 'มท')
    t.same(faultsOf(number), [], `item ${row.item}`)
    if (number.ok) t.equal(number.value.number.printed, row.number_printed)
    const date = readLetterDate(row.date_printed)
    if (row.item === '29') {
      t.same(faultsOf(date), ['letter.field.missing'])
      continue
    }
    const form = dateFormOf(row.date_printed)
    if (!date.ok || form === undefined) throw new Error(`item ${row.item} is not read: ${row.date_printed}`)
    t.equal(printLetterDate(date.value, form), row.date_printed, `item ${row.item}: ${form}`)
    t.equal(date.value.slice(0, 4), '2008')
  }
  const third = mustBe(readLetterNumber(rows[2]?.number_printed ?? '')).number
  t.match(third, { normalized: '84/2551', order: true, circular: false })
})
