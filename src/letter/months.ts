// The names of the months, as printed and as people misspell them.

/** Full names, January first. */
export const monthNames = [
  'มกราคม',
  'กุมภาพันธ์',
  'มีนาคม',
  'เมษายน',
  'พฤษภาคม',
  'มิถุนายน',
  'กรกฎาคม',
  'สิงหาคม',
  'กันยายน',
  'ตุลาคม',
  'พฤศจิกายน',
  'ธันวาคม',
] as const

/** Abbreviations with their dots, January first. */
export const monthAbbreviations = [
  'ม.ค.',
  'ก.พ.',
  'มี.ค.',
  'เม.ย.',
  'พ.ค.',
  'มิ.ย.',
  'ก.ค.',
  'ส.ค.',
  'ก.ย.',
  'ต.ค.',
  'พ.ย.',
  'ธ.ค.',
] as const

const english = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]

const byName = new Map<string, number>()
for (let month = 1; month <= 12; month++) {
  byName.set(monthNames[month - 1]!, month)
  byName.set(monthAbbreviations[month - 1]!.replaceAll('.', ''), month)
  byName.set(english[month - 1]!, month)
  byName.set(english[month - 1]!.slice(0, 3), month)
}

/**
 * The month (1–12) that a word names: in full, abbreviated with or without dots, in English, or in full with one letter
 * wrong, missing or too many (`กรกฏาคม`). Any two full names differ in three letters at least, so that one wrong letter
 * leaves only one month; abbreviations differ in one and are taken as they are. `word` is folded and in lower case.
 */
export function monthOf(word: string): number | undefined {
  const name = word.replace(/[. ]/g, '')
  const exact = byName.get(name)
  if (exact !== undefined) return exact
  const near = monthNames.findIndex((full) => differsInOne(name, full))
  return near < 0 ? undefined : near + 1
}

/** Whether one substitution, insertion, deletion or exchange of neighbours makes `a` into `b`. */
export function differsInOne(a: string, b: string): boolean {
  if (a === b) return false
  let start = 0
  while (start < a.length && a[start] === b[start]) start++
  let end = 0
  while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)]
  if (left.length <= 1 && right.length <= 1) return true
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0]
}
