// A letter as the register of a system that exchanges files holds it, before it is put into the system's own form.
import { urgencies, urgencyOfName } from '../../../letter/codes.ts'
import { type DateForm, printLetterDate, readLetterDate } from '../../../letter/dates.ts'
import { type Office, type OfficeId, officeById } from '../../../letter/offices.ts'
import type { ClerkLetter } from '../../systems/system.ts'

export interface Entry {
  readonly number: string
  readonly subject: string
  /** 0 ปกติ, 1 ด่วน, 2 ด่วนมาก, 3 ด่วนที่สุด. */
  readonly urgency: number
  /** Whether it is one of a circular series. */
  readonly circular: boolean
  readonly from: Office
  readonly to: Office
  /** The names of its files, the letter itself first. */
  readonly files: readonly [string, ...string[]]
  /** เลขทะเบียนส่ง. */
  readonly running: number
  /** The letter's day in the system's own form; '' when the paper shows none that is a day. */
  day(form: DateForm): string
}

export function entryOf(letter: ClerkLetter, office: OfficeId, running: number): Entry {
  const day = readLetterDate(letter.date)
  const [main, ...enclosures] = letter.scans
  return {
    number: letter.number,
    subject: letter.subject,
    urgency: urgencies.indexOf(urgencyOfName(letter.urgency === '' ? 'ปกติ' : letter.urgency) ?? 'ordinary'),
    circular: /\/ ?ว/.test(letter.number),
    from: officeById(office),
    to: officeById(letter.to),
    files: [main.name, ...enclosures.map(({ name }) => name)],
    running,
    day: (form) => (day.ok ? printLetterDate(day.value, form) : ''),
  }
}

/** What stands in a document that came, in the words of the system. */
export type Arrived = ArrivedLetter | ArrivedNotice

export interface ArrivedLetter {
  readonly kind: 'letter'
  readonly from: string
  readonly number: string
  readonly date: string
  readonly subject: string
  /** The names of its files. */
  readonly files: readonly string[]
}

export interface ArrivedNotice {
  readonly kind: 'notice'
  /** `accept`, …; the system's own word where it is none of these. */
  readonly says: string
  readonly number: string
  readonly date: string
  readonly receiveNumber: string
}

/** A document as it stands on disk, with the memo file of a table. */
export interface Pages {
  readonly document: Buffer
  readonly memos?: Buffer
}

/** A product's form at one installation. */
export interface ExchangeForm {
  /** What the names of its documents end with: `.dbf`; and of their memo files, where it has them: `.dbt`. */
  readonly ending: string
  readonly memoEnding?: string
  /** What the names of letters and of notices that it sends begin with. */
  readonly begins: { readonly letter: string; readonly notice: string }
  letter(entry: Entry): Pages
  /** That a letter is registered here under this number. */
  accept(about: ArrivedLetter, receiveNumber: string, at: string): Pages
  read(pages: Pages): readonly Arrived[]
}
