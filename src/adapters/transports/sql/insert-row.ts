// A parcel as a row of its own. Its id stands in a column, so that a second attempt finds what the first one wrote.
import { problem } from '../../../problem/problem.ts'
import type { Parcel } from '../../contract.ts'
import type { Written } from '../../formats/format.ts'
import type { RowDump } from '../../formats/row-dump.ts'
import type { Table, Value } from './engine.ts'
import { type Brought, bringFiles } from './files-out.ts'
import { type HandOver, Refused, refused, type Verdict, written } from './handing.ts'
import type { InsertOptions, ListOptions } from './options.ts'
import { comparable, insertRow, rowOf } from './row-out.ts'
import { type Opened, transaction } from './session.ts'
import { columnOf, differing, parameterOf, select, text, type Values } from './statement.ts'

/** Writes a parcel as a row with its lists, or finds and compares what an earlier attempt wrote. */
export async function inserted(
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
  const count = list.rows.length
  const isAsLeft = whole === undefined ? there.length <= count : there.length === (whole ? count : 0)
  if (!isAsLeft) throw new Refused(problem('adapter.sql.row-differs', '', listName, { columns: name }))
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
