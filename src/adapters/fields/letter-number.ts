// A letter's number as printed: it is kept as it stands, and only checked to be one.
import { readLetterNumber } from '../../letter/numbers.ts'
import { bad, good, problem } from '../../problem/problem.ts'
import { cellByCell, codec } from './codec.ts'

type Read = ReturnType<typeof readLetterNumber>
let last: { readonly printed: string; readonly read: Read } | undefined

/** A number, read once where it is asked for twice in a row: by the codec that checks it, and by the letter. */
export function readNumber(printed: string): Read {
  if (last?.printed !== printed) last = { printed, read: readLetterNumber(printed) }
  return last.read
}

/** `max`: characters that the system holds (some cut at 50). */
export const letterNumber = codec<{ readonly max: number }>({
  name: 'letter-number',
  about: {
    summary: 'The letter’s number as printed: kept as it stands, and only checked to be one.',
    badDays: [
      ['no number, or one without a running number', 'a fault', 'letter.number.unreadable'],
      ['longer than `max`', 'refused: a number is never cut', 'adapter.field.too-long'],
    ],
  },
  options: {
    type: 'object',
    properties: {
      max: {
        type: 'integer',
        minimum: 10,
        maximum: 200,
        default: 200,
        description: 'a count of characters that the system holds',
      },
    },
    additionalProperties: false,
  },
  bare: {},
  create: ({ max }) =>
    cellByCell({
      read: (cell) => {
        const number = readNumber(cell)
        return number.ok ? good(cell) : number
      },
      write: (value) =>
        value.length <= max
          ? good(value)
          : bad(problem('adapter.field.too-long', '', value, { count: value.length, limit: max })),
    }),
})
