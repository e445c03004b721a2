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
  'other-receipt':
    'takes the envelope and answers, at each repetition too, with the receipt of another letter',
  'wrong-signature':
    'takes the envelope and answers, at each repetition too, with a receipt whose signature is wrong',
} as const

export type FaultKind = keyof typeof faultKinds

export interface Fault {
  readonly kind: FaultKind
  /** Milliseconds, 0 to 600,000. Only of `slow`. */
  readonly delay?: number
  /** Seconds, 0 to 86,400. Only of `busy`. */
  readonly retryAfter?: number
  /** For how many requests; absent: until it is switched off. Not of `none`, nor of `down`, which no request reaches. */
  readonly times?: number
}

export const noFault: Fault = { kind: 'none' }

interface Field {
  readonly least: number
  readonly most: number
  /** Absent: the field may stay absent. */
  readonly otherwise?: number
}

const times: Field = { least: 1, most: 1_000_000 }

/** The fields of each fault, with their bounds and what holds when nothing is said. */
const fieldsOf: Readonly<Record<FaultKind, Readonly<Record<string, Field>>>> = {
  none: {},
  down: {},
  slow: { delay: { least: 0, most: 600_000, otherwise: 3_000 }, times },
  busy: { retryAfter: { least: 0, most: 86_400, otherwise: 2 }, times },
  drop: { times },
  twice: { times },
  'other-receipt': { times },
  'wrong-signature': { times },
}

const isKind = (kind: unknown): kind is FaultKind =>
  typeof kind === 'string' && Object.hasOwn(faultKinds, kind)

/** Reads `{"fault": "busy", "retryAfter": 5, "times": 3}`; every fault of it at once. */
export function readFault(value: unknown): Result<Fault> {
  const { fault: kind, ...said } = (typeof value === 'object' && value !== null ? value : {}) as Readonly<
    Record<string, unknown>
  >
  if (!isKind(kind)) {
    const expected = Object.keys(faultKinds).join(', ')
    return bad(problem('sandbox.faults.unknown', 'fault', String(kind), { expected }))
  }
  const problems: Problem[] = []
  const fields = fieldsOf[kind]
  const expected = Object.keys(fields).join(', ') || 'no fields'
  for (const name of Object.keys(said)) {
    if (!Object.hasOwn(fields, name))
      problems.push(problem('sandbox.faults.field', name, name, { fault: kind, expected }))
  }
  const numbers: Record<string, number> = {}
  for (const [name, { least, most, otherwise }] of Object.entries(fields)) {
    const found = said[name] ?? otherwise
    if (found === undefined) continue
    if (typeof found === 'number' && Number.isInteger(found) && found >= least && found <= most)
      numbers[name] = found
    else problems.push(problem('sandbox.faults.number', name, String(found), { least, most }))
  }
  const [first, ...rest] = problems
  return first === undefined ? good({ kind, ...numbers }) : bad(first, ...rest)
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
