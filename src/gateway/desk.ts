// What everybody at the intake's desk needs: verbs and stores, handed over once.
import type { X509Certificate } from 'node:crypto'
import type { Taken } from '../adapters/contract.ts'
import { NotTaken } from '../adapters/not-taken.ts'
import { unbelievedBecause } from '../envelope/certificate.ts'
import type { Envelope, SealedEnvelope, Signer, Trust } from '../envelope/envelope.ts'
import { sealAsync } from '../envelope/seal.ts'
import { signingTimeIn } from '../envelope/signature-text.ts'
import { verifyEnvelope } from '../envelope/verify.ts'
import { senderOf } from '../envelope/write.ts'
import type { Letter } from '../letter/letter.ts'
import type { Notice } from '../letter/notice.ts'
import type { OfficeId } from '../letter/offices.ts'
import {
  type Clock,
  type MessageId,
  newMessageId,
  newUuid,
  type Random,
  systemClock,
  systemRandom,
} from '../letter/time.ts'
import { type Problem, problem } from '../problem/problem.ts'
import type { AttachmentStore } from './attachments/store.ts'
import type { Routes } from './delivery/posted.ts'
import type { Database } from './journal/database.ts'
import type { Due } from './journal/deliveries.ts'
import type { Member } from './membership.ts'

/** Named places on a letter's way. A test kills the process at each of them. */
export const steps = [
  'source.offered',
  'attachments.kept',
  'letter.sealed',
  'letter.committed',
  'notice.committed',
  'delivery.sending',
  'delivery.answered',
  'delivery.settled',
] as const
export type Step = (typeof steps)[number]

/** Those for whom we seal, each as it seals now. */
export interface Signers {
  has(office: OfficeId): boolean
  get(office: OfficeId): Signer | undefined
}

export interface Desk {
  readonly database: Database
  readonly attachments: AttachmentStore
  readonly signers: Signers
  readonly trust: Trust
  readonly routes: Routes
  readonly clock: Clock
  readonly random: Random
  /** This gateway among those that work on the journal. */
  readonly member: Member
  /** Hints committed deliveries to the queue. */
  readonly due: (due: readonly Due[]) => void
  /** `messageId`: of the envelope, where it is said. */
  readonly reached: (step: Step, messageId?: MessageId) => void
}

/** A system at the desk: who hands over, as its profile says. */
export interface System {
  readonly id: string
  readonly office: OfficeId
  readonly format: string
  /** SHA-256 of the profile. */
  readonly version: string
}

/** A new id of a delivery or a source: unique for ever, and beside those of its time in every index. */
export const newId = (): string => newUuid(systemClock, systemRandom)

/** What an office would say now nobody could accept: it is not taken, and its system may offer it again at any time. */
export class CannotSeal extends NotTaken {
  override readonly name = 'CannotSeal'
}

/** Why nothing is to be sealed for an office now: nobody would believe its certificate. Undefined: what is sealed for it is believed. */
export function unsealableBecause({ signers, trust, clock }: Desk, office: OfficeId): Problem | undefined {
  const certificate = signers.get(office)?.certificate
  const found = certificate && unbelievedBecause(certificate, trust.authority, clock.now())
  if (certificate === undefined || found === undefined) return undefined
  const said = ({ validFrom: from, validTo: to }: X509Certificate) => ({ from, to })
  switch (found.code) {
    case 'envelope.certificate.expired':
    case 'envelope.certificate.not-yet-valid':
      return problem('seal.certificate', '', office, said(certificate))
    case 'envelope.authority.expired':
    case 'envelope.authority.not-yet-valid':
      return problem('seal.authority', '', office, said(trust.authority))
    default:
      return problem('seal.unfit', '', office, { reason: found.code })
  }
}

/** Throws `CannotSeal`. What is sealed all the same would be brought in vain for days, and its corrections behind it. */
export function demandSealable(desk: Desk, office: OfficeId): void {
  const found = unsealableBecause(desk, office)
  if (found !== undefined) throw new CannotSeal(found)
}

/** Seals what an office says, with the office's key. Rejects when this gateway holds none: settings are checked at start. */
export function sealFor(desk: Desk, office: OfficeId, envelope: Envelope): Promise<SealedEnvelope> {
  const signer = desk.signers.get(office)
  if (signer === undefined) throw new Error(`there is no key for office ${office}`)
  return sealAsync(envelope, signer, desk.clock.now())
}

/**
 * What was sealed here for an office, as it is believed now. Where its seal is no longer (its certificate has ended, or is registered no
 * more), or not yet (a clock that was ahead), the same document is sealed anew: message id and digest stay, so that whoever has it
 * already knows it. What an office sealed by itself stays as it is. Throws `CannotSeal`.
 */
export async function sealedNow(
  desk: Desk,
  envelope: Envelope,
  sealed: SealedEnvelope,
): Promise<SealedEnvelope> {
  const { signers, trust, clock } = desk
  const office = senderOf(envelope)
  const certificate = signers.get(office)?.certificate
  if (certificate === undefined) return sealed
  // Nearly all is sealed with what seals now, and need not be verified.
  const isUsual =
    sealed.bytes.includes(certificate.raw.toString('base64')) && signingTimeIn(sealed.bytes) <= clock.now()
  const isBelieved = isUsual
    ? unsealableBecause(desk, office) === undefined
    : verifyEnvelope(sealed.bytes, trust, clock.now()).ok
  if (isBelieved) return sealed
  demandSealable(desk, office)
  const anew = await sealFor(desk, office, envelope)
  // Another program wrote it, and says the same in other bytes: that would be another envelope.
  return anew.digest === sealed.digest ? anew : sealed
}

/** Seals a notice of an office under a new message id. */
export async function sealNotice(
  desk: Desk,
  notice: Notice,
): Promise<{ readonly envelope: Envelope; readonly sealed: SealedEnvelope }> {
  const messageId = newMessageId(desk.clock, desk.random)
  const envelope: Envelope = { messageId, createdAt: desk.clock.now(), content: 'notice', notice }
  return { envelope, sealed: await sealFor(desk, notice.from, envelope) }
}

/** What is not taken, and why: the intake decides whether it is answered or quarantined. */
export interface Faulty {
  readonly kind: 'faulty'
  readonly problems: readonly [Problem, ...Problem[]]
  readonly receipt?: SealedEnvelope
  /** Of a letter that was read whole, and may not go. */
  readonly contentDigest?: string
  /** The letter in an envelope that is proved to be its sender's. */
  readonly letter?: Pick<Letter, 'number' | 'secrecy'>
}

export const faulty = (problems: readonly [Problem, ...Problem[]], receipt?: SealedEnvelope): Faulty => ({
  kind: 'faulty',
  problems,
  ...(receipt && { receipt }),
})

/** What became of one item, before the intake has dealt with what is faulty. */
export type Outcome = Exclude<Taken, { kind: 'quarantined' | 'refused' | 'waiting' }> | Faulty
