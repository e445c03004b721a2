// What can be wrong with a table of cells: fixed-width text, HTML tables, spreadsheets.
import type { ProblemDefinition } from './definition.ts'

const exportAgain = {
  en: 'Export the document again and send it whole; what came is kept.',
  th: 'ส่งออกเอกสารใหม่และส่งให้ครบถ้วน ต้นฉบับที่ได้รับเก็บไว้แล้ว',
}
const correctInSystem = {
  en: 'Correct the cell in the system and export it again.',
  th: 'แก้ช่องนั้นในระบบแล้วส่งออกใหม่',
}
const spillIt = {
  en: 'Let the profile spill this field (overflow: spill), or correct the text.',
  th: 'ให้โปรไฟล์ย้ายข้อความช่องนี้ไปไฟล์แนบ (overflow: spill) หรือแก้ข้อความ',
}

export const tableProblems = {
  // ── A cell on its way out ────────────────────────────────────────────────────────────────────────────────────
  'adapter.column.narrow': {
    status: 422,
    permanent: true,
    en: 'the text takes {count} bytes and the column {column} has {limit}',
    th: 'ข้อความใช้ {count} ไบต์ แต่คอลัมน์ {column} มี {limit} ไบต์',
    remedy: {
      en: 'Let the profile spill this field (overflow: spill), or shorten the text; it is never cut.',
      th: 'ให้โปรไฟล์ย้ายข้อความช่องนี้ไปไฟล์แนบ (overflow: spill) หรือย่อข้อความ ระบบจะไม่ตัดข้อความ',
    },
  },
  'adapter.column.line-break': {
    status: 422,
    permanent: true,
    en: 'the text has a line break, and a line is a record',
    th: 'ข้อความมีการขึ้นบรรทัดใหม่ แต่หนึ่งบรรทัดคือหนึ่งระเบียน',
    remedy: spillIt,
  },
  'adapter.column.edge': {
    status: 422,
    permanent: true,
    en: 'the text {value} begins or ends with what fills the column {column} up, and would come back without it',
    th: 'ข้อความ {value} ขึ้นต้นหรือลงท้ายด้วยอักขระที่ใช้เติมคอลัมน์ {column} จึงอ่านกลับได้ไม่ครบ',
    remedy: spillIt,
  },
  'adapter.column.skipped': {
    status: 422,
    permanent: true,
    en: 'records with {value} in the column {column} are skipped, so that nobody would read this one',
    th: 'ระเบียนที่มี {value} ในคอลัมน์ {column} จะถูกข้าม จึงไม่มีใครอ่านระเบียนนี้',
    remedy: {
      en: 'Correct the skip rule in the profile.',
      th: 'แก้กฎ skip ในโปรไฟล์',
    },
  },

  // ── Fixed-width text ─────────────────────────────────────────────────────────────────────────────────────────
  'adapter.fixed.length': {
    status: 422,
    permanent: true,
    en: 'the record has {count} bytes and the profile says {expected}',
    th: 'ระเบียนมี {count} ไบต์ แต่โปรไฟล์กำหนด {expected} ไบต์',
    remedy: {
      en: 'Send the record whole, or correct the columns, the length or the end of records in the profile.',
      th: 'ส่งระเบียนให้ครบ หรือแก้คอลัมน์ ความยาว หรือตัวจบระเบียนในโปรไฟล์',
    },
  },
  'adapter.fixed.between': {
    status: 422,
    permanent: true,
    en: 'bytes {first} to {last} hold {value}, and no column of the profile has them',
    th: 'ไบต์ที่ {first} ถึง {last} มีข้อมูล {value} แต่ไม่มีคอลัมน์ใดในโปรไฟล์ครอบคลุม',
    remedy: {
      en: 'Name a column for these bytes in the profile, so that nothing is lost.',
      th: 'เพิ่มคอลัมน์สำหรับไบต์เหล่านี้ในโปรไฟล์ เพื่อไม่ให้ข้อมูลหาย',
    },
  },
  'adapter.fixed.frame': {
    status: 422,
    permanent: true,
    en: 'a line that begins with {expected} is missing here, so that the document may not be whole',
    th: 'ไม่พบบรรทัดที่ขึ้นต้นด้วย {expected} ตรงนี้ เอกสารอาจไม่ครบ',
    remedy: exportAgain,
  },

  // ── Tables of rows ───────────────────────────────────────────────────────────────────────────────────────────
  'adapter.table.missing': {
    status: 422,
    permanent: true,
    en: 'the document has no {what} {value}; it has: {found}',
    th: 'เอกสารไม่มี {what} {value} ที่มีคือ: {found}',
    remedy: {
      en: 'Correct what the format in the profile names, or export it.',
      th: 'แก้ชื่อใน format ของโปรไฟล์ หรือส่งออกให้มีส่วนนั้น',
    },
  },
  'adapter.table.cells': {
    status: 422,
    permanent: true,
    en: 'the row has {count} cells and the table has {expected} columns',
    th: 'แถวนี้มี {count} ช่อง แต่ตารางมี {expected} คอลัมน์',
    remedy: exportAgain,
  },
  'adapter.table.long': {
    status: 422,
    permanent: true,
    en: 'the {what} has more than {limit} characters',
    th: '{what} ยาวเกิน {limit} อักขระ',
    remedy: {
      en: 'Shorten the text, or split the document.',
      th: 'ย่อข้อความ หรือแบ่งเอกสาร',
    },
  },
  'adapter.table.spans': {
    status: 422,
    permanent: true,
    en: 'cells are joined in a way that no table has: {value}',
    th: 'การผสานช่องไม่ถูกต้อง: {value}',
    remedy: {
      en: 'Export the table without joined cells.',
      th: 'ส่งออกตารางโดยไม่ผสานช่อง',
    },
  },

  // ── HTML tables ──────────────────────────────────────────────────────────────────────────────────────────────
  'adapter.html.charset': {
    status: 422,
    permanent: true,
    en: 'the document says of itself that its charset is {value}; the profile says {expected}',
    th: 'เอกสารระบุรหัสอักขระเป็น {value} แต่โปรไฟล์กำหนด {expected}',
    remedy: {
      en: 'Correct the charset in the profile or in the export.',
      th: 'แก้ charset ในโปรไฟล์หรือในการส่งออก',
    },
  },
  'adapter.html.unended': {
    status: 422,
    permanent: true,
    en: 'the document ends within its table; its last row, and rows behind it, are not read',
    th: 'เอกสารจบก่อนสิ้นสุดตาราง แถวสุดท้ายและแถวถัดไปไม่ได้ถูกอ่าน',
    remedy: exportAgain,
  },
  'adapter.html.nested': {
    status: 422,
    permanent: true,
    en: 'a table stands within a table; which of them holds the letters cannot be known',
    th: 'มีตารางซ้อนในตาราง จึงไม่รู้ว่าหนังสืออยู่ในตารางใด',
    remedy: {
      en: 'Export one plain table.',
      th: 'ส่งออกเป็นตารางเดียวที่ไม่ซ้อนกัน',
    },
  },
  'adapter.html.outside': {
    status: 422,
    permanent: true,
    en: 'this stands in the table where nobody would see it or where no cell is: {value}',
    th: 'มีสิ่งนี้ในตารางในที่ที่มองไม่เห็นหรือไม่ใช่ช่อง: {value}',
    remedy: {
      en: 'Export a table that holds text in cells and nothing else.',
      th: 'ส่งออกตารางที่มีเฉพาะข้อความในช่อง',
    },
  },

  // ── Spreadsheets ─────────────────────────────────────────────────────────────────────────────────────────────
  'adapter.zip.broken': {
    status: 422,
    permanent: true,
    en: 'the file is no whole ZIP archive: {reason}',
    th: 'ไฟล์ไม่ใช่ ZIP ที่สมบูรณ์: {reason}',
    remedy: exportAgain,
  },
  'adapter.zip.large': {
    status: 422,
    permanent: true,
    en: 'the archive unpacks to more than the {limit} bytes that are allowed',
    th: 'เมื่อแตกไฟล์แล้วมีขนาดเกิน {limit} ไบต์ที่อนุญาต',
    remedy: { en: 'Split the document.', th: 'แบ่งเอกสารเป็นหลายไฟล์' },
  },
  'adapter.xlsx.broken': {
    status: 422,
    permanent: true,
    en: 'the spreadsheet cannot be read: {reason}',
    th: 'อ่านไฟล์สเปรดชีตไม่ได้: {reason}',
    remedy: {
      en: 'Save it again as .xlsx with a spreadsheet program; a renamed .xls is not one.',
      th: 'บันทึกใหม่เป็น .xlsx ด้วยโปรแกรมสเปรดชีต ไฟล์ .xls ที่เปลี่ยนชื่อใช้ไม่ได้',
    },
  },
  'adapter.xlsx.cell': {
    status: 422,
    permanent: true,
    en: 'the cell {cell} holds {value} where this is expected: {expected}',
    th: 'ช่อง {cell} มี {value} แต่ต้องเป็น: {expected}',
    remedy: correctInSystem,
  },
} as const satisfies Readonly<Record<string, ProblemDefinition>>
