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
