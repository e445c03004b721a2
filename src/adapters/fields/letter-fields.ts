// The canonical fields of a letter, as a profile names them, and the letter that they make: both ways in one place.

import type { LetterDraft } from '../../letter/check.ts'
import { kinds, secrecies, urgencies } from '../../letter/codes.ts'
import { readCanonicalDate } from '../../letter/dates.ts'
import type { ExtensionField, LetterFields, Person, Reference } from '../../letter/letter.ts'
import { type OfficeId, officeId, offices } from '../../letter/offices.ts'
import { printInstant, readInstant } from '../../letter/time.ts'
import { bad, good, type Problem, problem, type Result, within } from '../../problem/problem.ts'
import { gather, type Values } from './codec.ts'
import { readNumber } from './letter-number.ts'

export type FieldValues = ReadonlyMap<string, Values>

const truths = ['true', 'false']
export const officeIds = offices.map(({ id }): string => id)

/** What a profile may say of a canonical field: the codecs that can write it and, if they are few, its only values. */
export interface FieldRule {
  readonly codecs: readonly string[]
  readonly values?: readonly string[]
  /** Words for people, of which a cell may hold the beginning alone. */
  readonly mayBeCut?: true
}

export const dates = ['buddhist-date', 'christian-date', 'unix-date', 'utc-date', 'join']
const texts = ['text', 'digits', 'join']

/** Every canonical field that a letter's `fields` can map. */
export const letterFields: Readonly<Record<string, FieldRule>> = {
  number: { codecs: ['letter-number', 'join'] },
  date: { codecs: dates },
  subject: { codecs: texts },
  kind: { codecs: ['table', 'lookup'], values: kinds },
  circular: { codecs: ['table', 'flag', 'lookup'], values: truths },
  urgency: { codecs: ['table', 'lookup', 'highest'], values: urgencies },
  secrecy: { codecs: ['table', 'lookup', 'highest'], values: secrecies },
  from: { codecs: ['office', 'table', 'lookup'], values: officeIds },
  'from.person': { codecs: ['person', 'lookup'] },
  to: { codecs: ['office', 'table', 'list', 'lookup'], values: officeIds },
  'to.person': { codecs: ['person', 'lookup'] },
  'references.number': { codecs: ['list'] },
  'references.date': { codecs: ['list'] },
  'references.subject': { codecs: ['list'] },
  enclosureNote: { codecs: texts },
  sentAt: { codecs: ['instant'] },
  description: { codecs: texts },
  attachments: { codecs: ['file-beside', 'base64'] },
}

/** Without these there is no letter. */
export const neededLetterFields: readonly string[] = ['number', 'date', 'subject', 'to']

/** A letter's canonical values, field by field; `attachments` apart. */
export function valuesOfLetter(letter: LetterFields): Map<string, Values> {
  const { from, to, references, sentAt } = letter
  // Without a list of all entries, which would cost more than the map.
  return new Map<string, Values>()
    .set('number', one(letter.number.printed))
    .set('date', one(letter.date))
    .set('subject', one(letter.subject))
    .set('kind', one(letter.kind))
    .set('circular', one(String(letter.circular)))
    .set('urgency', one(letter.urgency))
    .set('secrecy', one(letter.secrecy))
    .set('from', one(from.office))
    .set('from.person', namesOf(from.person))
    .set('to', to.offices)
    .set('to.person', namesOf(to.person))
    .set('references.number', side(references.map(({ number }) => number)))
    .set('references.date', side(references.map(({ date }) => date ?? '')))
    .set('references.subject', side(references.map(({ subject }) => subject)))
    .set('enclosureNote', one(letter.enclosureNote))
    .set('sentAt', sentAt === undefined ? [] : [printInstant(sentAt)])
    .set('description', one(letter.description))
}

const one = (value: string): Values => (value === '' ? [] : [value])

/** What a field is taken to be where the form has no place for it: the value that needs no mapping. */
export function impliedValues(field: string, circularNumber: boolean, own: OfficeId): Values {
  switch (field) {
    case 'kind':
      return ['external']
    case 'circular':
      return [String(circularNumber)]
    case 'urgency':
    case 'secrecy':
      return ['ordinary']
    case 'from':
      return [own]
    default:
      return []
  }
}

/**
 * The letter that canonical values make: whatever could be read of it, or every problem, its path the field's name. The
 * gateway's check of the letter comes after; here only what cannot be put into a letter is a fault. `extension`: what no field
 * is mapped to.
 */
export function letterOfValues(
  values: FieldValues,
  own: OfficeId,
  extension: readonly ExtensionField[] = [],
): Result<LetterDraft> {
  const problems: Problem[] = []
  const only = (field: string): string | undefined => atMostIn(values, field, 1, problems)[0]
  const keep = <Value>(field: string, result: Result<Value> | undefined): Value | undefined => {
    if (result === undefined) return undefined
    if (result.ok) return result.value
    problems.push(...result.problems.map((each) => within(field, each)))
    return undefined
  }
  const read = <Value>(field: string, reader: (text: string) => Result<Value>): Value | undefined => {
    const value = only(field)
    return keep(field, value === undefined ? undefined : reader(value))
  }

  const numbered = read('number', readNumber)
  const number = numbered?.number
  const said = read('urgency', urgencyOf)
  const glued = numbered?.urgency
  if (glued !== undefined && said !== undefined && glued !== said)
    problems.push(problem('adapter.field.urgency-contradicted', 'urgency', number?.printed, { glued, said }))
  const from = read('from', officeId) ?? own
  const [recipient, ...recipients] = keep('to', gather(values.get('to') ?? [], officeId)) ?? []
  const sender = personOf(atMostIn(values, 'from.person', 3, problems))
  const receiver = personOf(atMostIn(values, 'to.person', 3, problems))
  const draft: LetterDraft = {
    kind: read('kind', kindOf) ?? 'external',
    circular: values.has('circular') ? only('circular') === 'true' : (number?.circular ?? false),
    number,
    date: read('date', readCanonicalDate),
    subject: only('subject'),
    urgency: said ?? glued ?? 'ordinary',
    secrecy: read('secrecy', secrecyOf) ?? 'ordinary',
    from: sender === undefined ? { office: from } : { office: from, person: sender },
    ...(recipient !== undefined && {
      to: { offices: [recipient, ...recipients], ...(receiver && { person: receiver }) },
    }),
    references: keep('references', referencesOf(values)) ?? [],
    enclosureNote: only('enclosureNote') ?? '',
    sentAt: read('sentAt', readInstant),
    description: only('description') ?? '',
    extension,
  }
  const [fault, ...more] = problems
  return fault === undefined ? good(draft) : { ok: false, problems: [fault, ...more] }
}

/** The values of a field that has so many at most. Of more nobody can tell which is meant: none, and a problem. */
export function atMostIn(values: FieldValues, field: string, limit: number, problems: Problem[]): Values {
  const found = values.get(field) ?? []
  if (found.length <= limit) return found
  problems.push(problem('adapter.field.several', field, found.join(' · '), { count: found.length, limit }))
  return []
}

/** A value of a closed list. */
export const oneOf =
  <Value extends string>(list: readonly Value[]) =>
  (text: string): Result<Value> => {
    const found = list.find((each) => each === text)
    return found === undefined
      ? {
          ok: false,
          problems: [problem('adapter.field.value-unknown', '', text, { expected: list.join(', ') })],
        }
      : good(found)
  }

const kindOf = oneOf(kinds)
const urgencyOf = oneOf(urgencies)
const secrecyOf = oneOf(secrecies)

/** References are lists side by side: a list in which nothing stands is no list. */
const side = (values: Values): Values => (values.every((value) => value === '') ? [] : values)

/** The lists of references; a fault where two of them differ in length: which number, day and subject are one nobody can know. */
function referencesOf(values: FieldValues): Result<readonly Reference[]> {
  const numbers = side(values.get('references.number') ?? [])
  const dates = side(values.get('references.date') ?? [])
  const subjects = side(values.get('references.subject') ?? [])
  const lists = [numbers, dates, subjects].filter(({ length }) => length > 0)
  const [first = []] = lists
  if (lists.some(({ length }) => length !== first.length)) {
    const counts = { numbers: numbers.length, dates: dates.length, subjects: subjects.length }
    return bad(problem('adapter.field.sides', '', undefined, counts))
  }
  return gather(first, (_, index): Result<Reference> => {
    const reference = { number: numbers[index] ?? '', subject: subjects[index] ?? '' }
    const printed = dates[index] ?? ''
    if (printed === '') return good(reference)
    const date = readCanonicalDate(printed)
    return date.ok ? good({ ...reference, date: date.value }) : date
  })
}

const namesOf = (person: Person | undefined): Values =>
  person === undefined ? [] : [person.givenName, person.familyName, person.jobTitle]

function personOf(values: Values): Person | undefined {
  if (values.length === 0) return undefined
  const [givenName = '', familyName = '', jobTitle = ''] = values
  return { givenName, familyName, jobTitle }
}
