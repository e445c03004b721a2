// Whether a certificate is fit to seal, and comes from the authority (RFC 5280; design §5.1). Revocation is done by
// taking the certificate out of the trust folder: what is not registered does not count.
import type { X509Certificate } from 'node:crypto'
import type { Instant } from '../letter/time.ts'
import { good, type Problem } from '../problem/problem.ts'
import { kindOfKey, type SignatureAlgorithm } from './algorithms.ts'
import { identifierOf, inside, tags } from './der.ts'
import { refusable, refuse } from './refusal.ts'

// RSA PKCS#1 v1.5 and ECDSA with SHA-256, SHA-384, SHA-512 (RFC 5754, RFC 5758).
const strongSignatures: ReadonlySet<string> = new Set([
  '2a864886f70d01010b',
  '2a864886f70d01010c',
  '2a864886f70d01010d',
  '2a8648ce3d040302',
  '2a8648ce3d040303',
  '2a8648ce3d040304',
])
const keyUsage = '551d0f'
const basicConstraints = '551d13'
// Critical extensions whose meaning is known not to matter to a seal: subject alternative name, extended key usage,
// certificate policies. Another critical one must be refused (RFC 5280 §4.2).
const understood: ReadonlySet<string> = new Set([keyUsage, basicConstraints, '551d11', '551d25', '551d20'])

/** The first instant at which a certificate is valid no more: through its last second it is (RFC 5280 §4.1.2.5). */
export const endOf = ({ validTo }: X509Certificate): Instant => Date.parse(validTo) + 1_000

interface Validity {
  readonly from: Instant
  readonly end: Instant
}

interface CertificateFacts {
  readonly key: SignatureAlgorithm['key']
  readonly own: Validity
  readonly authority: Validity
}

// What never changes about a certificate under an authority is found out once.
const known = new WeakMap<
  X509Certificate,
  { readonly authority: X509Certificate; readonly facts: CertificateFacts }
>()

/** The kind of key of a certificate that is fit to seal at each of the instants; refuses with what is wrong. */
export function demandFit(
  certificate: X509Certificate,
  authority: X509Certificate,
  at: Instant,
  signingTime: Instant,
): SignatureAlgorithm['key'] {
  const earlier = known.get(certificate)
  const facts = earlier?.authority === authority ? earlier.facts : factsOf(certificate, authority)
  if (earlier?.facts !== facts) known.set(certificate, { authority, facts })
  for (const [instant, when] of [
    [at, 'now'],
    [signingTime, 'at SigningTime'],
  ] as const) {
    demandValid('authority', facts.authority, authority, instant, when)
    demandValid('certificate', facts.own, certificate, instant, when)
  }
  return facts.key
}

function demandValid(
  whose: 'authority' | 'certificate',
  { from, end }: Validity,
  certificate: X509Certificate,
  at: Instant,
  when: string,
): void {
  const path = whose === 'authority' ? 'authority' : 'signer'
  if (at < from) refuse(`envelope.${whose}.not-yet-valid`, path, certificate.validFrom, { when })
  if (at >= end) refuse(`envelope.${whose}.expired`, path, certificate.validTo, { when })
}

function factsOf(certificate: X509Certificate, authority: X509Certificate): CertificateFacts {
  if (!authority.ca) refuse('envelope.authority.unfit', 'authority', authority.subject)
  if (!standsUnder(authority, certificate))
    refuse('envelope.certificate.foreign', 'signer', certificate.issuer, { expected: authority.subject })
  return { key: sealingKeyOf(certificate), own: validityOf(certificate), authority: validityOf(authority) }
}

/** Whether `authority` issued the certificate. */
export const standsUnder = (authority: X509Certificate, certificate: X509Certificate): boolean =>
  certificate.checkIssued(authority) && certificate.verify(authority.publicKey)

/** Why what a certificate seals is never believed, at whatever time and under whatever authority. Undefined: it is fit to seal. */
export const unfitBecause = (certificate: X509Certificate): Problem | undefined =>
  problemOf(() => sealingKeyOf(certificate))

/** Why what a certificate seals at an instant is not believed. Undefined: it is. */
export const unbelievedBecause = (
  certificate: X509Certificate,
  authority: X509Certificate,
  at: Instant,
): Problem | undefined => problemOf(() => demandFit(certificate, authority, at, at))

function problemOf(demand: () => unknown): Problem | undefined {
  const met = refusable(() => good(demand()))
  return met.ok ? undefined : met.problems[0]
}

/** The kind of key of a certificate that is made for sealing; refuses with what is wrong. */
function sealingKeyOf(certificate: X509Certificate): SignatureAlgorithm['key'] {
  const { algorithm, extensions } = partsOf(certificate)
  if (!strongSignatures.has(algorithm)) refuse('envelope.certificate.weak', 'signer', algorithm)
  if (certificate.ca || isAuthority(extensions.get(basicConstraints)))
    refuse('envelope.certificate.authority', 'signer', certificate.subject)
  if (!maySign(extensions.get(keyUsage))) refuse('envelope.certificate.usage', 'signer', certificate.subject)
  const key = kindOfKey(certificate.publicKey)
  if (key === undefined)
    return refuse('envelope.certificate.key-unfit', 'signer', certificate.publicKey.asymmetricKeyType)
  return key
}

function validityOf(certificate: X509Certificate): Validity {
  const from = Date.parse(certificate.validFrom)
  const end = endOf(certificate)
  if (Number.isNaN(from) || Number.isNaN(end)) return malformed(certificate)
  return { from, end }
}

interface CertificateParts {
  /** The object identifier of the algorithm that the authority signed with. */
  readonly algorithm: string
  /** Extension values by object identifier. */
  readonly extensions: ReadonlyMap<string, Buffer>
}

function partsOf(certificate: X509Certificate): CertificateParts {
  const [whole] = inside({ tag: tags.sequence, content: certificate.raw }, tags.sequence) ?? []
  const [toBeSigned, outer] = inside(whole, tags.sequence) ?? []
  const fields = inside(toBeSigned, tags.sequence)
  const algorithm = identifierOf(inside(outer, tags.sequence)?.[0])
  // TBSCertificate: [0] version, serial number, signature, …, and [3] extensions last (RFC 5280 §4.1).
  const stated = identifierOf(inside(fields?.[2], tags.sequence)?.[0])
  if (fields === undefined || algorithm === undefined || algorithm !== stated) return malformed(certificate)
  const extensions = new Map<string, Buffer>()
  const last = fields[fields.length - 1]
  if (last?.tag !== 0xa3) return { algorithm, extensions }
  const list = inside(inside(last, 0xa3)?.[0], tags.sequence)
  if (list === undefined) return malformed(certificate)
  for (const each of list) {
    const parts = inside(each, tags.sequence)
    const id = identifierOf(parts?.[0])
    const critical = parts?.[1]?.tag === tags.boolean && parts[1].content[0] === 0xff
    const value = parts?.[parts.length - 1]
    if (id === undefined || value?.tag !== tags.octetString || extensions.has(id))
      return malformed(certificate)
    if (critical && !understood.has(id)) refuse('envelope.certificate.extension-unknown', 'signer', id)
    extensions.set(id, value.content)
  }
  return { algorithm, extensions }
}

/** digitalSignature (bit 0) or nonRepudiation (bit 1). Without the extension nothing is allowed. */
function maySign(extension: Buffer | undefined): boolean {
  const [usage] = inside({ tag: tags.sequence, content: extension ?? Buffer.alloc(0) }, tags.sequence) ?? []
  return usage?.tag === tags.bitString && ((usage.content[1] ?? 0) & 0b1100_0000) !== 0
}

function isAuthority(extension: Buffer | undefined): boolean {
  if (extension === undefined) return false
  const [constraints] = inside({ tag: tags.sequence, content: extension }, tags.sequence) ?? []
  const [first] = inside(constraints, tags.sequence) ?? []
  return constraints === undefined || (first?.tag === tags.boolean && first.content[0] !== 0)
}

const malformed = (certificate: X509Certificate): never =>
  refuse('envelope.certificate.malformed', 'signer', certificate.subject)
