// The counterpart of `sql`: a system with tables of its own on a real database server. A document is a row (formats/rows):
// handed in it is put into the table that is read; what the gateway has written is found as a row again.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import type { AttachmentContent } from '../../adapters/contract.ts'
import { type RowCell, type RowDump, readDump, writeDump } from '../../adapters/formats/row-dump.ts'
import { lazily, object, readerOf } from '../../adapters/schema.ts'
import {
  type FileOptions,
  type InsertOptions,
  type ListOptions,
  type Options,
  type ReadOptions,
  schemas,
  type UpdateOptions,
} from '../../adapters/transports/sql/options.ts'
import type { Database } from '../../sandbox/servers/database.ts'
import {
  type Answer,
  type Collected,
  type Counterpart,
  type CounterpartMaker,
  type CounterpartSettings,
  type HandedIn,
  hasty,
} from './counterpart.ts'
import { lineTo } from './line.ts'
import { type ColumnType, type Tables, tablesOf } from './tables.ts'

const readOptions = lazily(() =>
  readerOf<Options>(object({ kind: { const: 'sql' }, ...schemas }, ['kind', 'connection'])),
)

export const sql: CounterpartMaker = async (settings): Promise<Counterpart> => {
  const options = readOptions()(settings.options)
  if (!options.ok) throw new Error('the profile was not checked')
  const { connection, read, insert, update } = options.value
  const { engine, charset } = connection
  const shared = await settings.once(`sql ${engine} ${charset ?? ''}`, async () => {
    const database =
      engine === 'postgresql'
        ? await settings.servers.postgresql(settings.account, charset === undefined ? 'UTF8' : 'SQL_ASCII')
        : await settings.servers.mariadb(settings.account)
    return { database, line: await lineTo(database.port), tables: tablesOf(database, engine, charset) }
  })
  const { database, line, tables } = shared
  const password = settings.variable('PASSWORD')
  const folders = fileFolders(read ?? insert, settings)
  let key = 0
  const system = { tables, charset, columns: settings.columns, folders }
  if (read !== undefined) await ensureRead(system, read)
  if (insert !== undefined) await ensureInsert(system, insert)
  if (update !== undefined) await ensureUpdate(system, update)
  return {
    options: {
      ...settings.options,
      connection: {
        ...connection,
        ...leadingTo(database, line.port),
        password: { env: password },
        tls: undefined,
      },
      ...(read && {
        read: { ...read, every: hasty.every, wait: hasty.wait, files: placed(read.files, folders) },
      }),
      ...(insert && { insert: { ...insert, files: placed(insert.files, folders) } }),
    },
    environment: { [password]: database.password },
    async handIn(_channel, document): Promise<Answer> {
      if (read === undefined) throw new Error('the channel reads no table')
      key += 1
      await putRow(system, read, document, key)
      return { kind: 'left' }
    },
    collect: collector(system, insert, update, (bytes) => settings.understood('notices', bytes)),
    away: line.away,
    slow: line.slow,
    close: () => line.close(),
  }
}

interface System {
  readonly tables: Tables
  readonly charset: string | undefined
  /** The columns of the document, as fields are mapped to them and the format names them. */
  readonly columns: readonly string[]
  /** Of files that are paths: the folder, by `at`. */
  readonly folders: ReadonlyMap<string, string>
}

const leadingTo = ({ database, user }: Database, port: number) => ({
  host: '127.0.0.1',
  port,
  database,
  user,
})

/** A folder of this disk for each column of paths. */
function fileFolders(
  way: ReadOptions | InsertOptions | undefined,
  { folder }: CounterpartSettings,
): Map<string, string> {
  return new Map(
    (way?.files ?? [])
      .filter((file) => file.folder !== undefined)
      .map((file, index): [string, string] => {
        const path = join(folder, `scans-${index}`)
        mkdirSync(path, { recursive: true })
        return [file.at, path]
      }),
  )
}

const placed = (files: readonly FileOptions[] | undefined, folders: ReadonlyMap<string, string>) =>
  (files ?? []).map((file) => (folders.has(file.at) ? { ...file, folder: folders.get(file.at) } : file))

/** The plain columns of a table, and those of its lists, from `<list>.<column>`. */
function split(columns: readonly string[], lists: Readonly<Record<string, ListOptions>> | undefined) {
  const own = columns.filter((name) => !name.includes('.'))
  const ofList = (list: string): string[] =>
    columns.filter((name) => name.startsWith(`${list}.`)).map((name) => name.slice(list.length + 1))
  return { own, ofLists: Object.keys(lists ?? {}).map((list) => [list, ofList(list)] as const) }
}

const typed = (names: readonly string[], type: ColumnType): [string, ColumnType][] =>
  names.map((name) => [name, type])

/** The columns of files, with those of their names. */
const fileColumns = (files: readonly FileOptions[] | undefined, prefix: string): [string, ColumnType][] =>
  (files ?? []).flatMap(({ at, name, folder }): [string, ColumnType][] => {
    if (prefix === '' ? at.includes('.') : !at.startsWith(`${prefix}.`)) return []
    const own: [string, ColumnType][] = [
      [at.slice(prefix === '' ? 0 : prefix.length + 1), folder === undefined ? 'bytes' : 'text'],
    ]
    return name === undefined ? own : [...own, [name, 'text']]
  })

async function ensureRead({ tables, columns }: System, read: ReadOptions): Promise<void> {
  const { own, ofLists } = split(columns, read.lists)
  const [sole] = read.key
  const serial = read.key.length === 1 && sole !== undefined && !own.includes(sole)
  const wanted = new Map<string, ColumnType>([
    ...typed(own, 'text'),
    ...typed(
      Object.values(read.lists ?? {}).flatMap(({ on }) => Object.values(on)),
      'short',
    ),
    ...typed(read.key, serial ? 'serial' : 'short'),
    ...typed(
      [read.status?.column, read.writeBack?.messageId, read.writeBack?.error].flatMap((name) => name ?? []),
      'short',
    ),
    ...typed(
      [...(read.order ?? []), ...(read.ignore ?? [])].filter(
        (name) => !name.includes('.') && !read.key.includes(name),
      ),
      'text',
    ),
    ...fileColumns(read.files, ''),
  ])
  // The key last: what names a row for ever is also what lists refer to.
  if (serial && sole !== undefined) wanted.set(sole, 'serial')
  await tables.ensure(read.table, wanted, serial ? undefined : read.key)
  for (const [list, names] of ofLists)
    await ensureList(tables, list, names, read.lists?.[list], read.files, serial ? 'number' : 'short')
}

async function ensureInsert({ tables, columns }: System, insert: InsertOptions): Promise<void> {
  const { own, ofLists } = split(columns, insert.lists)
  const wanted = new Map<string, ColumnType>([
    ...typed(own, 'text'),
    ...typed(Object.keys(insert.set ?? {}), 'short'),
    ...fileColumns(insert.files, ''),
    ...typed(
      Object.values(insert.lists ?? {}).flatMap(({ on }) => Object.values(on)),
      'short',
    ),
    [insert.key, 'short'],
  ])
  // Lists refer to a number that the database gives, where they do not refer to the parcel's id.
  const serials = new Set(
    Object.values(insert.lists ?? {})
      .flatMap(({ on }) => Object.values(on))
      .filter((name) => name !== insert.key && !own.includes(name)),
  )
  for (const name of serials) wanted.set(name, 'serial')
  await tables.ensure(insert.table, wanted, [insert.key])
  for (const [list, names] of ofLists)
    await ensureList(
      tables,
      list,
      names,
      insert.lists?.[list],
      insert.files,
      serials.size > 0 ? 'number' : 'short',
    )
}

async function ensureList(
  tables: Tables,
  list: string,
  names: readonly string[],
  options: ListOptions | undefined,
  files: readonly FileOptions[] | undefined,
  reference: ColumnType,
): Promise<void> {
  if (options === undefined) return
  await tables.ensure(
    options.table,
    new Map<string, ColumnType>([
      ...typed(names, 'text'),
      ...fileColumns(files, list),
      ...typed(options.order ?? [], 'number'),
      ...typed(Object.keys(options.on), reference),
    ]),
  )
}

async function ensureUpdate({ tables, columns }: System, update: UpdateOptions): Promise<void> {
  const own = columns.filter((name) => !name.includes('.'))
  await tables.ensure(
    update.table,
    new Map([...typed([...own, ...Object.keys(update.set ?? {})], 'text'), ...typed(update.where, 'short')]),
  )
}

/** Puts a document into the table that is read, new, with its lists and its files. */
async function putRow(
  { tables, folders, columns }: System,
  read: ReadOptions,
  { written, contents }: HandedIn,
  key: number,
): Promise<void> {
  const dump = readDump(written.bytes)
  // Bytes that are no row are, in a table, a row in which nothing can be what it should.
  const { row, lists } = dump.ok
    ? dump.value
    : {
        row: Object.fromEntries(columns.filter((name) => !name.includes('.')).map((name) => [name, 'x'])),
        lists: {},
      }
  const file = (name: string): Buffer | undefined => {
    const found = written.files.find((each) => each.name === name)
    return found && (found.content.kind === 'bytes' ? found.content.bytes : contents.get(found.sha256))
  }
  const cells = new Map<string, string | Buffer | null>()
  const put = (
    into: Map<string, string | Buffer | null>,
    at: string,
    column: string,
    cell: RowCell,
  ): void => {
    const options = read.files?.find((each) => each.at === at)
    const text = typeof cell === 'string' ? cell : null
    if (options === undefined || text === null) {
      into.set(column, text)
      return
    }
    const bytes = file(text)
    if (bytes === undefined) return
    const folder = folders.get(at)
    if (folder === undefined) into.set(column, bytes)
    else {
      writeFileSync(join(folder, text), bytes)
      into.set(column, `${options.prefix ?? ''}${text}`)
    }
    if (options.name !== undefined) into.set(options.name, text)
  }
  for (const [column, cell] of Object.entries(row)) put(cells, column, column, cell)
  for (const name of read.key) if ((cells.get(name) ?? null) === null) cells.set(name, String(key))
  const state = read.status?.new[0]
  if (read.status !== undefined) cells.set(read.status.column, state ?? null)
  const [rows, references] = [Object.entries(lists), cells]
  // The lists first: the row is new as soon as it stands there.
  for (const [list, { columns, rows: each }] of rows) {
    const options = read.lists?.[list]
    if (options === undefined) continue
    for (const [index, row] of each.entries()) {
      const own = new Map<string, string | Buffer | null>()
      for (const [at, column] of columns.entries()) put(own, `${list}.${column}`, column, row[at] ?? null)
      for (const name of options.order ?? []) own.set(name, String(index + 1))
      for (const [column, of] of Object.entries(options.on))
        own.set(column, references.get(of) ?? String(key))
      await tables.insert(options.table, own)
    }
  }
  await tables.insert(read.table, cells)
}

/** Finds what the gateway has written since: rows of the table that it inserts into, or rows that it has told something. */
function collector(
  system: System,
  insert: InsertOptions | undefined,
  update: UpdateOptions | undefined,
  told: (bytes: Buffer) => Promise<boolean>,
): () => Promise<Collected[]> {
  const seen = new Set<string>()
  const { tables, columns, charset } = system
  const text = (bytes: Buffer | null | undefined): string | null =>
    bytes === null || bytes === undefined ? null : iconv.decode(bytes, charset ?? 'utf-8')
  return async () => {
    const collected: Collected[] = []
    const table = insert?.table ?? update?.table
    if (table === undefined) return collected
    for (const row of await tables.rows(table)) {
      const own = columns.filter((name) => !name.includes('.'))
      const state = JSON.stringify(own.map((name) => text(row.get(name))))
      const id = insert === undefined ? state : (text(row.get(insert.key)) ?? '')
      if (seen.has(id) || (insert !== undefined && id === '')) continue
      seen.add(id)
      const beside = new Map<string, AttachmentContent>()
      const lists = await listsOf(system, insert, row, beside, text)
      const dump: RowDump = {
        charset: charset ?? 'utf-8',
        row: Object.fromEntries(
          own.map((name) => [name, cellOf(name, row, insert?.files, system, beside, text)]),
        ),
        lists,
      }
      const bytes = writeDump(dump)
      // A row of the system's own is a notice only when the gateway has told it something.
      if (insert !== undefined || (await told(bytes))) collected.push({ bytes, beside })
    }
    return collected
  }
}

type Row = ReadonlyMap<string, Buffer | null>
type Text = (bytes: Buffer | null | undefined) => string | null

/** A cell as the form knows it: a file by its name, its bytes beside. */
function cellOf(
  at: string,
  row: Row,
  files: readonly FileOptions[] | undefined,
  { folders }: System,
  beside: Map<string, AttachmentContent>,
  text: Text,
  column = at,
): RowCell {
  const options = files?.find((each) => each.at === at)
  const bytes = row.get(column) ?? null
  if (options === undefined || bytes === null) return text(bytes)
  const folder = folders.get(at)
  const path = folder === undefined ? undefined : text(bytes)?.slice((options.prefix ?? '').length)
  const named = options.name === undefined ? undefined : text(row.get(options.name))
  const name = named ?? path ?? `${column}.${options.ending ?? 'pdf'}`
  beside.set(
    name,
    folder === undefined
      ? { kind: 'bytes', bytes }
      : { kind: 'bytes', bytes: readFileSync(join(folder, path ?? '')) },
  )
  return name
}

async function listsOf(
  system: System,
  insert: InsertOptions | undefined,
  row: Row,
  beside: Map<string, AttachmentContent>,
  text: Text,
): Promise<RowDump['lists']> {
  const lists: Record<string, { columns: readonly string[]; rows: RowCell[][] }> = {}
  for (const [list, { table, on, order = [] }] of Object.entries(insert?.lists ?? {})) {
    const columns = system.columns
      .filter((name) => name.startsWith(`${list}.`))
      .map((name) => name.slice(list.length + 1))
    const own = (await system.tables.rows(table)).filter((each) =>
      Object.entries(on).every(([column, of]) => text(each.get(column)) === text(row.get(of))),
    )
    const rank = (each: Row): number => Number(text(each.get(order[0] ?? '')) ?? 0)
    own.sort((one, other) => rank(one) - rank(other))
    lists[list] = {
      columns,
      rows: own.map((each) =>
        columns.map((column) =>
          cellOf(`${list}.${column}`, each, insert?.files, system, beside, text, column),
        ),
      ),
    }
  }
  return lists
}
