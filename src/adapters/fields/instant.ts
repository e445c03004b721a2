// A day and a time of day in Thailand, as the system writes them: to the second.
import { type DateForm, dateForms, printLetterDate, readLetterDate } from '../../letter/dates.ts'
import { printInstant, readInstant } from '../../letter/time.ts'
import { bad, good, problem, type Result } from '../../problem/problem.ts'
import { cellByCell, codec, fill } from './codec.ts'

interface Options {
  readonly date: DateForm
  readonly between: string
}

/**
 * `instant: { date: "dd/MM/yyyy" }`: the day in that form, then `HH:mm` or `HH:mm:ss` on the 24-hour clock. In one cell
 * with `between` (a space) between them, or in two cells. What is finer than a second is left out on writing.
 */
export const instant = codec<Options>({
  name: 'instant',
  options: {
    type: 'object',
    properties: {
      date: { enum: dateForms },
      between: { type: 'string', minLength: 1, maxLength: 10, default: ' ' },
    },
    required: ['date'],
    additionalProperties: false,
  },
  create: (options) => {
    const inOne = cellByCell({
      read: (cell) => {
        const cut = cell.replace(/ ?น\.?$/, '').lastIndexOf(options.between)
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
  },
})

function read(day: string, time: string, options: Options): Result<string> {
  const date = readLetterDate(day, { form: options.date })
  if (!date.ok) return date
  const clock = /^([01]\d|2[0-3])[:.]([0-5]\d)(?:[:.]([0-5]\d))?(?: ?น\.?)?$/.exec(time.trim())
  if (clock === null)
    return bad(
      problem('adapter.field.instant', '', `${day}${options.between}${time}`, {
        expected: expected(options),
      }),
    )
  const at = readInstant(`${date.value}T${clock[1]}:${clock[2]}:${clock[3] ?? '00'}+07:00`)
  return at.ok ? good(printInstant(at.value)) : at
}

function write(value: string, options: Options): Result<[string, string]> {
  const at = readInstant(value)
  if (!at.ok) return at
  const printed = printInstant(at.value)
  const date = readLetterDate(printed.slice(0, 10), { form: 'ce:yyyy-MM-dd' })
  return date.ok ? good([printLetterDate(date.value, options.date), printed.slice(11, 19)]) : date
}

const expected = (options: Options): string => `${options.date}${options.between}HH:mm:ss`
