// What an answer to a parcel means (design §5.2): the one table of statuses.
import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import { describe, printable, problem, remedyOf } from '../../../problem/problem.ts'
import type { Outcome } from '../../contract.ts'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** A signed notice is some kilobytes; what is larger is no answer of ours. */
const limit = 1024 * 1024

/** Reads an answer's body, at most 1 MiB; what is beyond is not read, and the connection is given up. */
export async function readAnswer(answer: {
  readonly statusCode: number
  readonly headers: IncomingHttpHeaders
  readonly body: Readable
}): Promise<Answer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limit) break
    chunks.push(chunk)
  }
  return { status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) }
}

/**
 * The statuses with which a server refuses this very document. Every other one may pass by itself, without a change to the
 * letter: a sign-in that expired (401, 403), a proxy (407), a service that is being replaced (404, redirects), 5xx.
 */
const refusing = new Set([400, 409, 410, 413, 415, 422])

/** The statuses with which a server itself says "not now". */
const notNow = new Set([408, 425, 429])

/** 502 and 504 are a proxy's, which does not know what the server behind it did; the other ones from 500 on say "not now". */
export const isOfProxy = (status: number): boolean => status > 500 && ![501, 503, 505].includes(status)

/**
 * 2xx = taken, when no body comes, or JSON, or the signed notice where `receipts` asks for one. Anything else with 2xx may
 * be a sign-in page that stands before the system: unknown, it is sent again. 409 to an envelope = taken before; to anything else
 * it contradicts what was taken before, after a lost answer too: whoever knows it answers 200. 422 = refused with the signed notice
 * that came. `refusing` = refused; `isOfProxy` = unknown; everything else = not now, with what Retry-After says.
 * A redirect is followed nowhere (attacks T1).
 */
export function outcomeOf(answer: Answer, receipts: boolean, now: () => number): Outcome {
  return { ...judged(answer, receipts, now), answer: answer.body }
}

function judged(answer: Answer, receipts: boolean, now: () => number): Outcome {
  const { status, headers, body } = answer
  const said = saidOf(answer)
  const type = String(headers['content-type'] ?? '')
  const signed = receipts && /^(application|text)\/xml\b/i.test(type) && body.length > 0
  const reply = signed ? { reply: body } : {}
  if (receipts && status === 409) return { kind: 'taken', said, ...reply }
  if (status >= 200 && status < 300) {
    if (body.length === 0 || signed || /^application\/([a-z.-]+\+)?json\b/i.test(type))
      return { kind: 'taken', said, ...reply }
    const found = problem('adapter.peer.no-answer', '', type, { status })
    return { kind: 'unknown', said: `${said}; ${describe(found)} ${remedyOf(found)}` }
  }
  if (isOfProxy(status)) return { kind: 'unknown', said }
  if (!refusing.has(status)) {
    const retryAfter = retryAfterOf(headers['retry-after'], now())
    // A status of the deployment, not of the moment, is one that a person has to look at.
    const unready = status < 500 && !notNow.has(status)
    const found = problem('adapter.peer.unready', '', undefined, { status })
    return {
      kind: 'unavailable',
      said: unready ? `${said}; ${describe(found)} ${remedyOf(found)}` : said,
      ...(retryAfter !== undefined && { retryAfter }),
    }
  }
  return {
    kind: 'refused',
    problem: problem('adapter.peer.refused', '', undefined, { status, said }),
    said,
    ...(status === 422 && reply),
  }
}

/** RFC 9110, section 10.2.3: seconds or a date; milliseconds from now, never less than none. Anything else says nothing. */
export function retryAfterOf(value: string | string[] | undefined, now: number): number | undefined {
  const text = (Array.isArray(value) ? value[0] : value)?.trim() ?? ''
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  if (!/^[A-Za-z]{3}, \d{2} [A-Za-z]{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return undefined
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}

/** The status and, where it is short text for people, what stands in the body. */
function saidOf({ status, headers, body }: Answer): string {
  const type = String(headers['content-type'] ?? '')
  const text = /^(text\/plain|application\/(problem\+)?json)\b/i.test(type)
    ? body.toString('utf8', 0, 1500)
    : ''
  return printable(`HTTP ${status}${text === '' ? '' : `: ${text}`}`, 1900)
}
