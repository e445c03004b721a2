// The e-CMS system of a province: calls the national exchange's service to send, polls it for what has come (domain §3).
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { Agent } from 'undici'
import { secrecyCode, urgencyCode, urgencyOfName } from '../../letter/codes.ts'
import { readLetterDate } from '../../letter/dates.ts'
import { type Office, type OfficeId, officeById } from '../../letter/offices.ts'
import { type Clock, printInstant } from '../../letter/time.ts'
import { escapeXml, type Found, ServiceError, soapClient } from './soap.ts'
import { type BookEntry, type ClerkLetter, type OfficeSystem, openBook } from './system.ts'

export interface EcmsSettings {
  readonly folder: string
  readonly office: OfficeId
  readonly url: string
  readonly user: string
  readonly password: string
  readonly clock: Clock
  readonly watch: (entry: BookEntry) => void
}

const element = (name: string, content: string): string => `<ram:${name}>${content}</ram:${name}>`
const text = (name: string, value: string): string => element(name, escapeXml(value))

/** Opens the system; it goes on with the book that it has. */
export function openEcmsSystem(settings: EcmsSettings): OfficeSystem {
  const { office, clock } = settings
  const book = openBook(join(settings.folder, 'book.jsonl'), settings.watch)
  const dispatcher = new Agent()
  const { url, user, password } = settings
  const client = soapClient({ url, user, password, dispatcher })
  const now = (): string => printInstant(clock.now())

  /** First into the book, then out of the queue: a crash between them only brings the letter once more. */
  async function receiveLetter(letter: Found, processId: string): Promise<void> {
    const from = letter.all('SenderParty')[0]?.all('DepartmentOrganization')[0]?.text('ID') ?? ''
    const key = { from, number: letter.text('ID'), date: letter.text('CorrespondenceDate') }
    if (book.receiveNumberOf(key) === undefined) {
      const subject = letter.text('Subject')
      const receiveNumber = book.nextReceiveNumber(clock.now())
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
    await client.call('CorrespondenceLetterDeleteRequest', `<ProcessID>${escapeXml(processId)}</ProcessID>`)
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
      await client.call('CorrespondenceLetterDeleteRequest', `<ProcessID>${escapeXml(processId)}</ProcessID>`)
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
        await client.call('CorrespondenceLetterOutboundRequest', letterXml(letter, officeById(office), now()))
        book.enter({ entry: 'letter.sent', at: now(), number: letter.number, date: letter.date })
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error
        book.enter({ entry: 'letter.refused', at: now(), number: letter.number, said: error.message })
      }
    },
    async look() {
      try {
        await notify()
        while (await receiveHead()) await notify()
      } catch (error) {
        // An empty queue is said this way too. Nothing is lost: the head stays until it is deleted, and the book remembers
        // who must be told; the next look goes on.
        if (!(error instanceof ServiceError)) throw error
      }
    },
    async close() {
      await dispatcher.close()
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

/** The letter as `rsm:GovernmentDocument`, with the customary prefixes. */
function letterXml(letter: ClerkLetter, own: Office, sentAt: string): string {
  const urgency = urgencyOfName(letter.urgency === '' ? 'ปกติ' : letter.urgency) ?? 'ordinary'
  const date = readLetterDate(letter.date)
  const [main, ...enclosures] = letter.scans
  const object = (name: string, mediaType: string, bytes: Buffer): string =>
    `<ram:${name} mimeCode="${escapeXml(mediaType)}">${bytes.toString('base64')}</ram:${name}>`
  const content = [
    text('ID', letter.number),
    // A clerk may leave the date out; the service says then what is wrong.
    text('CorrespondenceDate', date.ok ? date.value : letter.date),
    text('Subject', letter.subject),
    text('SecretCode', secrecyCode('ordinary')),
    text('SpeedCode', urgencyCode(urgency)),
    element('SenderParty', party(own)),
    element('ReceiverParty', party(officeById(letter.to))),
    text('Attachment', enclosures.length === 0 ? '-' : `${enclosures.length} ฉบับ`),
    text('SendDate', sentAt.slice(0, 19)),
    text('Description', ''),
    object('MainLetterBinaryObject', main.mediaType, main.bytes),
    ...enclosures.map((one) => object('AttachmentBinaryObject', one.mediaType, one.bytes)),
  ].join('')
  return `<rsm:GovernmentDocument><ram:CorrespondenceLetter ID="Letter">${content}</ram:CorrespondenceLetter></rsm:GovernmentDocument>`
}

const party = (office: Office): string =>
  text('GivenName', '') +
  text('FamilyName', '') +
  text('JobTitle', office.jobTitle) +
  element('MinistryOrganization', text('ID', office.ministryId.slice(0, 2))) +
  element('DepartmentOrganization', text('ID', office.organisationId))
