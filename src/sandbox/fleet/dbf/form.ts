// The product “สารบรรณตาราง” and its like: letters and notices as rows of dBase tables.
import type { Arrived, ArrivedLetter, Entry, ExchangeForm } from '../exchange/entry.ts'
import type { Layout, Row } from './layout.ts'
import { type Marked, readTable, writeTable } from './table.ts'

/** One installation's tables. */
export interface Tables {
  readonly version: Layout['version']
  readonly charset: string
  readonly codePage: number
  /** `.DBF` where it writes capitals; `.dbf` if not said. */
  readonly ending?: string
  readonly begins: ExchangeForm['begins']
  /** Whether what a clerk has struck out stays in the table, marked as deleted. */
  readonly keepsDeleted?: true
  readonly letter: {
    readonly columns: Layout['columns']
    row(entry: Entry): Row
    read(row: Row): Omit<ArrivedLetter, 'kind'>
  }
  readonly notice: {
    readonly columns: Layout['columns']
    /** The column that says what the notice is, and its words; no letter has it. */
    readonly says: string
    readonly words: Readonly<Record<string, string>>
    /** Of a letter that came: its accept notice, without the word. */
    row(about: ArrivedLetter, receiveNumber: string, at: string): Row
    read(row: Row): { readonly number: string; readonly date: string; readonly receiveNumber: string }
  }
}

export function tablesForm(tables: Tables): ExchangeForm {
  const { version, charset, codePage, letter, notice, ending = '.dbf' } = tables
  const layout = (columns: Layout['columns']): Layout => ({ version, charset, codePage, columns })
  const accept = Object.entries(notice.words).find(([, kind]) => kind === 'accept')?.[0] ?? ''
  const memo = version === 'foxpro' ? '.fpt' : '.dbt'
  return {
    ending,
    memoEnding: ending === ending.toUpperCase() ? memo.toUpperCase() : memo,
    begins: tables.begins,
    letter: (entry) => {
      const row: Marked = letter.row(entry)
      // The draft that the clerk struck out before he wrote it anew.
      const rows: Marked[] = tables.keepsDeleted ? [{ ...row, deleted: 'yes' }, row] : [row]
      return writeTable(rows, layout(letter.columns), '2026-01-05')
    },
    accept: (about, receiveNumber, at) => {
      const row = { ...notice.row(about, receiveNumber, at), [notice.says]: accept }
      return writeTable([row], layout(notice.columns), '2026-01-05')
    },
    read: (pages) =>
      readTable(pages, { version, charset }).map((row): Arrived => {
        const said = row[notice.says]
        if (said === undefined) return { kind: 'letter', ...letter.read(row) }
        return { kind: 'notice', says: notice.words[said] ?? said, ...notice.read(row) }
      }),
  }
}

/** The names in some columns of which the last holds several. */
export const filesIn = (row: Row, columns: readonly string[], separator: string): string[] =>
  columns.flatMap((name) => (row[name] ?? '').split(separator)).filter((name) => name !== '')

/** Names over columns, the last of which holds all that are left. */
export function filesOver(files: readonly string[], columns: readonly string[], separator: string): Row {
  return Object.fromEntries(
    columns.map((name, index): [string, string] => [
      name,
      index === columns.length - 1 ? files.slice(index).join(separator) : (files[index] ?? ''),
    ]),
  )
}
