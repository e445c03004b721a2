// Why no profile can be proposed from a sample.
import type { ProblemDefinition } from './definition.ts'

export const proposeProblems = {
  'adapter.propose.unknown': {
    status: 422,
    permanent: true,
    en: 'nothing that a profile describes was recognised in the sample',
    th: 'ไม่พบรูปแบบข้อมูลที่โพรไฟล์อธิบายได้ในตัวอย่าง',
    remedy: {
      en: 'Give an export that lists letters: CSV, an “xls” of a web system, .xlsx, DBF, XML, JSON or columns of bytes; or a mail of the office.',
      th: 'ใช้ไฟล์ส่งออกที่แสดงรายการหนังสือ ได้แก่ CSV, “xls” ของระบบเว็บ, .xlsx, DBF, XML, JSON หรือข้อความแบ่งคอลัมน์ตามไบต์ หรืออีเมลของหน่วยงาน',
    },
  },
  'adapter.propose.other': {
    status: 422,
    permanent: true,
    en: 'the sample is {found}',
    th: 'ตัวอย่างเป็นไฟล์ชนิดอื่น: {found}',
    remedy: {
      en: 'Give an export that lists letters: CSV, an “xls” of a web system, .xlsx, DBF, XML, JSON or columns of bytes; or a mail of the office.',
      th: 'ใช้ไฟล์ส่งออกที่แสดงรายการหนังสือ ได้แก่ CSV, “xls” ของระบบเว็บ, .xlsx, DBF, XML, JSON หรือข้อความแบ่งคอลัมน์ตามไบต์ หรืออีเมลของหน่วยงาน',
    },
  },
  'adapter.propose.large': {
    status: 422,
    permanent: true,
    en: 'the sample is larger than {limit}',
    th: 'ตัวอย่างมีขนาดเกิน {limit}',
    remedy: {
      en: 'Give an export of a few letters.',
      th: 'ใช้ไฟล์ส่งออกที่มีหนังสือเพียงไม่กี่ฉบับ',
    },
  },
  'adapter.propose.header': {
    status: 422,
    permanent: true,
    en: 'no names of columns that can be told apart were found in the sample',
    th: 'ไม่พบชื่อคอลัมน์ที่แยกจากกันได้ในตัวอย่าง',
    remedy: {
      en: 'Give an export with a header of distinct names, or write the profile by hand: docs/profiles.md.',
      th: 'ใช้ไฟล์ส่งออกที่มีหัวคอลัมน์ไม่ซ้ำกัน หรือเขียนโพรไฟล์เองตาม docs/profiles.md',
    },
  },
  'adapter.propose.missing': {
    status: 422,
    permanent: true,
    en: 'the sample ({format}) has no column that is a letter’s {value}; its columns: {found}',
    th: 'ตัวอย่าง ({format}) ไม่มีคอลัมน์ที่เป็น {value} ของหนังสือ คอลัมน์ที่พบ: {found}',
    remedy: {
      en: 'Ask for an export of letters that has it, or write the profile by hand: docs/profiles.md.',
      th: 'ขอไฟล์ส่งออกของหนังสือที่มีช่องนี้ หรือเขียนโพรไฟล์เองตาม docs/profiles.md',
    },
  },
  'adapter.propose.notices': {
    status: 422,
    permanent: true,
    en: 'the second sample is none of notices: a column of what became of a letter, with a code for “registered”, and its number are needed; its columns: {found}',
    th: 'ตัวอย่างที่สองไม่ใช่การแจ้งผลหนังสือ ต้องมีคอลัมน์ผลที่มีรหัส “ลงรับ” และเลขที่หนังสือ คอลัมน์ที่พบ: {found}',
    remedy: {
      en: 'Give another sample, or none: notices are then proposed in the form of the letters.',
      th: 'ใช้ตัวอย่างอื่น หรือไม่ต้องระบุ ระบบจะเสนอการแจ้งผลในรูปแบบเดียวกับหนังสือ',
    },
  },
  'adapter.propose.mailbox': {
    status: 422,
    permanent: true,
    en: 'a mailbox carries mails, and the samples are not both mails ({format})',
    th: 'ตู้จดหมายรับส่งได้เฉพาะอีเมล แต่ตัวอย่างไม่ใช่อีเมลทั้งหมด ({format})',
    remedy: {
      en: 'Give a mail (.eml) as each sample, or another --transport.',
      th: 'ใช้อีเมล (.eml) เป็นตัวอย่างทั้งหมด หรือเลือก --transport แบบอื่น',
    },
  },
  'adapter.propose.fixed-width': {
    status: 422,
    permanent: true,
    en: 'the sample looks like text in columns of so many bytes, but no column of letter numbers and of days was found in it',
    th: 'ตัวอย่างคล้ายข้อความที่แบ่งคอลัมน์ตามจำนวนไบต์ แต่ไม่พบคอลัมน์เลขที่หนังสือและวันที่',
    remedy: {
      en: 'Copy profiles/udon-thani-fixed-width.yaml and put in the columns: docs/reference/formats.md, “fixed-width”.',
      th: 'คัดลอก profiles/udon-thani-fixed-width.yaml แล้วใส่คอลัมน์ ตาม docs/reference/formats.md หัวข้อ “fixed-width”',
    },
  },
} as const satisfies Readonly<Record<string, ProblemDefinition>>
