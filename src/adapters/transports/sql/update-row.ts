// A row of the system's own is told what became of its letter.
import { bad, good, problem, type Result } from '../../../problem/problem.ts'
import type { Parcel } from '../../contract.ts'
import { type Charset, unsayable } from '../../formats/charset.ts'
import type { RowDump } from '../../formats/row-dump.ts'
import { SqlError, type Table, type Value } from './engine.ts'
import { type HandOver, Refused, refused, type Verdict, written } from './handing.ts'
import type { UpdateOptions } from './options.ts'
import { rowOf } from './row-out.ts'
import { type Opened, transaction } from './session.ts'
import { columnOf, differing, select, text, update, type Values } from './statement.ts'

/** Tells the one row that a notice is about, found by what the letter says, what became of it. */
export async function updated(
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
