// What a GovernmentDocument says and the canonical letter has no field for: it travels in the letter's extension.
import type { ExtensionField } from '../../../letter/letter.ts'
import { child, elementsOf, textOf, type XmlElement } from './xml.ts'

/** The elements of a CorrespondenceLetter that the letter itself holds. */
const mapped: ReadonlySet<string> = new Set([
  'ID',
  'CorrespondenceDate',
  'Subject',
  'SecretCode',
  'SpeedCode',
  'SenderParty',
  'ReceiverParty',
  'ReferenceCorrespondence',
  'Attachment',
  'SendDate',
  'Description',
  'MainLetterBinaryObject',
  'AttachmentBinaryObject',
])

/** The parts of SignerParty: who signed, as the sender's system says. */
export const signerParts = ['GivenName', 'FamilyName', 'Title', 'MinistryCode', 'DepartmentCode'] as const
export type SignerPart = (typeof signerParts)[number]

export const signerField = (part: SignerPart): string => `e-cms:GovernmentSignature/SignerParty/${part}`

/**
 * Fields without a mapping, by name, empty ones left out. The sender's own `ds:Signature` is not among them: it signs the
 * message as it came, and stays with the kept source bytes.
 */
export function extensionOfDocument(document: XmlElement, letter: XmlElement): ExtensionField[] {
  const fields = elementsOf(letter)
    .filter((each) => !mapped.has(each.local) && each.content === undefined)
    .map((each) => ({ name: `e-cms:${each.local}`, value: wholeText(each) }))
  const signer = child(child(document, 'GovernmentSignature'), 'SignerParty')
  for (const part of signerParts) fields.push({ name: signerField(part), value: textOf(child(signer, part)) })
  return fields.filter(({ value }) => value !== '')
}

/** The texts of an element and of all below it, in order. */
const wholeText = (element: XmlElement): string =>
  element.children
    .map((each) => (typeof each === 'string' ? each.trim() : wholeText(each)))
    .filter((text) => text !== '')
    .join(' ')
