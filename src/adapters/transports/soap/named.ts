// Whether a server's list of letters names one of ours. A number comes again with every year and every sender: what is taken
// for our letter and is another one is a letter that never arrives.
import { readLetterDate } from '../../../letter/dates.ts'
import type { Letter } from '../../../letter/letter.ts'
import { normalizeNumber } from '../../../letter/numbers.ts'
import type { OfficeId } from '../../../letter/offices.ts'
import type { Organisations } from '../../formats/e-cms/organisations.ts'
import { elementsOf, textOf, type XmlElement } from '../../formats/e-cms/xml.ts'

export interface Key {
  readonly number: Letter['number']
  readonly date: Letter['date']
  readonly sender: OfficeId
  readonly recipient: OfficeId
}

/** `unsaid`: nobody can tell. */
export type Named = 'yes' | 'no' | 'unsaid'

/**
 * Whether an answer names the letter. Yes when exactly one entry fits the key, and says its date; no when it names others under the number,
 * each with another day. A sender or a recipient that an entry says must be ours for a yes, and proves no no: its words may not be known here.
 * Entries are the elements that hold one `LetterID`, by local names.
 */
export function named(answer: XmlElement, key: Key, officeOf: Organisations['officeOf']): Named {
  const ofNumber = [answer, ...below(answer)].filter((entry) => hasNumber(entry, key))
  const [only, ...more] = ofNumber.filter((entry) => fitsKey(entry, key, officeOf))
  if (only === undefined)
    return ofNumber.length > 0 && ofNumber.every((entry) => isOfAnotherDay(entry, key)) ? 'no' : 'unsaid'
  return more.length === 0 && datesOf(only).length > 0 ? 'yes' : 'unsaid'
}

const hasNumber = (entry: XmlElement, { number }: Key): boolean =>
  elementsOf(entry).some(
    (each) => each.local === 'LetterID' && normalizeNumber(textOf(each)) === number.normalized,
  )

/** Whether every date that the entry says can be read for sure, and none is the letter's. */
function isOfAnotherDay(entry: XmlElement, key: Key): boolean {
  const dates = datesOf(entry).map((printed) => readLetterDate(printed, { fourDigits: true }))
  return dates.length > 0 && dates.every((date) => date.ok && date.value !== key.date)
}

function fitsKey(entry: XmlElement, key: Key, officeOf: Organisations['officeOf']): boolean {
  const dates = datesOf(entry)
  const dated = dates.every((printed) => {
    const date = readLetterDate(printed, { fourDigits: true })
    return date.ok && date.value === key.date
  })
  return (
    dated &&
    says(entry, /^Sender/, key.sender, officeOf) &&
    says(entry, /^(?:Accept(?:Department|Organi)|Receiv|Recipient)/, key.recipient, officeOf)
  )
}

/** A date that stands there with a time of day says the day all the same. */
const datesOf = (entry: XmlElement): readonly string[] =>
  below(entry)
    .filter(({ local }) => local === 'CorrespondenceDate')
    .map((each) => textOf(each).replace(/T.*$/s, ''))
    .filter((printed) => printed !== '')

/** Whether one of the ids in elements of these names is the office's; also when none stands there. */
function says(
  entry: XmlElement,
  names: RegExp,
  office: OfficeId,
  officeOf: Organisations['officeOf'],
): boolean {
  const ids = below(entry)
    .filter(({ local }) => names.test(local))
    .flatMap((each) => [each, ...below(each)])
    .filter((each) => elementsOf(each).length === 0 && /(?:ID|Code)$/.test(each.local))
    .map(textOf)
    .filter((id) => /^\d{5,}$/.test(id))
  return (
    ids.length === 0 ||
    ids.some((id) => {
      const found = officeOf(id)
      return found.ok && found.value === office
    })
  )
}

const below = (element: XmlElement): readonly XmlElement[] =>
  elementsOf(element).flatMap((each) => [each, ...below(each)])
