// Sakon Nakhon: the register is a spreadsheet, and macros write its rows into workbooks of their own.
import { urgencies } from '../../../letter/codes.ts'
import { thaiDigits } from '../../../letter/search.ts'
import { printInstant } from '../../../letter/time.ts'
import { type Workbook, xlsxSheet } from '../../sheets/xlsx.ts'
import type { FileForm } from '../../systems/folders.ts'
import { dated, filesIn, folderMember } from '../folder-member.ts'

const book: Workbook = {
  sheet: 'ส่งออก',
  before: ['ทะเบียน', 'ค่าคงที่'],
  titles: [],
  texts: 'shared',
  typed: { เลขทะเบียนส่ง: 'number', วันเวลาส่ง: 'time' },
}
const kinds: Readonly<Record<string, string>> = {
  รับ: 'receive',
  ลงรับ: 'accept',
  ไม่รับ: 'reject',
  ผิดที่: 'invalid',
  ทวงเลข: 'dispute',
  ขอคืน: 'recall',
}

const form: FileForm = {
  letters: {
    sheet: xlsxSheet(book),
    columns: [
      'เลขทะเบียนส่ง',
      'ที่',
      'ลงวันที่',
      'จาก',
      'ถึง',
      'เรื่อง',
      'ชั้นความเร็ว',
      'ประเภท',
      'วันเวลาส่ง',
      'การปฏิบัติ',
      'หมายเหตุ',
      'แฟ้ม',
    ],
    rows: (sent) => [
      {
        เลขทะเบียนส่ง: String(sent.running),
        ที่: sent.letter.number,
        ลงวันที่: dated(sent, 'th:d MMMM yyyy'),
        จาก: sent.from.th,
        ถึง: sent.to.th,
        เรื่อง: sent.letter.subject,
        ชั้นความเร็ว: ['', 'ด่วน', 'ด่วนมาก', 'ด่วนที่สุด'][urgencies.indexOf(sent.urgency)] ?? '',
        ประเภท: 'หนังสือภายนอก',
        วันเวลาส่ง: printInstant(sent.at).slice(0, 19).replace('T', ' '),
        การปฏิบัติ: 'ส่งแล้ว',
        แฟ้ม: [sent.main, ...sent.enclosures].join('/'),
      },
    ],
    read: (rows) =>
      rows.map((row) => ({
        from: row['จาก'] ?? '',
        number: row['ที่'] ?? '',
        date: row['ลงวันที่'] ?? '',
        subject: row['เรื่อง'] ?? '',
        files: filesIn('', row['แฟ้ม'], '/'),
      })),
  },
  notices: {
    sheet: xlsxSheet({ ...book, sheet: 'ผล', before: [], typed: {} }),
    columns: ['ผล', 'ที่', 'ลงวันที่', 'จาก', 'เลขทะเบียนรับ', 'หมายเหตุ'],
    accept: ({ number, date, from }, receiveNumber) => ({
      ผล: 'ลงรับ',
      ที่: number,
      ลงวันที่: date,
      จาก: from,
      // The macro formats it as everything else.
      เลขทะเบียนรับ: thaiDigits(receiveNumber),
    }),
    read: (row) => ({
      kind: kinds[row['ผล'] ?? ''] ?? '',
      number: row['ที่'] ?? '',
      date: row['ลงวันที่'] ?? '',
      receiveNumber: row['เลขทะเบียนรับ'] ?? '',
    }),
  },
}

export const sakonNakhon = folderMember({
  office: '47',
  profile: 'sakon-nakhon-xlsx',
  product: 'แมโครทะเบียนหนังสือ',
  by: 'folder',
  form,
})
