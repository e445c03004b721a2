// A small authority for tests: certificates good and bad, RSA and EC. Never used outside tests.
import { createPublicKey, generateKeyPairSync, type KeyObject, sign, X509Certificate } from 'node:crypto'
import forge from 'node-forge'
import type { Signer, Trust } from '../../src/envelope/envelope.ts'
import type { Instant } from '../../src/letter/time.ts'
import { office } from '../letter/arbitrary.ts'

export interface Identity {
  readonly certificate: X509Certificate
  readonly key: KeyObject
}

export type KeyKind = 'rsa' | 'rsa-1024' | 'rsa-3072' | 'rsa-e3' | 'p256' | 'p384' | 'p521' | 'ed25519'

export function newKey(kind: KeyKind = 'rsa'): KeyObject {
  switch (kind) {
    case 'rsa':
      return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    case 'rsa-1024':
      return generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
    case 'rsa-3072':
      return generateKeyPairSync('rsa', { modulusLength: 3072 }).privateKey
    case 'rsa-e3':
      return generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }).privateKey
    case 'p256':
      return generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey
    case 'p384':
      return generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey
    case 'p521':
      return generateKeyPairSync('ec', { namedCurve: 'secp521r1' }).privateKey
    case 'ed25519':
      return generateKeyPairSync('ed25519').privateKey
  }
}

export interface Wanted {
  readonly subject: string
  readonly key: KeyObject
  /** Absent: self-signed. */
  readonly issuer?: Identity
  readonly from?: Instant
  readonly to?: Instant
  readonly ca?: boolean
  /** `none` leaves the extension out. */
  readonly usage?: 'seal' | 'encipher' | 'authority' | 'none'
  readonly hash?: 'sha1' | 'sha256' | 'sha512'
  readonly criticalExtension?: boolean
}

export const validFrom: Instant = Date.parse('2020-01-01T00:00:00Z')
export const validTo: Instant = Date.parse('2120-01-01T00:00:00Z')

const signatureOid = {
  sha1: '1.2.840.113549.1.1.5',
  sha256: '1.2.840.113549.1.1.11',
  sha512: '1.2.840.113549.1.1.13',
}
const usages = {
  seal: { digitalSignature: true, nonRepudiation: true },
  encipher: { keyEncipherment: true, dataEncipherment: true },
  authority: { keyCertSign: true, cRLSign: true },
}
// node-forge writes RSA keys only: it lays the certificate out with this one, and the true key takes its place.
const placeholder = forge.pki.setRsaPublicKey(
  new forge.jsbn.BigInteger('65537'),
  new forge.jsbn.BigInteger('65537'),
)
// The library's types leave this function out.
const layOut = forge.pki as typeof forge.pki & {
  getTBSCertificate(certificate: forge.pki.Certificate): forge.asn1.Asn1
}
let serial = 0

/** Issues the certificate as wanted; the signature is made by node:crypto over what node-forge laid out. */
export function issue(wanted: Wanted): Identity {
  const { subject, key, issuer, ca = false, usage = 'seal', hash = 'sha256' } = wanted
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = placeholder
  certificate.serialNumber = `40${(++serial).toString(16).padStart(6, '0')}`
  certificate.validity.notBefore = new Date(wanted.from ?? validFrom)
  certificate.validity.notAfter = new Date(wanted.to ?? validTo)
  certificate.setSubject([{ name: 'commonName', value: subject }])
  certificate.setIssuer(
    issuer === undefined
      ? [{ name: 'commonName', value: subject }]
      : forge.pki.certificateFromPem(issuer.certificate.toString()).subject.attributes,
  )
  certificate.setExtensions([
    { name: 'basicConstraints', critical: true, cA: ca },
    ...(usage === 'none' ? [] : [{ name: 'keyUsage', critical: true, ...usages[usage] }]),
    ...(wanted.criticalExtension === true
      ? [{ id: '1.2.3.4.5', critical: true, value: '\u0005\u0000' }]
      : []),
  ])
  certificate.signatureOid = signatureOid[hash]
  certificate.siginfo.algorithmOid = signatureOid[hash]
  const toBeSigned = layOut.getTBSCertificate(certificate)
  const parts = toBeSigned.value as forge.asn1.Asn1[]
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' })
  parts[6] = forge.asn1.fromDer(forge.util.createBuffer(publicKey.toString('binary')))
  const der = Buffer.from(forge.asn1.toDer(toBeSigned).getBytes(), 'binary')
  const signature = sign(hash, der, issuer?.key ?? key)
  const { create, Class, Type, oidToDer } = forge.asn1
  const algorithm = create(Class.UNIVERSAL, Type.SEQUENCE, true, [
    create(Class.UNIVERSAL, Type.OID, false, oidToDer(signatureOid[hash]).getBytes()),
    create(Class.UNIVERSAL, Type.NULL, false, ''),
  ])
  const whole = create(Class.UNIVERSAL, Type.SEQUENCE, true, [
    toBeSigned,
    algorithm,
    create(Class.UNIVERSAL, Type.BITSTRING, false, `\u0000${signature.toString('binary')}`),
  ])
  return { certificate: new X509Certificate(Buffer.from(forge.asn1.toDer(whole).getBytes(), 'binary')), key }
}

export const newAuthority = (subject = 'saraban test authority'): Identity =>
  issue({ subject, key: newKey(), ca: true, usage: 'authority' })

/** A trust of these identities, by office. */
export const trustOf = (
  authority: Identity,
  offices: Readonly<Record<string, readonly Identity[]>>,
): Trust => ({
  authority: authority.certificate,
  certificatesOf: (id) =>
    Object.hasOwn(offices, id) ? (offices[id] ?? []).map(({ certificate }) => certificate) : [],
})

export const signerOf = (id: string, identity: Identity): Signer => ({ office: office(id), ...identity })
