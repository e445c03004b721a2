// Buri Ram's dBase III table with its memo file by hand. The bare parser is dbffile, which reads files only: it is given
// them in memory's own file system where there is one.
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DBFFile } from 'dbffile'
import iconv from 'iconv-lite'
import type { Urgency } from '../../src/letter/codes.ts'
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
  officesById,
  officesByName,
  printSlashedDate,
  type Read,
  recipients,
  slashedDate,
} from './hand.ts'
import { encoded } from './hand-table.ts'

const columns = [
  { name: 'DOC_NO', type: 'C', length: 50 },
  { name: 'DOC_DATE', type: 'C', length: 10 },
  { name: 'SUBJECT', type: 'M', length: 10 },
  { name: 'SPEED', type: 'C', length: 1 },
  { name: 'FROM_DEPT', type: 'C', length: 60 },
  { name: 'TO_DEPT', type: 'C', length: 254 },
  { name: 'SIGN_NAME', type: 'C', length: 100 },
  { name: 'REFER', type: 'M', length: 10 },
  { name: 'ENCLOSE', type: 'M', length: 10 },
  { name: 'REMARK', type: 'M', length: 10 },
  { name: 'SEND_DATE', type: 'C', length: 10 },
  { name: 'SEND_TIME', type: 'C', length: 8 },
  { name: 'FILE1', type: 'C', length: 100 },
  { name: 'FILE2', type: 'C', length: 100 },
  { name: 'FILE3', type: 'C', length: 254 },
  { name: 'OPERATOR', type: 'C', length: 20 },
] as const
const block = 512

const urgency = codes<Urgency>({ N: 'ordinary', U: 'urgent', V: 'very-urgent', X: 'most-urgent' })

/** dbffile over these bytes; the files are written once. */
export function dbffileParser(): (bytes: Buffer, companion?: Buffer) => Promise<unknown> {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'saraban-bench-'))
  const path = join(folder, 'x.dbf')
  let written: Buffer | undefined
  return async (bytes, companion) => {
    if (written === undefined) {
      writeFileSync(path, bytes)
      writeFileSync(join(folder, 'x.dbt'), companion ?? '')
      written = bytes
    }
    const file = await DBFFile.open(path, { encoding: 'windows-874' })
    return file.readRecords()
  }
}

export const handDbf: Hand = {
  read: (bytes, beside, companion) => {
    if (bytes[0] !== 0x83 && bytes[0] !== 0x03) fail('no table of dBase III', String(bytes[0]))
    const [count, header, size] = [bytes.readUInt32LE(4), bytes.readUInt16LE(8), bytes.readUInt16LE(10)]
    const fields = fieldsOf(bytes)
    for (const { name } of columns)
      if (!fields.some((field) => field.name === name)) fail('no such column', name)
    if (bytes.length < header + count * size) fail('a table that was cut', '')
    const letters: Read[] = []
    for (let index = 0; index < count; index += 1) {
      const at = header + index * size
      if (bytes[at] === 0x2a) continue
      if (bytes[at] !== 0x20) fail('a strange mark', String(bytes[at]))
      letters.push(letterOf(cellsAt(bytes, at + 1, fields, companion), beside))
    }
    return letters
  },
  write: (letter, id) => {
    const names = besideNamesOf(id, letter.attachments)
    const memos: Buffer[] = []
    let next = 1
    const size = columns.reduce((sum, { length }) => sum + length, 1)
    const record = Buffer.alloc(size, 0x20)
    const cells = cellsOf(letter, names)
    let at = 1
    for (const [index, { name, type, length }] of columns.entries()) {
      const text = cells[index] ?? ''
      if (/[^\P{Cc}\t\r\n]/u.test(text)) fail('a control character', text)
      if (type === 'M' && text !== '') {
        const memo = Buffer.concat([encoded(text), Buffer.from([0x1a, 0x1a])])
        const blocks = Math.ceil(memo.length / block)
        memos.push(memo, Buffer.alloc(blocks * block - memo.length))
        record.write(String(next).padStart(length), at, 'latin1')
        next += blocks
      } else if (text !== '') {
        const bytes = encoded(text)
        if (bytes.length > length || text.endsWith(' ')) fail(`too much for ${name}`, text)
        bytes.copy(record, at)
      }
      at += length
    }
    const head = Buffer.alloc(block)
    head.writeUInt32LE(next, 0)
    head[16] = 3
    const table = Buffer.concat([headerOf(size), record, Buffer.from([0x1a])])
    return { bytes: table, companion: Buffer.concat([head, ...memos]), names }
  },
}

interface Field {
  readonly name: string
  readonly type: string
  readonly length: number
}

function fieldsOf(bytes: Buffer): Field[] {
  const fields: Field[] = []
  for (let at = 32; bytes[at] !== 0x0d; at += 32) {
    const name = bytes.toString('latin1', at, at + 11).split('\0', 1)[0] ?? ''
    fields.push({ name, type: String.fromCharCode(bytes[at + 11] ?? 0), length: bytes[at + 16] ?? 0 })
  }
  return fields
}

function cellsAt(bytes: Buffer, from: number, fields: readonly Field[], memos: Buffer | undefined) {
  const cells = new Map<string, string>()
  let at = from
  for (const { name, type, length } of fields) {
    let end = at + length
    while (end > at && (bytes[end - 1] === 0x20 || bytes[end - 1] === 0)) end -= 1
    const cell = bytes.subarray(at, end)
    cells.set(name, text(type === 'M' ? memoOf(cell, memos) : cell))
    at += length
  }
  return cells
}

function memoOf(cell: Buffer, memos: Buffer | undefined): Buffer {
  const printed = cell.toString('latin1').trim()
  if (printed === '') return cell.subarray(0, 0)
  if (memos === undefined || !/^\d+$/.test(printed)) return fail('no memo', printed)
  const at = Number(printed) * block
  const end = memos.indexOf(0x1a, at)
  return at < block || end < 0 ? fail('no memo at', printed) : memos.subarray(at, end)
}

function text(bytes: Buffer): string {
  const decoded = iconv.decode(bytes, 'windows-874')
  return decoded.includes('\ufffd') ? fail('bytes that mean nothing', decoded) : decoded
}

function letterOf(cells: ReadonlyMap<string, string>, beside: Beside): Read {
  const cell = (name: (typeof columns)[number]['name']): string => cells.get(name) ?? ''
  const { number, urgency: glued } = numberOf(cell('DOC_NO'))
  const speed = cell('SPEED')
  const said = speed === '' ? undefined : known(urgency.read, speed, 'urgency')
  if (said !== undefined && glued !== undefined && said !== glued) fail('two urgencies', number.printed)
  const signer = cell('SIGN_NAME').trim()
  const [givenName = '', ...family] = signer.split(/\s+/)
  const refer = cell('REFER')
  const sent = cell('SEND_DATE')
  const operator = cell('OPERATOR')
  return {
    draft: {
      kind: 'external',
      circular: number.circular,
      number,
      date: slashedDate(cell('DOC_DATE')),
      subject: cell('SUBJECT'),
      urgency: said ?? glued ?? 'ordinary',
      secrecy: 'ordinary',
      from: {
        office: known(officesByName, cell('FROM_DEPT'), 'office'),
        ...(signer !== '' && { person: { givenName, familyName: family.join(' '), jobTitle: '' } }),
      },
      to: { offices: recipients(cell('TO_DEPT'), ',', officesById) },
      references: refer === '' ? [] : refer.split(';').map((each) => ({ number: each.trim(), subject: '' })),
      enclosureNote: cell('ENCLOSE'),
      sentAt: sent === '' ? undefined : instantOf(slashedDate(sent), cell('SEND_TIME')),
      description: cell('REMARK'),
      extension: operator === '' ? [] : [{ name: 'OPERATOR', value: operator }],
    },
    attachments: filesOf([cell('FILE1'), cell('FILE2'), ...cell('FILE3').split(';')], beside),
  }
}

function cellsOf(letter: Letter, names: readonly string[]): string[] {
  const { from, to, references, sentAt } = letter
  const { person } = from
  if (
    letter.secrecy !== 'ordinary' ||
    to.person ||
    references.some(({ date, subject }) => date || subject !== '')
  )
    fail('a letter that says more than the system can hold', letter.number.printed)
  if (person !== undefined && (person.jobTitle !== '' || /\s/.test(person.givenName)))
    fail('a person', person.givenName)
  const { main, others } = cellsOfNames(names, letter.attachments)
  const sent = sentAt === undefined ? undefined : localTime(sentAt)
  return [
    letter.number.printed,
    printSlashedDate(letter.date),
    letter.subject,
    urgency.write.get(letter.urgency) ?? '',
    nameOf(from.office),
    to.offices.join(','),
    person === undefined ? '' : `${person.givenName} ${person.familyName}`.trim(),
    references.map(({ number }) => number).join(';'),
    letter.enclosureNote,
    letter.description,
    sent === undefined ? '' : printSlashedDate(sent.date),
    sent?.time ?? '',
    main,
    others[0] ?? '',
    others.slice(1).join(';'),
    letter.extension.find(({ name }) => name === 'OPERATOR')?.value ?? '',
  ]
}

function headerOf(size: number): Buffer {
  const header = Buffer.alloc(32 + 32 * columns.length + 1)
  const now = new Date()
  header.set([0x83, now.getFullYear() - 1900, now.getMonth() + 1, now.getDate()])
  header.writeUInt32LE(1, 4)
  header.writeUInt16LE(header.length, 8)
  header.writeUInt16LE(size, 10)
  for (const [index, { name, type, length }] of columns.entries()) {
    const at = 32 + 32 * index
    header.write(name, at, 'latin1')
    header.write(type, at + 11, 'latin1')
    header[at + 16] = length
  }
  header[header.length - 1] = 0x0d
  return header
}
