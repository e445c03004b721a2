// What the values of a column are: the codec that reads the most of them, judged by the codecs themselves.
import { type DateForm, dateForms, printLetterDate, readLetterDate } from '../../letter/dates.ts'
import { readLetterNumber } from '../../letter/numbers.ts'
import { findOffice, officeById } from '../../letter/offices.ts'
import { organisationIdOf } from '../../letter/organisations.ts'
import { codecOf } from '../fields/codecs.ts'
import { bounds, type Column } from './sheet.ts'

/** A way to write the values, and how many of those that stand there it reads. */
export interface Guess {
  readonly as: unknown
  readonly read: number
  readonly of: number
  /** In words, for the reason: `dates of the form …`. */
  readonly what: string
}

/** The values that are looked at: those that are there, each once. */
export const seen = (values: readonly string[]): string[] =>
  [...new Set(values.map((value) => value.trim()).filter((value) => value !== ''))].slice(0, bounds.rows)

export const share = ({ read, of }: Guess): number => (of === 0 ? 0 : read / of)

const guess = (values: readonly string[], as: unknown, what: string): Guess => {
  const codec = codecOf(as)
  return { as, what, of: values.length, read: values.filter((value) => codec.read([value]).ok).length }
}

const thaiDigit = /[๐-๙]/

/** How a day is written. Of forms that read as many, the one that prints the most of them as they stand. */
export function dateGuess(all: readonly string[]): Guess {
  const values = seen(all)
  let best: { form: DateForm; read: number; same: number } = { form: 'd MMM yyyy', read: 0, same: 0 }
  const some = values.slice(0, 200)
  for (const form of dateForms) {
    const dates = some.map((value) => ({ value, date: readLetterDate(value, { form }) }))
    // Of two forms that read as many, the first value's is the likelier: mistakes come later in real exports.
    const read = dates.filter(({ date }) => date.ok).length + (dates[0]?.date.ok === true ? 0.5 : 0)
    if (read < best.read || read === 0) continue
    const same = dates.filter(
      ({ value, date }) => date.ok && printLetterDate(date.value, form) === value,
    ).length
    if (read > best.read || same > best.same) best = { form, read, same }
  }
  const { form } = best
  const short = /\byy$|MMMyy$/.test(form)
  const as = form.includes('ce:')
    ? { 'christian-date': form }
    : { 'buddhist-date': short ? { form, century: 25 } : form }
  const worded = guess(
    values,
    as,
    `dates of the form ${form}${short ? ' (TO BE CHECKED: two digits of a year are those after 25)' : ''}`,
  )
  const others = [{ 'unix-date': 's' }, { 'unix-date': 'ms' }].map((each) =>
    guess(values, each, 'days by seconds since 1970'),
  )
  const iso = guess(
    values.filter((value) => value.includes('T')),
    'utc-date',
    'instants of ISO 8601',
  )
  return [...others, { ...iso, of: values.length }].reduce(
    (one, other) => (other.read > one.read && plausible(values) ? other : one),
    worded,
  )
}

const plausible = (values: readonly string[]): boolean =>
  values.every((value) => /T/.test(value) || (/^\d+$/.test(value) && Number(value) > 300_000_000))

/** How a day with its time is written in one cell. */
export function instantGuess(all: readonly string[]): Guess | undefined {
  const values = seen(all)
  const candidates: unknown[] = [
    { instant: { iso: 'bangkok' } },
    { instant: { unix: 's' } },
    { instant: { unix: 'ms' } },
    ...[' ', 'T', ' เวลา '].flatMap((between) =>
      dateForms
        .filter((form) => values.some((value) => thaiDigit.test(value)) === form.startsWith('th:'))
        .map((date) => ({ instant: { date, ...(between !== ' ' && { between }) } })),
    ),
  ]
  const some = values.slice(0, 50)
  const [best] = candidates
    .map((as) => guess(some, as, 'days with their time'))
    .toSorted((one, other) => other.read - one.read)
  return best === undefined || best.read === 0 ? undefined : best
}

/** Whether the values are numbers of letters, with a stroke in them. */
export function numberGuess(all: readonly string[]): Guess {
  const values = seen(all)
  const read = values.filter((value) => readLetterNumber(value).ok).length
  return { as: 'letter-number', read, of: values.length, what: 'numbers of letters' }
}

const writings = ['name', 'english', 'abbreviation', 'id', 'organisation'] as const

/** Which offices the values name, one or several in a cell, and in which writing. */
export function officeGuess({ values: all, separator }: Column, several: boolean): Guess {
  const values = seen(all)
  const separators =
    separator !== undefined
      ? [separator]
      : several
        ? [';', ',', '|', '/', ' + ', '+', '\n', ' และ ', ' ']
        : []
  const split = separators
    .map((one) => ({
      one,
      parts: seen(values.flatMap((value) => value.split(one))),
      cells: values.filter((value) => value.includes(one)),
    }))
    .filter(({ cells }) => separator !== undefined || cells.length > 0)
    .filter(
      ({ one, cells }) =>
        separator !== undefined ||
        cells.some((cell) => cell.split(one).every((part) => findOffice(part.trim()) !== undefined)),
    )
    .toSorted(
      (one, other) => known(other.parts) / other.parts.length - known(one.parts) / one.parts.length,
    )[0]
  const parts = split?.parts ?? values
  const counts = writings.map((write) => ({
    write,
    count: parts.filter((part) => writtenAs(part, write)).length,
  }))
  const { write } = counts.reduce((one, other) => (other.count > one.count ? other : one))
  const office = { office: { write } }
  if (!several)
    return { as: office, read: known(values), of: values.length, what: `offices by their ${write}` }
  const as = { list: { separator: split?.one ?? ';', of: office } }
  const said =
    split === undefined
      ? 'TO BE CHECKED: no cell holds several, so the separator is a guess'
      : `separated by ${JSON.stringify(split.one)}`
  return { ...guess(values, as, `offices by their ${write}, ${said}`) }
}

const known = (parts: readonly string[]): number =>
  parts.filter((part) => findOffice(part) !== undefined).length

function writtenAs(part: string, write: (typeof writings)[number]): boolean {
  const office = findOffice(part)
  if (office === undefined) return false
  switch (write) {
    case 'name':
      return part === office.th
    case 'english':
      return part === office.en
    case 'abbreviation':
      return part === office.abbreviation
    case 'id':
      return part === office.id
    case 'organisation':
      return part === organisationIdOf(officeById(office.id).id, new Map())
    default:
      return write satisfies never
  }
}

const fileName = /^[^\\/:*?"<>|]{1,150}\.(pdf|docx?|xlsx?|jpe?g|png|tiff?|zip|rar|odt|pptx?|txt)$/i

/** Whether cells hold names of files, and what stands between several. */
export function fileGuess({
  values: all,
  separator: given,
}: Column): Guess & { readonly separator?: string } {
  const values = seen(all)
  // A separator that tears some cell into names of files before none: `a.zip,b.png` could be one name.
  const torn = [';', ',', '|', '/', '\n', ' '].filter((one) =>
    values.some(
      (value) => value.includes(one) && value.split(one).every((part) => fileName.test(part.trim())),
    ),
  )
  const separators = given !== undefined ? [given] : [...torn, undefined]
  const best = separators
    .map((separator) => ({
      separator,
      read: values.filter((value) =>
        (separator === undefined ? [value] : value.split(separator)).every(
          (part) => fileName.test(part.trim()) || (given !== undefined && part === ''),
        ),
      ).length,
    }))
    .reduce((one, other) => (other.read > one.read ? other : one))
  return {
    as: { 'file-beside': best.separator === undefined ? {} : { separator: best.separator } },
    read: best.read,
    of: values.length,
    what: 'names of files that stand beside',
    ...(best.separator !== undefined && { separator: best.separator }),
  }
}
