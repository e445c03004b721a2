// Tells a signature that stands exactly as it is written here, but for its seven values. Such a text has one reading,
// which needs no tree. Anything else, even one more space, is none of ours and is read element by element. The tests
// hold both readings against each other on every vector.
import { ofPrintedInstant } from '../letter/time.ts'
import { signatureAlgorithms } from './algorithms.ts'
import { decodeBase64, endOfBase64 } from './base64.ts'
import { bounds } from './bounds.ts'
import { Literal } from './literal.ts'
import type { OwnSignature } from './signature-parts.ts'
import { signatureText, signedInfoText, signedPropertiesText } from './signature-text.ts'
import { rootEndTag } from './write.ts'

// NUL cannot stand in a document: what we write, with NUL for each value, falls into its fixed pieces.
const gap = '\u0000'
const info = signedInfoText(gap, gap, gap)
const properties = signedPropertiesText(gap, gap)
const whole = signatureText(info, gap, gap, properties)
const texts = (whole + rootEndTag).split(gap)
const pieces = texts.map((text) => new Literal(Buffer.from(text)))
const elements = whole.split('</').length - 1
// From the beginning or the end of a piece to where the signed parts begin and end.
const beforeInfo = whole.indexOf(info)
const infoInFourth = info.length - info.lastIndexOf(gap) - 1
const propertiesInSixth = texts[5]!.length - properties.indexOf(gap)
const propertiesInLast = properties.length - properties.lastIndexOf(gap) - 1

const open = Buffer.from('<ds:Signature ')
// Which of the values are not base64.
const method = 0
const time = 5

/** The signature at the end of the document `bytes`, if it is written as ours are. */
export function readOwnSignature(bytes: Buffer): OwnSignature | undefined {
  const start = bytes.lastIndexOf(open)
  if (start === -1) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const starts: number[] = []
  const ends: number[] = []
  let at = start
  for (let count = 0; count < pieces.length; count++) {
    const piece = pieces[count]!
    if (!piece.standsAt(view, at)) return undefined
    at += piece.size
    if (count === pieces.length - 1) break
    starts.push(at)
    at = count === method ? bytes.indexOf(34 /* " */, at) : count === time ? at + 29 : endOfBase64(bytes, at)
    if (at === -1 || at - starts[count]! > bounds.value) return undefined
    ends.push(at)
  }
  if (at !== bytes.length) return undefined
  const textOf = (value: number): string => bytes.toString('latin1', starts[value]!, ends[value]!)
  const decoded = (value: number): Buffer | undefined => decodeBase64(bytes, starts[value]!, ends[value]!)
  const algorithm = signatureAlgorithms.get(textOf(method))
  const documentDigest = decoded(1)
  const propertiesDigest = decoded(2)
  const signatureValue = decoded(3)
  // The certificate, the fifth, says nothing here (attack S10).
  const signingTime = ofPrintedInstant(textOf(time))
  const certificateDigest = decoded(6)
  if (!algorithm || !documentDigest || !propertiesDigest || !signatureValue || !certificateDigest)
    return undefined
  if (signingTime === undefined) return undefined
  const canonicalisation = 'exclusive'
  return {
    elements,
    start,
    end: at - rootEndTag.length,
    signedInfo: {
      canonicalisation,
      algorithm,
      document: { canonicalisation, hash: 'sha256', digest: documentDigest },
      properties: { canonicalisation, hash: 'sha256', digest: propertiesDigest },
    },
    infoStart: start + beforeInfo,
    infoEnd: ends[2]! + infoInFourth,
    signatureValue,
    signedProperties: {
      signingTime,
      certificate: { hash: 'sha256', digest: certificateDigest },
    },
    propertiesStart: ends[4]! + propertiesInSixth,
    propertiesEnd: ends[6]! + propertiesInLast,
  }
}
