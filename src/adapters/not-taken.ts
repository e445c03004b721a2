// Nothing was taken, and it is known what stands in the way: whoever waits for the answer is told.
import { messageOf, type Problem } from '../problem/problem.ts'

/** What `take` rejects with then; with any other error what the sender may know is that it should come again. */
export class NotTaken extends Error {
  override readonly name: string = 'NotTaken'
  readonly problem: Problem

  constructor(problem: Problem) {
    super(messageOf(problem))
    this.problem = problem
  }
}

/** Why nothing was taken: what whoever waits is told, `otherwise` where it is none of theirs, and a word for the log. */
export function whyNotTaken(
  error: unknown,
  otherwise: Problem,
): { readonly problem: Problem; readonly reason: string } {
  if (error instanceof NotTaken) return { problem: error.problem, reason: error.problem.code }
  return { problem: otherwise, reason: error instanceof Error ? error.name : 'unknown' }
}
