// Names of elements and attributes as they are written, prefix and all. Those that an envelope usually holds are known
// beforehand: they are told by their characters, without a new string for each of thousands of tags.
import { isName } from './characters.ts'
import type { namespaces } from './namespaces.ts'

/** A name as written. */
export interface Name {
  readonly prefix: string
  /** The local name. */
  readonly name: string
  /** How many UTF-16 units it takes, its prefix and colon counted. */
  readonly width: number
  /** The prefix that an attribute of this name declares: `env` for `xmlns:env`, empty for `xmlns`. */
  readonly declares: string | undefined
}

interface KnownName extends Name {
  readonly units: Uint16Array
}

const usual: Readonly<Record<keyof typeof namespaces | '', string>> = {
  env:
    'Envelope Header MessageID Content Kind Circular From To OfficeID CreatedAt RelatesTo Digest Provenance System ' +
    'ProfileVersion Format Charset SourceDigest DatePrinted NumberCompleted Attachments Attachment Extension Field ' +
    'Notice At LetterNumber LetterDate LetterSubject ReceiveNumber Reason',
  rsm: 'GovernmentDocument',
  ram:
    'CorrespondenceLetter ID CorrespondenceDate Subject SecretCode SpeedCode SenderParty ReceiverParty GivenName ' +
    'FamilyName JobTitle MinistryOrganization DepartmentOrganization ReferenceCorrespondence Attachment SendDate ' +
    'Description MainLetterBinaryObject',
  ds:
    'Signature SignedInfo CanonicalizationMethod SignatureMethod Reference Transforms Transform DigestMethod ' +
    'DigestValue SignatureValue KeyInfo X509Data X509Certificate Object',
  xades:
    'QualifyingProperties SignedProperties SignedSignatureProperties SigningTime SigningCertificateV2 Cert CertDigest ' +
    'SignedDataObjectProperties DataObjectFormat MimeType',
  '': 'Version ID mimeCode MimeCode Name Role SHA256 Size Id Target URI Type Algorithm ObjectReference xmlns',
}

// A power of two, several times as many as there are names.
const slots = 1024

/** Letters, digits, `-`, `.`, `_` and the colon: what an ASCII name is made of. */
const inName = new Uint8Array(128)
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._:')
  inName[character.charCodeAt(0)] = 1

/** A slot for the name from `start` to `end`: of its length and four of its units, which tell the usual ones apart. */
function slotOf(units: Uint16Array, start: number, end: number): number {
  const last = end - 1
  const first = units[start]! * 3 + units[(start + last) >> 1]! * 37
  return (
    ((end - start) * 131 + first + units[last]! * 59 + units[(start + 3 * last) >> 2]! * 11) & (slots - 1)
  )
}

const table: (KnownName | undefined)[] = new Array(slots).fill(undefined)
for (const [prefix, names] of Object.entries(usual)) {
  for (const name of names.split(' ')) enter(prefix, name)
  if (prefix !== '') enter('xmlns', prefix)
}

function enter(prefix: string, name: string): void {
  const units = unitsOf(prefix === '' ? name : `${prefix}:${name}`)
  let slot = slotOf(units, 0, units.length)
  while (table[slot] !== undefined) slot = (slot + 1) & (slots - 1)
  // Keys of objects are one string each in the engine: comparing a name with a literal then compares addresses.
  const [onlyPrefix = '', onlyName = ''] = [prefix, name].map((each) => Object.keys({ [each]: 0 })[0])
  const declares = onlyPrefix === 'xmlns' ? onlyName : onlyName === 'xmlns' ? '' : undefined
  table[slot] = { prefix: onlyPrefix, name: onlyName, width: units.length, declares, units }
}

/** The UTF-16 units of a text. */
export function unitsOf(text: string): Uint16Array {
  const units = new Uint16Array(text.length)
  for (let at = 0; at < text.length; at++) units[at] = text.charCodeAt(at)
  return units
}

/** The name that begins at `start` (`units` are those of `text`); undefined when none does. */
export function readName(text: string, units: Uint16Array, start: number): Name | undefined {
  const { length } = units
  let at = start
  for (; at < length; at++) {
    const unit = units[at]!
    if (unit >= 128 || inName[unit] === 0) break
  }
  if (at > start && at < length && units[at]! < 128)
    for (let slot = slotOf(units, start, at); ; slot = (slot + 1) & (slots - 1)) {
      const known = table[slot]
      if (known === undefined) break
      if (known.width === at - start && isWritten(known.units, units, start)) return known
    }
  return unusualName(text, start)
}

function isWritten(name: Uint16Array, units: Uint16Array, start: number): boolean {
  for (let at = 0; at < name.length; at++) if (name[at] !== units[start + at]) return false
  return true
}

/** Any name that XML allows: of other prefixes, of other letters. */
function unusualName(text: string, start: number): Name | undefined {
  let colon = -1
  let at = start
  for (; ; at++) {
    const code = text.charCodeAt(at)
    if (code >= 128 || inName[code] === 1) {
      if (code !== 58 /* : */) continue
      // A second colon cannot belong to a name (Namespaces in XML 1.0 §4).
      if (colon !== -1) break
      colon = at
    } else break
  }
  const prefix = colon === -1 ? '' : text.slice(start, colon)
  const name = text.slice(colon === -1 ? start : colon + 1, at)
  if (!isName(name) || (colon !== -1 && !isName(prefix))) return undefined
  const declares = prefix === 'xmlns' ? name : colon === -1 && name === 'xmlns' ? '' : undefined
  return { prefix, name, width: at - start, declares }
}
