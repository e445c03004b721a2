// A code of the system for a canonical value.
import { bad, good, problem } from '../../problem/problem.ts'
import { cellByCell, codec } from './codec.ts'

/**
 * `table: { "1": ordinary, "2": urgent }`: what the system writes → the canonical value. Where several are read as one
 * value, the first is written.
 */
export const table = codec<Readonly<Record<string, string>>>({
  name: 'table',
  about: {
    summary:
      'A code of the system for a canonical value; of several codes for one value the first is written.',
    badDays: [
      ['a code that is not in the table', 'a fault', 'adapter.field.code-unknown'],
      [
        'a value without a code',
        'refused, unless the field names it in `unsaid`',
        'adapter.field.code-unknown',
      ],
    ],
  },
  options: {
    type: 'object',
    minProperties: 1,
    maxProperties: 1000,
    additionalProperties: { type: 'string', description: 'a canonical value, as a text' },
  },
  create: (entries) => {
    const meanings = new Map(Object.entries(entries))
    const codes = new Map([...meanings].reverse().map(([code, meaning]) => [meaning, code]))
    return cellByCell({
      read: (cell) => {
        const meaning = meanings.get(cell.trim())
        return meaning === undefined
          ? bad(
              problem('adapter.field.code-unknown', '', cell, { expected: [...meanings.keys()].join(', ') }),
            )
          : good(meaning)
      },
      write: (value) => {
        const code = codes.get(value)
        return code === undefined
          ? bad(problem('adapter.field.code-unknown', '', value, { expected: [...codes.keys()].join(', ') }))
          : good(code)
      },
    })
  },
})
