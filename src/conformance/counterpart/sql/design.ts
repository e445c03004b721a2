// The tables of a system, made as its profile describes them.
import type {
  FileOptions,
  InsertOptions,
  ListOptions,
  ReadOptions,
  UpdateOptions,
} from '../../../adapters/transports/sql/options.ts'
import type { ColumnType, Tables } from './tables.ts'

export interface System {
  readonly tables: Tables
  readonly charset: string | undefined
  /** The columns of the document, as fields are mapped to them and the format names them. */
  readonly columns: readonly string[]
  /** Of files that are paths: the folder, by `at`. */
  readonly folders: ReadonlyMap<string, string>
}

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

export async function ensureRead({ tables, columns }: System, read: ReadOptions): Promise<void> {
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

export async function ensureInsert({ tables, columns }: System, insert: InsertOptions): Promise<void> {
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

export async function ensureUpdate({ tables, columns }: System, update: UpdateOptions): Promise<void> {
  const own = columns.filter((name) => !name.includes('.'))
  await tables.ensure(
    update.table,
    new Map([...typed([...own, ...Object.keys(update.set ?? {})], 'text'), ...typed(update.where, 'short')]),
  )
}
