// When a delivery that was not taken is tried again: data and one pure function.
import type { Instant } from '../../letter/time.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute

export interface RetryPolicy {
  /** Pauses after the first attempts, in milliseconds. */
  readonly pauses: readonly number[]
  /** The pause after all later attempts. */
  readonly thenEvery: number
  /** Each pause is lengthened by up to this share of it, so that many deliveries do not come back at once. */
  readonly jitter: number
  /** How long it is tried, from the delivery's making: it must outlive a weekend's outage. */
  readonly giveUpAfter: number
  /** The longest Retry-After that is honoured. */
  readonly longestRetryAfter: number
}

/** Design §5.5. */
export const defaultPolicy: RetryPolicy = {
  pauses: [5 * second, 20 * second, minute, 3 * minute, 9 * minute, 27 * minute],
  thenEvery: hour,
  jitter: 0.1,
  giveUpAfter: 72 * hour,
  longestRetryAfter: 6 * hour,
}

/**
 * The instant of the next attempt after `attempts` of them failed, or `give-up` when the deadline is past and each of the
 * policy's first pauses was waited for. An attempt is never later than the deadline: the last one is made then. `chance` is a number in [0, 1). `retryAfter`: what the other
 * side asks for, in milliseconds; it lengthens the pause, never shortens it.
 */
export function nextAttempt(
  policy: RetryPolicy,
  attempts: number,
  now: Instant,
  deadline: Instant,
  chance: number,
  retryAfter = 0,
): Instant | 'give-up' {
  // A clock that jumps, or a gateway that was off, must not end what was hardly tried.
  if (now >= deadline && attempts > policy.pauses.length) return 'give-up'
  const pause = policy.pauses[Math.max(0, attempts - 1)] ?? policy.thenEvery
  const asked = Math.min(Math.max(0, retryAfter), policy.longestRetryAfter)
  const waited = Math.max(pause * (1 + policy.jitter * chance), asked)
  const next = now + Math.round(waited)
  return now >= deadline ? next : Math.min(next, deadline)
}
