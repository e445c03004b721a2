// What a server's answer means for what was sent to it: the one table (docs/e-cms.md, "What a server answers").
import { describe, printable, problem, remedyOf } from '../../../problem/problem.ts'
import type { Outcome } from '../../contract.ts'
import type { Operation } from '../../formats/e-cms/names.ts'
import { isOfProxy } from '../http/outcome.ts'
import type { Said, SaidError } from './heard.ts'
import type { Named } from './named.ts'
import type { Heard } from './peer.ts'

/** ErrorCodes of this server by what they mean; every other one refuses what was sent. */
export interface ErrorCodes {
  /** It has this letter or notice already. */
  readonly known: readonly string[]
  /** Not now. */
  readonly later: readonly string[]
  /** Nothing waits, or there is nothing to delete or to forget. */
  readonly nothing: readonly string[]
}

export type Meaning = 'refused' | 'later' | 'known' | 'nothing'

/** Statuses whose body is read: the server itself carried out the request, or would not. Public ones write faults as 200 or 500. */
const judged = (status: number): boolean =>
  (status >= 200 && status < 300) || [400, 409, 410, 413, 415, 422].includes(status) || status === 500

/** The gravest of what the errors mean: what is refused is not made good by another one that says "later". */
export function meaningOf(errors: readonly SaidError[], codes: ErrorCodes): Meaning | undefined {
  const all = errors.map((each) => meaning(each, codes))
  return (['refused', 'later', 'known', 'nothing'] as const).find((each) => all.includes(each))
}

function meaning({ code, standard }: SaidError, codes: ErrorCodes): Meaning {
  for (const each of ['known', 'later', 'nothing'] as const) if (codes[each].includes(code)) return each
  // SOAP 1.1, section 4.4.1: what the server itself failed at may succeed later; SOAP 1.2 calls it Receiver.
  return standard && /^(?:Server|Receiver)(?:\.|$)/.test(code) ? 'later' : 'refused'
}

/** What a push needs to know besides the answer. */
export interface Sending {
  readonly operation: Operation
  /** Whether an earlier attempt may have brought it: its answer was lost. */
  readonly mayHaveArrived: boolean
  /** Whether the server names it among its letters, where it was asked. */
  readonly arrived: Named
  /** Whether an earlier letter under the same key was recalled: the server may not have forgotten it yet. */
  readonly recalled: boolean
}

/** Whether the server says that it has a letter under this key. */
export const isKnown = ({ status, said }: Heard, codes: ErrorCodes): boolean =>
  judged(status) && said !== undefined && said.errors.length > 0 && meaningOf(said.errors, codes) === 'known'

export function outcomeOf(heard: Heard, codes: ErrorCodes, sending: Sending): Outcome {
  const said = wordsOf(heard)
  const { status } = heard
  if (!judged(status)) return unjudged(heard, said)
  if (heard.said === undefined)
    return status < 300 || status === 500 ? unread(heard, said) : refused(status, said)
  const { errors } = heard.said
  // Without a fault a status of 4xx or 500 says the contrary of its body.
  const done = status < 300 && isDone(heard.said, sending.operation)
  if (errors.length === 0) return done ? { kind: 'taken', said } : unread(heard, said)
  // Both "taken" and "refused": it may have it.
  if (done && heard.said.processId !== '') return { kind: 'unknown', said }
  switch (meaningOf(errors, codes)) {
    case 'later':
      return { kind: 'unavailable', said, ...retryAfterOf(heard) }
    case 'nothing':
      // What the server does not have it needs not forget.
      return sending.operation === 'CorrespondenceDeleteGovernmentDocumentRequest'
        ? { kind: 'taken', said }
        : refused(status, said)
    case 'known':
      return known(status, said, sending)
    default:
      return refused(status, said)
  }
}

/** The server has a letter under this key: ours, when an earlier attempt may have brought it and it does not name others only; else another one. */
function known(status: number, said: string, { mayHaveArrived, arrived, recalled }: Sending): Outcome {
  if (recalled) return { kind: 'unavailable', said: `${said}; the earlier letter is not forgotten there yet` }
  if (mayHaveArrived && arrived !== 'no') return { kind: 'taken', said }
  return { kind: 'refused', problem: problem('ecms.peer.other', '', undefined, { status, said }), said }
}

const refused = (status: number, said: string): Outcome => ({
  kind: 'refused',
  problem: problem('adapter.peer.refused', '', undefined, { status, said }),
  said,
})

function unjudged(heard: Heard, said: string): Outcome {
  const { status } = heard
  if (isOfProxy(status)) return { kind: 'unknown', said }
  return { kind: 'unavailable', said, ...retryAfterOf(heard) }
}

const unread = ({ type, status }: Heard, said: string): Outcome => {
  const found = problem('ecms.peer.no-answer', '', type, { status })
  return { kind: 'unknown', said: `${said}; ${describe(found)} ${remedyOf(found)}` }
}

const retryAfterOf = ({ retryAfter }: Heard) => (retryAfter === undefined ? {} : { retryAfter })

/** Whether the answer says that the operation was carried out: what is taken has a ProcessID, what is forgotten has none. */
export function isDone({ answer, processId }: Said, operation: Operation): boolean {
  if (answer === undefined) return false
  const { local } = answer
  if (/Delete/.test(operation))
    return local.startsWith(operation.slice(0, -'Request'.length)) && local.endsWith('Response')
  return processId !== '' && !/Inbound|Delete|Status/.test(local)
}

/** The status and the errors, for the record of the attempt: never what else stands in the body. */
export function wordsOf({ status, said }: Heard): string {
  const errors = (said?.errors ?? [])
    .slice(0, 20)
    .map(({ code, description }) => `${code} ${description}`.trim())
  const id = said?.processId === undefined || said.processId === '' ? '' : ` ProcessID ${said.processId}`
  return printable(`HTTP ${status}${id}${errors.length === 0 ? '' : `: ${errors.join('; ')}`}`, 1_500)
}

/** A code as it may stand in the log: nothing that a server could hide a letter's text in (attacks T10, T11). */
export const loggable = (codes: readonly SaidError[]): string =>
  codes
    .slice(0, 5)
    .map(({ code }) => (/^[\w.:-]{1,60}$/.test(code) ? code : '(unprintable)'))
    .join(' ')
