// A message of the exchange: what the SOAP envelope holds, opened as far as its operation.
import { bad, good, problem, type Result } from '../../../problem/problem.ts'
import { lifted } from '../../lifted.ts'
import { isNotifier, isOperation, namespaces, type Operation, operations, soap12 } from './names.ts'
import { readXml } from './read-xml.ts'
import { escapeBareAmpersands } from './repair.ts'
import { type MessageCharset, utf8Of } from './transcode.ts'
import { type FileOf, usualBounds } from './tree-builder.ts'
import { child, elementsOf, textOf, type XmlElement } from './xml.ts'

/** What was mended before the message could be read: told to an operator, and written into the letter's extension. */
export interface Repairs {
  /** Bare `&` that were escaped. */
  readonly ampersands: number
  /** Prefixes used without a declaration. */
  readonly prefixes: readonly string[]
}

export interface Document {
  readonly root: XmlElement
  readonly repairs: Repairs
}

export interface Message {
  readonly operation: Operation
  /** The operation's element: the first of the SOAP Body. */
  readonly element: XmlElement
  /** wsa:MessageID as sent. No key: clients send nothing, a row number, or the same text again (domain §3). */
  readonly messageId: string
  /** wsa:To as sent: it may be the receiver's URL. It steers nothing. */
  readonly to: string
  readonly repairs: Repairs
}

/** Documents that were read, as long as their bytes live: a door opens a message, and the form reads the same bytes again. */
const opened = new WeakMap<Buffer, Promise<Result<Document>>>()

/**
 * Reads the XML of a message in the charset of the profile, escaping bare ampersands first. Its files stay where they stand in
 * `bytes`; never throws for what they hold.
 */
export function readDocument(bytes: Buffer, charset: MessageCharset = 'utf-8'): Promise<Result<Document>> {
  const earlier = opened.get(bytes)
  if (earlier !== undefined) return earlier
  const document = open(bytes, charset)
  opened.set(bytes, document)
  return document
}

async function open(bytes: Buffer, charset: MessageCharset): Promise<Result<Document>> {
  const aside = lifted(bytes)
  if (aside !== undefined) {
    const document = await parsed(aside.bytes, charset, aside.fileOf)
    if (document.ok && aside.allFound()) return document
  }
  return parsed(bytes, charset)
}

async function parsed(original: Buffer, charset: MessageCharset, fileOf?: FileOf): Promise<Result<Document>> {
  const utf8 = utf8Of(original, charset)
  if (!utf8.ok) return utf8
  const bytes = utf8.value
  const start = bytes
    .toString('utf8', 0, 4_096)
    .replace(/^\ufeff/, '')
    .trim()
  if (start === '') return bad(problem('ecms.body.empty', ''))
  // A form, JSON, a stray text: better said so than as a fault of XML. Bytes of another encoding are named further on.
  if (/^[!-;=-~]/.test(start)) return bad(problem('ecms.soap.missing', '', start.slice(0, 40)))
  const { bytes: whole, ampersands } = escapeBareAmpersands(bytes)
  const xml = await readXml(whole, usualBounds, fileOf)
  if (!xml.ok) return xml
  return good({ root: xml.value.root, repairs: { ampersands, prefixes: xml.value.undeclared } })
}

/** Reads a SOAP 1.1 message (W3C Note of 8 May 2000, section 4) and finds its operation. */
export async function readMessage(
  bytes: Buffer,
  charset: MessageCharset = 'utf-8',
): Promise<Result<Message>> {
  const document = await readDocument(bytes, charset)
  if (!document.ok) return document
  const { root, repairs } = document.value
  const body = bodyOf(root)
  if (!body.ok) return body
  const [element] = elementsOf(body.value)
  if (element === undefined) return bad(problem('ecms.operation.missing', 'Body'))
  if (!isOperation(element.local)) {
    return bad(problem('ecms.operation.unknown', 'Body', element.local, { known: operations.join(', ') }))
  }
  const header = child(root, 'Header')
  return good({
    operation: element.local,
    element,
    messageId: headerText(header, 'messageid'),
    to: headerText(header, 'to'),
    repairs,
  })
}

function bodyOf(root: XmlElement): Result<XmlElement> {
  if (root.local !== 'Envelope') return bad(problem('ecms.soap.missing', '', root.local))
  if (root.uri === soap12) return bad(problem('ecms.soap.version', 'Envelope', root.uri))
  if (root.uri !== namespaces.soap)
    return bad(problem('ecms.soap.missing', 'Envelope', `{${root.uri}}Envelope`))
  const bodies = elementsOf(root).filter((each) => each.local === 'Body' && each.uri === namespaces.soap)
  const [body] = bodies
  if (body === undefined) return bad(problem('ecms.operation.missing', 'Body'))
  if (bodies.length > 1)
    return bad(problem('ecms.element.repeated', 'Body', undefined, { count: bodies.length }))
  return good(body)
}

/** By local name in any case and any namespace: public clients write `w3.org` without `www`, and `to`. */
const headerText = (header: XmlElement | undefined, name: string): string =>
  textOf(
    header === undefined ? undefined : elementsOf(header).find((each) => each.local.toLowerCase() === name),
  )

/**
 * What a document is about, whatever is wrapped around it: a SOAP envelope, a request, an answer to a poll. A request or an
 * answer that holds nothing is returned itself. By local names: servers answer in namespaces of their own.
 */
export function contentOf(root: XmlElement): Result<XmlElement> {
  if (root.local !== 'Envelope') return good(unwrapped(root))
  const body = child(root, 'Body')
  const element = body && elementsOf(body).find((each) => each.local !== 'ErrorDetail')
  return element === undefined ? bad(problem('ecms.operation.missing', 'Body')) : good(unwrapped(element))
}

/** Answers have ProcessID and ProcessTime before what they bring, and names that their makers chose. */
function unwrapped(element: XmlElement): XmlElement {
  if (isContent(element.local)) return element
  const inside = elementsOf(element)
  const other = inside.find((each) => !/^process(?:id|time)$/i.test(each.local))
  return inside.find((each) => isContent(each.local)) ?? other ?? element
}

/** What a letter, a notifier and a recall are called. */
const isContent = (local: string): boolean =>
  local === 'GovernmentDocument' ||
  local === 'CorrespondenceDeleteGovernmentDocumentRequest' ||
  isNotifier(local)
