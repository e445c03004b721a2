// Cells of a sheet that are joined: what stands in the first stands in each place that it covers.
import { type Problem, problem } from '../../../problem/problem.ts'
import { gridLimits } from '../grid.ts'
import { Broken } from './xml.ts'

/** A row while it is read: cells by column, what is wrong with it. */
export interface SheetRow {
  readonly number: number
  readonly cells: string[]
  readonly problems: Problem[]
}

export interface Joint {
  readonly top: number
  readonly bottom: number
  readonly left: number
  readonly right: number
}

const mostJoints = 10_000

/** The places that `B2:C5` names. Throws where there are too many, or none. */
export function jointOf(ref: string | undefined, before: number): Joint {
  const found = /^([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?$/.exec(ref ?? '')
  if (found === null) throw new Broken('its joined cells have no place')
  if (before >= mostJoints) throw new Broken('it has too many joined cells')
  const [, from = '', top, to = from, bottom = top] = found
  return { top: Number(top), bottom: Number(bottom), left: columnOf(from), right: columnOf(to) }
}

/** `A` is 1, `AA` 27. */
export const columnOf = (letters: string): number =>
  [...letters].reduce((column, letter) => column * 26 + letter.charCodeAt(0) - 64, 0)

/** The column of a place in that row, as `B2` names it; 0 for what is no such place. Every cell is asked: without a regular expression. */
export function columnIn(place: string, row: number): number {
  let column = 0
  let at = 0
  for (; at < 3; at += 1) {
    const code = place.charCodeAt(at)
    if (!(code >= 0x41 && code <= 0x5a)) break
    column = column * 26 + code - 0x40
  }
  const digits = place.length - at
  if (at === 0 || digits < 1 || digits > 7) return 0
  let found = 0
  for (; at < place.length; at += 1) {
    const code = place.charCodeAt(at)
    if (!(code >= 0x30 && code <= 0x39)) return 0
    found = found * 10 + code - 0x30
  }
  return found === row ? column : 0
}

/** Fills every joint of the rows in; false where joints lie over one another, which could fill places for ever. */
export function fillJoints(rows: readonly SheetRow[], joints: readonly Joint[]): boolean {
  let places = rows.length * gridLimits.columns
  for (const { top, bottom, left, right } of joints) {
    const [from, to] = [indexOf(rows, top), indexOf(rows, bottom + 1)]
    const last = Math.min(right, gridLimits.columns)
    places -= Math.max(0, to - from) * Math.max(0, last - left + 1)
    if (places < 0) return false
    const first = rows[from]
    const text = first?.number === top ? (first.cells[left - 1] ?? '') : ''
    for (const row of rows.slice(from, to)) fill(row, left, last, text)
  }
  return true
}

function fill(row: SheetRow, left: number, last: number, text: string): void {
  for (let column = left; column <= last; column += 1) {
    const own = row.cells[column - 1] ?? ''
    // What stands under a joint is hidden; it is not lost without a word.
    if (own !== '' && own !== text) row.problems.push(problem('adapter.table.spans', '', own))
    while (row.cells.length < column - 1) row.cells.push('')
    row.cells[column - 1] = own === '' ? text : own
  }
}

/** The index of the first row from that number on. */
function indexOf(rows: readonly SheetRow[], number: number): number {
  let [from, to] = [0, rows.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if ((rows[middle]?.number ?? 0) < number) from = middle + 1
    else to = middle
  }
  return from
}
