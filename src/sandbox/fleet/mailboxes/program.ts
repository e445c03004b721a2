// The mail programs of offices without a system: how each puts Thai into a mail. Written by hand, as such programs did, with
// the charsets, labels and short cuts of their time; nothing here is taken from the gateway.
import { Buffer } from 'node:buffer'
import iconv from 'iconv-lite'
import type { Scan } from '../../systems/system.ts'

export interface Program {
  /** X-Mailer. */
  readonly name: string
  /** The label that it gives its text, whatever the bytes are: UTF-8, or Thai in one byte for each character. */
  readonly charset: 'UTF-8' | 'TIS-620' | 'windows-874' | 'x-windows-874' | 'cp874' | 'ISO-8859-11'
  readonly transfer: '8bit' | 'quoted-printable' | 'base64'
  /** HTML beside the text (`alternative`), with the office's emblem in it (`emblem`), or with scanned pages in it. */
  readonly html: 'none' | 'alternative' | 'emblem' | 'pages'
  /** How a file's name is written: RFC 2231, encoded words in quotes, or its bytes as they are. */
  readonly names: 'rfc2231' | 'words' | 'bare'
  /** How headers are written: encoded words in base64 or quoted-printable, or the bytes as they are. */
  readonly headers: 'B' | 'Q' | 'bare'
  /** Lines are broken with a space before the end (RFC 3676). */
  readonly flowed?: true
}

export interface Mail {
  readonly from: string
  readonly fromName: string
  readonly to: string
  readonly subject: string
  /** As RFC 5322 has it, with a zone. */
  readonly date: string
  /** With its angle brackets. */
  readonly messageId: string
  readonly answers?: string
  /** Lines with `\n` between them. */
  readonly text: string
  readonly scans: readonly Scan[]
}

/** Width at which programs break lines, in characters. */
const width = 72

/** The mail's bytes, line ends `\r\n`. Text that the program's charset does not have is written as UTF-8 and said to be. */
export function writeMail(mail: Mail, program: Program): Buffer {
  const { fromName, subject, text, scans } = mail
  const names = scans.map(({ name }) => name).join('')
  const coding = codingOf(program, fromName + subject + text + names)
  const head = [
    `From: ${headerText(fromName, program, coding)} <${mail.from}>`,
    `To: <${mail.to}>`,
    `Subject: ${headerText(subject, program, coding)}`,
    `Date: ${mail.date}`,
    `Message-ID: ${mail.messageId}`,
    ...(mail.answers === undefined ? [] : [`In-Reply-To: ${mail.answers}`, `References: ${mail.answers}`]),
    'MIME-Version: 1.0',
    `X-Mailer: ${program.name}`,
  ]
  const [inside, beside] = program.html === 'pages' ? apart(scans) : [[], scans]
  const body = bodyPart(text, inside, program, coding)
  const parts = beside.map((scan) => filePart(scan, program, coding))
  const whole = parts.length === 0 ? body : multipart('mixed', [body, ...parts], mail.messageId)
  return Buffer.concat([bytes(`${head.join('\r\n')}\r\n`, coding), whole])
}

interface Coding {
  /** As the label says it. */
  readonly label: string
  readonly encode: (text: string) => Buffer
}

function codingOf({ charset }: Program, all: string): Coding {
  const unicode: Coding = { label: 'UTF-8', encode: (text) => Buffer.from(text, 'utf8') }
  if (charset === 'UTF-8') return unicode
  const encode = (text: string): Buffer => iconv.encode(text, 'windows-874')
  return iconv.decode(encode(all), 'windows-874') === all ? { label: charset, encode } : unicode
}

const bytes = (text: string, { encode }: Coding): Buffer => encode(text)
const plain = (text: string): boolean => /^[ -~]*$/.test(text)

function headerText(text: string, { headers }: Program, coding: Coding): string {
  if (plain(text) || headers === 'bare') return text
  return words(text, headers, coding).join('\r\n ')
}

/** Encoded words (RFC 2047) of at most 75 characters. */
function words(text: string, kind: 'B' | 'Q', coding: Coding): string[] {
  const room = 75 - coding.label.length - '=????='.length - 1
  const code = (piece: string): string => {
    const coded = coding.encode(piece)
    if (kind === 'B') return coded.toString('base64')
    return [...coded].map((byte) => `=${hex(byte)}`).join('')
  }
  const made: string[] = []
  let open = ''
  for (const character of text) {
    if (code(open + character).length > room) {
      made.push(open)
      open = ''
    }
    open += character
  }
  return [...made, open].map((piece) => `=?${coding.label}?${kind}?${code(piece)}?=`)
}

const hex = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0')

/** A part: its headers, and its body. */
const part = (headers: readonly string[], body: Buffer, coding: Coding): Buffer =>
  Buffer.concat([bytes(`${headers.join('\r\n')}\r\n\r\n`, coding), body])

function multipart(kind: string, parts: readonly Buffer[], id: string): Buffer {
  const boundary = `----=_${kind}_${id.replaceAll(/[^0-9A-Za-z]/g, '').slice(0, 30)}`
  const pieces = parts.flatMap((each) => [Buffer.from(`--${boundary}\r\n`), each, Buffer.from('\r\n')])
  const head = `Content-Type: multipart/${kind}; boundary="${boundary}"\r\n\r\n`
  return Buffer.concat([Buffer.from(head), ...pieces, Buffer.from(`--${boundary}--\r\n`)])
}

function bodyPart(text: string, pages: readonly Scan[], program: Program, coding: Coding): Buffer {
  const { html, flowed } = program
  const type = `text/plain; charset=${coding.label}${flowed === true ? '; format=flowed' : ''}`
  const written = textPart(type, broken(text, flowed === true), program, coding)
  if (html === 'none') return written
  const emblem = html === 'emblem' ? '<img src="cid:emblem@office">' : ''
  const images = pages.map((_, index) => `<img src="cid:page${index}@office">`).join('')
  const paragraphs = text
    .split('\n')
    .map((line) => `<p>${line.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</p>`)
  const marked = textPart(
    `text/html; charset=${coding.label}`,
    `<html><body>${paragraphs.join('\n')}${emblem}${images}</body></html>`,
    program,
    coding,
  )
  const both = multipart('alternative', [written, marked], `a${text.length}`)
  const related = [
    ...(html === 'emblem' ? [imagePart(emblemGif, 'emblem.gif', 'image/gif', 'emblem@office', coding)] : []),
    ...pages.map((page, index) =>
      imagePart(page.bytes, page.name, page.mediaType, `page${index}@office`, coding),
    ),
  ]
  return related.length === 0 ? both : multipart('related', [both, ...related], `r${text.length}`)
}

/** A picture of one point. */
const emblemGif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

const imagePart = (content: Buffer, name: string, type: string, id: string, coding: Coding): Buffer =>
  part(
    [`Content-Type: ${type}; name="${name}"`, `Content-ID: <${id}>`, 'Content-Transfer-Encoding: base64'],
    Buffer.from(base64Lines(content)),
    coding,
  )

/** Lines of at most `width`, broken at single spaces only: a word is never torn. */
function broken(text: string, flowed: boolean): string {
  const lines = text.split('\n').flatMap((line) => {
    const made: string[] = []
    let open = ''
    for (const word of line.split(/(?<! ) (?! )/)) {
      if (open !== '' && open.length + word.length >= width) {
        made.push(flowed ? `${open} ` : open)
        open = word
      } else open = open === '' ? word : `${open} ${word}`
    }
    return [...made, open]
  })
  return lines.join('\n')
}

function textPart(type: string, text: string, { transfer }: Program, coding: Coding): Buffer {
  const coded = bytes(text.replaceAll('\n', '\r\n'), coding)
  const headers = [`Content-Type: ${type}`, `Content-Transfer-Encoding: ${transfer}`]
  if (transfer === '8bit') return part(headers, coded, coding)
  const body = transfer === 'base64' ? base64Lines(coded) : quotedPrintable(coded)
  return part(headers, Buffer.from(body), coding)
}

function filePart({ name, mediaType, bytes: content }: Scan, program: Program, coding: Coding): Buffer {
  const headers = [
    `Content-Type: ${mediaType}${program.names === 'rfc2231' ? '' : `; name=${quotedName(name, program, coding)}`}`,
    'Content-Transfer-Encoding: base64',
    `Content-Disposition: attachment; ${program.names === 'rfc2231' ? extendedName(name) : `filename=${quotedName(name, program, coding)}`}`,
  ]
  return part(headers, Buffer.from(base64Lines(content)), coding)
}

function quotedName(name: string, { names, headers }: Program, coding: Coding): string {
  if (plain(name) || names === 'bare') return `"${name}"`
  return `"${words(name, headers === 'bare' ? 'B' : headers, coding).join('\r\n ')}"`
}

const extendedName = (name: string): string =>
  plain(name) ? `filename="${name}"` : `filename*=UTF-8''${encodeURIComponent(name).replaceAll("'", '%27')}`

/** Scanned pages, which stand inside the HTML, and all other files. */
function apart(scans: readonly Scan[]): [Scan[], Scan[]] {
  const isPage = ({ mediaType }: Scan): boolean => mediaType.startsWith('image/')
  return [scans.filter(isPage), scans.filter((scan) => !isPage(scan))]
}

const base64Lines = (content: Buffer): string =>
  (content.toString('base64').match(/.{1,76}/g) ?? []).join('\r\n')

/** RFC 2045, section 6.7: lines of at most 76. */
function quotedPrintable(content: Buffer): string {
  const lines = content.toString('latin1').split('\r\n')
  return lines
    .map((line) => {
      const pieces = [...line].map((character, index) => {
        const byte = character.charCodeAt(0)
        const safe = byte >= 33 && byte <= 126 && character !== '='
        const inside = character === ' ' && index < line.length - 1
        return safe || inside ? character : `=${hex(byte)}`
      })
      const made: string[] = []
      let open = ''
      for (const piece of pieces) {
        if (open.length + piece.length > 75) {
          made.push(`${open}=`)
          open = ''
        }
        open += piece
      }
      return [...made, open].join('\r\n')
    })
    .join('\r\n')
}
