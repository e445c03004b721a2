// Seals an envelope: XAdES baseline B-B (ETSI EN 319 132-1), enveloped, canonical by construction.
import type { Instant } from '../letter/time.ts'
import type { Envelope, SealedEnvelope, Signer } from './envelope.ts'

/** Seals in the calling thread. Throws a defect when the signer does not fit the envelope's From or its own certificate. */
export function seal(_envelope: Envelope, _signer: Signer, _signingTime: Instant): SealedEnvelope {
  throw new Error('being written')
}

/** Seals with the signature made in the thread pool. Rejects as `seal` throws. */
export async function sealAsync(_envelope: Envelope, _signer: Signer, _signingTime: Instant): Promise<SealedEnvelope> {
  throw new Error('being written')
}
