// What stands in a cell whose whole text is spilled into a file beside: its beginning.
import type { Refuses } from './codec.ts'

/** Ends a cell whose whole text stands in a file beside. ASCII: every charset can say it. */
const continued = ' ...'

/** The text itself, or its beginning up to what does not fit, with a mark that it goes on elsewhere. */
export function beginning(value: string, max: number, refuses: Refuses): string {
  if (isWithin(value, max) && refuses(value) === undefined) return value
  const kept = ['']
  let count = 0
  // Whole user-perceived characters: a Thai vowel or tone mark is never torn from its consonant.
  for (const { segment } of new Intl.Segmenter('th', { granularity: 'grapheme' }).segment(value)) {
    count += codePoints(segment)
    if (count > max - continued.length) break
    kept.push(kept.at(-1) + segment)
  }
  // The longest beginning that the cell takes, as a whole: a space is refused at the end of a column, not within.
  let [fits, beyond] = [0, kept.length]
  while (beyond - fits > 1) {
    const middle = (fits + beyond) >> 1
    if (refuses(`${kept[middle]}${continued}`) === undefined) fits = middle
    else beyond = middle
  }
  return `${kept[fits]}${continued}`
}

/** Code points are at most as many as code units: few texts need to be counted. */
export const isWithin = (value: string, max: number): boolean =>
  value.length <= max || codePoints(value) <= max

export const codePoints = (value: string): number => [...value].length
