// A day, as the system writes it: in the Buddhist era or the Christian one.
import {
  type DateForm,
  dateForms,
  printLetterDate,
  readCanonicalDate,
  readLetterDate,
} from '../../letter/dates.ts'
import { bad, good, problem } from '../../problem/problem.ts'
import { type Codec, type CodecKind, cellByCell, codec, type Now } from './codec.ts'

interface Options {
  readonly form: DateForm
  readonly century?: number
}

const christian = (form: string): boolean => form.includes('ce:')

/** `buddhist-date: "d MMM yyyy"`: years of the Buddhist era; `century` for two-digit years (25 = 25xx). */
export const buddhistDate: CodecKind = dateCodec(
  'buddhist-date',
  'A day of the Buddhist era in one form of writing; month names with their usual misspellings are read.',
  (form) => !christian(form),
)

/** `christian-date: "ce:yyyy-MM-dd"`: years of the Christian era. */
export const christianDate: CodecKind = dateCodec(
  'christian-date',
  'A day of the Christian era (`ce:`) in one form of writing.',
  christian,
)

function dateCodec(name: string, summary: string, has: (form: string) => boolean): CodecKind {
  const form = { enum: dateForms.filter(has), description: 'how the day is written' }
  const century = {
    type: 'integer',
    minimum: 20,
    maximum: 26,
    description: 'the first two digits of the Buddhist year',
  }
  return codec<DateForm | Options>({
    name,
    about: {
      summary,
      badDays: [
        ['a year of the other era', 'a fault, and never a letter of 543 years ago', 'letter.date.era'],
        ['a day that does not exist', 'a fault', 'letter.date.day'],
        ['another form than the one that is said', 'a fault', 'letter.date.form'],
        [
          'a year of two digits that is none of the last 42 years, as a Christian one among Buddhist ones',
          'a fault; refused on the way out; not of references, which may be older',
          'letter.date.short-year',
        ],
        ['a year that two digits cannot say', 'refused', 'adapter.field.cannot-say'],
      ],
    },
    options: {
      // One schema for both ways of giving the form, so that the fault names the forms and not the two ways.
      if: { type: 'string' },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: form,
      else: {
        type: 'object',
        properties: { form, century },
        required: ['form'],
        additionalProperties: false,
      },
    },
    create: (options, _tables, now) =>
      codecOf(typeof options === 'string' ? { form: options } : options, now),
  })
}

function codecOf({ form, century }: Options, now: Now | undefined): Codec {
  // The form is given, so that a Christian year in a Buddhist column is a fault and not a letter of 543 years ago.
  const options = { form, ...(century !== undefined && { century }) }
  const read = (cell: string) => readLetterDate(cell, { ...options, ...(now && { now: now() }) })
  return cellByCell({
    read,
    write: (value) => {
      const date = readCanonicalDate(value)
      if (!date.ok) return date
      const printed = printLetterDate(date.value, form)
      if (form.includes('yyyy')) return good(printed)
      // Two digits say a year of one century only: any other would come back as another year.
      const back = read(printed)
      if (back.ok && back.value === date.value) return good(printed)
      return bad(problem('adapter.field.cannot-say', '', value, { field: 'date' }))
    },
  })
}
