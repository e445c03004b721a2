// Version 4 of the product: workbooks, with days as days (Rayong) and as three numbers (Chachoengsao).
import { urgencies } from '../../../letter/codes.ts'
import { printInstant } from '../../../letter/time.ts'
import type { Row } from '../../sheets/sheet.ts'
import { type Workbook, xlsxSheet } from '../../sheets/xlsx.ts'
import type { FileForm } from '../../systems/folders.ts'
import { dated, filesIn } from '../folder-member.ts'

const kinds = ['', 'receive', 'accept', 'reject', 'invalid', 'dispute', 'recall'] as const
const rayongBook: Workbook = {
  sheet: 'หนังสือส่ง',
  before: ['คำอธิบาย'],
  titles: ['ทะเบียนหนังสือส่ง จังหวัดระยอง', 'พิมพ์จากระบบสารบรรณ'],
  texts: 'shared',
  typed: { ลำดับที่: 'number', ลงวันที่: 'day', ความเร็ว: 'number', ความลับ: 'number', เวลาส่ง: 'time' },
  foot: (rows) => ['', `รวม ${rows.length} ฉบับ`],
}

/** 4.1: real days and numbers; what is several stands in lines of one cell. */
export const rayong: FileForm = {
  letters: {
    sheet: xlsxSheet(rayongBook),
    columns: [
      'ลำดับที่',
      'เลขที่หนังสือ',
      'ลงวันที่',
      'ชื่อเรื่อง',
      'ความเร็ว',
      'ความลับ',
      'ผู้ส่ง',
      'ผู้รับ',
      'อ้างถึงเลขที่',
      'อ้างถึงวันที่',
      'อ้างถึงเรื่อง',
      'เวลาส่ง',
      'ไฟล์หนังสือ',
      'ไฟล์แนบ',
    ],
    rows: (sent) => [
      {
        ลำดับที่: String(sent.running),
        เลขที่หนังสือ: sent.letter.number,
        ลงวันที่: sent.date ?? sent.letter.date,
        ชื่อเรื่อง: sent.letter.subject,
        ความเร็ว: String(urgencies.indexOf(sent.urgency) + 1),
        ความลับ: '1',
        ผู้ส่ง: sent.from.th,
        ผู้รับ: sent.to.th,
        เวลาส่ง: printInstant(sent.at).slice(0, 19).replace('T', ' '),
        ไฟล์หนังสือ: sent.main,
        ไฟล์แนบ: sent.enclosures.join('\n'),
      },
    ],
    read: (rows) =>
      rows.map((row) => ({
        from: row['ผู้ส่ง'] ?? '',
        number: row['เลขที่หนังสือ'] ?? '',
        date: row['ลงวันที่'] ?? '',
        subject: row['ชื่อเรื่อง'] ?? '',
        files: filesIn(row['ไฟล์หนังสือ'], row['ไฟล์แนบ'], '\n'),
      })),
  },
  notices: {
    sheet: xlsxSheet({
      ...rayongBook,
      sheet: 'ผลการรับ',
      before: [],
      titles: [],
      typed: { สถานะ: 'number', ลงวันที่: 'day', เวลารับ: 'time' },
      foot: () => [],
    }),
    columns: ['สถานะ', 'เลขที่หนังสือ', 'ลงวันที่', 'หน่วยงาน', 'เลขรับ', 'เวลารับ', 'เหตุผล'],
    accept: ({ number, date, from }, receiveNumber, at) => ({
      สถานะ: '2',
      เลขที่หนังสือ: number,
      ลงวันที่: date,
      หน่วยงาน: from,
      เลขรับ: receiveNumber,
      เวลารับ: printInstant(at).slice(0, 19).replace('T', ' '),
    }),
    read: (row) => ({
      kind: kinds[Number(row['สถานะ'])] ?? '',
      number: row['เลขที่หนังสือ'] ?? '',
      date: row['ลงวันที่'] ?? '',
      receiveNumber: row['เลขรับ'] ?? '',
    }),
  },
}

const chachoengsaoBook: Workbook = {
  sheet: 'Sheet1',
  before: [],
  titles: [],
  texts: 'within cells',
  typed: { ทะเบียน: 'number', วัน: 'number', เดือน: 'number', ปี: 'number', ด่วน: 'number', เวียน: 'flag' },
}
const chachoengsaoKinds: Readonly<Record<string, string>> = {
  รับแล้ว: 'receive',
  ลงรับ: 'accept',
  คืนเรื่อง: 'reject',
  ส่งผิด: 'invalid',
}
/** The day as three numbers. */
const dayOf = (printed: string) => {
  const [day = '', month = '', year = ''] = printed.split('/')
  return { วัน: day, เดือน: month, ปี: year }
}
const printedDay = (row: Row): string => `${row['วัน']}/${row['เดือน']}/${row['ปี']}`

/** 4.0: the first sheet, the first row, texts within cells. */
export const chachoengsao: FileForm = {
  letters: {
    sheet: xlsxSheet(chachoengsaoBook),
    columns: [
      'ทะเบียน',
      'ที่',
      'วัน',
      'เดือน',
      'ปี',
      'เรื่อง',
      'ด่วน',
      'เวียน',
      'จาก',
      'ถึง',
      'สิ่งที่ส่งมาด้วย',
      'หมายเหตุ',
      'ไฟล์',
      'ไฟล์อื่น',
    ],
    rows: (sent) => [
      {
        ทะเบียน: String(sent.running),
        ที่: sent.letter.number,
        ...dayOf(dated(sent, 'd/M/yyyy')),
        เรื่อง: sent.letter.subject,
        ด่วน: String(urgencies.indexOf(sent.urgency)),
        เวียน: sent.circular ? '1' : '0',
        จาก: sent.from.abbreviation,
        ถึง: sent.to.abbreviation,
        ไฟล์: sent.main,
        ไฟล์อื่น: sent.enclosures.join('|'),
      },
    ],
    read: (rows) =>
      rows.map((row) => ({
        from: row['จาก'] ?? '',
        number: row['ที่'] ?? '',
        date: printedDay(row),
        subject: row['เรื่อง'] ?? '',
        files: filesIn(row['ไฟล์'], row['ไฟล์อื่น'], '|'),
      })),
  },
  notices: {
    sheet: xlsxSheet(chachoengsaoBook),
    columns: ['ผล', 'ที่', 'วัน', 'เดือน', 'ปี', 'หน่วยงาน', 'เลขรับ', 'เหตุผล'],
    accept: ({ number, date, from }, receiveNumber) => ({
      ผล: 'ลงรับ',
      ที่: number,
      ...dayOf(date),
      หน่วยงาน: from,
      เลขรับ: receiveNumber,
    }),
    read: (row) => ({
      kind: chachoengsaoKinds[row['ผล'] ?? ''] ?? '',
      number: row['ที่'] ?? '',
      date: printedDay(row),
      receiveNumber: row['เลขรับ'] ?? '',
    }),
  },
}
