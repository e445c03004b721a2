// Text as it stands, in one cell.
import { bad, good, problem } from '../../problem/problem.ts'
import { codec, fill, gather, type Refuses } from './codec.ts'

interface Options {
  readonly max?: number
  readonly overflow: 'refuse' | 'spill'
  readonly trim: boolean
}

/** Ends a cell whose whole text stands in a file beside. ASCII: every charset can say it. */
const continued = ' ...'

/**
 * `max`: characters (Unicode code points) that a cell holds. `overflow`: whether a text that is longer, or that the
 * charset cannot say, is refused or spilled into a file. `trim`: spaces around a cell are the system's, not the text's.
 */
export const text = codec<Options>({
  name: 'text',
  options: {
    type: 'object',
    properties: {
      max: {
        type: 'integer',
        minimum: 10,
        maximum: 100_000,
        description: 'a count of characters, 10 to 100000',
      },
      overflow: { enum: ['refuse', 'spill'], default: 'refuse' },
      trim: { type: 'boolean', default: false },
    },
    additionalProperties: false,
  },
  bare: {},
  create: ({ max = Number.POSITIVE_INFINITY, overflow, trim }) => ({
    read: (cells) =>
      gather(
        cells
          .map((cell) => (trim ? cell.trim() : cell))
          .filter((cell) => cell !== '')
          .map((cell) =>
            isWithin(cell, max)
              ? good(cell)
              : bad(problem('adapter.field.too-long', '', cell, { count: codePoints(cell), limit: max })),
          ),
      ),
    write: (values, columns, refuses) => {
      if (overflow === 'refuse') {
        const long = values.find((value) => !isWithin(value, max))
        if (long !== undefined)
          return bad(problem('adapter.field.too-long', '', long, { count: codePoints(long), limit: max }))
        return fill(values, columns)
      }
      const cells = values.map((value) => sayable(value, max, refuses))
      const filled = fill(cells, columns)
      if (!filled.ok || cells.every((cell, index) => cell === values[index])) return filled
      return good({ ...filled.value, spill: values })
    },
  }),
})

/** The text itself, or its beginning up to what does not fit, with a mark that it goes on elsewhere. */
function sayable(value: string, max: number, refuses: Refuses): string {
  if (isWithin(value, max) && refuses(value) === undefined) return value
  const kept = ['']
  let count = 0
  // Whole user-perceived characters: a Thai vowel or tone mark is never torn from its consonant.
  for (const { segment } of new Intl.Segmenter('th', { granularity: 'grapheme' }).segment(value)) {
    count += codePoints(segment)
    if (count > max - continued.length) break
    kept.push(kept.at(-1) + segment)
  }
  // The longest beginning that the cell takes, as a whole: a space is refused at the end of a column, not within.
  let [fits, beyond] = [0, kept.length]
  while (beyond - fits > 1) {
    const middle = (fits + beyond) >> 1
    if (refuses(`${kept[middle]}${continued}`) === undefined) fits = middle
    else beyond = middle
  }
  return `${kept[fits]}${continued}`
}

/** Code points are at most as many as code units: few texts need to be counted. */
const isWithin = (value: string, max: number): boolean => value.length <= max || codePoints(value) <= max

const codePoints = (value: string): number => [...value].length
