// Of several tags of one letter the highest: an urgency for each recipient, and the most urgent of them counts.
import { secrecies, urgencies } from '../../letter/codes.ts'
import { bad, good, problem } from '../../problem/problem.ts'
import {
  type Cells,
  type Codec,
  type CodecKind,
  codec,
  fill,
  filled,
  gather,
  innerFindings,
  type LookupTables,
  type Now,
} from './codec.ts'

interface Options {
  readonly separator?: string
  readonly of: string | Readonly<Record<string, unknown>>
}

const orders: readonly (readonly string[])[] = [urgencies, secrecies]

/** How high a canonical value stands among those of its field; -1 for one of a field that knows no order. */
const rankOf = (value: string): number => Math.max(...orders.map((order) => order.indexOf(value)))

/**
 * `highest: { separator: ",", of: { table: … } }`: what each tag says `of` reads, and the highest counts, in the order of the
 * canonical values. One tag is written. Of several that were read, all travel along as they stand.
 */
export const highestOf = (
  make: (raw: unknown, tables?: LookupTables, now?: Now) => Codec | undefined,
  names: readonly string[],
): CodecKind =>
  codec<Options>({
    name: 'highest',
    about: {
      summary:
        'Of several tags of one letter the highest: ordinary, urgent, very-urgent, most-urgent; ordinary, confidential, secret, top-secret.',
      badDays: [
        ['a tag that is none', 'a fault: how high it stands nobody knows', 'adapter.field.code-unknown'],
        [
          'several tags',
          'the highest is read; the cells travel in the letter’s extension as they stand, and are not written again',
        ],
        [
          'a tag that holds the separator',
          'refused: it would come back as several',
          'adapter.field.separator',
        ],
      ],
    },
    options: {
      type: 'object',
      properties: {
        separator: {
          type: 'string',
          minLength: 1,
          maxLength: 5,
          description: 'what stands between the tags of a cell; if not said, each cell is one',
        },
        of: { type: ['string', 'object'], description: `what a tag means: a codec, ${names.join(', ')}` },
      },
      required: ['of'],
      additionalProperties: false,
    },
    deeper: ({ of }) => innerFindings(make(of), of, names),
    create: ({ separator, of }, tables, now) => {
      const each = make(of, tables, now)
      if (each === undefined) throw new Error('the options of the highest were not checked')
      const tagsOf = (cells: Cells): Cells =>
        filled(
          cells.flatMap((cell) => (separator === undefined ? [cell] : cell.split(separator)).map(trimmed)),
        )
      return {
        read: (cells) => {
          const tags = gather(tagsOf(cells), (tag) => each.read([tag]))
          if (!tags.ok) return tags
          const [first, ...others] = tags.value.flat()
          if (first === undefined) return good([])
          return good([others.reduce((a, b) => (rankOf(b) > rankOf(a) ? b : a), first)])
        },
        write: (values, columns, refuses) => {
          const written = each.write(values, 1, refuses)
          if (!written.ok) return written
          const [tag = ''] = written.value.cells
          if (separator !== undefined && tag.includes(separator))
            return bad(problem('adapter.field.separator', '', tag, { separator }))
          return fill(tag === '' ? [] : [tag], columns)
        },
        more: (cells) => tagsOf(cells).length > 1,
      }
    },
  })

const trimmed = (text: string): string => text.trim()
