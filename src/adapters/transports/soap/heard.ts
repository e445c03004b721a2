// What a server of the exchange said, by local names: real ones answer in namespaces, prefixes and charsets of their own.
import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import iconv from 'iconv-lite'
import { isNotifier } from '../../formats/e-cms/names.ts'
import { readXml } from '../../formats/e-cms/read-xml.ts'
import { escapeBareAmpersands } from '../../formats/e-cms/repair.ts'
import { type FileOf, usualBounds } from '../../formats/e-cms/tree-builder.ts'
import { child, elementsOf, textOf, type XmlElement } from '../../formats/e-cms/xml.ts'
import { lifted } from '../../lifted.ts'
import { piecesOf } from '../../pieces.ts'

/** A fault as the server names it. `standard`: of SOAP itself (its section 4.4), not of the exchange. */
export interface SaidError {
  readonly code: string
  readonly description: string
  readonly standard: boolean
}

/** A body in the words of the exchange: at least one of its two parts is there. */
export interface Said {
  readonly errors: readonly SaidError[]
  /** The answer's element: the first of the Body that is no fault. */
  readonly answer?: XmlElement
  /** ProcessID of the answer, or empty. */
  readonly processId: string
}

/** More faults than these are not shown; all of them count. */
const mostErrors = 1_000

/**
 * Reads an answer. Nothing, when it is not whole XML, or XML of somebody else (a sign-in page). An outcome may rest on what
 * is mended here (undeclared prefixes, the charset); a letter never does, it is read from the bytes as they came.
 */
export async function readSaid(bytes: Buffer): Promise<Said | undefined> {
  const aside = lifted(bytes)
  const said = aside && (await saidIn(aside.bytes, aside.fileOf))
  return said !== undefined && aside?.allFound() === true ? said : saidIn(bytes)
}

async function saidIn(bytes: Buffer, fileOf?: FileOf): Promise<Said | undefined> {
  const text = bare(bytes)
  if (text.length === 0) return undefined
  const bounds = { ...usualBounds, anyPrefix: true }
  const xml = await readXml(escapeBareAmpersands(text).bytes, bounds, fileOf)
  if (!xml.ok) return undefined
  const { root } = xml.value
  const body = root.local === 'Envelope' ? child(root, 'Body') : undefined
  const inside = body === undefined ? [root] : elementsOf(body)
  const errors = inside.flatMap((each) => errorsIn(each, 0)).slice(0, mostErrors)
  const answer = inside.find((each) => !['ErrorDetail', 'Fault'].includes(each.local))
  // What stands alone must be something that the exchange knows.
  const known = body !== undefined || errors.length > 0 || /Response$/.test(root.local)
  if (!known || (errors.length === 0 && answer === undefined)) return undefined
  return { errors, ...(answer && { answer }), processId: processIdOf(answer) }
}

/** UTF-8 without a declaration: neither what it says nor the bytes of a wrong charset hide what the server means. */
function bare(bytes: Buffer): Buffer {
  const utf8 = isUtf8(bytes) ? bytes : Buffer.from(iconv.decode(bytes, 'windows-874'))
  const head = utf8.toString('latin1', 0, 1024)
  const skip = /^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}\?>)?\s*/.exec(head)?.[0].length ?? 0
  return utf8.subarray(skip)
}

/** Faults stand in the Body, in the answer's element, or in the detail of a SOAP Fault; never in what a letter says. */
function errorsIn(element: XmlElement, depth: number): SaidError[] {
  const { local } = element
  if (local === 'ErrorDetail')
    return [
      {
        code: textOf(child(element, 'ErrorCode')),
        description: textOf(child(element, 'ErrorDescription')),
        standard: false,
      },
    ]
  if (depth > 6 || local === 'GovernmentDocument' || isNotifier(local)) return []
  const inside = elementsOf(element).flatMap((each) => errorsIn(each, depth + 1))
  return local === 'Fault' && inside.length === 0 ? [faultOf(element)] : inside
}

/** SOAP 1.1 writes faultcode and faultstring, SOAP 1.2 Code/Value and Reason/Text. */
function faultOf(fault: XmlElement): SaidError {
  const code = textOf(child(fault, 'faultcode')) || textOf(child(child(fault, 'Code'), 'Value'))
  const said = textOf(child(fault, 'faultstring')) || textOf(child(child(fault, 'Reason'), 'Text'))
  return { code: code.slice(code.indexOf(':') + 1), description: said, standard: true }
}

const processIdOf = (answer: XmlElement | undefined): string =>
  textOf(answer && elementsOf(answer).find((each) => each.local.toLowerCase() === 'processid'))

/** The item that an answer to a poll brings: a letter, a notifier, or what nobody knows and a person has to look at. */
export function itemIn(answer: XmlElement): XmlElement | undefined {
  const inside = elementsOf(answer).filter((each) => !/^process(?:id|time)$/i.test(each.local))
  return inside.find(({ local }) => local === 'GovernmentDocument' || isNotifier(local)) ?? inside[0]
}

/** A digest of what an element says: the same whatever time or indentation the server puts around it. */
export function digestOf(processId: string, element: XmlElement): string {
  const hash = createHash('sha256').update(JSON.stringify(processId))
  const add = (each: XmlElement): void => {
    hash.update(JSON.stringify([each.local, each.attributes.map(({ local, value }) => [local, value])]))
    if (each.content?.ok === true) for (const piece of piecesOf(each.content.value)) hash.update(piece)
    for (const part of each.children)
      if (typeof part === 'string') hash.update(JSON.stringify(part.trim()))
      else add(part)
    hash.update(']')
  }
  add(element)
  return hash.digest('hex')
}

/** An answer that ends as a message ends and is no XML in between: a server that escapes nothing. Its ProcessID is found all the same. */
export function brokenItem(
  bytes: Buffer,
): { readonly processId: string; readonly digest: string } | undefined {
  const end = bytes.subarray(-200).toString('latin1')
  if (!/<\/(?:[\w-]+:)?Envelope>\s*$/.test(end)) return undefined
  const start = bytes.toString('latin1', 0, 4096)
  if (!/InboundResponse/.test(start)) return undefined
  const id = /<(?:[\w-]+:)?process[iI][dD]>\s*([0-9A-Za-z._:-]{1,40})\s*</i.exec(start)?.[1] ?? ''
  const told = start.search(/<(?:[\w-]+:)?ProcessTime>/i)
  // What comes behind the time of the answer is the same at every poll.
  const from = told === -1 ? 0 : bytes.indexOf('</', told)
  const digest = createHash('sha256')
    .update(JSON.stringify(id))
    .update(bytes.subarray(Math.max(0, from)))
  return { processId: id, digest: digest.digest('hex') }
}
