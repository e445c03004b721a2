// The parts of a mail (RFC 2046), walked within bounds; a mail that ends too early is a fault (attacks X12, T6).
import type { HeldContent } from '../../pieces.ts'
import { MailFault } from './fault.ts'
import { type Head, readHead } from './head.ts'
import { heldIn, transferred } from './transfer.ts'
import { type Parameters, parametersOf } from './words.ts'

const limits = { parts: 200, depth: 10 }

/** A part that is no multipart. */
export interface Leaf {
  /** `text/plain` where nothing is said. */
  readonly type: string
  readonly parameters: Parameters
  readonly disposition: Parameters
  /** Whether the body of another part can refer to it (Content-ID). */
  readonly referred: boolean
  /** The multiparts around it, the outermost first: `mixed`, `alternative`, `related` … */
  readonly within: readonly string[]
  /** `part 3`, for people. */
  readonly path: string
  /** Its bytes, transfer encoding undone. */
  bytes(): Buffer
  /** The same as a file: base64 that is long stays where it stands, and is decoded piece by piece. */
  content(): HeldContent
}

export interface Parts {
  readonly head: Head
  readonly leaves: readonly Leaf[]
}

/** All parts of a mail, in order. Throws `MailFault`. */
export function partsOf(mail: Buffer): Parts {
  const { head, body } = readHead(mail)
  const leaves: Leaf[] = []
  const count = { parts: 0 }
  walk(head, body, [], leaves, count)
  return { head, leaves }
}

function walk(
  head: Head,
  body: Buffer,
  within: readonly string[],
  leaves: Leaf[],
  count: { parts: number },
): void {
  count.parts += 1
  if (count.parts > limits.parts) throw tooMany('parts', limits.parts)
  if (within.length > limits.depth) throw tooMany('parts inside parts', limits.depth)
  const path = `part ${count.parts}`
  const parameters = parametersOf(head.one('content-type') ?? 'text/plain', path)
  const encoding = head.one('content-transfer-encoding') ?? ''
  const type = parameters.value === '' ? 'text/plain' : parameters.value
  if (!type.startsWith('multipart/')) {
    leaves.push({
      type,
      parameters,
      disposition: parametersOf(head.one('content-disposition') ?? '', path),
      referred: head.one('content-id') !== undefined,
      within,
      path,
      bytes: () => transferred(body, encoding, path),
      content: () => heldIn(body, encoding, path),
    })
    return
  }
  if (!['', '7bit', '8bit', 'binary'].includes(encoding.trim().toLowerCase()))
    throw new MailFault('mail.part.encoding', path, undefined, { encoding: encoding.slice(0, 40) })
  const boundary = parameters.get('boundary') ?? ''
  if (!/^[ -~]{0,69}[!-~]$/.test(boundary))
    throw new MailFault('mail.part.boundary', path, boundary.slice(0, 80))
  for (const part of split(body, boundary, path)) {
    const inner = readHead(part)
    walk(inner.head, inner.body, [...within, type.slice('multipart/'.length)], leaves, count)
  }
}

/** The bytes between the boundaries. What stands before the first and behind the last is for readers without MIME. */
function* split(body: Buffer, boundary: string, path: string): Generator<Buffer> {
  const mark = Buffer.from(`--${boundary}`, 'latin1')
  let start: number | undefined
  for (let at = 0; ; ) {
    const found = body.indexOf(mark, at)
    if (found < 0) throw new MailFault('mail.part.unended', path)
    at = found + mark.length
    if (found > 0 && body[found - 1] !== 0x0a) continue
    const end = body.indexOf(0x0a, at)
    const rest = body.toString('latin1', at, end < 0 ? body.length : Math.min(end, at + 200)).trimEnd()
    if (rest !== '' && rest !== '--') continue
    if (start !== undefined) yield body.subarray(start, Math.max(start, beforeLineEnd(body, found)))
    if (rest === '--') return
    start = end < 0 ? body.length : end + 1
    at = start
  }
}

/** The line end before a boundary belongs to the boundary. */
function beforeLineEnd(body: Buffer, at: number): number {
  if (body[at - 1] !== 0x0a) return at
  return body[at - 2] === 0x0d ? at - 2 : at - 1
}

const tooMany = (what: string, limit: number): MailFault =>
  new MailFault('mail.part.bounds', 'parts', undefined, { what, limit })
