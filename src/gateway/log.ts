// What the gateway logs: one function for each event, ids always, bodies and names never (style, attacks T11).
import type { Logger } from 'pino'
import type { Outcome, Parcel, Taken } from '../adapters/contract.ts'
import { NotTaken } from '../adapters/not-taken.ts'
import type { OfficeId } from '../letter/offices.ts'
import { type Instant, printInstant } from '../letter/time.ts'
import { type Problem, printable } from '../problem/problem.ts'
import type { AlarmEvent } from './alarms/told.ts'
import type { Late } from './delivery/late.ts'
import type { Installation } from './installation/installation.ts'
import type { Role } from './journal/members.ts'
import type { Part } from './present.ts'

/** So many of the faults of an installation stand in one line. */
const mostProblems = 50

export interface Log {
  gatewayStarted(facts: {
    readonly systems: number
    readonly role: Role
    readonly http?: string
    readonly https?: string
  }): void
  /** Of the gateways on one journal this one looks where only one may, from now on. */
  leading(): void
  gatewayStopped(): void
  profilesApplied(counts: Readonly<Record<string, number>>): void
  profilesRefused(problems: readonly Problem[]): void
  /** Another authority is believed from now on, and the one before is not: their fingerprints. */
  authorityChanged(authorities: Readonly<Record<'from' | 'to', string>>): void
  /** Registered certificates do not stand under the authority, or are not made for sealing: what is sealed with them is not believed. */
  certificatesDoubted(of: Pick<Installation, 'foreign' | 'unfit'>): void
  sourceTaken(system: string, taken: readonly Taken[], milliseconds: number): void
  sourceFailed(system: string, error: unknown): void
  attemptEnded(parcel: Parcel, outcome: Outcome, milliseconds: number): void
  breakerOpened(office: OfficeId): void
  givenUp(parcel: Parcel): void
  /** Deliveries to an office that waited for what is the future now, for the clock was set back: they are timed anew. */
  clockSetBack(office: OfficeId, deliveries: number): void
  deliveryLate(late: Late): void
  alarmTold(event: AlarmEvent, alarm: { readonly kind: string; readonly subject: string }): void
  /** A hook could not be told; `again`: when it is tried next. */
  hookFailed(hook: string, said: string, again: Instant | undefined): void
  /** A part of the gateway cannot be used, for a reason in its own words, or can be used again. `until`: it is waited for until then. */
  partAway(part: Part | 'journal', reason: string, until?: Instant): void
  partHere(part: Part | 'journal'): void
  /** The schema of the journal is brought from one version to another, which takes as long as the journal is large. */
  journalMigrating(from: number, to: number): void
  /** That was broken off, for the gateway was asked to end: the next start goes on from there. */
  journalInterrupted(at: number, to: number): void
  queueEvicts(policy: string): void
  /** A correction that a person ordered was not made. */
  letterUncorrected(facts: Readonly<Record<'messageId' | 'order' | 'codes', string>>): void
  workFailed(work: string, error: unknown): void
  requestFailed(error: Error): void
  /** Somebody showed no key or certificate that a door knows; `more`: as often again since the last line. */
  accessDenied(path: string, more: number): void
  adapterReported(system: string, event: string, facts: Readonly<Record<string, string | number>>): void
}

export function createLog(logger: Logger): Log {
  return {
    gatewayStarted: (facts) => logger.info(facts, 'gateway.started'),
    leading: () => logger.info('gateway.leading'),
    gatewayStopped: () => logger.info('gateway.stopped'),
    authorityChanged: (authorities) => logger.warn(authorities, 'authority.changed'),
    certificatesDoubted: ({ foreign, unfit }) => {
      if (foreign.length > 0)
        logger.warn(
          { offices: foreign.slice(0, mostProblems), count: foreign.length },
          'certificates.foreign',
        )
      if (unfit.length > 0)
        logger.warn({ problems: placesOf(unfit), count: unfit.length }, 'certificates.unfit')
    },
    profilesApplied: (counts) => logger.info(counts, 'profiles.applied'),
    // Where in which file, and what kind of fault: a value may be a secret.
    profilesRefused: (problems) => logger.error({ problems: placesOf(problems) }, 'profiles.refused'),
    sourceTaken: (system, taken, milliseconds) => {
      for (const each of taken) {
        const ended = each.kind === 'known' && each.ended !== undefined
        const level = each.kind === 'quarantined' || each.kind === 'refused' || ended ? 'warn' : 'info'
        logger[level]({ system, ...factsOf(each), milliseconds }, `source.${each.kind}`)
      }
    },
    sourceFailed: (system, error) => logger.error({ system, ...errorOf(error) }, 'source.failed'),
    attemptEnded: (parcel, outcome, milliseconds) =>
      logger[outcome.kind === 'taken' ? 'info' : 'warn'](
        {
          delivery: parcel.id,
          message: parcel.envelope.messageId,
          office: parcel.office,
          attempt: parcel.attempt,
          outcome: outcome.kind,
          ...whyOf(outcome),
          milliseconds,
        },
        'attempt.ended',
      ),
    breakerOpened: (office) => logger.warn({ office }, 'breaker.opened'),
    givenUp: ({ id, office, envelope }) =>
      logger.error({ office, delivery: id, messageId: envelope.messageId }, 'delivery.given-up'),
    clockSetBack: (office, deliveries) => logger.warn({ office, deliveries }, 'clock.set-back'),
    deliveryLate: ({ delivery: { id, office, messageId, expectedBy }, event }) =>
      logger.warn({ office, delivery: id, messageId, expectedBy: printInstant(expectedBy) }, event),
    alarmTold: (event, { kind, subject }) =>
      logger[event === 'ended' ? 'info' : 'warn']({ kind, subject }, `alarm.${event}`),
    hookFailed: (hook, said, again) =>
      logger.warn({ hook, said, ...(again !== undefined && { again: printInstant(again) }) }, 'hook.failed'),
    partAway: (part, reason, until) =>
      logger.warn(
        { reason: printable(reason, 300), ...(until !== undefined && { until: printInstant(until) }) },
        `${part}.unavailable`,
      ),
    partHere: (part) => logger.info(`${part}.available`),
    journalMigrating: (from, to) => logger.info({ from, to }, 'journal.migrating'),
    journalInterrupted: (at, to) => logger.info({ at, to }, 'journal.interrupted'),
    queueEvicts: (policy) => logger.warn({ policy: printable(policy, 40) }, 'queue.evicts'),
    letterUncorrected: (facts) => logger.warn(facts, 'letter.uncorrected'),
    workFailed: (work, error) => logger.error({ work, ...errorOf(error) }, 'work.failed'),
    accessDenied: (path, more) => logger.warn({ path, more }, 'access.denied'),
    requestFailed: (error) => logger.error(errorOf(error), 'request.failed'),
    // An adapter reports what an operator may have to do something about, that it is over, and what its profile leaves out by intention.
    adapterReported: (system, event, facts) => {
      const usual = event.endsWith('.available') || event === 'notice.untold'
      logger[usual ? 'info' : 'warn']({ system, ...facts }, event)
    },
  }
}

const placesOf = (problems: readonly Problem[]): readonly string[] =>
  problems.slice(0, mostProblems).map(({ path, code }) => `${path.slice(0, 300)}: ${code}`)

function factsOf(taken: Taken): Readonly<Record<string, string>> {
  switch (taken.kind) {
    case 'taken':
      return { message: taken.messageId }
    case 'known':
      return { message: taken.messageId, ...(taken.ended !== undefined && { ended: taken.ended }) }
    case 'quarantined':
    case 'refused':
      return { codes: [...new Set(taken.problems.map((found) => found.code))].join(' ') }
    case 'waiting':
      return { missing: String(taken.missing.length) }
    default:
      return taken satisfies never
  }
}

/** An error's name, code and place in the program. Its message may quote letter text and stays out. */
function errorOf(error: unknown): Readonly<Record<string, string>> {
  if (!(error instanceof Error)) return { error: typeof error }
  // Its words are ours: an office and two dates.
  if (error instanceof NotTaken) return { error: error.name, code: error.problem.code, reason: error.message }
  const code = (error as NodeJS.ErrnoException).code
  const place = error.stack?.split('\n').find((line) => line.trimStart().startsWith('at '))
  return {
    error: error.name,
    ...(code !== undefined && { code }),
    ...(place !== undefined && { at: place.trim().slice(0, 200) }),
    ...(error.cause instanceof Error && {
      cause: error.cause.name,
      causeCode: String((error.cause as NodeJS.ErrnoException).code ?? ''),
    }),
  }
}

/** What stood in the way, as a code of ours, of the network or of HTTP: never the words of the other side. */
function whyOf(outcome: Outcome): { readonly code?: string } {
  if (outcome.kind === 'refused') return { code: outcome.problem.code }
  const code = outcome.kind === 'taken' ? undefined : reason.exec(outcome.said)?.[0]
  return code === undefined ? {} : { code }
}

const reason =
  /^HTTP \d{3}|^[a-z]+(?:[.-][a-z0-9]+)+(?=: )|(?<=\[)[a-z]+(?:[.-][a-z0-9]+)+(?=\])|\b(?:E[A-Z]{4,}|(?:UND_)?ERR_\w+|CERT_\w+|UNABLE_TO_\w+|\w*SELF_SIGNED_CERT\w*)\b/
