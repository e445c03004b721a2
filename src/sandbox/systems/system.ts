// What the provincial systems of the sandbox have in common: a book of letters sent and received, kept as a ledger.
import type { OfficeId } from '../../letter/offices.ts'
import { type Instant, printInstant } from '../../letter/time.ts'
import { type Ledger, openLedger } from '../ledger.ts'

/** A file that belongs to a letter. */
export interface Scan {
  readonly name: string
  readonly mediaType: string
  readonly bytes: Buffer
}

/** A letter as a clerk of the province enters it: printed words, Buddhist dates. */
export interface ClerkLetter {
  readonly number: string
  /** `15 พฤศจิกายน 2551`; empty when the paper shows none. */
  readonly date: string
  readonly subject: string
  /** ชั้นความเร็ว in Thai; empty means ปกติ. */
  readonly urgency: string
  readonly to: OfficeId
  /** The first is the letter itself. */
  readonly scans: readonly [Scan, ...Scan[]]
}

/** One line of a system's book. Numbers, dates and receive numbers stand as the system itself holds them. */
export type BookEntry =
  /** Handed over, and the gateway said that it has it (or took the file away). */
  | {
      readonly entry: 'letter.sent'
      readonly at: string
      readonly number: string
      readonly date: string
      /** The file in which it was handed over, where it was one. */
      readonly file?: string
    }
  /** The gateway said no. */
  | { readonly entry: 'letter.refused'; readonly at: string; readonly number: string; readonly said: string }
  | {
      readonly entry: 'letter.received'
      readonly at: string
      /** By what this handing-over is known: the file's name, the message id, the ProcessID. */
      readonly id: string
      readonly from: string
      readonly number: string
      readonly date: string
      readonly subject: string
      /** SHA-256 of each file that came with it. */
      readonly files: readonly string[]
      /** เลขรับ of this office. */
      readonly receiveNumber: string
    }
  /** A letter that is in the book already came once more: it keeps its receive number. */
  | { readonly entry: 'letter.repeated'; readonly at: string; readonly id: string; readonly number: string }
  | {
      readonly entry: 'notice.received'
      readonly at: string
      readonly kind: string
      readonly number: string
      readonly date: string
      readonly receiveNumber: string
    }
  | {
      readonly entry: 'notice.sent'
      readonly at: string
      readonly kind: string
      readonly number: string
      readonly date: string
      readonly receiveNumber: string
    }

type Entered<Kind extends BookEntry['entry']> = BookEntry & { readonly entry: Kind }

/** A system of one province. */
export interface OfficeSystem {
  readonly name: string
  readonly office: OfficeId
  readonly entries: readonly BookEntry[]
  /** Hands a letter over. Rejects when it could not: the clerk tries again. */
  send(letter: ClerkLetter): Promise<void>
  /** Looks once for what has come, and answers it. Does nothing where the gateway calls the system. */
  look(): Promise<void>
  close(): Promise<void>
}

export interface Book {
  readonly entries: readonly BookEntry[]
  enter(entry: BookEntry): void
  /** The receive number of a letter that is in the book already, by sender, number and date. */
  receiveNumberOf(key: LetterKey): string | undefined
  /** เลขรับ for the next letter of the year, `12/2569`. */
  nextReceiveNumber(at: Instant): string
  close(): void
}

export interface LetterKey {
  readonly from: string
  readonly number: string
  readonly date: string
}

/** Opens the book at `path`; `watch` is told of each entry as it is made. */
export function openBook(path: string, watch: (entry: BookEntry) => void): Book {
  const ledger: Ledger<BookEntry> = openLedger(path)
  const received = (): Entered<'letter.received'>[] =>
    ledger.entries.filter((entry) => entry.entry === 'letter.received')
  return {
    entries: ledger.entries,
    enter(entry) {
      ledger.append(entry)
      watch(entry)
    },
    receiveNumberOf: (key) =>
      received().find(
        (entry) => entry.from === key.from && entry.number === key.number && entry.date === key.date,
      )?.receiveNumber,
    nextReceiveNumber(at) {
      const year = Number(printInstant(at).slice(0, 4)) + 543
      const running = received().filter((entry) => entry.receiveNumber.endsWith(`/${year}`)).length
      return `${running + 1}/${year}`
    },
    close: () => ledger.close(),
  }
}
