// Udon Thani's own program in COBOL: records of fixed width between a first and a last line. ILLUSTRATIVE: which system the
// province runs was never published.
import iconv from 'iconv-lite'
import type { ArrivedLetter, ExchangeForm } from '../exchange/entry.ts'
import { memberOf } from '../exchange/reach.ts'
import type { FleetMember } from '../member.ts'

type Picture = readonly (readonly [name: string, start: number, length: number])[]

const letters: Picture = [
  ['status', 1, 1],
  ['serial', 2, 7],
  ['number', 9, 50],
  ['date', 59, 8],
  ['subject', 67, 200],
  ['speed', 267, 1],
  ['secret', 268, 1],
  ['from', 269, 10],
  ['to', 279, 260],
  ['file1', 539, 110],
  ['file2', 649, 110],
  ['file3', 759, 220],
  ['keyed', 979, 12],
]
const notices: Picture = [
  ['kind', 1, 2],
  ['number', 3, 50],
  ['date', 53, 8],
  ['office', 61, 10],
  ['receiveNumber', 71, 20],
  ['reason', 91, 100],
]
const kinds: Readonly<Record<string, string>> = {
  '01': 'receive',
  '02': 'accept',
  '03': 'reject',
  '04': 'invalid',
  '05': 'dispute',
  '06': 'recall',
}

/** A line of bytes: each value at its place, and blanks between. Throws when one is longer than its place. */
function line(values: Readonly<Record<string, string>>, picture: Picture, length: number): Buffer {
  const bytes = Buffer.alloc(length, ' ')
  for (const [name, start, room] of picture) {
    const value = iconv.encode(values[name] ?? '', 'tis620')
    if (value.length > room) throw new Error(`${name} holds ${room} bytes: ${values[name]}`)
    const at = name === 'receiveNumber' ? start - 1 + room - value.length : start - 1
    value.copy(bytes, at)
  }
  return bytes
}

/** Cuts bytes into columns, and only then makes text of them. */
const cut = (bytes: Buffer, picture: Picture): Record<string, string> =>
  Object.fromEntries(
    picture.map(([name, start, length]): [string, string] => [
      name,
      iconv.decode(bytes.subarray(start - 1, start - 1 + length), 'tis620').trim(),
    ]),
  )

/** The lines of a document, without their ends. A charset of one byte a character: latin1 keeps them all. */
const linesOf = (document: Buffer): Buffer[] =>
  document
    .toString('latin1')
    .split(/\r?\n/)
    .filter((text) => text !== '')
    .map((text) => Buffer.from(text, 'latin1'))

/** The blanks at the end of a line are left out, as its print program does. */
const trimmed = (bytes: Buffer): Buffer => Buffer.from(bytes.toString('latin1').trimEnd(), 'latin1')

const between = (head: string, records: readonly Buffer[], end: string): Buffer => {
  const foot = Buffer.from(`T9SARABAN${String(records.length).padStart(6, '0')}`)
  return Buffer.concat([Buffer.from(head), ...records, foot].flatMap((each) => [each, Buffer.from(end)]))
}

const letterOf = (bytes: Buffer): ArrivedLetter => {
  const {
    from = '',
    number = '',
    date = '',
    subject = '',
    file1 = '',
    file2 = '',
    file3 = '',
  } = cut(bytes, letters)
  const files = [file1, file2, ...file3.split(';')].filter((name) => name !== '')
  return { kind: 'letter', from, number, date, subject, files }
}

const form: ExchangeForm = {
  ending: '.TXT',
  begins: { letter: 'S', notice: 'SR' },
  letter: (entry) => {
    const [file1, file2 = '', ...others] = entry.files
    const values = {
      serial: String(entry.running).padStart(7, '0'),
      number: entry.number,
      date: entry.day('yyyyMMdd'),
      subject: entry.subject,
      speed: String(entry.urgency),
      secret: '0',
      from: entry.from.abbreviation,
      to: entry.to.abbreviation,
      ...{ file1, file2, file3: others.join(';') },
      keyed: 'OPER01',
    }
    // What was struck out stays in the file, marked: its reader passes it over.
    const struck = line({ ...values, status: 'D', subject: 'ยกเลิก' }, letters, 1000)
    return { document: between('H1SARABAN', [struck, trimmed(line(values, letters, 1000))], '\r\n') }
  },
  accept: ({ number, date, from }, receiveNumber) => {
    const record = line({ kind: '02', number, date, office: from, receiveNumber }, notices, 190)
    return { document: between('H2SARABAN', [record], '\n') }
  },
  read: ({ document }) => {
    const [head = Buffer.alloc(0), ...rest] = linesOf(document)
    const records = rest.slice(0, -1)
    if (head.toString('latin1').startsWith('H1')) return records.map(letterOf)
    return records.map((bytes) => {
      const { kind = '', number = '', date = '', receiveNumber = '' } = cut(bytes, notices)
      return { kind: 'notice', says: kinds[kind] ?? kind, number, date, receiveNumber }
    })
  },
}

export const udonThani: FleetMember = memberOf({
  profile: 'udon-thani-fixed-width',
  office: '41',
  product: 'งานสารบรรณ COBOL',
  folders: { send: 'SEND', sendNotices: 'SENDRPT', receive: 'RECV', notices: 'RECVRPT' },
  reach: { kind: 'ftp', tls: 'none' },
  form,
})
