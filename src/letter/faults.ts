// The small faults that letters and notices share.
import { type Problem, problem } from '../problem/problem.ts'

const sha256 = /^[0-9a-f]{64}$/

/** A value is needed at `path` and there is none. */
export const missing = (path: string): Problem => problem('letter.field.missing', path)

/** One of the known values, or a fault. */
export function addCodeFault(faults: Problem[], path: string, value: string, known: readonly string[]): void {
  if (!known.includes(value))
    faults.push(problem('letter.code.unknown', path, value, { expected: known.join(', ') }))
}

/** 64 lower-case hexadecimal digits, or a fault. */
export function addDigestFault(faults: Problem[], path: string, value: string): void {
  if (!sha256.test(value)) faults.push(problem('letter.digest.unreadable', path, value))
}
