// The canonical letter → GovernmentDocument, with every child that a client may look for, empty ones too.
import { secrecyCode, urgencyCode } from '../../../letter/codes.ts'
import type { Attachment, Letter, Person, Reference } from '../../../letter/letter.ts'
import type { OfficeId } from '../../../letter/offices.ts'
import { type Instant, printInstant } from '../../../letter/time.ts'
import { bad, problem, type Result } from '../../../problem/problem.ts'
import { attachmentBytes } from '../attachment-bytes.ts'
import type { Outgoing } from '../format.ts'
import { type SignerPart, signerField } from './extension.ts'
import { Findings } from './gather.ts'
import { namespaces } from './names.ts'
import type { Organisations } from './organisations.ts'
import { writeSignature } from './signature.ts'
import { type Xml, type XmlWriter, xmlWriter } from './write-xml.ts'

export interface LetterWriting {
  readonly organisations: Organisations
  /** Bytes of all attachments together: they stand in the answer, in base64, and are in memory once. */
  readonly limit: number
  /** What is written for a large file until the message is put together; nothing for a small one. */
  place(sha256: string, size: number): string | undefined
  /** Whether `filename` is written behind `mimeCode` (UN/CEFACT BinaryObject); the national standard has no file names. */
  readonly filenames: boolean
}

/** `yyyy-MM-ddTHH:mm:ss` in the time of Thailand, as the standard writes it: no zone, no fraction. */
export const printTime = (at: Instant): string => printInstant(at).slice(0, 19)

/** Writes a letter for `outgoing.office`, which alone is named as its receiver. */
export async function writeLetter(
  outgoing: Outgoing,
  letter: Letter,
  writing: LetterWriting,
): Promise<Result<Xml>> {
  const size = letter.attachments.reduce((sum, each) => sum + each.size, 0)
  const { limit } = writing
  if (size > limit) return bad(problem('ecms.write.too-large', 'attachments', undefined, { size, limit }))
  const found = new Findings()
  const write = xmlWriter(found)
  const files = await Promise.all(letter.attachments.map((each) => binary(write, outgoing, each, writing)))
  const letterElement = write.node(
    'ram:CorrespondenceLetter',
    [...words(write, letter, outgoing.office, writing.organisations), ...padded(write, letter, files)],
    {
      ID: 'Letter',
    },
  )
  const document = write.node(
    'rsm:GovernmentDocument',
    [letterElement, signature(write, outgoing, letter, writing.organisations)],
    {
      'xmlns:rsm': namespaces.rsm,
      'xmlns:ram': namespaces.ram,
    },
  )
  return found.settle(() => document)
}

function words(write: XmlWriter, letter: Letter, receiver: OfficeId, organisations: Organisations): Xml[] {
  return [
    write.leaf('ram:ID', letter.number.printed),
    write.leaf('ram:CorrespondenceDate', letter.date),
    write.leaf('ram:Subject', letter.subject),
    write.leaf('ram:SecretCode', secrecyCode(letter.secrecy)),
    write.leaf('ram:SpeedCode', urgencyCode(letter.urgency)),
    party(write, 'ram:SenderParty', letter.from.office, letter.from.person, organisations),
    party(write, 'ram:ReceiverParty', receiver, letter.to.person, organisations),
    ...(letter.references.length === 0 ? [noReference] : letter.references).map((each) =>
      reference(write, each),
    ),
    write.leaf('ram:Attachment', letter.enclosureNote === '' ? '-' : letter.enclosureNote),
    write.leaf('ram:SendDate', letter.sentAt === undefined ? '' : printTime(letter.sentAt)),
    write.leaf('ram:Description', letter.description),
  ]
}

const noReference: Reference = { number: '', subject: '' }

const reference = (write: XmlWriter, { number, date, subject }: Reference): Xml =>
  write.node('ram:ReferenceCorrespondence', [
    write.leaf('ram:ID', number),
    write.leaf('ram:CorrespondenceDate', date ?? ''),
    write.leaf('ram:Subject', subject),
  ])

const party = (
  write: XmlWriter,
  name: string,
  office: OfficeId,
  person: Person | undefined,
  organisations: Organisations,
): Xml =>
  write.node(name, [
    write.leaf('ram:GivenName', person?.givenName ?? ''),
    write.leaf('ram:FamilyName', person?.familyName ?? ''),
    write.leaf('ram:JobTitle', person?.jobTitle ?? ''),
    write.node('ram:MinistryOrganization', write.leaf('ram:ID', organisations.ministryOf(office))),
    write.node('ram:DepartmentOrganization', write.leaf('ram:ID', organisations.idOf(office))),
  ])

/** The main letter first and always there; then the enclosures, or one empty element. */
function padded(write: XmlWriter, letter: Letter, files: readonly Xml[]): Xml[] {
  const main = files.filter((_, index) => letter.attachments[index]?.role === 'main')
  const enclosures = files.filter((_, index) => letter.attachments[index]?.role === 'enclosure')
  const empty = (name: string): Xml => write.leaf(name, '', { mimeCode: '' })
  return [
    ...(main.length === 0 ? [empty('ram:MainLetterBinaryObject')] : main),
    ...(enclosures.length === 0 ? [empty('ram:AttachmentBinaryObject')] : enclosures),
  ]
}

/** `mimeCode` is the first attribute: one client takes the first, whatever its name. */
async function binary(
  write: XmlWriter,
  outgoing: Outgoing,
  attachment: Attachment,
  writing: LetterWriting,
): Promise<Xml> {
  const { sha256, size } = attachment
  const text =
    writing.place(sha256, size) ?? (await attachmentBytes(outgoing, sha256, size)).toString('base64')
  const name = attachment.role === 'main' ? 'ram:MainLetterBinaryObject' : 'ram:AttachmentBinaryObject'
  return write.node(
    name,
    { xml: text },
    { mimeCode: attachment.mediaType, ...(writing.filenames && { filename: attachment.name }) },
  )
}

/** Who signed, as the sender's system said it; else the person who sends the letter. */
function signature(write: XmlWriter, outgoing: Outgoing, letter: Letter, organisations: Organisations): Xml {
  const { office, person } = letter.from
  const said = (part: SignerPart): string | undefined =>
    letter.extension.find((each) => each.name === signerField(part))?.value
  return write.node('ram:GovernmentSignature', [
    write.leaf('ram:TypeCode', 'DSIG'),
    write.node('ram:SignerParty', [
      write.leaf('ram:GivenName', said('GivenName') ?? person?.givenName ?? ''),
      write.leaf('ram:FamilyName', said('FamilyName') ?? person?.familyName ?? ''),
      write.leaf('ram:Title', said('Title') ?? person?.jobTitle ?? ''),
      write.leaf('ram:MinistryCode', said('MinistryCode') ?? organisations.ministryOf(office)),
      write.leaf('ram:DepartmentCode', said('DepartmentCode') ?? organisations.idOf(office)),
    ]),
    writeSignature(write, outgoing.sealed?.bytes),
  ])
}
