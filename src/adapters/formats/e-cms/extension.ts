// What a GovernmentDocument says and the canonical letter has no field for: it travels in the letter's extension.
import type { ExtensionField } from '../../../letter/letter.ts'
import { child, elementsOf, plainText, type XmlElement } from './xml.ts'

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
 * Fields without a mapping, by name; left out are empty ones, and what SignerParty only repeats of SenderParty. The
 * sender's own `ds:Signature` is not among them: it signs the message as it came, and stays with the kept source bytes.
 */
export function extensionOfDocument(document: XmlElement, letter: XmlElement): ExtensionField[] {
  const fields = elementsOf(letter)
    .filter((each) => !mapped.has(each.local) && each.content === undefined)
    .map((each) => ({ name: `e-cms:${each.local}`, value: wholeText(each) }))
  const signer = child(child(document, 'GovernmentSignature'), 'SignerParty')
  const sender = child(letter, 'SenderParty')
  for (const part of signerParts) {
    const value = plainText(child(signer, part))
    if (value !== plainText(inSender[part](sender))) fields.push({ name: signerField(part), value })
  }
  return fields.filter(({ value }) => value.trim() !== '')
}

const inSender: Readonly<Record<SignerPart, (sender: XmlElement | undefined) => XmlElement | undefined>> = {
  GivenName: (sender) => child(sender, 'GivenName'),
  FamilyName: (sender) => child(sender, 'FamilyName'),
  Title: (sender) => child(sender, 'JobTitle'),
  MinistryCode: (sender) => child(child(sender, 'MinistryOrganization'), 'ID'),
  DepartmentCode: (sender) => child(child(sender, 'DepartmentOrganization'), 'ID'),
}

/** The texts of an element and of all below it, in order. */
const wholeText = (element: XmlElement): string =>
  element.children
    .map((each) => (typeof each === 'string' ? each.trim() : wholeText(each)))
    .filter((text) => text !== '')
    .join(' ')
