// The canonical JSON of a letter, written and read. `schemas/letter.schema.json` describes it.
import { bad, good, type Problem, problem, type Result, within } from '../problem/problem.ts'
import type { LetterDraft } from './check.ts'
import { type Kind, kinds, type Secrecy, secrecies, type Urgency, urgencies } from './codes.ts'
import { type LetterDate, readLetterDate } from './dates.ts'
import { JsonReader } from './json-reader.ts'
import type { ExtensionField, LetterFields, Person, Recipients, Reference, Sender } from './letter.ts'
import { type LetterNumber, readLetterNumber } from './numbers.ts'
import { type OfficeId, officeId } from './offices.ts'
import { printInstant, readInstant } from './time.ts'

/** An attachment in the canonical JSON: its bytes inline (`content`, base64), or beside, by its name. */
export interface JsonAttachment {
  readonly name: string
  /** As said; absent: by the name's ending. */
  readonly mediaType?: string
  readonly role: 'main' | 'enclosure'
  /** Bytes. */
  readonly size?: number
  readonly sha256?: string
  readonly content?: string
}

/** The canonical JSON of a letter: every field that it has, in this order. */
export interface JsonLetter {
  readonly kind: Kind
  readonly circular: boolean
  /** As printed. */
  readonly number: string
  /** `yyyy-MM-dd`, Christian era. */
  readonly date: string
  readonly subject: string
  readonly urgency: Urgency
  readonly secrecy: Secrecy
  readonly from: { readonly office: string; readonly person?: Person }
  readonly to: { readonly offices: readonly string[]; readonly person?: Person }
  readonly references: readonly {
    readonly number: string
    readonly date?: string
    readonly subject: string
  }[]
  readonly enclosureNote: string
  /** `yyyy-MM-ddTHH:mm:ss.SSS+07:00`. */
  readonly sentAt?: string
  readonly description: string
  readonly attachments: readonly JsonAttachment[]
  readonly extension: readonly ExtensionField[]
}

/** The letter as canonical JSON. Attachments by name, size and digest; their bytes travel beside. */
export function letterToJson(letter: LetterFields): JsonLetter {
  return {
    kind: letter.kind,
    circular: letter.circular,
    number: letter.number.printed,
    date: letter.date,
    subject: letter.subject,
    urgency: letter.urgency,
    secrecy: letter.secrecy,
    from: letter.from,
    to: letter.to,
    references: letter.references,
    enclosureNote: letter.enclosureNote,
    ...(letter.sentAt !== undefined && { sentAt: printInstant(letter.sentAt) }),
    description: letter.description,
    attachments: letter.attachments,
    extension: letter.extension,
  }
}

const letterKeys = [
  'kind',
  'circular',
  'number',
  'date',
  'subject',
  'urgency',
  'secrecy',
  'from',
  'to',
  'references',
  'enclosureNote',
  'sentAt',
  'description',
  'attachments',
  'extension',
] as const

/**
 * Reads the canonical JSON of a letter, and what people write for short: `from: "50"`, `to: "moi"` or `["50", "51"]`; absent
 * are kind (external), circular (as the number says), urgency (as glued to the number, else ordinary) and secrecy
 * (ordinary). Every fault at once: unknown keys, wrong types, values that cannot be read. What is missing is for
 * `checkLetter` to say.
 */
export function letterFromJson(
  value: unknown,
): Result<{ draft: LetterDraft; attachments: JsonAttachment[] }> {
  const faults: Problem[] = []
  const top = JsonReader.of(value, '', letterKeys, faults)
  const read = readNumber(top, faults)
  const number = read?.number
  const date = readDate(top, faults)
  const from = readSender(top, faults)
  const to = readRecipients(top, faults)
  const sentAt = top.text('sentAt')
  const instant = sentAt === undefined ? undefined : taken(readInstant(sentAt), top.at('sentAt'), faults)
  const draft: LetterDraft = {
    kind: top.oneOf('kind', kinds) ?? 'external',
    circular: top.flag('circular') ?? number?.circular ?? false,
    number,
    date,
    subject: top.text('subject'),
    urgency: top.oneOf('urgency', urgencies) ?? read?.urgency ?? 'ordinary',
    secrecy: top.oneOf('secrecy', secrecies) ?? 'ordinary',
    from,
    to,
    references: top.list('references').map((entry) => readReference(entry, faults)),
    enclosureNote: top.text('enclosureNote') ?? '',
    ...(instant !== undefined && { sentAt: instant }),
    description: top.text('description') ?? '',
    extension: top.list('extension').map((entry) => readExtension(entry, faults)),
  }
  const attachments = readAttachments(top, faults)
  const [first, ...rest] = faults
  return first === undefined ? good({ draft, attachments }) : bad(first, ...rest)
}

const partyExpected = 'text (an office id) or object'

interface Entry {
  readonly value: unknown
  readonly path: string
}

function taken<Value>(result: Result<Value>, path: string, faults: Problem[]): Value | undefined {
  if (result.ok) return result.value
  faults.push(...result.problems.map((found) => within(path, found)))
  return undefined
}

function readNumber(
  top: JsonReader,
  faults: Problem[],
): { number: LetterNumber; urgency?: Urgency } | undefined {
  const printed = top.text('number')
  return printed === undefined ? undefined : taken(readLetterNumber(printed), top.at('number'), faults)
}

function readDate(from: JsonReader, faults: Problem[]): LetterDate | undefined {
  const written = from.text('date')
  if (written === undefined) return undefined
  return taken(readLetterDate(written, { form: 'ce:yyyy-MM-dd' }), from.at('date'), faults)
}

function readSender(top: JsonReader, faults: Problem[]): Sender | undefined {
  const value = top.any('from')
  if (value === undefined) return undefined
  if (typeof value === 'string') {
    const office = readOffice(value, 'from', faults)
    return office && { office }
  }
  const party = JsonReader.of(value, 'from', ['office', 'person'], faults, partyExpected)
  const id = party.needed('office')
  const office = id === undefined ? undefined : readOffice(id, party.at('office'), faults)
  const person = readPerson(party, faults)
  return office && { office, ...(person && { person }) }
}

function readRecipients(top: JsonReader, faults: Problem[]): Recipients | undefined {
  const value = top.any('to')
  if (value === undefined) return undefined
  if (typeof value === 'string') return recipients([{ value, path: 'to' }], undefined, faults)
  if (Array.isArray(value)) {
    return recipients(
      value.map((office: unknown, index) => ({ value: office, path: `to.${index}` })),
      undefined,
      faults,
    )
  }
  const party = JsonReader.of(value, 'to', ['offices', 'person'], faults, partyExpected)
  return recipients(party.list('offices'), readPerson(party, faults), faults)
}

function recipients(
  entries: readonly Entry[],
  person: Person | undefined,
  faults: Problem[],
): Recipients | undefined {
  const offices: OfficeId[] = []
  for (const { value, path } of entries) {
    const office = typeof value === 'string' ? readOffice(value, path, faults) : undefined
    if (typeof value !== 'string') faults.push(wrongOffice(value, path))
    if (office !== undefined) offices.push(office)
  }
  const [first, ...rest] = offices
  // None at all is missing: `checkLetter` says so.
  return first && { offices: [first, ...rest], ...(person && { person }) }
}

const wrongOffice = (value: unknown, path: string): Problem =>
  problem('letter.json.type', path, String(JSON.stringify(value)), { expected: 'text (an office id)' })

const readOffice = (id: string, path: string, faults: Problem[]): OfficeId | undefined =>
  taken(officeId(id), path, faults)

function readPerson(party: JsonReader, faults: Problem[]): Person | undefined {
  const value = party.any('person')
  if (value === undefined) return undefined
  const person = JsonReader.of(value, party.at('person'), ['givenName', 'familyName', 'jobTitle'], faults)
  return {
    givenName: person.text('givenName') ?? '',
    familyName: person.text('familyName') ?? '',
    jobTitle: person.text('jobTitle') ?? '',
  }
}

function readReference(entry: Entry, faults: Problem[]): Reference {
  const reference = JsonReader.of(entry.value, entry.path, ['number', 'date', 'subject'], faults)
  const date = readDate(reference, faults)
  const number = reference.text('number') ?? ''
  return { number, ...(date !== undefined && { date }), subject: reference.text('subject') ?? '' }
}

function readExtension(entry: Entry, faults: Problem[]): ExtensionField {
  const field = JsonReader.of(entry.value, entry.path, ['name', 'value'], faults)
  return { name: field.needed('name') ?? '', value: field.text('value') ?? '' }
}

function readAttachments(top: JsonReader, faults: Problem[]): JsonAttachment[] {
  const keys = ['name', 'mediaType', 'role', 'size', 'sha256', 'content'] as const
  const entries = top.list('attachments').map((entry) => JsonReader.of(entry.value, entry.path, keys, faults))
  const roles = entries.map((attachment) => attachment.oneOf('role', ['main', 'enclosure'] as const))
  return entries.map((attachment, index) => {
    const mediaType = attachment.text('mediaType')
    const size = attachment.count('size')
    const sha256 = attachment.text('sha256')
    const content = attachment.text('content')
    // Nobody says which is the main file: it is the first.
    const role = roles[index] ?? (index === 0 && !roles.includes('main') ? 'main' : 'enclosure')
    return {
      name: attachment.needed('name') ?? '',
      ...(mediaType !== undefined && { mediaType }),
      role,
      ...(size !== undefined && { size }),
      ...(sha256 !== undefined && { sha256 }),
      ...(content !== undefined && { content }),
    }
  })
}
