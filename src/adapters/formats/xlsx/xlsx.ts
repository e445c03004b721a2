// The records format `xlsx`: one sheet of a spreadsheet (ECMA-376), one record a row.
import { type Problem, problem } from '../../../problem/problem.ts'
import type { RecordRead } from '../format.ts'
import { type RecordForm, recordsFormat } from '../format.ts'
import { fault, gridLimits, gridRecords } from '../grid.ts'
import { recordsOption } from '../record-options.ts'
import { sheetRows } from './sheet.ts'
import { openWorkbook } from './workbook.ts'
import { writeWorkbook } from './write.ts'
import { openZip, zipEnd } from './zip.ts'

interface Options {
  readonly sheet?: string
  readonly header: readonly string[]
  readonly columns: readonly string[]
  readonly records: number
}

const names = {
  type: 'array',
  items: { type: 'string', minLength: 1 },
  uniqueItems: true,
  maxItems: gridLimits.columns,
  default: [],
} as const

/** Rows of titles above a header that are read beyond the records. */
const otherRows = 1_000

/**
 * Options. `sheet`: its name; absent: the first that is not hidden. `header`: columns that the header row has, rows above
 * being titles; absent: the first row is the header. `columns`: all columns that the system wants to find, mapped or not.
 */
export const xlsx = recordsFormat<Options>({
  kind: 'xlsx',
  about: {
    summary: 'One sheet of a spreadsheet; records.',
    badDays: [
      [
        'an error (`#REF!`), a formula without a result, a day that never was',
        'a fault of its row',
        'adapter.xlsx.cell',
      ],
      ['an old `.xls`, a password, half a file', 'the document is a fault', 'adapter.zip.broken'],
      ['it unpacks to more than 32 MiB', 'the document is a fault', 'adapter.zip.large'],
      ['there is no such sheet or header', 'the document is a fault', 'adapter.table.missing'],
    ],
  },
  options: {
    sheet: {
      type: 'string',
      pattern: '^[^\\[\\]:*?/\\\\\\u0000-\\u001f]{1,31}$',
      description: 'the name of a sheet: at most 31 characters, none of [ ] : * ? / \\',
    },
    header: {
      ...names,
      description:
        'a list of column names: the first row that has them all is the header; if not said, the first row is',
    },
    columns: {
      ...names,
      description: 'a list of column names, each once: all that the system writes and wants to find',
    },
    records: recordsOption,
  },
  create: formOf,
})

function formOf({ sheet, header, columns, records }: Options): RecordForm {
  return {
    kind: 'xlsx',
    mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    extension: 'xlsx',
    charset: 'utf-8',
    columns: [...new Set([...header, ...columns])],
    read: (bytes) => {
      const archive = openZip(bytes)
      const workbook = archive.ok ? openWorkbook(archive.value, sheet) : archive
      if (!workbook.ok) return [faultOf(workbook.problems)]
      const rows = sheetRows(workbook.value, records + otherRows)
      const plain = (cell: string): string => cell
      return [...gridRecords(rows, { header, records, charset: 'utf-8', short: 'blank', plain })]
    },
    // An archive's directory is its end: without it, more may follow.
    unended: (bytes) => zipEnd(bytes) === undefined,
    refuses: refused,
    write: (rows, names) =>
      writeWorkbook(sheet ?? 'Sheet1', [
        names,
        ...rows.map((row) => names.map((name) => row.get(name) ?? '')),
      ]),
  }
}

/** What XML 1.0 (fifth edition, section 2.2) cannot say, and the sign that something was lost before. */
const nowhere = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffd-\uffff]|\p{Surrogate}/u

function refused(cell: string): Problem | undefined {
  const found = nowhere.exec(cell)?.[0]
  if (found !== undefined) {
    const character = `U+${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
    return problem('adapter.charset.cannot-say', '', cell, { character, charset: 'XML 1.0' })
  }
  const limit = gridLimits.cell
  return cell.length > limit
    ? problem('adapter.field.too-long', '', cell, { count: cell.length, limit })
    : undefined
}

const faultOf = ([first, ...rest]: readonly [Problem, ...Problem[]]): RecordRead =>
  fault('document', first, ...rest)
