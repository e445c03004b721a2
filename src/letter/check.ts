// The validator: the only way to a Letter or a Notice. It names every fault at once.
import { bad, good, type Problem, problem, type Result } from '../problem/problem.ts'
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

function addPersonFaults(faults: Problem[], person: Person | undefined, path: string): void {
  if (person === undefined) return
  const rule = { limit: limits.person, lines: false, needed: false }
  addTextFaults(faults, person.givenName, `${path}.givenName`, rule)
  addTextFaults(faults, person.familyName, `${path}.familyName`, rule)
  addTextFaults(faults, person.jobTitle, `${path}.jobTitle`, rule)
}

function addRecipientFaults(faults: Problem[], to: Recipients, from: Sender | undefined): void {
  if (to.offices.length === 0) faults.push(missing('to.offices'))
  for (const [index, office] of to.offices.entries()) {
    const path = `to.offices.${index}`
    if (to.offices.indexOf(office) < index) faults.push(problem('letter.to.duplicate', path, office))
    if (office === from?.office) faults.push(problem('letter.to.self', path, office))
  }
  addPersonFaults(faults, to.person, 'to.person')
}

function addReferenceFaults(faults: Problem[], references: readonly Reference[]): void {
  addCountFault(faults, 'references', references.length, limits.references)
  for (const [index, reference] of references.entries()) {
    const path = `references.${index}`
    const needed = reference.subject === ''
    addTextFaults(faults, reference.number, `${path}.number`, { limit: limits.number, lines: false, needed })
    addTextFaults(faults, reference.subject, `${path}.subject`, {
      limit: limits.subject,
      lines: true,
      needed: false,
    })
  }
}

function addAttachmentFaults(faults: Problem[], attachments: readonly Attachment[]): void {
  if (attachments.length === 0) return
  addCountFault(faults, 'attachments', attachments.length, limits.attachments)
  const names = new Set<string>()
  let mains = 0
  for (const [index, attachment] of attachments.entries()) {
    const { name, mediaType, size, role } = attachment
    const path = `attachments.${index}`
    faults.push(...attachmentNameFaults(name, `${path}.name`))
    // A system writes a letter's attachments into one folder, or names them in one list: each needs its own name,
    // also where capitals do not count.
    const key = name.toLowerCase()
    if (names.has(key)) faults.push(problem('letter.attachment.name-twice', `${path}.name`, name))
    names.add(key)
    if (!isMediaType(mediaType)) faults.push(unknownType(`${path}.mediaType`, mediaType, name))
    if (!Number.isSafeInteger(size) || size < 1 || size > limits.attachmentSize) {
      faults.push(
        problem('letter.attachment.size', `${path}.size`, String(size), {
          name,
          limit: limits.attachmentSize,
        }),
      )
    }
    addDigestFault(faults, `${path}.sha256`, attachment.sha256)
    addCodeFault(faults, `${path}.role`, role, ['main', 'enclosure'])
    if (role === 'main' && ++mains > 1) faults.push(problem('letter.attachment.two-main', path, name))
  }
}

const unknownType = (path: string, mediaType: string, name: string): Problem =>
  problem('letter.media-type.unknown', path, mediaType, { name })

function addExtensionFaults(faults: Problem[], extension: readonly ExtensionField[]): void {
  if (extension.length === 0) return
  addCountFault(faults, 'extension', extension.length, limits.extensionFields)
  let total = 0
  for (const [index, field] of extension.entries()) {
    const path = `extension.${index}`
    addTextFaults(faults, field.name, `${path}.name`, {
      limit: limits.extensionName,
      lines: false,
      needed: true,
    })
    addTextFaults(faults, field.value, `${path}.value`, {
      limit: limits.extensionValue,
      lines: true,
      needed: false,
    })
    total += field.name.length + field.value.length
  }
  if (total > limits.extensionTotal) {
    faults.push(
      problem('letter.field.long', 'extension', undefined, { length: total, limit: limits.extensionTotal }),
    )
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
