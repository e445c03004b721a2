// Rayong's spreadsheet by hand: fflate, and saxes for the sheet.
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate'
import { SaxesParser } from 'saxes'
import type { Secrecy, Urgency } from '../../src/letter/codes.ts'
import { readCanonicalDate } from '../../src/letter/dates.ts'
import type { Letter } from '../../src/letter/letter.ts'
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
  printThaiDate,
  type Read,
  recipients,
  thaiDate,
} from './hand.ts'
import { must } from './letters.ts'

const columns = [
  ...['ลำดับที่', 'เลขที่หนังสือ', 'ลงวันที่', 'ชื่อเรื่อง', 'ความเร็ว', 'ความลับ', 'ผู้ส่ง', 'ผู้รับ', 'อ้างถึงเลขที่'],
  ...['อ้างถึงวันที่', 'อ้างถึงเรื่อง', 'เวลาส่ง', 'ไฟล์หนังสือ', 'ไฟล์แนบ'],
]
const urgency = codes<Urgency>({ '1': 'ordinary', '2': 'urgent', '3': 'very-urgent', '4': 'most-urgent' })
const secrecy = codes<Secrecy>({ '1': 'ordinary', '2': 'confidential', '3': 'secret', '4': 'top-secret' })

const parts = {
  types: '[Content_Types].xml',
  relations: '_rels/.rels',
  workbook: 'xl/workbook.xml',
  sheets: 'xl/_rels/workbook.xml.rels',
  sheet: 'xl/worksheets/sheet1.xml',
}

/** The parser alone: the texts of the sheet's cells, row by row. What this system writes has no shared texts. */
export function parseXlsx(bytes: Buffer): string[][] {
  const files = unzipSync(bytes)
  const sheet = files[parts.sheet] ?? fail('no sheet', '')
  const rows: string[][] = []
  let row: string[] = []
  let column = 0
  let within = false
  const parser = new SaxesParser()
  parser.on('error', (error) => fail('no XML', error.message))
  parser.on('opentag', ({ name, attributes }) => {
    if (name === 'row') row = []
    else if (name === 'c') {
      column = 0
      for (const letter of attributes['r'] ?? fail('a cell without a place', ''))
        if (letter >= 'A') column = column * 26 + letter.charCodeAt(0) - 64
    } else if (name === 't') {
      within = true
      while (row.length < column) row.push('')
    }
  })
  parser.on('text', (text) => {
    if (within) row[column - 1] += text
  })
  parser.on('closetag', ({ name }) => {
    if (name === 'row') rows.push(row)
    else if (name === 't') within = false
  })
  parser.write(strFromU8(sheet)).close()
  return rows
}

export const handXlsx: Hand = {
  read: (bytes, beside) => {
    const rows = parseXlsx(bytes)
    const at = rows.findIndex((row) => row.includes('เลขที่หนังสือ') && row.includes('ชื่อเรื่อง'))
    const header = rows[at] ?? fail('no header', '')
    const places = columns.map((name) => header.indexOf(name))
    if (places.includes(-1)) fail('a column is missing', header.join(', '))
    return rows
      .slice(at + 1)
      .map((row) => places.map((place) => row[place] ?? ''))
      .filter((row) => !/^(รวม |ยอดยกมา)/.test(row[1] ?? ''))
      .map((row) => letterOf(row, beside))
  },
  write: (letter, id) => {
    const names = besideNamesOf(id, letter.attachments)
    return { bytes: workbookOf([columns, cellsOf(letter, names)]), names }
  },
}

function letterOf(row: readonly string[], beside: Beside): Read {
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
  ] = row
  const [numbers = '', dates = '', texts = '', sent = '', main = '', others = ''] = rest
  const { number, urgency: glued } = numberOf(no)
  const said = speed === '' ? undefined : known(urgency.read, speed, 'urgency')
  if (said !== undefined && glued !== undefined && said !== glued) fail('two urgencies', no)
  const [days, subjects] = [dates.split('\n'), texts.split('\n')]
  return {
    draft: {
      kind: 'external',
      circular: number.circular,
      number,
      date: must(readCanonicalDate(date)),
      subject,
      urgency: said ?? glued ?? 'ordinary',
      secrecy: secret === '' ? 'ordinary' : known(secrecy.read, secret, 'secrecy'),
      from: { office: known(officesByName, sender, 'office') },
      to: { offices: recipients(to, '\n', officesByName) },
      references:
        numbers === ''
          ? []
          : numbers.split('\n').map((each, index) => {
              const reference = { number: each, subject: subjects[index] ?? '' }
              const day = days[index] ?? ''
              return day === '' ? reference : { ...reference, date: thaiDate(day) }
            }),
      enclosureNote: '',
      sentAt: sent === '' ? undefined : instantOf(must(readCanonicalDate(sent.slice(0, 10))), sent.slice(11)),
      description: '',
      extension: order === '' ? [] : [{ name: 'ลำดับที่', value: order }],
    },
    attachments: filesOf([main, ...others.split('\n')], beside),
  }
}

function cellsOf(letter: Letter, names: readonly string[]): string[] {
  const { from, to, references, sentAt } = letter
  if (
    from.person ||
    to.person ||
    letter.enclosureNote + letter.description !== '' ||
    [...letter.subject].length > 500
  )
    fail('a letter that says more than the system can hold', letter.number.printed)
  const { main, others } = cellsOfNames(names, letter.attachments)
  const sent = sentAt === undefined ? undefined : localTime(sentAt)
  return [
    letter.extension.find(({ name }) => name === 'ลำดับที่')?.value ?? '',
    letter.number.printed,
    letter.date,
    letter.subject,
    urgency.write.get(letter.urgency) ?? '',
    secrecy.write.get(letter.secrecy) ?? '',
    nameOf(from.office),
    to.offices.map(nameOf).join('\n'),
    references.map(({ number }) => number).join('\n'),
    references.map(({ date }) => (date === undefined ? '' : printThaiDate(date))).join('\n'),
    references.map(({ subject }) => subject).join('\n'),
    sent === undefined ? '' : `${sent.date} ${sent.time}`,
    main,
    others.join('\n'),
  ]
}

// XML 1.0, section 2.2.
const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '_x000D_' }
function escaped(text: string): string {
  if (forbidden.test(text)) fail('a character that XML cannot say', text)
  return text
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replace(/[&<>\r]/g, (found) => entities[found] ?? found)
}

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packages = 'http://schemas.openxmlformats.org/package/2006'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
const frame = Object.entries({
  [parts.types]: `<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${type}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${type}.worksheet+xml"/></Types>`,
  [parts.relations]: `<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  [parts.workbook]: `<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="หนังสือส่ง" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  [parts.sheets]: `<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
}).map(([name, text]): [string, Uint8Array] => [name, strToU8(head + text)])

function workbookOf(rows: readonly (readonly string[])[]): Buffer {
  const lines = rows.map((cells, index) => {
    const row = index + 1
    const written = cells.map((cell, at) =>
      cell === ''
        ? ''
        : `<c r="${String.fromCharCode(65 + at)}${row}" t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`,
    )
    return `<row r="${row}">${written.join('')}</row>`
  })
  const sheet = `${head}<worksheet xmlns="${main}"><sheetData>${lines.join('')}</sheetData></worksheet>`
  const files = Object.fromEntries([...frame, [parts.sheet, strToU8(sheet)]])
  return Buffer.from(zipSync(files, { level: 0, mtime: new Date(1980, 0, 1) }))
}
