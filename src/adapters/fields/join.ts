// One value over several columns: a number in its letters, code and running number; a date in day, month and year.
import { good } from '../../problem/problem.ts'
import { type Codec, type CodecKind, codec, innerFindings, type LookupTables, type Now } from './codec.ts'
import { templateFindings, templateOf } from './template.ts'

interface Options {
  readonly template: string
  readonly of: string | Readonly<Record<string, unknown>>
}

/** `join: { template: "{letters} {code}/{running}", of: letter-number }`: the columns in the order of the template's places. */
export const joinOf = (
  make: (raw: unknown, tables?: LookupTables, now?: Now) => Codec | undefined,
  names: readonly string[],
): CodecKind =>
  codec<Options>({
    name: 'join',
    about: {
      summary: 'One value over several columns, in the order of the template’s places.',
      badDays: [
        [
          'no place is filled, or the value would come apart in two ways',
          'a fault; refused on the way out',
          'adapter.field.template-ambiguous',
        ],
      ],
    },
    options: {
      type: 'object',
      properties: {
        template: {
          type: 'string',
          minLength: 1,
          maxLength: 200,
          description: 'words with places between them, one for each column: {letters} {code}/{running}',
        },
        of: { type: ['string', 'object'], default: 'text', description: `a codec: ${names.join(', ')}` },
      },
      required: ['template'],
      additionalProperties: false,
    },
    deeper: ({ template, of }) => [
      ...templateFindings(template, ['template']),
      ...innerFindings(make(of), of, names),
    ],
    create: ({ template: text, of }, tables, now) => {
      const template = templateOf(text)
      const whole = make(of, tables, now)
      if (whole === undefined) throw new Error('the options of a join were not checked')
      return {
        read: (cells) => {
          const joined = template.join(cells.map((cell) => cell.trim()))
          return joined.ok ? whole.read([joined.value]) : joined
        },
        write: (values, _columns, refuses) => {
          const written = whole.write(values, 1, refuses)
          if (!written.ok) return written
          const parts = template.split(written.value.cells[0] ?? '')
          return parts.ok ? good({ ...written.value, cells: parts.value }) : parts
        },
      }
    },
  })

/** How many columns a join needs; undefined where its template is at fault. */
export const placesOf = (template: unknown): number | undefined =>
  typeof template === 'string' && templateFindings(template, []).length === 0
    ? templateOf(template).names.length
    : undefined
