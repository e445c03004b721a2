// The validator: the only way to a Letter or a Notice. It names every fault at once.
import { bad, good, type Problem, problem, type Result, within } from '../problem/problem.ts'
import { attachmentNameFaults, isMediaType } from './attachments.ts'
import { kinds, secrecies, urgencies } from './codes.ts'
import { addCodeFault, addDigestFault, missing } from './faults.ts'
import type {
  Attachment,
  ExtensionField,
  Letter,
  LetterFields,
  Person,
  Recipients,
  Reference,
  Sender,
} from './letter.ts'
import { limits } from './limits.ts'
import { completeNumber } from './numbers.ts'
import { officeById } from './offices.ts'
import { addTextFaults } from './text.ts'

/**
 * A letter as an adapter read it, before it is checked: whatever could be read. Attachments are not part of it: their
 * size and digest are known only when their bytes are kept.
 */
export type LetterDraft = {
  readonly [Field in keyof Omit<LetterFields, 'attachments'>]?: LetterFields[Field] | undefined
}

/**
 * The letter of a draft and its attachments, or every fault of it. What a letter need not say has the meaning that its
 * absence has on paper: no mark of urgency or secrecy is ordinary, no kind is external, `ว` in the number is a circular.
 * Missing letters of the number are completed from the sender's office. Text stays as it is. Paths are the fields' names.
 */
export function checkLetter(draft: LetterDraft, attachments: readonly Attachment[]): Result<Letter> {
  const faults: Problem[] = []
  const { number, date, subject, from, to } = draft
  const kind = draft.kind ?? 'external'
  const circular = draft.circular ?? number?.circular ?? false
  const urgency = draft.urgency ?? 'ordinary'
  const secrecy = draft.secrecy ?? 'ordinary'
  const references = draft.references ?? []
  // `-` is how the national standard says that there is none: one meaning has one form.
  const enclosureNote = draft.enclosureNote === '-' ? '' : (draft.enclosureNote ?? '')
  const description = draft.description ?? ''
  const extension = draft.extension ?? []

  if (number === undefined) faults.push(missing('number'))
  if (date === undefined) faults.push(missing('date'))
  addTextFaults(faults, subject ?? '', 'subject', { limit: limits.subject, lines: true, needed: true })
  addCodeFault(faults, 'kind', kind, kinds)
  addCodeFault(faults, 'urgency', urgency, urgencies)
  addCodeFault(faults, 'secrecy', secrecy, secrecies)
  if (number?.circular === true && !circular) {
    faults.push(problem('letter.circular.contradiction', 'circular', number.printed))
  }
  // Ordinary letters stand in views and searches that all may see: a doubt is not for the gateway to decide.
  if (number?.normalized.includes('/ล') && secrecy === 'ordinary') {
    faults.push(problem('letter.secrecy.contradiction', 'secrecy', number.printed))
  }
  if (from === undefined) faults.push(missing('from'))
  else addPersonFaults(faults, from.person, 'from.person')
  if (to === undefined) faults.push(missing('to'))
  else addRecipientFaults(faults, to, from)
  addReferenceFaults(faults, references)
  addTextFaults(faults, enclosureNote, 'enclosureNote', {
    limit: limits.enclosureNote,
    lines: true,
    needed: false,
  })
  addTextFaults(faults, description, 'description', { limit: limits.description, lines: true, needed: false })
  if (draft.sentAt !== undefined && !Number.isSafeInteger(draft.sentAt)) {
    faults.push(problem('letter.instant.unreadable', 'sentAt', String(draft.sentAt)))
  }
  addAttachmentFaults(faults, attachments)
  addExtensionFaults(faults, extension)

  const [first, ...rest] = faults
  if (first !== undefined) return bad(first, ...rest)
  // Unreachable but for the compiler: each of these missing is a fault above.
  if (!number || !date || subject === undefined || !from || !to) return bad(missing(''))
  const letter: LetterFields = {
    kind,
    circular,
    number: completeNumber(number, officeById(from.office).letters),
    date,
    subject,
    urgency,
    secrecy,
    from: withoutEmptyPerson(from),
    to: withoutEmptyPerson(to),
    references,
    enclosureNote,
    ...(draft.sentAt !== undefined && { sentAt: draft.sentAt }),
    description,
    attachments,
    extension,
  }
  return good(letter as Letter)
}

const personRule = { limit: limits.person, lines: false, needed: false }

function addPersonFaults(faults: Problem[], person: Person | undefined, path: string): void {
  if (person === undefined) return
  addTextFaults(faults, person.givenName, `${path}.givenName`, personRule)
  addTextFaults(faults, person.familyName, `${path}.familyName`, personRule)
  addTextFaults(faults, person.jobTitle, `${path}.jobTitle`, personRule)
}

function addRecipientFaults(faults: Problem[], to: Recipients, from: Sender | undefined): void {
  if (to.offices.length === 0) faults.push(missing('to.offices'))
  // Circulars list many offices, mostly by their ids: then a look at neighbours is enough.
  const ascending = to.offices.every((office, index) => index === 0 || to.offices[index - 1]! < office)
  addEach(faults, to.offices, 'to.offices', (found, office, index) => {
    if (!ascending && to.offices.indexOf(office) < index)
      found.push(problem('letter.to.duplicate', '', office))
    if (office === from?.office) found.push(problem('letter.to.self', '', office))
  })
  addPersonFaults(faults, to.person, 'to.person')
}

const referenceNumber = { limit: limits.number, lines: false, needed: false }
const neededReferenceNumber = { ...referenceNumber, needed: true }
const referenceSubject = { limit: limits.subject, lines: true, needed: false }

function addReferenceFaults(faults: Problem[], references: readonly Reference[]): void {
  addCountFault(faults, 'references', references.length, limits.references)
  addEach(faults, references.slice(0, limits.references), 'references', (found, { number, subject }) => {
    addTextFaults(found, number, 'number', subject === '' ? neededReferenceNumber : referenceNumber)
    addTextFaults(found, subject, 'subject', referenceSubject)
  })
}

function addAttachmentFaults(faults: Problem[], attachments: readonly Attachment[]): void {
  if (attachments.length === 0) return
  addCountFault(faults, 'attachments', attachments.length, limits.attachments)
  // A system writes a letter's attachments into one folder, or names them in one list: each needs its own name, also
  // where capitals do not count. Only a doubt is worth finding out which.
  const looked = attachments.slice(0, limits.attachments)
  const names = looked.length === 1 ? [''] : looked.map(({ name }) => name.toLowerCase())
  const twice = new Set(names).size < names.length
  let mains = 0
  addEach(faults, looked, 'attachments', (found, { name, mediaType, size, sha256, role }, index) => {
    const nameFaults = attachmentNameFaults(name, 'name')
    if (nameFaults.length > 0) found.push(...nameFaults)
    if (twice && names.indexOf(names[index]!) < index)
      found.push(problem('letter.attachment.name-twice', 'name', name))
    if (!isMediaType(mediaType)) found.push(unknownType('mediaType', mediaType, name))
    if (!Number.isSafeInteger(size) || size < 1 || size > limits.attachmentSize) {
      found.push(
        problem('letter.attachment.size', 'size', String(size), { name, limit: limits.attachmentSize }),
      )
    }
    addDigestFault(found, 'sha256', sha256)
    addCodeFault(found, 'role', role, roles)
    if (role === 'main' && ++mains > 1) found.push(problem('letter.attachment.two-main', '', name))
  })
}

const roles = ['main', 'enclosure']

const unknownType = (path: string, mediaType: string, name: string): Problem =>
  problem('letter.media-type.unknown', path, mediaType, { name })

const extensionName = { limit: limits.extensionName, lines: false, needed: true }
const extensionValue = { limit: limits.extensionValue, lines: true, needed: false }

function addExtensionFaults(faults: Problem[], extension: readonly ExtensionField[]): void {
  if (extension.length === 0) return
  addCountFault(faults, 'extension', extension.length, limits.extensionFields)
  let total = 0
  addEach(faults, extension.slice(0, limits.extensionFields), 'extension', (found, { name, value }) => {
    addTextFaults(found, name, 'name', extensionName)
    addTextFaults(found, value, 'value', extensionValue)
    total += name.length + value.length
  })
  if (total > limits.extensionTotal) {
    faults.push(
      problem('letter.field.long', 'extension', undefined, { length: total, limit: limits.extensionTotal }),
    )
  }
}

/** Nobody reads more faults of one letter; what is wrong with a document of 4 MiB must not fill a journal (attack X7). */
const enough = 100

/** Adds what `add` finds wrong with each of `items`. Its paths are those inside the item; only a fault costs a whole one. */
function addEach<Item>(
  faults: Problem[],
  items: readonly Item[],
  path: string,
  add: (found: Problem[], item: Item, index: number) => void,
): void {
  const found: Problem[] = []
  for (let index = 0; index < items.length && faults.length < enough; index++) {
    add(found, items[index]!, index)
    if (found.length > 0) for (const each of found.splice(0)) faults.push(within(`${path}.${index}`, each))
  }
}

function addCountFault(faults: Problem[], path: string, count: number, limit: number): void {
  if (count > limit) faults.push(problem('letter.list.long', path, undefined, { count, limit }))
}

/** A person of whom nothing is known is no person: one meaning has one form. */
function withoutEmptyPerson<Party extends { readonly person?: Person }>(party: Party): Party {
  const person = party.person
  if (person === undefined) return party
  if (person.givenName !== '' || person.familyName !== '' || person.jobTitle !== '') return party
  const { person: _, ...rest } = party
  return rest as Party
}

export { checkNotice } from './check-notice.ts'
