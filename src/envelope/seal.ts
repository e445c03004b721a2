// Seals an envelope: XAdES baseline B-B (ETSI EN 319 132-1 §6), enveloped, canonical by construction. Exclusive
// canonicalisation declares a prefix on the element that uses it first within what is signed: `ds` again on SignedInfo,
// `xades` on SignedProperties, and `ds` on each ds: element in it. So each signed part is its own canonical form where
// it stands, and the digests are those of slices of the bytes written.
import { type KeyObject, type SignKeyObjectInput, sign, type X509Certificate } from 'node:crypto'
import { promisify } from 'node:util'
import { type Instant, printInstant } from '../letter/time.ts'
import { digestOf, type HashName, kindOfKey, sha256Hex, signedPropertiesType, written } from './algorithms.ts'
import type { Envelope, SealedEnvelope, Signer } from './envelope.ts'
import { namespaces } from './namespaces.ts'
import { composeEnvelope, rootEndTag, senderOf } from './write.ts'

const { ds, xades } = namespaces
const signInPool = promisify<string, Buffer, SignKeyObjectInput, Buffer>(sign)

/** Seals in the calling thread. Throws a defect when the signer is not the office in From, or its parts do not fit. */
export function seal(envelope: Envelope, signer: Signer, signingTime: Instant): SealedEnvelope {
  const { toSign, hash, key, finish } = prepare(envelope, signer, signingTime)
  return finish(sign(hash, toSign, key))
}

/** Seals with the signature made in the thread pool, so that the event loop goes on. Rejects as `seal` throws. */
export async function sealAsync(
  envelope: Envelope,
  signer: Signer,
  signingTime: Instant,
): Promise<SealedEnvelope> {
  const { toSign, hash, key, finish } = prepare(envelope, signer, signingTime)
  return finish(await signInPool(hash, toSign, key))
}

interface Prepared {
  readonly toSign: Buffer
  readonly hash: HashName
  readonly key: SignKeyObjectInput
  finish(signature: Buffer): SealedEnvelope
}

function prepare(envelope: Envelope, signer: Signer, signingTime: Instant): Prepared {
  const sender = senderOf(envelope)
  if (signer.office !== sender) throw new Error(`office ${signer.office} cannot seal for office ${sender}`)
  const { method, hash, certificateDigest, keyInfo } = credentialsOf(signer.certificate, signer.key)
  const content = composeEnvelope(envelope)
  const document = Buffer.from(content + rootEndTag)
  const properties = signedProperties(signingTime, certificateDigest)
  const info = signedInfo(method, digestOf('sha256', document), digestOf('sha256', properties))
  return {
    toSign: Buffer.from(info),
    hash,
    // XML Signature 1.1 §6.4.3 writes the two numbers of an ECDSA signature side by side, not as DER.
    key: { key: signer.key, dsaEncoding: 'ieee-p1363' },
    finish: (signature) => {
      const value = `<ds:SignatureValue>${signature.toString('base64')}</ds:SignatureValue>`
      const element = `<ds:Signature xmlns:ds="${ds}" Id="Signature">${info}${value}${keyInfo}<ds:Object><xades:QualifyingProperties xmlns:xades="${xades}" Target="#Signature">${properties}</xades:QualifyingProperties></ds:Object></ds:Signature>`
      const unsigned = document.length - rootEndTag.length
      const bytes = Buffer.allocUnsafe(document.length + element.length)
      document.copy(bytes, 0, 0, unsigned)
      bytes.write(element, unsigned, 'latin1')
      bytes.write(rootEndTag, unsigned + element.length, 'latin1')
      return { bytes, digest: sha256Hex(document) }
    },
  }
}

interface Credentials {
  readonly key: KeyObject
  readonly method: string
  readonly hash: HashName
  readonly certificateDigest: string
  readonly keyInfo: string
}

// Comparing a key with its certificate costs as much as a verification: once for each pair.
const known = new WeakMap<X509Certificate, Credentials>()

function credentialsOf(certificate: X509Certificate, key: KeyObject): Credentials {
  const earlier = known.get(certificate)
  if (earlier?.key === key) return earlier
  const kind = kindOfKey(key)
  if (kind === undefined)
    throw new Error('a key that cannot seal: RSA of 2048 to 4096 bits, P-256 or P-384 is needed')
  if (!certificate.checkPrivateKey(key)) throw new Error('the certificate is not that of the private key')
  const credentials: Credentials = {
    key,
    method: written.signature[kind],
    hash: kind === 'secp384r1' ? 'sha384' : 'sha256',
    certificateDigest: digestOf('sha256', certificate.raw).toString('base64'),
    keyInfo: `<ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificate.raw.toString('base64')}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>`,
  }
  known.set(certificate, credentials)
  return credentials
}

function signedInfo(method: string, document: Buffer, properties: Buffer): string {
  const canonical = `Algorithm="${written.canonicalisation}"`
  const digest = (value: Buffer): string =>
    `<ds:DigestMethod Algorithm="${written.digest}"></ds:DigestMethod><ds:DigestValue>${value.toString('base64')}</ds:DigestValue>`
  return `<ds:SignedInfo xmlns:ds="${ds}"><ds:CanonicalizationMethod ${canonical}></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="${method}"></ds:SignatureMethod><ds:Reference Id="Document" URI=""><ds:Transforms><ds:Transform Algorithm="${ds}enveloped-signature"></ds:Transform><ds:Transform ${canonical}></ds:Transform></ds:Transforms>${digest(document)}</ds:Reference><ds:Reference Type="${signedPropertiesType}" URI="#SignedProperties"><ds:Transforms><ds:Transform ${canonical}></ds:Transform></ds:Transforms>${digest(properties)}</ds:Reference></ds:SignedInfo>`
}

/** Signing time, the signer's certificate, and what kind of data was signed: what baseline B-B demands. */
function signedProperties(signingTime: Instant, certificateDigest: string): string {
  return `<xades:SignedProperties xmlns:xades="${xades}" Id="SignedProperties"><xades:SignedSignatureProperties><xades:SigningTime>${printInstant(signingTime)}</xades:SigningTime><xades:SigningCertificateV2><xades:Cert><xades:CertDigest><ds:DigestMethod xmlns:ds="${ds}" Algorithm="${written.digest}"></ds:DigestMethod><ds:DigestValue xmlns:ds="${ds}">${certificateDigest}</ds:DigestValue></xades:CertDigest></xades:Cert></xades:SigningCertificateV2></xades:SignedSignatureProperties><xades:SignedDataObjectProperties><xades:DataObjectFormat ObjectReference="#Document"><xades:MimeType>application/xml</xades:MimeType></xades:DataObjectFormat></xades:SignedDataObjectProperties></xades:SignedProperties>`
}
