// Settling: what the adapter says happened becomes what the journal says, in one transaction.
import type { Outcome, Parcel } from '../../adapters/contract.ts'
import type { SealedEnvelope } from '../../envelope/envelope.ts'
import type { Notice, NoticeKind } from '../../letter/notice.ts'
import type { Instant, MessageId } from '../../letter/time.ts'
import { messageOf, type Problem, printable, problem } from '../../problem/problem.ts'
import { type Desk, newId, sealNotice } from '../desk.ts'
import { endAttempt, mayHaveArrived } from '../journal/attempts.ts'
import type { Transaction } from '../journal/database.ts'
import {
  type DeliveryRow,
  type Due,
  deliveryInLane,
  headOfLane,
  moveDeliveryRow,
} from '../journal/deliveries.ts'
import { envelopeById, keepReceipt } from '../journal/envelopes.ts'
import { recordEvent } from '../journal/events.ts'
import { noticeAbout } from '../journal/find.ts'
import { type LetterRow, letterAt, moveLetter } from '../journal/letters.ts'
import { isRegistered } from './arrived.ts'
import { lookForNotice, postNotice } from './post-notice.ts'
import { noSource } from './posted.ts'
import { reasonFor } from './reason.ts'
import { judgeReply } from './receipt.ts'
import type { Hold } from './record.ts'
import { nextAttempt } from './schedule.ts'
import type { DeliveryState, LetterEvent } from './states.ts'

/** A sealed notice that goes into the journal with the outcome. */
interface Statement {
  readonly messageId: MessageId
  readonly notice: Notice
  readonly sealed: SealedEnvelope
}

/** An outcome after its reply was judged. */
interface Judged {
  readonly outcome: Outcome
  readonly statement?: Statement
  /** The statement is the gateway's, in the name of an office that cannot sign. */
  readonly vouched?: true
}

/** How an outcome came about. */
interface Heard {
  readonly attempted: boolean
  /** Writes that the attempt was begun, where nothing was recorded of it: nobody was reached, say. */
  readonly begin?: Hold | undefined
  /** As it came. */
  readonly answer: Buffer | undefined
}

/**
 * How far what was said counts. `attempted` is false for a system that polls: nothing was tried, it came and took. `receipts`:
 * the office seals by itself; its answer to an attempt must prove itself, and what it polled it acknowledges by a notice of
 * its own. For an office that does not, the gateway seals the notice.
 */
export async function judgeOutcome(
  desk: Desk,
  parcel: Parcel,
  said: Outcome,
  { attempted, receipts }: { readonly attempted: boolean; readonly receipts: boolean },
): Promise<Judged> {
  if (!receipts) return vouch(desk, parcel, said)
  return attempted ? judge(desk, parcel, said) : { outcome: said }
}

/**
 * Writes what became of an attempt and everything that follows: the next attempt, the letter's state, the notice to its
 * sender. Returns the delivery's new state; nothing when the journal holds it in one to which this outcome does not apply.
 */
export async function settle(
  desk: Desk,
  parcel: Parcel,
  judged: Judged,
  heard: Heard,
): Promise<DeliveryState | undefined> {
  const { state, due } = await desk.database.write(
    (transaction) => write(desk, transaction, parcel, judged, heard),
    'rows',
  )
  if (state !== undefined) desk.reached('delivery.settled', parcel.envelope.messageId)
  desk.due(due)
  return state
}

/** Where signed receipts are due, an answer counts only as far as it is proved. */
function judge(desk: Desk, parcel: Parcel, outcome: Outcome): Judged {
  if (outcome.kind === 'unavailable' || outcome.kind === 'unknown') return { outcome }
  const receipt = judgeReply(parcel, outcome.reply, desk.trust, desk.clock.now())
  if (!receipt.ok) {
    // A refusal without proof may be anybody's, and taken without proof is not proved: both are tried again.
    const found = receipt.problems[0]
    return { outcome: { kind: 'unknown', said: `${found.code}: ${messageOf(found)}${answered(outcome)}` } }
  }
  const { notice, verified } = receipt.value
  const { messageId } = verified.envelope
  const statement = { messageId, notice, sealed: { bytes: verified.bytes, digest: verified.digest } }
  if (notice.kind === 'receive') return { outcome: { ...outcome, kind: 'taken' }, statement }
  const refusal = problem('delivery.refused', 'delivery', undefined, { said: notice.reason || notice.kind })
  return {
    outcome: { kind: 'refused', problem: refusal, said: `${notice.kind}: ${notice.reason}` },
    statement,
  }
}

/** What stands in an answer without proof, for whoever looks: its status, and the title of a problem or the beginning of a text. */
function answered({ said = '' }: Outcome): string {
  const [, status, body = ''] = /^(HTTP \d{3})(?:: (.*))?$/s.exec(said) ?? []
  if (status === undefined) return ''
  const [, title] = /"(?:title|detail)":\s*"((?:[^"\\]|\\.)*)"/.exec(body) ?? []
  const text = title ?? (body.startsWith('{') ? '' : body)
  return `; it answered ${status}${text === '' ? '' : `: ${printable(text, 300)}`}`
}

/**
 * Where the system cannot sign, the gateway says for its office that it has the letter, or refused it. After a lost answer a refusal is
 * believed as well: of the same bytes a system judges alike, so that it refused the first copy too, and a letter of which nobody says
 * anything must not end untold. A system that knows the copy says so, and its transport calls that taken; should its office have the
 * letter after all, its word moves it and reaches the sender, and a recall is brought (docs/decisions/0008).
 */
async function vouch(desk: Desk, parcel: Parcel, outcome: Outcome): Promise<Judged> {
  const { envelope } = parcel
  if (envelope.content !== 'letter' || (outcome.kind !== 'taken' && outcome.kind !== 'refused'))
    return { outcome }
  const row = await letterAt(desk.database.committed, envelope.messageId, parcel.office)
  if (row === undefined) return { outcome }
  const notice = await noticeAbout(desk.database.committed, row, {
    kind: outcome.kind === 'taken' ? 'receive' : 'reject',
    from: parcel.office,
    at: desk.clock.now(),
    reason: outcome.kind === 'refused' ? reasonFor(outcome.problem) : '',
  })
  if (!notice.ok) throw new Error(`a notice about a journalled letter is faulty: ${notice.problems[0].code}`)
  const { envelope: own, sealed } = await sealNotice(desk, notice.value)
  return { outcome, statement: { messageId: own.messageId, notice: notice.value, sealed }, vouched: true }
}

async function write(
  desk: Desk,
  transaction: Transaction,
  parcel: Parcel,
  judged: Judged,
  { attempted, begin, answer }: Heard,
): Promise<{ state: DeliveryState | undefined; due: readonly Due[] }> {
  const at = desk.clock.now()
  if (begin !== undefined && !(await begin(transaction))) return { state: undefined, due: [] }
  const posting = noticeOf(parcel, judged.statement, at)
  const [row, found, reused] = await Promise.all([
    deliveryInLane(transaction, parcel.id),
    posting && lookForNotice(transaction, posting),
    posting ? undefined : judged.statement && envelopeById(transaction, judged.statement.messageId),
  ])
  const { outcome, statement } = unlessThere(unlessReused(judged, found?.earlier ?? reused), found?.letter)
  const { attempt } = parcel
  const moved = row && (await move(desk, transaction, row, { outcome, attempted, attempt }, at))
  if (moved === undefined) return { state: undefined, due: [] }
  const refusal: Problem | undefined = outcome.kind === 'refused' ? outcome.problem : undefined
  // A system that polls has made no attempt; why it refused what it was shown is kept all the same.
  if (attempted || refusal !== undefined)
    // What comes late, after somebody else has taken it on, is the end of its own attempt.
    await endAttempt(transaction, { id: moved.id, attempts: parcel.attempt }, at, outcome.kind, {
      refusal,
      said: outcome.said,
      answer,
    })
  const due: Due[] = []
  const notice = statement && posting
  if (statement !== undefined && notice === undefined) await keepEvidence(transaction, parcel, statement, at)
  const posted = notice && (await postNotice(transaction, notice, desk.routes, newId, found))
  if (posted?.kind === 'posted') due.push(...posted.due)
  else await moveLetterOf(transaction, parcel, moved, statement?.notice.kind, at)
  await writeEnd(transaction, parcel, moved, at)
  if (moved.state === 'due' || moved.state === 'unknown') {
    if (moved.mode === 'push') due.push({ id: moved.id, dueAt: moved.dueAt, priority: moved.priority })
  } else if (row?.isAwaited) {
    const behind = await headOfLane(transaction, moved.lane)
    if (behind !== undefined) due.push(behind)
  }
  return { state: moved.state, due }
}

/** A receipt under the id of another envelope proves nothing: taken for one, it could be kept nowhere. */
function unlessReused(judged: Judged, earlier: { readonly digest: string } | undefined): Judged {
  const { statement } = judged
  if (earlier === undefined || earlier.digest === statement?.sealed.digest) return judged
  const found = problem('envelope.message-id.reused', 'receipt', statement?.messageId)
  return { outcome: { kind: 'unknown', said: `${found.code}: ${messageOf(found)}` } }
}

/**
 * Of a letter that its recipient says to have, the refusal of another copy is none: the gateway says nothing against the office in whose
 * name it speaks.
 */
function unlessThere(judged: Judged, letter: LetterRow | undefined): Judged {
  const { outcome, vouched } = judged
  if (vouched !== true || outcome.kind !== 'refused') return judged
  if (letter?.state !== 'delivered' && letter?.state !== 'registered') return judged
  const said = `${outcome.said ?? messageOf(outcome.problem)}; ${outcome.problem.code}, though its office says that it has the letter`
  return { outcome: { kind: 'taken', said } }
}

async function move(
  desk: Desk,
  transaction: Transaction,
  row: DeliveryRow,
  { outcome, attempted, attempt }: { outcome: Outcome; attempted: boolean; attempt: number },
  at: Instant,
): Promise<DeliveryRow | undefined> {
  const by = desk.member.id
  if (outcome.kind === 'taken') return moveDeliveryRow(transaction, row, 'taken', at, { by })
  // It was given up meanwhile, and what others have tried since is not this attempt's to judge: late, only `taken` tells anything.
  const held = row.state === 'sending' && row.member === by && row.attempts === attempt
  if (attempted && !held) return undefined
  if (outcome.kind === 'refused') return moveDeliveryRow(transaction, row, 'refused', at, { by })
  // Once an answer was lost, "not now" does not tell that the first try did not arrive.
  const unsure = outcome.kind === 'unknown' || (await mayHaveArrived(transaction, row.id))
  if (unsure && (await isRegistered(transaction, row)))
    return moveDeliveryRow(transaction, row, 'taken', at, { by })
  const chance = (desk.random(1)[0] ?? 0) / 256
  const retryAfter = outcome.kind === 'unavailable' ? outcome.retryAfter : undefined
  const when = nextAttempt(
    desk.routes.policyOf(row.office),
    row.attempts,
    at,
    row.deadline,
    chance,
    retryAfter,
  )
  if (when === 'give-up') return moveDeliveryRow(transaction, row, 'give-up', at, { by })
  return moveDeliveryRow(transaction, row, unsure ? 'lost-answer' : 'unavailable', at, { dueAt: when, by })
}

/** A receipt about a letter is a notice to its sender; about a notice it is evidence only. */
function noticeOf({ envelope, sealed }: Parcel, statement: Statement | undefined, at: Instant) {
  if (statement === undefined || envelope.content !== 'letter') return undefined
  const kept = { digest: sealed.digest, letter: envelope.letter }
  return { ...statement, kept, keep: noSource, position: null, handover: null, at }
}

async function keepEvidence(
  transaction: Transaction,
  { envelope, sealed }: Parcel,
  statement: Statement,
  at: Instant,
): Promise<void> {
  const about = { messageId: envelope.messageId, digest: sealed.digest }
  await keepReceipt(transaction, about, 'got', statement.notice.from, statement.sealed, at)
}

/** The letter's own state, where no notice of the outcome moved it. */
async function moveLetterOf(
  transaction: Transaction,
  { envelope, office }: Parcel,
  { state }: DeliveryRow,
  said: NoticeKind | undefined,
  at: Instant,
): Promise<void> {
  if (envelope.content !== 'letter') return
  const move = (event: LetterEvent) => moveLetter(transaction, envelope.messageId, office, event, at)
  if (state === 'given-up') await move('give-up')
  // Refused again after it was sent again: the notice is known, and moved nothing.
  if (state === 'refused') await move(said === 'invalid' ? 'invalid' : 'reject')
  // Taken after it was sent again: that it has arrived may have been said before, and is known.
  if (state === 'taken' && said === 'receive') await move('receive')
}

/** The event that closes the delivery. */
async function writeEnd(
  transaction: Transaction,
  { envelope, office }: Parcel,
  moved: DeliveryRow,
  at: Instant,
): Promise<void> {
  if (moved.state !== 'taken' && moved.state !== 'refused' && moved.state !== 'given-up') return
  const facts = { delivery: moved.id, attempts: moved.attempts, content: envelope.content }
  await recordEvent(
    transaction,
    at,
    `delivery.${moved.state}`,
    { messageId: envelope.messageId, office },
    facts,
  )
}
