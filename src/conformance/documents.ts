// What a profile's documents owe, without a system: each letter written in the system's form and read again.
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { isDeepStrictEqual } from 'node:util'
import type { ConformanceCheck } from '../adapters/conformance-checks.ts'
import type { AttachmentContent, IncomingAttachment, Item } from '../adapters/contract.ts'
import type { DocumentForm, Outgoing, Written } from '../adapters/formats/format.ts'
import { piecesOf, sizeOf } from '../adapters/pieces.ts'
import { mediaTypeOf } from '../letter/attachments.ts'
import { checkLetter } from '../letter/check.ts'
import { letterToJson } from '../letter/json.ts'
import type { Attachment, Letter } from '../letter/letter.ts'
import type { MessageId } from '../letter/time.ts'
import { bad, describe, good, type Problem, type Result } from '../problem/problem.ts'
import type { Declared } from './declared.ts'
import { emptiest, everyCode, hostile, longest, type Parties, type Sample, sampleLetter } from './letters.ts'
import { type Finding, failed, passed } from './verdict.ts'

/** One way of a letter through a profile. */
export interface Way {
  /** `letters that it sends`, `letters that it is given`. */
  readonly name: string
  readonly form: DocumentForm
  readonly parties: Parties
  readonly messageId: () => MessageId
  /** What the system cannot say, and what it always says, as its form or its profile declares. */
  readonly declared: Declared
}

const parcelId = 'conformance-1'

/** Every check of documents for one way. */
export async function checkDocuments(way: Way): Promise<readonly Finding[]> {
  const plain = sampleLetter(way.parties, 'plain')
  const base = await written(way, plain)
  if (!base.ok)
    return [failed('accepts', `${way.name}: a plain letter`, `refused: ${reasons(base.problems)}`)]
  return [
    await thereAndBack(way, 'accepts', [plain, ...everyCode(way.parties)]),
    await thereAndBack(way, 'longest', longest(way.parties)),
    await thereAndBack(way, 'emptiest', emptiest(way.parties), 'all'),
    await thereAndBack(way, 'hostile', hostile(way.parties)),
    await brokenDocuments(way, plain, base.value),
  ]
}

/**
 * Each sample is written and read again as it was, or refused with a reason; what is spilled stands in a file, whole.
 * `all`: none may be refused.
 */
async function thereAndBack(
  way: Way,
  check: ConformanceCheck,
  samples: readonly Sample[],
  must: 'some' | 'all' = 'some',
): Promise<Finding> {
  const faults: string[] = []
  let refused = 0
  for (const sample of samples) {
    const document = await written(way, sample)
    if (!document.ok) {
      refused += 1
      if (must === 'all') faults.push(`${sample.name}: refused: ${reasons(document.problems)}`)
      continue
    }
    const lost = await losses(way, sample, document.value)
    if (lost.length > 0) faults.push(`${sample.name}: ${lost.join('; ')}`)
  }
  const about = `${way.name}: ${samples.length - refused} of ${samples.length} written and read again, ${refused} refused`
  return faults.length > 0
    ? failed(check, about, faults.join('\n'))
    : refused === samples.length
      ? failed(check, about, 'all of them are refused')
      : passed(check, about)
}

/** The sample in the system's form. A form that throws is a fault of the form, and ends the suite. */
function written({ form, messageId }: Way, { letter, contents }: Sample): Promise<Result<Written>> {
  const outgoing: Outgoing = {
    id: parcelId,
    office: letter.to.offices[0],
    envelope: { messageId: messageId(), createdAt: Date.UTC(2026, 10, 23, 3), content: 'letter', letter },
    open: (sha256) => Readable.from([contents.get(sha256) ?? Buffer.alloc(0)]),
  }
  return form.write(outgoing)
}

/** What is not as it was when the document is read again, in words. */
async function losses({ form, declared }: Way, sample: Sample, document: Written): Promise<string[]> {
  const items = await read(form, document.bytes, besideOf(document, sample.contents))
  const [item, another] = items
  if (item === undefined || another !== undefined) return [`${items.length} items are read from one letter`]
  const back = letterOf(item)
  if (!back.ok) return [`it cannot be read again: ${reasons(back.problems)}`]
  const texts = item.kind === 'letter' ? item.attachments.map(({ content }) => textOf(content)) : []
  return differences(sample.letter, back.value, {
    spilled: document.spilled,
    texts,
    ...declared,
  })
}

interface Allowed extends Declared {
  /** Fields that stand in a file, whole: one of `texts`. */
  readonly spilled: readonly string[]
  readonly texts: readonly string[]
}

/** The canonical fields in which two letters differ, but for what is allowed. */
export function differences(
  before: Letter,
  after: Letter,
  { spilled, texts, unsaid, always }: Allowed,
): string[] {
  const one = comparable(before)
  const other = comparable(after)
  const found = Object.keys(one).flatMap((field): string[] => {
    if (unsaid.includes(field)) return []
    if (spilled.some((name) => name === field || name.startsWith(`${field}.`))) return []
    if (isDeepStrictEqual(one[field], other[field])) return []
    if (always.includes(field) && one[field] === undefined) return []
    return [`${field} was ${short(one[field])} and is ${short(other[field])}`]
  })
  for (const field of spilled) {
    const text = one[field]
    if (typeof text !== 'string' || texts.some((each) => each.includes(text))) continue
    found.push(`${field} is spilled, and does not stand whole in a file beside`)
  }
  const digests = new Set(after.attachments.map(({ sha256 }) => sha256))
  for (const { name, sha256 } of before.attachments)
    if (!digests.has(sha256)) found.push(`the file ${name} does not come back`)
  // What is spilled comes as a file more.
  const own = new Set(before.attachments.map(({ sha256 }) => sha256))
  for (const { name, sha256 } of spilled.length > 0 ? [] : after.attachments)
    if (!own.has(sha256)) found.push(`the file ${name} is not one of its own`)
  return found
}

/** What is spilled into a file is a text of some kilobytes; a scan is none. Bytes. */
const longestText = 1024 * 1024

/** The text that a document itself holds as a file; of a scan nothing. */
export const textOf = (content: AttachmentContent): string =>
  (content.kind === 'bytes' || content.kind === 'pieces') && sizeOf(content) <= longestText
    ? Buffer.concat([...piecesOf(content)]).toString('utf8')
    : ''

/** A letter as people tell two of them apart. Files are compared by their bytes, and names may be made safe on the way. */
function comparable(letter: Letter): Readonly<Record<string, unknown>> {
  const { attachments, extension: _, sentAt, ...rest } = letterToJson(letter)
  return {
    ...rest,
    number: letter.number.normalized,
    // To the second, which is what systems write.
    sentAt: sentAt?.slice(0, 19),
    main: attachments.filter(({ role }) => role === 'main').map(({ sha256 }) => sha256),
  }
}

const short = (value: unknown): string => {
  const text = JSON.stringify(value)
  return text === undefined ? 'nothing' : text.length > 120 ? `${text.slice(0, 120)}…` : text
}

export function letterOf(item: Item): Result<Letter> {
  if (item.kind === 'fault') return bad(...item.problems)
  if (item.kind !== 'letter') throw new Error(`a letter was written and a ${item.kind} is read`)
  const attachments = item.attachments.map(attachmentOf)
  const faults = attachments.flatMap((each) => (each.ok ? [] : each.problems))
  const [first, ...rest] = faults
  if (first !== undefined) return bad(first, ...rest)
  return checkLetter(
    item.draft,
    attachments.flatMap((each) => (each.ok ? [each.value] : [])),
  )
}

function attachmentOf({ name, mediaType, role, content }: IncomingAttachment): Result<Attachment> {
  const type = mediaTypeOf(mediaType, name)
  if (!type.ok) return type
  const kept =
    content.kind === 'kept'
      ? { sha256: content.sha256, size: content.size }
      : content.kind === 'file'
        ? { sha256: '', size: 0 }
        : { sha256: digest(piecesOf(content)), size: sizeOf(content) }
  return good({ name, role, mediaType: type.value, ...kept })
}

function digest(pieces: Iterable<Buffer>): string {
  const hash = createHash('sha256')
  for (const piece of pieces) hash.update(piece)
  return hash.digest('hex')
}

const reasons = (problems: readonly Problem[]): string => problems.map((each) => describe(each)).join('; ')

type Beside = ReadonlyMap<string, AttachmentContent>

const besideOf = (document: Written, contents: ReadonlyMap<string, Buffer>): Beside =>
  new Map(
    document.files.map(({ name, sha256, content }): [string, AttachmentContent] => [
      name,
      {
        kind: 'bytes',
        bytes: content.kind === 'bytes' ? content.bytes : (contents.get(sha256) ?? Buffer.alloc(0)),
      },
    ]),
  )

const read = (form: DocumentForm, bytes: Buffer, beside: Beside): Promise<readonly Item[]> =>
  form.read({ document: 'letter', name: 'conformance', bytes, beside, sender: 'gone', final: true })

/** Documents that are not what the system writes: faults, and never a letter that nobody wrote. */
async function brokenDocuments(way: Way, sample: Sample, whole: Written): Promise<Finding> {
  const { form } = way
  const beside = besideOf(whole, sample.contents)
  const faults: string[] = []
  let tried = 0
  const attempt = async (name: string, bytes: Buffer): Promise<readonly Item[]> => {
    tried += 1
    try {
      return await read(form, bytes, beside)
    } catch (error) {
      faults.push(`${name}: the form throws: ${error instanceof Error ? error.message : String(error)}`)
      return []
    }
  }
  for (const [name, bytes] of notDocuments(whole.bytes)) {
    const items = await attempt(name, bytes)
    const taken = items.filter((item) => letterIn(item) !== undefined)
    if (taken.length > 0) faults.push(`${name}: a letter is read of it`)
    if (items.length === 0) faults.push(`${name}: it is passed over in silence`)
  }
  // Cut anywhere, what is still read as a letter is the letter, or the form says itself that more may follow.
  const step = Math.max(1, Math.floor(whole.bytes.length / 200))
  for (let end = 0; end < whole.bytes.length; end += step) {
    const half = whole.bytes.subarray(0, end)
    const items = await attempt(`cut after byte ${end}`, half)
    if (items.length === 0 && form.unended?.(half) !== true)
      faults.push(`cut after byte ${end}, it is passed over in silence`)
    for (const item of items) {
      const letter = letterIn(item)
      if (letter === undefined || form.unended?.(half) === true) continue
      const lost = differences(sample.letter, letter, { spilled: [], texts: [], ...way.declared })
      if (lost.length > 0)
        faults.push(`cut after byte ${end}, it is read as another letter: ${lost.join('; ')}`)
    }
  }
  // One byte changed may be a letter whose words differ, which no form can know; it must only never be the form's end.
  for (let at = 0; at < whole.bytes.length; at += step * 2)
    for (const byte of [0x00, 0x22, 0x3c, 0xff]) {
      const changed = Buffer.from(whole.bytes)
      changed[at] = byte
      await attempt(`byte ${at} is ${byte}`, changed)
    }
  const about = `${way.name}: ${tried} broken documents`
  return faults.length > 0
    ? failed('garbage', about, faults.slice(0, 20).join('\n'))
    : passed('garbage', about)
}

function letterIn(item: Item): Letter | undefined {
  if (item.kind !== 'letter') return undefined
  const letter = letterOf(item)
  return letter.ok ? letter.value : undefined
}

/** Bytes that no system writes as a letter. */
export function notDocuments(whole: Buffer): readonly (readonly [string, Buffer])[] {
  const noise = Buffer.concat(
    Array.from({ length: 64 }, (_, index) => createHash('sha256').update(`noise ${index}`).digest()),
  )
  const utf16 = Buffer.from(`\ufeff${whole.toString('latin1')}`, 'utf16le')
  return [
    ['nothing at all', Buffer.alloc(0)],
    ['one line end', Buffer.from('\r\n')],
    ['2 KiB of noise', noise],
    ['4 KiB of zeros', Buffer.alloc(4096)],
    ['a PDF', Buffer.from('%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n')],
    [
      'an HTML page that asks to sign in',
      Buffer.from('<!DOCTYPE html><html><body><form>ชื่อผู้ใช้</form></body></html>'),
    ],
    ['a document with a DOCTYPE', Buffer.from('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')],
    ['JSON of something else', Buffer.from('{"error":{"code":500}}')],
    ['the same in another coding', utf16],
  ]
}
