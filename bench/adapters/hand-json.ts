// The gateway's own JSON (Chiang Rai) by hand: JSON.parse, and every type and value looked at.
import type { IncomingAttachment } from '../../src/adapters/contract.ts'
import { type Kind, kinds, type Secrecy, secrecies, type Urgency, urgencies } from '../../src/letter/codes.ts'
import { readCanonicalDate } from '../../src/letter/dates.ts'
import type { Person } from '../../src/letter/letter.ts'
import { officeId } from '../../src/letter/offices.ts'
import { printInstant, readInstant } from '../../src/letter/time.ts'
import { type Beside, fail, type Hand, numberOf, type Read } from './hand.ts'
import { must } from './letters.ts'

type Fields = Readonly<Record<string, unknown>>

/** The parser alone. */
export const parseJson = (bytes: Buffer): unknown => JSON.parse(bytes.toString('utf8'))

export const handJson: Hand = {
  read: (bytes, beside) => {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    const document = object(JSON.parse(text), ['messageId', 'letter'])
    return [letterOf(object(document['letter'], keys), beside)]
  },
  write: ({ attachments, sentAt, number, ...rest }) => {
    const letter = {
      ...rest,
      number: number.printed,
      attachments,
      ...(sentAt !== undefined && { sentAt: printInstant(sentAt) }),
    }
    const bytes = Buffer.from(
      JSON.stringify({ messageId: 'urn:uuid:01890000-0000-7000-8000-000000000000', letter }),
    )
    return { bytes, names: attachments.map(({ name }) => name) }
  },
}

const keys = [
  ...['kind', 'circular', 'number', 'date', 'subject', 'urgency', 'secrecy', 'from', 'to', 'references'],
  ...['enclosureNote', 'sentAt', 'description', 'attachments', 'extension'],
]

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function object(value: unknown, allowed: readonly string[]): Fields {
  if (!isFields(value)) return fail('no object', String(value))
  for (const key of Object.keys(value)) if (!allowed.includes(key)) fail('an unknown key', key)
  return value
}

const list = (value: unknown): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : fail('no list', String(value))

function text(fields: Fields, key: string): string {
  const value = fields[key]
  return value === undefined ? '' : typeof value === 'string' ? value : fail('no text', key)
}

function oneOf<Value extends string>(values: readonly Value[], said: string): Value {
  return values.find((each) => each === said) ?? fail('unknown code', said)
}

function person(value: unknown): Person | undefined {
  if (value === undefined) return undefined
  const fields = object(value, ['givenName', 'familyName', 'jobTitle'])
  const [givenName, familyName, jobTitle] = [
    text(fields, 'givenName'),
    text(fields, 'familyName'),
    text(fields, 'jobTitle'),
  ]
  return { givenName, familyName, jobTitle }
}

function letterOf(fields: Fields, beside: Beside): Read {
  const { number } = numberOf(text(fields, 'number'))
  const from = object(fields['from'], ['office', 'person'])
  const to = object(fields['to'], ['offices', 'person'])
  const [signer, receiver] = [person(from['person']), person(to['person'])]
  const [first, ...others] = list(to['offices']).map((each) =>
    must(officeId(typeof each === 'string' ? each : fail('no office', String(each)))),
  )
  const sent = text(fields, 'sentAt')
  const circular = fields['circular']
  return {
    draft: {
      kind: oneOf<Kind>(kinds, text(fields, 'kind')),
      circular: typeof circular === 'boolean' ? circular : fail('no mark of a circular', String(circular)),
      number,
      date: must(readCanonicalDate(text(fields, 'date'))),
      subject: text(fields, 'subject'),
      urgency: oneOf<Urgency>(urgencies, text(fields, 'urgency')),
      secrecy: oneOf<Secrecy>(secrecies, text(fields, 'secrecy')),
      from: { office: must(officeId(text(from, 'office'))), ...(signer && { person: signer }) },
      to:
        first === undefined
          ? fail('no recipient', '')
          : { offices: [first, ...others], ...(receiver && { person: receiver }) },
      references: list(fields['references']).map((each) => {
        const reference = object(each, ['number', 'date', 'subject'])
        const day = text(reference, 'date')
        const said = { number: text(reference, 'number'), subject: text(reference, 'subject') }
        return day === '' ? said : { ...said, date: must(readCanonicalDate(day)) }
      }),
      enclosureNote: text(fields, 'enclosureNote'),
      ...(sent !== '' && { sentAt: must(readInstant(sent)) }),
      description: text(fields, 'description'),
      extension: list(fields['extension']).map((each) => {
        const field = object(each, ['name', 'value'])
        return { name: text(field, 'name'), value: text(field, 'value') }
      }),
    },
    attachments: list(fields['attachments']).map((each) => attachmentOf(each, beside)),
  }
}

function attachmentOf(value: unknown, beside: Beside): IncomingAttachment {
  const fields = object(value, ['name', 'mediaType', 'role', 'size', 'sha256'])
  const name = text(fields, 'name')
  const content = beside.get(name) ?? fail('a file is missing', name)
  if (content.kind === 'kept' && (content.sha256 !== fields['sha256'] || content.size !== fields['size']))
    fail('another file', name)
  return {
    name,
    mediaType: text(fields, 'mediaType'),
    role: oneOf(['main', 'enclosure'] as const, text(fields, 'role')),
    content,
  }
}
