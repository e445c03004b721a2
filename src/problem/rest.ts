// What can be wrong between a letter and a system's REST interface.
import type { ProblemDefinition } from './definition.ts'

export const restProblems = {
  'adapter.rest.too-large': {
    status: 413,
    permanent: true,
    en: 'the document has {size} bytes, and its profile allows {limit}: it is kept whole, and was not read',
    th: 'เอกสารมี {size} ไบต์ เกินกว่า {limit} ไบต์ ที่โปรไฟล์กำหนด: เก็บไว้ครบถ้วนแต่ยังไม่ได้อ่าน',
    remedy: {
      en: 'Ask its office whether the document is what it should be: if so, saraban quarantine retry ID --believe reads it all the same. Raise the limit in the profile if such documents are usual.',
      th: 'สอบถามหน่วยงานว่าเอกสารถูกต้องหรือไม่ ถ้าถูกต้องให้ใช้ saraban quarantine retry ID --believe เพื่ออ่าน และเพิ่มขีดจำกัดในโปรไฟล์หากมีเอกสารลักษณะนี้เป็นปกติ',
    },
  },
  'adapter.rest.answer-too-large': {
    status: 413,
    permanent: true,
    en: 'the answer has {size} bytes, and its profile allows {limit}: it is kept whole as the server gave it, and what stands at {at} in it was not read',
    th: 'คำตอบมี {size} ไบต์ เกินกว่า {limit} ไบต์ ที่โปรไฟล์กำหนด: เก็บไว้ครบถ้วนตามที่เซิร์ฟเวอร์ส่ง แต่ยังไม่ได้อ่านส่วน {at}',
    remedy: {
      en: 'Ask its office whether the document is what it should be: if so, raise the limit in the profile and let the office send it again. saraban quarantine show ID --save DIR writes out what came.',
      th: 'สอบถามหน่วยงานว่าเอกสารถูกต้องหรือไม่ ถ้าถูกต้องให้เพิ่มขีดจำกัดในโปรไฟล์แล้วให้หน่วยงานส่งใหม่ ใช้ saraban quarantine show ID --save DIR เพื่อเขียนสิ่งที่ได้รับออกมา',
    },
  },
  'adapter.rest.head-stuck': {
    status: 413,
    permanent: true,
    en: 'the head of the queue cannot be taken out of it, and all behind it wait: {reason} ({size} bytes, of which {limit} may be kept)',
    th: 'นำรายการแรกออกจากคิวไม่ได้ รายการถัดไปทั้งหมดต้องรอ: {reason} ({size} ไบต์ เก็บได้ไม่เกิน {limit} ไบต์)',
    remedy: {
      en: 'Raise attachmentLimit in the profile until the head can be kept, or ask the system’s people to take the item out of the queue and to send it another way; then dismiss this entry.',
      th: 'เพิ่ม attachmentLimit ในโปรไฟล์จนเก็บรายการแรกได้ หรือให้ผู้ดูแลระบบนำรายการนั้นออกจากคิวแล้วส่งทางอื่น จากนั้นยกเลิกรายการนี้ (dismiss)',
    },
  },
  'adapter.rest.key-twice': {
    status: 409,
    permanent: true,
    en: 'the system’s list has two different documents under the key {value}: the first goes on, this one is kept and was not read',
    th: 'รายการของระบบมีเอกสารต่างกันสองฉบับภายใต้คีย์ {value}: ฉบับแรกดำเนินการต่อ ฉบับนี้เก็บไว้แต่ยังไม่ได้อ่าน',
    remedy: {
      en: 'The system gives two documents one key: tell its people, or name another field as list.key in the profile. If this one is a letter by itself, saraban quarantine retry ID --believe reads it; if it only says the first one again, dismiss it.',
      th: 'ระบบให้คีย์เดียวกันแก่เอกสารสองฉบับ: แจ้งผู้ดูแลระบบ หรือระบุฟิลด์อื่นเป็น list.key ในโปรไฟล์ หากฉบับนี้เป็นหนังสืออีกฉบับหนึ่ง ให้ใช้ saraban quarantine retry ID --believe เพื่ออ่าน หากเป็นฉบับแรกที่ส่งซ้ำ ให้ยกเลิก (dismiss)',
    },
  },
  'adapter.rest.place-empty': {
    status: 422,
    permanent: true,
    en: 'the address or a header of the request has the place {value}, and nothing that may stand there is known of this letter',
    th: 'ที่อยู่หรือหัวคำขอมีช่อง {value} แต่หนังสือฉบับนี้ไม่มีค่าที่ใส่ได้',
    remedy: {
      en: 'A notice knows what the system itself said of the letter: let the letters of the system carry that column; else correct the path in the profile.',
      th: 'การแจ้งผลรู้เฉพาะสิ่งที่ระบบบอกมากับหนังสือ ให้หนังสือของระบบมีช่องนั้น มิฉะนั้นแก้ path ในโปรไฟล์',
    },
  },
} as const satisfies Record<string, ProblemDefinition>
