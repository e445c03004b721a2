// The canonical letter (หนังสือ): what every system's form is read into and written from.
import type { MediaType } from './attachments.ts'
import type { Kind, Secrecy, Urgency } from './codes.ts'
import type { LetterDate } from './dates.ts'
import type { LetterNumber } from './numbers.ts'
import type { OfficeId } from './offices.ts'
import type { Instant } from './time.ts'

/** A person who signs or receives a letter; what is not known is an empty string. */
export interface Person {
  readonly givenName: string
  readonly familyName: string
  readonly jobTitle: string
}

export interface Sender {
  readonly office: OfficeId
  readonly person?: Person
}

/** One office, or several for a circular (หนังสือเวียน): at least one, each once, in the order given. */
export interface Recipients {
  readonly offices: readonly [OfficeId, ...OfficeId[]]
  readonly person?: Person
}

/** A letter that this one refers to (อ้างถึง). */
export interface Reference {
  readonly number: string
  /** Absent when the source gives none. */
  readonly date?: LetterDate
  readonly subject: string
}

/** The main letter as a file, or an enclosure (สิ่งที่ส่งมาด้วย); its bytes travel beside the envelope. */
export interface Attachment {
  readonly name: string
  readonly mediaType: MediaType
  /** Bytes. */
  readonly size: number
  /** SHA-256 of the bytes, 64 lower-case hexadecimal digits. */
  readonly sha256: string
  readonly role: 'main' | 'enclosure'
}

/** A field of the source that no mapping names: it travels along and comes back to a system that knows it. */
export interface ExtensionField {
  readonly name: string
  readonly value: string
}

export interface LetterFields {
  readonly kind: Kind
  /** เวียน: sent in the same words to many. */
  readonly circular: boolean
  readonly number: LetterNumber
  readonly date: LetterDate
  /** Not empty; at most 1,000 characters; text as sent, never normalised. */
  readonly subject: string
  readonly urgency: Urgency
  readonly secrecy: Secrecy
  readonly from: Sender
  readonly to: Recipients
  readonly references: readonly Reference[]
  /** สิ่งที่ส่งมาด้วย, as a text; empty when there is none (the national standard writes `-`). */
  readonly enclosureNote: string
  /** When the sending system sent it; absent when it does not say. */
  readonly sentAt?: Instant
  readonly description: string
  readonly attachments: readonly Attachment[]
  readonly extension: readonly ExtensionField[]
}

declare const checked: unique symbol

/** A letter that `checkLetter` found without fault. Nothing else makes one. */
export type Letter = LetterFields & { readonly [checked]: 'letter' }
