// Version 1 of the product: of before windows-874 was everywhere, with few columns.
import { urgencies } from '../../../letter/codes.ts'
import { dateOfInstant, printLetterDate } from '../../../letter/dates.ts'
import { arabicDigits } from '../../../letter/search.ts'
import { printInstant } from '../../../letter/time.ts'
import { csvSheet, windows874 } from '../../sheets/csv.ts'
import type { FileForm } from '../../systems/folders.ts'
import { dated, filesIn } from '../folder-member.ts'

const urgencyWords = ['', 'ด่วน', 'ด่วนมาก', 'ด่วนที่สุด'] as const
const maeHongSonSheet = csvSheet({ ...windows874, charset: 'tis620' })
const maeHongSonKinds: Readonly<Record<string, string>> = {
  รับ: 'receive',
  ลงรับ: 'accept',
  คืน: 'reject',
  ผิด: 'invalid',
  ทวง: 'dispute',
  เรียกคืน: 'recall',
}

/** 1.5: the register as it was on paper. Its clerks write the urgency before the number. */
export const maeHongSon: FileForm = {
  letters: {
    sheet: maeHongSonSheet,
    columns: ['ลำดับที่', 'ที่', 'ลงวันที่', 'จาก', 'ถึง', 'เรื่อง', 'การปฏิบัติ', 'หมายเหตุ', 'ชื่อไฟล์'],
    rows: (sent) => [
      {
        ลำดับที่: String(sent.running),
        ที่: `${urgencyWords[urgencies.indexOf(sent.urgency)] ?? ''}${sent.letter.number}`,
        ลงวันที่: dated(sent, 'd MMMM yyyy'),
        จาก: sent.from.th,
        ถึง: sent.to.th,
        // TIS-620 has no other quotation marks than those of the keyboard.
        เรื่อง: ` ${sent.letter.subject.replace(/[“”]/g, '"')} `,
        การปฏิบัติ: 'ส่งทางระบบ',
        ชื่อไฟล์: [sent.main, ...sent.enclosures].join(';'),
      },
    ],
    read: (rows) =>
      rows.map((row) => ({
        from: row['จาก'] ?? '',
        number: row['ที่'] ?? '',
        date: row['ลงวันที่'] ?? '',
        subject: row['เรื่อง'] ?? '',
        files: filesIn('', row['ชื่อไฟล์'], ';'),
      })),
  },
  notices: {
    sheet: maeHongSonSheet,
    columns: ['ผล', 'ที่', 'ลงวันที่', 'จาก', 'เลขรับ', 'หมายเหตุ'],
    accept: ({ number, date, from }, receiveNumber) => ({
      ผล: 'ลงรับ',
      ที่: number,
      ลงวันที่: date,
      จาก: from,
      เลขรับ: receiveNumber,
    }),
    read: (row) => ({
      kind: maeHongSonKinds[row['ผล'] ?? ''] ?? '',
      number: row['ที่'] ?? '',
      date: row['ลงวันที่'] ?? '',
      receiveNumber: row['เลขรับ'] ?? '',
    }),
  },
}

const lampangSheet = csvSheet({ ...windows874, charset: 'utf-16le', mark: true, delimiter: '\t' })

/** 1.7: everything in codes, years of two digits, receive numbers in Thai script. */
export const lampang: FileForm = {
  letters: {
    sheet: lampangSheet,
    columns: [
      'ทะเบียนส่ง',
      'เลขที่',
      'ลว',
      'เร่งด่วน',
      'ลับ',
      'เรื่อง',
      'จาก',
      'ถึง',
      'วันส่ง',
      'เวลาส่ง',
      'ชื่อ',
      'สกุล',
      'ตำแหน่ง',
      'หมายเหตุ',
      'แฟ้ม',
    ],
    rows: (sent) => [
      {
        ทะเบียนส่ง: String(sent.running),
        เลขที่: sent.letter.number,
        ลว: dated(sent, 'd MMM yy'),
        เร่งด่วน: String(urgencies.indexOf(sent.urgency)),
        ลับ: '0',
        เรื่อง: sent.letter.subject,
        จาก: sent.from.organisationId,
        ถึง: sent.to.organisationId,
        วันส่ง: printLetterDate(dateOfInstant(sent.at), 'dd/MM/yy'),
        เวลาส่ง: printInstant(sent.at).slice(11, 16),
        ตำแหน่ง: sent.to.jobTitle,
        แฟ้ม: [sent.main, ...sent.enclosures].join(';'),
      },
    ],
    read: (rows) =>
      rows.map((row) => ({
        from: row['จาก'] ?? '',
        number: row['เลขที่'] ?? '',
        date: row['ลว'] ?? '',
        subject: row['เรื่อง'] ?? '',
        files: filesIn('', row['แฟ้ม'], ';'),
      })),
  },
  notices: {
    sheet: lampangSheet,
    columns: ['ผล', 'เลขที่', 'ลว', 'หน่วยงาน', 'เลขรับ', 'วันที่', 'เวลา', 'เหตุ'],
    accept: ({ number, date, from }, receiveNumber, at) => ({
      ผล: '2',
      เลขที่: number,
      ลว: date,
      หน่วยงาน: from,
      เลขรับ: receiveNumber,
      วันที่: printLetterDate(dateOfInstant(at), 'dd/MM/yy'),
      เวลา: printInstant(at).slice(11, 19),
    }),
    read: (row) => ({
      kind: ['', 'receive', 'accept', 'reject', 'invalid'][Number(row['ผล'])] ?? '',
      number: row['เลขที่'] ?? '',
      date: row['ลว'] ?? '',
      receiveNumber: arabicDigits(row['เลขรับ'] ?? ''),
    }),
  },
}
