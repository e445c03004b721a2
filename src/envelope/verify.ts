// Verifies an envelope from outside (design §5.1).
import type { X509Certificate } from 'node:crypto'
import type { Instant } from '../letter/time.ts'
import type { Result } from '../problem/problem.ts'
import type { Envelope, Trust } from './envelope.ts'

/** `slices`: the received bytes are their own canonical form; `canonicalised`: libxml2 made it. */
export type Way = 'slices' | 'canonicalised'

/** An envelope whose signature, signer, schema and meaning were all found good. */
export interface VerifiedEnvelope {
  readonly bytes: Buffer
  readonly digest: string
  readonly envelope: Envelope
  readonly certificate: X509Certificate
  readonly signingTime: Instant
  readonly way: Way
}

/** Judges `bytes` at the time `at`. The first failure names its code. */
export function verifyEnvelope(_bytes: Buffer, _trust: Trust, _at: Instant, _options: { way?: Way } = {}): Result<VerifiedEnvelope> {
  throw new Error('being written')
}

/** Reads an envelope that our own journal kept after verifying or sealing it: checks the digest, not the signature. */
export function reopenEnvelope(_bytes: Buffer, _digest: string): Result<Envelope> {
  throw new Error('being written')
}
