// Certificates that end soon: our own in TLS, those that offices seal with, the authority, those of offices that seal for
// themselves, those that profiles show to systems, and the authorities by which profiles and settings know their servers.
import type { X509Certificate } from 'node:crypto'
import { endOf } from '../../envelope/certificate.ts'
import type { Instant } from '../../letter/time.ts'
import type { Check, Condition } from './condition.ts'
import { shownTime } from './condition.ts'

/** Days before the end at which it is told again: each is a level, and the end itself the last one. */
const steps = [60, 30, 14, 7, 1, 0] as const
const day = 86_400_000

/** A certificate that somebody relies on; of several that serve, the one at whose end none serves any more. */
export interface Relied {
  /** Whose: `authority`, `https`, `office 50`, `system chiang-mai`, `authority of chiang-mai`, `journal`, `queue`, `attachments`, `hook duty`. */
  readonly of: string
  readonly certificate: X509Certificate
  /** Nothing serves now: it has ended, or has not begun. */
  readonly isOver?: boolean
}

/** The conditions of what is relied on at the time. */
export const certificateCheck = (relied: (now: Instant) => Iterable<Relied>): Check => ({
  kinds: ['certificate'],
  look: async (now) => endingSoon(relied(now), now),
})

/** Of each, once: of several that are one's (two channels of a profile) the one that ends first. */
export function endingSoon(relied: Iterable<Relied>, now: Instant): readonly Condition[] {
  const ends = new Map<string, Instant>()
  const over = new Set<string>()
  for (const { of, certificate, isOver } of relied) {
    ends.set(of, Math.min(Date.parse(certificate.validTo), ends.get(of) ?? Number.POSITIVE_INFINITY))
    if (isOver === true) over.add(of)
  }
  return [...ends].flatMap(([subject, until]) => {
    const level = over.has(subject) ? steps.length : steps.filter((days) => until - now <= days * day).length
    const days = steps[level - 1]
    if (days === undefined) return []
    return [{ kind: 'certificate', subject, level, facts: { until: shownTime(until), days } }]
  })
}

/** Of several that serve the one that is valid longest. */
export const longestValid = (certificates: readonly X509Certificate[]): X509Certificate | undefined =>
  [...certificates].sort((one, other) => Date.parse(other.validTo) - Date.parse(one.validTo))[0]

const beginningOf = ({ validFrom }: X509Certificate): Instant => Date.parse(validFrom)

/** Of several that follow each other the last one before there is none. Undefined: none is valid at the instant. */
export function lastWithoutGap(
  certificates: readonly X509Certificate[],
  at: Instant,
): X509Certificate | undefined {
  let last: X509Certificate | undefined
  for (let until = at; ; until = endOf(last)) {
    const next = certificates.find((each) => beginningOf(each) <= until && until < endOf(each))
    if (next === undefined) return last
    last = next
  }
}

/** Of those that have ended the one that was valid last. */
export const lastEnded = (
  certificates: readonly X509Certificate[],
  at: Instant,
): X509Certificate | undefined => longestValid(certificates.filter((each) => endOf(each) <= at))
