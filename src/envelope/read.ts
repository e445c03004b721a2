// Reads the content of a document that was hashed into an envelope: first its shape (the schema), then its meaning.
// Values that the document says twice must agree.
import type { MediaType } from '../letter/attachments.ts'
import { checkLetter, checkNotice, type LetterDraft } from '../letter/check.ts'
import { type Kind, kinds, secrecyOfCode, urgencyOfCode } from '../letter/codes.ts'
import { type LetterDate, readLetterDate } from '../letter/dates.ts'
import type { Attachment, Letter, Person, Recipients, Reference } from '../letter/letter.ts'
import { type Notice, type NoticeKind, noticeKinds } from '../letter/notice.ts'
import { readLetterNumber } from '../letter/numbers.ts'
import { findOffice, type OfficeId, officeById, officeId } from '../letter/offices.ts'
import { type Instant, readInstant, readMessageId } from '../letter/time.ts'
import { type Result, within } from '../problem/problem.ts'
import type { Envelope, Provenance } from './envelope.ts'
import { refuse, refuseAll } from './refusal.ts'
import type { ScannedElement } from './scanned.ts'
import { attributeOf } from './signature-shape.ts'
import { schemaFaults } from './validate.ts'

/** The envelope that `root` says (its Signature left out). Refuses with every fault of the schema, else of the letter. */
export function readContent(root: ScannedElement): Envelope {
  const [first, ...rest] = schemaFaults(root)
  if (first !== undefined) return refuseAll([first, ...rest])
  const header = child(root, 'Header')
  const provenance = optional(header, 'Provenance')
  const messageId = demand(readMessageId(value(header, 'MessageID')), 'Header.MessageID')
  const createdAt = instant(value(header, 'CreatedAt'), 'Header.CreatedAt')
  const common =
    provenance === undefined
      ? { messageId, createdAt }
      : { messageId, createdAt, provenance: readProvenance(provenance) }
  const content = value(header, 'Content')
  demandAgreement(root, header, content)
  if (content === 'letter') return { ...common, content, letter: readLetter(root, header) }
  const kind = noticeKinds.find((each) => each === content)
  if (kind === undefined) return refuse('envelope.content.contradiction', 'Header.Content', content)
  return { ...common, content: 'notice', notice: readNotice(child(root, 'Notice'), header, kind) }
}

/** Content says which of the other elements must be there; the schema alone cannot. */
function demandAgreement(root: ScannedElement, header: ScannedElement, content: string): void {
  const letter = content === 'letter'
  demandPresence(optional(root, 'GovernmentDocument'), letter, 'GovernmentDocument', content)
  demandPresence(optional(header, 'Kind'), letter, 'Header.Kind', content)
  demandPresence(optional(header, 'Circular'), letter, 'Header.Circular', content)
  demandPresence(optional(header, 'RelatesTo'), !letter, 'Header.RelatesTo', content)
}

function demandPresence(
  element: ScannedElement | undefined,
  needed: boolean,
  path: string,
  content: string,
): void {
  if ((element !== undefined) !== needed) refuse('envelope.content.contradiction', path, content)
}

function readLetter(root: ScannedElement, header: ScannedElement): Letter {
  const body = child(child(root, 'GovernmentDocument'), 'CorrespondenceLetter')
  const files = child(root, 'Attachments').children.map(readAttachment)
  const from = office(value(child(header, 'From'), 'OfficeID'), 'Header.From')
  const [first, ...others] = child(header, 'To').children.map((each) => office(each.text, 'Header.To'))
  if (first === undefined)
    return refuse('envelope.schema.child-missing', 'Header.To', '', { expected: 'OfficeID' })
  const sender = child(body, 'SenderParty')
  const receiver = child(body, 'ReceiverParty')
  demandSameOffice(sender, from, 'SenderParty')
  if (others.length === 0) demandSameOffice(receiver, first, 'ReceiverParty')
  const mainType = attributeOf(child(body, 'MainLetterBinaryObject'), 'mimeCode') ?? ''
  const main = files.find(({ role }) => role === 'main')?.mediaType ?? ''
  if (mainType !== main)
    refuse('envelope.content.disagreement', 'MainLetterBinaryObject.@mimeCode', mainType, { expected: main })
  const sentAt = value(body, 'SendDate')
  const offices: Recipients['offices'] = others.length === 0 ? [first] : [first, ...others]
  const fromPerson = person(sender)
  const toPerson = person(receiver)
  const draft: LetterDraft = {
    kind: codeOf(kinds, value(header, 'Kind')),
    circular: value(header, 'Circular') === 'true',
    number: demand(readLetterNumber(value(body, 'ID')), 'ID').number,
    date: date(value(body, 'CorrespondenceDate'), 'CorrespondenceDate'),
    subject: value(body, 'Subject'),
    urgency: urgencyOfCode(value(body, 'SpeedCode')),
    secrecy: secrecyOfCode(value(body, 'SecretCode')),
    from: fromPerson === undefined ? { office: from } : { office: from, person: fromPerson },
    to: toPerson === undefined ? { offices } : { offices, person: toPerson },
    references: body.children.filter(({ name }) => name === 'ReferenceCorrespondence').map(readReference),
    // `-` is none: checkLetter knows.
    enclosureNote: value(body, 'Attachment'),
    sentAt: sentAt === '' ? undefined : instant(sentAt, 'SendDate'),
    description: value(body, 'Description'),
    extension: child(root, 'Extension').children.map((field) => ({
      name: attributeOf(field, 'Name') ?? '',
      value: field.text,
    })),
  }
  return demand(checkLetter(draft, files), 'letter')
}

function readNotice(stated: ScannedElement, header: ScannedElement, kind: NoticeKind): Notice {
  const relates = child(header, 'RelatesTo')
  const receiveNumber = optional(stated, 'ReceiveNumber')?.text
  const [to, second] = child(header, 'To').children
  if (to === undefined || second !== undefined) refuse('envelope.notice.several', 'Header.To', second?.text)
  const facts = {
    kind,
    from: office(value(child(header, 'From'), 'OfficeID'), 'Header.From'),
    to: office(to?.text ?? '', 'Header.To'),
    about: {
      messageId: value(relates, 'MessageID'),
      digest: value(relates, 'Digest'),
      number: value(stated, 'LetterNumber'),
      date: date(value(stated, 'LetterDate'), 'LetterDate'),
      subject: value(stated, 'LetterSubject'),
    },
    at: instant(value(stated, 'At'), 'Notice.At'),
    reason: value(stated, 'Reason'),
    ...(receiveNumber !== undefined && { receiveNumber }),
  }
  return demand(checkNotice(facts), 'notice')
}

function readProvenance(element: ScannedElement): Provenance {
  const given = <Name extends keyof Provenance>(key: Name, name: string): { [Key in Name]?: string } => {
    const found = optional(element, name)?.text
    return found === undefined ? {} : ({ [key]: found } as { [Key in Name]: string })
  }
  return {
    system: value(element, 'System'),
    ...given('profileVersion', 'ProfileVersion'),
    format: value(element, 'Format'),
    ...given('charset', 'Charset'),
    sourceDigest: value(element, 'SourceDigest'),
    ...given('datePrinted', 'DatePrinted'),
    ...(optional(element, 'NumberCompleted')?.text === 'true' && { numberCompleted: true }),
  }
}

function readReference(element: ScannedElement): Reference {
  const printed = value(element, 'CorrespondenceDate')
  return {
    number: value(element, 'ID'),
    ...(printed !== '' && { date: date(printed, 'ReferenceCorrespondence.CorrespondenceDate') }),
    subject: value(element, 'Subject'),
  }
}

/** The media type is checked with the letter, as all of an attachment is. */
const readAttachment = (element: ScannedElement): Attachment => ({
  name: attributeOf(element, 'Name') ?? '',
  mediaType: (attributeOf(element, 'MimeCode') ?? '') as MediaType,
  size: Number(attributeOf(element, 'Size')),
  sha256: attributeOf(element, 'SHA256') ?? '',
  role: attributeOf(element, 'Role') === 'main' ? 'main' : 'enclosure',
})

function person(party: ScannedElement): Person | undefined {
  const found = {
    givenName: value(party, 'GivenName'),
    familyName: value(party, 'FamilyName'),
    jobTitle: value(party, 'JobTitle'),
  }
  return found.givenName + found.familyName + found.jobTitle === '' ? undefined : found
}

/**
 * A reader of the national standard goes by the organisation's id: one that is known may not be another office's. One
 * that is not known may stand, since installations set their own (domain §1).
 */
function demandSameOffice(party: ScannedElement, expected: OfficeId, path: string): void {
  const id = value(child(party, 'DepartmentOrganization'), 'ID')
  if (id === officeById(expected).organisationId) return
  const found = id === '' ? undefined : findOffice(id)
  if (found !== undefined && found.id !== expected)
    refuse('envelope.content.disagreement', `${path}.DepartmentOrganization.ID`, id, { expected })
}

function demand<Value>(result: Result<Value>, path: string): Value {
  if (result.ok) return result.value
  const [first, ...rest] = result.problems
  return refuseAll([within(path, first), ...rest.map((each) => within(path, each))])
}

const office = (text: string, path: string): OfficeId => demand(officeId(text), path)
const instant = (text: string, path: string): Instant => demand(readInstant(text), path)
const date = (text: string, path: string): LetterDate =>
  demand(readLetterDate(text, { form: 'ce:yyyy-MM-dd' }), path)

const codeOf = (list: readonly Kind[], text: string): Kind | undefined => list.find((each) => each === text)

const optional = (parent: ScannedElement, name: string): ScannedElement | undefined => {
  for (const each of parent.children) if (each.name === name) return each
  return undefined
}

/** The schema has made sure of every child that is asked for. */
const child = (parent: ScannedElement, name: string): ScannedElement =>
  optional(parent, name) ?? refuse('envelope.schema.child-missing', parent.name, '', { expected: name })

const value = (parent: ScannedElement, name: string): string => child(parent, name).text
