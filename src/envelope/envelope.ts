// The envelope: the signed XML document that carries exactly one letter or notice (design §5.1). Types only.
import type { KeyObject, X509Certificate } from 'node:crypto'
import type { Letter } from '../letter/letter.ts'
import type { Notice } from '../letter/notice.ts'
import type { OfficeId } from '../letter/offices.ts'
import type { Instant, MessageId } from '../letter/time.ts'

/** Where an envelope's content came from. What is not known is absent. */
export interface Provenance {
  /** The profile's id: which system handed the letter over. */
  readonly system: string
  /** SHA-256 of the profile's text, 64 lower-case hexadecimal digits. */
  readonly profileVersion?: string
  /** The document format's kind: `csv`, `e-cms`, `json`. */
  readonly format: string
  /** The charset that the source was read in. */
  readonly charset?: string
  /** SHA-256 of the source's bytes, 64 lower-case hexadecimal digits. */
  readonly sourceDigest: string
  /** The date as the source printed it. */
  readonly datePrinted?: string
  /** Set when the number's letters were missing in the source and completed from the sender's office. */
  readonly numberCompleted?: boolean
}

interface EnvelopeFields {
  readonly messageId: MessageId
  readonly createdAt: Instant
  readonly provenance?: Provenance
}

/** What an envelope says. From and To are the letter's or the notice's own. */
export type Envelope =
  | (EnvelopeFields & { readonly content: 'letter'; readonly letter: Letter })
  | (EnvelopeFields & { readonly content: 'notice'; readonly notice: Notice })

/** Who seals: a private key and the certificate registered for the office (the office in From). */
export interface Signer {
  readonly office: OfficeId
  readonly key: KeyObject
  readonly certificate: X509Certificate
}

/** The bytes of a sealed envelope and their digest (design §5.1: SHA-256 over the canonical document without its Signature). */
export interface SealedEnvelope {
  readonly bytes: Buffer
  /** 64 lower-case hexadecimal digits. */
  readonly digest: string
}

/** Who may speak for which office: the trust folder of design §5.1, read into memory. */
export interface Trust {
  readonly authority: X509Certificate
  /** The certificates registered for an office, exactly as its id is written; empty when there are none. */
  certificatesOf(office: string): readonly X509Certificate[]
}
