// Text whose digits the system writes in one script.
import { arabicDigits, thaiDigits } from '../../letter/search.ts'
import { bad, good, problem } from '../../problem/problem.ts'
import { codec, fill, filled } from './codec.ts'
import { beginning } from './spill.ts'

interface Options {
  readonly write: 'thai' | 'arabic'
  readonly overflow: 'refuse' | 'spill'
}

/**
 * `digits: { write: thai }`: digits of either script are read as Arabic ones and written in the system's. A text that has
 * Thai digits of its own would come back another: it is refused, or stands whole in a file beside (`overflow: spill`). So does
 * a text that the cell's charset cannot say.
 */
export const digits = codec<Options>({
  name: 'digits',
  about: {
    summary: 'Text whose digits the system writes in one script; canonical are Arabic ones.',
    badDays: [
      [
        'a text with Thai digits of its own, which would come back another',
        'refused; with `overflow: spill` it stands whole in a file beside',
        'adapter.field.digits',
      ],
      ['the charset cannot say it', 'refused, or spilled in the same way', 'adapter.charset.cannot-say'],
    ],
  },
  options: {
    type: 'object',
    properties: {
      write: { enum: ['thai', 'arabic'], description: 'the script of the system’s digits' },
      overflow: {
        enum: ['refuse', 'spill'],
        default: 'refuse',
        description:
          'what happens with a text that has Thai digits of its own, or that the charset cannot say',
      },
    },
    required: ['write'],
    additionalProperties: false,
  },
  create: ({ write, overflow }) => ({
    read: (cells) => good(filled(cells).map(arabicDigits)),
    write: (values, columns, refuses) => {
      const own = values.find((value) => arabicDigits(value) !== value)
      if (own !== undefined && overflow === 'refuse')
        return bad(problem('adapter.field.digits', '', own, { write }))
      const whole = values.map((value) => (write === 'thai' ? thaiDigits(value) : arabicDigits(value)))
      const cells =
        overflow === 'refuse'
          ? whole
          : whole.map((value) => beginning(value, Number.POSITIVE_INFINITY, refuses))
      const filled = fill(cells, columns)
      const spilled = own !== undefined || cells.some((cell, index) => cell !== whole[index])
      return filled.ok && spilled ? good({ ...filled.value, spill: values }) : filled
    },
  }),
})
