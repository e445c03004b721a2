// A person: given name, family name, job title.
import { bad, good, problem } from '../../problem/problem.ts'
import { type Cells, codec, fill } from './codec.ts'

type Part = 'name' | 'givenName' | 'familyName' | 'jobTitle'

interface Options {
  readonly parts?: readonly Part[]
  readonly overflow: 'refuse' | 'spill'
}

/** What stands in so many cells, unless the profile says it. */
const usual: readonly (readonly Part[])[] = [
  [],
  ['name'],
  ['givenName', 'familyName'],
  ['givenName', 'familyName', 'jobTitle'],
]

/**
 * In three cells (given name, family name, job title), in two (without the title), in one (given and family name with
 * a space between), or as `parts` says. What has no cell is refused on writing, or stands whole in a file beside.
 */
export const person = codec<Options>({
  name: 'person',
  about: {
    summary:
      'A person: given name, family name and job title in three cells, in two without the title, the name in one, or as `parts` says.',
    badDays: [
      [
        'a name that its cells would not give back (two words in a given name, in one cell), a title without a cell',
        'refused: it needs cells of its own; with `overflow: spill` it stands whole in a file beside',
        'adapter.field.too-many',
      ],
      ['several spaces between the words of a name in one cell', 'one is read'],
    ],
  },
  options: {
    type: 'object',
    properties: {
      parts: {
        type: 'array',
        items: { enum: ['name', 'givenName', 'familyName', 'jobTitle'] },
        minItems: 1,
        maxItems: 3,
        uniqueItems: true,
        description:
          'what stands in each cell: name (given and family name), givenName, familyName, jobTitle',
      },
      overflow: {
        enum: ['refuse', 'spill'],
        default: 'refuse',
        description:
          'what happens with a person that the cells cannot hold: refused, or whole in a file beside',
      },
    },
    additionalProperties: false,
  },
  bare: {},
  deeper: ({ parts = [] }) =>
    parts.includes('name') && (parts.includes('givenName') || parts.includes('familyName'))
      ? [
          {
            at: ['parts'],
            code: 'adapter.profile.value-wrong',
            value: parts.join(', '),
            details: { expected: 'name, or givenName and familyName' },
          },
        ]
      : [],
  create: ({ parts, overflow }) => ({
    columns: parts?.length ?? usual.length - 1,
    read: (cells) => good(readAs(parts ?? usual[Math.min(cells.length, 3)] ?? [], cells)),
    write: (values, columns) => {
      const asked = parts ?? usual[Math.min(columns, 3)] ?? []
      const cells = writtenAs(asked, values)
      const fits = same(readAs(asked, cells), values)
      if (fits) return fill(cells, columns)
      if (overflow === 'refuse') {
        const count = Math.max(values.filter((value) => value !== '').length, cells.length + 1)
        return bad(problem('adapter.field.too-many', '', undefined, { count, limit: cells.length }))
      }
      const filled = fill(cells, columns)
      return filled.ok ? good({ ...filled.value, spill: values }) : filled
    },
  }),
})

function readAs(parts: readonly Part[], cells: Cells): readonly string[] {
  const cellOf = (part: Part): string => cells[parts.indexOf(part)] ?? ''
  const [given, family] = parts.includes('name')
    ? namesOf(cellOf('name'))
    : [cellOf('givenName'), cellOf('familyName')]
  const names = [given, family, cellOf('jobTitle')].map((name = '') => name)
  return names.some((name) => name !== '') ? names : []
}

function writtenAs(parts: readonly Part[], [given = '', family = '', title = '']: Cells): Cells {
  const said: Readonly<Record<Part, string>> = {
    name: `${given} ${family}`.trim(),
    givenName: given,
    familyName: family,
    jobTitle: title,
  }
  return parts.map((part) => said[part])
}

/** Names that are blank at the end say nothing. */
const same = (one: Cells, other: Cells): boolean =>
  [0, 1, 2].every((index) => (one[index] ?? '') === (other[index] ?? ''))

function namesOf(whole: string): string[] {
  const [given = '', ...family] = whole.trim().split(/\s+/)
  return [given, family.join(' ')]
}
