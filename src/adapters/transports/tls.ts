// Keys and certificates that a profile names, looked at before the first connection fails over them. No value is ever
// shown: what stands in a certificate's place may be the key (attacks T11).
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { type Finding, type JsonSchema, object, secret, textOrReference } from '../schema.ts'

/** PEM texts, references resolved. */
export interface TlsTexts {
  readonly key?: string
  readonly certificate?: string
  readonly authority?: string
}

/** The option `tls` of a transport that calls a server; `authority`: what it is said to be. */
export const tlsOption = (authority: string, description = 'PEM texts'): JsonSchema => ({
  ...object({
    key: { ...secret, description: 'our key' },
    certificate: { ...textOrReference, description: 'the certificate that we show' },
    authority: { ...textOrReference, description: authority },
  }),
  description,
})

/** Whose certificate it is, where the public authorities serve too. */
export const publicOrOwn =
  'the authority that the other side’s certificate comes from; if not said, the public ones'

/** Everything wrong with them: no PEM, one without the other, or a key that is not the certificate's. */
export function tlsFindings({ key, certificate, authority }: TlsTexts): readonly Finding[] {
  const findings: Finding[] = []
  const notPem = (name: string, expected: string): undefined => {
    findings.push({ at: ['tls', name], code: 'adapter.tls.not-pem', details: { expected } })
  }
  const ownKey = key === undefined ? undefined : (keyIn(key) ?? notPem('key', 'a private key'))
  const own =
    certificate === undefined
      ? undefined
      : (certificatesIn(certificate) ?? notPem('certificate', 'a certificate'))
  if (authority !== undefined && certificatesIn(authority) === undefined)
    notPem('authority', 'the certificate of an authority')
  if ((key === undefined) !== (certificate === undefined)) {
    const missing = key === undefined ? 'key' : 'certificate'
    const details = { expected: 'key and certificate, or neither' }
    findings.push({ at: ['tls'], code: 'adapter.option.wrong', value: `no ${missing}`, details })
  }
  if (ownKey !== undefined && own?.[0]?.checkPrivateKey(ownKey) === false)
    findings.push({ at: ['tls', 'key'], code: 'adapter.tls.mismatch' })
  return findings
}

function keyIn(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem)
  } catch {
    // Why it is none could quote the key.
    return undefined
  }
}

/**
 * The certificates of a PEM text, of a chain the own one first; undefined: it holds none, or something in a certificate's frame that is
 * none. Half a frame counts: what was cut short is not to be missed in silence.
 */
export function certificatesIn(pem: string): readonly X509Certificate[] | undefined {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  const ends = pem.match(/-----(?:BEGIN|END) CERTIFICATE/g) ?? []
  if (blocks.length === 0 || ends.length !== 2 * blocks.length) return undefined
  try {
    return blocks.map((block) => new X509Certificate(block))
  } catch {
    // The frame is there and what it holds is no certificate.
    return undefined
  }
}
