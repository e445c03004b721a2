// Posting of a notice: the letter that it speaks of moves, and who is to hear of it gets a delivery.
import { reopenEnvelope } from '../../envelope/verify.ts'
import type { Letter } from '../../letter/letter.ts'
import { type Notice, namesLetter } from '../../letter/notice.ts'
import type { OfficeId } from '../../letter/offices.ts'
import type { Instant, MessageId } from '../../letter/time.ts'
import { problem } from '../../problem/problem.ts'
import { isPerhapsThere } from '../journal/attempts.ts'
import { correctedBy } from '../journal/corrections.ts'
import type { Transaction } from '../journal/database.ts'
import { type DeliveryRow, deliveryTo, moveDeliveryRow } from '../journal/deliveries.ts'
import { envelopeById, insertEnvelope, takenOf } from '../journal/envelopes.ts'
import { recordEvent } from '../journal/events.ts'
import { type LetterRow, letterAt, moveLetterRow } from '../journal/letters.ts'
import { insertNotice, type NoticeRow, noticesBetween, sameNotice } from '../journal/notices.ts'
import { settleArrived } from './arrived.ts'
import {
  addDelivery,
  chainIn,
  type KeepSource,
  type NewId,
  type Posted,
  type PostResult,
  type Routes,
  rowOf,
} from './posted.ts'

/** The letter's recipient among a notice's two offices: `dispute` and `recall` come from the letter's sender. */
const recipientOf = (notice: Notice): OfficeId =>
  notice.kind === 'dispute' || notice.kind === 'recall' ? notice.to : notice.from

/** What the journal keeps under a message id. */
interface Kept {
  readonly digest: string
  /** Absent where it cannot be read, or is none. */
  readonly letter?: Letter
}

interface PostedNotice extends Omit<Posted, 'sourceId'> {
  readonly keep: KeepSource
  readonly notice: Notice
  /** The letter that it speaks of, where it was read before. */
  readonly kept?: Kept
}

/** What the journal has of a notice that is posted, and of the letter that it speaks of. */
interface Found {
  /** Of the same handing-over. */
  readonly before: MessageId | undefined
  readonly letter: LetterRow | undefined
  readonly kept: Kept | undefined
  /** Under its own message id. */
  readonly earlier: { readonly digest: string } | undefined
  /** By the same office to the same, of this letter. */
  readonly said: readonly NoticeRow[]
  /** Of the letter. */
  readonly delivery: DeliveryRow | undefined
}

/** Looks for what the journal has of a notice: all of it is asked at once, before anything is written of it. */
export async function lookForNotice(
  transaction: Transaction,
  { messageId, notice, handover, position, kept: read }: Omit<PostedNotice, 'keep' | 'sealed'>,
): Promise<Found> {
  const recipient = recipientOf(notice)
  const about = notice.about.messageId
  const [before, letter, kept, earlier, said, delivery] = await Promise.all([
    takenOf(transaction, handover, position ?? ''),
    letterAt(transaction, about, recipient),
    read ?? keptLetter(transaction, about),
    envelopeById(transaction, messageId),
    noticesBetween(transaction, about, notice.from, notice.to),
    deliveryTo(transaction, about, recipient),
  ])
  return { before, letter, kept, earlier, said, delivery }
}

/**
 * Writes a notice, moves the letter that it speaks of, and makes the delivery to the office that it is for. `found`: what was looked
 * for already in this transaction.
 */
export async function postNotice(
  transaction: Transaction,
  posted: PostedNotice,
  routes: Routes,
  newId: NewId,
  found?: Found,
): Promise<PostResult> {
  const { messageId, notice, at } = posted
  const { before, letter, kept, earlier, said, delivery } =
    found ?? (await lookForNotice(transaction, posted))
  if (before !== undefined) return { kind: 'known', messageId: before }
  const recipient = recipientOf(notice)
  const about = notice.about.messageId
  const sender = recipient === notice.from ? notice.to : notice.from
  if (letter === undefined || letter.sender !== sender) {
    return { kind: 'problem', problem: problem('notice.letter.unknown', 'about', about) }
  }
  if (kept?.digest !== notice.about.digest) {
    return { kind: 'problem', problem: problem('notice.letter.other', 'about.digest', notice.about.digest) }
  }
  if (kept.letter === undefined || !namesLetter(notice.about, kept.letter)) {
    return {
      kind: 'problem',
      problem: problem('notice.letter.misnamed', 'about.number', notice.about.number),
    }
  }
  if (earlier !== undefined) {
    return earlier.digest === posted.sealed.digest
      ? { kind: 'known', messageId }
      : { kind: 'problem', problem: problem('envelope.message-id.reused', 'Header.MessageID', messageId) }
  }
  const same = sameNotice(said, notice, letter, posted.seen === true)
  if (same !== undefined) return { kind: 'known', messageId: same.messageId }
  const whole = { ...posted, sourceId: posted.keep() }
  await insertEnvelope(transaction, rowOf(whole, notice.kind, notice.from))
  await insertNotice(transaction, messageId, notice, at)
  const moved = (await isOvertaken(transaction, notice, letter))
    ? undefined
    : await moveLetterRow(transaction, letter, notice.kind, at, notice.receiveNumber)
  const replaced = await replacedBy(transaction, notice, letter)
  const facts = { kind: notice.kind, notice: messageId, ...(replaced !== undefined && { by: replaced }) }
  await recordEvent(
    transaction,
    at,
    moved === undefined ? (replaced === undefined ? 'notice.ignored' : 'notice.late') : 'notice.taken',
    { messageId: about, office: recipient },
    facts,
  )
  const due = notice.kind === 'accept' ? await settleArrived(transaction, delivery, at) : []
  // A number, or a refusal, of what its sender has replaced is none of the letter that stands there now: who finds letters by
  // number would write it to that one.
  if (replaced !== undefined) return { kind: 'posted', due }
  if (notice.kind === 'recall' && (await recallUnsent(transaction, delivery, letter, at)))
    return { kind: 'posted', due }
  // "It has arrived" after "it is registered" or "refused" is no news: a system that shows the last word would fall back.
  if (notice.kind === 'receive' && moved !== undefined && moved !== 'delivered')
    return { kind: 'posted', due }
  return {
    kind: 'posted',
    due: [
      ...due,
      ...(await addDelivery(
        transaction,
        whole,
        notice.kind,
        notice.to,
        chainIn(delivery, about, recipient),
        letter.urgency as Letter['urgency'],
        routes,
        newId,
      )),
    ],
  }
}

async function keptLetter(transaction: Transaction, messageId: MessageId): Promise<Kept | undefined> {
  const row = await envelopeById(transaction, messageId)
  if (row === undefined) return undefined
  const { digest } = row
  const envelope = reopenEnvelope(row.bytes, digest)
  return envelope.ok && envelope.value.content === 'letter'
    ? { digest, letter: envelope.value.letter }
    : { digest }
}

/** The letter that took the place of the one of which its recipient says something; undefined: none did. */
const replacedBy = async (
  transaction: Transaction,
  { from }: Notice,
  { messageId, recipient, state }: LetterRow,
): Promise<string | undefined> =>
  state === 'recalled' && from === recipient ? correctedBy(transaction, messageId, recipient) : undefined

/** A dispute of a number that its recipient has replaced since says nothing of the new one. */
async function isOvertaken(transaction: Transaction, notice: Notice, letter: LetterRow): Promise<boolean> {
  const { kind, about, receiveNumber } = notice
  if (kind !== 'dispute' || receiveNumber === letter.receiveNumber) return false
  const said = await noticesBetween(transaction, about.messageId, letter.recipient, letter.sender)
  return said.some((each) => each.kind === 'accept' && each.receiveNumber === receiveNumber)
}

/**
 * A letter that nobody has is simply not brought any more, and the recipient need not hear of it: none of its attempts can have brought
 * it, and no system that polls was shown it. What may be there, or was acknowledged all the same, is recalled aloud
 * (docs/decisions/0008).
 */
async function recallUnsent(
  transaction: Transaction,
  delivery: DeliveryRow | undefined,
  { messageId: about, recipient, sender }: LetterRow,
  at: Instant,
): Promise<boolean> {
  if (delivery?.state !== 'due' && delivery?.state !== 'refused') return false
  if (await isPerhapsThere(transaction, delivery.id)) return false
  if (await saysItIsThere(transaction, about, recipient, sender)) return false
  return (
    delivery.state === 'refused' || (await moveDeliveryRow(transaction, delivery, 'recall', at)) !== undefined
  )
}

const saysItIsThere = async (
  transaction: Transaction,
  about: MessageId,
  recipient: OfficeId,
  sender: OfficeId,
): Promise<boolean> =>
  (await noticesBetween(transaction, about, recipient, sender)).some(
    ({ kind }) => kind === 'receive' || kind === 'accept',
  )
