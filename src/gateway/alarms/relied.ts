// The certificates that an installation relies on.
import { X509Certificate } from 'node:crypto'
import { resolveReferences } from '../../adapters/references.ts'
import { certificatesIn } from '../../adapters/transports/tls.ts'
import { standsUnder, unfitBecause } from '../../envelope/certificate.ts'
import type { Instant } from '../../letter/time.ts'
import type { Result } from '../../problem/problem.ts'
import { attachmentsOf } from '../attachments/place.ts'
import type { Installation } from '../installation/installation.ts'
import { journalOf } from '../journal/place.ts'
import { redisOf } from '../queue/place.ts'
import type { Settings } from '../settings/settings.ts'
import { lastEnded, lastWithoutGap, longestValid, type Relied } from './certificates.ts'

/** The authority, our own, those of offices (their own or ours for them), those that profiles show to systems, and the authorities that they know them by, at an instant. */
export function reliedOn({ trust, keys, systems, tls }: Installation, at: Instant): readonly Relied[] {
  const relied: Relied[] = [{ of: 'authority', certificate: trust.authority }]
  if (tls !== undefined) relied.push({ of: 'https', certificate: new X509Certificate(tls.certificate) })
  for (const office of new Set([...systems.keys(), ...keys.keys()])) {
    // A key of ours seals with its own certificates, whatever else is registered for its office.
    const own = keys.get(office)?.certificates ?? trust.certificatesOf(office)
    const fit = own.filter((each) => standsUnder(trust.authority, each) && unfitBecause(each) === undefined)
    // That none is under the authority, or fit to seal, is told apart: `certificates.foreign` and `.unfit` in the log, and by doctor.
    const certificates = fit.length > 0 ? fit : own
    const covering = lastWithoutGap(certificates, at)
    const certificate = covering ?? lastEnded(certificates, at) ?? certificates[0]
    if (certificate === undefined) continue
    relied.push({ of: `office ${office}`, certificate, ...(!covering && { isOver: true }) })
  }
  for (const { system, certificates } of systems.values()) {
    for (const pem of certificates.shown)
      relied.push({ of: `system ${system.id}`, certificate: new X509Certificate(pem) })
    for (const pem of certificates.authorities) relied.push(...authorityIn(`authority of ${system.id}`, pem))
  }
  return relied
}

/**
 * The authorities by which the settings know the servers of journal, queue and attachments and those that are told of alarms, as they can
 * be read now. What cannot be read is told where the server is looked for.
 */
export function authoritiesOf(
  settings: Pick<Settings, 'data' | 'journal' | 'queue' | 'attachments' | 'alarms'>,
  environment: Readonly<Record<string, string | undefined>>,
): readonly Relied[] {
  const journal = given(journalOf(settings, environment))
  const attachments = given(attachmentsOf(settings, environment))
  const texts = {
    journal: journal?.kind === 'postgresql' ? journal.at.authority : undefined,
    queue: given(redisOf(settings, environment))?.authority,
    attachments: attachments?.kind === 'bucket' ? attachments.at.authority : undefined,
  }
  const hooks = (settings.alarms?.hooks ?? []).map(({ name, secrets }) => {
    const { value } = resolveReferences(secrets.authority, environment, (path) => path)
    return [`hook ${name}`, value] as const
  })
  return [...Object.entries(texts), ...hooks].flatMap(([of, text]) =>
    typeof text === 'string' ? authorityIn(of, text) : [],
  )
}

/** Where several stand in one text a server may be under any: the one that is valid longest counts. */
function authorityIn(of: string, pem: string): readonly Relied[] {
  const certificate = longestValid(certificatesIn(pem) ?? [])
  return certificate === undefined ? [] : [{ of, certificate }]
}

const given = <Value>(result: Result<Value>): Value | undefined => (result.ok ? result.value : undefined)
