// Envelopes of offices that seal by themselves, with the keys of a trust folder.
import type { Envelope } from '../../src/envelope/envelope.ts'
import { seal } from '../../src/envelope/seal.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import { type MessageId, newMessageId, systemClock, systemRandom } from '../../src/letter/time.ts'
import { fixedLetter, mustBe, office } from '../letter/arbitrary.ts'
import { signerOf } from './installation.ts'

const neverSent = '0'.repeat(64)

/** Makes envelopes; each letter has a number of its own. */
export function createEnvelopeSource(trust: string) {
  const signers = new Map(['moi', '57'].map((id) => [id, signerOf(trust, office(id))]))
  let count = 0
  let last: MessageId | undefined
  const sealed = (to: string, from: string, messageId: MessageId, scan = false): Buffer => {
    count += 1
    const letters = from === 'moi' ? 'มท 0210.3' : 'ชร 0017.1'
    const envelope: Envelope = {
      messageId,
      createdAt: systemClock.now(),
      content: 'letter',
      letter: fixedLetter({
        number: mustBe(readLetterNumber(`${letters}/${count}`)).number,
        from: { office: office(from) },
        to: { offices: [office(to)] },
        attachments: scan ? fixedLetter().attachments.map((each) => ({ ...each, sha256: neverSent })) : [],
      }),
    }
    const signer = signers.get(from)
    if (signer === undefined) throw new Error(`no key for ${from}`)
    last = messageId
    return seal(envelope, signer, systemClock.now()).bytes
  }
  return {
    /** A letter of the ministry, or of another office; with `scan` it names an attachment. */
    letter: (to: string, from = 'moi', scan = false): Buffer =>
      sealed(to, from, newMessageId(systemClock, systemRandom), scan),
    /** Another letter under the message id of the last one. */
    again: (_earlier: Buffer): Buffer => {
      if (last === undefined) throw new Error('no letter was made before')
      return sealed('57', 'moi', last)
    },
  }
}
