// From bytes to text: only UTF-8, checked whole before anything looks at it (attack X6).
import { isUtf8, transcode } from 'node:buffer'
import { bounds } from './bounds.ts'
import { littleEndian } from './literal.ts'
import { refuse } from './refusal.ts'
import { unitsOf } from './units.ts'

/** A document's text, and the same as UTF-16 units: looking at numbers is twice as fast as asking a string for them. */
export interface Source {
  readonly text: string
  readonly units: Uint16Array
}

/** Refuses a document that is too long, starts with a byte order mark, or is not UTF-8. */
export function demandSource(bytes: Buffer): void {
  if (bytes.length > bounds.document)
    refuse('envelope.document.too-large', '', undefined, { size: bytes.length, limit: bounds.document })
  if (bytes.length === 0) refuse('envelope.document.empty', '')
  const [first, second] = bytes
  const byteOrderMark =
    (first === 0xef && second === 0xbb && bytes[2] === 0xbf) ||
    (first === 0xfe && second === 0xff) ||
    (first === 0xff && second === 0xfe)
  if (byteOrderMark) refuse('envelope.bom.present', '')
  if (!isUtf8(bytes)) refuse('envelope.utf8.invalid', '')
}

/** The text of bytes that are known to be UTF-8: then this says the same as toString('utf8'), which is slower for Thai. */
export function decode(bytes: Buffer): Source {
  const wide = transcode(bytes, 'utf8', 'ucs2')
  const text = wide.toString('ucs2')
  const fits = littleEndian && wide.byteOffset % 2 === 0
  return {
    text,
    units: fits ? new Uint16Array(wide.buffer, wide.byteOffset, wide.length / 2) : unitsOf(text),
  }
}

const declaration = /^<\?xml[ \t\r\n]([^?<>]*)\?>/
const declared =
  /^[ \t\r\n]*version[ \t\r\n]*=[ \t\r\n]*(?:"1\.0"|'1\.0')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"([A-Za-z0-9._-]+)"|'([A-Za-z0-9._-]+)'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*$/

/** The offset behind the XML declaration, 0 when there is none. It may name UTF-8 or no encoding. */
export function skipDeclaration(text: string): number {
  if (!text.startsWith('<?xml')) return 0
  // The window bounds the work: a declaration of a thousand characters is none.
  const found = declaration.exec(text.slice(0, 1000))
  if (found === null) return 0
  const parts = declared.exec(found[1] ?? '')
  if (parts === null)
    return refuse('envelope.xml.malformed', 'line 1', found[0], { expected: 'version="1.0"' })
  const encoding = parts[1] ?? parts[2]
  if (encoding !== undefined && encoding.toUpperCase() !== 'UTF-8')
    refuse('envelope.encoding.other', 'line 1', encoding)
  return found[0].length
}
