// The CSV system of a province: writes windows-874 files with scans beside them into folders that it shares with the
// gateway, and reads what the gateway puts into others (profiles/chiang-mai-csv.yaml describes the form).
import { urgencies } from '../../letter/codes.ts'
import { printLetterDate } from '../../letter/dates.ts'
import type { OfficeId } from '../../letter/offices.ts'
import { csvSheet, windows874 } from '../sheets/csv.ts'
import type { Row } from '../sheets/sheet.ts'
import {
  type FileForm,
  type FolderSystemSettings,
  openFolderSystem,
  type SentLetter,
  sentLetter,
} from './folders.ts'
import type { ClerkLetter, OfficeSystem } from './system.ts'

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

const sheet = csvSheet(windows874)

export const csvForm: FileForm = {
  letters: {
    sheet,
    columns: letterColumns,
    rows: (sent) => [letterRow(sent)],
    read: (rows) =>
      rows.map((row) => ({
        from: row['จาก'] ?? '',
        number: row['ที่หนังสือ'] ?? '',
        date: row['ลงวันที่'] ?? '',
        subject: row['เรื่อง'] ?? '',
        files: [row['ไฟล์1'] ?? '', ...(row['ไฟล์2'] ?? '').split(';')].filter((name) => name !== ''),
      })),
  },
  notices: {
    sheet,
    columns: noticeColumns,
    accept: ({ number, date, from }, receiveNumber) => ({
      รายการ: 'ลงทะเบียนรับ',
      ที่หนังสือ: number,
      ลงวันที่: date,
      หน่วยงาน: from,
      เลขรับ: receiveNumber,
    }),
    read: (row) => ({
      kind: kinds[row['รายการ'] ?? ''] ?? row['รายการ'] ?? '',
      number: row['ที่หนังสือ'] ?? '',
      date: row['ลงวันที่'] ?? '',
      receiveNumber: row['เลขรับ'] ?? '',
    }),
  },
}

/** Opens the system, and makes the folders that are not there. */
export const openCsvSystem = (settings: Omit<FolderSystemSettings, 'form' | 'name'>): OfficeSystem =>
  openFolderSystem({ ...settings, name: 'CSV folder', form: csvForm })

function letterRow({
  letter,
  from,
  to,
  date,
  urgency,
  circular,
  main,
  enclosures,
  running,
}: SentLetter): Row {
  return {
    ที่หนังสือ: letter.number,
    // The system's own form; what it cannot make a date of stays as the clerk left it.
    ลงวันที่: date === undefined ? letter.date : printLetterDate(date, 'd MMM yyyy'),
    เรื่อง: letter.subject,
    ความเร็ว: String(urgencies.indexOf(urgency) + 1),
    ชนิด: 'ภายนอก',
    เวียน: circular ? 'ว' : '-',
    จาก: from.th,
    ถึง: to.th,
    ตำแหน่งผู้ลงนาม: from.jobTitle,
    ตำแหน่งผู้รับ: to.jobTitle,
    ไฟล์1: main,
    ไฟล์2: enclosures.join(';'),
    เลขทะเบียนส่ง: String(running),
  }
}

/** A letter as the system writes it: one row under all columns, in windows-874, its scans under their own names. */
export function letterCsv(letter: ClerkLetter, office: OfficeId, running: number): Buffer {
  const [main, ...enclosures] = letter.scans
  const names = { main: main.name, enclosures: enclosures.map(({ name }) => name) }
  return sheet.write([letterRow({ ...sentLetter(letter, office, running, 0), ...names })], letterColumns)
}
