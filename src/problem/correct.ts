// Why an operator's correction of a letter cannot be made.
import type { ProblemDefinition } from './definition.ts'

export const correctProblems = {
  'letter.correct.state': {
    status: 409,
    permanent: true,
    en: 'the letter {value} stands at {states}: only what was refused, called wrong or given up is corrected',
    th: 'หนังสือ {value} มีสถานะ {states} แก้ไขได้เฉพาะฉบับที่ถูกปฏิเสธ ถูกแจ้งว่าผิด หรือเลิกส่ง',
    remedy: {
      en: 'What is on its way or has arrived is recalled by its sender first, and handed over anew; what was recalled is handed over anew as it is.',
      th: 'ฉบับที่กำลังส่งหรือถึงผู้รับแล้วให้ผู้ส่งเรียกคืนก่อนแล้วส่งใหม่ ฉบับที่เรียกคืนแล้วส่งใหม่ได้เลย',
    },
  },
  'letter.correct.replaced': {
    status: 409,
    permanent: true,
    en: 'the letter {value} was corrected already: {by} took its place',
    th: 'หนังสือ {value} ถูกแก้ไขไปแล้ว ฉบับที่มาแทนคือ {by}',
    remedy: {
      en: 'Look at the one that took its place: that one is corrected where it came to nothing too.',
      th: 'ตรวจดูฉบับที่มาแทน หากฉบับนั้นส่งไม่สำเร็จให้แก้ไขฉบับนั้น',
    },
  },
  'letter.correct.waiting': {
    status: 409,
    permanent: false,
    en: 'a correction of the letter {value} waits already: the order {order} of {by}',
    th: 'มีคำสั่งแก้ไขหนังสือ {value} รออยู่แล้ว คือคำสั่ง {order} ของ {by}',
    remedy: {
      en: 'The gateway carries it out when it is started; see then what became of the letter, and order again if it is needed.',
      th: 'เกตเวย์จะทำคำสั่งนั้นเมื่อเริ่มทำงาน ตรวจดูผลก่อน แล้วสั่งใหม่หากยังจำเป็น',
    },
  },
  'letter.correct.office': {
    status: 422,
    permanent: true,
    en: 'the letter did not go to {value}; it went to {offices}',
    th: 'หนังสือไม่ได้ส่งถึง {value} แต่ส่งถึง {offices}',
    remedy: {
      en: 'Name one of its recipients, or none: then it is corrected wherever it came to nothing. Who is to have the new one is said with to.',
      th: 'ระบุผู้รับรายใดรายหนึ่ง หรือไม่ระบุเพื่อแก้ไขทุกแห่งที่ส่งไม่สำเร็จ ผู้รับฉบับใหม่ให้ระบุด้วย to',
    },
  },
  'letter.correct.nothing': {
    status: 409,
    permanent: true,
    en: 'the correction changes nothing of the letter {value}',
    th: 'การแก้ไขนี้ไม่ได้เปลี่ยนเนื้อหาใดของหนังสือ {value}',
    remedy: {
      en: 'Say what is to be another; a letter that is to go as it is: saraban messages retry.',
      th: 'ระบุสิ่งที่ต้องการแก้ หากต้องส่งโดยไม่แก้ ให้ใช้ saraban messages retry',
    },
  },
  'letter.correct.key': {
    status: 409,
    permanent: true,
    en: 'this gateway has no key for the office {value}: what it sends it seals by itself, or its key is elsewhere',
    th: 'เกตเวย์นี้ไม่มีกุญแจของหน่วยงาน {value} หน่วยงานลงลายมือชื่อเอง หรือกุญแจอยู่ที่อื่น',
    remedy: {
      en: 'Have the office recall the letter and send a corrected one by its own system.',
      th: 'ให้หน่วยงานเรียกคืนและส่งฉบับแก้ไขจากระบบของตน',
    },
  },
  'letter.correct.certificate': {
    status: 503,
    permanent: false,
    en: 'nothing can be sealed for office {value} now: {reason}',
    th: 'ลงลายมือชื่อแทนหน่วยงาน {value} ไม่ได้ในขณะนี้: {reason}',
    remedy: {
      en: 'Put its new certificate in place (docs/operate.md, A certificate ends), then order it again.',
      th: 'ติดตั้งใบรับรองใหม่ (docs/operate.md หัวข้อ A certificate ends) แล้วสั่งอีกครั้ง',
    },
  },
  'letter.correct.changed': {
    status: 409,
    permanent: true,
    en: 'the letter {value} has moved since the correction was shown: it would be another one now',
    th: 'หนังสือ {value} เปลี่ยนไปหลังจากที่แสดงการแก้ไข ผลจะไม่ตรงกับที่แสดงไว้',
    remedy: {
      en: 'Look at it again, and order it anew.',
      th: 'ตรวจดูอีกครั้งแล้วสั่งใหม่',
    },
  },
  'letter.correct.attachments': {
    status: 422,
    permanent: true,
    en: 'attachments are no field of a correction',
    th: 'ไฟล์แนบไม่ใช่ช่องของการแก้ไข',
    remedy: {
      en: 'Name the files that come and those that go: --main, --attach and --drop of saraban messages correct; attach and drop in the API.',
      th: 'ระบุไฟล์ที่เพิ่มและที่เอาออก ด้วย --main --attach และ --drop ของ saraban messages correct หรือ attach และ drop ใน API',
    },
  },
  'letter.correct.attachment-unknown': {
    status: 422,
    permanent: true,
    en: 'the letter has no attachment {value}; it has {names}',
    th: 'หนังสือไม่มีไฟล์แนบ {value} ไฟล์ที่มีคือ {names}',
    remedy: {
      en: 'Name the attachment as the letter does.',
      th: 'ระบุชื่อไฟล์แนบตามที่หนังสือระบุ',
    },
  },
  'letter.correct.attachment-twice': {
    status: 422,
    permanent: true,
    en: 'two files of the correction would take one place: {value} that of another that is said anew',
    th: 'ไฟล์สองไฟล์ของการแก้ไขใช้ที่เดียวกัน: {value} จะแทนไฟล์ที่เพิ่งระบุ',
    remedy: {
      en: 'Give each file a name of its own, and say one main file.',
      th: 'ตั้งชื่อไฟล์ไม่ให้ซ้ำกัน และระบุไฟล์หลักเพียงไฟล์เดียว',
    },
  },
  'letter.correct.main': {
    status: 422,
    permanent: true,
    en: 'the letter {value} would lose its main file',
    th: 'หนังสือ {value} จะไม่มีไฟล์หลัก',
    remedy: {
      en: 'Say the main file that it is to have: --main of saraban messages correct; attach with the role main in the API.',
      th: 'ระบุไฟล์หลักใหม่ ด้วย --main ของ saraban messages correct หรือ attach ที่มี role main ใน API',
    },
  },
} as const satisfies Record<string, ProblemDefinition>
