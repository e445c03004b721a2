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
} as const satisfies Readonly<Record<string, ProblemDefinition>>
