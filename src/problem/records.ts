// What can be wrong with the records of a document, whatever form they have.
import type { ProblemDefinition } from './definition.ts'

const exportAgain = {
  en: 'Correct the export and send the document whole; what came is kept.',
  th: 'แก้การส่งออกแล้วส่งเอกสารให้ครบถ้วน ต้นฉบับที่ได้รับเก็บไว้แล้ว',
}
const correctValue = { en: 'Correct the value.', th: 'แก้ค่า' }

export const recordProblems = {
  // ── JSON dialects ────────────────────────────────────────────────────────────────────────────────────────────
  'adapter.json.no-record': {
    status: 422,
    permanent: true,
    en: 'there is no {value} in the document, in which the records should stand',
    th: 'ไม่มี {value} ในเอกสาร ซึ่งควรเป็นที่อยู่ของระเบียน',
    remedy: {
      en: 'Correct record in the profile, or send the document that it describes; it may be an error message of the system.',
      th: 'แก้ record ในโปรไฟล์ หรือส่งเอกสารตามที่กำหนด เอกสารนี้อาจเป็นข้อความแจ้งข้อผิดพลาดของระบบ',
    },
  },
  'adapter.json.shape': {
    status: 422,
    permanent: true,
    en: '{value} holds the JSON type {found} where the profile reads: {expected}',
    th: '{value} เป็น JSON ชนิด {found} แต่โปรไฟล์อ่าน {expected}',
    remedy: {
      en: 'Give the column a separator in the profile if it is a list, or correct its path.',
      th: 'กำหนด separator ให้คอลัมน์ในโปรไฟล์หากเป็นรายการ หรือแก้เส้นทางของคอลัมน์',
    },
  },
  'adapter.json.outside-cut': {
    status: 422,
    permanent: true,
    en: 'the document breaks off before {value}, which holds for all of its records',
    th: 'เอกสารขาดตอนก่อนถึง {value} ซึ่งใช้กับทุกระเบียน',
    remedy: exportAgain,
  },
  'adapter.json.type': {
    status: 422,
    permanent: true,
    en: '{value} cannot be written as the JSON type {expected}',
    th: 'เขียน {value} เป็น JSON ชนิด {expected} ไม่ได้',
    remedy: {
      en: 'Correct the type of the column in the profile, or the value.',
      th: 'แก้ type ของคอลัมน์ในโปรไฟล์ หรือแก้ค่า',
    },
  },
  'adapter.json.blank-list': {
    status: 422,
    permanent: true,
    en: 'a list of which every part is blank cannot be told from no list',
    th: 'รายการที่ว่างทุกส่วนแยกไม่ออกจากการไม่มีรายการ',
    remedy: correctValue,
  },

  // ── Tables beside the data ───────────────────────────────────────────────────────────────────────────────────
  'adapter.lookup.code-unknown': {
    status: 422,
    permanent: true,
    en: 'the code {value} is not in the table {table}',
    th: 'ไม่มีรหัส {value} ในตาราง {table}',
    remedy: {
      en: 'Bring the table up to date and load the profile again, then try again what is in quarantine.',
      th: 'ปรับปรุงตารางให้เป็นปัจจุบัน โหลดโปรไฟล์ใหม่ แล้วลองรายการที่กักไว้อีกครั้ง',
    },
  },
  'adapter.lookup.value-unread': {
    status: 422,
    permanent: true,
    en: 'what the table {table} says of the code {value} cannot be read',
    th: 'อ่านความหมายของรหัส {value} ในตาราง {table} ไม่ได้',
    remedy: {
      en: 'Correct the table, or how the profile reads its values (of).',
      th: 'แก้ตาราง หรือแก้วิธีอ่านค่าในโปรไฟล์ (of)',
    },
  },
  'adapter.lookup.no-code': {
    status: 422,
    permanent: true,
    en: 'the table {table} has no code for {value}',
    th: 'ตาราง {table} ไม่มีรหัสสำหรับ {value}',
    remedy: {
      en: 'Add it to the table in the system and load the profile again.',
      th: 'เพิ่มในตารางของระบบแล้วโหลดโปรไฟล์ใหม่',
    },
  },
  'adapter.lookup.values-unsaid': {
    status: 500,
    permanent: true,
    en: 'the table beside the data has no code for {value}, and the profile does not say that the system cannot say it',
    th: 'ตารางข้างข้อมูลไม่มีรหัสของ {value} และโปรไฟล์ไม่ได้ระบุว่าระบบแสดงค่านี้ไม่ได้',
    remedy: {
      en: 'Add a row for each to the table, or name it: of a letter in unsaid beside as, of a notice in untold beside its document.',
      th: 'เพิ่มแถวของแต่ละค่าในตาราง หรือระบุไว้: ของหนังสือใน unsaid ข้าง as ของการแจ้งใน untold ข้าง document',
    },
  },
  'adapter.lookup.accept-unsaid': {
    status: 500,
    permanent: true,
    en: 'the table beside the data has no code for accept: the receive number would never reach the system',
    th: 'ตารางข้างข้อมูลไม่มีรหัสของ accept เลขรับจะไม่ไปถึงระบบ',
    remedy: {
      en: 'Give accept a row in the table in the system, and load the profile again.',
      th: 'เพิ่มแถวของ accept ในตารางของระบบแล้วโหลดโปรไฟล์ใหม่',
    },
  },
  'adapter.lookup.code-twice': {
    status: 500,
    permanent: true,
    en: '{position} of the table: the code {value} stands there a second time, and which holds nobody can know',
    th: '{position} ของตาราง: รหัส {value} ซ้ำ จึงไม่ทราบว่าใช้ค่าใด',
    remedy: { en: 'Keep one of them in the table.', th: 'คงไว้เพียงหนึ่งในตาราง' },
  },
  'adapter.lookup.broken': {
    status: 500,
    permanent: true,
    en: '{position} of the table cannot be read: {value}',
    th: '{position} ของตารางอ่านไม่ได้: {value}',
    remedy: {
      en: 'Correct the table, or its format in the profile.',
      th: 'แก้ตาราง หรือแก้ format ของตารางในโปรไฟล์',
    },
  },
  'adapter.lookup.unreadable': {
    status: 500,
    permanent: true,
    en: 'the table {value} cannot be read: {reason}',
    th: 'อ่านตาราง {value} ไม่ได้: {reason}',
    remedy: {
      en: 'Correct file in the profile, or put the table there so that the gateway’s user can read it.',
      th: 'แก้ file ในโปรไฟล์ หรือวางตารางไว้ที่นั้นให้ผู้ใช้ของเกตเวย์อ่านได้',
    },
  },
  'adapter.lookup.unread': {
    status: 500,
    permanent: true,
    en: 'the table {value} was not read',
    th: 'ยังไม่ได้อ่านตาราง {value}',
    remedy: {
      en: 'Give the file of the table where the profile is tried, or its rows in the profile.',
      th: 'ระบุไฟล์ของตารางในที่ที่ทดลองโปรไฟล์ หรือใส่ rows ในโปรไฟล์',
    },
  },

  // ── Instants ─────────────────────────────────────────────────────────────────────────────────────────────────
  'adapter.field.unix': {
    status: 422,
    permanent: true,
    en: '{value} is no unix time in {unit} of the years 1973 to 2156',
    th: '{value} ไม่ใช่เวลา unix หน่วย {unit} ในช่วง ค.ศ. 1973 ถึง 2156',
    remedy: {
      en: 'Correct the unit in the profile (s for seconds, ms for milliseconds), or the value.',
      th: 'แก้หน่วยในโปรไฟล์ (s คือวินาที ms คือมิลลิวินาที) หรือแก้ค่า',
    },
  },
  'adapter.field.half-day': {
    status: 422,
    permanent: true,
    en: 'the time “{value}” on the 12-hour clock does not say whether it is before or after noon',
    th: 'เวลา “{value}” แบบ 12 ชั่วโมงไม่ได้บอกว่าก่อนหรือหลังเที่ยง',
    remedy: {
      en: 'Let the system write AM or PM, or 24 hours; where its times are always of office hours the profile may say clock: office.',
      th: 'ให้ระบบเขียน AM หรือ PM หรือเวลาแบบ 24 ชั่วโมง หากเป็นเวลาราชการเสมอ โปรไฟล์อาจกำหนด clock: office',
    },
  },

  // ── Lines of one letter ──────────────────────────────────────────────────────────────────────────────────────
  'adapter.record.nothing-above': {
    status: 422,
    permanent: true,
    en: 'this line goes on with a letter, and no letter stands above it',
    th: 'บรรทัดนี้เป็นบรรทัดต่อของหนังสือ แต่ไม่มีหนังสืออยู่เหนือบรรทัดนี้',
    remedy: exportAgain,
  },
  'adapter.record.line-other': {
    status: 422,
    permanent: true,
    en: '{line} goes on with this letter and says {value}, which the profile does not join to anything',
    th: '{line} เป็นบรรทัดต่อของหนังสือนี้และมี {value} ซึ่งโปรไฟล์ไม่ได้กำหนดให้ต่อกับข้อความใด',
    remedy: {
      en: 'Name the column in continues.join of the profile, or correct the line.',
      th: 'เพิ่มคอลัมน์ใน continues.join ของโปรไฟล์ หรือแก้บรรทัดนั้น',
    },
  },
  'adapter.record.line-blank': {
    status: 422,
    permanent: true,
    en: 'a record with a blank {column} would be read as a line of the letter above',
    th: 'ระเบียนที่ {column} ว่างจะถูกอ่านเป็นบรรทัดต่อของหนังสือก่อนหน้า',
    remedy: {
      en: 'Let continues.when of the profile name a column that every letter fills, its number for instance.',
      th: 'กำหนด continues.when ในโปรไฟล์เป็นคอลัมน์ที่หนังสือทุกฉบับมีค่า เช่น เลขที่หนังสือ',
    },
  },

  // ── Files within cells, as base64 ────────────────────────────────────────────────────────────────────────────
  'adapter.base64.broken': {
    status: 422,
    permanent: true,
    en: 'this is not base64 (RFC 4648): {fault}',
    th: 'ไม่ใช่ base64 ที่ถูกต้อง (RFC 4648): {fault}',
    remedy: {
      en: 'Send the document again, whole: a file that was cut on the way is never passed on.',
      th: 'ส่งเอกสารใหม่ให้ครบถ้วน ระบบจะไม่ส่งต่อไฟล์ที่ขาดหาย',
    },
  },
  'adapter.base64.empty': {
    status: 422,
    permanent: true,
    en: 'the file {value} has no content',
    th: 'ไฟล์ {value} ไม่มีเนื้อหา',
    remedy: {
      en: 'Attach the file again in the system and send the letter again.',
      th: 'แนบไฟล์ในระบบใหม่แล้วส่งหนังสืออีกครั้ง',
    },
  },
  'adapter.base64.large': {
    status: 422,
    permanent: true,
    en: 'the file {value} has {size} bytes, and {limit} are the most that stand in a cell',
    th: 'ไฟล์ {value} มี {size} ไบต์ เกินกว่า {limit} ไบต์ที่ใส่ในช่องได้',
    remedy: {
      en: 'Raise limit of base64 in the profile, or let the files stand beside the document.',
      th: 'เพิ่ม limit ของ base64 ในโปรไฟล์ หรือให้ไฟล์อยู่ข้างเอกสาร',
    },
  },
  'adapter.base64.all-large': {
    status: 422,
    permanent: true,
    en: 'the files have {size} bytes together, and {limit} are the most that stand in one document',
    th: 'ไฟล์ทั้งหมดรวมกัน {size} ไบต์ เกินกว่า {limit} ไบต์ที่ใส่ในเอกสารเดียวได้',
    remedy: {
      en: 'Let the files stand beside the document, or send the letter in parts.',
      th: 'ให้ไฟล์อยู่ข้างเอกสาร หรือแบ่งส่งหนังสือ',
    },
  },
  'adapter.base64.sides': {
    status: 422,
    permanent: true,
    en: 'the columns of the files are lists of {count} and of {other}: which belong together nobody can know',
    th: 'คอลัมน์ของไฟล์เป็นรายการยาว {count} และ {other} จึงไม่ทราบว่ารายการใดคู่กัน',
    remedy: exportAgain,
  },
  'adapter.base64.type-unsaid': {
    status: 422,
    permanent: true,
    en: 'the file {value} is of the type {type}, and no column says so',
    th: 'ไฟล์ {value} เป็นชนิด {type} แต่ไม่มีคอลัมน์ใดบอก',
    remedy: {
      en: 'Give the parts of base64 a name, a type or an ending in the profile, or say uri: true.',
      th: 'เพิ่ม name, type หรือ ending ใน parts ของ base64 หรือกำหนด uri: true ในโปรไฟล์',
    },
  },
} as const satisfies Readonly<Record<string, ProblemDefinition>>
