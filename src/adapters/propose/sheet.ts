// What a sample holds, whatever its format: columns with their values, and how a profile names them.
import type { Problem } from '../../problem/problem.ts'

/** An option of a format that the proposal writes, and why. */
export interface Option {
  readonly key: string
  readonly value: unknown
  readonly reason: string
}

export interface Column {
  /** As fields name it. */
  readonly name: string
  /** One for each letter, in their order; a blank cell is ''. */
  readonly values: readonly string[]
  /** As it stands in the format's `columns`. */
  readonly option: unknown
  /** What stands between the values of a list that the format makes of repeated elements. */
  readonly separator?: string
  /** Blanks around a value do not come back in this form. */
  readonly trimmed?: boolean
}

export interface Sheet {
  readonly kind: 'csv' | 'html-table' | 'xlsx' | 'dbf' | 'xml' | 'json-records' | 'mail' | 'fixed-width'
  readonly options: readonly Option[]
  /** Those that the format lists: a mail's are its labels. */
  readonly columns: readonly Column[]
  /** What fields can be mapped to besides. */
  readonly cells?: readonly Column[]
  /** Whether the names of the columns stand in the sample, or are numbers that a person replaces. */
  readonly named: boolean
}

export type SheetRead =
  | { readonly ok: true; readonly value: Sheet }
  | { readonly ok: false; readonly problem: Problem }

/** What is looked at of a sample: the rest is read when the profile is tried. */
export const bounds = { bytes: 16 * 1024 * 1024, rows: 2_000, columns: 250, name: 100, cell: 1_000 }

/** Columns of rows under their names; a row that is too short has blanks. */
export function columnsOf(names: readonly string[], rows: readonly (readonly string[])[]): Column[] {
  return names.flatMap((name, index): Column[] =>
    name === ''
      ? []
      : [{ name, option: name, values: rows.map((cells) => (cells[index] ?? '').slice(0, bounds.cell)) }],
  )
}
