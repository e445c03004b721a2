// Names of elements and attributes as they are written, prefix and all. Those that an envelope usually holds are known
// beforehand: they are told by their characters, without a new string for each of thousands of tags.
import { isName } from './characters.ts'
import type { namespaces } from './namespaces.ts'
import { onlyString, UnitTable } from './units.ts'

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

/** Letters, digits, `-`, `.`, `_` and the colon: what an ASCII name is made of. */
const inName = new Uint8Array(128)
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._:')
  inName[character.charCodeAt(0)] = 1

const known = new UnitTable<Name>()
for (const [prefix, names] of Object.entries(usual)) {
  for (const name of names.split(' ')) enter(prefix, name)
  if (prefix !== '') enter('xmlns', prefix)
}

function enter(prefix: string, name: string): void {
  const written = prefix === '' ? name : `${prefix}:${name}`
  const [onlyPrefix, onlyName] = [onlyString(prefix), onlyString(name)]
  const declares = onlyPrefix === 'xmlns' ? onlyName : onlyName === 'xmlns' ? '' : undefined
  known.set(written, { prefix: onlyPrefix, name: onlyName, width: written.length, declares })
}

/** The name that begins at `start` (`units` are those of `text`); undefined when none does. */
export function readName(text: string, units: Uint16Array, start: number): Name | undefined {
  const { length } = units
  let at = start
  for (; at < length; at++) {
    const unit = units[at]!
    if (unit >= 128 || inName[unit] === 0) break
  }
  const whole = at < length && units[at]! < 128
  return (whole ? known.find(units, start, at) : undefined) ?? unusualName(text, start)
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
