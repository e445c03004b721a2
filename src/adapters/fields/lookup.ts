// A code of the system's own, whose meaning stands in a table beside its data.
import { bad, good, type Problem, problem, type Result } from '../../problem/problem.ts'
import {
  type Codec,
  type CodecKind,
  codec,
  fill,
  filled,
  gather,
  innerFindings,
  type LookupTables,
  type Now,
  type Values,
} from './codec.ts'

interface Options {
  readonly table: string
  readonly of: string | Readonly<Record<string, unknown>>
}

/**
 * `lookup: { table: หน่วยงาน, of: office }`: the cell is a code of the table, whose value `of` reads. Where several codes mean the
 * same the first is written.
 */
export const lookupOf = (
  make: (raw: unknown, tables?: LookupTables, now?: Now) => Codec | undefined,
  names: readonly string[],
): CodecKind =>
  codec<Options>({
    name: 'lookup',
    about: {
      summary:
        'A code of the system’s own, whose meaning stands in one of the document’s `tables`; the first code of the same meaning is written.',
      badDays: [
        ['a code that the table does not have', 'a fault', 'adapter.lookup.code-unknown'],
        [
          'what the table says of a code cannot be read',
          'a fault of the letters that name it, and of no other',
          'adapter.lookup.value-unread',
        ],
        ['a value without a code', 'refused', 'adapter.lookup.no-code'],
        [
          'the table’s file is missing or broken, or has a code twice',
          'a fault of the profile, which is not loaded',
          'adapter.lookup.unreadable',
        ],
      ],
    },
    options: {
      type: 'object',
      properties: {
        table: { type: 'string', minLength: 1, description: 'the name of one of the document’s tables' },
        of: {
          type: ['string', 'object'],
          default: 'text',
          description: `how the table writes the value: a codec, ${names.join(', ')}`,
        },
      },
      required: ['table'],
      additionalProperties: false,
    },
    deeper: ({ of }) => innerFindings(make(of), of, names),
    create: ({ table, of }, tables, now) => {
      const value = make(of, undefined, now)
      if (value === undefined) throw new Error('the options of a lookup were not checked')
      const rows = tables.get(table)
      if (rows === undefined) {
        const unread = () => bad(problem('adapter.lookup.unread', '', table))
        return { read: (cells) => (cells.every((cell) => cell === '') ? good([]) : unread()), write: unread }
      }
      // A person is three values, and one code means all of them.
      const whole = of === 'person'
      const meanings = new Map([...rows].map(([code, text]) => [code, value.read([text])]))
      const codes = new Map<string, string>()
      for (const [code, meaning] of meanings) {
        const key = meaning.ok ? JSON.stringify(meaning.value) : ''
        if (key !== '' && !codes.has(key)) codes.set(key, code)
      }
      const codeOf = (values: Values): Result<string> => {
        const code = codes.get(JSON.stringify(values))
        return code === undefined
          ? bad(problem('adapter.lookup.no-code', '', values.join(' '), { table }))
          : good(code)
      }
      return {
        read: (cells) => {
          const found = gather(filled(cells), (cell) => meaningOf(cell.trim(), meanings, table))
          return found.ok ? good(found.value.flat()) : found
        },
        write: (values, columns) => {
          if (values.length === 0) return fill([], columns)
          const written = gather(whole ? [values] : values.map((each) => [each]), codeOf)
          return written.ok ? fill(written.value, columns) : written
        },
      }
    },
  })

function meaningOf(
  code: string,
  meanings: ReadonlyMap<string, Result<Values>>,
  table: string,
): Result<Values> {
  const found = meanings.get(code)
  if (found === undefined) return bad(problem('adapter.lookup.code-unknown', '', code, { table }))
  if (found.ok) return found
  const unread: Problem = problem('adapter.lookup.value-unread', '', code, { table })
  return bad(unread, ...found.problems)
}
