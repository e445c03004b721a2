// Seals an envelope: each signed part is its own canonical form where it stands (signature-text.ts, write.ts), so that
// the digests are those of slices of the bytes written.
import { type KeyObject, type SignKeyObjectInput, sign, type X509Certificate } from 'node:crypto'
import { promisify } from 'node:util'
import { type Instant, printInstant } from '../letter/time.ts'
import { base64Digest, digestOf, type HashName, kindOfKey, written } from './algorithms.ts'
import type { Envelope, SealedEnvelope, Signer } from './envelope.ts'
import { signatureText, signedInfoText, signedPropertiesText } from './signature-text.ts'
import { rootEndTag, senderOf, writeEnvelope } from './write.ts'

const signInPool = promisify<string, Buffer, SignKeyObjectInput | KeyObject, Buffer>(sign)

/** Seals in the calling thread. Throws a defect when the signer is not the office in From, or its parts do not fit. */
export function seal(envelope: Envelope, signer: Signer, signingTime: Instant): SealedEnvelope {
  const prepared = prepare(envelope, signer, signingTime)
  return finish(prepared, sign(prepared.hash, Buffer.from(prepared.toSign, 'latin1'), prepared.key))
}

/** Seals with the signature made in the thread pool, so that the event loop goes on. Rejects as `seal` throws. */
export async function sealAsync(
  envelope: Envelope,
  signer: Signer,
  signingTime: Instant,
): Promise<SealedEnvelope> {
  const prepared = prepare(envelope, signer, signingTime)
  const { hash, key, toSign } = prepared
  return finish(prepared, await signInPool(hash, Buffer.from(toSign, 'latin1'), key))
}

interface Prepared {
  readonly toSign: string
  readonly hash: HashName
  readonly key: SignKeyObjectInput | KeyObject
  /** The unsigned document, its end tag included. */
  readonly document: Buffer
  readonly digest: Buffer
  readonly properties: string
  readonly certificate: string
}

function prepare(envelope: Envelope, signer: Signer, signingTime: Instant): Prepared {
  const sender = senderOf(envelope)
  if (signer.office !== sender) throw new Error(`office ${signer.office} cannot seal for office ${sender}`)
  const { method, hash, key, certificate, certificateDigest } = credentialsOf(signer.certificate, signer.key)
  const document = writeEnvelope(envelope)
  const digest = digestOf('sha256', document)
  const properties = signedPropertiesText(printInstant(signingTime), certificateDigest)
  const propertiesDigest = base64Digest(properties)
  const toSign = signedInfoText(method, digest.toString('base64'), propertiesDigest)
  return { toSign, hash, key, document, digest, properties, certificate }
}

function finish(prepared: Prepared, signature: Buffer): SealedEnvelope {
  const { document, digest, toSign, properties, certificate } = prepared
  const element = signatureText(toSign, signature.toString('base64'), certificate, properties)
  const unsigned = document.length - rootEndTag.length
  const bytes = Buffer.allocUnsafe(document.length + element.length)
  document.copy(bytes, 0, 0, unsigned)
  bytes.write(element, unsigned, 'latin1')
  document.copy(bytes, unsigned + element.length, unsigned)
  return { bytes, digest: digest.toString('hex') }
}

interface Credentials {
  readonly own: KeyObject
  readonly key: SignKeyObjectInput | KeyObject
  readonly method: string
  readonly hash: HashName
  readonly certificateDigest: string
  /** In base64. */
  readonly certificate: string
}

// Comparing a key with its certificate costs as much as a verification: once for each pair.
const known = new WeakMap<X509Certificate, Credentials>()

function credentialsOf(certificate: X509Certificate, key: KeyObject): Credentials {
  const earlier = known.get(certificate)
  if (earlier?.own === key) return earlier
  const kind = kindOfKey(key)
  if (kind === undefined)
    throw new Error('a key that cannot seal: RSA of 2048 to 4096 bits, P-256 or P-384 is needed')
  if (!certificate.checkPrivateKey(key)) throw new Error('the certificate is not that of the private key')
  const credentials: Credentials = {
    own: key,
    // XML Signature 1.1 §6.4.3 writes the two numbers of an ECDSA signature side by side, not as DER.
    key: kind === 'rsa' ? key : { key, dsaEncoding: 'ieee-p1363' },
    method: written.signature[kind],
    hash: kind === 'secp384r1' ? 'sha384' : 'sha256',
    certificateDigest: digestOf('sha256', certificate.raw).toString('base64'),
    certificate: certificate.raw.toString('base64'),
  }
  known.set(certificate, credentials)
  return credentials
}
