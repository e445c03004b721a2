// Letter dates: Buddhist and Christian, in every written form that was seen, read and printed.
import { bad, good, type Problem, problem, type Result } from '../problem/problem.ts'
import { monthAbbreviations, monthNames, monthOf } from './months.ts'
import { searchKey, thaiDigits } from './search.ts'
import type { Instant } from './time.ts'
import { daysIn, printInstant, twoDigits } from './time.ts'

declare const brand: unique symbol

/** A day, `yyyy-MM-dd`, Christian era, that exists. Only this module makes one. */
export type LetterDate = string & { readonly [brand]: 'LetterDate' }

/** The Buddhist era is 543 years ahead. It holds from B.E. 2484: before, the year began on 1 April. */
const eraOffset = 543
export const firstBuddhistYear = 2484
export const lastBuddhistYear = 2699

/** Characters of a written date, at most: a weekday, the longest month and an era leave half of it. */
const longest = 100

const plainForms = [
  'd MMM yyyy',
  'd MMMM yyyy',
  'd MMM yy',
  'd MMMyyyy',
  'd MMMyy',
  'dd/MM/yyyy',
  'd/M/yyyy',
  'dd/MM/yy',
  'd/M/yy',
  'dd-MM-yyyy',
  'yyyy-MM-dd',
  'yyyy/MM/dd',
  'yyyyMMdd',
  'ce:yyyy-MM-dd',
  'ce:yyyy/MM/dd',
  'ce:yyyyMMdd',
  'ce:dd/MM/yyyy',
  'ce:d/M/yyyy',
  'ce:d MMM yyyy',
  'ce:d MMMM yyyy',
] as const
type PlainForm = (typeof plainForms)[number]

/**
 * A written form of dates: `d MMM yyyy` is `15 พ.ย. 2551`, `MMMM` the full name. The Buddhist era, unless `ce:` says the
 * Christian one; `th:` before all prints Thai digits.
 */
export type DateForm = PlainForm | `th:${PlainForm}`

export const dateForms: readonly DateForm[] = [
  ...plainForms,
  ...plainForms.map((form): DateForm => `th:${form}`),
]

export const isDateForm = (text: string): text is DateForm => (dateForms as readonly string[]).includes(text)

type Era = 'be' | 'ce'

/** What was found in a written date, before it is known to be one. */
interface Parts {
  readonly day: number
  /** Undefined: a word that names no month. */
  readonly month: number | undefined
  readonly year: string
  readonly era?: Era
  readonly order: 'named' | 'day-first' | 'year-first' | 'compact'
}

/**
 * Reads a date in any written form of domain §4. With `form`, its order of parts, its era and its two- or four-digit year
 * must be the form's; digits of either script, missing zeros, dots and spaces are forgiven. Without, a four-digit year
 * tells its own era. Two-digit years belong to the Buddhist `century` (default 25: 51 → 2551); with `now` they are years of
 * letters of the present (`isPresent`), with `fourDigits` there are none.
 */
export function readLetterDate(
  printed: string,
  options: {
    readonly form?: DateForm
    readonly century?: number
    readonly now?: Instant
    readonly fourDigits?: boolean
  } = {},
): Result<LetterDate> {
  const text = printed.length > longest ? '' : searchKey(printed)
  if (text === '' && printed.length <= longest) return bad(problem('letter.field.missing', ''))
  const parts = partsOf(text)
  if (!parts) return bad(problem('letter.date.unreadable', '', printed))
  if (parts.month === undefined) return bad(problem('letter.date.month-name', '', printed))
  const form = options.form === undefined ? undefined : shapes.get(options.form)
  if (form && (form.order !== parts.order || form.yearDigits !== parts.year.length)) {
    return bad(problem('letter.date.form', '', printed, { form: options.form! }))
  }
  const short = parts.year.length === 2
  if (short && options.fourDigits === true)
    return bad(problem('letter.date.form', '', printed, { form: 'yyyy-MM-dd' }))
  const year = christianYear(parts, form?.era, options.century ?? 25)
  if (typeof year !== 'number') return bad({ ...year, value: printed })
  const wrong = impossible(parts.day, parts.month, year)
  if (wrong) return bad({ ...wrong, value: printed })
  const date = letterDate(year, parts.month, parts.day)
  if (!short || options.now === undefined || isPresent(date, options.now)) return good(date)
  const details = { buddhist: year + eraOffset, christian: year, today: dateOfInstant(options.now) }
  return bad(problem('letter.date.short-year', '', printed, details))
}

/**
 * Whether a letter of two-digit years can be of this day: after the day 42 years ago and before that of next year. The eras
 * are 43 years apart in their last two digits: a Christian year of a letter of the present falls before, taken for a Buddhist one.
 */
function isPresent(date: LetterDate, now: Instant): boolean {
  const today = dateOfInstant(now)
  const inYear = (more: number): string => `${Number(today.slice(0, 4)) + more}${today.slice(4)}`
  return date > inYear(-42) && date < inYear(1)
}

const canonical = /^\d{4}-\d\d-\d\d$/

/** Reads a date as it is kept and sent: `yyyy-MM-dd`, Christian era. */
export function readCanonicalDate(text: string): Result<LetterDate> {
  if (canonical.test(text)) {
    const year = twoDigits(text, 0) * 100 + twoDigits(text, 2)
    if (isBuddhist(year + eraOffset) && !impossible(twoDigits(text, 8), twoDigits(text, 5), year))
      return good(text as LetterDate)
  }
  return readLetterDate(text, { form: 'ce:yyyy-MM-dd' })
}

/** The date printed in a form. Two-digit years are those of the Buddhist century. */
export function printLetterDate(date: LetterDate, form: DateForm): string {
  const { thai, era, parts } = shapes.get(form)!
  const month = date.slice(5, 7)
  const day = date.slice(8)
  const year = era === 'ce' ? date.slice(0, 4) : String(Number(date.slice(0, 4)) + eraOffset)
  let text = ''
  for (const part of parts) {
    if (part === 'yyyy') text += year
    else if (part === 'yy') text += year.slice(2)
    else if (part === 'MMMM') text += monthNames[Number(month) - 1]!
    else if (part === 'MMM') text += monthAbbreviations[Number(month) - 1]!
    else if (part === 'MM') text += month
    else if (part === 'M') text += Number(month)
    else if (part === 'dd') text += day
    else if (part === 'd') text += Number(day)
    else text += part
  }
  return thai ? thaiDigits(text) : text
}

/** The form in which a printed date is written, when printing it again gives back the very same text. */
export function dateFormOf(printed: string, century?: number): DateForm | undefined {
  const read = readLetterDate(printed, century === undefined ? {} : { century })
  return read.ok ? dateForms.find((form) => printLetterDate(read.value, form) === printed) : undefined
}

/** The day on which an instant falls in Thailand. */
export const dateOfInstant = (at: Instant): LetterDate => printInstant(at).slice(0, 10) as LetterDate

const dayFirst = /^(\d{1,2}) ?[/.-] ?(\d{1,2}) ?[/.-] ?(\d{4}|\d{2})$/
const yearFirst =
  /^(\d{4}) ?[/.-] ?(\d{1,2}) ?[/.-] ?(\d{1,2})(?:[t ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\+07:?00)?)?$/
const compact = /^(\d{4})(\d{2})(\d{2})$/
const named = /^(?:วัน[ก-๎]*ที่|ที่)? ?(\d{1,2}) ?([^\d]+?) ?(\d{4}|\d{2})$/

function partsOf(text: string): Parts | undefined {
  let found = yearFirst.exec(text)
  if (found) return { order: 'year-first', year: found[1]!, month: Number(found[2]), day: Number(found[3]) }
  found = dayFirst.exec(text)
  if (found) return { order: 'day-first', day: Number(found[1]), month: Number(found[2]), year: found[3]! }
  found = compact.exec(text)
  if (found) return { order: 'compact', year: found[1]!, month: Number(found[2]), day: Number(found[3]) }
  found = named.exec(text)
  return found ? namedParts(Number(found[1]), found[2]!, found[3]!) : undefined
}

/** `word`: what stands between day and year: the month, perhaps with เดือน before it and the era after it. */
function namedParts(day: number, word: string, year: string): Parts {
  const letters = word.replace(/[ .,/-]/g, '').replace(/^เดือน/, '')
  const era = /^(.+)([พค])ศ$/.exec(letters)
  const month = monthOf(era?.[1] ?? letters)
  const order = 'named' as const
  return { order, day, month, year, ...(era && { era: era[2] === 'พ' ? 'be' : 'ce' }) }
}

interface Shape {
  readonly order: Parts['order']
  readonly era: Era
  readonly yearDigits: number
  /** Whether its digits are Thai. */
  readonly thai: boolean
  /** Its places (`dd`, `MMM`, …) and what stands between them. */
  readonly parts: readonly string[]
}

const places = /(yyyy|yy|MMMM|MMM|MM|M|dd|d)/

function shapeOfForm(form: DateForm): Shape {
  const pattern = form.replace(/^th:/, '')
  const bare = pattern.replace(/^ce:/, '')
  const order = bare.includes('MMM')
    ? 'named'
    : bare === 'yyyyMMdd'
      ? 'compact'
      : bare[0] === 'y'
        ? 'year-first'
        : 'day-first'
  return {
    order,
    era: bare === pattern ? 'be' : 'ce',
    yearDigits: bare.includes('yyyy') ? 4 : 2,
    thai: pattern !== form,
    parts: bare.split(places).filter((part) => part !== ''),
  }
}

const shapes = new Map(dateForms.map((form) => [form, shapeOfForm(form)]))

/** The Christian year, or why it cannot be told. */
function christianYear(parts: Parts, formEra: Era | undefined, century: number): number | Problem {
  const short = parts.year.length === 2
  const year = short ? century * 100 + Number(parts.year) : Number(parts.year)
  const era = isBuddhist(year) ? 'be' : isBuddhist(year + eraOffset) ? 'ce' : undefined
  if (era === undefined) return strangeYear(year)
  // What the date itself says goes first: `ค.ศ. 2551` contradicts itself, whatever the form.
  const expected = [parts.era, formEra].find((said) => said !== undefined && said !== era)
  if (expected === undefined) return era === 'be' ? year - eraOffset : year
  return problem('letter.date.era', '', undefined, {
    year,
    found: eraNames[era],
    expected: eraNames[expected],
  })
}

function strangeYear(year: number): Problem {
  if (isBuddhist(year - eraOffset)) {
    return problem('letter.date.added-twice', '', undefined, { year, meant: year - eraOffset })
  }
  if (isBuddhist(year + 2 * eraOffset)) {
    return problem('letter.date.subtracted-twice', '', undefined, { year, meant: year + 2 * eraOffset })
  }
  return problem('letter.date.year', '', undefined, {
    year,
    first: firstBuddhistYear,
    last: lastBuddhistYear,
  })
}

const eraNames = { be: 'พ.ศ.', ce: 'ค.ศ.' } as const

const isBuddhist = (year: number): boolean => year >= firstBuddhistYear && year <= lastBuddhistYear

function impossible(day: number, month: number, year: number): Problem | undefined {
  if (month < 1 || month > 12) return problem('letter.date.month', '', undefined, { month })
  const days = daysIn(month, year)
  if (day >= 1 && day <= days) return undefined
  return problem('letter.date.day', '', undefined, {
    day,
    days,
    month: monthNames[month - 1]!,
    buddhist: year + eraOffset,
    christian: year,
  })
}

const letterDate = (year: number, month: number, day: number): LetterDate =>
  `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}` as LetterDate
