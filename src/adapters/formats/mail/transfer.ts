// Transfer encodings (RFC 2045, section 6), strict: what is not whole is a fault, where Buffer and most readers skip it.
import { encodedIn, type HeldContent, worthwhile } from '../../pieces.ts'
import { MailFault } from './fault.ts'

/** The bytes of a part. `encoding` as the header says it. */
export function transferred(body: Buffer, encoding: string, path: string): Buffer {
  const name = encoding.trim().toLowerCase()
  const bytes =
    name === 'base64'
      ? base64Of(body.toString('latin1'))
      : name === 'quoted-printable'
        ? quotedPrintableOf(body)
        : ['', '7bit', '8bit', 'binary'].includes(name)
          ? body
          : undefined
  if (bytes === undefined)
    throw new MailFault('mail.part.encoding', path, undefined, { encoding: name.slice(0, 40) })
  return bytes
}

/** The file that a part holds. */
export function heldIn(body: Buffer, encoding: string, path: string): HeldContent {
  const long = body.length >= worthwhile && encoding.trim().toLowerCase() === 'base64'
  return (long ? encodedIn(body) : undefined) ?? { kind: 'bytes', bytes: transferred(body, encoding, path) }
}

/** Undefined when the text is no base64, or is cut. Line ends and blanks between are no part of it. */
export function base64Of(text: string): Buffer | undefined {
  const packed = text.replace(/[\r\n\t ]+/g, '')
  if (packed.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(packed)) return undefined
  return Buffer.from(packed, 'base64')
}

/** Undefined when the text is no quoted-printable. A line break that is none of the encoding's own is CRLF, however the mail was stored. */
function quotedPrintableOf(body: Buffer): Buffer | undefined {
  // A line break of one byte becomes two.
  const out = Buffer.allocUnsafe(body.length * 2)
  let size = 0
  for (let at = 0; at < body.length; ) {
    const found = body.indexOf(0x0a, at)
    const end = found < 0 ? body.length : found
    let stop = end
    // Blanks at the end of a line were added on the way.
    while (stop > at && (body[stop - 1] === 0x20 || body[stop - 1] === 0x09 || body[stop - 1] === 0x0d))
      stop -= 1
    const soft = stop > at && body[stop - 1] === 0x3d
    if (soft) stop -= 1
    for (let index = at; index < stop; index += 1) {
      const byte = body[index]!
      if (byte > 0x7e) return undefined
      if (byte !== 0x3d) {
        out[size++] = byte
        continue
      }
      const hex = body.toString('latin1', index + 1, Math.min(index + 3, stop))
      if (!/^[0-9a-f]{2}$/i.test(hex)) return undefined
      out[size++] = Number.parseInt(hex, 16)
      index += 2
    }
    if (!soft && found >= 0) {
      out[size++] = 0x0d
      out[size++] = 0x0a
    }
    at = end + 1
  }
  return out.subarray(0, size)
}
