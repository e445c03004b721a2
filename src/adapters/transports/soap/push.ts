// Brings a letter, a notifier or a recall to a province's own server: one call, and what it said.
import { printable } from '../../../problem/problem.ts'
import type { AdapterVerbs, Outcome, Parcel } from '../../contract.ts'
import type { EcmsForm } from '../../formats/e-cms/e-cms.ts'
import { Findings } from '../../formats/e-cms/gather.ts'
import { type Notifier, notifierOf, type Operation } from '../../formats/e-cms/names.ts'
import { writeKey } from '../../formats/e-cms/write-notice.ts'
import { xmlWriter } from '../../formats/e-cms/write-xml.ts'
import { type Named, named } from './named.ts'
import type { Peer } from './peer.ts'
import { type ErrorCodes, isKnown, outcomeOf } from './verdict.ts'

export interface Pushing {
  readonly peer: Peer
  readonly codes: ErrorCodes
  /** `bare`: a notifier is an operation by itself; `wrapped`: it stands in CorrespondenceLetterOutboundRequest. */
  readonly notifiers: 'wrapped' | 'bare'
  /** Ask OutboundStatusRequest whether an attempt whose answer was lost arrived, before another one. */
  readonly ask: boolean
  /** Absent before the gateway has started. */
  readonly verbs?: Pick<AdapterVerbs, 'find' | 'report'>
}

/** Bytes of an answer to what is pushed: it holds an id, or faults. */
const answerLimit = 1024 * 1024

export async function push(
  parcel: Parcel,
  form: EcmsForm,
  pushing: Pushing,
  signal: AbortSignal,
): Promise<Outcome> {
  const written = await form.write(parcel)
  if (!written.ok) {
    const said = written.problems.map(({ code, path }) => `${path}: ${code}`).join('; ')
    return { kind: 'refused', problem: written.problems[0], said: printable(said, 1_900) }
  }
  const { mayHaveArrived = false, id } = parcel
  const recalled = await isRecalledBefore(parcel, pushing)
  const asks = pushing.ask && mayHaveArrived && !recalled
  if (asks && (await hasArrived(parcel, form, pushing, signal)) === 'yes')
    return { kind: 'taken', said: 'OutboundStatusResponse names it: an earlier attempt arrived' }
  const { operation, bare } = requestOf(parcel, pushing)
  const { bytes: content } = written.value
  const answer = await pushing.peer.call({
    operation,
    content,
    written: true,
    bare,
    id,
    limit: answerLimit,
    signal,
  })
  if (answer.kind === 'lost') return { kind: answer.sent ? 'unknown' : 'unavailable', said: answer.reason }
  const known = mayHaveArrived && !recalled && isKnown(answer.heard, pushing.codes)
  // After `known`: what was on its way at the first question has arrived by now.
  const arrived = known && asks ? await hasArrived(parcel, form, pushing, signal) : 'unsaid'
  if (known && arrived === 'unsaid') pushing.verbs?.report('soap.known-unproven', { parcel: id })
  const outcome = outcomeOf(answer.heard, pushing.codes, { operation, mayHaveArrived, arrived, recalled })
  return { ...outcome, answer: answer.heard.bytes }
}

function requestOf({ envelope }: Parcel, { notifiers }: Pushing): { operation: Operation; bare: boolean } {
  if (envelope.content === 'notice') {
    const { kind } = envelope.notice
    if (kind === 'recall') return { operation: 'CorrespondenceDeleteGovernmentDocumentRequest', bare: true }
    const notifier: Notifier = notifierOf[kind]
    if (notifiers === 'bare') return { operation: notifier, bare: true }
  }
  return { operation: 'CorrespondenceLetterOutboundRequest', bare: false }
}

/**
 * Whether another letter under this one's key was brought here and recalled since. Letter and recall are deliveries of their
 * own: the server may hear of the corrected letter before it has forgotten the first one.
 */
async function isRecalledBefore(parcel: Parcel, { verbs }: Pushing): Promise<boolean> {
  const { envelope, office } = parcel
  if (envelope.content !== 'letter' || verbs?.find === undefined) return false
  const { number, date, from } = envelope.letter
  const key = { number: number.printed, date, sender: from.office, recipient: office }
  const known = await verbs.find(key)
  return known.some(({ messageId, state }) => messageId !== envelope.messageId && state === 'recalled')
}

/** Whether the server names the letter among those that it has. Of what it is not asked, and does not answer, nothing is said. */
async function hasArrived(
  parcel: Parcel,
  form: EcmsForm,
  { peer }: Pushing,
  signal: AbortSignal,
): Promise<Named> {
  const { envelope, office, id } = parcel
  if (envelope.content !== 'letter') return 'unsaid'
  const { number, date, from } = envelope.letter
  const found = new Findings()
  const words = { sender: form.organisations.idOf(from.office), recipient: form.organisations.idOf(office) }
  const asking = writeKey(xmlWriter(found), 'Outbound', {
    letterId: number.printed,
    correspondenceDate: date,
    ...words,
  })
  const asked = found.settle(() => Buffer.from(asking.xml))
  if (!asked.ok) return 'unsaid'
  const operation = 'OutboundStatusRequest'
  const answer = await peer.call({ operation, content: asked.value, id, limit: answerLimit, signal })
  if (answer.kind === 'lost' || answer.heard.status !== 200) return 'unsaid'
  const { said } = answer.heard
  if (said?.answer === undefined || said.errors.length > 0) return 'unsaid'
  const key = { number, date, sender: from.office, recipient: office }
  // Another operation's answer says nothing of letters.
  if (!/^OutboundStatus/.test(said.answer.local)) return 'unsaid'
  return named(said.answer, key, form.organisations.officeOf)
}
