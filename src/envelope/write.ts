// Writes an envelope as XML that is its own canonical form (design §5.1): each prefix is declared on the element that
// uses it first, attributes are sorted, both tags are written, and nothing depends on anything but the envelope.
import { secrecyCode, urgencyCode } from '../letter/codes.ts'
import type { Attachment, Letter, Person, Reference } from '../letter/letter.ts'
import type { Notice } from '../letter/notice.ts'
import { type OfficeId, officeById } from '../letter/offices.ts'
import { type Instant, printInstant } from '../letter/time.ts'
import type { Envelope, Provenance } from './envelope.ts'
import { namespaces } from './namespaces.ts'
import { escapeAttribute, escapeText } from './xml-text.ts'

/** The end tag before which the signature stands. */
export const rootEndTag = '</env:Envelope>'

/**
 * The unsigned envelope: UTF-8, deterministic, its own exclusive canonical form, valid against
 * `schemas/envelope/1.0/envelope.xsd` but for the Signature. Throws a RangeError for a character that XML cannot hold.
 */
export function writeEnvelope(envelope: Envelope): Buffer {
  return Buffer.from(composeEnvelope(envelope) + rootEndTag)
}

/** The office in From: the one whose key must seal. */
export const senderOf = (envelope: Envelope): OfficeId =>
  envelope.content === 'letter' ? envelope.letter.from.office : envelope.notice.from

/** The unsigned envelope without its end tag. */
function composeEnvelope(envelope: Envelope): string {
  const open = `<env:Envelope xmlns:env="${namespaces.env}" Version="1.0">${header(envelope)}`
  return envelope.content === 'letter'
    ? open + document(envelope.letter) + attachments(envelope.letter) + extension(envelope.letter)
    : open + notice(envelope.notice)
}

const element = (name: string, value: string): string => `<${name}>${escapeText(value)}</${name}>`

function header(envelope: Envelope): string {
  const { messageId, createdAt, provenance } = envelope
  const [content, kind, to, relates] =
    envelope.content === 'letter'
      ? ['letter', kindOf(envelope.letter), envelope.letter.to.offices, '']
      : [envelope.notice.kind, '', [envelope.notice.to], relatesTo(envelope.notice)]
  return `<env:Header>${element('env:MessageID', messageId)}${element('env:Content', content)}${kind}<env:From>${office(
    senderOf(envelope),
  )}</env:From><env:To>${to.map(office).join('')}</env:To>${element(
    'env:CreatedAt',
    printInstant(createdAt),
  )}${relates}${provenance === undefined ? '' : provenanceOf(provenance)}</env:Header>`
}

const kindOf = (letter: Letter): string =>
  element('env:Kind', letter.kind) + element('env:Circular', String(letter.circular))

const office = (id: OfficeId): string => element('env:OfficeID', id)

const relatesTo = ({ about }: Notice): string =>
  `<env:RelatesTo>${element('env:MessageID', about.messageId)}${element('env:Digest', about.digest)}</env:RelatesTo>`

function provenanceOf(provenance: Provenance): string {
  const { system, profileVersion, format, charset, sourceDigest, datePrinted, numberCompleted } = provenance
  const optional = (name: string, value: string | undefined): string =>
    value === undefined ? '' : element(name, value)
  return `<env:Provenance>${element('env:System', system)}${optional('env:ProfileVersion', profileVersion)}${element(
    'env:Format',
    format,
  )}${optional('env:Charset', charset)}${element('env:SourceDigest', sourceDigest)}${optional(
    'env:DatePrinted',
    datePrinted,
  )}${optional('env:NumberCompleted', numberCompleted === true ? 'true' : undefined)}</env:Provenance>`
}

/** The national standard's part (domain §3): its names, order and codes, every child written even when empty. */
function document(letter: Letter): string {
  const recipients = letter.to.offices
  const only = recipients.length === 1 ? recipients[0] : undefined
  const main = letter.attachments.find(({ role }) => role === 'main')
  return `<rsm:GovernmentDocument xmlns:rsm="${namespaces.rsm}"><ram:CorrespondenceLetter xmlns:ram="${namespaces.ram}" ID="Letter">${
    element('ram:ID', letter.number.printed) +
    element('ram:CorrespondenceDate', letter.date) +
    element('ram:Subject', letter.subject) +
    element('ram:SecretCode', secrecyCode(letter.secrecy)) +
    element('ram:SpeedCode', urgencyCode(letter.urgency)) +
    party('ram:SenderParty', letter.from.person, letter.from.office) +
    party('ram:ReceiverParty', letter.to.person, only) +
    letter.references.map(reference).join('') +
    element('ram:Attachment', letter.enclosureNote === '' ? '-' : letter.enclosureNote) +
    element('ram:SendDate', letter.sentAt === undefined ? '' : sendDate(letter.sentAt)) +
    element('ram:Description', letter.description)
  }<ram:MainLetterBinaryObject mimeCode="${escapeAttribute(
    main?.mediaType ?? '',
  )}"></ram:MainLetterBinaryObject></ram:CorrespondenceLetter></rsm:GovernmentDocument>`
}

function party(name: string, person: Person | undefined, id: OfficeId | undefined): string {
  const of = id === undefined ? undefined : officeById(id)
  return `<${name}>${element('ram:GivenName', person?.givenName ?? '')}${element(
    'ram:FamilyName',
    person?.familyName ?? '',
  )}${element('ram:JobTitle', person?.jobTitle ?? '')}<ram:MinistryOrganization>${element(
    'ram:ID',
    of?.ministryId ?? '',
  )}</ram:MinistryOrganization><ram:DepartmentOrganization>${element(
    'ram:ID',
    of?.organisationId ?? '',
  )}</ram:DepartmentOrganization></${name}>`
}

const reference = ({ number, date, subject }: Reference): string =>
  `<ram:ReferenceCorrespondence>${element('ram:ID', number)}${element(
    'ram:CorrespondenceDate',
    date ?? '',
  )}${element('ram:Subject', subject)}</ram:ReferenceCorrespondence>`

/** The standard's time of day in Thailand, without a zone; milliseconds only where there are any. */
const sendDate = (at: Instant): string => printInstant(at).slice(0, 23).replace('.000', '')

const attachments = (letter: Letter): string =>
  `<env:Attachments>${letter.attachments.map(attachment).join('')}</env:Attachments>`

const attachment = ({ name, mediaType, size, sha256, role }: Attachment): string =>
  `<env:Attachment MimeCode="${escapeAttribute(mediaType)}" Name="${escapeAttribute(name)}" Role="${role}" SHA256="${escapeAttribute(sha256)}" Size="${size}"></env:Attachment>`

const extension = (letter: Letter): string =>
  `<env:Extension>${letter.extension
    .map(({ name, value }) => `<env:Field Name="${escapeAttribute(name)}">${escapeText(value)}</env:Field>`)
    .join('')}</env:Extension>`

function notice(stated: Notice): string {
  const { about, at, reason, receiveNumber } = stated
  return `<env:Notice>${element('env:At', printInstant(at))}${element('env:LetterNumber', about.number)}${element(
    'env:LetterDate',
    about.date,
  )}${element('env:LetterSubject', about.subject)}${
    receiveNumber === undefined ? '' : element('env:ReceiveNumber', receiveNumber)
  }${element('env:Reason', reason)}</env:Notice>`
}
