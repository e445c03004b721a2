// Udon Thani's records of fixed width by hand: iconv-lite. One byte is one character in TIS-620, so that the text is cut.
import iconv from 'iconv-lite'
import type { Secrecy, Urgency } from '../../src/letter/codes.ts'
import type { Letter } from '../../src/letter/letter.ts'
import { officeById } from '../../src/letter/offices.ts'
import {
  type Beside,
  besideNamesOf,
  cellsOfNames,
  codes,
  dateOf,
  fail,
  filesOf,
  type Hand,
  known,
  numberOf,
  officesByAbbreviation,
  type Read,
  recipients,
} from './hand.ts'
import { encoded } from './hand-table.ts'

const length = 1000
const columns = [
  { name: 'สถานะ', start: 0, end: 1 },
  { name: 'ลำดับ', start: 1, end: 8 },
  { name: 'ที่', start: 8, end: 58 },
  { name: 'ลงวันที่', start: 58, end: 66 },
  { name: 'เรื่อง', start: 66, end: 266 },
  { name: 'เร็ว', start: 266, end: 267 },
  { name: 'ลับ', start: 267, end: 268 },
  { name: 'จาก', start: 268, end: 278 },
  { name: 'ถึง', start: 278, end: 538 },
  { name: 'แฟ้ม1', start: 538, end: 648 },
  { name: 'แฟ้ม2', start: 648, end: 758 },
  { name: 'แฟ้ม3', start: 758, end: 978 },
  { name: 'ผู้คีย์', start: 978, end: 990 },
] as const

const urgency = codes<Urgency>({ '0': 'ordinary', '1': 'urgent', '2': 'very-urgent', '3': 'most-urgent' })
const secrecy = codes<Secrecy>({ '0': 'ordinary', '1': 'confidential', '2': 'secret', '3': 'top-secret' })

/** The parser alone: text, lines, columns. */
export function parseFixedWidth(bytes: Buffer): string[][] {
  const lines = iconv.decode(bytes, 'windows-874').split('\r\n')
  return lines.map((line) => columns.map(({ start, end }) => line.slice(start, end).trimEnd()))
}

export const handFixedWidth: Hand = {
  read: (bytes, beside) => {
    const text = iconv.decode(bytes, 'windows-874')
    if (text.includes('\ufffd')) fail('bytes that mean nothing', '')
    const lines = text.split('\r\n')
    if (lines.pop() !== '') fail('a last line without its end', '')
    if (!lines[0]?.startsWith('H1SARABAN')) fail('no first line', lines[0] ?? '')
    if (!lines.at(-1)?.startsWith('T9SARABAN')) fail('no last line', lines.at(-1) ?? '')
    return lines
      .slice(1, -1)
      .filter((line) => line[0] !== 'D' && line[0] !== 'X')
      .map((line) => letterOf(line, beside))
  },
  write: (letter, id) => {
    const names = besideNamesOf(id, letter.attachments)
    const lines = ['H1SARABAN'.padEnd(length), lineOf(letter, names), 'T9SARABAN'.padEnd(length), '']
    return { bytes: encoded(lines.join('\r\n')), names }
  },
}

function letterOf(line: string, beside: Beside): Read {
  if (line.length > length || line.slice(990).trim() !== '') fail('a line that is too long', line)
  const [
    ,
    order = '',
    no = '',
    date = '',
    subject = '',
    speed = '',
    secret = '',
    sender = '',
    to = '',
    ...rest
  ] = columns.map(({ start, end }) => line.slice(start, end).trimEnd())
  const [first = '', second = '', others = '', typist = ''] = rest
  const { number, urgency: glued } = numberOf(no)
  const said = speed === '' ? undefined : known(urgency.read, speed, 'urgency')
  if (said !== undefined && glued !== undefined && said !== glued) fail('two urgencies', no)
  const extension = [
    { name: 'ลำดับ', value: order.trimStart().replace(/^0+(?=.)/, '') },
    { name: 'ผู้คีย์', value: typist },
  ]
  return {
    draft: {
      kind: 'external',
      circular: number.circular,
      number,
      date: dateOf(String(Number(date.slice(0, 4)) - 543), date.slice(4, 6), date.slice(6)),
      subject,
      urgency: said ?? glued ?? 'ordinary',
      secrecy: secret === '' ? 'ordinary' : known(secrecy.read, secret, 'secrecy'),
      from: { office: known(officesByAbbreviation, sender, 'office') },
      to: { offices: recipients(to, ',', officesByAbbreviation) },
      references: [],
      enclosureNote: '',
      sentAt: undefined,
      description: '',
      extension: extension.filter(({ value }) => value !== ''),
    },
    attachments: filesOf([first, second, ...others.split(';')], beside),
  }
}

function lineOf(letter: Letter, names: readonly string[]): string {
  const { number, date, from, to } = letter
  if (
    letter.references.length > 0 ||
    from.person ||
    to.person ||
    letter.enclosureNote + letter.description !== ''
  )
    fail('a letter that says more than the system can hold', number.printed)
  const { main, others } = cellsOfNames(names, letter.attachments)
  const cells = [
    '',
    '',
    number.printed,
    `${Number(date.slice(0, 4)) + 543}${date.slice(5, 7)}${date.slice(8)}`,
    letter.subject,
    urgency.write.get(letter.urgency) ?? '',
    secrecy.write.get(letter.secrecy) ?? '',
    officeById(from.office).abbreviation,
    to.offices.map((id) => officeById(id).abbreviation).join(','),
    main,
    others[0] ?? '',
    others.slice(1).join(';'),
    '',
  ]
  const line = columns.map(({ name, start, end }, index) => {
    const cell = cells[index] ?? ''
    if (cell.length > end - start || cell.endsWith(' ') || /[\r\n]/.test(cell))
      fail(`too much for ${name}`, cell)
    return cell.padEnd(end - start)
  })
  return line.join('').padEnd(length)
}
