// What can be wrong with an XML dialect's document.
import type { ProblemDefinition } from './definition.ts'

const exportAgain = {
  en: 'Correct the export and send the document whole; what came is kept.',
  th: 'แก้การส่งออกแล้วส่งเอกสารให้ครบถ้วน ต้นฉบับที่ได้รับเก็บไว้แล้ว',
}

export const xmlProblems = {
  'adapter.xml.malformed': {
    status: 422,
    permanent: true,
    en: 'line {line}, column {column}: this is not well-formed XML: {fault}; nothing behind it is read',
    th: 'บรรทัด {line} ตำแหน่ง {column}: ไม่ใช่ XML ที่ถูกต้อง: {fault} และไม่อ่านส่วนที่เหลือ',
    remedy: {
      en: 'Correct the export and send what follows again; where only & is not escaped, the profile may say repair: ampersands.',
      th: 'แก้การส่งออกแล้วส่งส่วนที่เหลือใหม่ หากผิดเพียงไม่ได้ escape เครื่องหมาย & โปรไฟล์อาจกำหนด repair: ampersands',
    },
  },
  'adapter.xml.forbidden': {
    status: 422,
    permanent: true,
    en: 'a {found} stands in the document; none is read, whatever it says',
    th: 'เอกสารมี {found} ซึ่งไม่อ่านไม่ว่ากรณีใด',
    remedy: { en: 'Export the document without it.', th: 'ส่งออกเอกสารโดยไม่มีส่วนนี้' },
  },
  'adapter.xml.bounds': {
    status: 422,
    permanent: true,
    en: 'there are more than {limit} {what}; nothing behind them is read',
    th: 'มี {what} เกิน {limit} และไม่อ่านส่วนที่เหลือ',
    remedy: { en: 'Split the document.', th: 'แบ่งเอกสารเป็นหลายไฟล์' },
  },
  'adapter.xml.encoding': {
    status: 422,
    permanent: true,
    en: 'the document declares the encoding {value}; the profile says {expected}',
    th: 'เอกสารประกาศรหัสอักขระ {value} แต่โปรไฟล์กำหนด {expected}',
    remedy: {
      en: 'Correct the charset in the profile; if the declaration is known to be wrong, say declaration: ignore.',
      th: 'แก้ charset ในโปรไฟล์ หากแน่ใจว่าการประกาศผิด ให้กำหนด declaration: ignore',
    },
  },
  'adapter.xml.no-record': {
    status: 422,
    permanent: true,
    en: 'no element stands at {value}; the root of the document is {found}',
    th: 'ไม่มีองค์ประกอบที่ {value} รากของเอกสารคือ {found}',
    remedy: {
      en: 'Correct record or namespaces in the profile, or send the document that it describes.',
      th: 'แก้ record หรือ namespaces ในโปรไฟล์ หรือส่งเอกสารตามที่กำหนด',
    },
  },
  'adapter.xml.twice': {
    status: 422,
    permanent: true,
    en: '{value} stands {count} times where the profile reads one',
    th: 'มี {value} {count} ครั้ง แต่โปรไฟล์อ่านเพียงหนึ่ง',
    remedy: {
      en: 'Give the column a separator in the profile if it is a list, or correct the document.',
      th: 'กำหนด separator ให้คอลัมน์ในโปรไฟล์หากเป็นรายการ หรือแก้เอกสาร',
    },
  },
  'adapter.xml.mixed': {
    status: 422,
    permanent: true,
    en: 'text stands between the elements of {value}, where nobody could put it back',
    th: 'มีข้อความแทรกระหว่างองค์ประกอบใน {value} ซึ่งเขียนกลับให้เหมือนเดิมไม่ได้',
    remedy: exportAgain,
  },
  'adapter.xml.character': {
    status: 422,
    permanent: true,
    en: 'the character {character} cannot stand in XML',
    th: 'XML เก็บอักขระ {character} ไม่ได้',
    remedy: {
      en: 'Let the profile spill this field (overflow: spill), or correct the text.',
      th: 'ให้โปรไฟล์ย้ายข้อความช่องนี้ไปไฟล์แนบ (overflow: spill) หรือแก้ข้อความ',
    },
  },
  'adapter.xml.blank-list': {
    status: 422,
    permanent: true,
    en: 'a list of which every part is blank cannot be told from no list',
    th: 'รายการที่ว่างทุกส่วนแยกไม่ออกจากการไม่มีรายการ',
    remedy: { en: 'Correct the values.', th: 'แก้ค่า' },
  },
} as const satisfies Readonly<Record<string, ProblemDefinition>>
