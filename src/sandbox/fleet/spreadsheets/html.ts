// Version 2 of the product: an HTML table in windows-874 that calls itself xls.
import { urgencies } from '../../../letter/codes.ts'
import { dateOfInstant, printLetterDate } from '../../../letter/dates.ts'
import { printInstant } from '../../../letter/time.ts'
import { type HtmlPage, htmlSheet } from '../../sheets/html.ts'
import type { FileForm } from '../../systems/folders.ts'
import { dated, filesIn } from '../folder-member.ts'

const urgencyWords = ['ปกติ', 'ด่วน', 'ด่วนมาก', 'ด่วนที่สุด'] as const
const kinds: Readonly<Record<string, string>> = {
  ได้รับหนังสือ: 'receive',
  ลงทะเบียนรับแล้ว: 'accept',
  ปฏิเสธการรับ: 'reject',
  ส่งผิดหน่วยงาน: 'invalid',
  เลขรับไม่ถูกต้อง: 'dispute',
  เรียกคืน: 'recall',
}
const page: HtmlPage = {
  charset: 'windows-874',
  label: 'windows-874',
  layout: ['ระบบสารบรรณอิเล็กทรอนิกส์ จังหวัดชลบุรี'],
  titles: ['ทะเบียนหนังสือส่ง', 'สำนักงานจังหวัดชลบุรี'],
  spanned: [],
  foot: (rows) => [`รวมทั้งสิ้น ${rows.length} ฉบับ`],
}

export const chonBuri: FileForm = {
  letters: {
    sheet: htmlSheet(page),
    columns: [
      'ลำดับที่',
      'เลขที่หนังสือ',
      'ลงวันที่',
      'ชื่อเรื่อง',
      'ชั้นความเร็ว',
      'ชั้นความลับ',
      'หน่วยงานผู้ส่ง',
      'หน่วยงานผู้รับ',
      'อ้างถึง',
      'อ้างถึงลงวันที่',
      'เรื่องที่อ้างถึง',
      'สิ่งที่ส่งมาด้วย',
      'ผู้ลงนาม',
      'นามสกุล',
      'ตำแหน่ง',
      'หมายเหตุ',
      'ไฟล์หนังสือ',
      'ไฟล์แนบ',
    ],
    rows: (sent) => [
      {
        ลำดับที่: String(sent.running),
        เลขที่หนังสือ: sent.letter.number,
        ลงวันที่: dated(sent, 'd MMM yyyy'),
        ชื่อเรื่อง: sent.letter.subject,
        ชั้นความเร็ว: urgencyWords[urgencies.indexOf(sent.urgency)] ?? '',
        ชั้นความลับ: 'ปกติ',
        หน่วยงานผู้ส่ง: sent.from.th,
        หน่วยงานผู้รับ: sent.to.th,
        ตำแหน่ง: sent.from.jobTitle,
        ไฟล์หนังสือ: sent.main,
        ไฟล์แนบ: sent.enclosures.join(';'),
      },
    ],
    read: (rows) =>
      rows.map((row) => ({
        from: row['หน่วยงานผู้ส่ง'] ?? '',
        number: row['เลขที่หนังสือ'] ?? '',
        date: row['ลงวันที่'] ?? '',
        subject: row['ชื่อเรื่อง'] ?? '',
        files: filesIn(row['ไฟล์หนังสือ'], row['ไฟล์แนบ'], ';'),
      })),
  },
  notices: {
    sheet: htmlSheet({ ...page, titles: ['ผลการลงทะเบียนรับ'], foot: () => [] }),
    columns: ['สถานะ', 'เลขที่หนังสือ', 'ลงวันที่', 'หน่วยงาน', 'เลขทะเบียนรับ', 'วันที่รับ', 'เวลา', 'เหตุผล'],
    accept: ({ number, date, from }, receiveNumber, at) => ({
      สถานะ: 'ลงทะเบียนรับแล้ว',
      เลขที่หนังสือ: number,
      ลงวันที่: date,
      หน่วยงาน: from,
      เลขทะเบียนรับ: receiveNumber,
      วันที่รับ: printLetterDate(dateOfInstant(at), 'd MMM yyyy'),
      เวลา: `${printInstant(at).slice(11, 16).replace(':', '.')} น.`,
    }),
    read: (row) => ({
      kind: kinds[row['สถานะ'] ?? ''] ?? '',
      number: row['เลขที่หนังสือ'] ?? '',
      date: row['ลงวันที่'] ?? '',
      receiveNumber: row['เลขทะเบียนรับ'] ?? '',
    }),
  },
}
