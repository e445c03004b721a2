// When a delivery that was not taken is tried again: data and one pure function.
import { type DeliveryPolicy, opensAt } from '../../adapters/delivery-policy.ts'
import type { Instant } from '../../letter/time.ts'

/** Each pause is lengthened by up to this share of it, so that many deliveries do not come back at once. */
export const jitter = 0.1

/**
 * The instant of the next attempt after `attempts` of them failed, or `give-up` when the deadline is past and each of the
 * policy's first pauses was waited for. An attempt is never later than the deadline: the last one is made then, or, where the
 * office is closed then, when it opens. `chance` is a number in [0, 1). `retryAfter`: what the other
 * side asks for, in milliseconds; it lengthens the pause, never shortens it.
 */
export function nextAttempt(
  policy: DeliveryPolicy,
  attempts: number,
  now: Instant,
  deadline: Instant,
  chance: number,
  retryAfter = 0,
): Instant | 'give-up' {
  // A clock that jumps, or a gateway that was off, must not end what was hardly tried.
  if (now >= deadline && attempts > policy.pauses.length) return 'give-up'
  const pause = policy.pauses[Math.max(0, attempts - 1)] ?? policy.every
  const asked = Math.min(Math.max(0, retryAfter), policy.longestRetryAfter)
  const waited = Math.max(pause * (1 + jitter * chance), asked)
  const next = now + Math.round(waited)
  return opensAt(policy, now >= deadline ? next : Math.min(next, deadline))
}

/**
 * The instant of the next attempt of a delivery whose time was set by a clock that was ahead: the pause that it made begins now, and
 * is no longer than any that the policy makes.
 */
export function afterSetBack(
  policy: DeliveryPolicy,
  { dueAt, changedAt }: { readonly dueAt: Instant; readonly changedAt: Instant },
  now: Instant,
): Instant {
  const longest = Math.max(...policy.pauses, policy.every) * (1 + jitter)
  const pause = Math.min(Math.max(0, dueAt - changedAt), Math.max(longest, policy.longestRetryAfter))
  return opensAt(policy, now + Math.round(pause))
}
