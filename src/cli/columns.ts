// Text in columns, as terminals show it.
import { printable } from '../problem/problem.ts'

/** Columns that a terminal gives a text: Thai vowels and tones above and below take none. */
export const widthOf = (text: string): number => [...text.replace(/\p{Mn}/gu, '')].length

export const pad = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - widthOf(text)))

/** The text's beginning, in at most so many columns. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let kept = ''
  for (const character of text) {
    if (widthOf(kept + character) > width - 1) break
    kept += character
  }
  return `${kept}…`
}

/** Rows under a head, each column as wide as its widest cell; the last one ends where it ends. */
export function columns(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const shown = rows.map((row) => row.map((cell) => printable(cell, 300)))
  const widths = head.map((_name, column) =>
    Math.max(...[head, ...shown].map((row) => widthOf(row[column] ?? ''))),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => pad(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  const rules = widths.map((width, column) =>
    '─'.repeat(column < head.length - 1 ? width : Math.min(width, 40)),
  )
  return [line(head), line(rules), ...shown.map(line)]
}
