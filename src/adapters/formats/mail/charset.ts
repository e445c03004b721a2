// The charsets that mails name, each under the labels that Thai mail programs have for it.
import { isUtf8 } from 'node:buffer'
import { decodePart, undecodable } from '../charset.ts'
import { MailFault } from './fault.ts'

/** `cp874` in a mail is Microsoft's code page, not IBM's: mail programs of its time ran on Windows. */
const thai = [
  'tis-620',
  'tis620',
  'windows-874',
  'cp874',
  'ms874',
  'x-windows-874',
  'iso-8859-11',
  'iso8859-11',
]
const unicode = ['utf-8', 'utf8', 'unicode-1-1-utf-8']
/** Of these only what is ASCII is believed: Thai mail programs have put them on Thai bytes. */
const plain = ['', 'us-ascii', 'ascii', 'iso-8859-1', 'iso8859-1', 'latin1', 'windows-1252', 'cp1252']

/** Bytes as text. Throws for a label that is not known, and for bytes that mean nothing in the charset that it names. */
export function textOf(bytes: Buffer, label: string, path: string): string {
  const name = label.trim().toLowerCase()
  const contradicted = (): MailFault =>
    new MailFault('mail.charset.contradicted', path, undefined, { charset: name === '' ? 'us-ascii' : name })
  if (plain.includes(name)) {
    if (bytes.some((byte) => byte >= 0x80)) throw contradicted()
    return bytes.toString('latin1')
  }
  if (unicode.includes(name)) {
    if (!isUtf8(bytes)) throw contradicted()
    return utf8(bytes)
  }
  if (!thai.includes(name)) throw new MailFault('mail.charset.unknown', path, label)
  const text = decodePart(bytes, 'windows-874')
  if (isUnicode(bytes) || text.includes(undecodable)) throw contradicted()
  return text
}

/**
 * Whether bytes that could be Thai are UTF-8. Thai there has three bytes a letter; characters of two are no Thai, and a header
 * is short enough to be sound UTF-8 by chance: `สบ 0017.1/492` of Saraburi is, in windows-874.
 */
const isUnicode = (bytes: Buffer): boolean => isUtf8(bytes) && bytes.some((byte) => byte >= 0xe0)

/** A mark at the beginning of a text is a part of it: a name that begins with one is another name. */
const utf8 = (bytes: Buffer): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)

/**
 * Header bytes that name no charset: ASCII, or UTF-8 (RFC 6532), or what Thai mail programs wrote before it.
 */
export function bareTextOf(latin1: string, path: string): string {
  if (!/[\u0080-\u00ff]/.test(latin1)) return latin1
  const bytes = Buffer.from(latin1, 'latin1')
  return isUnicode(bytes) ? utf8(bytes) : textOf(bytes, 'windows-874', path)
}
