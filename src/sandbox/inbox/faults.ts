// The inbox's fault switches: what goes wrong on purpose, so that a gateway can be seen to survive it.
import { bad, good, type Problem, problem, type Result } from '../../problem/problem.ts'

/** Each fault, and what the inbox does while it is on. */
export const faultKinds = {
  none: 'answers as it should',
  down: 'accepts no connection',
  slow: 'takes the envelope and answers `delay` milliseconds later',
  busy: 'answers 503 with Retry-After of `retryAfter` seconds and takes nothing',
  drop: 'takes the envelope and drops the connection after the last byte, without an answer',
  twice: 'answers twice on the connection, and sends its accept notice twice',
  'other-receipt': 'takes the envelope and answers with the receipt of another letter',
  'wrong-signature': 'takes the envelope and answers with a receipt whose signature is wrong',
} as const

export type FaultKind = keyof typeof faultKinds

export interface Fault {
  readonly kind: FaultKind
  /** Milliseconds, 0 to 600,000. Only for `slow`. */
  readonly delay: number
  /** Seconds, 0 to 86,400. Only for `busy`. */
  readonly retryAfter: number
  /** For how many requests; absent: until it is switched off. Not for `down`. */
  readonly times?: number
}

export const noFault: Fault = { kind: 'none', delay: 0, retryAfter: 0 }

/** Reads `{"fault": "busy", "retryAfter": 5, "times": 3}`; every fault of it at once. */
export function readFault(value: unknown): Result<Fault> {
  const fields = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  const problems: Problem[] = []
  for (const name of Object.keys(fields)) {
    if (!['fault', 'delay', 'retryAfter', 'times'].includes(name))
      problems.push(problem('sandbox.faults.field', name, name))
  }
  const kind = fields['fault']
  const known = typeof kind === 'string' && Object.hasOwn(faultKinds, kind)
  if (!known) {
    const expected = Object.keys(faultKinds).join(', ')
    problems.push(problem('sandbox.faults.unknown', 'fault', String(kind), { expected }))
  }
  const number = (name: string, least: number, most: number, otherwise: number): number => {
    const found = fields[name] ?? otherwise
    if (typeof found === 'number' && Number.isInteger(found) && found >= least && found <= most) return found
    problems.push(problem('sandbox.faults.number', name, String(found), { least, most }))
    return otherwise
  }
  const delay = number('delay', 0, 600_000, 3_000)
  const retryAfter = number('retryAfter', 0, 86_400, 2)
  const times = fields['times'] === undefined ? undefined : number('times', 1, 1_000_000, 1)
  const [first, ...rest] = problems
  if (first !== undefined) return bad(first, ...rest)
  return good({ kind: kind as FaultKind, delay, retryAfter, ...(times !== undefined && { times }) })
}

export interface Faults {
  current(): Fault
  set(fault: Fault): void
  /** The fault for one request; counts it. */
  take(): Fault
}

/** The switches, all off; `changed` is called whenever another fault holds. */
export function faultSwitches(changed: (fault: Fault) => void): Faults {
  let held = noFault
  const set = (fault: Fault): void => {
    held = fault
    changed(fault)
  }
  return {
    current: () => held,
    set,
    take() {
      const now = held
      if (now.times === undefined) return now
      if (now.times <= 1) set(noFault)
      else held = { ...now, times: now.times - 1 }
      return now
    },
  }
}
