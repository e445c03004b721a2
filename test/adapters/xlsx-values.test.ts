// What stands in a cell: escaped text, numbers, days, and the styles that make a number a day.
import fc from 'fast-check'
import t from 'tap'
import {
  dateOf,
  digitsOf,
  escaped,
  shownBy,
  unescaped,
  zerosOf,
} from '../../src/adapters/formats/xlsx/values.ts'
import { nastyCells } from './there-and-back.ts'

t.test('law: escaped text is its text again, in Excel’s way too', (t) => {
  fc.assert(
    fc.property(
      fc.oneof(nastyCells, fc.string({ unit: fc.constantFrom('_', 'x', '0', '0', 'D', '5', 'F') })),
      (text) => {
        const xml = escaped(text)
        const decoded = xml
          .replaceAll('&lt;', '<')
          .replaceAll('&gt;', '>')
          .replaceAll('&quot;', '"')
          .replaceAll('&amp;', '&')
        t.equal(unescaped(decoded), text)
        t.notMatch(xml, /[<>"\r]|&(?!(lt|gt|quot|amp);)/)
      },
    ),
    { numRuns: 1_000 },
  )
  t.end()
})

t.test('numbers are digits, as they stand: nothing is counted', (t) => {
  const found = [
    '0',
    '42',
    '-7',
    '1.50',
    '1.0',
    '12345678901234567890',
    '1.234567890123E12',
    '1E-3',
    '-2.5e1',
    '9007199254740993',
  ]
  t.same(found.map(digitsOf), [
    '0',
    '42',
    '-7',
    '1.5',
    '1',
    '12345678901234567890',
    '1234567890123',
    '0.001',
    '-25',
    '9007199254740993',
  ])
  for (const wrong of ['', 'x', '1e', '0x10', 'Infinity', '1,000', `1e${'9'.repeat(9)}`])
    t.equal(digitsOf(wrong), undefined, wrong)
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e200, max: 1e200 }), (number) => {
      const digits = digitsOf(String(number))
      t.equal(Number(digits), number === 0 ? Number(digits) : number)
      t.match(digits, /^-?\d+(\.\d*[1-9])?$/)
    }),
    { numRuns: 500 },
  )
  t.end()
})

t.test('days: the systems of 1900 and 1904, and the day that never was', (t) => {
  const cases: [string, string | undefined, string | undefined][] = [
    ['0', undefined, '1904-01-01'],
    ['1', '1900-01-01', '1904-01-02'],
    ['59', '1900-02-28', '1904-02-29'],
    ['60', undefined, '1904-03-01'],
    ['61', '1900-03-01', '1904-03-02'],
    ['39767', '2008-11-15', '2012-11-16'],
    ['38305', '2004-11-14', '2008-11-15'],
    ['2958465', '9999-12-31', undefined],
    ['2958466', undefined, undefined],
    ['-1', undefined, undefined],
    ['1e300', undefined, undefined],
    ['39767.5', '2008-11-15 12:00:00', '2012-11-16 12:00:00'],
    ['39767.999999999', '2008-11-16', '2012-11-17'],
    ['39767.427164351852', '2008-11-15 10:15:07', '2012-11-16 10:15:07'],
  ]
  for (const [number, since1900, since1904] of cases) {
    t.equal(dateOf(number, 'date', false), since1900, number)
    t.equal(dateOf(number, 'date', true), since1904, `${number} since 1904`)
  }
  t.equal(dateOf('0.5', 'time', false), '12:00:00')
  t.equal(dateOf('0', 'time', false), '00:00:00')
  fc.assert(
    fc.property(
      fc.date({ min: new Date('1900-03-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
      (date) => {
        const text = date.toISOString().slice(0, 10)
        const serial = (Date.parse(text) - Date.UTC(1899, 11, 30)) / 86_400_000
        t.equal(dateOf(String(serial), 'date', false), text)
        if (date.getUTCFullYear() >= 1904) t.equal(dateOf(String(serial - 1462), 'date', true), text)
      },
    ),
    { numRuns: 300 },
  )
  t.end()
})

t.test('which styles are days: by number, by code, Thai ones too', (t) => {
  const shows = (...codes: string[]) => codes.map((code) => shownBy(200, code))
  const all = (kind: string, list: string[]) =>
    t.same(
      shows(...list),
      list.map(() => kind),
      kind,
    )
  all('date', [
    'yyyy-mm-dd',
    'd/m/bbbb',
    '[$-41E]d mmmm yyyy',
    'ว/ด/ปปปป',
    'd\\ mmm\\ yy;@',
    'm/d/yy h:mm',
    'mmm',
    '[Red]dd/mm/yyyy "น."',
  ])
  all('time', ['h:mm', 'mm:ss.0', 'ช:นน:ทท', 'h:mm AM/PM'])
  all('number', [
    'General',
    '#,##0 "บาท"',
    '0.00E+00',
    '[h]:mm',
    '@',
    '0"day"',
    '"yyyy"',
    '[Red]0',
    '\\d0',
    '#,##0\\ บาท',
  ])
  t.same(
    [0, 1, 14, 22, 49, 71, 46, 21, 75].map((id) => shownBy(id, undefined)),
    ['number', '0', 'date', 'date', 'number', 'date', 'number', 'time', 'time'],
  )
  t.equal(shownBy(14, '0'), '0', 'the code of the document comes first')
  t.end()
})

t.test('a fraction has the 15 digits that a sheet shows, where they are the same number', async (t) => {
  t.equal(digitsOf('0.57999999999999996'), '0.58')
  t.equal(digitsOf('-17.100000000000001'), '-17.1')
  t.equal(digitsOf('7.0000000000000007E-2'), '0.07')
  t.equal(digitsOf('0.30000000000000004'), '0.30000000000000004', 'another number than 0.3')
  t.equal(digitsOf('12345678901234567890'), '12345678901234567890', 'an id of 20 digits')
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }), (number) => {
      t.equal(Number(digitsOf(String(number))), number)
    }),
  )
})

t.test('a format of zeros alone is applied', async (t) => {
  t.same(
    [shownBy(200, '0000'), shownBy(200, '0.00'), shownBy(1, undefined), shownBy(2, undefined)],
    ['0000', '0.00', '0', '0.00'],
  )
  const shown = (digits: string, zeros: string) => `${digits} ${zeros} ${zerosOf(digits, zeros)}`
  t.same(
    [
      shown('17', '0000'),
      shown('12345', '0000'),
      shown('17', '0.00'),
      shown('3.456', '0.00'),
      shown('2.995', '0.00'),
      shown('9.5', '0'),
      shown('0.4', '0'),
      shown('-0.4', '0'),
      shown('-17.5', '000'),
      shown('12345678901234567890', '0'),
      shown('0.05', '0.0'),
    ],
    [
      '17 0000 0017',
      '12345 0000 12345',
      '17 0.00 17.00',
      '3.456 0.00 3.46',
      '2.995 0.00 3.00',
      '9.5 0 10',
      '0.4 0 0',
      '-0.4 0 0',
      '-17.5 000 -018',
      '12345678901234567890 0 12345678901234567890',
      '0.05 0.0 0.1',
    ],
  )
})
