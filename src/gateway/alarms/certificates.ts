// Certificates that end soon: our own in TLS, those that offices seal with, the authority, those of offices that seal for
// themselves, those that profiles show to systems, and the authorities of the servers that the settings name.
import type { X509Certificate } from 'node:crypto'
import type { Instant } from '../../letter/time.ts'
import type { Check, Condition } from './condition.ts'
import { shownTime } from './condition.ts'

/** Days before the end at which it is told again: each is a level, and the end itself the last one. */
const steps = [60, 30, 14, 7, 1, 0] as const
const day = 86_400_000

/** A certificate that somebody relies on; of several that serve, the one that is valid longest. */
export interface Relied {
  /** Whose: `authority`, `https`, `office 50`, `system chiang-mai`, `journal`, `queue`, `attachments`. */
  readonly of: string
  readonly certificate: X509Certificate
}

/** The conditions of what is relied on at the time. */
export const certificateCheck = (relied: () => Iterable<Relied>): Check => ({
  kinds: ['certificate'],
  look: async (now) => endingSoon(relied(), now),
})

export function endingSoon(relied: Iterable<Relied>, now: Instant): readonly Condition[] {
  const found: Condition[] = []
  for (const { of, certificate } of relied) {
    const until = Date.parse(certificate.validTo)
    const level = steps.filter((days) => until - now <= days * day).length
    const days = steps[level - 1]
    if (days === undefined) continue
    found.push({ kind: 'certificate', subject: of, level, facts: { until: shownTime(until), days } })
  }
  return found
}

/** Of several that serve the one that is valid longest. */
export const longestValid = (certificates: readonly X509Certificate[]): X509Certificate | undefined =>
  [...certificates].sort((one, other) => Date.parse(other.validTo) - Date.parse(one.validTo))[0]
