// Cells of an HTML table that span: each stands in every column and row that it covers.
import { gridLimits } from '../grid.ts'
import type { CellText } from './text.ts'

export interface Cell {
  readonly text: CellText
  readonly across: number
  readonly down: number
}

/** Rows that a cell may span, as HTML has it. */
export const maximalDown = 65_534

/** A span as the document says it; absent: 1; undefined: no span that a table has. */
export function spanOf(said: string | undefined, limit: number): number | undefined {
  if (said === undefined) return 1
  const text = said.trim()
  return /^[1-9]\d{0,4}$/.test(text) && Number(text) <= limit ? Number(text) : undefined
}

export class Spans {
  /** What cells of rows above still fill, by column. */
  #above = new Map<number, { readonly text: string; readonly left: number }>()

  clear(): void {
    this.#above.clear()
  }

  /** The cells of the next row, by column. `torn`: two cells cover one place. */
  laidOut(row: readonly Cell[]): { readonly cells: readonly string[]; readonly torn: boolean } {
    // Most rows have no cell that spans, and none above them that does.
    if (this.#above.size === 0 && row.every(({ across, down }) => across === 1 && down === 1))
      return { cells: row.map(({ text }) => text.toString()), torn: false }
    const cells: string[] = []
    const below = new Map<number, { text: string; left: number }>()
    let torn = false
    const carried = (): boolean => {
      const above = this.#above.get(cells.length)
      if (above === undefined) return false
      if (above.left > 1) below.set(cells.length, { text: above.text, left: above.left - 1 })
      cells.push(above.text)
      return true
    }
    for (const { text, across, down } of row) {
      while (carried());
      // One more than a row may have, so that it is seen to have too many.
      for (let column = 0; column < across && cells.length <= gridLimits.columns; column += 1) {
        torn ||= this.#above.has(cells.length)
        if (down > 1) below.set(cells.length, { text: text.toString(), left: down - 1 })
        cells.push(text.toString())
      }
    }
    const last = Math.max(...this.#above.keys(), -1)
    while (cells.length <= last) if (!carried()) cells.push('')
    this.#above = below
    return { cells, torn }
  }
}
