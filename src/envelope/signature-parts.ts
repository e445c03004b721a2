// What was read from a signature, whichever way it was read. Types only.
import type { Instant } from '../letter/time.ts'
import type { Canonicalisation, HashName, SignatureAlgorithm } from './algorithms.ts'

export interface SignedReference {
  readonly canonicalisation: Canonicalisation
  readonly hash: HashName
  readonly digest: Buffer
}

export interface SignedInfo {
  readonly canonicalisation: Canonicalisation
  readonly algorithm: SignatureAlgorithm
  readonly document: SignedReference
  readonly properties: SignedReference
}

export interface SignedProperties {
  readonly signingTime: Instant
  /** The digest of the signer's certificate. */
  readonly certificate: { readonly hash: HashName; readonly digest: Buffer }
}

/** A signature as we write it. Offsets count bytes of the document. */
export interface OwnSignature {
  /** How many elements it is made of. */
  readonly elements: number
  readonly start: number
  readonly end: number
  readonly signedInfo: SignedInfo
  readonly infoStart: number
  readonly infoEnd: number
  readonly signatureValue: Buffer
  readonly signedProperties: SignedProperties
  readonly propertiesStart: number
  readonly propertiesEnd: number
}
