// Problems as HTTP answers, in one form whoever answers: a door, the server itself, or the keeper at a door.
import { problemsAnswer } from '../../adapters/transports/http/answers.ts'
import type { Problem } from '../../problem/problem.ts'

export interface ProblemAnswer {
  readonly status: number
  /** Content-Type, and Retry-After where a later try may succeed. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The answer that names every problem (`application/problem+json`, RFC 9457), in English and Thai. */
export function answerOf(problems: readonly [Problem, ...Problem[]]): ProblemAnswer {
  const { status, headers, body } = problemsAnswer(problems)
  return { status, headers: headers ?? {}, body: String(body) }
}
