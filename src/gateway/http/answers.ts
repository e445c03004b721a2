// Problems as HTTP answers, in the form that the doors use too: one form for every client.
import { problemsAnswer } from '../../adapters/transports/http-answers.ts'
import type { Problem } from '../../problem/problem.ts'

export interface ProblemAnswer {
  readonly status: number
  readonly body: string
}

export const problemType = 'application/problem+json; charset=utf-8'

/** The answer that names every problem. */
export function answerOf(problems: readonly [Problem, ...Problem[]]): ProblemAnswer {
  const { status, body } = problemsAnswer(problems)
  return { status, body: String(body) }
}
