// Sending again, by an operator's command or because its sender hands it over again: what was refused or given up waits
// again, under the same message id; and hastening what waits.
import type { OfficeId } from '../../letter/offices.ts'
import type { Instant, MessageId } from '../../letter/time.ts'
import type { Database, Transaction } from '../journal/database.ts'
import { crossThoseBehind, type DeliveryRow, moveDelivery, renewDeadlines } from '../journal/deliveries.ts'
import { recordEvent } from '../journal/events.ts'
import { moveLetter } from '../journal/letters.ts'
import { type Content, failedOf, waitingOf } from '../journal/open.ts'
import { waitingCorrection } from '../journal/orders.ts'

export interface Resend {
  readonly messageId: MessageId
  /** The letter's recipients that are looked at. */
  readonly recipients: readonly OfficeId[]
  /** Only what goes to this office. */
  readonly office?: string
  /** Only this delivery. */
  readonly delivery?: string
  /** Only the letter itself, and no notice about it. */
  readonly only?: 'letter'
  /** What waits for its next attempt, or for its office, is due now: its office is called at once. */
  readonly hasten?: boolean
  /** Who orders it, and why: both are kept with the letter. */
  readonly by: string
  readonly why: string
  readonly at: Instant
}

export interface Resent {
  /** `hastened`: it was open, and is due now. */
  readonly how: 'resent' | 'hastened'
  readonly delivery: DeliveryRow
  readonly content: Content
}

/**
 * Puts back to waiting what of a letter, and of the notices about it, was refused or given up and still matters
 * (`unresolved` in journal/open.ts), as far as the state tables allow. It waits at once; a gateway that runs finds it at its
 * next look into the journal. Returns what waits again.
 */
export function resend(database: Database, order: Resend): Promise<readonly Resent[]> {
  return database.write((transaction) => resendIn(transaction, order))
}

/** The same within a transaction that is under way. */
export async function resendIn(transaction: Transaction, order: Resend): Promise<readonly Resent[]> {
  const resent: Resent[] = []
  // Whoever ordered a correction does not want the letter to go as it was, however long the order waits.
  const corrected = await waitingCorrection(transaction, order.messageId)
  for (const recipient of order.recipients) {
    for (const { delivery, content } of await failedOf(transaction, order.messageId, recipient)) {
      if (!isMeant(order, delivery, content)) continue
      if (content === 'letter' && corrected !== undefined && (corrected.office ?? recipient) === recipient)
        continue
      const moved = await putBack(transaction, order, delivery, content)
      if (moved !== undefined) resent.push({ how: 'resent', delivery: moved, content })
    }
    if (order.hasten !== true) continue
    for (const { delivery, content } of await waitingOf(transaction, order.messageId, recipient, order.at)) {
      if (!isMeant(order, delivery, content) || resent.some((each) => each.delivery.id === delivery.id))
        continue
      const moved = await hasten(transaction, order, delivery, content)
      if (moved !== undefined) resent.push({ how: 'hastened', delivery: moved, content })
    }
  }
  return resent
}

const isMeant = (order: Resend, { id, office }: DeliveryRow, content: Content): boolean =>
  (order.office === undefined || order.office === office) &&
  (order.delivery === undefined || order.delivery === id) &&
  (order.only === undefined || order.only === content)

/** The next look into the journal brings it, and the probe of an office that cannot be reached waits for nothing. */
async function hasten(
  transaction: Transaction,
  { messageId, by, why, at }: Resend,
  { id, office, dueAt }: DeliveryRow,
  content: Content,
): Promise<DeliveryRow | undefined> {
  const moved = await moveDelivery(transaction, id, 'hasten', at, { dueAt: Math.min(dueAt, at) })
  if (moved === undefined) return undefined
  await recordEvent(
    transaction,
    at,
    'delivery.hastened',
    { messageId, office },
    { delivery: id, content, by, why },
  )
  return moved
}

async function putBack(
  transaction: Transaction,
  { messageId, by, why, at }: Resend,
  delivery: DeliveryRow,
  content: Content,
): Promise<DeliveryRow | undefined> {
  const { id, office } = delivery
  // The letter's table decides of a letter: one that was recalled or registered meanwhile goes no more.
  if (content === 'letter' && !(await moveLetter(transaction, messageId, office, 'resend', at)))
    return undefined
  const moved = await moveDelivery(transaction, id, 'resend', at, { dueAt: at })
  if (moved === undefined) return undefined
  await renewDeadlines(transaction, id, at)
  await crossThoseBehind(transaction, moved)
  const facts = { delivery: id, content, from: delivery.state, by, why }
  await recordEvent(transaction, at, 'delivery.resent', { messageId, office }, facts)
  return moved
}
