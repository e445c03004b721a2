// The envelope's schema as data: the same rules as `schemas/envelope/1.0/*.xsd`, which the tests hold against each other
// over every vector and over generated documents. The Signature is judged before, more strictly than a schema could.
import { kinds } from '../letter/codes.ts'
import { noticeKinds } from '../letter/notice.ts'
import type { Prefix } from './namespaces.ts'

/** What a value must look like; the words say so to a person. */
export interface ValueRule {
  readonly pattern: RegExp
  readonly words: string
}

export interface ElementRule {
  readonly prefix: Prefix
  readonly name: string
  /** All of them are needed, and no other may stand. */
  readonly attributes: Readonly<Record<string, ValueRule>>
  /** Elements in this order and nothing else, or one of several such orders. */
  readonly orders?: readonly (readonly ChildRule[])[]
  /** Text and no element; exactly when there are no orders. */
  readonly value?: ValueRule
}

export interface ChildRule {
  readonly rule: ElementRule
  readonly least: 0 | 1
  readonly most: 1 | 20_000
}

const day = '[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])'
const time = '([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?'
const zone = '(Z|[+-][0-9]{2}:[0-9]{2})'
const media = '[a-z0-9.+-]+/[a-z0-9.+-]+'

const like = (pattern: string, words: string): ValueRule => ({
  pattern: new RegExp(`^(?:${pattern})$`),
  words,
})
const oneOf = (values: readonly string[]): ValueRule => like(values.join('|'), values.join(', '))

const anyText: ValueRule = { pattern: /^/, words: 'text' }
const someText: ValueRule = { pattern: /^[\s\S]/, words: 'text, not empty' }
const nothing = like('', 'nothing')
const messageId = like(
  'urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}',
  'urn:uuid: and a UUIDv7',
)
const officeId = like('[0-9a-z]{2,10}', 'an office id')
const instant = like(`${day}T${time}${zone}`, 'yyyy-MM-ddTHH:mm:ss.SSS+07:00')
const digest = like('[0-9a-f]{64}', '64 lower-case hexadecimal digits')
const date = like(day, 'yyyy-MM-dd, Christian era')
const code = like('00[1-4]', '001 to 004')
const truth = oneOf(['true', 'false'])

/** Of elements that have none. */
export const noAttributes: ElementRule['attributes'] = {}

const text = (prefix: Prefix, name: string, value: ValueRule, attributes = noAttributes): ElementRule => ({
  prefix,
  name,
  attributes,
  value,
})
const order = (prefix: Prefix, name: string, ...children: readonly ChildRule[]): ElementRule => ({
  prefix,
  name,
  attributes: noAttributes,
  orders: [children],
})
const one = (rule: ElementRule): ChildRule => ({ rule, least: 1, most: 1 })
const maybe = (rule: ElementRule): ChildRule => ({ rule, least: 0, most: 1 })
const any = (rule: ElementRule): ChildRule => ({ rule, least: 0, most: 20_000 })
const many = (rule: ElementRule): ChildRule => ({ rule, least: 1, most: 20_000 })

const office = text('env', 'OfficeID', officeId)
const organisation = (name: string): ElementRule =>
  order('ram', name, one(text('ram', 'ID', like('[0-9]{0,10}', 'an organisation id of up to ten digits'))))
const party = (name: string): ElementRule =>
  order(
    'ram',
    name,
    one(text('ram', 'GivenName', anyText)),
    one(text('ram', 'FamilyName', anyText)),
    one(text('ram', 'JobTitle', anyText)),
    one(organisation('MinistryOrganization')),
    one(organisation('DepartmentOrganization')),
  )

const header = order(
  'env',
  'Header',
  one(text('env', 'MessageID', messageId)),
  one(text('env', 'Content', oneOf(['letter', ...noticeKinds]))),
  maybe(text('env', 'Kind', oneOf(kinds))),
  maybe(text('env', 'Circular', truth)),
  one(order('env', 'From', one(office))),
  one(order('env', 'To', many(office))),
  one(text('env', 'CreatedAt', instant)),
  maybe(
    order('env', 'RelatesTo', one(text('env', 'MessageID', messageId)), one(text('env', 'Digest', digest))),
  ),
  maybe(
    order(
      'env',
      'Provenance',
      one(text('env', 'System', someText)),
      maybe(text('env', 'ProfileVersion', digest)),
      one(text('env', 'Format', someText)),
      maybe(text('env', 'Charset', someText)),
      one(text('env', 'SourceDigest', digest)),
      maybe(text('env', 'DatePrinted', anyText)),
      maybe(text('env', 'NumberCompleted', truth)),
    ),
  ),
)

const letter: ElementRule = {
  ...order(
    'ram',
    'CorrespondenceLetter',
    one(text('ram', 'ID', someText)),
    one(text('ram', 'CorrespondenceDate', date)),
    one(text('ram', 'Subject', someText)),
    one(text('ram', 'SecretCode', code)),
    one(text('ram', 'SpeedCode', code)),
    one(party('SenderParty')),
    one(party('ReceiverParty')),
    any(
      order(
        'ram',
        'ReferenceCorrespondence',
        one(text('ram', 'ID', anyText)),
        one(text('ram', 'CorrespondenceDate', like(`(${day})?`, 'yyyy-MM-dd, Christian era, or nothing'))),
        one(text('ram', 'Subject', anyText)),
      ),
    ),
    one(text('ram', 'Attachment', anyText)),
    one(text('ram', 'SendDate', like(`(${day}(T${time}${zone}?)?)?`, 'yyyy-MM-ddTHH:mm:ss, or nothing'))),
    one(text('ram', 'Description', anyText)),
    // Files travel beside the envelope: what the standard puts here stays empty.
    one(
      text('ram', 'MainLetterBinaryObject', nothing, {
        mimeCode: like(`(${media})?`, 'a media type, or nothing'),
      }),
    ),
  ),
  attributes: { ID: like('Letter', 'Letter') },
}

const attachment = text('env', 'Attachment', nothing, {
  MimeCode: like(media, 'a media type'),
  Name: someText,
  Role: oneOf(['main', 'enclosure']),
  SHA256: digest,
  Size: like('[1-9][0-9]{0,15}', 'a number of bytes'),
})

const notice = order(
  'env',
  'Notice',
  one(text('env', 'At', instant)),
  one(text('env', 'LetterNumber', someText)),
  one(text('env', 'LetterDate', date)),
  one(text('env', 'LetterSubject', someText)),
  maybe(text('env', 'ReceiveNumber', someText)),
  one(text('env', 'Reason', anyText)),
)

/** The root, its Signature left out. */
export const envelopeRule: ElementRule = {
  prefix: 'env',
  name: 'Envelope',
  attributes: { Version: like('1\\.0', '1.0') },
  orders: [
    [
      one(header),
      one(order('rsm', 'GovernmentDocument', one(letter))),
      one(order('env', 'Attachments', any(attachment))),
      one(order('env', 'Extension', any(text('env', 'Field', anyText, { Name: someText })))),
    ],
    [one(header), one(notice)],
  ],
}
