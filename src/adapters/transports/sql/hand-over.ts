// Hands a parcel over as a row. The parcel's id stands in a column of its own, so that a second attempt finds what the first
// one wrote, and compares it; or a row of the system's own is found by what the letter says, and is told what became of it.

import { bad, good, type Problem, problem, type Result } from '../../../problem/problem.ts'
import type { Outcome, Parcel } from '../../contract.ts'
import { type Charset, encode, unsayable } from '../../formats/charset.ts'
import type { DocumentForm, Written } from '../../formats/format.ts'
import { type RowCell, type RowDump, readDump } from '../../formats/row-dump.ts'
import { type Column, SqlError, type Table, type Value } from './engine.ts'
import { type Brought, bringFiles, homelessFile } from './files-out.ts'
import type { FileOptions, InsertOptions, ListOptions, UpdateOptions } from './options.ts'
import { type Opened, type Session, transaction } from './session.ts'
import {
  blankOf,
  columnOf,
  differing,
  insert,
  parameterOf,
  select,
  update,
  type Values,
} from './statement.ts'
import { outcomeOf } from './trouble.ts'

export interface HandOver {
  readonly insert?: InsertOptions
  readonly update?: UpdateOptions
  readonly form: DocumentForm
  readonly charset: Charset | undefined
  /** Bytes of one file. */
  readonly limit: number
}

type Verdict = { readonly kind: 'written' } | { readonly kind: 'refused'; readonly problem: Problem }
const written: Verdict = { kind: 'written' }
const refused = (found: Problem): Verdict => ({ kind: 'refused', problem: found })

/** Brings one parcel. Never throws for what the database does. */
export async function handOver(
  parcel: Parcel,
  options: HandOver,
  session: Session,
  signal: AbortSignal,
): Promise<Outcome> {
  const form = await options.form.write(parcel)
  if (!form.ok)
    return {
      kind: 'refused',
      problem: form.problems[0],
      said: form.problems
        .map(({ code, path }) => `${path}: ${code}`)
        .join('; ')
        .slice(0, 2000),
    }
  const dump = readDump(form.value.bytes)
  if (!dump.ok) return { kind: 'refused', problem: dump.problems[0] }
  const homeless = homelessFile(form.value, dump.value, options.insert?.files ?? [])
  if (homeless !== undefined) {
    const table = (options.insert ?? options.update)?.table ?? ''
    return { kind: 'refused', problem: problem('adapter.sql.file-homeless', '', homeless.name, { table }) }
  }
  let sent = false
  const committing = (): void => {
    sent = true
  }
  try {
    const verdict = await session.use(async (opened): Promise<Verdict> => {
      if (signal.aborted) throw new SqlError('lost', 'stopped')
      const connection = opened.connection
      const stop = (): void => connection.close()
      signal.addEventListener('abort', stop, { once: true })
      try {
        if (options.insert !== undefined)
          return await inserted(
            opened,
            parcel,
            form.value,
            dump.value,
            { ...options, insert: options.insert },
            committing,
          )
        if (options.update !== undefined)
          return await updated(opened, parcel, dump.value, { ...options, update: options.update }, committing)
        throw new Error('a parcel came to a table that is only read')
      } finally {
        signal.removeEventListener('abort', stop)
      }
    })
    return verdict.kind === 'written'
      ? { kind: 'taken', said: (options.insert ?? options.update)?.table ?? '' }
      : { kind: 'refused', problem: verdict.problem }
  } catch (error) {
    if (error instanceof Refused) return { kind: 'refused', problem: error.problem }
    if (error instanceof SqlError) return outcomeOf(error, sent)
    throw error
  }
}

/** Ends a transaction without a commit: the session gives the connection up. */
class Refused extends Error {
  override readonly name = 'Refused'
  readonly problem: Problem
  constructor(found: Problem) {
    super(found.code)
    this.problem = found
  }
}

async function inserted(
  opened: Opened,
  parcel: Parcel,
  form: Written,
  dump: RowDump,
  options: HandOver & { readonly insert: InsertOptions },
  committing: () => void,
): Promise<Verdict> {
  const { insert: into, charset } = options
  const table = opened.table(into.table)
  const raw = opened.connection.words.raw
  const brought = await bringFiles(parcel, form, dump, into.files, {
    limit: options.limit,
    largest: opened.connection.largest - 64 * 1024,
  })
  if (!brought.ok) return refused(brought.problems[0])
  const own = rowOf(table, dump.row, '', into.files, brought.value, charset)
  if (!own.ok) return refused(own.problems[0])
  const key: Values = new Map([[into.key, text(columnOf(table, into.key), parcel.id, charset)]])
  const atOnce =
    table.transactional && Object.values(into.lists).every((list) => opened.table(list.table).transactional)
  // Without transactions every statement is a commit of its own.
  if (!atOnce) committing()
  return transaction(
    opened,
    async () => {
      const [before] = await select(opened.connection, table, { columns: [into.key], where: key, limit: 1 })
      if (before === undefined) {
        const set = Object.entries(into.set).map(([name, value]): [string, Value] => [
          name,
          text(columnOf(table, name), value, charset),
        ])
        await insertRow(opened, table, own.value, new Map([...set, ...key]))
      }
      const other = await differing(opened.connection, table, comparable(table, own.value.values), key)
      if (other.length > 0)
        throw new Refused(
          before === undefined
            ? problem('adapter.sql.value-changed', '', undefined, { column: other.join(', ') })
            : problem('adapter.sql.row-differs', '', into.table, { columns: other.join(', ') }),
        )
      for (const [name, list] of Object.entries(into.lists))
        await insertList(opened, name, list, dump, {
          ...{ key, table, raw, brought: brought.value, options },
          ...(atOnce && { whole: before !== undefined }),
        })
      return written
    },
    committing,
  )
}

interface Within {
  readonly key: Values
  readonly table: Table
  readonly raw: boolean
  readonly brought: Brought
  readonly options: HandOver & { readonly insert: InsertOptions }
  /** Whether the list is there whole, or nothing of it. Absent without transactions: an attempt may have ended between two rows. */
  readonly whole?: boolean
}

/** The rows of a list. Those that are there, because an attempt ended between two of them, are the first ones. */
async function insertList(
  opened: Opened,
  name: string,
  { table: listName, on, order }: ListOptions,
  dump: RowDump,
  { key, table, raw, brought, options, whole }: Within,
): Promise<void> {
  const list = dump.lists[name]
  if (list === undefined) return
  const target = opened.table(listName)
  const joined = Object.entries(on)
  const [values = []] = await select(opened.connection, table, {
    columns: joined.map(([, column]) => column),
    where: key,
    limit: 1,
  })
  const owner: Values = new Map(
    joined.map(([column], index) => [
      column,
      parameterOf(columnOf(target, column), values[index] ?? null, raw),
    ]),
  )
  const there = await select(opened.connection, target, {
    columns: [],
    where: owner,
    limit: list.rows.length + 1,
  })
  const expected = whole === undefined ? there.length : whole ? list.rows.length : 0
  if (there.length > list.rows.length || there.length !== expected)
    throw new Refused(problem('adapter.sql.row-differs', '', listName, { columns: name }))
  for (const [index, cells] of list.rows.entries()) {
    if (index < there.length) continue
    const row = Object.fromEntries(list.columns.map((column, at) => [column, cells[at] ?? null]))
    const place = order[0]
    // A list is kept in its order where the profile names a column of numbers for it that no field fills.
    const numbered =
      place !== undefined &&
      !list.columns.includes(place) &&
      columnOf(target, place).sort === 'whole' &&
      !Object.hasOwn(on, place)
    const made = rowOf(target, row, `${name}.`, options.insert.files, brought, options.charset)
    if (!made.ok) throw new Refused(made.problems[0])
    await insertRow(
      opened,
      target,
      made.value,
      new Map([...(numbered ? ([[place, String(index + 1)]] as const) : []), ...owner]),
    )
  }
}

async function updated(
  opened: Opened,
  parcel: Parcel,
  dump: RowDump,
  { update: options, form, charset }: HandOver & { readonly update: UpdateOptions },
  committing: () => void,
): Promise<Verdict> {
  const table = opened.table(options.table)
  const where = matchOf(table, parcel, dump, options, charset)
  if (!where.ok) return refused(where.problems[0])
  // The letter's own columns are its system's, spelled as it spells them.
  const theirs = new Set([...options.where, ...(form.namingColumns ?? [])])
  const said = Object.entries(dump.row).filter(([name, cell]) => cell !== null && !theirs.has(name))
  const row = rowOf(table, Object.fromEntries(said), '', [], new Map(), charset)
  if (!row.ok) return refused(row.problems[0])
  const set = Object.entries(options.set).map(([name, value]): [string, Value] => [
    name,
    text(columnOf(table, name), value, charset),
  ])
  const values: Values = new Map([...row.value.values, ...set])
  // What only this notice says: a state is the system's to move on, and constants stand there anyway.
  const own: Values = new Map(
    [...row.value.values].filter(
      ([name]) => !form.kindColumns?.includes(name) && !Object.hasOwn(options.set, name),
    ),
  )
  if (!table.transactional) committing()
  return transaction(
    opened,
    async () => {
      const found = await select(opened.connection, table, {
        columns: [],
        where: where.value,
        limit: 2,
      })
      const columns = options.where.join(', ')
      if (found.length === 0) throw new Refused(problem('adapter.sql.no-row', '', options.table, { columns }))
      if (found.length > 1)
        throw new Refused(problem('adapter.sql.rows-several', '', options.table, { columns }))
      // It may have been written before and the system have gone on from there: its state is not put back.
      if (parcel.mayHaveArrived === true && own.size > 0)
        if ((await differing(opened.connection, table, own, where.value)).length === 0) return written
      // A notice of one kind only, without words: that the row is there is all.
      if (values.size === 0) return written
      const { changed } = await update(opened.connection, table, values, where.value)
      // Counted by the statement itself: between the look and the update another session may have added one.
      if (changed !== 1)
        throw table.transactional
          ? new SqlError('busy', `${changed} rows`)
          : new Refused(problem('adapter.sql.rows-several', '', options.table, { columns }))
      const other = await differing(opened.connection, table, values, where.value)
      if (other.length > 0)
        throw new Refused(problem('adapter.sql.value-changed', '', undefined, { column: other.join(', ') }))
      return written
    },
    committing,
  )
}

/** What names the row: what the notice says, or what travelled with the letter because no field is mapped to it. */
function matchOf(
  table: Table,
  { about }: Parcel,
  dump: RowDump,
  { where }: UpdateOptions,
  charset: Charset | undefined,
): Result<Values> {
  const values = new Map<string, Value>()
  const missing: string[] = []
  for (const name of where) {
    const said = dump.row[name]
    const travelled = about?.letter.extension.find((each) => each.name === name)?.value
    const value = typeof said === 'string' ? said : travelled
    if (value === undefined || value === '') missing.push(name)
    else {
      const unsaid = charset === undefined ? undefined : unsayable(value, charset)
      if (unsaid !== undefined) return bad({ ...unsaid, path: name })
      values.set(name, text(columnOf(table, name), value, charset))
    }
  }
  return missing.length > 0
    ? bad(problem('adapter.sql.match-missing', '', undefined, { columns: missing.join(', ') }))
    : good(values)
}

const text = ({ sort }: Column, value: string, charset: Charset | undefined): Value =>
  sort === 'text' && charset !== undefined ? encode(value, charset) : value

/** A row to be written; its files are read when it is. */
interface Row {
  readonly values: Values
  readonly files: Brought
}

async function insertRow({ connection }: Opened, table: Table, { values, files }: Row, more: Values) {
  const bytes = new Map<string, Value>()
  for (const [name, read] of files) bytes.set(name, await read())
  await insert(connection, table, new Map([...values, ...bytes, ...more]))
}

/** The cells of a written row as values of columns, and its files by their column: blanks as NULL, or '' where NULL is not allowed. */
function rowOf(
  table: Table,
  row: Readonly<Record<string, RowCell>>,
  prefix: string,
  files: readonly FileOptions[],
  brought: Brought,
  charset: Charset | undefined,
): Result<Row> {
  const values = new Map<string, Value>()
  const held = new Map<string, () => Promise<Buffer>>()
  for (const [name, cell] of Object.entries(row)) {
    const column = table.columns.get(name)
    // The table was altered since the session looked at it, or the profile's fields name a column that is not there.
    if (column === undefined) throw new SqlError('closed', `schema: ${table.name}.${name}`)
    const file = files.find(({ at }) => at === prefix + name)
    if (cell === null) {
      const none = blankOf(column)
      if (none !== undefined) values.set(name, none === null ? none : text(column, none, charset))
      continue
    }
    if (typeof cell !== 'string') throw new Error('a form wrote a cell that is no text')
    if (file === undefined) {
      const unsaid = charset === undefined ? undefined : unsayable(cell, charset)
      if (unsaid !== undefined) return bad({ ...unsaid, path: name })
      values.set(name, text(column, cell, charset))
      continue
    }
    const read = column.sort === 'bytes' ? brought.get(cell) : undefined
    if (read !== undefined) held.set(name, read)
    else values.set(name, column.sort === 'bytes' ? null : text(column, file.prefix + cell, charset))
    if (file.name !== undefined) values.set(file.name, text(columnOf(table, file.name), cell, charset))
  }
  return good({ values, files: held })
}

/** What can be compared by statement: all but the bytes of files, which would be sent once more. */
const comparable = (table: Table, values: Values): Values =>
  new Map([...values].filter(([name]) => columnOf(table, name).sort !== 'bytes'))
