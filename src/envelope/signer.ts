// Who must have signed: it follows from the office in From, never from the document's KeyInfo (attack S10).
import { type KeyObject, verify, type X509Certificate } from 'node:crypto'
import type { Instant } from '../letter/time.ts'
import { digestOf, type HashName, type SignatureAlgorithm } from './algorithms.ts'
import { demandFit } from './certificate.ts'
import type { Trust } from './envelope.ts'
import type { HashedDocument } from './hashed.ts'
import { namespaces } from './namespaces.ts'
import { refuse } from './refusal.ts'
import type { ReadElement } from './scanned.ts'
import type { SignedProperties } from './signature-parts.ts'
import { is } from './signature-shape.ts'

/** How far a SigningTime may lie ahead of the reader's clock, in milliseconds. */
const clockSkew = 5 * 60 * 1000

export interface FoundSigner {
  readonly certificate: X509Certificate
  readonly signingTime: Instant
}

/** Checks the signature with the key registered for the office in From, and all that the design demands of it. */
export function demandSigner(hashed: HashedDocument, trust: Trust, at: Instant): FoundSigner {
  const { signingTime, certificate: claimed } = hashed.signedProperties
  const office = officeInFrom(hashed.content)
  const registered = trust.certificatesOf(office)
  if (registered.length === 0) return refuse('envelope.signer.unknown', 'From', office)
  const certificate = certificateWith(claimed, registered)
  if (certificate === undefined)
    return refuse('envelope.signer.unregistered', 'From', office, { certificates: registered.length })
  const { signedInfoBytes, signatureValue } = hashed
  const { algorithm } = hashed.signedInfo
  const key = demandFit(certificate, trust.authority, at, signingTime)
  if (key !== algorithm.key)
    refuse('envelope.signer.algorithm-other', 'SignatureMethod', algorithm.key, { expected: key })
  if (!isSignedBy(certificate.publicKey, algorithm, signedInfoBytes, signatureValue))
    refuse('envelope.signature.wrong', 'SignatureValue', office)
  if (signingTime > at + clockSkew)
    refuse('envelope.signing-time.ahead', 'SigningTime', new Date(signingTime).toISOString())
  return { certificate, signingTime }
}

/** Both kinds of signature have one length for a key; OpenSSL then checks padding, r and s (attack S17). */
function isSignedBy(
  publicKey: KeyObject,
  { key, hash }: SignatureAlgorithm,
  signed: Buffer,
  value: Buffer,
): boolean {
  if (key === 'rsa') {
    const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0
    return value.length === Math.ceil(bits / 8) && verify(hash, signed, publicKey, value)
  }
  const length = key === 'prime256v1' ? 64 : 96
  // The two numbers side by side, as XML Signature 1.1 §6.4.3 writes them.
  return value.length === length && verify(hash, signed, { key: publicKey, dsaEncoding: 'ieee-p1363' }, value)
}

function certificateWith(
  { hash, digest }: SignedProperties['certificate'],
  registered: readonly X509Certificate[],
): X509Certificate | undefined {
  for (const each of registered) if (digestOfCertificate(each, hash).equals(digest)) return each
  return undefined
}

const digests = new WeakMap<X509Certificate, Map<HashName, Buffer>>()

/** Public data, and the same for every envelope of an office: made once. */
function digestOfCertificate(certificate: X509Certificate, hash: HashName): Buffer {
  let known = digests.get(certificate)
  if (known === undefined) {
    known = new Map()
    digests.set(certificate, known)
  }
  let digest = known.get(hash)
  if (digest === undefined) {
    digest = digestOf(hash, certificate.raw)
    known.set(hash, digest)
  }
  return digest
}

/** The one OfficeID of the one From of the one Header, compared as it is written. */
function officeInFrom(root: ReadElement): string {
  const header = only(root, 'Header')
  const from = only(header, 'From')
  const office = only(from, 'OfficeID')
  if (office === undefined || office.children.length > 0) return refuse('envelope.from.unclear', 'From')
  return office.text
}

function only(parent: ReadElement | undefined, name: string): ReadElement | undefined {
  let found: ReadElement | undefined
  for (const child of parent?.children ?? []) {
    if (!is(child, namespaces.env, name)) continue
    if (found !== undefined) return undefined
    found = child
  }
  return found
}
