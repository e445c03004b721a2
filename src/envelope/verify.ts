// The way in: an envelope from outside is judged, in one order, and the first failure names its code (design §5.1).
import type { X509Certificate } from 'node:crypto'
import type { Instant } from '../letter/time.ts'
import { bad, good, problem, type Result } from '../problem/problem.ts'
import type { Envelope, Trust } from './envelope.ts'
import { readHashed, type Way } from './hashed.ts'
import { readContent } from './read.ts'
import { refusable } from './refusal.ts'
import { demandSigner } from './signer.ts'

export type { Way } from './hashed.ts'

interface Verified {
  readonly bytes: Buffer
  readonly digest: string
  readonly envelope: Envelope
  readonly certificate: X509Certificate
  readonly signingTime: Instant
  readonly way: Way
}

// Only this module has the key that the constructor asks for, so that nothing else makes a VerifiedEnvelope.
const judged = Symbol('judged')

/** An envelope whose references, signature, signer, schema and meaning were all found good. */
export class VerifiedEnvelope {
  /** As received. */
  readonly bytes: Buffer
  /** SHA-256 over the canonical document without its Signature, 64 lower-case hexadecimal digits. */
  readonly digest: string
  /** What the hashed bytes say. */
  readonly envelope: Envelope
  /** The signer's, as registered for the office in From. */
  readonly certificate: X509Certificate
  /** As the signer claims; at most 5 minutes after the time of the judgement. */
  readonly signingTime: Instant
  readonly way: Way
  /** Keeps look-alikes out of the type. */
  readonly #judged: typeof judged

  constructor(key: typeof judged, verified: Verified) {
    if (key !== judged) throw new TypeError('only verifyEnvelope makes a VerifiedEnvelope')
    this.#judged = key
    this.bytes = verified.bytes
    this.digest = verified.digest
    this.envelope = verified.envelope
    this.certificate = verified.certificate
    this.signingTime = verified.signingTime
    this.way = verified.way
  }

  /** Whether `thing` came from `verifyEnvelope`. */
  static is(thing: unknown): thing is VerifiedEnvelope {
    return typeof thing === 'object' && thing !== null && #judged in thing
  }
}

/**
 * Judges `bytes` as they would be judged at the time `at`: document and bounds, the signature's shape, references,
 * signer, schema, meaning. `way` demands one of the two ways to the canonical form; without it the fast one is taken
 * where the bytes allow it. Both come to the same answer.
 */
export function verifyEnvelope(
  bytes: Buffer,
  trust: Trust,
  at: Instant,
  options: { readonly way?: Way } = {},
): Result<VerifiedEnvelope> {
  return refusable(() => {
    const hashed = readHashed(bytes, options.way)
    const { certificate, signingTime } = demandSigner(hashed, trust, at)
    const envelope = readContent(hashed)
    const { digest, way } = hashed
    return good(new VerifiedEnvelope(judged, { bytes, digest, envelope, certificate, signingTime, way }))
  })
}

/**
 * Reads an envelope that our own journal kept after it was verified or sealed. This is **no verification**: it checks
 * that the bytes still have the `digest` (of `VerifiedEnvelope` or `SealedEnvelope`), not who signed them.
 */
export function reopenEnvelope(bytes: Buffer, digest: string): Result<Envelope> {
  return refusable(() => {
    const hashed = readHashed(bytes)
    if (hashed.digest !== digest)
      return bad(problem('envelope.digest.other', '', hashed.digest, { expected: digest }))
    return good(readContent(hashed))
  })
}
