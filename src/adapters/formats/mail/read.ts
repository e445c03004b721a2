// A mail read: its header, its text and its files, as far as a profile can name them.
import { attachmentNameFaults, extensionOf, mediaTypeOf } from '../../../letter/attachments.ts'
import { printInstant } from '../../../letter/time.ts'
import type { FileInside } from '../format.ts'
import { unflowed } from './body.ts'
import { textOf } from './charset.ts'
import { MailFault } from './fault.ts'
import type { Head } from './head.ts'
import { type Leaf, partsOf } from './parts.ts'
import { headerText } from './words.ts'

/** Bytes of one text: what a letter's extension can hold is less. */
const largestText = 1024 * 1024

export interface MailRead {
  readonly subject: string
  /** The address in From, as it stands there; '' when there is no From. */
  readonly from: string
  /** The Date header in Thailand's time, `yyyy-MM-dd HH:mm:ss`; '' when there is none. */
  readonly date: string
  readonly messageId: string
  readonly text: string
  /** The charset that the text says it is in. */
  readonly charset: string
  /** Files by name, in order. */
  readonly files: ReadonlyMap<string, FileInside>
}

/** Reads a mail. Throws `MailFault` for the first thing that is not whole or could be read in two ways. */
export function readMail(bytes: Buffer, inlineImages: 'skip' | 'attach'): MailRead {
  const { head, leaves } = partsOf(bytes)
  const plain = leaves.filter((leaf) => leaf.type === 'text/plain' && isBody(leaf))
  if (plain.length === 0 && leaves.some((leaf) => leaf.type === 'text/html' && isBody(leaf)))
    throw new MailFault('mail.body.html', 'body')
  const first = plain[0]
  return {
    subject: headerText(head.one('subject') ?? '', 'subject'),
    from: head.one('from') === undefined ? '' : senderOf(head),
    date: dateOf(head),
    messageId: head.one('message-id') ?? '',
    text: plain.map(bodyText).join('\n\n'),
    charset: first === undefined || charsetOf(first) === '' ? 'us-ascii' : charsetOf(first),
    files: filesOf(leaves.filter((leaf) => !isBody(leaf) && !isLeftOut(leaf, inlineImages))),
  }
}

const address = /^[^<>\s@,;:"\\()[\]]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/

/** Whether a text is one plain address (RFC 5321, section 2.3.11), in ASCII as mail servers without extensions take it. */
export const isAddress = (text: string): boolean => address.test(text) && /^[!-~]+$/.test(text)

/** The one address in From. Throws when there is none, or several, or something that readers understand differently. */
export function senderOf(head: Head): string {
  const value = head.one('from') ?? ''
  const found = /^(?:"(?:[^"\\]|\\.)*"[ \t]*|[^"<>,;:]*)<([^<>]*)>$/.exec(value)
  const sender = found?.[1] ?? value
  if (!isAddress(sender)) throw new MailFault('mail.header.sender', 'from', value.slice(0, 200))
  return sender
}

function dateOf(head: Head): string {
  const value = head.one('date')
  if (value === undefined) return ''
  // RFC 5322, section 3.3; a comment behind names the zone.
  const form =
    /^(?:[A-Za-z]{3}, *)?\d{1,2} [A-Za-z]{3} \d{4} \d{2}:\d{2}(?::\d{2})? (?:[+-]\d{4}|GMT|UT)(?: *\([^()]*\))?$/
  const at = form.test(value) ? Date.parse(value.replace(/ *\([^()]*\)$/, '')) : Number.NaN
  if (Number.isNaN(at)) throw new MailFault('mail.header.date', 'date', value.slice(0, 80))
  return printInstant(at).slice(0, 19).replace('T', ' ')
}

const charsetOf = ({ parameters }: Leaf): string => parameters.get('charset')?.trim().toLowerCase() ?? ''

function bodyText(leaf: Leaf): string {
  const bytes = leaf.bytes()
  if (bytes.length > largestText)
    throw new MailFault('mail.part.bounds', leaf.path, undefined, {
      what: 'bytes of text',
      limit: largestText,
    })
  const text = textOf(bytes, charsetOf(leaf), leaf.path).replace(/\r\n?/g, '\n')
  const flowed = leaf.parameters.get('format')?.toLowerCase() === 'flowed'
  return flowed ? unflowed(text, leaf.parameters.get('delsp')?.toLowerCase() === 'yes') : text
}

const nameOf = ({ disposition, parameters }: Leaf): string =>
  (disposition.get('filename') ?? parameters.get('name') ?? '').trim()

/** Text for the reader of the mail, or another form of it: no file. */
const isBody = (leaf: Leaf): boolean =>
  leaf.type.startsWith('text/') &&
  nameOf(leaf) === '' &&
  leaf.disposition.value !== 'attachment' &&
  (leaf.type === 'text/plain' || leaf.type === 'text/html' || leaf.within.includes('alternative'))

/** A logo or the picture of a signature that HTML refers to, and the signature of the mail itself: no files of the letter. */
function isLeftOut(leaf: Leaf, inlineImages: 'skip' | 'attach'): boolean {
  if (leaf.type === 'application/pkcs7-signature' || leaf.type === 'application/pgp-signature')
    return leaf.within.includes('signed')
  return (
    inlineImages === 'skip' &&
    leaf.type.startsWith('image/') &&
    leaf.referred &&
    leaf.within.includes('related') &&
    leaf.disposition.value !== 'attachment'
  )
}

function filesOf(leaves: readonly Leaf[]): ReadonlyMap<string, FileInside> {
  const files = new Map<string, FileInside>()
  for (const leaf of leaves) {
    const said = nameOf(leaf)
    const type = mediaTypeOf(leaf.type, said)
    // What a program calls a PDF is its own affair as long as the name says what it is.
    const known = type.ok ? type : mediaTypeOf(undefined, said)
    if (!known.ok) throw new MailFault('mail.part.kind', leaf.path, leaf.type.slice(0, 80))
    const name = said === '' ? `${leaf.path.replace(' ', '-')}.${extensionOf(known.value)}` : said
    const [fault] = attachmentNameFaults(name, leaf.path)
    if (fault !== undefined) throw new MailFault(fault.code, fault.path, fault.value, fault.details)
    if (files.has(name)) throw new MailFault('mail.file.name-twice', leaf.path, name)
    files.set(name, { mediaType: known.value, content: leaf.content() })
  }
  return files
}
