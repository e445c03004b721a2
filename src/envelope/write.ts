// Writes an envelope as XML that is its own canonical form (design §5.1).
import type { Envelope } from './envelope.ts'

/** The unsigned envelope: UTF-8, deterministic, its own exclusive canonical form. */
export function writeEnvelope(_envelope: Envelope): Buffer {
  throw new Error('being written')
}
