// Posting: an envelope goes into the journal together with every delivery that follows from it, in one transaction.
import type { DeliveryPolicy } from '../../adapters/delivery-policy.ts'
import type { SealedEnvelope } from '../../envelope/envelope.ts'
import { reopenEnvelope } from '../../envelope/verify.ts'
import type { Urgency } from '../../letter/codes.ts'
import type { Letter } from '../../letter/letter.ts'
import { type Notice, type NoticeKind, namesLetter } from '../../letter/notice.ts'
import { type OfficeId, officeById } from '../../letter/offices.ts'
import type { Instant, MessageId } from '../../letter/time.ts'
import { type Problem, problem } from '../../problem/problem.ts'
import type { Transaction } from '../journal/database.ts'
import {
  type Due,
  deliveryTo,
  insertDelivery,
  type Mode,
  mayHaveArrived,
  moveDelivery,
  priorityOf,
} from '../journal/deliveries.ts'
import { recordEvent } from '../journal/events.ts'
import {
  envelopeById,
  findEarlier,
  findSameNotice,
  insertEnvelope,
  insertLetter,
  insertNotice,
  type LetterRow,
  letterAt,
  lettersOfMessage,
  moveLetter,
  noticesBetween,
  previousTo,
  takenOf,
  takenWith,
} from '../journal/letters.ts'
import type { Content } from '../journal/open.ts'
import { insertWords } from '../journal/words.ts'
import { judge, type Offerer } from './again.ts'
import { resendIn } from './resend.ts'
import type { LetterState } from './states.ts'

/** How deliveries to an office begin; undefined when no system of that office is connected here. */
export interface Routes {
  modeOf(office: OfficeId): Mode | undefined
  /** How deliveries to this office are made. */
  policyOf(office: OfficeId): DeliveryPolicy
}

/** Makes the id of a delivery. */
export type NewId = () => string

interface Posted {
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
    }
  | { readonly kind: 'problem'; readonly problem: Problem }

/** A recall of the letter that another one corrects, sealed before the transaction began. */
export type Recall = Pick<Posted, 'messageId' | 'sealed'> & { readonly notice: Notice }

interface PostedLetter extends Posted {
  readonly letter: Letter
  readonly contentDigest: string
  readonly offerer: Offerer
  readonly recalls: readonly Recall[]
}

/**
 * Writes a letter and its deliveries, unless its natural key is taken (`judge`). A letter that it corrects is recalled in the
 * same transaction; one for which no recall was made had not ended when this one was offered, and is a conflict.
 */
export async function postLetter(
  transaction: Transaction,
  posted: PostedLetter,
  routes: Routes,
  newId: NewId,
): Promise<PostResult> {
  const { messageId, letter, at } = posted
  const before = await takenOf(transaction, posted.handover, posted.position ?? '')
  if (before !== undefined) {
    // What was taken of this handing-over may have grown since: half a scan is another letter.
    const [row] = await lettersOfMessage(transaction, before)
    if (row === undefined || row.contentDigest === posted.contentDigest)
      return { kind: 'known', messageId: before }
    // What a person let go of a handing-over that had been taken otherwise stands under no handing-over.
    const same = await takenWith(transaction, posted)
    if (same !== undefined) return { kind: 'known', messageId: same }
    if (posted.offerer !== 'person') return conflict(transaction, posted, before)
  }
  const earlier = await findEarlier(transaction, letter, posted.contentDigest)
  const judged = judge(earlier, posted.offerer)
  if (judged.kind === 'known') {
    const { messageId: known, resend, ended } = judged
    await recordEvent(transaction, at, 'letter.known', subjectOf(posted, known), ended && { ended })
    const due = await sendAgain(transaction, resend, at)
    return { kind: 'known', messageId: known, due, ...(ended && { ended }) }
  }
  if (judged.kind === 'conflict') return conflict(transaction, posted, judged.messageId)
  const unready = judged.corrects.find((row) => recallOf(row, posted.recalls) === undefined)
  if (unready !== undefined) return conflict(transaction, posted, unready.messageId)
  const due: Due[] = [...(await sendAgain(transaction, judged.resend, at))]
  for (const row of judged.corrects) due.push(...(await correct(transaction, posted, row, routes, newId)))
  const handover = before === undefined ? posted.handover : null
  await insertEnvelope(transaction, rowOf({ ...posted, handover }, 'letter', letter.from.office))
  await insertWords(transaction, messageId, letter, at)
  for (const recipient of judged.recipients) {
    // Behind the recall of the one before it, which its recipient forgets first.
    const previous = await previousTo(transaction, letter, recipient)
    const root = previous === undefined ? messageId : await rootOf(transaction, previous, recipient)
    await insertLetter(transaction, messageId, letter, recipient, posted.contentDigest, at)
    due.push(
      ...(await addDelivery(transaction, posted, 'letter', recipient, root, letter.urgency, routes, newId)),
    )
  }
  await recordEvent(transaction, at, 'letter.taken', subjectOf(posted, messageId), {
    recipients: judged.recipients.length,
  })
  return { kind: 'posted', due }
}

const recallOf = (row: LetterRow, recalls: readonly Recall[]): Recall | undefined =>
  recalls.find(({ notice }) => notice.about.messageId === row.messageId && notice.to === row.recipient)

/** Recalls a letter that was refused or wrong, for the one that corrects it. */
async function correct(
  transaction: Transaction,
  posted: PostedLetter,
  row: LetterRow,
  routes: Routes,
  newId: NewId,
): Promise<readonly Due[]> {
  const recall = recallOf(row, posted.recalls)
  if (recall === undefined) throw new Error(`no recall of ${row.messageId} was made`)
  const { at } = posted
  const bare = { sourceId: null, position: null, handover: null, at }
  const recalled = await postNotice(transaction, { ...recall, ...bare }, routes, newId)
  if (recalled.kind !== 'posted') throw new Error(`the recall of ${row.messageId} is ${recalled.kind}`)
  const subject = { messageId: row.messageId, office: row.recipient }
  await recordEvent(transaction, at, 'letter.corrected', subject, { by: posted.messageId })
  return recalled.due
}

/** Another content under a key that is taken: for a person to decide. */
async function conflict(
  transaction: Transaction,
  posted: Posted & { readonly letter: Letter },
  earlier: MessageId,
): Promise<PostResult> {
  await recordEvent(transaction, posted.at, 'letter.conflicted', subjectOf(posted, earlier))
  const { printed } = posted.letter.number
  return { kind: 'problem', problem: problem('letter.conflict', 'number', printed, { earlier }) }
}

/**
 * Whoever hands a letter over again that was given up wants it to go: it goes, under its own message id. Where it was refused,
 * or a notice is what failed, nobody asked.
 */
async function sendAgain(
  transaction: Transaction,
  rows: readonly LetterRow[],
  at: Instant,
): Promise<readonly Due[]> {
  const due: Due[] = []
  for (const { messageId, recipient, sender } of rows) {
    const order = { messageId, recipients: [recipient], by: sender, why: 'handed over again', at }
    for (const { delivery } of await resendIn(transaction, { ...order, only: 'letter' }))
      if (delivery.mode === 'push')
        due.push({ id: delivery.id, dueAt: delivery.dueAt, priority: delivery.priority })
  }
  return due
}

/** The letter's recipient among a notice's two offices: `dispute` and `recall` come from the letter's sender. */
const recipientOf = (notice: Notice): OfficeId =>
  notice.kind === 'dispute' || notice.kind === 'recall' ? notice.to : notice.from

/** Writes a notice, moves the letter that it speaks of, and makes the delivery to the office that it is for. */
export async function postNotice(
  transaction: Transaction,
  posted: Posted & { readonly notice: Notice },
  routes: Routes,
  newId: NewId,
): Promise<PostResult> {
  const { messageId, notice, at } = posted
  const before = await takenOf(transaction, posted.handover, posted.position ?? '')
  if (before !== undefined) return { kind: 'known', messageId: before }
  const recipient = recipientOf(notice)
  const about = notice.about.messageId
  const letter = await letterAt(transaction, about, recipient)
  const sender = recipient === notice.from ? notice.to : notice.from
  if (letter === undefined || letter.sender !== sender) {
    return { kind: 'problem', problem: problem('notice.letter.unknown', 'about', about) }
  }
  const stored = await envelopeById(transaction, about)
  if (stored?.digest !== notice.about.digest) {
    return { kind: 'problem', problem: problem('notice.letter.other', 'about.digest', notice.about.digest) }
  }
  const envelope = reopenEnvelope(stored.bytes, stored.digest)
  if (
    !envelope.ok ||
    envelope.value.content !== 'letter' ||
    !namesLetter(notice.about, envelope.value.letter)
  ) {
    return {
      kind: 'problem',
      problem: problem('notice.letter.misnamed', 'about.number', notice.about.number),
    }
  }
  const earlier = await envelopeById(transaction, messageId)
  if (earlier !== undefined) {
    return earlier.digest === posted.sealed.digest
      ? { kind: 'known', messageId }
      : { kind: 'problem', problem: problem('envelope.message-id.reused', 'Header.MessageID', messageId) }
  }
  const same = await findSameNotice(transaction, notice, letter, posted.seen === true)
  if (same !== undefined) return { kind: 'known', messageId: same.messageId }
  await insertEnvelope(transaction, rowOf(posted, notice.kind, notice.from))
  await insertNotice(transaction, messageId, notice, at)
  const moved = (await isOvertaken(transaction, notice, letter))
    ? undefined
    : await moveLetter(transaction, about, recipient, notice.kind, at, notice.receiveNumber)
  const facts = { kind: notice.kind, notice: messageId }
  await recordEvent(
    transaction,
    at,
    moved === undefined ? 'notice.ignored' : 'notice.taken',
    { messageId: about, office: recipient },
    facts,
  )
  if (notice.kind === 'recall' && (await recallUnsent(transaction, about, recipient, sender, at)))
    return { kind: 'posted', due: [] }
  // "It has arrived" after "it is registered" or "refused" is no news: a system that shows the last word would fall back.
  if (notice.kind === 'receive' && moved !== undefined && moved !== 'delivered')
    return { kind: 'posted', due: [] }
  return {
    kind: 'posted',
    due: await addDelivery(
      transaction,
      posted,
      notice.kind,
      notice.to,
      await rootOf(transaction, about, recipient),
      letter.urgency as Letter['urgency'],
      routes,
      newId,
    ),
  }
}

/** A dispute of a number that its recipient has replaced since says nothing of the new one. */
async function isOvertaken(transaction: Transaction, notice: Notice, letter: LetterRow): Promise<boolean> {
  const { kind, about, receiveNumber } = notice
  if (kind !== 'dispute' || receiveNumber === letter.receiveNumber) return false
  const said = await noticesBetween(transaction, about.messageId, letter.recipient, letter.sender)
  return said.some((each) => each.kind === 'accept' && each.receiveNumber === receiveNumber)
}

/**
 * A letter that never left is simply not brought any more, and one that was refused at the door is not there: the recipient
 * need not hear of it. What may have arrived at an earlier attempt, or was acknowledged all the same, is recalled aloud.
 */
async function recallUnsent(
  transaction: Transaction,
  about: MessageId,
  recipient: OfficeId,
  sender: OfficeId,
  at: Instant,
): Promise<boolean> {
  const delivery = await deliveryTo(transaction, about, recipient)
  if (delivery === undefined) return false
  if (delivery.state === 'refused')
    return (
      !(await mayHaveArrived(transaction, delivery.id)) &&
      !(await saysItIsThere(transaction, about, recipient, sender))
    )
  if (delivery.attempts > 0) return false
  return (await moveDelivery(transaction, delivery.id, 'recall', at)) !== undefined
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

/**
 * One lane for each office and chain of letters, named after the first of them: what an office is told of one letter comes in
 * order, and of the letter that follows it under its number after that. Of a circular each recipient has a chain of its own.
 */
const laneOf = (office: OfficeId, root: string): string => `${office} ${root}`

/** The first letter of the chain in which `letter` stands at `recipient`: its own delivery there goes in that lane. */
const rootOf = async (transaction: Transaction, letter: MessageId, recipient: OfficeId): Promise<string> =>
  (await deliveryTo(transaction, letter, recipient))?.lane.split(' ')[1] ?? letter

async function addDelivery(
  transaction: Transaction,
  posted: Posted,
  content: Content,
  office: OfficeId,
  root: string,
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
  const lane = laneOf(office, root)
  const expectedIn = expected[urgency]
  await insertDelivery(transaction, { id, messageId, office, mode, lane, priority, tryFor, expectedIn }, at)
  return mode === 'push' ? [{ id, dueAt: at, priority }] : []
}

const rowOf = (posted: Posted, content: 'letter' | NoticeKind, sender: OfficeId) => ({
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

const subjectOf = (posted: Posted, messageId: MessageId) => ({
  messageId,
  ...(posted.sourceId !== null && { sourceId: posted.sourceId }),
})

/** Recipients for whom nothing is connected: a letter to them would wait for ever. */
export function unreachable(letter: Letter, routes: Routes): Problem[] {
  return letter.to.offices
    .filter((office) => routes.modeOf(office) === undefined)
    .map((office) =>
      problem('letter.recipient.unreachable', 'to.offices', office, {
        name: officeById(office)?.th ?? office,
      }),
    )
}
