// What the vectors are made of: the list of cases, good envelopes, and edits of them.
import { createHash } from 'node:crypto'
import { written } from '../../../src/envelope/algorithms.ts'
import type { Envelope } from '../../../src/envelope/envelope.ts'
import { seal } from '../../../src/envelope/seal.ts'
import { checkNotice, type LetterDraft } from '../../../src/letter/check.ts'
import { fixedLetter, mustBe, office } from '../../letter/arbitrary.ts'
import { signerOf } from '../certificates.ts'
import { type Edits, forge, swap } from '../forge.ts'
import { identityOf } from '../vector-keys.ts'

export const now = Date.parse('2026-11-23T10:15:00+07:00')

export interface Case {
  readonly attack: string
  readonly expect: string
  readonly about: string
  readonly at: string
  readonly bytes: Buffer
}
export const cases = new Map<string, Case>()

/** One vector. `expect` is a problem code or `ok`. */
export function vector(
  name: string,
  attack: string,
  expect: string,
  about: string,
  text: string | Buffer,
  at = now,
): void {
  if (cases.has(name)) throw new Error(`two vectors are called ${name}`)
  cases.set(name, { attack, expect, about, at: new Date(at).toISOString(), bytes: Buffer.from(text) })
}

export function sealedBy(name: string, fields: LetterDraft = {}, signingTime = now): string {
  const id = /^[0-9a-z]+/.exec(name)![0]
  const letter = fixedLetter({
    ...fields,
    from: { office: office(id) },
    to: { offices: [office(id === 'moi' ? '50' : 'moi')] },
    ...(fields.to && { to: fields.to }),
  })
  const envelope: Envelope = {
    messageId: 'urn:uuid:01890000-0000-7000-8000-000000000000',
    createdAt: now,
    content: 'letter',
    letter,
  }
  return seal(envelope, signerOf(id, identityOf(name)), signingTime).bytes.toString('utf8')
}

export const good = sealedBy('50')
export const me = identityOf('50')
export const stranger = identityOf('50-stranger')
export const forged = (edits: Edits, text = good): string => forge(text, me, edits)
export const rootEnd = '</env:Envelope>'
export const openRoot = good.slice(0, good.indexOf('<env:Header>'))
export const signature = good.slice(good.indexOf('<ds:Signature '), -rootEnd.length)
export const content = good.slice(openRoot.length, good.indexOf('<ds:Signature '))
export const evil = swap(swap(content, 'การเชื่อมโยง', 'โอนเงิน'), ' ID="Letter"', ' ID="Other"')
export const canonical = `Algorithm="${written.canonicalisation}"`
export const inSignature = (from: string | RegExp, to: string) =>
  forged({ signature: (text) => swap(text, from, to) })
export const inInfo = (from: string | RegExp, to: string) => forged({ info: (text) => swap(text, from, to) })
export const inProperties = (from: string | RegExp, to: string) =>
  forged({ properties: (text) => swap(text, from, to) })
export const inContent = (from: string | RegExp, to: string) =>
  forged({ document: (text) => swap(text, from, to) })
export const after = (from: string | RegExp, to: string) => swap(good, from, to)

export const accept = mustBe(
  checkNotice({
    kind: 'accept',
    from: office('moi'),
    to: office('50'),
    about: {
      messageId: 'urn:uuid:01890000-0000-7000-8000-000000000000',
      digest: createHash('sha256').update('x').digest('hex'),
      number: 'ชม 0017.1/492',
      date: fixedLetter().date,
      subject: 'เรื่อง',
    },
    at: now,
    reason: '',
    receiveNumber: '๑๒๓',
  }),
)
export const notice = seal(
  {
    messageId: 'urn:uuid:01890000-0000-7000-8000-000000000001',
    createdAt: now,
    content: 'notice',
    notice: accept,
  },
  signerOf('moi', identityOf('moi')),
  now,
).bytes.toString('utf8')
export const strangerDigest = createHash('sha256').update(stranger.certificate.raw).digest('base64')
export const myDigest = createHash('sha256').update(me.certificate.raw).digest('base64')
export const asStranger = (edits: Edits = {}) =>
  forge(good, stranger, {
    ...edits,
    document: (text) =>
      swap(text, me.certificate.raw.toString('base64'), stranger.certificate.raw.toString('base64')),
  })
export const p256 = sealedBy('51-p256')
/** As `seal` would write it for a key that it refuses. */
export function forgeAs(name: string): string {
  const id = name.slice(0, 2)
  const identity = identityOf(name)
  const digest = createHash('sha256').update(identity.certificate.raw).digest('base64')
  return forge(good, identity, {
    document: (text) => swap(text, '<env:OfficeID>50<', `<env:OfficeID>${id}<`),
    properties: (text) => swap(text, myDigest, digest),
  })
}
