// What can be wrong with a dBase table and its memo file.
import type { ProblemDefinition } from './definition.ts'

const exportAgain = {
  en: 'Export the table again and send it whole, with its memo file if it has one; what came is kept.',
  th: 'ส่งออกตารางใหม่ให้ครบถ้วนพร้อมไฟล์เมโม (ถ้ามี) แล้วส่งอีกครั้ง ต้นฉบับที่ได้รับเก็บไว้แล้ว',
}
const correctInSystem = {
  en: 'Correct the record in the system and export it again.',
  th: 'แก้ระเบียนนั้นในระบบแล้วส่งออกใหม่',
}

export const dbfProblems = {
  'adapter.dbf.version': {
    status: 422,
    permanent: true,
    en: 'the first byte is {value}: no table of dBase III, dBase IV or FoxPro that is read here ({expected})',
    th: 'ไบต์แรกเป็น {value} ไม่ใช่ตาราง dBase III dBase IV หรือ FoxPro ที่อ่านได้ ({expected})',
    remedy: {
      en: 'Let the system export dBase III or IV, or name the right format in the profile.',
      th: 'ให้ระบบส่งออกเป็น dBase III หรือ IV หรือแก้ format ในโปรไฟล์',
    },
  },
  'adapter.dbf.header': {
    status: 422,
    permanent: true,
    en: 'the header of the table says {what} {found} where this is expected: {expected}',
    th: 'ส่วนหัวของตารางระบุ {what} เป็น {found} แต่ต้องเป็น: {expected}',
    remedy: exportAgain,
  },
  'adapter.dbf.type': {
    status: 422,
    permanent: true,
    en: 'the column has the type {value}; read are: {expected}',
    th: 'คอลัมน์นี้เป็นชนิด {value} ชนิดที่อ่านได้: {expected}',
    remedy: {
      en: 'Leave the column out of the export, or export it as text.',
      th: 'ไม่ต้องส่งออกคอลัมน์นี้ หรือส่งออกเป็นข้อความ',
    },
  },
  'adapter.dbf.codepage': {
    status: 422,
    permanent: true,
    en: 'byte 29 of the table names the code page {value}; the profile says {expected}',
    th: 'ไบต์ที่ 29 ของตารางระบุรหัสอักขระ {value} แต่โปรไฟล์กำหนด {expected}',
    remedy: {
      en: 'Correct the charset in the profile; if the byte is known to be wrong, say why with codepage: { ignore: … }.',
      th: 'แก้ charset ในโปรไฟล์ หากแน่ใจว่าไบต์นี้ผิด ให้ระบุเหตุผลใน codepage: { ignore: … }',
    },
  },
  'adapter.dbf.truncated': {
    status: 422,
    permanent: true,
    en: 'the header counts {count} records and only {found} are here whole',
    th: 'ส่วนหัวระบุ {count} ระเบียน แต่มีครบเพียง {found} ระเบียน',
    remedy: {
      en: 'Send the records from this one on again; those before are taken.',
      th: 'ส่งระเบียนนี้และระเบียนถัดไปใหม่ ระเบียนก่อนหน้ารับไว้แล้ว',
    },
  },
  'adapter.dbf.beyond': {
    status: 422,
    permanent: true,
    en: '{count} bytes stand behind the {expected} records that the header counts',
    th: 'มีข้อมูล {count} ไบต์ ต่อท้าย {expected} ระเบียนที่ส่วนหัวระบุ',
    remedy: {
      en: 'If records are missing, reindex or pack the table and send those records again.',
      th: 'หากมีระเบียนขาดหาย ให้ reindex หรือ pack ตาราง แล้วส่งระเบียนเหล่านั้นใหม่',
    },
  },
  'adapter.dbf.mark': {
    status: 422,
    permanent: true,
    en: 'the record begins with {value}; a record begins with a blank, or with * when it is deleted',
    th: 'ระเบียนขึ้นต้นด้วย {value} แต่ต้องขึ้นต้นด้วยช่องว่าง หรือ * เมื่อถูกลบ',
    remedy: exportAgain,
  },
  'adapter.dbf.deleted': {
    status: 422,
    permanent: true,
    en: 'the record is marked as deleted',
    th: 'ระเบียนนี้ถูกทำเครื่องหมายว่าลบแล้ว',
    remedy: {
      en: 'Pack the table before it is exported, or set deleted: skip in the profile.',
      th: 'pack ตารางก่อนส่งออก หรือกำหนด deleted: skip ในโปรไฟล์',
    },
  },
  'adapter.dbf.cell': {
    status: 422,
    permanent: true,
    en: '{value} stands where this is expected: {expected}',
    th: 'พบ {value} แต่ต้องเป็น: {expected}',
    remedy: correctInSystem,
  },
  'adapter.dbf.character': {
    status: 422,
    permanent: true,
    en: 'the character {character} cannot stand in a table: dBase gives it a meaning of its own',
    th: 'ตารางเก็บอักขระ {character} ไม่ได้ เพราะ dBase ใช้ในความหมายอื่น',
    remedy: {
      en: 'Let the profile spill this field (overflow: spill), or correct the text.',
      th: 'ให้โปรไฟล์ย้ายข้อความช่องนี้ไปไฟล์แนบ (overflow: spill) หรือแก้ข้อความ',
    },
  },
  'adapter.dbf.memo': {
    status: 422,
    permanent: true,
    en: 'the memo at block {value} cannot be read: {reason}',
    th: 'อ่านเมโมที่บล็อก {value} ไม่ได้: {reason}',
    remedy: {
      en: 'Send the memo file that belongs to this table; if it does, the memo is damaged: correct it in the system.',
      th: 'ส่งไฟล์เมโมที่เป็นของตารางนี้ หากเป็นไฟล์ที่ถูกต้องแล้ว แสดงว่าเมโมเสียหาย ให้แก้ในระบบ',
    },
  },
} as const satisfies Readonly<Record<string, ProblemDefinition>>
