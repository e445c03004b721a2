// What the ministry's inbox does with one envelope: judges it, registers it, answers with a signed notice.
import type { IncomingMessage } from 'node:http'
import type { Signer, Trust } from '../../envelope/envelope.ts'
import { type VerifiedEnvelope, verifyEnvelope } from '../../envelope/verify.ts'
import { limits } from '../../letter/limits.ts'
import type { OfficeId } from '../../letter/offices.ts'
import { type Clock, newMessageId, printInstant, type Random } from '../../letter/time.ts'
import { messageOf, type Problem, problem } from '../../problem/problem.ts'
import { type Answer, envelopeAnswer, problemAnswer } from '../answer.ts'
import type { Store } from '../store.ts'
import type { Fault } from './faults.ts'
import { aboutEnvelope, type SealedNotice, sealNotice, spoilSignature } from './notices.ts'
import { receiveEnvelope } from './receive.ts'
import type { Register } from './register.ts'

export interface Taker {
  readonly signer: Signer
  readonly trust: Trust
  readonly clock: Clock
  readonly random: Random
  readonly store: Store
  readonly register: Register
  /** Called after a letter stands in the register: its `accept` notice is due, `times` times. */
  readonly registered: (verified: VerifiedEnvelope, receiveNumber: string, times: number) => void
  /** Called after a `dispute`: the letter's number is to be told again. */
  readonly disputed: (verified: VerifiedEnvelope) => void
}

/** Takes one envelope from a request. Throws when the sender breaks off or the disk refuses: nothing counts then. */
export async function takeEnvelope(request: IncomingMessage, fault: Fault, inbox: Taker): Promise<Answer> {
  const { trust, clock, store } = inbox
  const judge = (bytes: Buffer) => verifyEnvelope(bytes, trust, clock.now())
  const contentType = request.headers['content-type'] ?? ''
  const { verified, problems } = await receiveEnvelope(request, contentType, judge, store)
  const [first, ...rest] = problems
  if (verified === undefined) {
    if (first === undefined) throw new Error('an envelope without fault that nobody verified')
    refuse(inbox, undefined, [first, ...rest])
    return problemAnswer([first, ...rest])
  }
  const repeated = answerAgain(verified, fault, inbox)
  if (repeated !== undefined) return repeated
  if (first !== undefined) return refuseSigned(inbox, verified, 'reject', [first, ...rest])
  const wrong = wrongRecipient(verified, inbox.signer.office)
  if (wrong !== undefined) return refuseSigned(inbox, verified, 'invalid', [wrong])
  const receipt = enter(verified, fault, inbox)
  return envelopeAnswer(200, spoiltReceipt(receipt.bytes, verified, fault, inbox))
}

/**
 * The answer to an envelope that was taken before: the same notice again, or what the fault makes of it; a refusal when
 * only its id is the same.
 */
function answerAgain(verified: VerifiedEnvelope, fault: Fault, inbox: Taker): Answer | undefined {
  const { messageId } = verified.envelope
  const before = inbox.register.taken(messageId)
  if (before === undefined) return undefined
  if (before.digest !== verified.digest) {
    return refuseSigned(inbox, verified, 'reject', [
      problem('sandbox.message.reused', 'Header.MessageID', messageId),
    ])
  }
  if (before.receiveNumber !== undefined && verified.envelope.content === 'letter') {
    const at = printInstant(inbox.clock.now())
    inbox.register.note({ entry: 'letter.repeated', at, messageId, receiveNumber: before.receiveNumber })
  }
  const bytes = inbox.store.envelope(before.receipt)
  return envelopeAnswer(409, spoiltReceipt(bytes, verified, fault, inbox))
}

/** Keeps the envelope and its receipt, then enters it in the register: from here on it is taken. */
function enter(verified: VerifiedEnvelope, fault: Fault, inbox: Taker): SealedNotice {
  const { envelope, digest, bytes } = verified
  const { store, register, clock } = inbox
  const receipt = sealNotice(
    { kind: 'receive', reason: '' },
    aboutEnvelope(envelope, digest),
    senderOf(verified),
    inbox,
  )
  store.keepEnvelope(envelope.messageId, bytes)
  store.keepEnvelope(receipt.messageId, receipt.bytes)
  const at = clock.now()
  if (envelope.content === 'letter') {
    const receiveNumber = register.enter(verified, envelope.letter, receipt.messageId, at)
    inbox.registered(verified, receiveNumber, fault.kind === 'twice' ? 2 : 1)
    return receipt
  }
  const { notice } = envelope
  register.note({
    entry: 'notice.received',
    at: printInstant(at),
    messageId: envelope.messageId,
    digest,
    kind: notice.kind,
    from: notice.from,
    about: notice.about.messageId,
    ...(notice.receiveNumber !== undefined && { receiveNumber: notice.receiveNumber }),
    receipt: receipt.messageId,
  })
  if (notice.kind === 'dispute') inbox.disputed(verified)
  return receipt
}

/** The receipt's bytes, or what the fault makes of them. */
function spoiltReceipt(receipt: Buffer, verified: VerifiedEnvelope, fault: Fault, inbox: Taker): Buffer {
  if (fault.kind === 'wrong-signature') return spoilSignature(receipt)
  if (fault.kind !== 'other-receipt') return receipt
  const other = inbox.register.other(verified.envelope.messageId)
  if (other !== undefined) return inbox.store.envelope(other.receipt)
  const about = aboutEnvelope(verified.envelope, verified.digest)
  const stranger = { ...about, messageId: newMessageId(inbox.clock, inbox.random) }
  return sealNotice({ kind: 'receive', reason: '' }, stranger, senderOf(verified), inbox).bytes
}

function refuseSigned(
  inbox: Taker,
  verified: VerifiedEnvelope,
  kind: 'reject' | 'invalid',
  problems: readonly [Problem, ...Problem[]],
): Answer {
  refuse(inbox, verified.envelope.messageId, problems)
  // A notice's reason has an end: whoever has more faults than fit reads of the others the next time.
  const reason = [...problems.map((found) => messageOf(found)).join('; ')].slice(0, limits.reason).join('')
  const about = aboutEnvelope(verified.envelope, verified.digest)
  return envelopeAnswer(422, sealNotice({ kind, reason }, about, senderOf(verified), inbox).bytes)
}

function refuse(inbox: Taker, messageId: string | undefined, problems: readonly Problem[]): void {
  inbox.register.note({
    entry: 'envelope.refused',
    at: printInstant(inbox.clock.now()),
    ...(messageId !== undefined && { messageId }),
    codes: problems.map((found) => found.code),
  })
}

/** The office that speaks in an envelope. */
export const senderOf = ({ envelope }: VerifiedEnvelope): OfficeId =>
  envelope.content === 'letter' ? envelope.letter.from.office : envelope.notice.from

function wrongRecipient({ envelope }: VerifiedEnvelope, own: OfficeId): Problem | undefined {
  const to = envelope.content === 'letter' ? envelope.letter.to.offices : [envelope.notice.to]
  return to.includes(own)
    ? undefined
    : problem('sandbox.recipient.other', 'Header.To', to.join(', '), { expected: own })
}
