// The records format `rows`: one row of a database with the lists that belong to it, as the transport `sql` writes it down.
import { type Problem, problem } from '../../problem/problem.ts'
import { type Charset, charsets, unsayable } from './charset.ts'
import { type FormRecord, type RecordForm, type RecordRead, recordsFormat } from './format.ts'
import { type RowCell, type RowDump, type RowList, readDump, writeDump } from './row-dump.ts'

interface Options {
  readonly charset: Charset
  readonly separator: string
  readonly columns: readonly string[]
}

/** Texts in one cell, as the transport reads at most. */
export const cellLimit = 256 * 1024

/**
 * Options. `charset`: what the columns' bytes are, the same as the transport's; what it cannot say is spilled or refused.
 * `separator`: between the values of a list's column, which is called `<list>.<column>`. `columns`: of the system's own,
 * written back although no field is mapped to them.
 */
export const rows = recordsFormat<Options>({
  kind: 'rows',
  about: {
    summary:
      'A row of the transport `sql` as JSON: every column as the database prints it, lists, and names of files; records.',
    badDays: [
      [
        'bytes that mean nothing in the charset',
        'a fault, with the bytes in hexadecimal',
        'adapter.charset.bytes',
      ],
      [
        'a value that holds the `separator`',
        'a fault: choose one that no text holds',
        'adapter.field.separator',
      ],
      ['the transport says another charset', 'a fault', 'adapter.rows.charset'],
    ],
  },
  options: {
    charset: {
      enum: charsets.filter((each) => !each.startsWith('utf-16')),
      default: 'utf-8',
      description: 'of the text columns; that of the connection',
    },
    separator: {
      type: 'string',
      minLength: 1,
      maxLength: 5,
      default: ';',
      description: 'between the values of a list, in its cell',
    },
    columns: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      uniqueItems: true,
      maxItems: 300,
      default: [],
      description: 'a list of column names, each once',
    },
  },
  create: (options) => formOf(options),
})

function formOf({ charset, separator, columns }: Options): RecordForm {
  let layout = layoutOf([])
  return {
    kind: 'rows',
    mediaType: 'application/json',
    extension: 'json',
    charset,
    columns,
    read: (bytes) => {
      const dump = readDump(bytes)
      if (!dump.ok) return [{ kind: 'fault', position: 'row', problems: dump.problems }]
      // What the server translated is text, whatever charset the fields are held to.
      if (dump.value.charset !== 'utf-8' && dump.value.charset !== charset)
        return [fault([problem('adapter.rows.charset', '', dump.value.charset, { expected: charset })])]
      return [recordOf(dump.value, charset, separator)]
    },
    refuses: (text) => unsayable(text, charset),
    write: ([cells], names) => {
      // A profile's columns are the same for every letter.
      if (layout.names !== names) layout = layoutOf(names)
      return writeDump(dumpOf(cells ?? new Map(), layout, charset, separator))
    },
  }
}

const fault = (problems: readonly Problem[]): RecordRead => ({
  kind: 'fault',
  position: 'row',
  problems: problems as [Problem, ...Problem[]],
})

function recordOf(dump: RowDump, charset: Charset, separator: string): RecordRead {
  const cells = new Map<string, string>()
  const problems: Problem[] = []
  const named = new Set<string>()
  const text = (column: string, cell: RowCell): string => {
    if (cell === null) return ''
    if (typeof cell === 'string') return cell
    const path = `column ${column}`
    if ('hex' in cell) problems.push(problem('adapter.charset.bytes', path, cell.hex, { charset }))
    else if ('large' in cell)
      problems.push(problem('adapter.sql.cell-large', path, column, { size: cell.large, limit: cellLimit }))
    else if ('twins' in cell)
      problems.push(problem('adapter.sql.file-unclear', path, column, { count: cell.twins }))
    else {
      if (cell.named !== undefined) named.add(cell.named)
      return cell.file
    }
    return ''
  }
  for (const [column, cell] of Object.entries(dump.row)) cells.set(column, text(column, cell))
  for (const [name, list] of Object.entries(dump.lists))
    list.columns.forEach((column, index) => {
      const values = list.rows.map((row) => text(`${name}.${column}`, row[index] ?? null))
      const torn = values.find((value) => value.includes(separator))
      if (torn !== undefined)
        problems.push(problem('adapter.field.separator', `column ${name}.${column}`, torn, { separator }))
      cells.set(`${name}.${column}`, values.join(separator))
    })
  if (problems.length > 0) return fault(problems)
  // A file's name is told with the file: it is no field of its own.
  for (const column of named) cells.delete(column)
  const record: FormRecord = { position: 'row', cells }
  return { kind: 'record', record }
}

/** Columns of the row itself, and of its lists: `<list>.<column>`. */
interface Layout {
  readonly names: readonly string[]
  /** A row in which nothing stands: a copy of it is made faster than a new one, and printed faster. */
  readonly blank: RowDump['row']
  readonly lists: readonly {
    readonly name: string
    readonly columns: readonly string[]
    readonly names: readonly string[]
  }[]
}

function layoutOf(names: readonly string[]): Layout {
  const lists = new Map<string, string[]>()
  for (const name of names) {
    const [list = '', column] = name.split('.', 2)
    if (column !== undefined) lists.set(list, [...(lists.get(list) ?? []), column])
  }
  return {
    names,
    blank: Object.fromEntries(names.filter((name) => !name.includes('.')).map((name) => [name, null])),
    lists: [...lists].map(([name, columns]) => ({
      name,
      columns,
      names: columns.map((column) => `${name}.${column}`),
    })),
  }
}

function dumpOf(
  cells: ReadonlyMap<string, string>,
  { blank, lists }: Layout,
  charset: Charset,
  separator: string,
): RowDump {
  const row: Record<string, RowCell> = { ...blank }
  for (const name of Object.keys(blank)) row[name] = cells.get(name) || null
  return {
    charset,
    row,
    lists: Object.fromEntries(
      lists.map(({ name, columns, names }) => [name, { columns, rows: rowsOf(names, cells, separator) }]),
    ),
  }
}

function rowsOf(
  names: readonly string[],
  cells: ReadonlyMap<string, string>,
  separator: string,
): RowList['rows'] {
  const values = names.map((name) => {
    const cell = cells.get(name) ?? ''
    return cell === '' ? [] : cell.split(separator)
  })
  const count = values.reduce((most, { length }) => Math.max(most, length), 0)
  return Array.from({ length: count }, (_, index) => values.map((each) => each[index] || null))
}
