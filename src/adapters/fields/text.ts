// Text as it stands, in one cell.
import { bad, good, problem } from '../../problem/problem.ts'
import { codec, fill, filled, gather } from './codec.ts'
import { beginning, codePoints, isWithin } from './spill.ts'

interface Options {
  readonly max?: number
  readonly overflow: 'refuse' | 'spill' | 'cut'
  readonly trim: boolean
}

/**
 * `max`: characters (Unicode code points) that a cell holds. `overflow`: whether a text that is longer, or that the
 * charset cannot say, is refused, spilled into a file or cut. `trim`: spaces around a cell are the system's, not the text's.
 */
export const text = codec<Options>({
  name: 'text',
  about: {
    summary: 'Text as it stands, in one cell.',
    badDays: [
      ['longer than `max` on the way in', 'a fault', 'adapter.field.too-long'],
      [
        'longer than `max` on the way out',
        'refused; with `overflow: spill` its beginning and ` ...` are written, and the whole stands in a file beside',
        'adapter.field.too-long',
      ],
      [
        'longer than `max` on the way out, with `overflow: cut`',
        'its beginning and ` ...` are written; the whole stands in the gateway’s journal',
      ],
      [
        'the charset cannot say it',
        'refused, or spilled or cut in the same way',
        'adapter.charset.cannot-say',
      ],
    ],
  },
  options: {
    type: 'object',
    properties: {
      max: {
        type: 'integer',
        minimum: 10,
        maximum: 100_000,
        description: 'a count of characters that the cell holds',
      },
      overflow: {
        enum: ['refuse', 'spill', 'cut'],
        default: 'refuse',
        description:
          'what happens with a text that does not fit: refused, or whole in a file beside; cut, without one, only of a notice’s reason and subject',
      },
      trim: {
        type: 'boolean',
        default: false,
        description: 'true: spaces around a cell are the system’s, not the text’s',
      },
    },
    additionalProperties: false,
  },
  bare: {},
  create: ({ max = Number.POSITIVE_INFINITY, overflow, trim }) => ({
    read: (cells) =>
      gather(filled(trim ? cells.map((cell) => cell.trim()) : cells), (cell) =>
        isWithin(cell, max)
          ? good(cell)
          : bad(problem('adapter.field.too-long', '', cell, { count: codePoints(cell), limit: max })),
      ),
    write: (values, columns, refuses) => {
      if (overflow === 'refuse') {
        const long = values.find((value) => !isWithin(value, max))
        if (long !== undefined)
          return bad(problem('adapter.field.too-long', '', long, { count: codePoints(long), limit: max }))
        return fill(values, columns)
      }
      const cells = values.map((value) => beginning(value, max, refuses))
      const filled = fill(cells, columns)
      if (!filled.ok || cells.every((cell, index) => cell === values[index])) return filled
      return good({ ...filled.value, ...(overflow === 'cut' ? { cut: true } : { spill: values }) })
    },
  }),
})
