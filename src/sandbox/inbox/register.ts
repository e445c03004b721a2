// The ministry's register of received letters (ทะเบียนหนังสือรับ), kept in the inbox's ledger.
import type { VerifiedEnvelope } from '../../envelope/verify.ts'
import type { LetterFields } from '../../letter/letter.ts'
import { type Instant, printInstant } from '../../letter/time.ts'
import { type Ledger, openLedger } from '../ledger.ts'

/** One line of the inbox's ledger. Times are written with +07:00. */
export type InboxEntry =
  | {
      readonly entry: 'letter.registered'
      readonly at: string
      readonly messageId: string
      readonly digest: string
      readonly from: string
      readonly number: string
      readonly date: string
      readonly subject: string
      readonly attachments: readonly string[]
      readonly receiveNumber: string
      /** The message id of the `receive` notice with which the inbox answered, and answers again. */
      readonly receipt: string
    }
  | {
      readonly entry: 'letter.repeated'
      readonly at: string
      readonly messageId: string
      readonly receiveNumber: string
    }
  | {
      readonly entry: 'notice.received'
      readonly at: string
      readonly messageId: string
      readonly digest: string
      readonly kind: string
      readonly from: string
      /** The message id of the letter that the notice speaks of. */
      readonly about: string
      readonly receiveNumber?: string
      readonly receipt: string
    }
  | {
      readonly entry: 'envelope.refused'
      readonly at: string
      readonly messageId?: string
      readonly codes: readonly string[]
    }
  | {
      readonly entry: 'letter.sent'
      readonly at: string
      readonly messageId: string
      readonly to: readonly string[]
      readonly number: string
      readonly date: string
      readonly subject: string
    }
  | {
      readonly entry: 'envelope.taken' | 'envelope.returned'
      readonly at: string
      readonly messageId: string
      readonly said: string
    }

/** An envelope that the inbox took before, and the notice with which it answered. */
export interface Taken {
  readonly digest: string
  readonly receipt: string
  readonly receiveNumber?: string
}

export interface Register {
  readonly entries: readonly InboxEntry[]
  taken(messageId: string): Taken | undefined
  /** Enters a letter under the next receive number of the year. Returns that number. */
  enter(verified: VerifiedEnvelope, letter: LetterFields, receipt: string, at: Instant): string
  note(entry: InboxEntry): void
  /** The letter registered last, other than this one. */
  other(messageId: string): (InboxEntry & { readonly entry: 'letter.registered' }) | undefined
  close(): void
}

/** Opens the register kept at `path`. */
export function openRegister(path: string): Register {
  const ledger: Ledger<InboxEntry> = openLedger(path)
  const taken = new Map<string, Taken>()
  const lastOf = new Map<string, number>()
  const registered: (InboxEntry & { readonly entry: 'letter.registered' })[] = []

  function remember(entry: InboxEntry): void {
    if (entry.entry === 'letter.registered') {
      registered.push(entry)
      taken.set(entry.messageId, entry)
      const [running, year] = entry.receiveNumber.split('/')
      lastOf.set(year ?? '', Number(running))
    } else if (entry.entry === 'notice.received') {
      taken.set(entry.messageId, entry)
    }
  }

  function note(entry: InboxEntry): void {
    ledger.append(entry)
    remember(entry)
  }

  for (const entry of ledger.entries) remember(entry)
  return {
    entries: ledger.entries,
    taken: (messageId) => taken.get(messageId),
    enter(verified, letter, receipt, at) {
      const year = String(buddhistYear(at))
      const receiveNumber = `${(lastOf.get(year) ?? 0) + 1}/${year}`
      note({
        entry: 'letter.registered',
        at: printInstant(at),
        messageId: verified.envelope.messageId,
        digest: verified.digest,
        from: letter.from.office,
        number: letter.number.printed,
        date: letter.date,
        subject: letter.subject,
        attachments: letter.attachments.map((one) => one.sha256),
        receiveNumber,
        receipt,
      })
      return receiveNumber
    },
    note,
    other: (messageId) => registered.findLast((entry) => entry.messageId !== messageId),
    close: () => ledger.close(),
  }
}

/** The calendar year in Thailand: numbers restart on 1 January, +07:00 (domain §2). */
const buddhistYear = (at: Instant): number => Number(printInstant(at).slice(0, 4)) + 543
