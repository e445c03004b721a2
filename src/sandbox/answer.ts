// What the sandbox's HTTP servers answer with.
import { definitionOf, messageOf, type Problem, remedyOf } from '../problem/problem.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** JSON as an answer. */
export const jsonAnswer = (status: number, value: unknown): Answer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: Buffer.from(`${JSON.stringify(value)}\n`),
})

/** An envelope as an answer. */
export const envelopeAnswer = (status: number, bytes: Buffer): Answer => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: bytes,
})

/** Every problem as `application/problem+json` (RFC 9457), under the status of the first. */
export function problemAnswer(problems: readonly [Problem, ...Problem[]]): Answer {
  const [first] = problems
  const { status } = definitionOf(first.code)
  const detailed = problems.map((found) => ({
    code: found.code,
    path: found.path,
    detail: messageOf(found),
    remedy: remedyOf(found),
  }))
  const body = { type: 'about:blank', status, title: messageOf(first), code: first.code, problems: detailed }
  return {
    status,
    headers: { 'content-type': 'application/problem+json; charset=utf-8' },
    body: Buffer.from(`${JSON.stringify(body)}\n`),
  }
}
