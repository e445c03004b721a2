// The notices that the ministry's inbox writes.

import type { Envelope, SealedEnvelope, Signer } from '../../envelope/envelope.ts'
import { seal } from '../../envelope/seal.ts'
import type { AboutLetter, Notice } from '../../letter/notice.ts'
import type { OfficeId } from '../../letter/offices.ts'
import { type Clock, type MessageId, newMessageId, type Random } from '../../letter/time.ts'

/** A notice, sealed, and the message id it got. */
export interface SealedNotice extends SealedEnvelope {
  readonly messageId: MessageId
}

/** What a notice says apart from whom it is from and when. */
export type Statement =
  | { readonly kind: 'receive' | 'reject' | 'invalid'; readonly reason: string }
  | { readonly kind: 'accept'; readonly receiveNumber: string; readonly reason: string }

/** Seals the office's statement about a letter, to the office `to`, as of now. */
export function sealNotice(
  statement: Statement,
  about: AboutLetter,
  to: OfficeId,
  office: { readonly signer: Signer; readonly clock: Clock; readonly random: Random },
): SealedNotice {
  const at = office.clock.now()
  const notice: Notice = { ...statement, from: office.signer.office, to, about, at }
  const messageId = newMessageId(office.clock, office.random)
  const sealed = seal({ messageId, createdAt: at, content: 'notice', notice }, office.signer, at)
  return { ...sealed, messageId }
}

/** What a notice about this envelope names: for a notice's own receipt, the words of the letter that it spoke of. */
export function aboutEnvelope(envelope: Envelope, digest: string): AboutLetter {
  const words =
    envelope.content === 'letter'
      ? {
          number: envelope.letter.number.printed,
          date: envelope.letter.date,
          subject: envelope.letter.subject,
        }
      : {
          number: envelope.notice.about.number,
          date: envelope.notice.about.date,
          subject: envelope.notice.about.subject,
        }
  return { messageId: envelope.messageId, digest, ...words }
}

/** The same envelope with a signature that nobody made: one character of SignatureValue differs. */
export function spoilSignature(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1')
  const at = text.indexOf('>', text.indexOf('SignatureValue')) + 20
  const spoilt = Buffer.from(bytes)
  spoilt[at] = text[at] === 'A' ? 0x42 : 0x41
  return spoilt
}
