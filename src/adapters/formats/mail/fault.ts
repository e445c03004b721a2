// A fault of a mail as a whole, on its way to the one place that makes an item of it.
import { type Problem, type ProblemCode, problem } from '../../../problem/problem.ts'

/** Thrown inside this folder only: whoever reads a mail catches it and gives the problem back. */
export class MailFault extends Error {
  override readonly name = 'MailFault'
  readonly problem: Problem

  constructor(code: ProblemCode, path: string, value?: string, details?: Problem['details']) {
    super(code)
    this.problem = problem(code, path, value, details)
  }
}
