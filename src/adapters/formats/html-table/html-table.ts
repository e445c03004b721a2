// The records format `html-table`: the “xls” of many web systems, which is an HTML table that Excel opens.
import { type Problem, problem } from '../../../problem/problem.ts'
import { type Charset, charsets, decode, decodePart, encode, unsayable } from '../charset.ts'
import { guard, unguard } from '../csv/rows.ts'
import { type RecordForm, recordsFormat } from '../format.ts'
import { fault, gridLimits, gridRecords } from '../grid.ts'
import { formulasOption, recordsOption } from '../record-options.ts'
import { type TableChoice, tableRows } from './rows.ts'
import { markupOf } from './text.ts'

interface Options {
  readonly charset: Charset
  readonly table: TableChoice
  readonly columns: readonly string[]
  readonly formulas: 'guard' | 'plain'
  readonly records: number
}

const names = {
  type: 'array',
  items: { type: 'string', minLength: 1 },
  uniqueItems: true,
  maxItems: gridLimits.columns,
} as const

/** Rows of titles above a header, and of blanks, that are read beyond the records. */
const otherRows = 1_000

/**
 * Options. `table`: the number of the table, whose first row is the header; or names of columns: the first table that has
 * them in one row, rows above being titles. `columns`: all columns that the system wants to find, mapped or not.
 * `formulas: plain`: leave cells that a spreadsheet would run as they are.
 */
export const htmlTable = recordsFormat<Options>({
  kind: 'html-table',
  about: {
    summary: 'The “xls” of web systems, which is an HTML table that Excel opens; records.',
    badDays: [
      ['a meta tag names another charset', 'the document is a fault', 'adapter.html.charset'],
      ['a row with too few or too many cells', 'it costs itself', 'adapter.table.cells'],
      ['a table within the table', 'the document is a fault', 'adapter.html.nested'],
      [
        'the document ends within its table',
        'its whole rows are read, and one fault',
        'adapter.html.unended',
      ],
      ['there is no such table', 'the document is a fault', 'adapter.table.missing'],
    ],
  },
  options: {
    charset: {
      enum: charsets,
      description: 'of the bytes; Thai ones are read as windows-874, the superset, and bound what is written',
    },
    table: {
      if: { type: 'array' },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { ...names, minItems: 1, description: 'names of columns of its header' },
      else: {
        type: 'integer',
        minimum: 1,
        maximum: 100,
        description: 'the number of a table, or names of columns',
      },
      default: 1,
    },
    columns: {
      ...names,
      default: [],
      description: 'a list of column names, each once: all that the system writes and wants to find',
    },
    formulas: formulasOption,
    records: recordsOption,
  },
  required: ['charset'],
  create: formOf,
})

function formOf(options: Options): RecordForm {
  const { charset, table, formulas } = options
  const header = typeof table === 'number' ? [] : table
  const plain = formulas === 'guard' ? unguard : (cell: string) => cell
  return {
    kind: 'html-table',
    mediaType: 'application/vnd.ms-excel',
    extension: 'xls',
    charset,
    columns: [...new Set([...header, ...options.columns])],
    read: (bytes) => {
      const decoded = decode(bytes, charset)
      if ('problem' in decoded) return [fault('document', decoded.problem)]
      const rows = tableRows(decoded.text, {
        table,
        rows: options.records + otherRows,
        plain,
        charsetFault: (said) => contradicted(said, charset),
      })
      return [...gridRecords(rows, { header, records: options.records, charset, short: 'fault', plain })]
    },
    // The last bytes of a table, or of a document around one.
    unended: (bytes) =>
      !/<\/(table|html)\s*>\s*$/i.test(decodePart(bytes.subarray(-400), 'iso-8859-11').replaceAll('\0', '')),
    refuses: (cell) => refused(cell, charset),
    write: (records, columns) => documentOf(records, columns, options),
  }
}

/** What no HTML can say: control characters, and those that Windows made letters of. Others stand as references. */
const nowhere = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffd]|\p{Surrogate}/u

function refused(cell: string, charset: Charset): Problem | undefined {
  const found = nowhere.exec(cell)?.[0]
  if (found !== undefined) {
    const character = `U+${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
    return problem('adapter.charset.cannot-say', '', cell, { character, charset: `HTML (${charset})` })
  }
  // The guard takes one more.
  const limit = gridLimits.cell - 1
  return cell.length > limit
    ? problem('adapter.field.too-long', '', cell, { count: cell.length, limit })
    : undefined
}

function documentOf(
  records: readonly ReadonlyMap<string, string>[],
  columns: readonly string[],
  { charset, table, formulas }: Options,
): Buffer {
  const out = formulas === 'guard' ? guard : (cell: string) => cell
  const row = (tag: 'th' | 'td', cells: readonly string[]): string =>
    `<tr>${cells.map((cell) => `<${tag}>${markupOf(out(cell), (character) => unsayable(character, charset) !== undefined)}</${tag}>`).join('')}</tr>\r\n`
  const before = typeof table === 'number' ? '<table></table>\r\n'.repeat(table - 1) : ''
  const rows = [
    row('th', columns),
    ...records.map((cells) =>
      row(
        'td',
        columns.map((name) => cells.get(name) ?? ''),
      ),
    ),
  ]
  return encode(
    [
      '<html xmlns:x="urn:schemas-microsoft-com:office:excel">\r\n<head>\r\n',
      `<meta http-equiv="Content-Type" content="text/html; charset=${labelOf(charset)}">\r\n`,
      // Excel takes every cell as text, and a line break as one within the cell.
      '<style>th,td{mso-number-format:"\\@"}br{mso-data-placement:same-cell}</style>\r\n</head>\r\n<body>\r\n',
      `${before}<table border="1">\r\n${rows.join('')}</table>\r\n</body>\r\n</html>\r\n`,
    ].join(''),
    charset,
  )
}

const labelOf = (charset: Charset): string =>
  charset.startsWith('utf-8') ? 'utf-8' : charset.startsWith('utf-16') ? 'utf-16' : charset

const thai = [
  'windows-874',
  'x-windows-874',
  'dos-874',
  'tis-620',
  'tis620',
  'iso-8859-11',
  'iso8859-11',
  'iso885911',
]

/** Which charsets a label names, as far as this project reads them: the Thai ones are read as one. */
const familyOf = (label: string): string => {
  const said = label.toLowerCase()
  if (thai.includes(said)) return 'thai'
  if (said === 'utf8') return 'utf-8'
  return /^(utf-16|unicode|ucs-2)/.test(said) ? 'utf-16' : said
}

const contradicted = (said: string, charset: Charset): Problem | undefined =>
  familyOf(said) === familyOf(labelOf(charset))
    ? undefined
    : problem('adapter.html.charset', '', said.slice(0, 100), { expected: charset })
