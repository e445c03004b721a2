// What the gateway has written into the tables of a system, as rows again.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import type { AttachmentContent } from '../../../adapters/contract.ts'
import { type RowCell, type RowDump, writeDump } from '../../../adapters/formats/row-dump.ts'
import type { FileOptions, InsertOptions, UpdateOptions } from '../../../adapters/transports/sql/options.ts'
import type { Collected } from '../counterpart.ts'
import type { System } from './design.ts'

/** Finds what the gateway has written since: rows of the table that it inserts into, or rows that it has told something. */
export function collector(
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
