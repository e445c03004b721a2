// The e-CMS system of a province: calls the national exchange's service to send, polls it for what has come (domain §3).
import { createHash } from 'node:crypto'
import { Agent } from 'node:http'
import { join } from 'node:path'
import { secrecyCode, urgencyCode, urgencyOfName } from '../../letter/codes.ts'
import { readLetterDate } from '../../letter/dates.ts'
import { type Office, type OfficeId, officeById } from '../../letter/offices.ts'
import { type Clock, printInstant } from '../../letter/time.ts'
import { openLedger } from '../ledger.ts'
import { escapeXml, type Found, namespaces, ServiceError, type SoapHabits, soapClient } from './soap.ts'
import { type BookEntry, type ClerkLetter, type OfficeSystem, openBook, type Scan } from './system.ts'

export interface EcmsSettings {
  readonly folder: string
  readonly office: OfficeId
  readonly url: string
  readonly user: string
  readonly password: string
  readonly clock: Clock
  readonly watch: (entry: BookEntry) => void
  /** How it departs from the standard; absent: not at all. */
  readonly habits?: EcmsHabits
}

export interface EcmsHabits extends SoapHabits {
  /** The digits of organisation ids that it writes. */
  readonly digits?: 5 | 10
  /** `processID` where the standard has `ProcessID`. */
  readonly lowerCaseProcessId?: boolean
  /** Subjects are pasted into XML as they stand, `&` too. */
  readonly pastesSubjects?: boolean
  /** The letter itself goes among the attachments: there is no main file. */
  readonly noMainFile?: boolean
  /** Deletes an item before it stores it, and then asks for it again. */
  readonly deletesFirst?: boolean
  /** How a receive number is written: text that the product's users may change. */
  readonly receiveNumber?: (number: string) => string
}

interface Deleted {
  readonly id: string
  readonly from: string
  readonly number: string
  readonly date: string
}

const element = (name: string, content: string): string => `<ram:${name}>${content}</ram:${name}>`
const text = (name: string, value: string): string => element(name, escapeXml(value))

/** Opens the system; it goes on with the book that it has. */
export function openEcmsSystem(settings: EcmsSettings): OfficeSystem {
  const { office, clock, habits = {} } = settings
  const book = openBook(join(settings.folder, 'book.jsonl'), settings.watch)
  const agent = new Agent({ keepAlive: true })
  const { url, user, password } = settings
  const client = soapClient({ url, user, password, agent, habits })
  /** Letters that it deleted and has not stored: what it must ask for again, even after a restart. */
  const deleted = openLedger<Deleted>(join(settings.folder, 'deleted.jsonl'))
  const now = (): string => printInstant(clock.now())

  const remove = (processId: string): Promise<Found> => {
    const name = habits.lowerCaseProcessId === true ? 'processID' : 'ProcessID'
    return client.call('CorrespondenceLetterDeleteRequest', `<${name}>${escapeXml(processId)}</${name}>`)
  }

  /** First into the book, then out of the queue: a crash between them only brings the letter once more. */
  async function receiveLetter(letter: Found, processId: string): Promise<void> {
    if (habits.deletesFirst !== true) {
      registerLetter(letter, processId)
      await remove(processId)
      return
    }
    const from = letter.all('SenderParty')[0]?.all('DepartmentOrganization')[0]?.text('ID') ?? ''
    deleted.append({
      id: processId,
      from,
      number: letter.text('ID'),
      date: letter.text('CorrespondenceDate'),
    })
    await remove(processId)
    await askAgain()
  }

  /** What it deleted too early comes once more, by its natural key. */
  async function askAgain(): Promise<void> {
    const stored = new Set(
      book.entries.map((one) =>
        one.entry === 'letter.received' || one.entry === 'letter.repeated' ? one.id : '',
      ),
    )
    for (const { id, from, number, date } of deleted.entries) {
      if (stored.has(id)) continue
      const key =
        `<LetterID>${escapeXml(number)}</LetterID><CorrespondenceDate>${escapeXml(date)}</CorrespondenceDate>` +
        `<SenderDepartment><Code>${escapeXml(from)}</Code></SenderDepartment>` +
        `<AcceptDepartment><Code>${officeById(office).organisationId}</Code></AcceptDepartment>`
      const again = await client.call('CorrespondenceLetterInboundSpecialRequest', key)
      const letter = again.all('CorrespondenceLetter')[0]
      if (letter !== undefined) registerLetter(letter, id)
    }
  }

  function registerLetter(letter: Found, processId: string): void {
    const from = letter.all('SenderParty')[0]?.all('DepartmentOrganization')[0]?.text('ID') ?? ''
    const key = { from, number: letter.text('ID'), date: letter.text('CorrespondenceDate') }
    if (book.receiveNumberOf(key) === undefined) {
      const subject = letter.text('Subject')
      const next = book.nextReceiveNumber(clock.now())
      const receiveNumber = habits.receiveNumber?.(next) ?? next
      const files = [...letter.all('MainLetterBinaryObject'), ...letter.all('AttachmentBinaryObject')]
        .map((one) => one.text('#text'))
        .filter((base64) => base64 !== '')
        .map((base64) => createHash('sha256').update(Buffer.from(base64, 'base64')).digest('hex'))
      book.enter({
        entry: 'letter.received',
        at: now(),
        id: processId,
        ...key,
        subject,
        files,
        receiveNumber,
      })
    } else book.enter({ entry: 'letter.repeated', at: now(), id: processId, number: key.number })
  }

  /** Tells the sender of each letter in the book that has not been told: again and again until the service takes it. */
  async function notify(): Promise<void> {
    const told = new Set(book.entries.map((one) => (one.entry === 'notice.sent' ? one.receiveNumber : '')))
    for (const letter of book.entries) {
      if (letter.entry !== 'letter.received' || told.has(letter.receiveNumber)) continue
      const { from, number, date, subject, receiveNumber } = letter
      const words =
        `<LetterID>${escapeXml(number)}</LetterID><CorrespondenceDate>${escapeXml(date)}</CorrespondenceDate>` +
        `<Subject>${escapeXml(subject)}</Subject>`
      const to = `<SenderDepartment><Code>${escapeXml(from)}</Code></SenderDepartment>`
      await client.call('ReceiveLetterNotifier', words + to)
      await client.call(
        'AcceptLetterNotifier',
        `${words}<AcceptID>${escapeXml(receiveNumber)}</AcceptID>${to}`,
      )
      book.enter({ entry: 'notice.sent', at: now(), kind: 'accept', number, date, receiveNumber })
    }
  }

  function receiveNotice(kind: string, notice: Found): void {
    book.enter({
      entry: 'notice.received',
      at: now(),
      kind,
      number: notice.text('LetterID'),
      date: notice.text('CorrespondenceDate'),
      receiveNumber: notice.text('AcceptID'),
    })
  }

  /** The head of the queue: false when nothing waits. */
  async function receiveHead(): Promise<boolean> {
    const head = await client.call('CorrespondenceLetterInboundRequest', '')
    const processId = head.text('ProcessID') || head.text('processID')
    const letter = head.all('CorrespondenceLetter')[0]
    if (letter !== undefined) {
      await receiveLetter(letter, processId)
      return true
    }
    for (const [name, kind] of Object.entries(notifiers)) {
      const notice = head.all(name)[0]
      if (notice === undefined) continue
      receiveNotice(kind, notice)
      await remove(processId)
      return true
    }
    return false
  }

  return {
    name: 'e-CMS SOAP',
    office,
    entries: book.entries,
    async send(letter) {
      try {
        await client.call(
          'CorrespondenceLetterOutboundRequest',
          letterXml(letter, officeById(office), now(), habits),
        )
        book.enter({ entry: 'letter.sent', at: now(), number: letter.number, date: letter.date })
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error
        book.enter({ entry: 'letter.refused', at: now(), number: letter.number, said: error.message })
      }
    },
    async look() {
      try {
        await askAgain()
        await notify()
        while (await receiveHead()) await notify()
      } catch (error) {
        // An empty queue is said this way too. Nothing is lost: the head stays until it is deleted, and the book remembers
        // who must be told; the next look goes on.
        if (!(error instanceof ServiceError)) throw error
      }
    },
    async close() {
      agent.destroy()
      deleted.close()
      book.close()
    },
  }
}

const notifiers = {
  ReceiveLetterNotifier: 'receive',
  AcceptLetterNotifier: 'accept',
  RejectLetterNotifier: 'reject',
  InvalidLetterNotifier: 'invalid',
  InvalidAcceptIDNotifier: 'dispute',
} as const

/** The letter as `rsm:GovernmentDocument`, with the customary prefixes. `namespaces`: it declares them itself. */
export function letterXml(
  letter: ClerkLetter,
  own: Office,
  sentAt: string,
  habits: EcmsHabits & { readonly namespaces?: boolean },
): string {
  const urgency = urgencyOfName(letter.urgency === '' ? 'ปกติ' : letter.urgency) ?? 'ordinary'
  const date = readLetterDate(letter.date)
  const [main, ...enclosures] = letter.scans
  const object = (name: string, { mediaType, bytes }: Scan): string =>
    `<ram:${name} mimeCode="${escapeXml(mediaType)}">${bytes.toString('base64')}</ram:${name}>`
  const digits = habits.digits ?? 10
  const content = [
    text('ID', letter.number),
    // A clerk may leave the date out; the service says then what is wrong.
    text('CorrespondenceDate', date.ok ? date.value : letter.date),
    habits.pastesSubjects === true ? element('Subject', letter.subject) : text('Subject', letter.subject),
    text('SecretCode', secrecyCode('ordinary')),
    text('SpeedCode', urgencyCode(urgency)),
    element('SenderParty', party(own, digits)),
    element('ReceiverParty', party(officeById(letter.to), digits)),
    text('Attachment', enclosures.length === 0 ? '-' : `${enclosures.length} ฉบับ`),
    text('SendDate', sentAt.slice(0, 19)),
    text('Description', ''),
    ...(habits.noMainFile === true
      ? [object('AttachmentBinaryObject', main)]
      : [object('MainLetterBinaryObject', main)]),
    ...enclosures.map((one) => object('AttachmentBinaryObject', one)),
  ].join('')
  const declared = habits.namespaces === true ? ` ${namespaces}` : ''
  return `<rsm:GovernmentDocument${declared}><ram:CorrespondenceLetter ID="Letter">${content}</ram:CorrespondenceLetter></rsm:GovernmentDocument>`
}

const party = (office: Office, digits: 5 | 10): string =>
  text('GivenName', '') +
  text('FamilyName', '') +
  text('JobTitle', office.jobTitle) +
  element('MinistryOrganization', text('ID', office.ministryId.slice(0, 2))) +
  element('DepartmentOrganization', text('ID', office.organisationId.slice(0, digits)))
