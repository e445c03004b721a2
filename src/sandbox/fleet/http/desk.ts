// What the product of every version has: a book, numbers of its own, letters that go out, and letters that come, each
// registered once and answered.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { type Urgency, urgencyOfName } from '../../../letter/codes.ts'
import { type DateForm, type LetterDate, printLetterDate, readLetterDate } from '../../../letter/dates.ts'
import { type Office, type OfficeId, officeById, officeId } from '../../../letter/offices.ts'
import { type Instant, printInstant } from '../../../letter/time.ts'
import { type Handover, openOutbox } from '../../outbox.ts'
import { type Book, type BookEntry, type ClerkLetter, openBook, type Scan } from '../../systems/system.ts'
import type { FleetStage } from '../member.ts'
import type { Heard } from './http.ts'

/** A letter that goes out, with what the system makes of a clerk's words. */
export interface Going {
  readonly letter: ClerkLetter
  readonly from: Office
  readonly to: Office
  /** The system's own key of the letter: 18 digits. */
  readonly id: string
  readonly date: LetterDate | undefined
  readonly urgency: Urgency
  readonly circular: boolean
  readonly at: Instant
  readonly scans: readonly Scan[]
}

/** A letter that came, in the system's own words. */
export interface Came {
  readonly from: string
  readonly number: string
  readonly date: string
  readonly subject: string
  readonly files: readonly Buffer[]
}

export interface Told {
  readonly kind: string
  readonly number: string
  readonly date: string
  readonly receiveNumber: string
}

/** The receipt of a letter that came, for whoever sent it. */
export interface Receipt {
  readonly id: string
  readonly letter: Omit<Came, 'files'>
  readonly receiveNumber: string
  readonly at: Instant
}

export interface Desk {
  readonly office: OfficeId
  readonly entries: readonly BookEntry[]
  now(): Instant
  /** A secret of so many random bytes, in letters that a header holds. */
  secret(): string
  going(letter: ClerkLetter): Going
  /** The gateway has it. */
  sent(going: Going): void
  refused(going: Going, said: string): void
  /** A letter came: it is registered once, and a receipt is due at every coming. */
  came(id: string, letter: Came): void
  told(notice: Told): void
  /** The receipt is with the gateway. */
  answered(receipt: Receipt): void
  /** The receipts that nobody has fetched or taken yet, oldest first, for versions whose receipts are fetched. */
  readonly receipts: Map<string, Receipt>
  /** Calls the gateway with each receipt, again and again until it takes it: for versions that call. */
  callWith(send: (receipt: Receipt, signal: AbortSignal) => Promise<Heard>): void
  close(): Promise<void>
}

export function openDesk(
  office: string,
  { folder, clock, random, watch }: Pick<FleetStage, 'folder' | 'clock' | 'random' | 'watch'>,
): Desk {
  const own = officeOf(office)
  const book: Book = openBook(join(folder, 'book.jsonl'), watch)
  const now = (): string => printInstant(clock.now())
  const receipts = new Map<string, Receipt>()
  let running = book.entries.length
  /** The key of each letter, by number and date: a clerk who hears no answer hands over the same again. */
  const ids = new Map<string, string>()
  function idOf({ number, date }: ClerkLetter): string {
    const letter = `${number} ${date}`
    const known = ids.get(letter)
    if (known !== undefined) return known
    running += 1
    const id = `18446744073709${office}${String(running).padStart(2, '0')}`
    ids.set(letter, id)
    return id
  }
  let closing: (() => Promise<void>) | undefined
  let due = (receipt: Receipt): void => {
    receipts.set(receipt.id, receipt)
  }
  const answered = ({ letter: { number, date }, receiveNumber }: Receipt): void =>
    book.enter({ entry: 'notice.sent', at: now(), kind: 'accept', number, date, receiveNumber })

  return {
    office: own,
    entries: book.entries,
    now: () => clock.now(),
    secret: () => Buffer.from(random(18)).toString('base64url'),
    receipts,
    going(letter) {
      const date = readLetterDate(letter.date)
      return {
        letter,
        from: officeById(own),
        to: officeById(letter.to),
        id: idOf(letter),
        date: date.ok ? date.value : undefined,
        urgency: urgencyOfName(letter.urgency === '' ? 'ปกติ' : letter.urgency) ?? 'ordinary',
        circular: /\/ ?ว/.test(letter.number),
        at: clock.now(),
        scans: letter.scans,
      }
    },
    sent: ({ letter: { number, date } }) => book.enter({ entry: 'letter.sent', at: now(), number, date }),
    refused: ({ letter: { number } }, said) =>
      book.enter({ entry: 'letter.refused', at: now(), number, said }),
    came(id, { files, ...letter }) {
      const { from, number, date } = letter
      const key = { from, number, date }
      let receiveNumber = book.receiveNumberOf(key)
      if (receiveNumber === undefined) {
        receiveNumber = book.nextReceiveNumber(clock.now())
        const digests = files.map((bytes) => createHash('sha256').update(bytes).digest('hex'))
        book.enter({ entry: 'letter.received', at: now(), id, ...letter, files: digests, receiveNumber })
      } else book.enter({ entry: 'letter.repeated', at: now(), id, number })
      due({ id: receiveNumber.replace('/', '-'), letter, receiveNumber, at: clock.now() })
    },
    told: (notice) => book.enter({ entry: 'notice.received', at: now(), ...notice }),
    answered,
    callWith(send) {
      const outbox = openOutbox<Receipt>({
        path: join(folder, 'outbox.jsonl'),
        clock,
        send: async (receipt, signal) => {
          const handover = await handedOver(() => send(receipt, signal))
          if (handover.kind === 'taken') answered(receipt)
          return handover
        },
      })
      due = (receipt) => outbox.put(receipt.id, receipt)
      closing = () => outbox.close()
    },
    async close() {
      await closing?.()
      book.close()
    },
  }
}

async function handedOver(send: () => Promise<Heard>): Promise<Handover> {
  try {
    const { status, body } = await send()
    const said = `${status} ${body.toString('utf8').slice(0, 500)}`
    if (status >= 500 || status === 429) return { kind: 'later', said }
    return status >= 300 || status === 202 ? { kind: 'refused', said } : { kind: 'taken', said }
  } catch (error) {
    return { kind: 'later', said: error instanceof Error ? error.message : String(error) }
  }
}

/** What the gateway answered to a letter, into the book. Rejects where it could not take it: the clerk tries again. */
export function enterAnswer(desk: Desk, going: Going, { status, body }: Heard): void {
  if (status >= 500) throw new Error(`the gateway answered ${status}`)
  // 202: kept in quarantine for a person. The letter is not on its way, and the clerk must know.
  if (status === 200 || status === 201) desk.sent(going)
  else desk.refused(going, body.toString('utf8').slice(0, 2000))
}

/** The letter's date in a form; what no date can be made of stays as the clerk left it. */
export const dated = ({ date, letter }: Going, form: DateForm): string =>
  date === undefined ? letter.date : printLetterDate(date, form)

/** Midnight of the letter's day in Thailand, for programs that know instants only; undefined for what is no date. */
export const midnight = ({ date }: Going): Instant | undefined =>
  date === undefined ? undefined : Date.parse(`${date}T00:00:00+07:00`)

/** The day in Thailand on which an instant falls, for programs that know instants only: what their clerk is shown. What is no instant stays as it came. */
export function dayShown(came: unknown, at: number): string {
  const day = new Date(at + 7 * 3_600_000)
  return Number.isNaN(day.getTime()) ? String(came) : day.toISOString().slice(0, 10)
}

export function officeOf(id: string): OfficeId {
  const found = officeId(id)
  if (!found.ok) throw new Error(`no office ${id}`)
  return found.value
}
