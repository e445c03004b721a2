// The records format `fixed-width`: records of columns that are so many bytes wide, as programs of COBOL and dBase print.
import { problem } from '../../../problem/problem.ts'
import type { Finding } from '../../schema.ts'
import { charsets, contradicts, decodePart, encode, hasOneByteEach, unsayable } from '../charset.ts'
import { type RecordForm, type RecordRead, recordsFormat } from '../format.ts'
import { recordsOption } from '../record-options.ts'
import { blankLine, halfRecord, type Line, linesOf, type RecordEnd, withoutMarks } from './lines.ts'
import {
  bytesOf,
  fault,
  gapsOf,
  type Layout,
  last,
  put,
  recordLength,
  recordOf,
  refusedBy,
} from './records.ts'

const bytewise = charsets.filter((each) => !each.startsWith('utf-16'))

interface Options extends Layout {
  readonly end: RecordEnd
  readonly head: readonly string[]
  readonly foot: readonly string[]
  readonly records: number
}

const limits = { columns: 300, record: 65_535, frame: 20, blank: 100_000 }

const text = { type: 'string', minLength: 1 } as const
const place = {
  type: 'integer',
  minimum: 1,
  maximum: limits.record,
  description: 'a count of bytes; the first is 1',
} as const
const frame = { type: 'array', items: text, maxItems: limits.frame, default: [] } as const

/**
 * Options. `length`: bytes of a record without its end; absent: up to the end of the last column. `short: blank`: a record
 * that ends early has blanks there. `head`, `foot`: lines around the records, by how they begin; they are written so too.
 */
export const fixedWidth = recordsFormat<Options>({
  kind: 'fixed-width',
  about: {
    summary: 'Text in columns of so many **bytes**, as programs of COBOL and dBase print it; records.',
    badDays: [
      ['a record that ends early', 'a fault, or blank cells with `short: blank`', 'adapter.fixed.length'],
      ['something stands between the columns', 'a fault: name a column for it', 'adapter.fixed.between'],
      ['`head` or `foot` is missing', 'the document is a fault: it was cut', 'adapter.fixed.frame'],
      [
        'a text of more bytes than its column',
        'refused, or spilled as the field says; never cut',
        'adapter.column.narrow',
      ],
      ['a text whose end would be taken for filling', 'refused, or spilled', 'adapter.column.edge'],
    ],
  },
  options: {
    charset: { enum: bytewise, description: 'of the bytes, which are cut into columns first' },
    end: { enum: ['crlf', 'lf', 'none'], default: 'crlf', description: 'of each record' },
    length: {
      ...place,
      description: 'bytes of a record without its end; if not said, to the end of the last column',
    },
    short: { enum: ['fault', 'blank'], default: 'fault', description: 'what a record is that ends early' },
    columns: {
      type: 'array',
      minItems: 1,
      maxItems: limits.columns,
      description: 'a list of columns, each { name, start, length }',
      items: {
        type: 'object',
        properties: {
          name: { ...text, description: 'its name' },
          start: place,
          length: place,
          align: { enum: ['left', 'right'], default: 'left', description: 'where the text stands in it' },
          pad: {
            enum: ['space', 'zero'],
            default: 'space',
            description: 'what fills it; zero only to the right',
          },
        },
        required: ['name', 'start', 'length'],
        additionalProperties: false,
      },
    },
    head: {
      ...frame,
      description: 'the lines before the first record, by how they begin; they are written so too',
    },
    foot: {
      ...frame,
      description: 'the lines behind the last record, likewise: what shows that nothing was cut',
    },
    records: recordsOption,
  },
  required: ['charset', 'columns'],
  deeper: layoutFindings,
  create: formOf,
})

function layoutFindings(options: Options): readonly Finding[] {
  const { columns, length = limits.record, head, foot, charset } = options
  const wrong = (at: Finding['at'], value: string | number, expected: string): Finding => ({
    at,
    code: 'adapter.profile.value-wrong',
    value: String(value),
    details: { expected },
  })
  const names = columns.map(({ name }) => name)
  const ordered = columns.toSorted((a, b) => a.start - b.start)
  return [
    ...columns.flatMap((column, index): Finding[] => {
      const at = ['columns', index]
      const before = ordered[ordered.indexOf(column) - 1]
      const found: Finding[] = []
      if (names.indexOf(column.name) !== index)
        found.push(wrong([...at, 'name'], column.name, 'a name that no other column has'))
      if (before !== undefined && last(before) >= column.start)
        found.push(wrong([...at, 'start'], column.start, `a byte behind the column ${before.name}`))
      if (last(column) > length)
        found.push(wrong([...at, 'length'], column.length, `a column that ends within ${length} bytes`))
      if (column.pad === 'zero' && column.align === 'left')
        found.push(wrong([...at, 'pad'], 'zero', 'space, because zeros behind a number make it another'))
      return found
    }),
    ...(['head', 'foot'] as const).flatMap((key) =>
      (key === 'head' ? head : foot).flatMap((line, index) =>
        unsayable(line, charset) === undefined &&
        !/[\r\n]/.test(line) &&
        bytesOf(line, options).length <= recordLength(options)
          ? []
          : [wrong([key, index], line, 'a text that the charset can say and that fits one record')],
      ),
    ),
  ]
}

function formOf(options: Options): RecordForm {
  const { charset, end, columns, head, foot } = options
  const length = recordLength(options)
  const byName = new Map(columns.map((column) => [column.name, column]))
  const body = (bytes: Buffer): Buffer => withoutMarks(bytes, end, length, charset.startsWith('utf-8'))
  const blank = blankLine(length, end)
  const frameLine = (text: string): Buffer => {
    const line = Buffer.from(blank)
    bytesOf(text, options).copy(line)
    return line
  }
  const lineOf = (row: ReadonlyMap<string, string>): Buffer => {
    const line = Buffer.from(blank)
    for (const column of columns) put(line, column, row.get(column.name) ?? '', options)
    return line
  }
  const before = [encode('', charset), ...head.map(frameLine)]
  const behind = foot.map(frameLine)
  return {
    kind: 'fixed-width',
    mediaType: 'text/plain',
    extension: 'txt',
    charset,
    columns: columns.map(({ name }) => name),
    read: (bytes) => {
      // Asked of the whole: one column of it may by chance be whole UTF-8.
      const contradicted = contradicts(bytes, charset)
      if (contradicted !== undefined) return [fault('document', contradicted)]
      return [...records(body(bytes), options)]
    },
    unended: (bytes) => halfRecord(body(bytes), end, length),
    refuses: (cell, name) => {
      const refused = unsayable(cell, charset)
      if (refused !== undefined) return refused
      if (end !== 'none' && /[\r\n]/.test(cell)) return problem('adapter.column.line-break', '', cell)
      const column = name === undefined ? undefined : byName.get(name)
      return column && refusedBy(column, cell, options)
    },
    write: (rows) => Buffer.concat([...before, ...rows.map(lineOf), ...behind]),
  }
}

function* records(body: Buffer, options: Options): Generator<RecordRead> {
  const { end, head, foot } = options
  const most = options.records + limits.blank
  const text = hasOneByteEach(options.charset) ? decodePart(body, options.charset) : undefined
  const lines = linesOf(body, text, end, recordLength(options), most + 1)
  const begins = (line: Line | undefined, how: string): boolean =>
    line?.bytes.subarray(0, bytesOf(how, options).length).equals(bytesOf(how, options)) === true
  for (const how of head) {
    // Without its first lines a document is another one: what follows may be anything.
    if (!begins(lines[0], how))
      return yield fault(
        lines[0]?.position ?? 'document',
        problem('adapter.fixed.frame', '', undefined, { expected: how }),
      )
    lines.shift()
  }
  const cut = foot.findIndex((how, index) => !begins(lines[lines.length - foot.length + index], how))
  if (cut < 0) lines.length -= foot.length
  const gaps = gapsOf(options)
  let count = 0
  for (const line of lines) {
    const read = recordOf(line, options, gaps)
    if (read === undefined) continue
    count += 1
    if (count > options.records) return yield tooMany(line, options.records)
    yield read
  }
  if (lines.length > most) return yield tooMany(lines.at(-1), most)
  // A document without its last lines was cut: its whole records stay, and somebody is told that more may be missing.
  if (cut >= 0)
    yield fault('document', problem('adapter.fixed.frame', '', undefined, { expected: foot[cut] ?? '' }))
  else if (count === 0) yield fault('document', problem('adapter.document.empty', ''))
}

const tooMany = (line: Line | undefined, limit: number): RecordRead =>
  fault(
    line?.position ?? 'document',
    problem('adapter.document.too-many', '', undefined, { limit, what: 'records' }),
  )
