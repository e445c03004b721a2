// Chiang Mai's CSV by hand: csv-parse, csv-stringify and iconv-lite.
import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import iconv from 'iconv-lite'
import type { Kind, Urgency } from '../../src/letter/codes.ts'
import type { Letter, Person } from '../../src/letter/letter.ts'
import {
  type Beside,
  besideNamesOf,
  cellsOfNames,
  codes,
  fail,
  filesOf,
  type Hand,
  instantOf,
  known,
  localTime,
  nameOf,
  numberOf,
  officesByName,
  printSlashedDate,
  printThaiDate,
  type Read,
  recipients,
  slashedDate,
  thaiDate,
} from './hand.ts'
import { encoded, guarded, personOf, unguarded } from './hand-table.ts'

const columns = [
  ...['ที่หนังสือ', 'ลงวันที่', 'เรื่อง', 'ความเร็ว', 'ชนิด', 'เวียน', 'จาก', 'ถึง', 'ชื่อผู้ลงนาม', 'สกุลผู้ลงนาม'],
  ...['ตำแหน่งผู้ลงนาม', 'ชื่อผู้รับ', 'สกุลผู้รับ', 'ตำแหน่งผู้รับ', 'อ้างถึงที่', 'อ้างถึงวันที่', 'อ้างถึงเรื่อง'],
  ...['สิ่งที่ส่งมาด้วย', 'ส่งเมื่อ', 'หมายเหตุ', 'ไฟล์1', 'ไฟล์2', 'เลขทะเบียนส่ง'],
]

const urgency = codes<Urgency>({ '1': 'ordinary', '2': 'urgent', '3': 'very-urgent', '4': 'most-urgent' })
const kind = codes<Kind>({
  ภายนอก: 'external',
  ภายใน: 'internal',
  ประทับตรา: 'stamped',
  สั่งการ: 'directive',
  ประชาสัมพันธ์: 'public',
  หลักฐาน: 'record',
})
const circular = new Map([
  ['ว', true],
  ['-', false],
])

/** The parser alone. */
export const parseCsv = (bytes: Buffer): string[][] => parse(iconv.decode(bytes, 'windows-874'))

export const handCsv: Hand = {
  read: (bytes, beside) => {
    const [header = [], ...rows] = parseCsv(bytes)
    for (const [index, name] of columns.entries()) if (header[index] !== name) fail('no such column', name)
    return rows.map((row) => letterOf(row, beside))
  },
  write: (letter, id) => {
    const names = besideNamesOf(id, letter.attachments)
    const text = stringify([columns, rowOf(letter, names).map(guarded)], { record_delimiter: '\r\n' })
    return { bytes: encoded(text), names }
  },
}

function letterOf(row: readonly string[], beside: Beside): Read {
  for (const cell of row) if (cell.includes('\ufffd')) fail('bytes that mean nothing', cell)
  const [no = '', date = '', subject = '', speed = '', sort = '', mark = '', sender = '', to = ''] = row
    .slice(0, 8)
    .map(unguarded)
  const [given = '', family = '', title = '', toGiven = '', toFamily = '', toTitle = ''] = row
    .slice(8, 14)
    .map(unguarded)
  const [
    numbers = '',
    dates = '',
    texts = '',
    note = '',
    sent = '',
    remark = '',
    main = '',
    others = '',
    register = '',
  ] = row.slice(14).map(unguarded)
  const { number, urgency: glued } = numberOf(no)
  const said = speed === '' ? undefined : known(urgency.read, speed, 'urgency')
  if (said !== undefined && glued !== undefined && said !== glued) fail('two urgencies', no)
  if ([...subject].length > 150) fail('a subject that is too long', subject)
  const signer = personOf(given, family, title)
  const receiver = personOf(toGiven, toFamily, toTitle)
  return {
    draft: {
      kind: sort === '' ? 'external' : known(kind.read, sort, 'kind'),
      circular: mark === '' ? number.circular : known(circular, mark, 'mark of a circular'),
      number,
      date: thaiDate(date),
      subject,
      urgency: said ?? glued ?? 'ordinary',
      secrecy: 'ordinary',
      from: { office: known(officesByName, sender, 'office'), ...(signer && { person: signer }) },
      to: { offices: recipients(to, ';', officesByName), ...(receiver && { person: receiver }) },
      references: referencesOf(numbers, dates, texts),
      enclosureNote: note,
      sentAt: sent === '' ? undefined : instantOf(slashedDate(sent.slice(0, 10)), sent.slice(11)),
      description: remark,
      extension: register === '' ? [] : [{ name: 'เลขทะเบียนส่ง', value: register }],
    },
    attachments: filesOf([main, ...others.split(';')], beside),
  }
}

function referencesOf(numbers: string, dates: string, texts: string) {
  if (numbers === '' && dates === '' && texts === '') return []
  const subjects = texts.split('|')
  const days = dates.split('|')
  return numbers.split('|').map((number, index) => {
    const day = days[index] ?? ''
    const reference = { number, subject: subjects[index] ?? '' }
    return day === '' ? reference : { ...reference, date: thaiDate(day) }
  })
}

function rowOf(letter: Letter, names: readonly string[]): string[] {
  const { from, to, references, sentAt } = letter
  if (letter.secrecy !== 'ordinary') fail('a letter that is secret', letter.number.printed)
  for (const [text, limit] of [
    [letter.subject, 150],
    [letter.enclosureNote, 255],
    [letter.description, 255],
  ] as const)
    if ([...text].length > limit) fail('a text that is too long', text)
  for (const { number, subject } of references)
    if (number.includes('|') || subject.includes('|')) fail('a separator in', number)
  const { main, others } = cellsOfNames(names, letter.attachments)
  const sent = sentAt === undefined ? undefined : localTime(sentAt)
  return [
    letter.number.printed,
    printThaiDate(letter.date),
    letter.subject,
    urgency.write.get(letter.urgency) ?? '',
    kind.write.get(letter.kind) ?? '',
    letter.circular ? 'ว' : '-',
    nameOf(from.office),
    to.offices.map(nameOf).join(';'),
    ...personCells(from.person),
    ...personCells(to.person),
    references.map(({ number }) => number).join('|'),
    references.map(({ date }) => (date === undefined ? '' : printThaiDate(date))).join('|'),
    references.map(({ subject }) => subject).join('|'),
    letter.enclosureNote,
    sent === undefined ? '' : `${printSlashedDate(sent.date)} ${sent.time}`,
    letter.description,
    main,
    others.join(';'),
    letter.extension.find(({ name }) => name === 'เลขทะเบียนส่ง')?.value ?? '',
  ]
}

const personCells = (person: Person | undefined): string[] =>
  person === undefined ? ['', '', ''] : [person.givenName, person.familyName, person.jobTitle]
