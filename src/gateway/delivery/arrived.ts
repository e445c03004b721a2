// What its recipient has registered has arrived, whatever became of the answer to it: it is not brought once more.
import type { OfficeId } from '../../letter/offices.ts'
import type { Instant, MessageId } from '../../letter/time.ts'
import { mayHaveArrived } from '../journal/attempts.ts'
import type { Transaction } from '../journal/database.ts'
import { type DeliveryRow, type Due, headOfLane, moveDeliveryRow } from '../journal/deliveries.ts'
import { recordEvent } from '../journal/events.ts'
import { crossLetter, letterAt } from '../journal/letters.ts'
import type { LetterState } from './states.ts'

/**
 * A letter was registered: its delivery is over where an answer to it was lost. One that never left is brought all the same; a system that
 * polls says itself what became of what it was shown.
 */
export async function settleArrived(
  transaction: Transaction,
  delivery: DeliveryRow | undefined,
  at: Instant,
): Promise<readonly Due[]> {
  if (delivery?.state !== 'unknown' && delivery?.state !== 'due') return []
  const { id, lane, mode, state } = delivery
  if (state === 'due' && (mode === 'poll' || !(await mayHaveArrived(transaction, id)))) return []
  await moveDeliveryRow(transaction, delivery, 'taken', at)
  await recordArrived(transaction, delivery, at)
  const behind = await headOfLane(transaction, lane)
  return behind === undefined ? [] : [behind]
}

/** Where a letter stands that its recipient has given a number, and did not send back since. */
const numbered: readonly LetterState[] = ['registered', 'delivered', 'recalled']

/**
 * Whether what is brought is a letter that its recipient has registered, whatever is said of its number since. Where it was not, and is
 * registered at this very moment, one of the two crosses the other, and looks again (PostgreSQL, where each write sees only what was there
 * when it began).
 */
export async function isRegistered(
  transaction: Transaction,
  { messageId, office }: { readonly messageId: MessageId; readonly office: OfficeId },
): Promise<boolean> {
  const letter = await letterAt(transaction, messageId, office)
  if (letter === undefined) return false
  if (letter.receiveNumber !== null && numbered.includes(letter.state)) return true
  crossLetter(transaction, letter)
  return false
}

export const recordArrived = (
  transaction: Transaction,
  { id, attempts, messageId, office }: DeliveryRow,
  at: Instant,
): Promise<void> => {
  const facts = { delivery: id, attempts, content: 'letter' }
  return recordEvent(transaction, at, 'delivery.taken', { messageId, office }, facts)
}
