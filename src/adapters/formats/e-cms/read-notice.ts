// Notifiers and requests that name a letter by its natural key → what they say.
import { readLetterDate } from '../../../letter/dates.ts'
import type { OfficeId } from '../../../letter/offices.ts'
import { readInstant } from '../../../letter/time.ts'
import { problem, type Result } from '../../../problem/problem.ts'
import type { NoticeDraft } from '../../contract.ts'
import { Findings } from './gather.ts'
import { isNotifier, kindOf } from './names.ts'
import type { Organisations } from './organisations.ts'
import { child, plainText, textOf, type XmlElement } from './xml.ts'

/** The natural key of a letter (domain §3), as far as a message gives it. */
export interface LetterKey {
  readonly number: string
  readonly date?: string
  readonly sender?: OfficeId
  readonly recipient?: OfficeId
}

/** LetterID, CorrespondenceDate, SenderDepartment/Code, AcceptDepartment/Code: the first is needed, the others narrow. */
export function readKey(element: XmlElement, organisations: Organisations, found: Findings): LetterKey {
  const number = textOf(child(element, 'LetterID'))
  if (number === '') found.add(problem('ecms.element.missing', 'LetterID'))
  const printed = textOf(child(element, 'CorrespondenceDate'))
  const date =
    printed === ''
      ? undefined
      : found.take('CorrespondenceDate', readLetterDate(printed, { fourDigits: true }))
  const sender = department(element, 'SenderDepartment', organisations, found)
  const recipient = department(element, 'AcceptDepartment', organisations, found)
  return { number, ...(date && { date }), ...(sender && { sender }), ...(recipient && { recipient }) }
}

function department(
  element: XmlElement,
  name: string,
  organisations: Organisations,
  found: Findings,
): OfficeId | undefined {
  const id = textOf(child(child(element, name), 'Code'))
  return id === '' ? undefined : found.take(`${name}/Code`, organisations.officeOf(id))
}

/**
 * Reads a notifier, or the request to forget a letter. `office` is the one whose system sends it: where the message names
 * no department, it is the receiver of the letter that it speaks of, or the sender of the one that it disputes or recalls.
 */
export function readNotice(
  element: XmlElement,
  office: OfficeId,
  organisations: Organisations,
): Result<NoticeDraft> {
  const found = new Findings()
  const kind = isNotifier(element.local) ? kindOf[element.local] : 'recall'
  const key = readKey(element, organisations, found)
  const own = kind === 'dispute' || kind === 'recall' ? { sender: office } : { recipient: office }
  const numbered = kind === 'accept' || kind === 'dispute'
  const receiveNumber = plainText(child(element, 'AcceptID'))
  if (numbered && receiveNumber.trim() === '') found.add(problem('ecms.element.missing', 'AcceptID'))
  const acceptDate = textOf(child(element, 'AcceptDate'))
  const at = acceptDate === '' ? undefined : found.take('AcceptDate', readInstant(acceptDate))
  return found.settle(() => ({
    kind,
    about: { ...own, ...key },
    ...(numbered && { receiveNumber }),
    ...(at !== undefined && { at }),
  }))
}
