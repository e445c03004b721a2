// The envelope's schema as data: the same rules as `schemas/envelope/1.0/*.xsd`, which the tests hold against each other
// over every vector and over generated documents. The Signature is judged before, more strictly than a schema could.
import { mediaTypes } from '../letter/attachments.ts'
import { kinds } from '../letter/codes.ts'
import { noticeKinds } from '../letter/notice.ts'
import { offices } from '../letter/offices.ts'
import { namespaces, type Prefix } from './namespaces.ts'

/** What a value must look like; the words say so to a person. */
export interface ValueRule {
  fits(text: string): boolean
  readonly words: string
  /** Values that fit and are usual: all of them, where the rule is a list. */
  readonly usual?: readonly string[]
}

export interface AttributeRule {
  readonly name: string
  readonly value: ValueRule
}

export interface ElementRule {
  readonly namespace: string
  readonly name: string
  /** All of them are needed, and no other may stand. */
  readonly attributes: readonly AttributeRule[]
  /** Elements in this order and nothing else, or one of several such orders. */
  readonly orders: readonly (readonly ChildRule[])[] | undefined
  /** Text and no element; exactly when there are no orders. */
  readonly value: ValueRule | undefined
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
const usualMedia = mediaTypes.map(({ type }) => type)

function like(pattern: string, words: string, usual: readonly string[] = []): ValueRule {
  const whole = new RegExp(`^(?:${pattern})$`)
  return { fits: (text) => whole.test(text), words, usual }
}
const oneOf = (values: readonly string[]): ValueRule => ({
  fits: (text) => values.includes(text),
  words: values.join(', '),
  usual: values,
})

const anyText: ValueRule = { fits: () => true, words: 'text' }
const someText: ValueRule = { fits: (text) => text !== '', words: 'text, not empty' }
const nothing: ValueRule = { fits: (text) => text === '', words: 'nothing' }
const messageId = like(
  'urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}',
  'urn:uuid: and a UUIDv7',
)
const officeId = like(
  '[0-9a-z]{2,10}',
  'an office id',
  offices.map(({ id }) => id),
)
const instant = like(`${day}T${time}${zone}`, 'yyyy-MM-ddTHH:mm:ss.SSS+07:00')
const digest = like('[0-9a-f]{64}', '64 lower-case hexadecimal digits')
const date = like(day, 'yyyy-MM-dd, Christian era')
const code: ValueRule = { ...oneOf(['001', '002', '003', '004']), words: '001 to 004' }
const truth = oneOf(['true', 'false'])

type Attributes = Readonly<Record<string, ValueRule>>

// One way to make them, so that all rules are objects of one shape.
const element = (
  prefix: Prefix,
  name: string,
  attributes: Attributes,
  content: Pick<ElementRule, 'value' | 'orders'>,
): ElementRule => ({
  namespace: namespaces[prefix],
  name,
  attributes: Object.entries(attributes).map(([name, value]) => ({ name, value })),
  orders: content.orders,
  value: content.value,
})
const text = (prefix: Prefix, name: string, value: ValueRule, attributes: Attributes = {}): ElementRule =>
  element(prefix, name, attributes, { value, orders: undefined })
const order = (prefix: Prefix, name: string, ...children: readonly ChildRule[]): ElementRule =>
  element(prefix, name, {}, { orders: [children], value: undefined })
const one = (rule: ElementRule): ChildRule => ({ rule, least: 1, most: 1 })
const maybe = (rule: ElementRule): ChildRule => ({ rule, least: 0, most: 1 })
const any = (rule: ElementRule): ChildRule => ({ rule, least: 0, most: 20_000 })
const many = (rule: ElementRule): ChildRule => ({ rule, least: 1, most: 20_000 })

const office = text('env', 'OfficeID', officeId)
const organisationId = like('[0-9]{0,10}', 'an organisation id of up to ten digits', [
  ...new Set(offices.flatMap(({ organisationId, ministryId }) => [organisationId, ministryId])),
])
const organisation = (name: string): ElementRule => order('ram', name, one(text('ram', 'ID', organisationId)))
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

const letter = element(
  'ram',
  'CorrespondenceLetter',
  { ID: oneOf(['Letter']) },
  {
    orders: [
      [
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
            one(
              text('ram', 'CorrespondenceDate', like(`(${day})?`, 'yyyy-MM-dd, Christian era, or nothing')),
            ),
            one(text('ram', 'Subject', anyText)),
          ),
        ),
        one(text('ram', 'Attachment', anyText)),
        one(text('ram', 'SendDate', like(`(${day}(T${time}${zone}?)?)?`, 'yyyy-MM-ddTHH:mm:ss, or nothing'))),
        one(text('ram', 'Description', anyText)),
        // Files travel beside the envelope: what the standard puts here stays empty.
        one(
          text('ram', 'MainLetterBinaryObject', nothing, {
            mimeCode: like(`(${media})?`, 'a media type, or nothing', usualMedia),
          }),
        ),
      ],
    ],
    value: undefined,
  },
)

const attachment = text('env', 'Attachment', nothing, {
  MimeCode: like(media, 'a media type', usualMedia),
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
export const envelopeRule = element(
  'env',
  'Envelope',
  { Version: oneOf(['1.0']) },
  {
    orders: [
      [
        one(header),
        one(order('rsm', 'GovernmentDocument', one(letter))),
        one(order('env', 'Attachments', any(attachment))),
        one(order('env', 'Extension', any(text('env', 'Field', anyText, { Name: someText })))),
      ],
      [one(header), one(notice)],
    ],
    value: undefined,
  },
)
