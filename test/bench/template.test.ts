// Envelopes that the bench makes by the thousand are read as sealed ones are, each with its own words and digest.
import t from 'tap'
import { templateOf, unsignedDigest } from '../../bench/delivery/template.ts'
import { seal } from '../../src/envelope/seal.ts'
import { reopenEnvelope } from '../../src/envelope/verify.ts'
import { issue, newAuthority, newKey, signerOf } from '../envelope/certificates.ts'
import { fixedLetter, mustBe } from '../letter/arbitrary.ts'

const at = Date.parse('2026-11-23T10:15:00+07:00')
const signer = signerOf('50', issue({ subject: 'office 50', key: newKey(), issuer: newAuthority() }))

t.test('an envelope of a template', async (t) => {
  const make = templateOf(fixedLetter(), signer, at)
  const digests = new Set<string>()
  for (const number of ['ชม 0017.1/700', 'ชม 0017.1/701']) {
    const messageId = `urn:uuid:01890000-0000-7000-8000-000000000${number.slice(-3)}` as const
    const { bytes, digest } = make({ messageId, number, subject: 'ขอเชิญประชุม' })
    const envelope = mustBe(reopenEnvelope(bytes, digest))
    if (envelope.content !== 'letter') throw new Error('no letter')
    t.equal(envelope.messageId, messageId)
    t.equal(envelope.letter.number.printed, number)
    t.equal(envelope.letter.subject, 'ขอเชิญประชุม')
    t.equal(unsignedDigest(bytes), digest)
    digests.add(digest)
  }
  t.equal(digests.size, 2)
})

t.test('the digest of a sealed envelope by cutting its signature out', async (t) => {
  const messageId = 'urn:uuid:01890000-0000-7000-8000-000000000001'
  const sealed = seal({ messageId, createdAt: at, content: 'letter', letter: fixedLetter() }, signer, at)
  t.equal(unsignedDigest(sealed.bytes), sealed.digest)
})
