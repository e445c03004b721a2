// Reads the content of a document that was hashed into an envelope: first its shape (the schema), then its meaning.
// Values that the document says twice must agree.
import type { MediaType } from '../letter/attachments.ts'
import { checkLetter, checkNotice, type LetterDraft } from '../letter/check.ts'
import { type Kind, kinds, secrecyOfCode, urgencyOfCode } from '../letter/codes.ts'
import { type LetterDate, readCanonicalDate } from '../letter/dates.ts'
import type { Attachment, Letter, Person, Recipients, Reference } from '../letter/letter.ts'
import { type Notice, type NoticeKind, noticeKinds } from '../letter/notice.ts'
import { readLetterNumber } from '../letter/numbers.ts'
import { findOffice, type OfficeId, officeById, officeId } from '../letter/offices.ts'
import { type Instant, readInstant, readMessageId } from '../letter/time.ts'
import { type Result, within } from '../problem/problem.ts'
import type { Envelope, Provenance } from './envelope.ts'
import type { HashedDocument } from './hashed.ts'
import { refuse, refuseAll } from './refusal.ts'
import type { ReadElement } from './scanned.ts'
import { attributeOf } from './signature-shape.ts'
import { schemaFaults } from './validate.ts'

/**
 * The envelope that `content` says, a root without its Signature. Refuses with every fault of the schema (looked for
 * unless the content is known to be `valid`), else of the letter.
 */
export function readContent({ content: root, valid }: Pick<HashedDocument, 'content' | 'valid'>): Envelope {
  if (!valid) {
    const [first, ...rest] = schemaFaults(root)
    if (first !== undefined) return refuseAll([first, ...rest])
  }
  const header = child(root, 'Header')
  const messageId = demand(readMessageId(value(header, 'MessageID')), 'Header.MessageID')
  const createdAt = instant(value(header, 'CreatedAt'), 'Header.CreatedAt')
  const content = value(header, 'Content')
  demandAgreement(root, header, content)
  const stated = optional(header, 'Provenance')
  // Objects are written out, not spread: the engine makes the shape of a spread one anew for every envelope.
  if (content === 'letter') {
    const letter = readLetter(root, header)
    return stated === undefined
      ? { messageId, createdAt, content, letter }
      : { messageId, createdAt, content, letter, provenance: readProvenance(stated) }
  }
  const kind = noticeKinds.find((each) => each === content)
  if (kind === undefined) return refuse('envelope.content.contradiction', 'Header.Content', content)
  const notice = readNotice(child(root, 'Notice'), header, kind)
  return stated === undefined
    ? { messageId, createdAt, content: 'notice', notice }
    : { messageId, createdAt, content: 'notice', notice, provenance: readProvenance(stated) }
}

/** Content says which of the other elements must be there; the schema alone cannot. */
function demandAgreement(root: ReadElement, header: ReadElement, content: string): void {
  const letter = content === 'letter'
  demandPresence(optional(root, 'GovernmentDocument'), letter, 'GovernmentDocument', content)
  demandPresence(optional(header, 'Kind'), letter, 'Header.Kind', content)
  demandPresence(optional(header, 'Circular'), letter, 'Header.Circular', content)
  demandPresence(optional(header, 'RelatesTo'), !letter, 'Header.RelatesTo', content)
}

function demandPresence(
  element: ReadElement | undefined,
  needed: boolean,
  path: string,
  content: string,
): void {
  if ((element !== undefined) !== needed) refuse('envelope.content.contradiction', path, content)
}

function readLetter(root: ReadElement, header: ReadElement): Letter {
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

function readNotice(stated: ReadElement, header: ReadElement, kind: NoticeKind): Notice {
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

function readProvenance(element: ReadElement): Provenance {
  const provenance: { -readonly [Key in keyof Provenance]: Provenance[Key] } = {
    system: value(element, 'System'),
    format: value(element, 'Format'),
    sourceDigest: value(element, 'SourceDigest'),
  }
  for (const { name, text } of element.children)
    if (name === 'ProfileVersion') provenance.profileVersion = text
    else if (name === 'Charset') provenance.charset = text
    else if (name === 'DatePrinted') provenance.datePrinted = text
    else if (name === 'NumberCompleted' && text === 'true') provenance.numberCompleted = true
  return provenance
}

function readReference(element: ReadElement): Reference {
  const number = value(element, 'ID')
  const printed = value(element, 'CorrespondenceDate')
  const subject = value(element, 'Subject')
  return printed === ''
    ? { number, subject }
    : { number, date: date(printed, 'ReferenceCorrespondence.CorrespondenceDate'), subject }
}

/** The media type is checked with the letter, as all of an attachment is. */
const readAttachment = (element: ReadElement): Attachment => ({
  name: attributeOf(element, 'Name') ?? '',
  mediaType: (attributeOf(element, 'MimeCode') ?? '') as MediaType,
  size: Number(attributeOf(element, 'Size')),
  sha256: attributeOf(element, 'SHA256') ?? '',
  role: attributeOf(element, 'Role') === 'main' ? 'main' : 'enclosure',
})

function person(party: ReadElement): Person | undefined {
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
function demandSameOffice(party: ReadElement, expected: OfficeId, path: string): void {
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
const date = (text: string, path: string): LetterDate => demand(readCanonicalDate(text), path)

const codeOf = (list: readonly Kind[], text: string): Kind | undefined => list.find((each) => each === text)

const optional = (parent: ReadElement, name: string): ReadElement | undefined => {
  for (const each of parent.children) if (each.name === name) return each
  return undefined
}

/** The schema has made sure of every child that is asked for. */
const child = (parent: ReadElement, name: string): ReadElement =>
  optional(parent, name) ?? refuse('envelope.schema.child-missing', parent.name, '', { expected: name })

const value = (parent: ReadElement, name: string): string => child(parent, name).text
