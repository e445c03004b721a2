// How an open delivery stands: what happens next, and why it is not over, told from the journal alone.
import type { AttemptRow } from '../gateway/journal/attempts.ts'
import type { Content, FailedDelivery, First, OpenDelivery } from '../gateway/journal/open.ts'
import { type Instant, printInstant } from '../letter/time.ts'
import { problem } from '../problem/problem.ts'
import { inWords, type Reason, reasonLine, reasonOf } from './reason.ts'

/** The moment, and whether a gateway is at work on the journal. */
export interface Now {
  readonly at: Instant
  readonly running: boolean
}

export type StandingKind =
  /** An attempt is under way. */
  | 'under-way'
  /** The gateway died during an attempt, or before it. */
  | 'interrupted'
  /** Its time is still to come. */
  | 'next-attempt'
  /** Its time has come, and the gateway holds it back until its office can be reached, or has room. */
  | 'waits-for-office'
  /** No profile for its office is there any more. */
  | 'waits-for-profile'
  /** Something for the same office about the same letter goes first. */
  | 'behind'
  /** Its system comes for it. */
  | 'waits-to-be-fetched'
  /** Its time has come, and no gateway runs. */
  | 'waits-for-gateway'

export interface Standing {
  readonly kind: StandingKind
  readonly told: string
  /** Why it waits, where that is no attempt's failure. */
  readonly why?: Reason
  /** The last attempt that failed, and why; absent when there was none, or it is not why it waits. */
  readonly last?: {
    readonly attempt: AttemptRow
    readonly reason: Reason
    readonly ofOther: boolean
    /** Of the one that goes first. */
    readonly ofFirst?: true
  }
}

/** `2026-11-23 10:15:00`, +07:00. */
export const moment = (at: Instant): string => printInstant(at).slice(0, 19).replace('T', ' ')

/** `the letter`, `the accept notice`. */
export const nameOf = (content: Content): string =>
  content === 'letter' ? 'the letter' : `the ${content} notice`

/** How an open delivery stands at a moment. */
export function standingOf(open: OpenDelivery, now: Now): Standing {
  const { delivery, attempts, lastFailure } = open
  const own = attempts.findLast(({ endedAt, outcome }) => endedAt !== null && outcome !== 'given-out')
  const ofOffice = delivery.mode === 'push' ? lastFailure : undefined
  // While all wait for the probe, what the last probe met is the reason, not what this one met long ago.
  const failed = own !== undefined && isBefore(ofOffice, own, open) ? own : (ofOffice ?? own)
  const { kind, told } = next(open, now)
  if (kind === 'waits-for-profile') {
    const why = inWords(problem('delivery.no-system', '', delivery.office))
    return { kind, told: `${told}${lateTold(delivery, now)}`, why }
  }
  if (kind === 'behind' && open.behind !== undefined) {
    // Its own time counts for nothing until that one is through: why that one waits is why it does.
    const { told: first, why, last } = standingOf(firstOf(open, open.behind), now)
    return {
      kind,
      told: `${told}${lateTold(delivery, now)}: ${first}`,
      ...(why && { why }),
      ...(last && { last: ofThatOne(last) }),
    }
  }
  // What is on its way, or waits for a closed office to open, does not wait because of what another met.
  const ownOnly = kind === 'under-way' || kind === 'interrupted' || open.closedUntil !== undefined
  const attempt = ownOnly ? own : failed
  const last = attempt && {
    attempt,
    reason: reasonOf(attempt),
    ofOther: attempt.deliveryId !== delivery.id,
  }
  return { kind, told: `${told}${lateTold(delivery, now)}`, ...(last && { last }) }
}

const lateTold = ({ expectedBy }: OpenDelivery['delivery'], now: Now): string =>
  expectedBy === null || now.at < expectedBy ? '' : `; late: it was expected by ${moment(expectedBy)}`

const isBefore = (ofOffice: AttemptRow | undefined, own: AttemptRow, { probeAt }: OpenDelivery): boolean =>
  probeAt === undefined || ofOffice === undefined || (ofOffice.endedAt ?? 0) <= (own.endedAt ?? 0)

function next(open: OpenDelivery, now: Now): Pick<Standing, 'kind' | 'told'> {
  const { delivery, attempts, behind } = open
  const { state, dueAt, mode } = delivery
  if (state === 'sending') return atWork(open, now)
  if (now.running && open.unserved === true && behind === undefined)
    return { kind: 'waits-for-profile', told: 'waits for a profile of its office' }
  if (mode === 'poll') {
    const shown = attempts.find(({ outcome }) => outcome === 'given-out')
    const since = moment(delivery.createdAt)
    const told =
      shown === undefined
        ? `waits since ${since} to be fetched by its system`
        : `was shown to its system at ${moment(shown.startedAt)}, which has not said that it stored it`
    return { kind: 'waits-to-be-fetched', told }
  }
  if (now.running && open.bringingSince !== undefined) {
    const since = moment(open.bringingSince)
    const told = `is being brought since ${since}: its office is being connected to (attempt ${delivery.attempts + 1})`
    return { kind: 'under-way', told: `${told}${state === 'unknown' ? `; ${mayHaveArrived}` : ''}` }
  }
  if (behind !== undefined) {
    return { kind: 'behind', told: `behind ${nameOfFirst(open.content, behind)}` }
  }
  const again = state === 'unknown' ? `; ${mayHaveArrived}` : ''
  const probe = now.running && open.probeAt !== undefined ? probeTold(open.probeAt, now) : ''
  if (dueAt > now.at) {
    const once = now.running ? '' : ', once the gateway runs'
    const late = probe !== '' && (open.probeAt ?? 0) > dueAt ? `; its office ${probe}` : ''
    return { kind: 'next-attempt', told: `next attempt ${moment(dueAt)}${late}${once}${again}` }
  }
  if (now.running) {
    const closed =
      open.closedUntil === undefined ? '' : `, to which nothing is brought until ${moment(open.closedUntil)}`
    return {
      kind: 'waits-for-office',
      told: `waits for its office since ${moment(dueAt)}${closed}${probe && `, which ${probe}`}${again}`,
    }
  }
  return {
    kind: 'waits-for-gateway',
    told: `due since ${moment(dueAt)}, and the gateway is not running${again}`,
  }
}

/** Nothing of its own goes before a letter: then it is a corrected one, behind what it corrects. */
function nameOfFirst(content: Content, { content: behind, letter }: First): string {
  if (content === 'letter') {
    const earlier = `the earlier letter that it replaces (${letter.slice('urn:uuid:'.length)})`
    return behind === 'letter' ? earlier : `${nameOf(behind)} of ${earlier}`
  }
  return behind === 'letter' ? 'the letter itself' : `an earlier notice of the same letter (${behind})`
}

/** What goes first in the lane of an open delivery, to the same office, as an open delivery itself. */
const firstOf = (
  { behind: _behind, bringingSince: _since, ...ofOffice }: OpenDelivery,
  { content, delivery, attempts, bringingSince }: First,
): OpenDelivery => ({
  ...ofOffice,
  ...{ content, delivery, attempts },
  ...(bringingSince !== undefined && { bringingSince }),
})

const ofThatOne = (last: NonNullable<Standing['last']>): NonNullable<Standing['last']> =>
  last.ofOther ? last : { ...last, ofOther: true, ofFirst: true }

const probeTold = (at: Instant, now: Now): string =>
  `cannot be reached: ${at > now.at ? `next probe ${moment(at)}` : 'it is being probed'}`

const mayHaveArrived = 'it may have arrived, and is sent again under the same message id'

function atWork({ delivery, attempts }: OpenDelivery, now: Now): Pick<Standing, 'kind' | 'told'> {
  const since = moment(attempts.at(-1)?.startedAt ?? delivery.changedAt)
  return now.running
    ? { kind: 'under-way', told: `under way since ${since} (attempt ${delivery.attempts})` }
    : {
        kind: 'interrupted',
        told: `interrupted: the gateway died during attempt ${delivery.attempts} of ${since}; ${mayHaveArrived} when the gateway is started`,
      }
}

/** Which attempt failed last, when, and why, on one line. */
export function lastLine({ attempt, reason, ofOther, ofFirst }: NonNullable<Standing['last']>): string {
  const which =
    ofFirst === true
      ? `attempt ${attempt.number} of that one`
      : ofOther
        ? 'another attempt to its office'
        : `attempt ${attempt.number}`
  const unsure = attempt.outcome === 'unknown' ? 'may have arrived' : 'failed'
  return `${which} at ${moment(attempt.startedAt)} ${unsure}: ${reasonLine(reason)}`
}

/** Why what ended without success did so; undefined when nothing was kept of it. */
export function reasonOfEnd({ attempts }: FailedDelivery): Reason | undefined {
  const last = attempts.findLast(({ outcome }) => outcome !== 'given-out')
  return last && last.outcome !== 'taken' ? reasonOf(last) : undefined
}

/** A delivery that was refused or given up as JSON. */
export function failedJson(failed: FailedDelivery): Readonly<Record<string, unknown>> {
  const { delivery, content } = failed
  return {
    delivery: delivery.id,
    content,
    office: delivery.office,
    state: delivery.state,
    since: printInstant(delivery.changedAt),
    attempts: delivery.attempts,
    reason: reasonOfEnd(failed) ?? null,
  }
}

/** An open delivery as JSON: instants with +07:00. */
export function openJson(open: OpenDelivery, now: Now): Readonly<Record<string, unknown>> {
  const { delivery, content } = open
  const { kind, told, why, last } = standingOf(open, now)
  return {
    delivery: delivery.id,
    content,
    office: delivery.office,
    state: delivery.state,
    since: printInstant(delivery.createdAt),
    dueAt: printInstant(delivery.dueAt),
    deadline: printInstant(delivery.deadline),
    expectedBy: delivery.expectedBy === null ? null : printInstant(delivery.expectedBy),
    attempts: delivery.attempts,
    standing: kind,
    told,
    ...(open.closedUntil !== undefined && now.running && { closedUntil: printInstant(open.closedUntil) }),
    ...(open.probeAt !== undefined && now.running && { probeAt: printInstant(open.probeAt) }),
    ...(why && { why }),
    ...(last && {
      last: {
        at: printInstant(last.attempt.startedAt),
        outcome: last.attempt.outcome,
        ofAnotherDelivery: last.ofOther,
        ...last.reason,
      },
    }),
  }
}
