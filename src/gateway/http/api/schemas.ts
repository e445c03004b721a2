// The schemas of what the API takes and gives, each once, by name: for the checks, the types' readers, and the description.
import { kinds, secrecies, urgencies } from '../../../letter/codes.ts'
import { deliveryTable, letterTable } from '../../delivery/states.ts'
import type { Schema } from './operation.ts'

export const oneOf = (values: readonly string[]): Schema => ({ type: 'string', enum: values })
export const text = (description: string, maxLength = 200): Schema => ({
  type: 'string',
  minLength: 1,
  maxLength,
  description,
})
const instant: Schema = {
  type: 'string',
  format: 'date-time',
  description: 'Thai time, +07:00.',
}
const count: Schema = { type: 'integer', minimum: 0 }
const nullable = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] })
export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })

/** An object with exactly these properties; those whose names end in `?` may be absent. */
export function object(properties: Readonly<Record<string, Schema>>, description?: string): Schema {
  const named = Object.entries(properties).map(([name, schema]) => [name.replace('?', ''), schema] as const)
  return {
    type: 'object',
    ...(description !== undefined && { description }),
    required: Object.keys(properties).filter((name) => !name.endsWith('?')),
    properties: Object.fromEntries(named),
    additionalProperties: false,
  }
}

export const listOf = (schema: Schema): Schema => ({ type: 'array', items: schema })

/** A page of a list. */
export const pageOf = (schema: Schema, more: Readonly<Record<string, Schema>> = {}): Schema =>
  object({
    items: listOf(schema),
    ...more,
    'next?': {
      type: 'string',
      description:
        'The cursor of the next page. A page may have few items, or none, although there is a next one. Absent: this was the last.',
    },
  })

const states = Object.keys(letterTable)
export const deliveryStates = Object.keys(deliveryTable)
export const letterStates: Schema = oneOf(states)

export const officeId: Schema = {
  type: 'string',
  pattern: '^([1-9][0-9]|moi)$',
  description: 'The TIS 1099 code of a province (50 = เชียงใหม่), or moi for the ministry’s central inbox.',
}
export const messageId: Schema = {
  type: 'string',
  pattern: '^(urn:uuid:)?[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$',
  description: 'A message id; urn:uuid: may be left out.',
}
export const anId: Schema = { type: 'string', pattern: '^[0-9a-f-]{36}$' }
export const limit: Schema = {
  type: 'integer',
  minimum: 1,
  maximum: 200,
  default: 50,
  description: 'Items of a page at most.',
}
export const cursor: Schema = {
  type: 'string',
  minLength: 1,
  maxLength: 600,
  pattern: '^[A-Za-z0-9_-]+$',
  description: 'next of the page before, with the same other parameters.',
}

/** Who orders it is known by the key. */
export const why: Schema = {
  ...text('Why: kept in the events with the name of the grant. A few words.'),
  // Not only spaces.
  pattern: '\\S',
}

const problemShown = object(
  {
    code: { type: 'string' },
    path: { type: 'string' },
    'message?': { type: 'string' },
    'messageThai?': { type: 'string' },
    'remedy?': { type: 'string' },
    'remedyThai?': { type: 'string' },
  },
  'A reason. What it quotes of a letter that you may not read is left out, and so is its message.',
)

const letter = {
  messageId,
  sender: officeId,
  recipient: officeId,
  number: { type: 'string', description: 'Normalised.' },
  date: { type: 'string', format: 'date', description: 'As printed on the letter, Christian era.' },
  urgency: oneOf(urgencies),
  secrecy: oneOf(secrecies),
  state: oneOf(states),
  receiveNumber: nullable({ type: 'string' }),
  takenAt: instant,
  changedAt: instant,
  'subject?': { type: 'string', description: 'Absent when you may not read it.' },
}

const delivery = {
  id: anId,
  messageId,
  brings: { type: 'string', description: 'letter, or the kind of the notice.' },
  about: { ...messageId, description: 'The letter: itself, or what the notice speaks of.' },
  office: { ...officeId, description: 'To whom.' },
  mode: oneOf(['push', 'poll']),
  state: oneOf(deliveryStates),
  open: { type: 'boolean' },
  attempts: count,
  underWaySince: {
    ...nullable(instant),
    description:
      'Since when it is being brought, its office being connected to included; null: it is not, or began this second.',
  },
  nextAttemptAt: nullable(instant),
  triedUntil: instant,
  expectedBy: nullable(instant),
  createdAt: instant,
  changedAt: instant,
}

const notice = {
  messageId,
  kind: oneOf(['receive', 'accept', 'reject', 'invalid', 'dispute', 'recall']),
  about: messageId,
  sender: officeId,
  recipient: officeId,
  receiveNumber: nullable({ type: 'string' }),
  takenAt: instant,
  'reason?': { type: 'string', description: 'Absent when you may not read it.' },
}

const person = object({
  givenName: { type: 'string' },
  familyName: { type: 'string' },
  jobTitle: { type: 'string' },
})

const content = object({
  number: { type: 'string', description: 'As printed.' },
  subject: { type: 'string' },
  kind: oneOf(kinds),
  circular: { type: 'boolean' },
  'senderPerson?': person,
  'recipientPerson?': person,
  references: listOf(
    object({ number: { type: 'string' }, 'date?': { type: 'string' }, subject: { type: 'string' } }),
  ),
  enclosureNote: { type: 'string' },
  description: { type: 'string' },
  attachments: listOf(
    object({
      name: { type: 'string' },
      mediaType: { type: 'string' },
      size: count,
      sha256: { type: 'string' },
      role: oneOf(['main', 'enclosure']),
    }),
  ),
})

const attempt = {
  number: { type: 'integer', minimum: 1 },
  startedAt: instant,
  endedAt: nullable(instant),
  outcome: nullable({ type: 'string' }),
  'problem?': ref('ProblemShown'),
  'said?': { type: 'string', description: 'What the other side said, cut. Absent when you may not read it.' },
}

const facts: Schema = {
  type: 'object',
  additionalProperties: { type: ['string', 'number'] },
  description: 'Ids, counts and codes; who and why of what a person ordered.',
}

/** Everything that the description calls by name. */
export const components: Readonly<Record<string, Schema>> = {
  Problem: {
    type: 'object',
    required: ['type', 'title', 'status', 'problems'],
    description:
      'application/problem+json (RFC 9457); every fault at once, in English and Thai, with what to do.',
    properties: {
      type: { type: 'string' },
      title: { type: 'string' },
      status: { type: 'integer' },
      problems: {
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          required: ['code', 'path', 'message', 'remedy', 'messageThai', 'remedyThai'],
        },
      },
    },
  },
  ProblemShown: problemShown,
  Letter: object(letter, 'A letter as one of its recipients has it.'),
  LetterWhole: object({
    messageId,
    sender: officeId,
    number: letter.number,
    date: letter.date,
    urgency: letter.urgency,
    secrecy: letter.secrecy,
    takenAt: instant,
    digest: { type: 'string', description: 'SHA-256 of the envelope without its signature.' },
    'content?': { ...content, description: 'Absent when you may not read it.' },
    recipients: listOf(
      object({
        recipient: officeId,
        state: letter.state,
        receiveNumber: letter.receiveNumber,
        changedAt: instant,
      }),
    ),
    deliveries: listOf(ref('Delivery')),
    notices: listOf(ref('Notice')),
    more: {
      type: 'boolean',
      description:
        'There are more than 100 recipients, deliveries or notices: the lists have them all (message=, about=).',
    },
  }),
  Delivery: object(delivery, 'The duty to bring one envelope to one office.'),
  Notice: object(notice, 'A statement about a letter.'),
  Attempt: object(attempt, 'One try of a delivery.'),
  Office: object({
    id: officeId,
    name: { type: 'string' },
    nameThai: { type: 'string' },
    connected: { type: 'boolean', description: 'A system of it is connected.' },
    'open?': {
      ...count,
      description: 'Deliveries to it that are open. Only for who may see that there are secret letters.',
    },
    reachable: { type: 'boolean' },
    'probeAt?': instant,
    'closedUntil?': instant,
  }),
  Profile: object({
    id: { type: 'string' },
    office: officeId,
    version: { type: 'string', description: 'SHA-256 of the file.' },
    format: { type: 'string' },
    mode: oneOf(['push', 'poll']),
    sealsItself: { type: 'boolean' },
  }),
  Quarantined: object({
    id: anId,
    system: { type: 'string' },
    office: nullable(officeId),
    'name?': { type: 'string', description: 'Of its source. Absent when you may not read it.' },
    position: { type: 'string' },
    number: nullable({ type: 'string' }),
    secrecy: nullable(oneOf(secrecies)),
    doubted: {
      type: 'boolean',
      description: 'Whether its office sent it, or means the letter that stands now, is not proved.',
    },
    state: oneOf(['waiting', 'taken', 'replaced', 'dismissed']),
    problems: listOf(ref('ProblemShown')),
    messageId: nullable(messageId),
    at: instant,
    changedAt: nullable(instant),
    changedBy: nullable({ type: 'string' }),
    'changedWhy?': nullable({ type: 'string' }),
  }),
  Event: object({
    seq: { type: 'integer', minimum: 1 },
    at: instant,
    name: { type: 'string', description: 'noun.verb' },
    messageId: nullable({ type: 'string' }),
    office: nullable({ type: 'string' }),
    facts,
  }),
  Corrected: object(
    {
      applied: { type: 'boolean', description: 'false: only what it would be.' },
      'messageId?': { ...messageId, description: 'Of the letter that was made.' },
      digest: { type: 'string', description: 'Of what was shown: with it, nothing else is done.' },
      changes: listOf(object({ field: { type: 'string' }, before: {}, after: {} })),
      recalls: listOf(
        object({
          recipient: officeId,
          state: letterStates,
          mayHaveArrived: {
            type: 'boolean',
            description: 'Nobody knows whether it did: the recipient may have both.',
          },
        }),
      ),
      recipients: listOf(officeId),
    },
    'What a correction changes, where the letter is recalled for it, and who is to have the new one.',
  ),
  Ordered: object({
    order: { ...anId, description: 'GET /v1/orders/{id} tells when it is done.' },
    'kind?': oneOf(['reload', 'retry', 'correct']),
    'by?': { type: 'string', description: 'Who gave it.' },
    'answer?': { type: 'object', description: 'What came of it; absent: it is not done yet.' },
  }),
  OrderedOfAll: object({
    gateways: listOf(
      object({
        gateway: { type: 'string', description: 'Its machine and process.' },
        order: { ...anId, description: 'GET /v1/orders/{id} tells when it is done.' },
        'answer?': { type: 'object', description: 'What came of it there; absent: it is not done yet.' },
      }),
    ),
  }),
}
