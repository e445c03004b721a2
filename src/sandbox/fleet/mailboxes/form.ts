// The sample form by which offices without a system write their letters as mails: labelled lines. Each office has its own
// words for them, its own order, and its own way to write a date, an office or a degree of urgency.

import { urgencies, urgencyOfName } from '../../../letter/codes.ts'
import { type DateForm, printLetterDate, readLetterDate } from '../../../letter/dates.ts'
import { type OfficeId, officeById } from '../../../letter/offices.ts'
import { type Instant, printInstant } from '../../../letter/time.ts'
import type { ClerkLetter } from '../../systems/system.ts'

/** What a line of a letter says. */
export type LetterLine =
  | 'number'
  | 'date'
  | 'subject'
  | 'from'
  | 'to'
  | 'urgency'
  | 'secrecy'
  | 'kind'
  | 'circular'
  | 'signer'
  | 'receiver'
  | 'enclosure'
  | 'sent'
  | 'sentTime'
  | 'note'
  | 'main'
  | 'contact'
  /** Parts of a date that stand in lines of their own, and the line that holds subject and recipient. */
  | 'day'
  | 'month'
  | 'year'
  | 'subjectAndTo'

export type NoticeLine = 'kind' | 'number' | 'date' | 'office' | 'receiveNumber' | 'at' | 'reason'

/** How an office fills in the form. */
export interface Form {
  /** The lines, in their order: what each says, and its label. */
  readonly lines: readonly (readonly [LetterLine, string])[]
  /** Between label and value. */
  readonly after: ': ' | '\t: ' | ' '
  /** The mail's subject, with lines in braces; `{subject}` alone: the letter's subject stands nowhere else. */
  readonly subject: string
  readonly date: DateForm
  /** The day of `sent`; its time comes behind `between`, or in a line of its own. */
  readonly sentDate?: DateForm
  readonly between?: string
  readonly office: 'th' | 'en' | 'abbreviation' | 'id' | 'organisationId'
  readonly separator: string
  /** Words for the four degrees of urgency; none: the degree stands before the number. */
  readonly urgency?: readonly [string, string, string, string]
  readonly circular?: readonly [yes: string, no: string]
  readonly kind?: string
  readonly secrecy?: string
  /** Which file is the letter itself: the one in the line `main`, the one so named, or the first PDF. */
  readonly main?: 'named' | 'none'
  readonly thaiDigits?: true
}

export interface NoticeForm {
  readonly lines: readonly (readonly [NoticeLine, string])[]
  /** How the mail's subject begins. */
  readonly subject: string
  /** The office's words for what may be told, and what each means. */
  readonly kinds: Readonly<Record<string, string>>
  readonly date: DateForm
}

/** What an office reads of a mail. */
export interface LetterRead {
  readonly from: string
  readonly number: string
  readonly date: string
  readonly subject: string
}

const thaiDigit = (text: string): string =>
  text.replaceAll(/[0-9]/g, (digit) => String.fromCharCode(0x0e50 + Number(digit)))

const officeWord = (id: OfficeId, { office }: Form): string => officeById(id)[office]

/** What each line of a letter says, as this office writes it. */
function valuesOf(
  letter: ClerkLetter,
  office: OfficeId,
  form: Form,
  at: Instant,
): Partial<Record<LetterLine, string>> {
  const read = readLetterDate(letter.date)
  const urgency = urgencyOfName(letter.urgency === '' ? 'ปกติ' : letter.urgency) ?? 'ordinary'
  const degree = urgencies.indexOf(urgency)
  // A form without a line for it says it before the number, as the stamp on the paper stands.
  const glued = form.urgency === undefined && degree > 0 ? letter.urgency : ''
  const number = form.thaiDigits === true ? thaiDigit(letter.number) : letter.number
  // What is no date stays as the clerk left it.
  const date = read.ok ? printLetterDate(read.value, form.date) : letter.date
  const [day = '', month = '', year = ''] = date.split(' ')
  const sent = printInstant(at)
  const sentOn = readLetterDate(sent.slice(0, 10), { form: 'ce:yyyy-MM-dd' })
  const sentDay = sentOn.ok && form.sentDate !== undefined ? printLetterDate(sentOn.value, form.sentDate) : ''
  const time = sent.slice(11, 19)
  const to = officeWord(letter.to, form)
  return {
    number: `${glued}${number}`,
    date,
    day,
    month,
    year,
    subject: letter.subject,
    subjectAndTo: `${letter.subject} (ถึง ${to})`,
    from: officeWord(office, form),
    to,
    ...(form.urgency !== undefined && { urgency: form.urgency[degree] ?? '' }),
    ...(form.circular !== undefined && { circular: form.circular[/\/ ?ว/.test(letter.number) ? 0 : 1] }),
    ...(form.kind !== undefined && { kind: form.kind }),
    ...(form.secrecy !== undefined && { secrecy: form.secrecy }),
    signer: officeById(office).jobTitle,
    receiver: officeById(letter.to).jobTitle,
    enclosure: letter.scans.length > 1 ? `เอกสาร ${letter.scans.length - 1} ฉบับ` : '',
    sent: form.between === undefined ? sentDay : `${sentDay}${form.between}${time}`,
    sentTime: time,
    main: letter.scans[0].name,
    contact: `งานสารบรรณ โทร 0${office} 710 341`,
  }
}

/** The mail of a letter: its subject, and its text. */
export function writeLetter(
  letter: ClerkLetter,
  office: OfficeId,
  form: Form,
  at: Instant,
): { readonly subject: string; readonly text: string } {
  const values = valuesOf(letter, office, form, at)
  const value = (line: string): string => values[line as LetterLine] ?? ''
  const lines = form.lines
    .filter(([line]) => value(line) !== '')
    .map(([line, label]) => `${label}${form.after}${value(line)}`)
  return { subject: filled(form.subject, value), text: lines.join('\n') }
}

const filled = (template: string, value: (line: string) => string): string =>
  template.replaceAll(/\{(\w+)\}/g, (_, line: string) => value(line))

/** The text of the notice that a letter is registered. */
export function writeAccept(
  { from, number, date }: LetterRead,
  receiveNumber: string,
  form: NoticeForm,
  at: Instant,
): string {
  const kind = Object.entries(form.kinds).find(([, meaning]) => meaning === 'accept')?.[0] ?? ''
  const now = printInstant(at)
  const today = readLetterDate(now.slice(0, 10), { form: 'ce:yyyy-MM-dd' })
  const values: Record<NoticeLine, string> = {
    kind,
    number,
    date,
    office: from,
    receiveNumber,
    at: today.ok ? `${printLetterDate(today.value, 'dd/MM/yyyy')} ${now.slice(11, 16)}` : '',
    reason: '',
  }
  return form.lines
    .filter(([line]) => values[line] !== '')
    .map(([line, label]) => `${label}: ${values[line]}`)
    .join('\n')
}

/** What the lines of a mail say, by label. The gateway writes each on one line, with a colon. */
export function readLines(text: string, labels: readonly string[]): ReadonlyMap<string, string> {
  const said = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    const label = labels.find((each) => line.startsWith(`${each}:`))
    if (label !== undefined && !said.has(label)) said.set(label, line.slice(label.length + 1).trim())
  }
  return said
}

/** A letter, as the office enters it into its book. */
export function readLetter(text: string, subject: string, form: Form): LetterRead {
  const said = readLines(
    text,
    form.lines.map(([, label]) => label),
  )
  const value = (line: LetterLine): string =>
    said.get(form.lines.find(([each]) => each === line)?.[1] ?? '') ?? ''
  const has = (line: LetterLine): boolean => form.lines.some(([each]) => each === line)
  const both = /^(.*) \(ถึง .*\)$/s.exec(value('subjectAndTo'))
  return {
    from: value('from'),
    number: value('number'),
    date: has('date') ? value('date') : `${value('day')} ${value('month')} ${value('year')}`,
    subject: both?.[1] ?? (has('subject') ? value('subject') : subject),
  }
}

/** A notice, as the office enters it. */
export function readNotice(
  text: string,
  form: NoticeForm,
): { readonly kind: string; readonly number: string; readonly date: string; readonly receiveNumber: string } {
  const said = readLines(
    text,
    form.lines.map(([, label]) => label),
  )
  const value = (line: NoticeLine): string =>
    said.get(form.lines.find(([each]) => each === line)?.[1] ?? '') ?? ''
  const kind = value('kind')
  return {
    kind: form.kinds[kind] ?? kind,
    number: value('number'),
    date: value('date'),
    receiveNumber: value('receiveNumber'),
  }
}
