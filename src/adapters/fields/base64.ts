// Files within cells, as base64: their bytes, and what other columns say of each.
import { attachmentName, extensionOf, mediaTypeOf } from '../../letter/attachments.ts'
import { bad, good, type Problem, problem, type Result } from '../../problem/problem.ts'
import { readBase64 } from '../base64.ts'
import { byteCount } from '../quantities.ts'
import { size } from '../schema.ts'
import { codec, fill, gather, type Values, type WrittenCells } from './codec.ts'

/** What a column says of a file. */
const parts = ['content', 'name', 'type', 'ending'] as const
type Part = (typeof parts)[number]

interface Options {
  readonly parts: readonly Part[]
  readonly first: 'main' | 'enclosure'
  readonly separator?: string
  readonly otherwise: string
  readonly uri: boolean
  readonly limit: string
}

/** A file as it stands in its columns; '' for what no column says. */
type Cell = Readonly<Record<Part, string>>

/** Bytes of all files of a letter together, at most: they are wholly in memory. */
const allFiles = 64 * 1024 * 1024

/**
 * `base64: { parts: [content, name] }`: columns in groups, one file each, the first the main letter (or an enclosure too). With
 * `separator` the columns of the last group are lists side by side. Values are name, media type and dense base64 of each file,
 * one after the other; all blank where there is no main letter.
 */
export const base64 = codec<Options>({
  name: 'base64',
  about: {
    summary:
      'Files that stand in the cells of `json-records` and `xml`, as base64: columns in groups of `parts`, one file each.',
    badDays: [
      ['no base64, or it ends within a group of four', 'a fault', 'adapter.base64.broken'],
      ['a name without content', 'a fault', 'adapter.base64.empty'],
      ['larger than `limit`', 'a fault; refused on the way out', 'adapter.base64.large'],
      ['lists of different lengths side by side', 'a fault', 'adapter.base64.sides'],
      ['no column can say the file’s type', 'refused', 'adapter.base64.type-unsaid'],
    ],
  },
  options: {
    type: 'object',
    properties: {
      parts: {
        type: 'array',
        items: { enum: parts },
        minItems: 1,
        uniqueItems: true,
        default: ['content', 'name'],
        description: 'what the columns of one file are, in their order: content, name, type, ending',
      },
      first: {
        enum: ['main', 'enclosure'],
        default: 'main',
        description: 'whether the first file is the letter itself',
      },
      separator: {
        type: 'string',
        minLength: 1,
        maxLength: 5,
        description: 'between the files in the columns of the last group',
      },
      otherwise: {
        type: 'string',
        pattern: '^[a-z0-9]{1,10}$',
        default: 'pdf',
        description: 'the ending of the name of a file of which no column says one',
      },
      uri: {
        type: 'boolean',
        default: false,
        description: 'the content is written as data:application/pdf;base64,…; both are read',
      },
      limit: { ...size, default: '20MiB', description: 'bytes of one file, at most: 20MiB' },
    },
    additionalProperties: false,
  },
  bare: {},
  deeper: ({ parts: order }) =>
    order.includes('content')
      ? []
      : [
          {
            at: ['parts'],
            code: 'adapter.profile.value-wrong',
            value: order.join(', '),
            details: { expected: 'the content among them' },
          },
        ],
  create: (options) => {
    const limit = byteCount(options.limit)
    return {
      files: {
        first: options.first,
        inside: { file: limit, all: allFiles, named: options.parts.includes('name') },
        ...(options.separator !== undefined && { separator: options.separator }),
      },
      read: (cells) => {
        const found = cellsOf(cells, options)
        if (!found.ok) return found
        const [main, ...rest] = found.value
        const files =
          options.first === 'main' ? [main ?? none, ...rest.filter(said)] : found.value.filter(said)
        if (!files.some(said)) return good([])
        const values = gather(files, (cell, index) =>
          said(cell) ? read(cell, index, options, limit) : good(absent),
        )
        return values.ok ? good(values.value.flat()) : values
      },
      write: (values, columns) => write(values, columns, options),
    }
  },
})

const none: Cell = { content: '', name: '', type: '', ending: '' }
const absent: Values = ['', '', '']
const said = (cell: Cell): boolean => parts.some((part) => cell[part].trim() !== '')

function cellsOf(cells: readonly string[], { parts: order, separator }: Options): Result<readonly Cell[]> {
  const groups = cells.length / order.length
  const found: Cell[] = []
  for (let group = 0; group < groups; group += 1) {
    const own = cells.slice(group * order.length, (group + 1) * order.length)
    if (separator === undefined || group < groups - 1) {
      found.push(cellOf(own, order))
      continue
    }
    const lists = own.map((cell) => (cell === '' ? [] : cell.split(separator)))
    const count = Math.max(...lists.map(({ length }) => length))
    const torn = lists.find(({ length }) => length !== 0 && length !== count)
    if (torn !== undefined)
      return bad(problem('adapter.base64.sides', '', undefined, { count, other: torn.length }))
    for (let index = 0; index < count; index += 1)
      found.push(
        cellOf(
          lists.map((list) => list[index] ?? ''),
          order,
        ),
      )
  }
  return good(found)
}

const cellOf = (cells: readonly string[], order: readonly Part[]): Cell => ({
  ...none,
  ...Object.fromEntries(order.map((part, index) => [part, cells[index] ?? ''])),
})

const uri = /^data:([^;,]{0,200})(?:;[^;,]{0,200})*;base64,/i

function read(cell: Cell, index: number, options: Options, limit: number): Result<Values> {
  const [prefix = '', told = ''] = uri.exec(cell.content) ?? []
  const decoded = readBase64(cell.content.slice(prefix.length))
  const problems: Problem[] = []
  if ('fault' in decoded)
    problems.push(problem('adapter.base64.broken', '', undefined, { fault: decoded.fault }))
  else if (decoded.bytes.length === 0) problems.push(problem('adapter.base64.empty', '', cell.name))
  else if (decoded.bytes.length > limit)
    problems.push(problem('adapter.base64.large', '', cell.name, { size: decoded.bytes.length, limit }))
  const type = cell.type.trim() || told
  const known = mediaTypeOf(type, `.${cell.ending.trim().replace(/^\./, '') || options.otherwise}`)
  const enclosure = options.first === 'main' ? index : index + 1
  const made = enclosure === 0 ? 'main' : `enclosure-${enclosure}`
  const name = cell.name.trim() || `${made}.${known.ok ? extensionOf(known.value) : options.otherwise}`
  const fine = attachmentName(name)
  if (!fine.ok) problems.push(...fine.problems)
  const [first, ...rest] = problems
  if (first !== undefined) return bad(first, ...rest)
  // Where only the ending says what it is, the name need not end so.
  const media = type !== '' || cell.ending.trim() === '' || !known.ok ? type : known.value
  return good([name, media, 'bytes' in decoded ? decoded.bytes.toString('base64') : ''])
}

function write(values: Values, columns: number, options: Options): Result<WrittenCells> {
  const { parts: order, separator } = options
  const groups = columns / order.length
  const files = Array.from({ length: values.length / 3 }, (_, index) =>
    values.slice(index * 3, index * 3 + 3),
  )
  const cells = gather(files, ([name = '', type = '', content = '']) => written(name, type, content, options))
  if (!cells.ok) return cells
  const alone = separator === undefined ? cells.value : cells.value.slice(0, groups - 1)
  if (separator === undefined || cells.value.length < groups) return fill(cells.value.flat(), columns)
  const listed = cells.value.slice(alone.length)
  const torn = listed.flat().find((cell) => cell.includes(separator))
  if (torn !== undefined)
    return bad(problem('adapter.field.separator', '', torn.slice(0, 100), { separator }))
  const lists = order.map((_, index) => listed.map((each) => each[index] ?? '').join(separator))
  return fill([...alone.flat(), ...lists], columns)
}

/** The cells of one file. */
function written(name: string, type: string, content: string, options: Options): Result<readonly string[]> {
  if (name === '') return good(options.parts.map(() => ''))
  if (content === '') return bad(problem('adapter.base64.empty', '', name))
  const unsaid = !options.uri && !options.parts.some((part) => part !== 'content')
  const usual = mediaTypeOf(undefined, `.${options.otherwise}`)
  if (unsaid && !(usual.ok && usual.value === type))
    return bad(problem('adapter.base64.type-unsaid', '', name, { type }))
  const media = mediaTypeOf(type, name)
  const cell: Cell = {
    content: options.uri ? `data:${type};base64,${content}` : content,
    name,
    type,
    ending: media.ok ? extensionOf(media.value) : '',
  }
  return good(options.parts.map((part) => cell[part]))
}
