// How the inside of the reader says no: one way, caught once at its entrance, where it becomes a Result.
import { bad, type Problem, type ProblemCode, problem, type Result } from '../problem/problem.ts'

class Refusal extends Error {
  readonly problems: readonly [Problem, ...Problem[]]
  constructor(problems: readonly [Problem, ...Problem[]]) {
    super(problems[0].code)
    this.problems = problems
  }
}

/** Ends the reading with one named problem. */
export function refuse(
  code: ProblemCode,
  path: string,
  value?: string,
  details?: Readonly<Record<string, string | number>>,
): never {
  throw new Refusal([problem(code, path, value?.slice(0, 200), details)])
}

/** Ends the reading with all the problems of one stage. */
export function refuseAll(problems: readonly [Problem, ...Problem[]]): never {
  throw new Refusal(problems)
}

/** Runs `read`; a refusal inside becomes a failed result. Defects pass through. */
export function refusable<Value>(read: () => Result<Value>): Result<Value> {
  try {
    return read()
  } catch (error) {
    if (error instanceof Refusal) return bad(...error.problems)
    throw error
  }
}
