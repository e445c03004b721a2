// Judges what the other side answered with: only a signed notice about exactly this envelope proves that it was taken.
import type { Parcel } from '../../adapters/contract.ts'
import type { Trust } from '../../envelope/envelope.ts'
import { type VerifiedEnvelope, verifyEnvelope } from '../../envelope/verify.ts'
import { type Notice, namesLetter } from '../../letter/notice.ts'
import type { Instant } from '../../letter/time.ts'
import { bad, good, problem, type Result } from '../../problem/problem.ts'

export interface Receipt {
  readonly notice: Notice
  readonly verified: VerifiedEnvelope
}

/** The signed notice in a reply to `parcel`: a `receive`, or a `reject` or `invalid` that says why not. */
export function judgeReply(
  parcel: Parcel,
  reply: Buffer | undefined,
  trust: Trust,
  now: Instant,
): Result<Receipt> {
  if (reply === undefined || reply.length === 0) return bad(problem('receipt.missing', 'receipt'))
  const verdict = verifyEnvelope(reply, trust, now)
  if (!verdict.ok) {
    return bad(problem('receipt.unverified', 'receipt', undefined, { reason: verdict.problems[0].code }))
  }
  const { envelope } = verdict.value
  if (envelope.content !== 'notice') return bad(problem('receipt.other', 'receipt', envelope.messageId))
  const { notice } = envelope
  const answers = notice.kind === 'receive' || notice.kind === 'reject' || notice.kind === 'invalid'
  const letter = parcel.envelope.content === 'letter' ? parcel.envelope.letter : parcel.about?.letter
  const sender =
    parcel.envelope.content === 'letter' ? parcel.envelope.letter.from.office : parcel.envelope.notice.from
  const fits =
    answers &&
    notice.from === parcel.office &&
    notice.to === sender &&
    notice.about.messageId === parcel.envelope.messageId &&
    notice.about.digest === parcel.sealed.digest &&
    letter !== undefined &&
    namesLetter(notice.about, letter)
  return fits
    ? good({ notice, verified: verdict.value })
    : bad(problem('receipt.other', 'receipt', notice.about.messageId))
}
