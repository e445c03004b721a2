// The certificates that an installation relies on.
import { X509Certificate } from 'node:crypto'
import type { Installation } from '../installation/installation.ts'
import { longestValid, type Relied } from './certificates.ts'

/** The authority, our own, those of offices (their own or ours for them), and those that profiles show to systems. */
export function reliedOn({ trust, signers, systems, tls }: Installation): readonly Relied[] {
  const relied: Relied[] = [{ of: 'authority', certificate: trust.authority }]
  if (tls !== undefined) relied.push({ of: 'https', certificate: new X509Certificate(tls.certificate) })
  for (const office of new Set([...systems.keys(), ...signers.keys()])) {
    // A key of ours seals with its own certificate, whatever else is registered for its office.
    const certificate = signers.get(office)?.certificate ?? longestValid(trust.certificatesOf(office))
    if (certificate !== undefined) relied.push({ of: `office ${office}`, certificate })
  }
  for (const { system, shown } of systems.values())
    for (const pem of shown) relied.push({ of: `system ${system.id}`, certificate: new X509Certificate(pem) })
  return relied
}
