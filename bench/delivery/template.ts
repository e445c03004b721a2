// Envelopes by the thousand: one is sealed, and others are made of it by putting other words in its places. Their digests are
// right and their signatures are not; the gateway made them once as far as it knows, and a ministry of the bench does not look.
import { createHash } from 'node:crypto'
import type { Envelope, Signer } from '../../src/envelope/envelope.ts'
import { seal } from '../../src/envelope/seal.ts'
import type { Letter } from '../../src/letter/letter.ts'
import type { Instant, MessageId } from '../../src/letter/time.ts'

const signatureBegins = '<ds:Signature '
const signatureEnds = '</ds:Signature>'

/** The digest of an envelope as our own writer writes it: what it has without its signature is its canonical form. */
export function unsignedDigest(bytes: Buffer): string {
  const [from, to] = [bytes.indexOf(signatureBegins), bytes.lastIndexOf(signatureEnds)]
  return createHash('sha256')
    .update(bytes.subarray(0, from))
    .update(bytes.subarray(to + signatureEnds.length))
    .digest('hex')
}

/** What differs from one to the next. */
export interface Words {
  readonly messageId: MessageId
  /** As long as the template's. */
  readonly number: string
  readonly subject: string
}

export interface Made {
  readonly bytes: Buffer
  readonly digest: string
}

/** Makes envelopes like one with this letter. */
export function templateOf(letter: Letter, signer: Signer, at: Instant): (words: Words) => Made {
  const messageId: MessageId = 'urn:uuid:01890000-0000-7000-8000-000000000000'
  const envelope: Envelope = { messageId, createdAt: at, content: 'letter', letter }
  const sealed = seal(envelope, signer, at)
  const text = sealed.bytes.toString('utf8')
  const [from, to] = [text.indexOf(signatureBegins), text.lastIndexOf(signatureEnds) + signatureEnds.length]
  const marks = [messageId, letter.number.normalized, letter.subject]
  const [head, tail] = [filler(text.slice(0, from), marks), filler(text.slice(to), [])]
  // The document's digest stands in its signature, in base64.
  const signature = filler(text.slice(from, to), [base64Of(sealed.digest)])
  return ({ messageId: id, number, subject }) => {
    const [begin, end] = [head([id, number, subject]), tail([])]
    const digest = createHash('sha256').update(begin).update(end).digest('hex')
    return { bytes: Buffer.from(`${begin}${signature([base64Of(digest)])}${end}`), digest }
  }
}

const base64Of = (hexadecimal: string): string => Buffer.from(hexadecimal, 'hex').toString('base64')

/** Puts others in the places of these words. Throws when one of them is not there. */
function filler(text: string, marks: readonly string[]): (words: readonly string[]) => string {
  const pieces: { readonly text: string; readonly mark: number }[] = []
  let rest = text
  for (;;) {
    const [next] = marks
      .map((mark, index) => ({ at: rest.indexOf(mark), index, length: mark.length }))
      .filter((found) => found.at >= 0)
      .sort((one, other) => one.at - other.at)
    if (next === undefined) break
    pieces.push({ text: rest.slice(0, next.at), mark: next.index })
    rest = rest.slice(next.at + next.length)
  }
  for (const [index, mark] of marks.entries())
    if (!pieces.some((piece) => piece.mark === index)) throw new Error(`the template has no ${mark}`)
  return (words) => `${pieces.map((piece) => piece.text + words[piece.mark]).join('')}${rest}`
}
