// Chon Buri's HTML table by hand: htmlparser2 and iconv-lite.
import { Parser } from 'htmlparser2'
import iconv from 'iconv-lite'
import type { Secrecy, Urgency } from '../../src/letter/codes.ts'
import type { Letter } from '../../src/letter/letter.ts'
import {
  type Beside,
  besideNamesOf,
  cellsOfNames,
  codes,
  fail,
  filesOf,
  type Hand,
  known,
  nameOf,
  numberOf,
  officesByName,
  printThaiDate,
  type Read,
  recipients,
  thaiDate,
} from './hand.ts'
import { encoded, guarded, personOf, unguarded } from './hand-table.ts'

const columns = [
  ...['ลำดับที่', 'เลขที่หนังสือ', 'ลงวันที่', 'ชื่อเรื่อง', 'ชั้นความเร็ว', 'ชั้นความลับ', 'หน่วยงานผู้ส่ง', 'หน่วยงานผู้รับ'],
  ...['อ้างถึง', 'อ้างถึงลงวันที่', 'เรื่องที่อ้างถึง', 'สิ่งที่ส่งมาด้วย', 'ผู้ลงนาม', 'นามสกุล', 'ตำแหน่ง', 'หมายเหตุ'],
  ...['ไฟล์หนังสือ', 'ไฟล์แนบ'],
]
const urgency = codes<Urgency>({
  ปกติ: 'ordinary',
  ด่วน: 'urgent',
  ด่วนมาก: 'very-urgent',
  ด่วนที่สุด: 'most-urgent',
})
const secrecy = codes<Secrecy>({ ปกติ: 'ordinary', ลับ: 'confidential', ลับมาก: 'secret', ลับที่สุด: 'top-secret' })

/** The parser alone: the texts of the rows' cells. */
export function parseHtmlTable(bytes: Buffer): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let cell: string | undefined
  const parser = new Parser(
    {
      onopentag: (name) => {
        if (name === 'tr') row = []
        else if (name === 'td' || name === 'th') cell = ''
        else if (name === 'br' && cell !== undefined) cell += '\n'
      },
      ontext: (text) => {
        if (cell !== undefined) cell += text
      },
      onclosetag: (name) => {
        if (name === 'tr') rows.push(row)
        else if ((name === 'td' || name === 'th') && cell !== undefined) {
          row.push(cell)
          cell = undefined
        }
      },
    },
    { decodeEntities: true },
  )
  parser.write(iconv.decode(bytes, 'windows-874'))
  parser.end()
  return rows
}

export const handHtmlTable: Hand = {
  read: (bytes, beside) => {
    const rows = parseHtmlTable(bytes)
    const at = rows.findIndex((row) => row.includes('เลขที่หนังสือ') && row.includes('ชื่อเรื่อง'))
    const header = rows[at] ?? fail('no header', '')
    const places = columns.map((name) => header.indexOf(name))
    if (places.includes(-1)) fail('a column is missing', header.join(', '))
    return rows
      .slice(at + 1)
      .map((row) => places.map((place) => row[place] ?? ''))
      .filter(([order = '']) => !order.startsWith('รวมทั้งสิ้น'))
      .map((row) => letterOf(row, beside))
  },
  write: (letter, id) => {
    const names = besideNamesOf(id, letter.attachments)
    const row = (tag: string, cells: readonly string[]): string =>
      `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>\r\n`
    const text = [
      '<html xmlns:x="urn:schemas-microsoft-com:office:excel">\r\n<head>\r\n',
      '<meta http-equiv="Content-Type" content="text/html; charset=windows-874">\r\n',
      '<style>th,td{mso-number-format:"\\@"}br{mso-data-placement:same-cell}</style>\r\n</head>\r\n<body>\r\n',
      `<table border="1">\r\n${row('th', columns)}${row('td', cellsOf(letter, names))}</table>\r\n</body>\r\n</html>\r\n`,
    ]
    return { bytes: encoded(text.join('')), names }
  },
}

function letterOf(row: readonly string[], beside: Beside): Read {
  for (const cell of row) if (cell.includes('\ufffd')) fail('bytes that mean nothing', cell)
  const [
    order = '',
    no = '',
    date = '',
    subject = '',
    speed = '',
    secret = '',
    sender = '',
    to = '',
    ...rest
  ] = row.map(unguarded)
  const [numbers = '', dates = '', texts = '', note = '', given = '', family = '', title = '', remark = ''] =
    rest
  const [main = '', others = ''] = rest.slice(8)
  const { number, urgency: glued } = numberOf(no)
  const said = speed === '' ? undefined : known(urgency.read, speed, 'urgency')
  if (said !== undefined && glued !== undefined && said !== glued) fail('two urgencies', no)
  const signer = personOf(given, family, title)
  const [days, subjects] = [dates.split(','), texts.split('\n')]
  return {
    draft: {
      kind: 'external',
      circular: number.circular,
      number,
      date: thaiDate(date),
      subject: subject.trim(),
      urgency: said ?? glued ?? 'ordinary',
      secrecy: secret === '' ? 'ordinary' : known(secrecy.read, secret, 'secrecy'),
      from: { office: known(officesByName, sender, 'office'), ...(signer && { person: signer }) },
      to: { offices: recipients(to, ',', officesByName) },
      references:
        numbers === ''
          ? []
          : numbers.split(',').map((each, index) => {
              const reference = { number: each, subject: subjects[index] ?? '' }
              const day = days[index] ?? ''
              return day === '' ? reference : { ...reference, date: thaiDate(day) }
            }),
      enclosureNote: note,
      sentAt: undefined,
      description: remark,
      extension: order === '' ? [] : [{ name: 'ลำดับที่', value: order }],
    },
    attachments: filesOf([main, ...others.split(';')], beside),
  }
}

function cellsOf(letter: Letter, names: readonly string[]): string[] {
  const { from, to, references } = letter
  if (letter.sentAt !== undefined || to.person || [...letter.subject].length > 255)
    fail('a letter that says more than the system can hold', letter.number.printed)
  const { main, others } = cellsOfNames(names, letter.attachments)
  const { person } = from
  return [
    letter.extension.find(({ name }) => name === 'ลำดับที่')?.value ?? '',
    letter.number.printed,
    printThaiDate(letter.date),
    letter.subject,
    urgency.write.get(letter.urgency) ?? '',
    secrecy.write.get(letter.secrecy) ?? '',
    nameOf(from.office),
    to.offices.map(nameOf).join(','),
    references.map(({ number }) => number).join(','),
    references.map(({ date }) => (date === undefined ? '' : printThaiDate(date))).join(','),
    references.map(({ subject }) => subject).join('\n'),
    letter.enclosureNote,
    ...(person === undefined ? ['', '', ''] : [person.givenName, person.familyName, person.jobTitle]),
    letter.description,
    main,
    others.join(';'),
  ]
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '\n': '<br>',
}
const escaped = (cell: string): string =>
  guarded(cell).replace(/[&<>"'\n]/g, (character) => entities[character] ?? character)
