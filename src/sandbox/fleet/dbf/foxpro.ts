// The installations of “สารบรรณตาราง” on FoxPro, and Khon Kaen's own program. ILLUSTRATIVE: which system a province runs was
// never published.
import { filesIn, filesOver, type Tables } from './form.ts'

/** Release 3 on an English Windows, whose tables name the code page 1252, as Surin has it. */
export const surin: Tables = {
  version: 'foxpro',
  charset: 'windows-874',
  codePage: 0x03,
  begins: { letter: 'ls', notice: 'lr' },
  keepsDeleted: true,
  letter: {
    columns: [
      ['RUNNO', 'N', 8],
      ['LETTERNO', 'C', 60],
      ['LETTERDATE', 'D'],
      ['TITLE', 'C', 200],
      ['SPEEDCODE', 'N', 2],
      ['SECRETCODE', 'N', 2],
      ['CIRCULAR', 'L'],
      ['SENDER', 'C', 60],
      ['RECEIVER', 'M'],
      ['REFNO', 'M'],
      ['REFDATE', 'M'],
      ['NOTE', 'M'],
      ['MAINFILE', 'C', 120],
      ['ENCLOSURE1', 'C', 120],
      ['ENCLOSURE2', 'C', 254],
    ],
    row: (entry) => ({
      RUNNO: String(entry.running),
      LETTERNO: entry.number,
      LETTERDATE: entry.day('ce:yyyyMMdd'),
      TITLE: entry.subject,
      SPEEDCODE: String((entry.urgency + 1) * 10),
      SECRETCODE: '0',
      CIRCULAR: entry.circular ? 'Y' : 'N',
      SENDER: entry.from.en,
      RECEIVER: entry.to.en,
      ...filesOver(entry.files, ['MAINFILE', 'ENCLOSURE1', 'ENCLOSURE2'], '|'),
    }),
    read: (row) => ({
      from: row['SENDER'] ?? '',
      number: row['LETTERNO'] ?? '',
      date: row['LETTERDATE'] ?? '',
      subject: row['TITLE'] ?? '',
      files: filesIn(row, ['MAINFILE', 'ENCLOSURE1', 'ENCLOSURE2'], '|'),
    }),
  },
  notice: {
    columns: [
      ['RESULT', 'N', 1],
      ['LETTERNO', 'C', 60],
      ['LETTERDATE', 'D'],
      ['OFFICE', 'C', 60],
      ['RECEIVENO', 'C', 40],
      ['MSGID', 'C', 60],
      ['REASON', 'M'],
    ],
    says: 'RESULT',
    words: {
      '1': 'receive',
      '2': 'accept',
      '3': 'reject',
      '4': 'invalid',
      '5': 'dispute',
      '6': 'recall',
    },
    row: ({ from, number, date }, receiveNumber) => ({
      LETTERNO: number,
      LETTERDATE: date,
      OFFICE: from,
      RECEIVENO: receiveNumber,
    }),
    read: (row) => ({
      number: row['LETTERNO'] ?? '',
      date: row['LETTERDATE'] ?? '',
      receiveNumber: row['RECEIVENO'] ?? '',
    }),
  },
}

const months = [
  'มกราคม',
  'กุมภาพันธ์',
  'มีนาคม',
  'เมษายน',
  'พฤษภาคม',
  'มิถุนายน',
  'กรกฎาคม',
  'สิงหาคม',
  'กันยายน',
  'ตุลาคม',
  'พฤศจิกายน',
  'ธันวาคม',
]

/** Release 4, filled with UTF-8 and the day in three columns, as Chaiyaphum has it. */
export const chaiyaphum: Tables = {
  version: 'foxpro',
  charset: 'utf-8',
  codePage: 0,
  begins: { letter: 'ls', notice: 'n' },
  letter: {
    columns: [
      ['NUMBER', 'C', 150],
      ['DAY', 'N', 2],
      ['MONTH', 'C', 60],
      ['YEAR', 'N', 4],
      ['SUBJECT', 'M'],
      ['PRIORITY', 'N', 1],
      ['SECRET', 'L'],
      ['ORG_FROM', 'C', 10],
      ['ORG_TO', 'M'],
      ['CONTACT', 'M'],
      ['DETAIL', 'M'],
      ['FILE1', 'C', 254],
      ['FILE2', 'C', 254],
      ['FILE3', 'C', 254],
    ],
    row: (entry) => {
      const [year = '', month = '', day = ''] = entry.day('yyyy-MM-dd').split('-')
      return {
        NUMBER: entry.number,
        DAY: day === '' ? '' : String(Number(day)),
        MONTH: months[Number(month) - 1] ?? '',
        YEAR: year,
        SUBJECT: entry.subject,
        PRIORITY: String(entry.urgency),
        SECRET: 'F',
        ORG_FROM: entry.from.organisationId,
        ORG_TO: entry.to.organisationId,
        CONTACT: 'สำนักงานจังหวัดชัยภูมิ โทร. ๐ ๔๔๘๑ ๑๕๗๓',
        ...filesOver(entry.files, ['FILE1', 'FILE2', 'FILE3'], ';'),
      }
    },
    read: (row) => ({
      from: row['ORG_FROM'] ?? '',
      number: row['NUMBER'] ?? '',
      date: `${row['DAY']} ${row['MONTH']} ${row['YEAR']}`,
      subject: row['SUBJECT'] ?? '',
      files: filesIn(row, ['FILE1', 'FILE2', 'FILE3'], ';'),
    }),
  },
  notice: {
    columns: [
      ['KIND', 'C', 10],
      ['NUMBER', 'C', 150],
      ['DAY', 'N', 2],
      ['MONTH', 'C', 60],
      ['YEAR', 'N', 4],
      ['ORG', 'C', 10],
      ['RECEIVE_NO', 'C', 100],
      ['DETAIL', 'M'],
    ],
    says: 'KIND',
    words: {
      RECEIVED: 'receive',
      ACCEPTED: 'accept',
      REJECTED: 'reject',
      INVALID: 'invalid',
      DISPUTED: 'dispute',
      RECALLED: 'recall',
    },
    row: ({ from, number, date }, receiveNumber) => {
      const [day = '', month = '', year = ''] = date.split(' ')
      return { NUMBER: number, DAY: day, MONTH: month, YEAR: year, ORG: from, RECEIVE_NO: receiveNumber }
    },
    read: (row) => ({
      number: row['NUMBER'] ?? '',
      date: `${row['DAY']} ${row['MONTH']} ${row['YEAR']}`,
      receiveNumber: row['RECEIVE_NO'] ?? '',
    }),
  },
}

/** Khon Kaen's own program in Clipper: capitals, both degrees in one column, one folder for all that it sends. */
export const khonKaen: Tables = {
  version: 'dbase3',
  charset: 'iso-8859-11',
  codePage: 0,
  ending: '.DBF',
  begins: { letter: 'LS', notice: 'LR' },
  letter: {
    columns: [
      ['ลำดับ', 'N', 5],
      ['เลขที่', 'C', 60],
      ['วดป', 'C', 10],
      ['ชั้น', 'C', 30],
      ['เรื่อง1', 'C', 254],
      ['ส่วนราชการ', 'C', 254],
      ['จาก', 'C', 60],
      ['รูปสแกน', 'C', 100],
      ['รูปแนบ', 'C', 254],
      ['ปฏิบัติ', 'C', 100],
    ],
    row: (entry) => ({
      ลำดับ: String(entry.running),
      เลขที่: entry.number,
      วดป: entry.day('d/M/yyyy'),
      ชั้น: `${['ธรรมดา', 'ด่วน', 'ด่วนมาก', 'ด่วนที่สุด'][entry.urgency] ?? ''}/เปิดเผย`,
      // ISO-8859-11 has no curly quotation marks: nobody could type them there.
      เรื่อง1: entry.subject.replace(/[“”]/g, '"'),
      ส่วนราชการ: entry.to.abbreviation,
      จาก: entry.from.th,
      ...filesOver(entry.files, ['รูปสแกน', 'รูปแนบ'], ';'),
    }),
    read: (row) => ({
      from: row['จาก'] ?? '',
      number: row['เลขที่'] ?? '',
      date: row['วดป'] ?? '',
      subject: row['เรื่อง1'] ?? '',
      files: filesIn(row, ['รูปสแกน', 'รูปแนบ'], ';'),
    }),
  },
  notice: {
    columns: [
      ['ประเภท', 'C', 1],
      ['เลขที่', 'C', 60],
      ['วดป', 'C', 10],
      ['ของ', 'C', 60],
      ['เลขรับ', 'C', 30],
    ],
    says: 'ประเภท',
    words: { ร: 'accept', ค: 'reject', ผ: 'invalid', ท: 'dispute' },
    row: ({ from, number, date }, receiveNumber) => ({
      เลขที่: number,
      วดป: date,
      ของ: from,
      เลขรับ: receiveNumber,
    }),
    read: (row) => ({
      number: row['เลขที่'] ?? '',
      date: row['วดป'] ?? '',
      receiveNumber: row['เลขรับ'] ?? '',
    }),
  },
}
