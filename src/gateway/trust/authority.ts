// Issues certificates under a test authority: for the sandbox, the tests and integration testers. Never for production,
// where certificates come from an authority under the National Root CA (domain §5).
import {
  createPrivateKey,
  createPublicKey,
  sign as cryptoSign,
  generateKeyPair,
  type KeyObject,
  X509Certificate,
} from 'node:crypto'
import { promisify } from 'node:util'
import forge from 'node-forge'
import type { Instant, Random } from '../../letter/time.ts'

declare module 'node-forge' {
  namespace pki {
    /** What is signed of a certificate; @types/node-forge does not know it. */
    function getTBSCertificate(certificate: Certificate): asn1.Asn1
  }
}

const newKeyPair = promisify(generateKeyPair)
const day = 24 * 60 * 60 * 1000

/** A certificate and its private key. */
export interface Identity {
  readonly certificate: X509Certificate
  readonly key: KeyObject
}

/** A new RSA-2048 private key, made in the thread pool. */
export async function newKey(): Promise<KeyObject> {
  const { privateKey } = await newKeyPair('rsa', { modulusLength: 2048 })
  return privateKey
}

/** What a certificate is for. */
export type Purpose =
  /** An office's seal, and its client certificate in mutual TLS. */
  | { readonly kind: 'office'; readonly office: string }
  /** A host's name in TLS, as server and as client: DNS names and IP addresses. */
  | { readonly kind: 'server'; readonly names: readonly string[]; readonly addresses: readonly string[] }

const testName = 'saraban test authority'

/** Whether `createAuthority` made it: nothing is ever issued under another, whose key has no place here. */
export const isTestAuthority = ({ certificate, key }: Identity): boolean =>
  certificate.subject === `CN=${testName}` &&
  certificate.verify(certificate.publicKey) &&
  certificate.checkPrivateKey(key)

/** A new test authority: self-signed, valid from a day before `now` for ten years. */
export async function createAuthority(now: Instant, random: Random): Promise<Identity> {
  const key = await newKey()
  const certificate = sign({
    subject: [{ name: 'commonName', value: testName }],
    issuer: [{ name: 'commonName', value: testName }],
    publicKey: key,
    signingKey: key,
    now,
    years: 10,
    random,
    extensions: [
      { name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: 0 },
      { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
      { name: 'subjectKeyIdentifier' },
    ],
  })
  return { certificate, key }
}

/** A certificate for `key` under the authority, valid from a day before `now` for two years. */
export function issueCertificate(
  authority: Identity,
  key: KeyObject,
  purpose: Purpose,
  now: Instant,
  random: Random,
): X509Certificate {
  const issuer = forge.pki.certificateFromPem(authority.certificate.toString()).subject.attributes
  const common = purpose.kind === 'office' ? `office ${purpose.office}` : (purpose.names[0] ?? 'server')
  return sign({
    subject: [
      { name: 'commonName', value: common },
      { name: 'organizationName', value: 'saraban test' },
    ],
    issuer,
    publicKey: key,
    signingKey: authority.key,
    now,
    years: 2,
    random,
    extensions: [
      { name: 'basicConstraints', critical: true, cA: false },
      purpose.kind === 'office'
        ? { name: 'keyUsage', critical: true, digitalSignature: true, nonRepudiation: true }
        : { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
      ...(purpose.kind === 'server'
        ? [
            // What the gateway shows as a server it also shows to the inbox, as its client.
            { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
            {
              name: 'subjectAltName',
              altNames: [
                ...purpose.names.map((value) => ({ type: 2, value })),
                ...purpose.addresses.map((ip) => ({ type: 7, ip })),
              ],
            },
          ]
        : []),
      { name: 'subjectKeyIdentifier' },
    ],
  })
}

interface Certificate {
  readonly subject: forge.pki.CertificateField[]
  readonly issuer: forge.pki.CertificateField[]
  readonly publicKey: KeyObject
  readonly signingKey: KeyObject
  readonly now: Instant
  readonly years: number
  readonly random: Random
  readonly extensions: readonly object[]
}

function sign(wanted: Certificate): X509Certificate {
  const certificate = forge.pki.createCertificate()
  const spki = createPublicKey(wanted.publicKey).export({ type: 'spki', format: 'pem' }).toString()
  certificate.publicKey = forge.pki.publicKeyFromPem(spki)
  // Positive, as RFC 5280 section 4.1.2.2 asks: the first byte stays below 0x80 and is never zero.
  const serial = Buffer.from(wanted.random(16))
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40
  certificate.serialNumber = serial.toString('hex')
  certificate.validity.notBefore = new Date(wanted.now - day)
  certificate.validity.notAfter = new Date(wanted.now + wanted.years * 365 * day)
  certificate.setSubject(wanted.subject)
  certificate.setIssuer(wanted.issuer)
  certificate.setExtensions([...wanted.extensions])
  certificate.signatureOid = forge.pki.oids['sha256WithRSAEncryption'] ?? ''
  certificate.siginfo.algorithmOid = certificate.signatureOid
  // node-forge describes it, and OpenSSL signs it: a hundred times as fast, which shows when 77 offices get one each.
  const described = forge.asn1.toDer(forge.pki.getTBSCertificate(certificate)).getBytes()
  const signature = cryptoSign('sha256', Buffer.from(described, 'latin1'), wanted.signingKey)
  certificate.signature = signature.toString('latin1')
  return new X509Certificate(forge.pki.certificateToPem(certificate))
}

/** A private key as PKCS#8 PEM. */
export const keyToPem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString()

/** A private key from PEM. Throws on anything else. */
export const keyFromPem = (pem: string | Buffer): KeyObject => createPrivateKey(pem)
