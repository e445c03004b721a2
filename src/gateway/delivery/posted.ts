// What is posted: an envelope goes into the journal together with every delivery that follows from it, in one transaction.
import type { DeliveryPolicy } from '../../adapters/delivery-policy.ts'
import type { SealedEnvelope } from '../../envelope/envelope.ts'
import type { Urgency } from '../../letter/codes.ts'
import type { NoticeKind } from '../../letter/notice.ts'
import type { OfficeId } from '../../letter/offices.ts'
import type { Instant, MessageId } from '../../letter/time.ts'
import type { Problem } from '../../problem/problem.ts'
import type { Transaction } from '../journal/database.ts'
import {
  type DeliveryRow,
  type Due,
  deliveryTo,
  insertDelivery,
  type Mode,
  priorityOf,
} from '../journal/deliveries.ts'
import type { Content } from '../journal/open.ts'
import type { LetterState } from './states.ts'

/** How deliveries to an office begin; undefined when no system of that office is connected here. */
export interface Routes {
  modeOf(office: OfficeId): Mode | undefined
  /** How deliveries to this office are made. */
  policyOf(office: OfficeId): DeliveryPolicy
}

/** Makes the id of a delivery. */
export type NewId = () => string

/**
 * Keeps the source in which something was handed over, and gives its id; null: there is none. `refused`: nothing is taken of it, and null is
 * given where its sender waits and is told so (docs/decisions/0003).
 */
export type KeepSource = (refused?: 'refused') => string | null

/** What no source brought: it was made here, or is an answer. */
export const noSource: KeepSource = () => null

export interface Posted {
  readonly messageId: MessageId
  readonly sealed: SealedEnvelope
  readonly sourceId: string | null
  readonly position: string | null
  /** Of which handing-over (contract.ts, Source); null where each offer is one of its own. */
  readonly handover: string | null
  /** Only looked at again (Source.seen). */
  readonly seen?: boolean
  readonly at: Instant
}

/** Deliveries to hint to the queue, once the transaction is committed. */
export type PostResult =
  | { readonly kind: 'posted'; readonly due: readonly Due[] }
  | {
      readonly kind: 'known'
      readonly messageId: MessageId
      readonly due?: readonly Due[]
      /** It came to this at a recipient, and does not go again by itself. */
      readonly ended?: LetterState
      /** Where it was given up it goes again, under the message id that it has there. */
      readonly again?: true
    }
  | { readonly kind: 'problem'; readonly problem: Problem }

/**
 * One lane for each office and chain of letters: what an office is told of one letter comes in order, and of the letter that
 * follows it under its number after that. A chain is named after the first of its letters and the recipient of that one: each
 * recipient of a circular begins one of its own.
 */
const laneOf = (office: OfficeId, chain: string): string => `${office} ${chain}`

/** The chain in which `letter` stands at `recipient`: its own delivery there goes in that lane. */
export const chainOf = async (
  transaction: Transaction,
  letter: MessageId,
  recipient: OfficeId,
): Promise<string> => chainIn(await deliveryTo(transaction, letter, recipient), letter, recipient)

/** The same, of the delivery of `letter` to `recipient`; without one, the chain that it begins. */
export function chainIn(delivery: DeliveryRow | undefined, letter: MessageId, recipient: OfficeId): string {
  // What had ended before lanes named a recipient was that of the delivery.
  const [, first = letter, at = recipient] = delivery?.lane.split(' ') ?? []
  return `${first} ${at}`
}

/** Makes the delivery of what is posted to one office; gives what to hint to the queue. */
export async function addDelivery(
  transaction: Transaction,
  posted: Posted,
  content: Content,
  office: OfficeId,
  chain: string,
  urgency: Urgency,
  routes: Routes,
  newId: NewId,
): Promise<Due[]> {
  const { messageId, at } = posted
  // An office without a system here (its profile was taken away) keeps its deliveries: they wait until it is back.
  const mode = routes.modeOf(office) ?? 'push'
  const id = newId()
  const { giveUpAfter, giveUpNoticesAfter, expected } = routes.policyOf(office)
  // The letter that a recall makes room for waits behind it: it is tried no longer than a letter.
  const tryFor = content === 'letter' || content === 'recall' ? giveUpAfter : giveUpNoticesAfter
  const priority = priorityOf(urgency)
  const lane = laneOf(office, chain)
  const expectedIn = expected[urgency]
  await insertDelivery(transaction, { id, messageId, office, mode, lane, priority, tryFor, expectedIn }, at)
  return mode === 'push' ? [{ id, dueAt: at, priority }] : []
}

export const rowOf = (posted: Posted, content: 'letter' | NoticeKind, sender: OfficeId) => ({
  messageId: posted.messageId,
  content,
  sender,
  digest: posted.sealed.digest,
  bytes: posted.sealed.bytes,
  sourceId: posted.sourceId,
  position: posted.position,
  handover: posted.handover,
  committedAt: posted.at,
})

export const subjectOf = (posted: Pick<Posted, 'sourceId'>, messageId: MessageId) => ({
  messageId,
  ...(posted.sourceId !== null && { sourceId: posted.sourceId }),
})
