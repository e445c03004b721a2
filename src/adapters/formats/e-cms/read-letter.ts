// GovernmentDocument → the canonical letter. Every fault of the document is named at once.
import { extensionOf, mediaTypeOf } from '../../../letter/attachments.ts'
import type { LetterDraft } from '../../../letter/check.ts'
import { secrecyOfCode, type Urgency, urgencies, urgencyOfCode } from '../../../letter/codes.ts'
import { readLetterDate } from '../../../letter/dates.ts'
import type { ExtensionField, Person, Reference } from '../../../letter/letter.ts'
import { readLetterNumber } from '../../../letter/numbers.ts'
import type { OfficeId } from '../../../letter/offices.ts'
import { readInstant } from '../../../letter/time.ts'
import { bad, problem, type Result } from '../../../problem/problem.ts'
import type { IncomingAttachment } from '../../contract.ts'
import { sizeOf } from '../../pieces.ts'
import { extensionOfDocument } from './extension.ts'
import { Findings } from './gather.ts'
import type { Repairs } from './message.ts'
import type { Organisations } from './organisations.ts'
import { attribute, child, elementsOf, plainText, textOf, type XmlElement } from './xml.ts'

export interface ReadLetter {
  readonly draft: LetterDraft
  readonly attachments: readonly IncomingAttachment[]
  readonly datePrinted: string
}

/** Reads `rsm:GovernmentDocument` (domain §3). Elements are found by local name: their prefixes do not matter. */
export function readLetter(
  document: XmlElement,
  organisations: Organisations,
  repairs: Repairs,
): Result<ReadLetter> {
  const letter = child(document, 'CorrespondenceLetter')
  if (letter === undefined) return bad(problem('ecms.element.missing', 'ram:CorrespondenceLetter'))
  const found = new Findings()
  const needed = (name: string): string => {
    const text = textOf(child(letter, name))
    if (text === '') found.add(problem('ecms.element.missing', `ram:${name}`))
    return text
  }
  once(letter, found)
  const printed = needed('ID')
  const number = printed === '' ? undefined : found.take('ram:ID', readLetterNumber(printed))
  const datePrinted = needed('CorrespondenceDate')
  const date =
    datePrinted === ''
      ? undefined
      : found.take('ram:CorrespondenceDate', readLetterDate(datePrinted, { fourDigits: true }))
  needed('Subject')
  const secrecy = code(found, 'ram:SecretCode', needed('SecretCode'), secrecyOfCode, 'GetSecretCodes')
  const urgency = code(found, 'ram:SpeedCode', needed('SpeedCode'), urgencyOfCode, 'GetSpeedCodes')
  const sender = party(letter, 'SenderParty', organisations, found)
  const receiver = party(letter, 'ReceiverParty', organisations, found)
  const references = elementsOf(letter)
    .filter((each) => each.local === 'ReferenceCorrespondence')
    .flatMap((each, index) => reference(each, `ram:ReferenceCorrespondence[${index + 1}]`, found))
  const sendDate = textOf(child(letter, 'SendDate'))
  const sentAt = sendDate === '' ? undefined : found.take('ram:SendDate', readInstant(sendDate))
  const files = binaries(letter, found)
  return found.settle(() => ({
    draft: {
      kind: number?.number.order === true ? 'directive' : 'external',
      circular: number?.number.circular ?? false,
      number: number?.number,
      date,
      subject: plainText(child(letter, 'Subject')),
      urgency: higher(urgency, number?.urgency),
      secrecy,
      from: sender,
      to: receiver && { offices: [receiver.office], ...(receiver.person && { person: receiver.person }) },
      references,
      enclosureNote: noteOf(plainText(child(letter, 'Attachment'))),
      sentAt,
      description: plainText(child(letter, 'Description')),
      extension: [...extensionOfDocument(document, letter), ...marks(repairs, files.blank)],
    },
    attachments: files.attachments,
    datePrinted,
  }))
}

/** What stands once in a letter: a second one would make two readers see two letters. */
const single = [
  'ID',
  'CorrespondenceDate',
  'Subject',
  'SecretCode',
  'SpeedCode',
  'SenderParty',
  'ReceiverParty',
].concat(['Attachment', 'SendDate', 'Description', 'MainLetterBinaryObject'])

function once(letter: XmlElement, found: Findings): void {
  for (const name of single) {
    const count = elementsOf(letter).filter((each) => each.local === name).length
    if (count > 1) found.add(problem('ecms.element.repeated', `ram:${name}`, undefined, { count }))
  }
}

/** A code of the national lists. One digit is what systems write that keep the code as a number. */
function code<Value>(
  found: Findings,
  path: string,
  text: string,
  meaning: (code: string) => Value | undefined,
  list: string,
): Value | undefined {
  if (text === '') return undefined
  return (
    meaning(/^[1-4]$/.test(text) ? `00${text}` : text) ??
    found.add(problem('ecms.code.unknown', path, text, { list }))
  )
}

/** The more urgent of what the code says and what was glued to the number (domain §4). */
const higher = (said: Urgency | undefined, glued: Urgency | undefined): Urgency | undefined =>
  said === undefined || glued === undefined || urgencies.indexOf(said) >= urgencies.indexOf(glued)
    ? said
    : glued

function party(
  letter: XmlElement,
  name: string,
  organisations: Organisations,
  found: Findings,
): { readonly office: OfficeId; readonly person?: Person } | undefined {
  const element = child(letter, name)
  const person: Person = {
    givenName: plainText(child(element, 'GivenName')),
    familyName: plainText(child(element, 'FamilyName')),
    jobTitle: plainText(child(element, 'JobTitle')),
  }
  const path = `ram:${name}/ram:DepartmentOrganization/ram:ID`
  // Systems write the department's id where the ministry's belongs (domain §4): without a department, it counts.
  const department = textOf(child(child(element, 'DepartmentOrganization'), 'ID'))
  const id = department === '' ? textOf(child(child(element, 'MinistryOrganization'), 'ID')) : department
  if (id === '') return found.add(problem('ecms.element.missing', path))
  const office = found.take(path, organisations.officeOf(id))
  if (office === undefined) return undefined
  return person.givenName + person.familyName + person.jobTitle === '' ? { office } : { office, person }
}

function reference(element: XmlElement, path: string, found: Findings): Reference[] {
  const number = plainText(child(element, 'ID'))
  const subject = plainText(child(element, 'Subject'))
  const printed = textOf(child(element, 'CorrespondenceDate'))
  // Clients write an empty element when there is no reference.
  if (number + subject + printed === '') return []
  if (printed === '') return [{ number, subject }]
  const date = found.take(`${path}/ram:CorrespondenceDate`, readLetterDate(printed, { fourDigits: true }))
  return date === undefined ? [] : [{ number, date, subject }]
}

interface Binaries {
  readonly attachments: readonly IncomingAttachment[]
  /** Elements that named a media type and held no bytes. */
  readonly blank: readonly string[]
}

function binaries(letter: XmlElement, found: Findings): Binaries {
  const attachments: IncomingAttachment[] = []
  const blank: string[] = []
  let enclosures = 0
  for (const element of elementsOf(letter)) {
    if (element.content === undefined) continue
    const role = element.local === 'MainLetterBinaryObject' ? 'main' : 'enclosure'
    if (role === 'enclosure' && element.local !== 'AttachmentBinaryObject') continue
    const path =
      role === 'main' ? 'ram:MainLetterBinaryObject' : `ram:AttachmentBinaryObject[${++enclosures}]`
    const content = found.take(path, element.content)
    if (content === undefined) continue
    const said = attribute(element, 'mimeCode')?.trim() ?? ''
    if (sizeOf(content) === 0) {
      if (said !== '') blank.push(`${path} ${said}`)
      continue
    }
    const name = attribute(element, 'filename') ?? nameOf(role, enclosures, said)
    const mediaType = found.take(path, mediaTypeOf(said, name))
    if (mediaType === undefined) continue
    attachments.push({ name, mediaType, role, content })
  }
  return { attachments, blank }
}

/** e-CMS has no file names: the role, the place and the media type make one, the same at every reading. */
function nameOf(role: 'main' | 'enclosure', place: number, said: string): string {
  const stem = role === 'main' ? 'main' : `attachment-${place}`
  const mediaType = mediaTypeOf(said, '')
  return mediaType.ok ? `${stem}.${extensionOf(mediaType.value)}` : stem
}

function marks(repairs: Repairs, blank: readonly string[]): ExtensionField[] {
  const fields: ExtensionField[] = []
  if (repairs.ampersands > 0)
    fields.push({ name: 'e-cms:escaped-ampersands', value: String(repairs.ampersands) })
  if (repairs.prefixes.length > 0) {
    fields.push({ name: 'e-cms:undeclared-prefixes', value: repairs.prefixes.join(' ') })
  }
  for (const each of blank) fields.push({ name: 'e-cms:without-bytes', value: each })
  return fields
}

/** `-` is how the standard writes that there is none. */
const noteOf = (text: string): string => (text.trim() === '-' ? '' : text)
