// Posting of a letter, and of what its natural key leads to: the same again, a correction, or a conflict.
import type { Letter } from '../../letter/letter.ts'
import type { Notice } from '../../letter/notice.ts'
import { type OfficeId, officeById } from '../../letter/offices.ts'
import type { Instant, MessageId } from '../../letter/time.ts'
import { type Problem, problem } from '../../problem/problem.ts'
import type { Transaction } from '../journal/database.ts'
import type { Due } from '../journal/deliveries.ts'
import { type Earlier, findEarlier, previousTo } from '../journal/earlier.ts'
import { insertEnvelope, takenOf, takenWith } from '../journal/envelopes.ts'
import { recordEvent } from '../journal/events.ts'
import { insertLetter, type LetterRow, lettersOfMessage } from '../journal/letters.ts'
import { insertWords } from '../journal/words.ts'
import { judge, type Offerer } from './again.ts'
import { postNotice } from './post-notice.ts'
import {
  addDelivery,
  chainIn,
  chainOf,
  type KeepSource,
  type NewId,
  noSource,
  type Posted,
  type PostResult,
  type Routes,
  rowOf,
  subjectOf,
} from './posted.ts'
import { resendIn } from './resend.ts'

/** A recall of the letter that another one corrects, sealed before the transaction began. */
export type Recall = Pick<Posted, 'messageId' | 'sealed'> & { readonly notice: Notice }

interface PostedLetter extends Omit<Posted, 'sourceId'> {
  readonly keep: KeepSource
  readonly letter: Letter
  readonly contentDigest: string
  readonly offerer: Offerer
  readonly recalls: readonly Recall[]
}

/** What the journal has of a letter that is posted. */
interface Found {
  /** Of the same handing-over. */
  readonly before: MessageId | undefined
  readonly earlier: Earlier
  /** The last one under its number, at each of its recipients. */
  readonly previous: ReadonlyMap<OfficeId, MessageId>
}

/** Looks for what the journal has of a letter: all of it is asked at once, before anything is written of it. */
export async function lookForLetter(
  transaction: Transaction,
  { handover, position, letter, contentDigest }: Omit<PostedLetter, 'keep' | 'sealed' | 'recalls'>,
): Promise<Found> {
  const { offices } = letter.to
  const [before, earlier, ...previous] = await Promise.all([
    takenOf(transaction, handover, position ?? ''),
    findEarlier(transaction, letter, contentDigest),
    ...offices.map(
      async (recipient) => [recipient, await previousTo(transaction, letter, recipient)] as const,
    ),
  ])
  return {
    ...{ before, earlier },
    previous: new Map(previous.flatMap(([recipient, id]) => (id === undefined ? [] : [[recipient, id]]))),
  }
}

/**
 * Writes a letter and its deliveries, unless its natural key is taken (`judge`). A letter that it corrects is recalled in the
 * same transaction; one for which no recall was made had not ended when this one was offered, and is a conflict. `found`: what was
 * looked for already in this transaction.
 */
export async function postLetter(
  transaction: Transaction,
  posted: PostedLetter,
  routes: Routes,
  newId: NewId,
  found?: Found,
): Promise<PostResult> {
  const { messageId, at } = posted
  const { before, earlier, previous } = found ?? (await lookForLetter(transaction, posted))
  if (before !== undefined) {
    // What was taken of this handing-over may have grown since: half a scan is another letter.
    const [row] = await lettersOfMessage(transaction, before)
    if (row === undefined || row.contentDigest === posted.contentDigest)
      return { kind: 'known', messageId: before }
    // What a person let go of a handing-over that had been taken otherwise stands under no handing-over.
    const same = await takenWith(transaction, { ...posted, sourceId: posted.keep('refused') })
    if (same !== undefined) return { kind: 'known', messageId: same }
    if (posted.offerer !== 'person') return conflict(transaction, posted, before)
  }
  const judged = judge(earlier, posted.offerer)
  if (judged.kind === 'known') {
    const { messageId: known, resend, ended } = judged
    // An office that seals by itself is refused what has ended, unless it goes again.
    const sourceId = posted.keep(ended && posted.offerer === 'sealer' ? 'refused' : undefined)
    const subject = subjectOf({ sourceId }, known)
    await recordEvent(transaction, at, 'letter.known', subject, ended && { ended })
    const { due, again } = await sendAgain(transaction, resend, at)
    return { kind: 'known', messageId: known, due, ...(ended && { ended }), ...(again && { again }) }
  }
  if (judged.kind === 'conflict') return conflict(transaction, posted, judged.messageId)
  const unready = judged.corrects.find((row) => recallOf(row, posted.recalls) === undefined)
  if (unready !== undefined) return conflict(transaction, posted, unready.messageId)
  const due: Due[] = [...(await sendAgain(transaction, judged.resend, at)).due]
  for (const row of judged.corrects) due.push(...(await correct(transaction, posted, row, routes, newId)))
  const handover = before === undefined ? posted.handover : null
  // Behind the recall of the one before it, which its recipient forgets first.
  const chainAt = async (recipient: OfficeId): Promise<string> => {
    const last = previous.get(recipient)
    return last === undefined
      ? chainIn(undefined, messageId, recipient)
      : chainOf(transaction, last, recipient)
  }
  const whole = { ...posted, handover, sourceId: posted.keep() }
  due.push(...(await writeLetter(transaction, whole, judged.recipients, chainAt, routes, newId)))
  await recordEvent(transaction, at, 'letter.taken', subjectOf(whole, messageId), {
    recipients: judged.recipients.length,
  })
  return { kind: 'posted', due }
}

/** Writes the envelope of a letter, and what each of `recipients` is to have of it, in the lane of its chain (`chainAt`). */
export async function writeLetter(
  transaction: Transaction,
  posted: Posted & Pick<PostedLetter, 'letter' | 'contentDigest'>,
  recipients: readonly OfficeId[],
  chainAt: (recipient: OfficeId) => Promise<string>,
  routes: Routes,
  newId: NewId,
): Promise<readonly Due[]> {
  const { messageId, letter, contentDigest, at } = posted
  const due: Due[] = []
  await insertEnvelope(transaction, rowOf(posted, 'letter', letter.from.office))
  await insertWords(transaction, messageId, letter, at)
  for (const recipient of recipients) {
    const chain = await chainAt(recipient)
    await insertLetter(transaction, messageId, letter, recipient, contentDigest, at)
    due.push(
      ...(await addDelivery(transaction, posted, 'letter', recipient, chain, letter.urgency, routes, newId)),
    )
  }
  return due
}

const recallOf = (row: LetterRow, recalls: readonly Recall[]): Recall | undefined =>
  recalls.find(({ notice }) => notice.about.messageId === row.messageId && notice.to === row.recipient)

/** Recalls a letter that came to nothing, for the one that corrects it. `said`: who ordered it, and why. */
export async function correct(
  transaction: Transaction,
  posted: Pick<PostedLetter, 'messageId' | 'at' | 'recalls'>,
  row: LetterRow,
  routes: Routes,
  newId: NewId,
  said: { readonly orderedBy?: string; readonly why?: string } = {},
): Promise<readonly Due[]> {
  const recall = recallOf(row, posted.recalls)
  if (recall === undefined) throw new Error(`no recall of ${row.messageId} was made`)
  const { at } = posted
  const bare = { keep: noSource, position: null, handover: null, at }
  const recalled = await postNotice(transaction, { ...recall, ...bare }, routes, newId)
  if (recalled.kind !== 'posted') throw new Error(`the recall of ${row.messageId} is ${recalled.kind}`)
  const subject = { messageId: row.messageId, office: row.recipient }
  await recordEvent(transaction, at, 'letter.corrected', subject, { by: posted.messageId, ...said })
  return recalled.due
}

/** Another content under a key that is taken: for a person to decide. */
async function conflict(
  transaction: Transaction,
  posted: PostedLetter,
  earlier: MessageId,
): Promise<PostResult> {
  const sourceId = posted.keep('refused')
  await recordEvent(transaction, posted.at, 'letter.conflicted', subjectOf({ sourceId }, earlier))
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
): Promise<{ readonly due: readonly Due[]; readonly again: boolean }> {
  const due: Due[] = []
  let again = false
  for (const { messageId, recipient, sender } of rows) {
    const order = { messageId, recipients: [recipient], by: sender, why: 'handed over again', at }
    for (const { delivery } of await resendIn(transaction, { ...order, only: 'letter' })) {
      again = true
      if (delivery.mode === 'push')
        due.push({ id: delivery.id, dueAt: delivery.dueAt, priority: delivery.priority })
    }
  }
  return { due, again }
}

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
