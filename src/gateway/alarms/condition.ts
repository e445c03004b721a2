// What an alarm is about, and what a check gives: everything of its kinds that is so at one look.
import type { Instant } from '../../letter/time.ts'
import { printInstant } from '../../letter/time.ts'
import { type Problem, type ProblemCode, problem } from '../../problem/problem.ts'
import type { AlarmFacts } from '../journal/alarms.ts'

export type AlarmKind =
  | 'backlog'
  | 'silence'
  | 'deadline'
  | 'given-up'
  | 'recall'
  | 'breaker'
  | 'unreadable'
  | 'lag'
  | 'certificate'
  | 'disk'
  | 'sync'
  | 'log'
  | 'quarantine'
  | 'retention'

export interface Condition {
  readonly kind: AlarmKind
  readonly subject: string
  /** The higher, the worse; 1 where there is but one. */
  readonly level: number
  readonly facts: AlarmFacts
  /** Between the bound at which it begins and the one at which it is over: it raises nothing and ends nothing. */
  readonly between?: true
}

/** Looks at all conditions of some kinds. Rejects when it cannot: then nothing of those kinds is raised or ended. */
export interface Check {
  readonly kinds: readonly AlarmKind[]
  look(now: Instant): Promise<readonly Condition[]>
}

/** Finds nothing of the kinds that none of `checks` looks at, which are switched off: what of them is raised comes to its end. */
export const offCheck = (checks: readonly Check[]): Check => ({
  kinds: alarmKinds.filter((kind) => !checks.some(({ kinds }) => kinds.includes(kind))),
  look: () => Promise.resolve([]),
})

/** An alarm in words: what is so, and what helps. */
export const alarmProblem = (kind: string, subject: string, facts: AlarmFacts): Problem | undefined => {
  const code = codes.get(kind)
  return code && problem(code, '', subject, { office: subject, ...facts })
}

const codeOf = {
  backlog: 'alarm.backlog',
  silence: 'alarm.silence',
  deadline: 'alarm.deadline',
  'given-up': 'alarm.given-up',
  recall: 'alarm.recall',
  breaker: 'alarm.breaker',
  unreadable: 'alarm.unreadable',
  lag: 'alarm.lag',
  certificate: 'alarm.certificate',
  disk: 'alarm.disk',
  sync: 'alarm.sync',
  log: 'alarm.log',
  quarantine: 'alarm.quarantine',
  retention: 'alarm.retention',
} as const satisfies Record<AlarmKind, ProblemCode>

const alarmKinds = Object.keys(codeOf) as readonly AlarmKind[]
const codes: ReadonlyMap<string, ProblemCode> = new Map(Object.entries(codeOf))

/** `2026-11-23 10:15`, +07:00. */
export const shownTime = (at: Instant): string => printInstant(at).slice(0, 16).replace('T', ' ')
