// Yes or no, in the system's own words.
import { bad, good, problem } from '../../problem/problem.ts'
import { codec, fill } from './codec.ts'

interface Options {
  readonly true: readonly string[]
  readonly false: readonly string[]
}

const words = (description: string) => ({
  type: 'array',
  items: { type: 'string', maxLength: 100 },
  minItems: 1,
  uniqueItems: true,
  description,
})

/**
 * `flag: { "true": [ใช่, Y], "false": [ไม่ใช่, ""] }`: the words that mean yes and those that mean no; the first is written.
 * `""` is the blank cell. Small and capital letters are different words.
 */
export const flag = codec<Options>({
  name: 'flag',
  about: {
    summary: 'Yes and no in the system’s own words; the first of each is written, `""` is the blank cell.',
    badDays: [['a word that is none of them', 'a fault', 'adapter.field.code-unknown']],
  },
  options: {
    type: 'object',
    properties: { true: words('the words that mean yes'), false: words('the words that mean no') },
    required: ['true', 'false'],
    additionalProperties: false,
  },
  deeper: (options) =>
    options.true.flatMap((word, index) =>
      options.false.some((other) => other.trim() === word.trim())
        ? [
            {
              at: ['true', index],
              code: 'adapter.profile.value-wrong' as const,
              value: word,
              details: { expected: 'a word that does not mean "false" too' },
            },
          ]
        : [],
    ),
  create: (options) => {
    const meanings = new Map(
      (['false', 'true'] as const).flatMap((meaning) =>
        options[meaning].map((word) => [word.trim(), meaning]),
      ),
    )
    return {
      columns: 1,
      read: ([cell = '']) => {
        const meaning = meanings.get(cell.trim())
        if (meaning !== undefined) return good([meaning])
        if (cell === '') return good([])
        return bad(
          problem('adapter.field.code-unknown', '', cell, { expected: [...meanings.keys()].join(', ') }),
        )
      },
      write: ([value], columns) => {
        if (value === undefined) {
          // A blank that means yes or no cannot say that nothing is said.
          if (!meanings.has('')) return fill([], columns)
          return bad(problem('adapter.field.code-unknown', '', '', { expected: 'true, false' }))
        }
        const word = value === 'true' || value === 'false' ? options[value][0]?.trim() : undefined
        return word === undefined
          ? bad(problem('adapter.field.code-unknown', '', value, { expected: 'true, false' }))
          : fill([word], columns)
      },
    }
  },
})
