// What makes two letters one: the natural key, and the digest of the content (design §5.5, duplicates).
import { createHash } from 'node:crypto'
import type { LetterFields } from './letter.ts'
import type { OfficeId } from './offices.ts'

/**
 * SHA-256 over everything that the letter says, 64 lower-case hexadecimal digits. Two prints of one number are one
 * content. Left out are the message id and the provenance, which are not the letter's, and `sentAt`: a system that sends
 * a letter again says a new time, and means the same letter.
 */
export function contentDigest(letter: LetterFields): string {
  const { from, to } = letter
  // A JSON array: every text ends where its quote ends, so that no two contents have one serialisation.
  const content = JSON.stringify([
    'letter/1',
    letter.kind,
    letter.circular,
    letter.number.normalized,
    letter.date,
    letter.subject,
    letter.urgency,
    letter.secrecy,
    from.office,
    from.person && [from.person.givenName, from.person.familyName, from.person.jobTitle],
    // Who is first among the recipients changes nothing.
    [...to.offices].sort(),
    to.person && [to.person.givenName, to.person.familyName, to.person.jobTitle],
    letter.references.map((reference) => [reference.number, reference.date ?? null, reference.subject]),
    letter.enclosureNote,
    letter.description,
    letter.attachments.map(({ name, mediaType, size, sha256, role }) => [
      name,
      mediaType,
      size,
      sha256,
      role,
    ]),
    letter.extension.map((field) => [field.name, field.value]),
  ])
  return createHash('sha256').update(content, 'utf8').digest('hex')
}

/**
 * By what people know a letter: sender, normalised number, date and recipient (domain §3), as one text that compares
 * exactly: `50|ชม 0017.1/492|2008-02-13|moi`. None of the parts can hold the bar.
 */
export const naturalKey = (
  letter: Pick<LetterFields, 'from' | 'number' | 'date'>,
  recipient: OfficeId,
): string => `${letter.from.office}|${letter.number.normalized}|${letter.date}|${recipient}`
