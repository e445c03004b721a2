// A correction that a person orders (decision 0022): planned from what the journal has, shown, and posted as it was shown.
import { createHash } from 'node:crypto'
import { reopenEnvelope } from '../../envelope/verify.ts'
import { changedLetter, type Difference, differencesOf } from '../../letter/changes.ts'
import { letterToJson } from '../../letter/json.ts'
import type { Letter } from '../../letter/letter.ts'
import type { OfficeId } from '../../letter/offices.ts'
import { bad, good, type Problem, problem, type Result } from '../../problem/problem.ts'
import { correctedBy } from '../journal/corrections.ts'
import type { Reader, Transaction } from '../journal/database.ts'
import { type Due, deliveryTo } from '../journal/deliveries.ts'
import { letterUnder, previousTo } from '../journal/earlier.ts'
import { envelopeById } from '../journal/envelopes.ts'
import { recordEvent } from '../journal/events.ts'
import { type LetterRow, letterAt, lettersOfMessage } from '../journal/letters.ts'
import type { Correction } from '../journal/orders.ts'
import { keepSource, type SourceRow } from '../journal/sources.ts'
import { correct, type Recall, writeLetter } from './post-letter.ts'
import { chainOf, type NewId, type Posted, type PostResult, type Routes, subjectOf } from './posted.ts'
import type { LetterState } from './states.ts'

export interface CorrectionPlan {
  readonly before: Letter
  /** Checked, and to those recipients alone that are to have it. */
  readonly after: Letter
  /** The letter at each recipient where it is recalled. */
  readonly corrects: readonly LetterRow[]
  /** Those of them at whom it may have arrived: nobody knows, and they may register the old one still. */
  readonly unsure: readonly OfficeId[]
  readonly differences: readonly Difference[]
  /** Of everything that is shown: what is to be sent, and what is recalled where. What is shown is what is done. */
  readonly digest: string
}

/** Where a letter came to nothing, and may go corrected. What is on its way or has arrived is not changed behind its recipient. */
const mayBeCorrected = (state: LetterState): boolean =>
  state === 'refused' || state === 'wrong' || state === 'given-up'

/** What a correction would do, or everything that stands against it. Undefined: there is no such letter. Reads only. */
export async function planCorrection(
  reader: Reader,
  correction: Correction,
): Promise<Result<CorrectionPlan> | undefined> {
  const { messageId, office } = correction
  const stored = await envelopeById(reader, messageId)
  const envelope = stored && reopenEnvelope(stored.bytes, stored.digest)
  if (envelope?.ok !== true || envelope.value.content !== 'letter') return undefined
  const before = envelope.value.letter
  const rows = (await lettersOfMessage(reader, messageId)).filter(
    ({ recipient }) => office === undefined || recipient === office,
  )
  const corrects = rows.filter(({ state }) => mayBeCorrected(state))
  const [first, ...others] = corrects.map(({ recipient }) => recipient)
  if (first === undefined) {
    if (office !== undefined && rows.length === 0)
      return bad(
        problem('letter.correct.office', 'office', office, { offices: before.to.offices.join(', ') }),
      )
    return bad(await stateProblem(reader, before, rows))
  }
  const to = { ...before.to, offices: [first, ...others] as const }
  const after = changedLetter({ ...before, to }, correction)
  if (!after.ok) return after
  const taken = await takenKey(reader, after.value, corrects)
  if (taken !== undefined) return bad(conflictWith(after.value, taken))
  // That it goes to those alone who do not have it is no change of it, and no more is their order.
  if (differencesOf(ordered({ ...before, to }), ordered(after.value)).length === 0)
    return bad(problem('letter.correct.nothing', 'changes', before.number.printed))
  const differences = differencesOf(before, after.value)
  const unsure = await unsureOf(reader, corrects)
  const digest = planDigest(after.value, corrects)
  return good({ before, after: after.value, corrects, unsure, differences, digest })
}

/** What was given up may have arrived; what was refused at the door has not. */
async function unsureOf(reader: Reader, corrects: readonly LetterRow[]): Promise<readonly OfficeId[]> {
  const unsure: OfficeId[] = []
  for (const { messageId, recipient, state } of corrects) {
    if (state !== 'given-up') continue
    if ((await deliveryTo(reader, messageId, recipient))?.state === 'given-up') unsure.push(recipient)
  }
  return unsure
}

/** A second correction of a letter of which one waits: what it would change is not known before that one is done. */
export const alreadyOrdered = (
  number: string,
  { order, by }: { readonly order: string; readonly by: string },
): Problem => problem('letter.correct.waiting', 'messageId', number, { order, by })

function ordered(letter: Letter): Letter {
  const [first, ...more] = [...letter.to.offices].sort()
  return first === undefined ? letter : { ...letter, to: { ...letter.to, offices: [first, ...more] } }
}

/** Of the whole letter, also of what makes no other content (`sentAt`, how the number is printed), and of every recall. */
function planDigest(after: Letter, corrects: readonly LetterRow[]): string {
  const recalls = corrects.map(({ messageId, recipient, state }) => [messageId, recipient, state])
  const plan = JSON.stringify(['correction/1', letterToJson(after), recalls])
  return createHash('sha256').update(plan, 'utf8').digest('hex')
}

async function stateProblem(reader: Reader, letter: Letter, rows: readonly LetterRow[]): Promise<Problem> {
  for (const row of rows) {
    const by = row.state === 'recalled' ? await correctedBy(reader, row.messageId, row.recipient) : undefined
    if (by !== undefined)
      return problem('letter.correct.replaced', 'messageId', letter.number.printed, { by })
  }
  const states = [...new Set(rows.map(({ state }) => state))].join(', ') || '-'
  return problem('letter.correct.state', 'messageId', letter.number.printed, { states })
}

const conflictWith = (letter: Letter, earlier: LetterRow) =>
  problem('letter.conflict', 'number', letter.number.printed, { earlier: earlier.messageId })

/** A letter that stands under the key of the correction, and is none of those that it corrects. */
async function takenKey(
  reader: Reader,
  letter: Letter,
  corrects: readonly LetterRow[],
): Promise<LetterRow | undefined> {
  for (const recipient of letter.to.offices) {
    const earlier = await letterUnder(reader, letter, recipient)
    const corrected = corrects.some(
      (row) => row.messageId === earlier?.messageId && row.recipient === recipient,
    )
    if (earlier !== undefined && !corrected) return earlier
  }
  return undefined
}

export interface PostedCorrection extends Omit<Posted, 'sourceId'> {
  /** Who ordered it, why, and what: kept with the letter that it makes. */
  readonly source: SourceRow
  readonly letter: Letter
  readonly contentDigest: string
  readonly corrects: readonly LetterRow[]
  readonly recalls: readonly Recall[]
  readonly by: string
  readonly why: string
}

/**
 * Recalls what a letter corrects and writes the letter, each in the lane of the other, in one transaction. The same message
 * id again is known: an order that is carried out twice makes one letter.
 */
export async function postCorrection(
  transaction: Transaction,
  posted: PostedCorrection,
  routes: Routes,
  newId: NewId,
): Promise<PostResult> {
  const { messageId, letter, at, corrects, by, why } = posted
  if ((await envelopeById(transaction, messageId)) !== undefined) return { kind: 'known', messageId }
  for (const { messageId: old, recipient } of corrects) {
    const row = await letterAt(transaction, old, recipient)
    // Its recipient's word may have come while the correction was being sealed.
    if (row === undefined || !mayBeCorrected(row.state))
      return {
        kind: 'problem',
        problem: await stateProblem(transaction, letter, row === undefined ? [] : [row]),
      }
  }
  const taken = await takenKey(transaction, letter, corrects)
  if (taken !== undefined) return { kind: 'problem', problem: conflictWith(letter, taken) }
  const due: Due[] = []
  const said = { orderedBy: by, why }
  for (const row of corrects) due.push(...(await correct(transaction, posted, row, routes, newId, said)))
  const sourceId = await keepSource(transaction, posted.source)
  const whole = { ...posted, sourceId }
  const chainAt = (recipient: OfficeId): Promise<string> => chainFor(transaction, posted, recipient)
  due.push(...(await writeLetter(transaction, whole, letter.to.offices, chainAt, routes, newId)))
  await recordEvent(transaction, at, 'letter.taken', subjectOf(whole, messageId), {
    recipients: letter.to.offices.length,
    corrects: corrects[0]?.messageId ?? '',
    ...said,
  })
  return { kind: 'posted', due }
}

/**
 * The chain that the letter goes on with at a recipient: that of the one recalled there, else of one that stood under its key;
 * and at a recipient who had none, that of the first recalled, so that its sender is told of both in order.
 */
async function chainFor(
  transaction: Transaction,
  { letter, corrects }: PostedCorrection,
  recipient: OfficeId,
): Promise<string> {
  const here = corrects.find((row) => row.recipient === recipient)
  if (here !== undefined) return chainOf(transaction, here.messageId, recipient)
  const previous = await previousTo(transaction, letter, recipient)
  if (previous !== undefined) return chainOf(transaction, previous, recipient)
  const [first] = corrects
  if (first === undefined) throw new Error('a correction corrects a letter')
  return chainOf(transaction, first.messageId, first.recipient)
}
