// The notice: a statement of one office about a letter that it received or sent.
import type { LetterDate } from './dates.ts'
import type { LetterFields } from './letter.ts'
import { normalizeNumber } from './numbers.ts'
import type { OfficeId } from './offices.ts'
import type { Instant, MessageId } from './time.ts'

export const noticeKinds = ['receive', 'accept', 'reject', 'invalid', 'dispute', 'recall'] as const
export type NoticeKind = (typeof noticeKinds)[number]

/** Which letter a notice speaks of: its envelope, and the words by which people know it. */
export interface AboutLetter {
  readonly messageId: MessageId
  /** The digest of the letter's envelope (design §5.1): 64 lower-case hexadecimal digits. */
  readonly digest: string
  /** The letter's number as printed. */
  readonly number: string
  readonly date: LetterDate
  readonly subject: string
}

/**
 * Whether the words by which a notice names its letter are that letter's own: people and old systems know a letter by its
 * number, date and subject, so a notice that names another letter in words misleads them, whatever digest it bears.
 */
export function namesLetter(about: AboutLetter, letter: LetterFields): boolean {
  const { number, date, subject } = about
  const sameNumber = number === letter.number.printed || normalizeNumber(number) === letter.number.normalized
  return sameNumber && date === letter.date && subject === letter.subject
}

interface NoticeFields {
  readonly from: OfficeId
  readonly to: OfficeId
  readonly about: AboutLetter
  /** When it happened at the office that says so. */
  readonly at: Instant
  /** In words, for people; empty when the office says none. */
  readonly reason: string
}

/** `accept` and `dispute` name a receive number (เลขรับ), free text of at most 100 characters; the others cannot. */
export type Notice =
  | (NoticeFields & { readonly kind: 'accept' | 'dispute'; readonly receiveNumber: string })
  | (NoticeFields & {
      readonly kind: 'receive' | 'reject' | 'invalid' | 'recall'
      readonly receiveNumber?: never
    })
