// The national e-CMS in UTF-8 (Satun) by hand: fast-xml-parser to read, a template to write.
import { XMLParser } from 'fast-xml-parser'
import type { IncomingAttachment } from '../../src/adapters/contract.ts'
import { extensionOf, mediaTypeOf } from '../../src/letter/attachments.ts'
import { secrecyCode, secrecyOfCode, urgencies, urgencyCode, urgencyOfCode } from '../../src/letter/codes.ts'
import { readCanonicalDate } from '../../src/letter/dates.ts'
import type { Letter, Person } from '../../src/letter/letter.ts'
import { type OfficeId, officeById, offices } from '../../src/letter/offices.ts'
import { readInstant } from '../../src/letter/time.ts'
import { fail, type Hand, known, localTime, numberOf, type Read, wholeOf } from './hand.ts'
import { personOf } from './hand-table.ts'
import { must } from './letters.ts'

interface Party {
  readonly GivenName?: string
  readonly FamilyName?: string
  readonly JobTitle?: string
  readonly DepartmentOrganization?: { readonly ID?: string }
}

type Binary = string | { readonly '#text'?: string; readonly '@mimeCode'?: string }

interface Element {
  readonly ID?: string
  readonly CorrespondenceDate?: string
  readonly Subject?: string
  readonly SecretCode?: string
  readonly SpeedCode?: string
  readonly SenderParty?: Party
  readonly ReceiverParty?: Party
  readonly ReferenceCorrespondence?: readonly { ID?: string; CorrespondenceDate?: string; Subject?: string }[]
  readonly Attachment?: string
  readonly SendDate?: string
  readonly Description?: string
  readonly MainLetterBinaryObject?: Binary
  readonly AttachmentBinaryObject?: readonly Binary[]
}

interface Document {
  readonly GovernmentDocument?: { readonly CorrespondenceLetter?: Element }
}

const repeated = new Set(['ReferenceCorrespondence', 'AttachmentBinaryObject'])
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  htmlEntities: true,
  isArray: (name) => repeated.has(name),
})

/** The parser alone. */
export const parseEcms = (bytes: Buffer): unknown => parser.parse(bytes.toString('utf8'))

/** Its organisations have five digits. */
const byOrganisation = new Map(offices.map(({ id, organisationId }) => [organisationId.slice(0, 5), id]))
const organisationOf = (office: OfficeId): string => officeById(office).organisationId.slice(0, 5)

export const handEcms: Hand = {
  read: (bytes) => {
    const document: Document = parser.parse(bytes.toString('utf8'), true)
    return [letterOf(document.GovernmentDocument?.CorrespondenceLetter ?? fail('no letter', ''))]
  },
  write: async (letter, _id, open) => {
    const contents = new Map<string, string>()
    for (const { sha256 } of letter.attachments)
      contents.set(sha256, (await wholeOf(open(sha256))).toString('base64'))
    return { bytes: Buffer.from(documentOf(letter, contents)), names: [] }
  },
}

function letterOf(element: Element): Read {
  const { number, urgency: glued } = numberOf(element.ID ?? '')
  const speed = element.SpeedCode ?? ''
  const secret = element.SecretCode ?? ''
  const said = urgencyOfCode(speed) ?? fail('unknown urgency', speed)
  const sent = element.SendDate ?? ''
  const [signer, receiver] = [personIn(element.SenderParty), personIn(element.ReceiverParty)]
  const note = element.Attachment ?? ''
  return {
    draft: {
      kind: number.order ? 'directive' : 'external',
      circular: number.circular,
      number,
      date: must(readCanonicalDate(element.CorrespondenceDate ?? '')),
      subject: element.Subject ?? '',
      urgency: glued !== undefined && urgencies.indexOf(glued) > urgencies.indexOf(said) ? glued : said,
      secrecy: secrecyOfCode(secret) ?? fail('unknown secrecy', secret),
      from: { office: officeIn(element.SenderParty), ...(signer && { person: signer }) },
      to: { offices: [officeIn(element.ReceiverParty)], ...(receiver && { person: receiver }) },
      references: (element.ReferenceCorrespondence ?? []).flatMap((each) => {
        const { ID = '', CorrespondenceDate = '', Subject = '' } = each
        if (ID + CorrespondenceDate + Subject === '') return []
        const reference = { number: ID, subject: Subject }
        return [
          CorrespondenceDate === ''
            ? reference
            : { ...reference, date: must(readCanonicalDate(CorrespondenceDate)) },
        ]
      }),
      enclosureNote: note === '-' ? '' : note,
      sentAt: sent === '' ? undefined : must(readInstant(sent)),
      description: element.Description ?? '',
      extension: [],
    },
    attachments: [
      ...binary(element.MainLetterBinaryObject, 'main', 'main'),
      ...(element.AttachmentBinaryObject ?? []).flatMap((each, index) =>
        binary(each, 'enclosure', `attachment-${index + 1}`),
      ),
    ],
  }
}

const personIn = (party: Party | undefined): Person | undefined =>
  personOf(party?.GivenName ?? '', party?.FamilyName ?? '', party?.JobTitle ?? '')

const officeIn = (party: Party | undefined): OfficeId =>
  known(byOrganisation, party?.DepartmentOrganization?.ID ?? '', 'office')

function binary(
  element: Binary | undefined,
  role: IncomingAttachment['role'],
  stem: string,
): IncomingAttachment[] {
  if (element === undefined || typeof element === 'string') return []
  const text = element['#text'] ?? ''
  if (text === '') return []
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text)) fail('no base64', stem)
  const mediaType = must(mediaTypeOf(element['@mimeCode'], ''))
  const bytes = Buffer.from(text, 'base64')
  return [{ name: `${stem}.${extensionOf(mediaType)}`, mediaType, role, content: { kind: 'bytes', bytes } }]
}

// XML 1.0, section 2.2.
const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u
const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
}
function text(value: string): string {
  if (forbidden.test(value)) fail('a character that XML cannot say', value)
  return value.replace(/[&<>"\r]/g, (found) => entities[found] ?? found)
}

const party = (name: string, office: OfficeId, person: Person | undefined): string =>
  `<ram:${name}><ram:GivenName>${text(person?.givenName ?? '')}</ram:GivenName><ram:FamilyName>${text(person?.familyName ?? '')}</ram:FamilyName><ram:JobTitle>${text(person?.jobTitle ?? '')}</ram:JobTitle><ram:MinistryOrganization><ram:ID>${organisationOf(office).slice(0, 2)}</ram:ID></ram:MinistryOrganization><ram:DepartmentOrganization><ram:ID>${organisationOf(office)}</ram:ID></ram:DepartmentOrganization></ram:${name}>`

function documentOf(letter: Letter, contents: ReadonlyMap<string, string>): string {
  const { from, to, sentAt, attachments } = letter
  const references = letter.references.length > 0 ? letter.references : [{ number: '', subject: '' }]
  const objects = (role: 'main' | 'enclosure', name: string): string => {
    const found = attachments.filter((each) => each.role === role)
    if (found.length === 0) return `<ram:${name} mimeCode=""></ram:${name}>`
    return found
      .map(
        ({ mediaType, sha256 }) =>
          `<ram:${name} mimeCode="${mediaType}">${contents.get(sha256)}</ram:${name}>`,
      )
      .join('')
  }
  const sent = sentAt === undefined ? undefined : localTime(sentAt)
  const person = from.person
  return [
    '<rsm:GovernmentDocument xmlns:rsm="urn:th:gov:egif:data:standard:GovernmentDocument:1.0" xmlns:ram="urn:th:gov:egif:data:standard:ReusableAggregateBusinessInformationEntity:1">',
    `<ram:CorrespondenceLetter ID="Letter"><ram:ID>${text(letter.number.printed)}</ram:ID>`,
    `<ram:CorrespondenceDate>${letter.date}</ram:CorrespondenceDate><ram:Subject>${text(letter.subject)}</ram:Subject>`,
    `<ram:SecretCode>${secrecyCode(letter.secrecy)}</ram:SecretCode><ram:SpeedCode>${urgencyCode(letter.urgency)}</ram:SpeedCode>`,
    party('SenderParty', from.office, person),
    party('ReceiverParty', to.offices[0], to.person),
    ...references.map(
      ({ number, date, subject }) =>
        `<ram:ReferenceCorrespondence><ram:ID>${text(number)}</ram:ID><ram:CorrespondenceDate>${date ?? ''}</ram:CorrespondenceDate><ram:Subject>${text(subject)}</ram:Subject></ram:ReferenceCorrespondence>`,
    ),
    `<ram:Attachment>${letter.enclosureNote === '' ? '-' : text(letter.enclosureNote)}</ram:Attachment>`,
    `<ram:SendDate>${sent === undefined ? '' : `${sent.date}T${sent.time}`}</ram:SendDate>`,
    `<ram:Description>${text(letter.description)}</ram:Description>`,
    objects('main', 'MainLetterBinaryObject'),
    objects('enclosure', 'AttachmentBinaryObject'),
    '</ram:CorrespondenceLetter><ram:GovernmentSignature><ram:TypeCode>DSIG</ram:TypeCode><ram:SignerParty>',
    `<ram:GivenName>${text(person?.givenName ?? '')}</ram:GivenName><ram:FamilyName>${text(person?.familyName ?? '')}</ram:FamilyName><ram:Title>${text(person?.jobTitle ?? '')}</ram:Title>`,
    `<ram:MinistryCode>${organisationOf(from.office).slice(0, 2)}</ram:MinistryCode><ram:DepartmentCode>${organisationOf(from.office)}</ram:DepartmentCode></ram:SignerParty></ram:GovernmentSignature></rsm:GovernmentDocument>`,
  ].join('')
}
