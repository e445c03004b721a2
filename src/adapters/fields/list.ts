// Several values in one cell, with a separator between.
import { bad, good, problem } from '../../problem/problem.ts'
import {
  type Codec,
  type CodecKind,
  codec,
  fill,
  gather,
  innerFindings,
  type LookupTables,
  type Now,
} from './codec.ts'

interface Options {
  readonly separator: string
  readonly of: string | Readonly<Record<string, unknown>>
}

/** `list: { separator: ";", of: office }`: the values as `of` writes each. `make` finds the codec that `of` names. */
export const listOf = (
  make: (raw: unknown, tables?: LookupTables, now?: Now) => Codec | undefined,
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
    deeper: ({ of }) => innerFindings(make(of), of, names),
    create: ({ separator, of }, tables, now) => {
      const each = make(of, tables, now)
      if (each === undefined) throw new Error('the options of a list were not checked')
      return {
        read: (cells) => {
          if (cells.every((cell) => cell === '')) return good([])
          const [only] = cells
          const parts =
            cells.length === 1 && only !== undefined
              ? only.split(separator)
              : cells.flatMap((cell) => cell.split(separator))
          // A blank between two separators keeps its place: lists that run side by side stay side by side.
          return gather(parts, (part) => {
            const value = each.read([part.trim()])
            return value.ok ? good(value.value[0] ?? '') : value
          })
        },
        write: (values, columns, refuses) => {
          let spilled = false
          const parts = gather(values, (value) => {
            if (value === '') return good('')
            const written = each.write([value], 1, refuses)
            if (!written.ok) return written
            spilled ||= written.value.spill !== undefined
            return good(written.value.cells[0] ?? '')
          })
          if (!parts.ok) return parts
          const cells = parts.value
          const torn = cells.find((cell) => cell.includes(separator) || cell !== cell.trim())
          if (torn !== undefined) return bad(problem('adapter.field.separator', '', torn, { separator }))
          const written = fill([cells.join(separator)], columns)
          // Where one value did not fit, all stand in the file: which of them it was needs no telling then.
          return written.ok && spilled ? good({ ...written.value, spill: values }) : written
        },
      }
    },
  })
