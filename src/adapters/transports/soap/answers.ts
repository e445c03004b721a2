// The answers of the exchange, exactly as its public clients read them (domain §3).
import { Readable } from 'node:stream'
import type { Instant } from '../../../letter/time.ts'
import { messageOf, type Problem, problem, remedyOf } from '../../../problem/problem.ts'
import type { DoorAnswer } from '../../contract.ts'
import type { EcmsForm } from '../../formats/e-cms/e-cms.ts'
import { Findings } from '../../formats/e-cms/gather.ts'
import type { Notifier } from '../../formats/e-cms/names.ts'
import { namespaces } from '../../formats/e-cms/names.ts'
import { printTime } from '../../formats/e-cms/write-letter.ts'
import { type NotifierWords, writeNotifier } from '../../formats/e-cms/write-notice.ts'
import { type Xml, type XmlWriter, xmlWriter } from '../../formats/e-cms/write-xml.ts'
import { inPieces } from '../gathered.ts'

/** More faults than these help nobody; all of them stand in the gateway's own records. */
const mostErrors = 50

/** One answer: `make` writes what stands in the SOAP Body. */
export function answer(make: (write: XmlWriter) => Xml): DoorAnswer {
  const found = new Findings()
  const content = make(xmlWriter(found))
  // Echoed words came out of XML, and lists are our own: nothing here can fail to be written.
  const body = found.settle(() => content)
  return body.ok ? soap([Buffer.from(body.value.xml)]) : failure(body.problems)
}

const head = Buffer.from(
  `<?xml version="1.0" encoding="UTF-8"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="${namespaces.soap}"><SOAP-ENV:Body>`,
)
const tail = Buffer.from('</SOAP-ENV:Body></SOAP-ENV:Envelope>')

const soap = (content: readonly Buffer[], status = 200): DoorAnswer => ({
  status,
  headers: { 'content-type': 'text/xml; charset=utf-8' },
  body: Buffer.concat([head, ...content, tail]),
})

/**
 * One ErrorDetail for each problem, in Thai and English. HTTP 200: the public clients throw away the body of any other
 * status, and one accepts 200 only.
 */
export function failure(problems: readonly Problem[], status = 200): DoorAnswer {
  const shown = problems.length === 0 ? [problem('ecms.unavailable', '')] : problems.slice(0, mostErrors)
  const found = new Findings()
  const write = xmlWriter(found)
  const details = shown.map((each) =>
    write.node('ErrorDetail', [
      write.leaf('ErrorCode', each.code),
      write.leaf('ErrorDescription', describe(each)),
    ]),
  )
  return soap([Buffer.from(details.map((each) => each.xml).join(''))], status)
}

/** Where, what and what to do, in both languages. Values are escaped by `messageOf`, so that XML can carry them. */
function describe(found: Problem): string {
  const where = found.path === '' ? '' : `${found.path}: `
  const said = (['th', 'en'] as const).map(
    (language) => `${messageOf(found, language)} — ${remedyOf(found, language)}`,
  )
  return `${where}${said.join(' / ')}`
}

const processed = (write: XmlWriter, id: string, at: Instant): Xml[] => [
  write.leaf('ProcessID', id),
  write.leaf('ProcessTime', printTime(at)),
]

/** Clients read `ProcessID` or `processID` in what concerns a notifier: both are there. */
const processedBoth = (write: XmlWriter, id: string, at: Instant): Xml[] => [
  write.leaf('ProcessID', id),
  write.leaf('processID', id),
  write.leaf('ProcessTime', printTime(at)),
]

export const letterTaken = (id: string, at: Instant): DoorAnswer =>
  answer((write) => write.node('CorrespondenceLetterOutboundResponse', processed(write, id, at)))

/** The notifier is echoed, with the date and the department that the clients look for. */
export const notifierTaken = (
  id: string,
  at: Instant,
  notifier: Notifier,
  words: NotifierWords,
): DoorAnswer =>
  answer((write) =>
    write.node('CorrespondenceLetterOutboundResponse', [
      ...processedBoth(write, id, at),
      writeNotifier(write, notifier, words),
    ]),
  )

export const letterForgotten = (letterId: string, at: Instant): DoorAnswer =>
  answer((write) =>
    write.node('CorrespondenceDeleteGovernmentDocumentResponse', [
      write.leaf('LetterID', letterId),
      write.leaf('ProcessTime', printTime(at)),
    ]),
  )

/** One item of the queue, written by the form: its bytes are not copied, they may be many. */
export function item(
  id: string,
  at: Instant,
  content: Buffer,
  kind: 'letter' | 'notice',
  form: EcmsForm,
): DoorAnswer {
  const write = xmlWriter(new Findings())
  const before = kind === 'letter' ? processed(write, id, at) : processedBoth(write, id, at)
  const name = 'CorrespondenceLetterInboundResponse'
  const start = Buffer.from(`<${name}>${before.map((each) => each.xml).join('')}`)
  const parts = [
    form.bytes(Buffer.concat([head, start])),
    content,
    form.bytes(Buffer.concat([Buffer.from(`</${name}>`), tail])),
  ]
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  return {
    status: 200,
    headers: {
      'content-type': `text/xml; charset=${form.charset}`,
      'content-length': String(length),
    },
    body: Readable.from(
      parts.flatMap((part) => [...inPieces(part)]),
      { objectMode: false },
    ),
  }
}

/** Nothing waits: an empty element is what the clients expect. */
export const nothingWaits = (): DoorAnswer =>
  answer((write) => write.node('CorrespondenceLetterInboundResponse', []))

export const itemDeleted = (id: string, at: Instant): DoorAnswer =>
  answer((write) => write.node('CorrespondenceLetterDeleteResponse', processed(write, id, at)))

export interface OutboundStatus {
  readonly processId: string
  readonly letterId: string
  readonly status: string
}

export const outboundStatus = (letters: readonly OutboundStatus[]): DoorAnswer =>
  answer((write) =>
    write.node(
      'OutboundStatusResponse',
      letters.map((each) =>
        write.node('Outbound', [
          write.leaf('ProcessID', each.processId),
          write.leaf('LetterID', each.letterId),
          write.leaf('ProcessStatus', each.status),
        ]),
      ),
    ),
  )
