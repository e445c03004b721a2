// The records format `dbf`: tables of dBase III, dBase IV and FoxPro, with their memo files.
import { printInstant } from '../../../letter/time.ts'
import type { Problem } from '../../../problem/problem.ts'
import type { Finding } from '../../schema.ts'
import { type Charset, unsayable } from '../charset.ts'
import { type RecordForm, recordsFormat } from '../format.ts'
import { recordsOption } from '../record-options.ts'
import { refusesCell } from './cells.ts'
import { type Column, codePageOf, mostColumns, readHeader, versions } from './header.ts'
import { type DbfOptions, dbfRecords } from './records.ts'
import { type TableToWrite, writeMemos, writeTable } from './write.ts'

interface Options extends DbfOptions {
  readonly version: (typeof versions)[number]
  readonly columns: readonly {
    readonly name: string
    readonly type: 'C' | 'N' | 'D' | 'L' | 'M'
    readonly length?: number
    readonly decimals: number
  }[]
  readonly date?: string
}

const charsets = ['windows-874', 'tis-620', 'iso-8859-11', 'utf-8'] as const satisfies readonly Charset[]

/**
 * Options. `columns`: all columns of the tables that are written, and those that fields can be mapped to. `version`: what is
 * written; any of them is read. `codepage: { ignore: WHY }`: byte 29 of this system's tables says nothing true. `date`: the
 * day in the header of what is written, so that the same letter gives the same bytes on any day.
 */
export const dbf = recordsFormat<Options>({
  kind: 'dbf',
  about: {
    summary: 'Tables of dBase III, dBase IV and FoxPro, with their memo files; records.',
    badDays: [
      ['byte 29 names another code page than `charset`', 'the document is a fault', 'adapter.dbf.codepage'],
      [
        'the table was cut',
        'its whole records are read, and one fault says where it breaks off',
        'adapter.dbf.truncated',
      ],
      ['rows behind those that the header counts', 'a fault', 'adapter.dbf.beyond'],
      ['the memo file did not come', 'its letters wait, then they are faults', 'adapter.file.missing'],
      [
        'a text longer than its column, or that ends with a blank in a `C`',
        'refused, or spilled as the field says',
        'adapter.column.narrow',
      ],
    ],
  },
  options: {
    charset: {
      enum: charsets,
      description: 'of the bytes; Thai ones are read as windows-874, the superset, and bound what is written',
    },
    version: { enum: versions, default: 'dbase3', description: 'what is written; any of them is read' },
    columns: {
      type: 'array',
      minItems: 1,
      maxItems: mostColumns,
      description:
        'a list of columns: all of the tables that are written, and those that fields can be mapped to',
      items: {
        type: 'object',
        properties: {
          name: {
            type: 'string',
            minLength: 1,
            maxLength: 100,
            description: 'its name, of 10 bytes at most',
          },
          type: { enum: ['C', 'N', 'D', 'L', 'M'], description: 'text, number, day, yes or no, memo' },
          length: { type: 'integer', minimum: 1, maximum: 254, description: 'bytes of a C or N' },
          decimals: { type: 'integer', minimum: 0, maximum: 15, default: 0, description: 'of an N' },
        },
        required: ['name', 'type'],
        additionalProperties: false,
      },
    },
    deleted: {
      enum: ['skip', 'fault'],
      default: 'skip',
      description: 'what records are that are marked as deleted',
    },
    codepage: {
      anyOf: [
        { const: 'check' },
        {
          type: 'object',
          properties: {
            ignore: { type: 'string', minLength: 1, description: 'why the byte is known to be wrong' },
          },
          required: ['ignore'],
          additionalProperties: false,
        },
      ],
      default: 'check',
      description: 'check, or { ignore: WHY }: byte 29 must be 0 or agree with the charset',
    },
    date: {
      type: 'string',
      pattern: '^(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$',
      description:
        'a day, 2026-11-23: that in the header of what is written, so that a letter is the same bytes on every day; today, if not said',
    },
    records: recordsOption,
  },
  required: ['charset', 'columns'],
  deeper: ({ columns, charset }) => columnFindings(columns, charset),
  create: (options, { clock }) => formOf(options, () => printInstant(clock.now()).slice(0, 10)),
})

function formOf(options: Options, today: () => string): RecordForm {
  const { charset, version, date, codepage } = options
  const columns = options.columns.map(columnOf)
  const byName = new Map(columns.map((column) => [column.name, column]))
  const table = (): TableToWrite => ({
    version,
    charset,
    columns,
    day: date ?? today(),
    codePage: codepage === 'check' ? codePageOf(version, charset) : 0,
  })
  const ending = version === 'foxpro' ? 'fpt' : 'dbt'
  return {
    kind: 'dbf',
    mediaType: 'application/vnd.dbf',
    extension: 'dbf',
    charset,
    columns: columns.map(({ name }) => name),
    read: (bytes, companion) => [...dbfRecords(bytes, companion, options)],
    companionOf: (bytes, name, names) => {
      const header = readHeader(bytes, charset)
      if ('code' in header || header.memo === undefined) return undefined
      return memoName(name, header.memo === 'foxpro' ? 'fpt' : 'dbt', [...names])
    },
    // The last record has no end of its own; fewer bytes than the header counts are a table that is still being written.
    unended: (bytes) => {
      const header = readHeader(bytes, charset)
      return !('code' in header) && bytes.length < header.headerLength + header.count * header.recordLength
    },
    refuses: (text, name) => refusesCell(text, name === undefined ? undefined : byName.get(name), charset),
    write: (records) => writeTable(records, table()),
    writeCompanion: (records) => {
      const bytes = writeMemos(records, table())
      return bytes === undefined
        ? undefined
        : { extension: ending, mediaType: 'application/octet-stream', bytes }
    },
  }
}

/**
 * The name of a table's memo file: the table's own with another ending, in the case of its own. A table that came under no
 * file name (a request) has the one memo file that came with it.
 */
function memoName(name: string, ending: 'dbt' | 'fpt', names: readonly string[]): string {
  const dot = name.lastIndexOf('.')
  const own = dot < 0 ? `${name}.${ending}` : name.slice(0, dot) + casedLike(name.slice(dot), `.${ending}`)
  const same = names.find((each) => each.toLowerCase() === own.toLowerCase())
  const memos = names.filter((each) => each.toLowerCase().endsWith(`.${ending}`))
  return same ?? (dot < 0 && memos.length === 1 ? memos[0] : undefined) ?? own
}

const casedLike = (model: string, ending: string): string =>
  model === model.toUpperCase() ? ending.toUpperCase() : ending

const fixed: Readonly<Record<string, number>> = { D: 8, L: 1, M: 10 }

const columnOf = ({ name, type, length, decimals }: Options['columns'][number]): Column => ({
  name,
  type,
  length: fixed[type] ?? length ?? 1,
  decimals,
})

/** What the schema cannot say of columns: each problem at its column. */
function columnFindings(columns: Options['columns'], charset: Charset): readonly Finding[] {
  const wrong = (index: number, key: string, value: string | number, expected: string): Finding => ({
    at: ['columns', index, key],
    code: 'adapter.profile.value-wrong',
    value: String(value),
    details: { expected },
  })
  return columns.flatMap(({ name, type, length, decimals }, index): Finding[] => {
    const findings: Finding[] = []
    const unsaid: Problem | undefined = unsayable(name, charset)
    if (unsaid !== undefined || Buffer.byteLength(name, charset === 'utf-8' ? 'utf8' : 'latin1') > 10)
      findings.push(wrong(index, 'name', name, `a name of at most 10 bytes in ${charset}`))
    if (columns.findIndex((each) => each.name === name) < index)
      findings.push(wrong(index, 'name', name, 'a name that no other column has'))
    const own = fixed[type]
    if (own === undefined && length === undefined)
      findings.push({
        at: ['columns', index],
        code: 'adapter.profile.key-missing',
        details: { key: 'length' },
      })
    if (own !== undefined && length !== undefined && length !== own)
      findings.push(wrong(index, 'length', length, `${own}: a column of the type ${type} has no other`))
    const most = type === 'N' ? Math.min(20, length ?? 20) : 254
    if (own === undefined && (length ?? 0) > most)
      findings.push(wrong(index, 'length', length ?? 0, `at most ${most}`))
    if (decimals > 0 && (type !== 'N' || decimals > (length ?? 0) - 2))
      findings.push(wrong(index, 'decimals', decimals, 'decimals of a number that is at least two longer'))
    return findings
  })
}
