// Chai Nat's mails by hand: mailparser to read, nodemailer's composer to write.
import iconv from 'iconv-lite'
import { type ParsedMail, simpleParser } from 'mailparser'
import MailComposer from 'nodemailer/lib/mail-composer/index.js'
import type { IncomingAttachment } from '../../src/adapters/contract.ts'
import type { ExtensionField, Letter } from '../../src/letter/letter.ts'
import { arabicDigits, thaiDigits } from '../../src/letter/search.ts'
import {
  fail,
  type Hand,
  known,
  localTime,
  nameOf,
  numberOf,
  type Open,
  officesByName,
  printThaiDate,
  type Read,
  recipients,
  thaiDate,
} from './hand.ts'
import { personOf } from './hand-table.ts'

const labels = [
  ...['ที่', 'ลงวันที่', 'เรื่อง', 'จาก', 'ถึง', 'ตำแหน่งผู้ลงนาม', 'ตำแหน่งผู้รับ', 'สิ่งที่ส่งมาด้วย', 'ชื่อผู้ลงนาม'],
  ...['สกุลผู้ลงนาม', 'ชื่อผู้รับ', 'สกุลผู้รับ', 'อ้างถึง', 'อ้างถึงลงวันที่', 'อ้างถึงเรื่อง', 'หมายเหตุ'],
] as const
type Label = (typeof labels)[number]
const isLabel = (text: string): text is Label => labels.some((each) => each === text)

/** The parser alone. */
export const parseMail = (bytes: Buffer): Promise<ParsedMail> => simpleParser(bytes, { skipTextToHtml: true })

export const handMail: Hand = {
  read: async (bytes) => {
    const mail = await simpleParser(bytes, {
      skipTextToHtml: true,
      skipHtmlToText: true,
      skipTextLinks: true,
    })
    return [letterOf(mail)]
  },
  write: async (letter, _id, open) => ({ bytes: await composed(letter, open), names: [] }),
}

function linesOf(text: string): ReadonlyMap<Label, string> {
  const said = new Map<Label, string>()
  let open: Label | undefined
  for (const line of text.split('\n')) {
    if (line === '-- ') break
    if (line.startsWith('>')) continue
    const colon = line.indexOf(':')
    const label = colon < 0 ? '' : line.slice(0, colon).trim()
    if (isLabel(label)) {
      if (said.has(label)) fail('a label twice', label)
      said.set(label, line.slice(colon + 1).replace(/^ /, ''))
      open = label
    } else if (line.trim() === '') open = undefined
    else if (open !== undefined) said.set(open, `${said.get(open)} ${line.trim()}`)
  }
  return said
}

function letterOf(mail: ParsedMail): Read {
  const lines = linesOf(mail.text ?? '')
  const line = (label: Label): string => lines.get(label) ?? ''
  const { number, urgency } = numberOf(line('ที่'))
  const signer = personOf(line('ชื่อผู้ลงนาม'), line('สกุลผู้ลงนาม'), line('ตำแหน่งผู้ลงนาม'))
  const receiver = personOf(line('ชื่อผู้รับ'), line('สกุลผู้รับ'), line('ตำแหน่งผู้รับ'))
  const numbers = line('อ้างถึง')
  const [days, subjects] = [line('อ้างถึงลงวันที่').split('|'), line('อ้างถึงเรื่อง').split('|')]
  return {
    draft: {
      kind: 'external',
      circular: number.circular,
      number,
      date: thaiDate(arabicDigits(line('ลงวันที่'))),
      subject: line('เรื่อง').trim(),
      urgency: urgency ?? 'ordinary',
      secrecy: 'ordinary',
      from: { office: known(officesByName, line('จาก'), 'office'), ...(signer && { person: signer }) },
      to: { offices: recipients(line('ถึง'), ',', officesByName), ...(receiver && { person: receiver }) },
      references:
        numbers === ''
          ? []
          : numbers.split('|').map((each, index) => {
              const reference = { number: each.trim(), subject: subjects[index]?.trim() ?? '' }
              const day = days[index] ?? ''
              return day.trim() === '' ? reference : { ...reference, date: thaiDate(arabicDigits(day)) }
            }),
      enclosureNote: arabicDigits(line('สิ่งที่ส่งมาด้วย')),
      sentAt: undefined,
      description: arabicDigits(line('หมายเหตุ')),
      extension: headersOf(mail),
    },
    attachments: filesOf(mail),
  }
}

/** What the headers say travels along. */
function headersOf({ subject = '', from, date, messageId = '' }: ParsedMail): ExtensionField[] {
  const at = date === undefined ? undefined : localTime(date.getTime())
  return [
    { name: 'subject', value: subject },
    { name: 'from', value: from?.value[0]?.address ?? '' },
    { name: 'date', value: at === undefined ? '' : `${at.date} ${at.time}` },
    { name: 'message-id', value: messageId },
  ].filter(({ value }) => value !== '')
}

/** The first PDF is the letter itself. */
function filesOf({ attachments }: ParsedMail): IncomingAttachment[] {
  const files = attachments.map(({ filename, contentType, content }) => ({
    name: filename ?? fail('a file without a name', contentType),
    mediaType: contentType,
    content: { kind: 'bytes' as const, bytes: content },
  }))
  const main = files.find(({ mediaType }) => mediaType === 'application/pdf')
  const others = files.filter((each) => each !== main)
  return [
    ...(main === undefined ? [] : [{ ...main, role: 'main' as const }]),
    ...others.map((each) => ({ ...each, role: 'enclosure' as const })),
  ]
}

function bodyOf(letter: Letter): string {
  const { from, to, references } = letter
  if (letter.secrecy !== 'ordinary' || letter.urgency !== 'ordinary' || letter.sentAt !== undefined)
    fail('a letter that says more than the system can hold', letter.number.printed)
  for (const text of [letter.enclosureNote, letter.description])
    if (arabicDigits(text) !== text) fail('Thai digits in', text)
  const lines: readonly (readonly [Label, string])[] = [
    ['ที่', letter.number.printed],
    ['ลงวันที่', thaiDigits(printThaiDate(letter.date, 'full'))],
    ['เรื่อง', letter.subject],
    ['จาก', nameOf(from.office)],
    ['ถึง', to.offices.map(nameOf).join(',')],
    ['ตำแหน่งผู้ลงนาม', from.person?.jobTitle ?? ''],
    ['ตำแหน่งผู้รับ', to.person?.jobTitle ?? ''],
    ['สิ่งที่ส่งมาด้วย', thaiDigits(letter.enclosureNote)],
    ['ชื่อผู้ลงนาม', from.person?.givenName ?? ''],
    ['สกุลผู้ลงนาม', from.person?.familyName ?? ''],
    ['ชื่อผู้รับ', to.person?.givenName ?? ''],
    ['สกุลผู้รับ', to.person?.familyName ?? ''],
    ['อ้างถึง', references.map(({ number }) => number).join('|')],
    [
      'อ้างถึงลงวันที่',
      references
        .map(({ date }) => (date === undefined ? '' : thaiDigits(printThaiDate(date, 'full'))))
        .join('|'),
    ],
    ['อ้างถึงเรื่อง', references.map(({ subject }) => subject).join('|')],
    ['หมายเหตุ', thaiDigits(letter.description)],
  ]
  for (const [label, text] of lines) if (/[\r\n]/.test(text)) fail(`a line break in ${label}`, text)
  return lines
    .filter(([, text]) => text !== '')
    .map(([label, text]) => `${label}: ${text}\n`)
    .join('')
}

function composed(letter: Letter, open: Open): Promise<Buffer> {
  const mail = new MailComposer({
    subject: 'หนังสือราชการ',
    date: new Date('2026-11-23T10:15:00+07:00'),
    // Its programs want TIS-620, which nodemailer has only for whole contents.
    alternatives: [
      {
        contentType: 'text/plain; charset=TIS-620',
        content: iconv.encode(bodyOf(letter), 'windows-874'),
        contentTransferEncoding: 'base64',
      },
    ],
    attachments: letter.attachments.map(({ name, mediaType, sha256 }) => ({
      filename: name,
      contentType: mediaType,
      content: open(sha256),
    })),
  })
  return new Promise((resolve, reject) => {
    mail.compile().build((error, bytes) => (error ? reject(error) : resolve(bytes)))
  })
}
