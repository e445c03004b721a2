// The tables and columns that a profile names, so that all that is missing is found at once, before any letter is.
import type { Options } from './options.ts'
import type { Needs } from './session.ts'

/** `mapped`: the columns that the document's fields are mapped to; `<list>.<column>` is one of the list's table. */
export function needsOf({ read, insert, update }: Options, mapped: readonly string[]): Needs {
  const needs = new Map<string, Set<string>>()
  const need = (table: string, ...columns: (string | undefined)[]): void => {
    const known = needs.get(table) ?? new Set<string>()
    for (const column of columns) if (column !== undefined) known.add(column)
    needs.set(table, known)
  }
  const way = read ?? insert ?? update
  if (way === undefined) return needs
  const lists = 'lists' in way ? way.lists : {}
  const placed = (place: string): void => {
    const [first = '', column] = place.split('.')
    const list = lists[first]
    if (column === undefined) need(way.table, first)
    else if (list !== undefined) need(list.table, column)
    else need(way.table, place)
  }
  need(way.table)
  for (const place of mapped) placed(place)
  for (const { table, on, order } of Object.values(lists)) {
    need(table, ...Object.keys(on), ...order)
    need(way.table, ...Object.values(on))
  }
  if ('files' in way)
    for (const { at, name } of way.files) {
      placed(at)
      if (name !== undefined) placed(at.includes('.') ? `${at.split('.')[0]}.${name}` : name)
    }
  if (read !== undefined)
    need(
      read.table,
      ...read.key,
      ...read.order,
      read.status?.column,
      read.writeBack.messageId,
      read.writeBack.error,
    )
  if (insert !== undefined) need(insert.table, insert.key, ...Object.keys(insert.set))
  if (update !== undefined) need(update.table, ...update.where, ...Object.keys(update.set))
  return needs
}
