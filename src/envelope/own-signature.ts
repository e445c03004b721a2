// Tells a signature that stands exactly as it is written here, but for its seven values. Such a text has one reading,
// which needs no tree. Anything else, even one more space, is none of ours and is read element by element. The tests
// hold both readings against each other on every vector.
import { isAscii } from 'node:buffer'
import { readInstant } from '../letter/time.ts'
import { signatureAlgorithms } from './algorithms.ts'
import { decodeBase64 } from './base64.ts'
import { bounds } from './bounds.ts'
import type { OwnSignature } from './signature-parts.ts'
import { signatureText, signedInfoText, signedPropertiesText } from './signature-text.ts'

// NUL cannot stand in a document: what we write, with NUL for each value, falls into its fixed pieces.
const gap = '\u0000'
const info = signedInfoText(gap, gap, gap)
const properties = signedPropertiesText(gap, gap)
const whole = signatureText(info, gap, gap, properties)
const pieces = whole.split(gap).map((piece) => Buffer.from(piece))
const elements = whole.split('</').length - 1
// From the beginning or the end of a piece to where the signed parts begin and end.
const beforeInfo = whole.indexOf(info)
const infoInFourth = info.length - info.lastIndexOf(gap) - 1
const propertiesInSixth = pieces[5]!.length - properties.indexOf(gap)
const propertiesInLast = properties.length - properties.lastIndexOf(gap) - 1

const base64 = /^[A-Za-z0-9+/]*={0,2}$/
const time = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}\+07:00$/

/**
 * The signature that begins at the unit `start` of the text of `bytes`, which has `length` units, if it is written as
 * ours are: then all is ASCII from there on, each byte one unit, and pieces are compared as bytes.
 */
export function readOwnSignature(bytes: Buffer, length: number, start: number): OwnSignature | undefined {
  const more = bytes.length - length
  if (!isAscii(bytes.subarray(start + more))) return undefined
  const values: string[] = []
  const ends: number[] = []
  let at = start + more
  for (let count = 0; count < pieces.length; count++) {
    const piece = pieces[count]!
    const behind = at + piece.length
    if (behind > bytes.length || bytes.compare(piece, 0, piece.length, at, behind) !== 0) return undefined
    at = behind
    if (count === pieces.length - 1) break
    // A value ends where markup begins; none of them may hold any.
    const end = bytes.indexOf(count === 0 ? 34 /* " */ : 60 /* < */, at)
    if (end === -1 || end - at > bounds.value) return undefined
    values.push(bytes.toString('latin1', at, end))
    ends.push(end - more)
    at = end
  }
  const [
    method = '',
    document = '',
    ofProperties = '',
    value = '',
    certificate = '',
    signed = '',
    digest = '',
  ] = values
  const algorithm = signatureAlgorithms.get(method)
  const documentDigest = decodeBase64(document)
  const propertiesDigest = decodeBase64(ofProperties)
  const signatureValue = decodeBase64(value)
  const certificateDigest = decodeBase64(digest)
  if (!algorithm || !documentDigest || !propertiesDigest || !signatureValue || !certificateDigest)
    return undefined
  const signingTime = time.test(signed) ? readInstant(signed) : undefined
  if (signingTime?.ok !== true || !base64.test(certificate)) return undefined
  const canonicalisation = 'exclusive'
  return {
    elements,
    end: at - more,
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
      signingTime: signingTime.value,
      certificate: { hash: 'sha256', digest: certificateDigest },
    },
    propertiesStart: ends[4]! + propertiesInSixth,
    propertiesEnd: ends[6]! + propertiesInLast,
  }
}
