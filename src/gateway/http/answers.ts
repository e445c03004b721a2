// Problems as HTTP answers: `application/problem+json` (RFC 9457), in English and Thai.
import { definitionOf, messageOf, type Problem, remedyOf } from '../../problem/problem.ts'

export interface ProblemAnswer {
  readonly status: number
  readonly body: string
}

export const problemType = 'application/problem+json; charset=utf-8'

/** The answer that names every problem; its status is the first one's. */
export function answerOf(problems: readonly [Problem, ...Problem[]]): ProblemAnswer {
  const [first] = problems
  const { status } = definitionOf(first.code)
  const body = JSON.stringify({
    type: `urn:saraban:problem:${first.code}`,
    title: messageOf(first),
    status,
    code: first.code,
    problems: problems.map((found) => ({
      code: found.code,
      path: found.path,
      message: { en: messageOf(found, 'en'), th: messageOf(found, 'th') },
      remedy: { en: remedyOf(found, 'en'), th: remedyOf(found, 'th') },
    })),
  })
  return { status, body }
}
