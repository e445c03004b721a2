// What an office that seals by itself answers: a notice about what it was brought, which it really signs.
import type { Parcel } from '../../src/adapters/contract.ts'
import { checkNotice } from '../../src/letter/check.ts'
import type { Notice } from '../../src/letter/notice.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { type HandClock, sealedBy, type TestTrust } from './harness.ts'

/** The receive notice about a parcel, or what `changes` make of it. */
export function receiptBy(
  trust: TestTrust,
  clock: HandClock,
  parcel: Parcel,
  changes: Partial<Notice> = {},
): Buffer {
  const letter = parcel.envelope.content === 'letter' ? parcel.envelope.letter : parcel.about?.letter
  if (letter === undefined) throw new Error('a parcel speaks of a letter')
  const to =
    parcel.envelope.content === 'letter' ? parcel.envelope.letter.from.office : parcel.envelope.notice.from
  const about = {
    messageId: parcel.envelope.messageId,
    digest: parcel.sealed.digest,
    number: letter.number.printed,
    date: letter.date,
    subject: letter.subject,
  }
  const facts = { kind: 'receive', from: parcel.office, to, about, at: clock.now(), reason: '', ...changes }
  return sealedBy(trust, clock, { notice: mustBe(checkNotice(facts as Parameters<typeof checkNotice>[0])) })
    .sealed.bytes
}
