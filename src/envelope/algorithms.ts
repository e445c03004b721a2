// The closed list of algorithms (design §5.1). What is not listed here is refused.
import { createHash, hash, type KeyObject } from 'node:crypto'

export type HashName = 'sha256' | 'sha384' | 'sha512'

export interface SignatureAlgorithm {
  readonly hash: HashName
  readonly key: 'rsa' | 'prime256v1' | 'secp384r1'
}

/** By the URI of ds:DigestMethod (XML Encryption 1.1 §5.8, RFC 6931 §2.1). */
export const digestAlgorithms: ReadonlyMap<string, HashName> = new Map([
  ['http://www.w3.org/2001/04/xmlenc#sha256', 'sha256'],
  ['http://www.w3.org/2001/04/xmldsig-more#sha384', 'sha384'],
  ['http://www.w3.org/2001/04/xmlenc#sha512', 'sha512'],
])

/** By the URI of ds:SignatureMethod (RFC 6931 §2.3): PKCS#1 v1.5, and ECDSA on the two curves, each with its own hash. */
export const signatureAlgorithms: ReadonlyMap<string, SignatureAlgorithm> = new Map([
  ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', { hash: 'sha256', key: 'rsa' }],
  ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha384', { hash: 'sha384', key: 'rsa' }],
  ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha512', { hash: 'sha512', key: 'rsa' }],
  ['http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256', { hash: 'sha256', key: 'prime256v1' }],
  ['http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384', { hash: 'sha384', key: 'secp384r1' }],
])

/** The three ways to a canonical form; comments never stand in an envelope, so `WithComments` is not needed. */
export type Canonicalisation = 'exclusive' | 'inclusive' | 'inclusive-1.1'

/** By URI (Exclusive XML Canonicalization 1.0, Canonical XML 1.0 and 1.1). */
export const canonicalisations: ReadonlyMap<string, Canonicalisation> = new Map([
  ['http://www.w3.org/2001/10/xml-exc-c14n#', 'exclusive'],
  ['http://www.w3.org/TR/2001/REC-xml-c14n-20010315', 'inclusive'],
  ['http://www.w3.org/2006/12/xml-c14n11', 'inclusive-1.1'],
])

export const envelopedSignature = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'
export const signedPropertiesType = 'http://uri.etsi.org/01903#SignedProperties'

/** What we write. */
export const written = {
  canonicalisation: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  digest: 'http://www.w3.org/2001/04/xmlenc#sha256',
  signature: {
    rsa: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    prime256v1: 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256',
    secp384r1: 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384',
  },
} as const

/** The digest of `content` as the algorithm `name` makes it. */
export const digestOf = (name: HashName, content: Buffer | string): Buffer => hash(name, content, 'buffer')

/** The digest of one content that stands in two places. Putting them together is cheaper where it is short. */
export const digestOfTwo = (name: HashName, first: Buffer, second: Buffer): Buffer =>
  first.length < 4000
    ? digestOf(name, Buffer.concat([first, second]))
    : createHash(name).update(first).update(second).digest()

/** SHA-256 in base64. */
export const base64Digest = (content: string): string => hash('sha256', content, 'base64')

/** SHA-256 as 64 lower-case hexadecimal digits. */
export const sha256Hex = (content: Buffer | string): string => hash('sha256', content, 'hex')

/**
 * Which algorithms a key serves: RSA of 2048 to 4096 bits with e = 65537 (small exponents invite forgeries of the
 * padding, attack S17), P-256 and P-384. Undefined for any other key, RSA-PSS keys among them.
 */
export function kindOfKey(key: KeyObject): SignatureAlgorithm['key'] | undefined {
  const details = key.asymmetricKeyDetails
  if (key.asymmetricKeyType === 'rsa') {
    const bits = details?.modulusLength ?? 0
    return bits >= 2048 && bits <= 4096 && details?.publicExponent === 65537n ? 'rsa' : undefined
  }
  if (key.asymmetricKeyType !== 'ec') return undefined
  const curve = details?.namedCurve
  return curve === 'prime256v1' || curve === 'secp384r1' ? curve : undefined
}
