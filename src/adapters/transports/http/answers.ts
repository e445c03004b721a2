// What a door answers, once it is known what became of a document. The statuses are a contract: docs/reference/transports.md.
import { definitionOf, messageOf, type Problem, remedyOf } from '../../../problem/problem.ts'
import type { DoorAnswer, Taken } from '../../contract.ts'

/** Every problem as `application/problem+json` (RFC 9457), in both languages. */
export function problemsAnswer(
  problems: readonly [Problem, ...Problem[]],
  status = statusOf(problems),
): DoorAnswer {
  const [first] = problems
  return {
    status,
    headers: { 'content-type': 'application/problem+json', ...(status === 503 && { 'retry-after': '10' }) },
    body: JSON.stringify({
      type: `urn:th:go:moi:saraban:problem:${first.code}`,
      title: messageOf(first),
      status,
      problems: problems.map(told),
    }),
  }
}

const told = (each: Problem) => ({
  code: each.code,
  path: each.path,
  ...(each.value !== undefined && { value: each.value.slice(0, 1000) }),
  message: messageOf(each),
  remedy: remedyOf(each),
  messageThai: messageOf(each, 'th'),
  remedyThai: remedyOf(each, 'th'),
})

/** The gravest of what the problems' definitions say: a conflict or a fault of the request before a fault of the letter. */
function statusOf(problems: readonly [Problem, ...Problem[]]): number {
  const statuses = problems.map(({ code }) => definitionOf(code).status)
  return statuses.find((status) => status >= 400 && status !== 422) ?? 422
}

/** What a letter that is known came to, and why it does not go again. */
const endedOf = (taken: Taken): { readonly ended?: string } =>
  taken.kind === 'known' && taken.ended !== undefined ? { ended: taken.ended } : {}

/** The answer to a letter or notice of a system: 201 taken, 200 known, 202 in quarantine for a person, 4xx every problem. */
export function jsonAnswer(taken: Taken): DoorAnswer {
  switch (taken.kind) {
    case 'taken':
    case 'known':
      return {
        status: taken.kind === 'taken' ? 201 : 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ messageId: taken.messageId, state: taken.kind, ...endedOf(taken) }),
      }
    case 'quarantined': {
      const [first, ...rest] = taken.problems
      if (first === undefined) throw new Error('something was quarantined without a reason')
      return problemsAnswer([first, ...rest], 202)
    }
    case 'refused':
      return problemsAnswer(taken.problems)
    case 'waiting':
      throw new Error('a document waits for files although its body is whole')
    default:
      return taken satisfies never
  }
}

/**
 * The answer to a document of several letters or notices: what became of each, in their order. What was refused nobody
 * keeps, and clients exist that look only whether a status is 2xx: so the status is that of the refused. The whole may be
 * sent again when they are mended; those that were taken are known then.
 */
export function manyAnswer(taken: readonly Taken[]): DoorAnswer {
  const [first, ...rest] = taken.flatMap((each) => (each.kind === 'refused' ? each.problems : []))
  const some = (kind: Taken['kind']): boolean => taken.some((each) => each.kind === kind)
  const status =
    first !== undefined ? statusOf([first, ...rest]) : some('quarantined') ? 202 : some('taken') ? 201 : 200
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      items: taken.map((each) => ({
        position: each.position,
        state: each.kind,
        ...('messageId' in each && { messageId: each.messageId }),
        ...endedOf(each),
        ...('problems' in each && { problems: each.problems.map(told) }),
      })),
    }),
  }
}

/** The answer to an envelope (design §5.2): 200 and 409 with the signed receive notice, 422 with the signed reject or invalid. */
export function envelopeAnswer(taken: Taken): DoorAnswer {
  const receipt = 'receipt' in taken ? taken.receipt : undefined
  const signed = (status: number): DoorAnswer | undefined =>
    receipt && { status, headers: { 'content-type': 'application/xml' }, body: receipt.bytes }
  switch (taken.kind) {
    case 'taken':
      return signed(200) ?? { ...jsonAnswer(taken), status: 200 }
    case 'known':
      return signed(409) ?? { ...jsonAnswer(taken), status: 409 }
    case 'refused':
      return signed(422) ?? problemsAnswer(taken.problems)
    default:
      return jsonAnswer(taken)
  }
}
