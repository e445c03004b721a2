// A day and a time of day in Thailand, as the system writes them: to the second.
import {
  type DateForm,
  dateForms,
  printLetterDate,
  readCanonicalDate,
  readLetterDate,
} from '../../letter/dates.ts'
import { ofPrintedInstant, printInstant, readInstant } from '../../letter/time.ts'
import { bad, good, problem, type Result } from '../../problem/problem.ts'
import { behindTime, type ClockKind, clocks, printTime, readTime } from './clock-time.ts'
import { type Codec, cellByCell, codec, fill, type Now } from './codec.ts'
import { printIso, printUnix, readIso, readUnix, type UnixUnit, unixUnits } from './universal.ts'

interface Options {
  readonly date?: DateForm
  readonly between: string
  readonly clock: ClockKind
  readonly unix?: UnixUnit
  readonly iso?: 'utc' | 'bangkok'
}

interface Written {
  readonly date: DateForm
  readonly between: string
  readonly clock: ClockKind
  readonly now?: Now
}

/**
 * `instant: { date: "dd/MM/yyyy" }`: the day in that form, then `HH:mm` or `HH:mm:ss` on the 24-hour clock, or on the one that
 * `clock` says. In one cell with `between` (a space) between them, or in two cells. `{ unix: ms }`: milliseconds since 1970;
 * `{ iso: utc }`: ISO 8601. What is finer than a second (than a millisecond) is left out on writing.
 */
export const instant = codec<Options>({
  name: 'instant',
  about: {
    summary:
      'A time: the day and then the time of day, a count since 1970, or ISO 8601; exactly one of `date`, `unix` and `iso`.',
    badDays: [
      ['no such time, or one without AM and PM on a 12-hour clock', 'a fault', 'adapter.field.instant'],
      ['a count in the other unit', 'a fault', 'adapter.field.unix'],
      [
        '`clock: office` and a time from 19:00 to 06:59',
        'refused: it would be read as another',
        'adapter.field.cannot-say',
      ],
    ],
  },
  options: {
    type: 'object',
    properties: {
      date: { enum: dateForms, description: 'a form of the day, before the time' },
      between: {
        type: 'string',
        minLength: 1,
        maxLength: 10,
        default: ' ',
        description: 'what stands between day and time in one cell',
      },
      clock: {
        enum: clocks,
        default: '24',
        description: '"24"; "12": with am or pm; office: twelve hours without a mark, from 07:00 to 18:59',
      },
      unix: { enum: unixUnits, description: 's or ms: seconds or milliseconds since 1970' },
      iso: {
        enum: ['utc', 'bangkok'],
        description: 'ISO 8601, written so; the zone of a text that says none',
      },
    },
    additionalProperties: false,
  },
  deeper: ({ date, unix, iso }) =>
    [date, unix, iso].filter((each) => each !== undefined).length === 1
      ? []
      : [{ at: [], code: 'adapter.profile.key-missing', details: { key: 'date, unix or iso: one of them' } }],
  create: ({ date, between, clock, unix, iso }, _tables, now) => {
    if (unix !== undefined)
      return ofInstant(
        (cell) => readUnix(cell, unix),
        (at) => printUnix(at, unix),
      )
    if (iso !== undefined)
      return ofInstant(
        (cell) => readIso(cell, iso),
        (at) => {
          const printed = printIso(at, iso)
          // The first hours of the first year are of the year before in UTC, and would not be read.
          return readIso(printed, iso).ok
            ? good(printed)
            : bad(problem('adapter.field.cannot-say', '', printed, { field: 'instant' }))
        },
      )
    if (date === undefined) throw new Error('the options of an instant were not checked')
    return inWords({ date, between, clock, ...(now && { now }) })
  },
})

function ofInstant(read: (cell: string) => Result<number>, print: (at: number) => Result<string>): Codec {
  return cellByCell({
    read: (cell) => {
      const at = read(cell)
      return at.ok ? good(printInstant(at.value)) : at
    },
    write: (value) => {
      const at = readInstant(value)
      return at.ok ? print(at.value) : at
    },
  })
}

function inWords(options: Written): Codec {
  const inOne = cellByCell({
    read: (cell) => {
      const cut = cell.replace(behindTime, '').lastIndexOf(options.between)
      return cut < 0
        ? bad(problem('adapter.field.instant', '', cell, { expected: expected(options) }))
        : read(cell.slice(0, cut), cell.slice(cut + options.between.length), options)
    },
    write: (value) => {
      const parts = write(value, options)
      return parts.ok ? good(parts.value.join(options.between)) : parts
    },
  })
  return {
    columns: 2,
    read: (cells) => {
      const [day = '', time = ''] = cells
      if (cells.length < 2) return inOne.read(cells)
      if (day === '' && time === '') return good([])
      const instantOf = read(day, time, options)
      return instantOf.ok ? good([instantOf.value]) : instantOf
    },
    write: (values, columns, refuses) => {
      const [value] = values
      if (columns < 2 || value === undefined) return inOne.write(values, columns, refuses)
      const parts = write(value, options)
      return parts.ok ? fill(parts.value, columns) : parts
    },
  }
}

/** An instant as it is printed, of the years that a letter can have. */
function canonical(text: string): Result<string> {
  if (ofPrintedInstant(text) !== undefined) return good(text)
  const at = readInstant(text)
  return at.ok ? good(printInstant(at.value)) : at
}

function read(day: string, time: string, options: Written): Result<string> {
  const { date: form, now } = options
  const date = readLetterDate(day, { form, ...(now && { now: now() }) })
  if (!date.ok) return date
  const clock = readTime(time, options.clock)
  if (clock === undefined) {
    const said = `${day}${options.between}${time}`
    return bad(problem('adapter.field.instant', '', said, { expected: expected(options) }))
  }
  if (!clock.ok) return clock
  return canonical(`${date.value}T${clock.value}.000+07:00`)
}

function write(value: string, options: Written): Result<[string, string]> {
  const said = canonical(value)
  if (!said.ok) return said
  const printed = said.value
  const date = readCanonicalDate(printed.slice(0, 10))
  if (!date.ok) return date
  const time = printTime(printed.slice(11, 19), options.clock)
  if (time === undefined)
    return bad(problem('adapter.field.cannot-say', '', value, { field: 'a time outside of office hours' }))
  const day = printLetterDate(date.value, options.date)
  // Two digits say a year of one century only, as in a date.
  const back = options.date.includes('yyyy') ? good(printed) : read(day, time, options)
  if (!back.ok || back.value.slice(0, 10) !== date.value)
    return bad(problem('adapter.field.cannot-say', '', value, { field: 'date' }))
  return good([day, time])
}

const expected = ({ date, between, clock }: Written): string =>
  `${date}${between}${clock === '24' ? 'HH:mm:ss' : clock === '12' ? 'hh:mm:ss AM' : 'hh:mm:ss'}`
