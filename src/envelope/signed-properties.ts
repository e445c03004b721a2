// xades:SignedProperties: when it was signed, and by which certificate (ETSI EN 319 132-1 §5.2). Read from the bytes
// whose digest was checked.

import { type Instant, readInstant } from '../letter/time.ts'
import { digestAlgorithms } from './algorithms.ts'
import { readBase64 } from './base64.ts'
import { namespaces } from './namespaces.ts'
import { refuse } from './refusal.ts'
import type { ScannedElement } from './scanned.ts'
import type { SignedProperties } from './signature-parts.ts'
import { attributeOf, childrenOf, is, onlyAttributes, unexpected } from './signature-shape.ts'

const { ds, xades } = namespaces
// Further properties of baseline B-B. A signature policy would bind us to rules that we do not know: refused.
const known: ReadonlySet<string> = new Set([
  'SigningTime',
  'SigningCertificate',
  'SigningCertificateV2',
  'SignatureProductionPlace',
  'SignatureProductionPlaceV2',
  'SignerRole',
  'SignerRoleV2',
])
// Which attributes its parts may have.
const none: readonly string[] = []
const idOnly: readonly string[] = ['Id']
const uriOnly: readonly string[] = ['URI']
// An xs:dateTime with its zone: without one it would mean another time to another reader.
const dateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/

/** Reads the properties; refuses when the time or the certificate is missing, twice, or unreadable. */
export function readSignedProperties(element: ScannedElement): SignedProperties {
  const [signature, dataObject, excess] = childrenOf(element, idOnly)
  if (!is(signature, xades, 'SignedSignatureProperties'))
    return unexpected('SignedProperties', signature, 'xades:SignedSignatureProperties')
  if (dataObject !== undefined && !is(dataObject, xades, 'SignedDataObjectProperties'))
    unexpected('SignedProperties', dataObject, 'xades:SignedDataObjectProperties')
  if (excess !== undefined) unexpected('SignedProperties', excess, 'nothing more')
  let time: ScannedElement | undefined
  let certificate: ScannedElement | undefined
  for (const child of childrenOf(signature, idOnly)) {
    if (child.namespace !== xades || !known.has(child.name))
      return unexpected('SignedSignatureProperties', child, 'SigningTime and SigningCertificateV2')
    const isTime = child.name === 'SigningTime'
    const isCertificate = child.name.startsWith('SigningCertificate')
    if ((isTime && time !== undefined) || (isCertificate && certificate !== undefined))
      return unexpected('SignedSignatureProperties', child, 'each property once')
    if (isTime) time = child
    if (isCertificate) certificate = child
  }
  if (time === undefined) return unexpected('SignedSignatureProperties', undefined, 'xades:SigningTime')
  if (certificate === undefined)
    return unexpected('SignedSignatureProperties', undefined, 'xades:SigningCertificateV2')
  return { signingTime: readTime(time), certificate: readCertificate(certificate) }
}

function readTime(element: ScannedElement): Instant {
  onlyAttributes(element, none)
  const read =
    element.children.length === 0 && dateTime.test(element.text) ? readInstant(element.text) : undefined
  return read?.ok === true
    ? read.value
    : refuse('envelope.signing-time.malformed', 'SigningTime', element.text)
}

/** V1 and V2 alike: the first Cert is the signer's; its IssuerSerial is only a hint and is not used. */
function readCertificate(element: ScannedElement): SignedProperties['certificate'] {
  const certificates = childrenOf(element)
  for (const each of certificates) if (!is(each, xades, 'Cert')) unexpected(element.name, each, 'xades:Cert')
  const [first] = certificates
  const digest = first === undefined ? undefined : childrenOf(first, uriOnly)[0]
  if (!is(digest, xades, 'CertDigest')) return unexpected('Cert', digest, 'xades:CertDigest')
  const [method, value, excess] = childrenOf(digest)
  if (!is(method, ds, 'DigestMethod')) return unexpected('CertDigest', method, 'ds:DigestMethod')
  if (!is(value, ds, 'DigestValue') || value.children.length > 0)
    return unexpected('CertDigest', value, 'ds:DigestValue')
  if (excess !== undefined) unexpected('CertDigest', excess, 'nothing more')
  const algorithm = attributeOf(method, 'Algorithm')
  const hash = digestAlgorithms.get(algorithm ?? '')
  if (hash === undefined) return refuse('envelope.digest-algorithm.refused', 'CertDigest', algorithm)
  return { hash, digest: readBase64(value.text, 'CertDigest') }
}
