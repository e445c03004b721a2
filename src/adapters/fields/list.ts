// Several values in one cell, with a separator between.
import { bad, good, problem } from '../../problem/problem.ts'
import { type Codec, type CodecKind, codec, gather, type LookupTables } from './codec.ts'

interface Options {
  readonly separator: string
  readonly of: string | Readonly<Record<string, unknown>>
}

/** `list: { separator: ";", of: office }`: the values as `of` writes each. `make` finds the codec that `of` names. */
export const listOf = (
  make: (raw: unknown, tables?: LookupTables) => Codec | undefined,
  names: readonly string[],
): CodecKind =>
  codec<Options>({
    name: 'list',
    about: {
      summary: 'Several values in one cell, with a separator between, each written by another codec.',
      badDays: [
        [
          'a value that holds the separator, or blanks around it',
          'refused: it would come back as several',
          'adapter.field.separator',
        ],
        ['one of the values is none', 'a fault, whichever it is'],
      ],
    },
    options: {
      type: 'object',
      properties: {
        separator: {
          type: 'string',
          minLength: 1,
          maxLength: 5,
          default: ';',
          description: 'what stands between the values',
        },
        of: { type: ['string', 'object'], default: 'text', description: `a codec: ${names.join(', ')}` },
      },
      additionalProperties: false,
    },
    bare: {},
    deeper: ({ of }) =>
      make(of) === undefined
        ? [
            {
              at: ['of'],
              code: 'adapter.profile.value-unknown',
              value: JSON.stringify(of),
              details: { expected: names.join(', ') },
            },
          ]
        : [],
    create: ({ separator, of }, tables) => {
      const each = make(of, tables)
      if (each === undefined) throw new Error('the options of a list were not checked')
      return {
        read: (cells) => {
          if (cells.every((cell) => cell === '')) return good([])
          const values = gather(
            cells.flatMap((cell) => cell.split(separator)).map((part) => each.read([part.trim()])),
          )
          // A blank between two separators keeps its place: lists that run side by side stay side by side.
          return values.ok ? good(values.value.map((value) => value[0] ?? '')) : values
        },
        write: (values, columns, refuses) => {
          const parts = gather(
            values.map((value) => (value === '' ? good({ cells: [''] }) : each.write([value], 1, refuses))),
          )
          if (!parts.ok) return parts
          const cells = parts.value.map((part) => part.cells[0] ?? '')
          const torn = cells.find((cell) => cell.includes(separator) || cell !== cell.trim())
          if (torn !== undefined) return bad(problem('adapter.field.separator', '', torn, { separator }))
          const written = { cells: [cells.join(separator), ...Array<string>(columns - 1).fill('')] }
          // Where one value did not fit, all stand in the file: which of them it was needs no telling then.
          return good(
            parts.value.some(({ spill }) => spill !== undefined) ? { ...written, spill: values } : written,
          )
        },
      }
    },
  })
