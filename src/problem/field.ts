// What can be wrong with a field of a document, both ways.
import type { ProblemDefinition } from './definition.ts'

export const fieldProblems = {
  'adapter.field.too-long': {
    status: 422,
    permanent: true,
    en: 'the text has {count} characters and the system holds {limit}',
    th: 'ข้อความยาว {count} อักขระ แต่ระบบเก็บได้ {limit}',
    remedy: {
      en: 'Shorten it, or let the profile spill it into an attachment (overflow: spill).',
      th: 'ย่อข้อความ หรือให้โปรไฟล์ย้ายไปไฟล์แนบ (overflow: spill)',
    },
  },
  'adapter.field.too-many': {
    status: 422,
    permanent: true,
    en: 'there are {count} values and the system has room for {limit}',
    th: 'มี {count} ค่า แต่ระบบรับได้ {limit}',
    remedy: {
      en: 'Name more columns in the profile (at), or write a list with a separator.',
      th: 'เพิ่มคอลัมน์ในโปรไฟล์ (at) หรือใช้รายการที่มีตัวคั่น',
    },
  },
  'adapter.field.several': {
    status: 422,
    permanent: true,
    en: 'there are {count} values ({value}) and the field has {limit}: which of them is meant cannot be told',
    th: 'มี {count} ค่า ({value}) แต่ช่องนี้มีได้ {limit} จึงไม่รู้ว่าหมายถึงค่าใด',
    remedy: {
      en: 'Fill one of the columns only, or say in the profile how they are one value (join, highest).',
      th: 'กรอกเพียงคอลัมน์เดียว หรือระบุในโปรไฟล์ว่ารวมเป็นค่าเดียวอย่างไร (join, highest)',
    },
  },
  'adapter.field.sides': {
    status: 422,
    permanent: true,
    en: 'the references have {numbers} numbers, {dates} dates and {subjects} subjects: which belong together nobody can know',
    th: 'เรื่องที่อ้างถึงมีเลขที่ {numbers} วันที่ {dates} และชื่อเรื่อง {subjects} จึงไม่ทราบว่ารายการใดคู่กัน',
    remedy: {
      en: 'Let each list have as many entries as the others, a blank one where nothing is known, or leave the whole list blank.',
      th: 'ให้แต่ละรายการมีจำนวนเท่ากัน เว้นว่างในตำแหน่งที่ไม่ทราบ หรือเว้นว่างทั้งรายการ',
    },
  },
  'adapter.field.code-unknown': {
    status: 422,
    permanent: true,
    en: '{value} is not in the table of this field; the table knows: {expected}',
    th: 'ไม่มี {value} ในตารางของช่องนี้ ตารางมี: {expected}',
    remedy: {
      en: 'Correct the value in the system, or add it to the table in the profile.',
      th: 'แก้ค่าในระบบ หรือเพิ่มในตารางของโปรไฟล์',
    },
  },
  'adapter.field.cannot-say': {
    status: 422,
    permanent: true,
    en: 'the system has no way to say {field} = {value}',
    th: 'ระบบไม่มีวิธีแสดง {field} = {value}',
    remedy: {
      en: 'Map the field in the profile, or let what is not mapped be spilled (unmapped: spill).',
      th: 'กำหนดช่องนี้ในโปรไฟล์ หรือให้ย้ายไปไฟล์แนบ (unmapped: spill)',
    },
  },
  'adapter.field.secrecy-unsayable': {
    status: 422,
    permanent: true,
    en: 'the system has no way to say that a letter is secret ({value}), and does not get it',
    th: 'ระบบไม่มีวิธีแสดงว่าเป็นหนังสือลับ ({value}) จึงไม่ส่งให้ระบบนี้',
    remedy: {
      en: 'Bring the letter to the office in another way. If the system has a field for secrecy, map it in the profile; it is never spilled.',
      th: 'ส่งหนังสือให้หน่วยงานด้วยวิธีอื่น หากระบบมีช่องชั้นความลับ ให้กำหนดช่องนี้ในโปรไฟล์ ชั้นความลับไม่ถูกย้ายไปไฟล์แนบ',
    },
  },
  'adapter.field.value-unknown': {
    status: 422,
    permanent: true,
    en: '{value} is not a value of this field; expected is one of: {expected}',
    th: '{value} ไม่ใช่ค่าของช่องนี้ ค่าที่ใช้ได้: {expected}',
    remedy: { en: 'Choose one of those.', th: 'เลือกค่าจากรายการนั้น' },
  },
  'adapter.field.office-unknown': {
    status: 422,
    permanent: true,
    en: 'no office is called {value}',
    th: 'ไม่มีหน่วยงานชื่อ {value}',
    remedy: {
      en: 'Write its two-digit code, its name, its abbreviation or its national organisation id.',
      th: 'ใช้รหัสสองหลัก ชื่อ อักษรย่อ หรือรหัสหน่วยงานกลาง',
    },
  },
  'adapter.field.instant': {
    status: 422,
    permanent: true,
    en: '{value} is not a day and a time as the profile writes them ({expected})',
    th: '{value} ไม่ใช่วันเวลาตามรูปแบบของโปรไฟล์ ({expected})',
    remedy: {
      en: 'Correct the value, or the form in the profile.',
      th: 'แก้ค่า หรือแก้รูปแบบในโปรไฟล์',
    },
  },
  'adapter.field.template': {
    status: 422,
    permanent: true,
    en: '{value} is not of the form {expected} with something in each place',
    th: '{value} ไม่ตรงตามแม่แบบ {expected} ที่มีข้อความครบทุกส่วน',
    remedy: { en: 'Correct the value, or the template in the profile.', th: 'แก้ค่า หรือแก้แม่แบบในโปรไฟล์' },
  },
  'adapter.field.template-ambiguous': {
    status: 422,
    permanent: true,
    en: '{value} comes apart by {expected} in more than one way',
    th: '{value} แยกตามแม่แบบ {expected} ได้มากกว่าหนึ่งแบบ',
    remedy: {
      en: 'Choose words between the places that stand in none of the parts.',
      th: 'เลือกข้อความคั่นที่ไม่ปรากฏในส่วนใด',
    },
  },
  'adapter.field.digits': {
    status: 422,
    permanent: true,
    en: '{value} has Thai digits of its own; written in {write} digits it would come back another text',
    th: '{value} มีเลขไทยอยู่แล้ว เมื่อเขียนเป็นเลขแบบ {write} จะอ่านกลับเป็นข้อความอื่น',
    remedy: {
      en: 'Let the whole text stand in a file beside (overflow: spill), or let the profile write text.',
      th: 'ให้ข้อความเต็มอยู่ในไฟล์แนบ (overflow: spill) หรือใช้ text ในโปรไฟล์',
    },
  },
  'adapter.field.separator': {
    status: 422,
    permanent: true,
    en: '{value} holds the separator {separator} of its own list',
    th: '{value} มีตัวคั่น {separator} ของรายการอยู่ข้างใน',
    remedy: {
      en: 'Choose another separator in the profile.',
      th: 'เลือกตัวคั่นอื่นในโปรไฟล์',
    },
  },
  'adapter.field.urgency-contradicted': {
    status: 422,
    permanent: true,
    en: 'the number {value} says the urgency {glued} and the field says {said}',
    th: 'เลขที่ {value} ระบุชั้นความเร็ว {glued} แต่ช่องชั้นความเร็วระบุ {said}',
    remedy: { en: 'Correct one of the two in the system.', th: 'แก้ค่าใดค่าหนึ่งในระบบ' },
  },
  'adapter.file.missing': {
    status: 422,
    permanent: true,
    en: 'the file {value} is named here and did not come',
    th: 'มีการอ้างถึงไฟล์ {value} แต่ไม่ได้รับไฟล์',
    remedy: {
      en: 'Put the file beside the document, or send it as a part, and send the letter again.',
      th: 'วางไฟล์ไว้ข้างเอกสาร หรือส่งเป็นส่วนหนึ่ง แล้วส่งหนังสือใหม่',
    },
  },
  'adapter.file.contested': {
    status: 422,
    permanent: true,
    en: 'the file {value} is named by more than one document ({documents}); whose it is cannot be known, so none of them takes it',
    th: 'มีเอกสารมากกว่าหนึ่งฉบับอ้างถึงไฟล์ {value} ({documents}) ไม่รู้ว่าไฟล์เป็นของฉบับใด จึงไม่ใช้กับฉบับใดเลย',
    remedy: {
      en: 'Give every file a name of its own and send both letters again, each with its file; the file that came, if one did, stands in .saraban/refused.',
      th: 'ตั้งชื่อไฟล์ไม่ให้ซ้ำกัน แล้วส่งหนังสือทั้งสองฉบับใหม่พร้อมไฟล์ของตน ไฟล์ที่มาถึงแล้ว (ถ้ามี) อยู่ใน .saraban/refused',
    },
  },
  'adapter.file.too-large': {
    status: 413,
    permanent: true,
    en: 'the file {value} has {size} bytes, and its profile allows {limit}: it was not taken, and stands in {place}',
    th: 'ไฟล์ {value} มี {size} ไบต์ เกินกว่า {limit} ไบต์ ที่โปรไฟล์กำหนด จึงไม่ได้รับ และอยู่ที่ {place}',
    remedy: {
      en: 'Make the file smaller, or raise attachmentLimit in the profile; then send the letter again with its file.',
      th: 'ลดขนาดไฟล์ หรือเพิ่ม attachmentLimit ในโปรไฟล์ แล้วส่งหนังสือใหม่พร้อมไฟล์',
    },
  },
  'adapter.file.digest': {
    status: 422,
    permanent: true,
    en: 'the file {value} is not the one that the document describes ({what} differs)',
    th: 'ไฟล์ {value} ไม่ตรงกับที่เอกสารระบุ ({what} ต่างกัน)',
    remedy: { en: 'Send the file that belongs to it.', th: 'ส่งไฟล์ที่ถูกต้อง' },
  },
  'adapter.file.unnamed': {
    status: 422,
    permanent: true,
    en: 'the file {value} came and no letter names it',
    th: 'ได้รับไฟล์ {value} แต่ไม่มีหนังสือใดอ้างถึง',
    remedy: { en: 'Name it in attachments, or leave it out.', th: 'ระบุใน attachments หรือไม่ต้องส่ง' },
  },
  'adapter.file.twice': {
    status: 422,
    permanent: true,
    en: 'the file {value} came twice: in the document itself and beside it',
    th: 'ได้รับไฟล์ {value} สองครั้ง ทั้งในเอกสารและแนบมาต่างหาก',
    remedy: {
      en: 'Send its bytes in one place only; which of the two is meant, nobody here can know.',
      th: 'ส่งเนื้อไฟล์มาเพียงที่เดียว เพราะระบบไม่อาจรู้ว่าหมายถึงไฟล์ใด',
    },
  },
  'adapter.letter.main-missing': {
    status: 422,
    permanent: true,
    en: 'the letter has no main file, and its profile demands one',
    th: 'หนังสือไม่มีไฟล์หลัก แต่โปรไฟล์กำหนดให้ต้องมี',
    remedy: { en: 'Attach the letter itself.', th: 'แนบตัวหนังสือ' },
  },
  'adapter.notice.sort': {
    status: 422,
    permanent: true,
    en: 'a {expected} was expected here and a {value} came',
    th: 'ต้องเป็น {expected} แต่ได้รับ {value}',
    remedy: { en: 'Send it to the place that is meant for it.', th: 'ส่งไปยังช่องทางที่กำหนดไว้' },
  },
} as const satisfies Record<string, ProblemDefinition>
