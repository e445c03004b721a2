// The records format `csv`: rows of named cells, in the charsets of old systems.
import { type Problem, problem } from '../../../problem/problem.ts'
import { type Charset, charsets, decode, encode, undecodable, unsayable } from '../charset.ts'
import { type RecordForm, type RecordRead, recordsFormat } from '../format.ts'
import { formulasOption, recordsOption } from '../record-options.ts'
import { type CsvDialect, type CsvRow, csvLine, csvRows, guard, unguard } from './rows.ts'

interface Options {
  readonly charset: Charset
  readonly header: boolean
  readonly columns: readonly string[]
  readonly delimiter: string
  readonly quote: string
  readonly trailing: boolean
  readonly formulas: 'guard' | 'plain'
  readonly records: number
}

const delimiters = [',', ';', '\t', '|'] as const

/** A row of 300 columns or a million characters is no letter: it is a quote that was never closed, or an attack (X8). */
const limits = { columns: 300, row: 1_000_000 }

/**
 * Options. `header`: the first row names the columns; without, `columns` does, in their order. `columns`: all columns that
 * the system wants to find, mapped or not. `formulas: plain`: leave cells that a spreadsheet would run as they are.
 */
export const csv = recordsFormat<Options>({
  kind: 'csv',
  about: {
    summary:
      'Rows of cells with a delimiter, in any Thai charset; records, whose cells `fields` give a meaning.',
    badDays: [
      ['bytes that mean nothing in the charset', 'their letter is a fault', 'adapter.charset.bytes'],
      ['bytes that contradict the charset', 'the document is a fault', 'adapter.charset.contradicted'],
      [
        'a row of fewer or more cells than columns, a blank one at its end too',
        'it costs itself',
        'adapter.csv.cells',
      ],
      [
        'a quote that is never closed',
        'it costs the rest of the file: nobody can know where its letter ends',
        'adapter.csv.quote-open',
      ],
      ['a header that holds another delimiter', 'one fault, which names it', 'adapter.csv.delimiter'],
      [
        'a column that the profile names is missing',
        'the document is a fault, with the columns that are there',
        'adapter.column.missing',
      ],
    ],
  },
  options: {
    charset: {
      enum: charsets,
      description: 'of the bytes; Thai ones are read as windows-874, the superset, and bound what is written',
    },
    header: { type: 'boolean', default: true, description: 'the first row names the columns' },
    columns: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      uniqueItems: true,
      maxItems: limits.columns,
      default: [],
      description: 'a list of column names, each once: all that the system writes; needed without a header',
    },
    delimiter: { enum: delimiters, default: ',', description: 'what stands between cells' },
    quote: {
      enum: ['"', "'"],
      default: '"',
      description: 'what stands around a cell that holds a delimiter',
    },
    trailing: {
      type: 'boolean',
      default: false,
      description: 'true: each row ends with a delimiter of its own, and the header with none',
    },
    formulas: formulasOption,
    records: recordsOption,
  },
  required: ['charset'],
  deeper: ({ header, columns }) =>
    header || columns.length > 0
      ? []
      : [{ at: [], code: 'adapter.profile.key-missing', details: { key: 'columns (there is no header)' } }],
  create: (options) => formOf(options),
})

function formOf(options: Options): RecordForm {
  const { charset, header, columns, formulas, trailing } = options
  const dialect: CsvDialect = options
  const out = formulas === 'guard' ? guard : (cell: string) => cell
  return {
    kind: 'csv',
    mediaType: 'text/csv',
    extension: 'csv',
    charset,
    columns,
    read: (bytes) => {
      const decoded = decode(bytes, charset)
      if ('problem' in decoded) return [{ kind: 'fault', position: 'document', problems: [decoded.problem] }]
      return [...records(decoded.text, options)]
    },
    // A line end is the last or, in UTF-16, one of the last two bytes.
    unended: (bytes) =>
      !bytes.subarray(charset.startsWith('utf-16') ? -2 : -1).some((byte) => byte === 0x0a || byte === 0x0d),
    refuses: (text) => unsayable(text, charset),
    write: (rows, names) => {
      const lines = rows.map((row) =>
        csvLine([...names.map((name) => out(row.get(name) ?? '')), ...(trailing ? [''] : [])], dialect),
      )
      return encode([...(header ? [csvLine(names.map(out), dialect)] : []), ...lines].join(''), charset)
    },
  }
}

function* records(text: string, options: Options): Generator<RecordRead> {
  const rows = csvRows(text, options, limits)
  const plain = options.formulas === 'guard' ? unguard : (cell: string) => cell
  let names = options.columns
  if (options.header) {
    const first = rows.next()
    if (first.done) return yield fault('document', problem('adapter.document.empty', ''))
    if (first.value.kind === 'fault') return yield brokenRow(first.value)
    names = first.value.cells.map((cell) => plain(cell).trim())
    const other = otherDelimiter(names, options)
    // Said once: that every column is missing follows from it.
    if (other !== undefined) return yield fault('header', other)
    const twice = names.find((name, index) => name !== '' && names.indexOf(name) !== index)
    if (twice !== undefined) return yield fault('header', problem('adapter.column.twice', '', twice))
  }
  // Where the header ends with a delimiter, too, it has a column without a name there.
  const width = names.length + (options.trailing && names.at(-1) !== '' ? 1 : 0)
  let count = 0
  for (const row of rows) {
    count += 1
    if (count > options.records)
      return yield fault(
        `line ${row.line}`,
        problem('adapter.document.too-many', '', undefined, { limit: options.records, what: 'records' }),
      )
    yield row.kind === 'fault'
      ? brokenRow(row)
      : recordOf(row.cells.map(plain), names, width, `line ${row.line}`, options.charset)
  }
  if (count === 0) yield fault('document', problem('adapter.document.empty', ''))
}

/** A header of one cell that holds another delimiter: the document was written with that one. */
function otherDelimiter(names: readonly string[], { columns, delimiter }: Options): Problem | undefined {
  const [sole = '', ...more] = names
  const found =
    more.length > 0 || columns.includes(sole)
      ? undefined
      : delimiters.find((each) => each !== delimiter && sole.includes(each))
  if (found === undefined) return undefined
  const [value, expected] = [found, delimiter].map((each) => (each === '\t' ? 'tab' : each))
  return problem('adapter.csv.delimiter', 'delimiter', value, { expected: expected ?? delimiter })
}

function recordOf(
  cells: readonly string[],
  names: readonly string[],
  width: number,
  position: string,
  charset: string,
): RecordRead {
  // A row that is too short may be a file that was cut. One that is too long has a delimiter that nobody quoted, and when its last
  // cell is blank that looks as one that ends with a delimiter: what its cells say would be another column's.
  const extra = cells.length > width || cells.slice(names.length).some((cell) => cell !== '')
  const problems: Problem[] = []
  if (extra || cells.length < width)
    problems.push(problem('adapter.csv.cells', '', undefined, { count: cells.length, expected: width }))
  let moved = extra
  for (const [index, cell] of cells.entries()) {
    if (names[index] === '' && cell !== '') {
      moved = true
      problems.push(problem('adapter.csv.unnamed', `column ${index + 1}`, cell))
    }
    if (cell.includes(undecodable))
      problems.push(
        problem('adapter.charset.bytes', `column ${names[index] ?? index + 1}`, cell, { charset }),
      )
  }
  // Behind a delimiter that nobody quoted every cell is another column's.
  const named = new Map(
    names
      .slice(0, moved ? 1 : undefined)
      .flatMap((name, index): [string, string][] => (name === '' ? [] : [[name, cells[index] ?? '']])),
  )
  const [first, ...more] = problems
  return first === undefined
    ? { kind: 'record', record: { position, cells: named } }
    : { ...fault(position, first, ...more), cells: named }
}

function brokenRow({ line, reason }: Extract<CsvRow, { kind: 'fault' }>): RecordRead {
  const limit = reason === 'columns' ? limits.columns : limits.row
  return fault(`line ${line}`, problem(`adapter.csv.${reason}`, '', undefined, { limit }))
}

const fault = (
  position: string,
  first: Problem,
  ...rest: Problem[]
): Extract<RecordRead, { kind: 'fault' }> => ({
  kind: 'fault',
  position,
  problems: [first, ...rest],
})
