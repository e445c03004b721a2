// A mail written: ASCII from end to end, so that no server on its way has a reason to change it. The same letter gives
// the same bytes.
import type { WrittenFile } from '../../contract.ts'
import type { Charset } from '../charset.ts'
import { encode } from '../charset.ts'

/** Base64 in lines of 76 (RFC 2045, section 6.8). */
export const base64Lines = (bytes: Buffer): string =>
  bytes.toString('base64').replace(/.{76}/g, '$&\r\n').replace(/\r\n$/, '')

/** A header line with a text, in encoded words where it must be (RFC 2047). Throws for control characters (attacks X12). */
export function headerLine(name: string, text: string): string {
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(text))
    throw new Error('a header was written with a line end in it')
  const plain = /^[ -~]{0,200}$/.test(text) && text === text.trim() && !text.includes('=?')
  return `${name}: ${plain ? text : encodedWords(text)}\r\n`
}

/** Words of at most 75 characters, never cut inside a character. */
function encodedWords(text: string): string {
  const words: string[] = []
  let chunk = ''
  for (const character of text) {
    if (Buffer.byteLength(chunk + character, 'utf8') > 42) {
      words.push(chunk)
      chunk = ''
    }
    chunk += character
  }
  return [...words, chunk]
    .map((each) => `=?UTF-8?B?${Buffer.from(each, 'utf8').toString('base64')}?=`)
    .join('\r\n ')
}

/** The part that holds the text. */
export function textPart(text: string, charset: Charset): string {
  const label =
    charset === 'utf-8' ? 'UTF-8' : charset === 'windows-874' ? 'windows-874' : charset.toUpperCase()
  const bytes = encode(text.replaceAll('\n', '\r\n'), charset)
  return [
    `Content-Type: text/plain; charset=${label}`,
    'Content-Transfer-Encoding: base64',
    '',
    base64Lines(bytes),
    '',
  ].join('\r\n')
}

/** The head of a part that holds a file in base64, its name in RFC 2231's form where ASCII cannot say it. */
export function fileHead({ name, mediaType }: WrittenFile): string {
  return [
    `Content-Type: ${mediaType}`,
    'Content-Transfer-Encoding: base64',
    `Content-Disposition: attachment;${filename(name)}`,
    '',
    '',
  ].join('\r\n')
}

function filename(name: string): string {
  if (/^[A-Za-z0-9 ._()+-]{1,60}$/.test(name)) return ` filename="${name}"`
  const escaped = Buffer.from(name, 'utf8')
    .toString('latin1')
    .replace(
      /[^A-Za-z0-9._-]/g,
      (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    )
  // Whole escapes in each piece: some readers decode piece by piece.
  const pieces = escaped.match(/(?:%[0-9A-F]{2}|[^%]){1,20}/g) ?? []
  return pieces
    .map((piece, index) => `\r\n filename*${index}*=${index === 0 ? "UTF-8''" : ''}${piece}`)
    .join(';')
}

/** The day and time of a mail (RFC 5322, section 3.3) in Thailand's zone. */
export function mailDate(at: number): string {
  const local = new Date(at + 7 * 60 * 60 * 1000).toUTCString()
  return local.replace(/GMT$/, '+0700')
}
