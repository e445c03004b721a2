// What stands behind such a server: the register of what came, and the queue of what waits to be polled.
import { createHash } from 'node:crypto'
import { type OfficeId, officeById } from '../../../letter/offices.ts'
import { type Clock, printInstant } from '../../../letter/time.ts'
import { openLedger } from '../../ledger.ts'
import { letterXml } from '../../systems/ecms.ts'
import { escapeXml, type Found } from '../../systems/soap.ts'
import { type BookEntry, type ClerkLetter, openBook } from '../../systems/system.ts'
import type { ServerWays } from './ways.ts'

/** A line of the store: an item that waits, one that was polled and deleted, a letter's content, a letter to be forgotten. */
type Line =
  | { readonly line: 'item'; readonly id: string; readonly xml: string }
  | { readonly line: 'deleted'; readonly id: string }
  | { readonly line: 'letter'; readonly id: string; readonly key: string; readonly content: string }
  | { readonly line: 'forgotten'; readonly key: string }

export interface DeskSettings {
  readonly path: (name: string) => string
  readonly office: OfficeId
  readonly ways: ServerWays
  readonly clock: Clock
  readonly watch: (entry: BookEntry) => void
}

export interface Desk {
  readonly entries: readonly BookEntry[]
  /** Puts a letter of the province into the queue. */
  send(letter: ClerkLetter): void
  /** What stands in the body of the answer to a request. */
  answer(request: Found): string
  close(): void
}

const notifiers = {
  ReceiveLetterNotifier: 'receive',
  AcceptLetterNotifier: 'accept',
  RejectLetterNotifier: 'reject',
  InvalidLetterNotifier: 'invalid',
  InvalidAcceptIDNotifier: 'dispute',
} as const

/** Opens the desk; it goes on where it stopped. */
export function openDesk({ path, office, ways, clock, watch }: DeskSettings): Desk {
  const book = openBook(path('book.jsonl'), watch)
  const store = openLedger<Line>(path('store.jsonl'))
  const now = (): string => printInstant(clock.now())
  const own = officeById(office)

  const put = (xml: string): string => {
    const id = String(store.entries.length + 1).padStart(6, '0')
    store.append({ line: 'item', id, xml })
    return id
  }
  const head = (): (Line & { readonly line: 'item' }) | undefined => {
    const gone = new Set(store.entries.map((one) => (one.line === 'deleted' ? one.id : '')))
    return store.entries.find(
      (one): one is Line & { line: 'item' } => one.line === 'item' && !gone.has(one.id),
    )
  }
  /** The letter that stands under a key and was not forgotten since. */
  const letterOf = (key: string): (Line & { readonly line: 'letter' }) | undefined => {
    const last = store.entries.findLast(
      (one) => (one.line === 'letter' || one.line === 'forgotten') && one.key === key,
    )
    return last?.line === 'letter' ? last : undefined
  }

  function letter(found: Found): string {
    const from = found.all('SenderParty')[0]?.all('DepartmentOrganization')[0]?.text('ID') ?? ''
    const [number, date, subject] = [
      found.text('ID'),
      found.text('CorrespondenceDate'),
      found.text('Subject'),
    ]
    const objects = [...found.all('MainLetterBinaryObject'), ...found.all('AttachmentBinaryObject')]
    const files = objects
      .map((one) => one.text('#text'))
      .filter((base64) => base64 !== '')
      .map((base64) => createHash('sha256').update(Buffer.from(base64, 'base64')).digest('hex'))
    const key = `${from} ${number} ${date}`
    const content = createHash('sha256')
      .update(JSON.stringify([subject, files]))
      .digest('hex')
    const stored = letterOf(key)
    // A crash may have left it in the store and out of the register: then it is registered now.
    const known = book.entries.some((one) => one.entry === 'letter.received' && one.id === stored?.id)
      ? stored
      : undefined
    if (known !== undefined) {
      if (ways.repeated !== 'same' || known.content !== content) {
        const code = ways.repeated === 'same' ? 'E409' : ways.repeated
        return failure(code, 'มีหนังสือเลขที่นี้ในทะเบียนแล้ว')
      }
      book.enter({ entry: 'letter.repeated', at: now(), id: known.id, number })
      return done('CorrespondenceLetterOutboundResponse', known.id)
    }
    const next = book.nextReceiveNumber(clock.now())
    const receiveNumber = ways.receiveNumber?.(next) ?? next
    const id = String(store.entries.length + 1).padStart(6, '0')
    store.append({ line: 'letter', id, key, content })
    book.enter({ entry: 'letter.received', at: now(), id, from, number, date, subject, files, receiveNumber })
    const words = `<LetterID>${escapeXml(number)}</LetterID>`
    const rest = `<CorrespondenceDate>${escapeXml(date)}</CorrespondenceDate><Subject>${escapeXml(subject)}</Subject>`
    const to = `<SenderDepartment><Code>${escapeXml(from)}</Code></SenderDepartment>`
    put(`<ReceiveLetterNotifier>${words}${rest}${to}</ReceiveLetterNotifier>`)
    put(
      `<AcceptLetterNotifier>${words}<AcceptID>${escapeXml(receiveNumber)}</AcceptID>${rest}${to}</AcceptLetterNotifier>`,
    )
    book.enter({ entry: 'notice.sent', at: now(), kind: 'accept', number, date, receiveNumber })
    return done('CorrespondenceLetterOutboundResponse', id)
  }

  function notice(name: string, kind: string, found: Found): string {
    const [number, date, receiveNumber] = [
      found.text('LetterID'),
      found.text('CorrespondenceDate'),
      found.text('AcceptID'),
    ]
    // The gateway may bring a notice twice when an answer was lost: it stands in the book once.
    const known = book.entries.some(
      (one) =>
        one.entry === 'notice.received' &&
        [one.kind, one.number, one.date, one.receiveNumber].join('|') ===
          [kind, number, date, receiveNumber].join('|'),
    )
    if (!known) book.enter({ entry: 'notice.received', at: now(), kind, number, date, receiveNumber })
    return done('CorrespondenceLetterOutboundResponse', `${name.slice(0, 3)}-${book.entries.length}`)
  }

  function poll(): string {
    const item = head()
    if (item === undefined)
      return ways.nothing === 'empty'
        ? '<CorrespondenceLetterInboundResponse></CorrespondenceLetterInboundResponse>'
        : failure(ways.nothing, 'ไม่มีหนังสือรอรับ')
    return `<CorrespondenceLetterInboundResponse><ProcessID>${item.id}</ProcessID><ProcessTime>${now().slice(0, 19)}</ProcessTime>${item.xml}</CorrespondenceLetterInboundResponse>`
  }

  function remove(request: Found): string {
    const id = request.text('ProcessID') || request.text('processID')
    if (head()?.id !== id) return failure('E203', 'ไม่พบ ProcessID')
    store.append({ line: 'deleted', id })
    return done('CorrespondenceLetterDeleteResponse', id)
  }

  function forget(request: Found): string {
    const sender = request.all('SenderDepartment')[0]?.text('Code') ?? ''
    const [number, date] = [request.text('LetterID'), request.text('CorrespondenceDate')]
    const key = `${sender} ${number} ${date}`
    if (letterOf(key) === undefined) return failure('E203', 'ไม่พบหนังสือ')
    store.append({ line: 'forgotten', key })
    return `<CorrespondenceDeleteGovernmentDocumentResponse><LetterID>${escapeXml(number)}</LetterID><ProcessTime>${now().slice(0, 19)}</ProcessTime></CorrespondenceDeleteGovernmentDocumentResponse>`
  }

  function status(request: Found): string {
    const sender = request.all('SenderDepartment')[0]?.text('Code') ?? ''
    const [number, date] = [request.text('LetterID'), request.text('CorrespondenceDate')]
    const known = letterOf(`${sender} ${number} ${date}`)
    const line =
      known &&
      `<ProcessID>${known.id}</ProcessID><LetterID>${escapeXml(number)}</LetterID><CorrespondenceDate>${escapeXml(date)}</CorrespondenceDate><ProcessStatus>รับแล้ว</ProcessStatus>`
    return `<OutboundStatusResponse>${line === undefined ? '' : `<Outbound>${line}</Outbound>`}</OutboundStatusResponse>`
  }

  return {
    entries: book.entries,
    send(sent) {
      put(letterXml(sent, own, now(), { digits: ways.digits, namespaces: true }))
      book.enter({ entry: 'letter.sent', at: now(), number: sent.number, date: sent.date })
    },
    answer(request) {
      const has = (name: string): Found | undefined => request.all(name)[0]
      const document = has('CorrespondenceLetter')
      if (document !== undefined) return letter(document)
      for (const [name, kind] of Object.entries(notifiers)) {
        const found = has(name)
        if (found !== undefined) return notice(name, kind, found)
      }
      if (has('CorrespondenceLetterInboundRequest') !== undefined) return poll()
      if (has('CorrespondenceLetterDeleteRequest') !== undefined) return remove(request)
      if (has('CorrespondenceDeleteGovernmentDocumentRequest') !== undefined) return forget(request)
      return has('OutboundStatusRequest') === undefined ? failure('E001', 'ไม่รู้จักคำสั่ง') : status(request)
    },
    close() {
      store.close()
      book.close()
    },
  }
}

const done = (name: string, id: string): string => `<${name}><ProcessID>${id}</ProcessID></${name}>`

const failure = (code: string, description: string): string =>
  `<ErrorDetail><ErrorCode>${code}</ErrorCode><ErrorDescription>${description}</ErrorDescription></ErrorDetail>`
