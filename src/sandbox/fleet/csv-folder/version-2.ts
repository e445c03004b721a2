// Version 2 of the product, as three provinces had it changed: Lamphun, Uttaradit, Phayao.
import { urgencies } from '../../../letter/codes.ts'
import { dateOfInstant, printLetterDate } from '../../../letter/dates.ts'
import { arabicDigits, thaiDigits } from '../../../letter/search.ts'
import { printInstant } from '../../../letter/time.ts'
import { csvSheet, windows874 } from '../../sheets/csv.ts'
import type { FileForm } from '../../systems/folders.ts'
import { dated, filesIn } from '../folder-member.ts'

const urgencyWords = ['ปกติ', 'ด่วน', 'ด่วนมาก', 'ด่วนที่สุด'] as const
type Codes = Readonly<Record<string, string>>

const lamphunSheet = csvSheet({
  ...windows874,
  charset: 'utf8',
  mark: true,
  delimiter: ';',
  apostrophes: false,
})
const lamphunKinds: Codes = {
  RCV: 'receive',
  REG: 'accept',
  REJ: 'reject',
  ERR: 'invalid',
  DSP: 'dispute',
  RCL: 'recall',
}
/** The number in two columns, as Lamphun has it. */
const apart = (number: string) => {
  const [code = '', ...running] = number.split('/')
  return { รหัสหนังสือ: code, เลขหนังสือ: running.join('/') }
}
const together = (row: Codes): string => `${row['รหัสหนังสือ']}/${row['เลขหนังสือ']}`

/** 2.4: UTF-8, the number in two columns. */
export const lamphun: FileForm = {
  letters: {
    sheet: lamphunSheet,
    columns: [
      'ลำดับ',
      'ปีทะเบียน',
      'รหัสหนังสือ',
      'เลขหนังสือ',
      'วันที่หนังสือ',
      'ชั้นความเร็ว',
      'ประเภท',
      'เวียน',
      'ชื่อเรื่อง',
      'ต้นทาง',
      'ปลายทาง',
      'ชื่อผู้ลงนาม',
      'นามสกุลผู้ลงนาม',
      'ตำแหน่ง',
      'สิ่งที่ส่งมาด้วย',
      'หมายเหตุ',
      'เอกสาร',
      'เอกสารแนบ',
    ],
    rows: (sent) => [
      {
        ลำดับ: String(sent.running),
        ปีทะเบียน: String(Number(printInstant(sent.at).slice(0, 4)) + 543),
        ...apart(sent.letter.number),
        วันที่หนังสือ: dated(sent, 'dd/MM/yyyy'),
        ชั้นความเร็ว: urgencyWords[urgencies.indexOf(sent.urgency)] ?? '',
        ประเภท: 'ภายนอก',
        เวียน: sent.circular ? 'Y' : 'N',
        ชื่อเรื่อง: sent.letter.subject,
        ต้นทาง: sent.from.abbreviation,
        ปลายทาง: sent.to.abbreviation,
        ชื่อผู้ลงนาม: '',
        ตำแหน่ง: sent.from.jobTitle,
        สิ่งที่ส่งมาด้วย: sent.enclosures.length === 0 ? '-' : `เอกสาร ${sent.enclosures.length} ฉบับ`,
        เอกสาร: sent.main,
        เอกสารแนบ: sent.enclosures.join('|'),
      },
    ],
    read: (rows) =>
      rows.map((row) => ({
        from: row['ต้นทาง'] ?? '',
        number: together(row),
        date: row['วันที่หนังสือ'] ?? '',
        subject: row['ชื่อเรื่อง'] ?? '',
        files: filesIn(row['เอกสาร'], row['เอกสารแนบ'], '|'),
      })),
  },
  notices: {
    sheet: lamphunSheet,
    columns: ['สถานะ', 'รหัสหนังสือ', 'เลขหนังสือ', 'วันที่หนังสือ', 'หน่วยงาน', 'เลขรับ', 'เวลา', 'เหตุผล'],
    accept: ({ number, date, from }, receiveNumber, at) => ({
      สถานะ: 'REG',
      ...apart(number),
      วันที่หนังสือ: date,
      หน่วยงาน: from,
      เลขรับ: receiveNumber,
      เวลา: `${printLetterDate(dateOfInstant(at), 'dd/MM/yyyy')} ${printInstant(at).slice(11, 19)}`,
    }),
    read: (row) => ({
      kind: lamphunKinds[row['สถานะ'] ?? ''] ?? '',
      number: together(row),
      date: row['วันที่หนังสือ'] ?? '',
      receiveNumber: row['เลขรับ'] ?? '',
    }),
  },
}

const uttaraditSheet = csvSheet({ ...windows874, header: false })
const uttaraditKinds: Codes = {
  ส่งถึง: 'receive',
  ลงรับ: 'accept',
  ไม่รับ: 'reject',
  ส่งผิด: 'invalid',
  ทักท้วง: 'dispute',
  เรียกคืน: 'recall',
}

/** A subject as the printer's lines have it: forty characters each. */
const linesOf = (text: string): readonly string[] => text.match(/.{1,40}/gsu) ?? []

/** 2.1 without a header, in Thai digits throughout; a long subject and each enclosure stand on lines of their own. */
export const uttaradit: FileForm = {
  letters: {
    sheet: uttaraditSheet,
    columns: [
      'ทะเบียนส่ง',
      'ที่',
      'ลงวันที่',
      'จาก',
      'ถึง',
      'เรื่อง',
      'ชั้นความเร็ว',
      'เวียน',
      'อ้างถึงที่',
      'อ้างถึงวันที่',
      'อ้างถึงเรื่อง',
      'สิ่งที่ส่งมาด้วย',
      'การปฏิบัติ',
      'หมายเหตุ',
      'ไฟล์',
    ],
    rows: (sent) => {
      const [subject = '', ...more] = linesOf(thaiDigits(sent.letter.subject))
      return [
        {
          ทะเบียนส่ง: thaiDigits(String(sent.running)),
          ที่: thaiDigits(sent.letter.number),
          ลงวันที่: dated(sent, 'th:d MMM yyyy'),
          จาก: sent.from.th,
          ถึง: sent.to.th,
          เรื่อง: subject,
          // A clerk chooses nothing where the letter is ordinary.
          ชั้นความเร็ว: sent.urgency === 'ordinary' ? '' : (urgencyWords[urgencies.indexOf(sent.urgency)] ?? ''),
          เวียน: sent.circular ? '๑' : '๐',
          การปฏิบัติ: 'ส่ง สป.มท.',
          ไฟล์: sent.main,
        },
        ...more.map((line) => ({ เรื่อง: line })),
        ...sent.enclosures.map((name) => ({ ไฟล์: name })),
      ]
    },
    read: (rows) =>
      rows.map((row) => ({
        from: row['จาก'] ?? '',
        number: row['ที่'] ?? '',
        date: row['ลงวันที่'] ?? '',
        subject: row['เรื่อง'] ?? '',
        files: filesIn('', row['ไฟล์'], '/'),
      })),
  },
  notices: {
    sheet: uttaraditSheet,
    columns: ['รายการ', 'ที่', 'ลงวันที่', 'หน่วยงาน', 'เลขรับ', 'วันเวลา', 'เหตุผล'],
    accept: ({ number, date, from }, receiveNumber, at) => ({
      รายการ: 'ลงรับ',
      ที่: number,
      ลงวันที่: date,
      หน่วยงาน: from,
      เลขรับ: thaiDigits(receiveNumber),
      วันเวลา: `${printLetterDate(dateOfInstant(at), 'th:dd/MM/yyyy')} เวลา ${printInstant(at).slice(11, 16)} น.`,
    }),
    read: (row) => ({
      kind: uttaraditKinds[row['รายการ'] ?? ''] ?? '',
      number: row['ที่'] ?? '',
      date: row['ลงวันที่'] ?? '',
      receiveNumber: arabicDigits(row['เลขรับ'] ?? ''),
    }),
  },
}

const phayaoSheet = csvSheet({ ...windows874, delimiter: ';', quote: "'" })
const phayaoKinds: Codes = { รับแล้ว: 'receive', ลงทะเบียน: 'accept', ส่งคืน: 'reject', ผิดหน่วย: 'invalid' }
/** A day in three columns, as Phayao has it. */
const dayOf = (printed: string) => {
  const [day = '', month = '', year = ''] = printed.split(' ')
  return { วัน: day, เดือน: month, ปี: year }
}
const printedDay = (row: Codes): string => `${row['วัน']} ${row['เดือน']} ${row['ปี']}`

/** Agencies have codes: provinces four digits, the ministry's own office 0200. */
const agency = (office: string): string => (office === 'moi' ? '0200' : `${office}00`)

/** 2.2: codes of its own, the day over columns. */
export const phayao: FileForm = {
  letters: {
    sheet: phayaoSheet,
    columns: [
      'ชนิดรายการ',
      'เลขที่หนังสือ',
      'วัน',
      'เดือน',
      'ปี',
      'รหัสความเร็ว',
      'รหัสชั้นความลับ',
      'ชนิดหนังสือ',
      'เรื่อง',
      'จากหน่วยงาน',
      'ถึงหน่วยงาน',
      'สิ่งที่ส่งมาด้วย',
      'หมายเหตุ',
      'หนังสือ',
      'แนบ',
      'ผู้บันทึก',
    ],
    rows: (sent) => [
      {
        ชนิดรายการ: 'ส่ง',
        เลขที่หนังสือ: sent.letter.number,
        ...dayOf(dated(sent, 'd MMMM yyyy')),
        รหัสความเร็ว: ['น', 'ด1', 'ด2', 'ด3'][urgencies.indexOf(sent.urgency)] ?? 'น',
        ชนิดหนังสือ: '1',
        เรื่อง: sent.letter.subject,
        จากหน่วยงาน: agency(sent.from.id),
        ถึงหน่วยงาน: agency(sent.to.id),
        หนังสือ: sent.main,
        แนบ: sent.enclosures.join(','),
        ผู้บันทึก: "งานสารบรรณ 'กลาง'",
      },
    ],
    read: (rows) =>
      rows.map((row) => ({
        from: row['จากหน่วยงาน'] ?? '',
        number: row['เลขที่หนังสือ'] ?? '',
        date: printedDay(row),
        subject: row['เรื่อง'] ?? '',
        files: filesIn(row['หนังสือ'], row['แนบ'], ','),
      })),
  },
  notices: {
    sheet: phayaoSheet,
    columns: ['สถานะ', 'เลขที่หนังสือ', 'วัน', 'เดือน', 'ปี', 'หน่วยงาน', 'เลขรับ'],
    accept: ({ number, date, from }, receiveNumber) => ({
      สถานะ: 'ลงทะเบียน',
      เลขที่หนังสือ: number,
      ...dayOf(date),
      หน่วยงาน: from,
      เลขรับ: receiveNumber,
    }),
    read: (row) => ({
      kind: phayaoKinds[row['สถานะ'] ?? ''] ?? '',
      number: row['เลขที่หนังสือ'] ?? '',
      date: printedDay(row),
      receiveNumber: row['เลขรับ'] ?? '',
    }),
  },
}
