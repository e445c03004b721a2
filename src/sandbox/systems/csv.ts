// The CSV system of a province: writes windows-874 files with scans beside them into folders that it shares with the
// gateway, and reads what the gateway puts into others (profiles/chiang-mai-csv.yaml describes the form).
import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import iconv from 'iconv-lite'
import { urgencies, urgencyOfName } from '../../letter/codes.ts'
import { printLetterDate, readLetterDate } from '../../letter/dates.ts'
import { type OfficeId, officeById } from '../../letter/offices.ts'
import { type Clock, printInstant } from '../../letter/time.ts'
import { type BookEntry, type ClerkLetter, type OfficeSystem, openBook } from './system.ts'

export interface CsvSettings {
  /** Its own folder: book and archive. */
  readonly folder: string
  readonly office: OfficeId
  /** The folders that it shares with the gateway: letters out, notices out, letters in, notices in. */
  readonly shared: {
    readonly send: string
    readonly sendNotices: string
    readonly receive: string
    readonly notices: string
  }
  readonly clock: Clock
  readonly watch: (entry: BookEntry) => void
}

/** The words of the system's notices, and what they mean. */
const kinds: Readonly<Record<string, string>> = {
  ได้รับแล้ว: 'receive',
  ลงทะเบียนรับ: 'accept',
  ปฏิเสธ: 'reject',
  ส่งผิด: 'invalid',
  ทักท้วงเลขรับ: 'dispute',
  เรียกคืน: 'recall',
}

/** The columns of a letter, all of them in the system's order. */
const letterColumns = [
  'ที่หนังสือ',
  'ลงวันที่',
  'เรื่อง',
  'ความเร็ว',
  'ชนิด',
  'เวียน',
  'จาก',
  'ถึง',
  'ชื่อผู้ลงนาม',
  'สกุลผู้ลงนาม',
  'ตำแหน่งผู้ลงนาม',
  'ชื่อผู้รับ',
  'สกุลผู้รับ',
  'ตำแหน่งผู้รับ',
  'อ้างถึงที่',
  'อ้างถึงวันที่',
  'อ้างถึงเรื่อง',
  'สิ่งที่ส่งมาด้วย',
  'ส่งเมื่อ',
  'หมายเหตุ',
  'ไฟล์1',
  'ไฟล์2',
  'เลขทะเบียนส่ง',
] as const
const noticeColumns = ['รายการ', 'ที่หนังสือ', 'ลงวันที่', 'หน่วยงาน', 'เลขรับ', 'วันเวลา', 'เหตุผล'] as const

type Row = Readonly<Record<string, string>>

/** Opens the system, and makes the folders that are not there. */
export function openCsvSystem(settings: CsvSettings): OfficeSystem {
  const { office, clock, shared } = settings
  const archive = join(settings.folder, 'archive')
  for (const path of [archive, ...Object.values(shared)]) mkdirSync(path, { recursive: true })
  const book = openBook(join(settings.folder, 'book.jsonl'), settings.watch)
  const now = (): string => printInstant(clock.now())
  let running = book.entries.filter((entry) => entry.entry === 'letter.sent').length

  function receiveLetter(row: Row, id: string): void {
    const key = { from: row['จาก'] ?? '', number: row['ที่หนังสือ'] ?? '', date: row['ลงวันที่'] ?? '' }
    let receiveNumber = book.receiveNumberOf(key)
    if (receiveNumber === undefined) {
      receiveNumber = book.nextReceiveNumber(clock.now())
      const names = [row['ไฟล์1'] ?? '', ...(row['ไฟล์2'] ?? '').split(';')].filter((name) => name !== '')
      const files = names.map((name) => digestOf(fileBeside(shared.receive, archive, name)))
      const subject = row['เรื่อง'] ?? ''
      book.enter({ entry: 'letter.received', at: now(), id, ...key, subject, files, receiveNumber })
    } else book.enter({ entry: 'letter.repeated', at: now(), id, number: key.number })
    const notice = {
      รายการ: 'ลงทะเบียนรับ',
      ที่หนังสือ: key.number,
      ลงวันที่: key.date,
      หน่วยงาน: key.from,
      เลขรับ: receiveNumber,
    }
    writeWhole(shared.sendNotices, `รับ-${receiveNumber.replace('/', '-')}.csv`, csv([notice], noticeColumns))
    const { number, date } = key
    book.enter({ entry: 'notice.sent', at: now(), kind: 'accept', number, date, receiveNumber })
  }

  function receiveNotice(row: Row): void {
    book.enter({
      entry: 'notice.received',
      at: now(),
      kind: kinds[row['รายการ'] ?? ''] ?? row['รายการ'] ?? '',
      number: row['ที่หนังสือ'] ?? '',
      date: row['ลงวันที่'] ?? '',
      receiveNumber: row['เลขรับ'] ?? '',
    })
  }

  /** Each file's rows into the book, then the file out of the shared folder. */
  function takeAll(folder: string, receive: (row: Row, file: string) => void): void {
    for (const name of readdirSync(folder).sort()) {
      if (!name.endsWith('.csv')) continue
      for (const row of readCsv(join(folder, name))) receive(row, name)
      renameSync(join(folder, name), join(archive, name))
    }
  }

  return {
    name: 'CSV folder',
    office,
    entries: book.entries,
    async send(letter) {
      running += 1
      for (const scan of letter.scans) writeWhole(shared.send, scan.name, scan.bytes)
      const file = `ส่ง-${String(running).padStart(4, '0')}.csv`
      writeWhole(shared.send, file, letterCsv(letter, office, running))
      book.enter({ entry: 'letter.sent', at: now(), number: letter.number, date: letter.date, file })
    },
    async look() {
      takeAll(shared.receive, receiveLetter)
      takeAll(shared.notices, receiveNotice)
    },
    async close() {
      book.close()
    },
  }
}

function letterRow(letter: ClerkLetter, office: OfficeId, running: number): Row {
  const urgency = urgencyOfName(letter.urgency === '' ? 'ปกติ' : letter.urgency) ?? 'ordinary'
  const date = readLetterDate(letter.date)
  const [main, ...enclosures] = letter.scans
  return {
    ที่หนังสือ: letter.number,
    // The system's own form; what it cannot make a date of stays as the clerk left it.
    ลงวันที่: date.ok ? printLetterDate(date.value, 'd MMM yyyy') : letter.date,
    เรื่อง: letter.subject,
    ความเร็ว: String(urgencies.indexOf(urgency) + 1),
    ชนิด: 'ภายนอก',
    เวียน: /\/ ?ว/.test(letter.number) ? 'ว' : '-',
    จาก: officeById(office).th,
    ถึง: officeById(letter.to).th,
    ตำแหน่งผู้ลงนาม: officeById(office).jobTitle,
    ตำแหน่งผู้รับ: officeById(letter.to).jobTitle,
    ไฟล์1: main.name,
    ไฟล์2: enclosures.map((one) => one.name).join(';'),
    เลขทะเบียนส่ง: String(running),
  }
}

/** A letter as the system writes it: one row under all columns, in windows-874. `running` is its เลขทะเบียนส่ง. */
export const letterCsv = (letter: ClerkLetter, office: OfficeId, running: number): Buffer =>
  csv([letterRow(letter, office, running)], letterColumns)

const csv = (rows: readonly Row[], columns: readonly string[]): Buffer =>
  iconv.encode(
    stringify([...rows], { header: true, columns: [...columns], record_delimiter: '\r\n' }),
    'windows-874',
  )

function readCsv(path: string): readonly Row[] {
  const text = iconv.decode(readFileSync(path), 'windows-874')
  return parse(text, { columns: true, relax_column_count: true }) as Row[]
}

/** A file that came with a letter: moved out of the shared folder, so that its name is free again. */
function fileBeside(folder: string, archive: string, name: string): string {
  const kept = join(archive, name)
  if (existsSync(join(folder, name))) renameSync(join(folder, name), kept)
  return kept
}

const digestOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')

/** Writes a file beside and moves it into place: whoever looks sees all of it or nothing. */
function writeWhole(folder: string, name: string, bytes: Buffer): void {
  const begun = join(folder, `${name}.tmp`)
  const file = openSync(begun, 'w')
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(begun, join(folder, name))
}
