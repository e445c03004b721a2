// What alarms tell, and what helps: `{value}` is the office, the system, or whose certificate. A command names it as `{office}`: `{value}` is
// shown in quotes, which a shell takes for a part of it.
import type { ProblemDefinition } from './definition.ts'

export const alarmProblems = {
  'alarm.backlog': {
    status: 503,
    permanent: false,
    en: '{count} or more deliveries to office {value} are open',
    th: 'มีรายการส่งถึงหน่วยงาน {value} ค้างอยู่ตั้งแต่ {count} รายการขึ้นไป',
    remedy: {
      en: 'saraban messages list --open --office {office} says for each what it waits for.',
      th: 'ดูสาเหตุของแต่ละรายการด้วย saraban messages list --open --office {office}',
    },
  },
  'alarm.silence': {
    status: 503,
    permanent: false,
    en: 'office {value} usually speaks, and has handed over no letter since {since}',
    th: 'หน่วยงาน {value} เคยส่งหนังสือเป็นประจำ แต่ไม่มีหนังสือเข้าตั้งแต่ {since}',
    remedy: {
      en: 'Ask the office whether its system runs and writes where its profile says; where silence is usual, say so in the settings (alarms.silence.offices).',
      th: 'สอบถามหน่วยงานว่าระบบทำงานและเขียนไฟล์ในที่ที่โพรไฟล์ระบุหรือไม่ หากเงียบเป็นปกติให้กำหนดใน alarms.silence.offices',
    },
  },
  'alarm.deadline': {
    status: 503,
    permanent: false,
    en: 'something for office {value} is not through in the time that is expected of it: by {expectedBy}',
    th: 'มีเอกสารถึงหน่วยงาน {value} ที่ยังส่งไม่สำเร็จตามเวลาที่คาดไว้ คือภายใน {expectedBy}',
    remedy: {
      en: 'saraban messages list --open --office {office} says why; where all are brought, only later, let the profile expect them later (delivery.expected).',
      th: 'ดูสาเหตุด้วย saraban messages list --open --office {office} หากส่งได้แต่ช้าเป็นปกติ ให้แก้ delivery.expected ในโพรไฟล์',
    },
  },
  'alarm.given-up': {
    status: 503,
    permanent: false,
    en: 'something for office {value} was given up, or is a notice that it refused, and nothing has come of it since',
    th: 'มีเอกสารถึงหน่วยงาน {value} ที่เลิกพยายามส่งแล้ว หรือหนังสือแจ้งที่หน่วยงานปฏิเสธ และยังไม่มีใครจัดการ',
    remedy: {
      en: 'saraban messages list --stuck --office {office} names it. Remove the cause; saraban messages retry --office {office} --by NAME --why TEXT then brings it again.',
      th: 'ดูรายการด้วย saraban messages list --stuck --office {office} แก้สาเหตุแล้วสั่ง saraban messages retry --office {office} --by NAME --why TEXT เพื่อส่งอีกครั้ง',
    },
  },
  'alarm.recall': {
    status: 503,
    permanent: false,
    en: 'office {value} has {count} letters that their senders have recalled: the recall was refused, or given up',
    th: 'หน่วยงาน {value} ยังมีหนังสือที่ผู้ส่งเรียกคืนแล้ว {count} ฉบับ เพราะการเรียกคืนถูกปฏิเสธหรือเลิกพยายามส่ง',
    remedy: {
      en: 'Where the letter was corrected the office may have registered both: agree with it which number counts. saraban messages list --state recalled --to {office} names the letters, and the story of each says what became of its recall.',
      th: 'หากหนังสือถูกแก้ไขแล้ว หน่วยงานอาจลงรับทั้งสองฉบับ ให้ตกลงกันว่าเลขรับใดใช้ได้ ดูรายการด้วย saraban messages list --state recalled --to {office} และดูประวัติของแต่ละฉบับว่าการเรียกคืนเป็นอย่างไร',
    },
  },
  'alarm.breaker': {
    status: 503,
    permanent: false,
    en: 'office {value} cannot be reached since {since}',
    th: 'ติดต่อหน่วยงาน {value} ไม่ได้ตั้งแต่ {since}',
    remedy: {
      en: 'saraban messages list --stuck --office {office} says what its system answered; it is probed by itself.',
      th: 'ดูคำตอบของระบบด้วย saraban messages list --stuck --office {office} เกตเวย์จะลองติดต่อเองต่อไป',
    },
  },
  'alarm.unreadable': {
    status: 503,
    permanent: false,
    en: 'a place of the system {value} cannot be read, or says nothing, since {since}',
    th: 'อ่านที่รับส่งเอกสารของระบบ {value} ไม่ได้ หรือไม่ตอบสนอง ตั้งแต่ {since}',
    remedy: {
      en: 'saraban messages list --stuck names it: is it mounted, and may the gateway’s user read it?',
      th: 'ดูตำแหน่งด้วย saraban messages list --stuck ตรวจว่าเชื่อมต่ออยู่และผู้ใช้ของเกตเวย์มีสิทธิ์อ่าน',
    },
  },
  'alarm.lag': {
    status: 503,
    permanent: false,
    en: 'a delivery to office {value} is due since {since}, and nobody takes it',
    th: 'รายการส่งถึงหน่วยงาน {value} ถึงกำหนดตั้งแต่ {since} แต่ยังไม่มีใครรับไปส่ง',
    remedy: {
      en: 'Is a profile for the office there, is it far behind (saraban messages list --open --office {office}), and does the gateway’s log say work.failed?',
      th: 'ตรวจว่ามีโพรไฟล์ของหน่วยงานนี้ งานค้างมากหรือไม่ (saraban messages list --open --office {office}) และบันทึกของเกตเวย์มี work.failed หรือไม่',
    },
  },
  'alarm.certificate': {
    status: 503,
    permanent: false,
    en: 'the certificate of {value} is valid until {until}, and no longer',
    th: 'ใบรับรองของ {value} ใช้ได้ถึง {until} เท่านั้น',
    remedy: {
      en: 'Have the next one issued, put it where docs/operate.md, “A certificate ends”, says for {value}, and run saraban profile reload, or start anew what that page says.',
      th: 'ขอใบรับรองใหม่ วางไว้ตามที่ docs/operate.md หัวข้อ “A certificate ends” บอกสำหรับ {value} แล้วสั่ง saraban profile reload หรือเริ่มใหม่ตามที่หน้านั้นบอก',
    },
  },
  'alarm.disk': {
    status: 503,
    permanent: false,
    en: 'the disk of {value} has {free} MiB free; {least} MiB are wanted',
    th: 'ดิสก์ของ {value} เหลือที่ว่าง {free} MiB ต้องการอย่างน้อย {least} MiB',
    remedy: {
      en: 'Make room or give it a larger disk. Below 64 MiB /readyz says 503; when it is full nothing is taken any more, what is handed over waits at its sender, and nothing is lost.',
      th: 'เพิ่มที่ว่างหรือขยายดิสก์ หากเหลือต่ำกว่า 64 MiB /readyz จะตอบ 503 เมื่อเต็มจะหยุดรับหนังสือ หนังสือที่ส่งมาจะรออยู่ที่ต้นทางและไม่มีอะไรสูญหาย',
    },
  },
  'alarm.sync': {
    status: 503,
    permanent: false,
    en: "the journal's server says what is committed before it is on disk: {reason}",
    th: 'เซิร์ฟเวอร์ของสมุดบันทึกตอบรับก่อนข้อมูลลงดิสก์จริง: {reason}',
    remedy: {
      en: 'Set it back at once: when its machine loses power, letters that were acknowledged are gone. saraban doctor says how it has to be.',
      th: 'ตั้งค่ากลับทันที หากไฟดับ หนังสือที่ตอบรับแล้วอาจสูญหาย ดูค่าที่ถูกต้องด้วย saraban doctor',
    },
  },
  'alarm.log': {
    status: 503,
    permanent: false,
    en: 'a gateway cannot write its log since {since} ({reason}): {lost} lines or more are lost; letters go on',
    th: 'เกตเวย์เขียนบันทึกการทำงาน (log) ไม่ได้ตั้งแต่ {since} ({reason}) สูญหายแล้วอย่างน้อย {lost} บรรทัด แต่หนังสือยังรับส่งต่อไป',
    remedy: {
      en: 'ENOSPC: make room on the disk of the log. EPIPE or EAGAIN: who reads its standard output is gone or hangs: start that again, or the gateway. Lines are written again by themselves.',
      th: 'ENOSPC: เพิ่มที่ว่างบนดิสก์ของ log ส่วน EPIPE หรือ EAGAIN: โปรแกรมที่อ่าน standard output หยุดหรือค้าง ให้เริ่มโปรแกรมนั้นหรือเกตเวย์ใหม่ เมื่อเขียนได้จะเขียนต่อเอง',
    },
  },
  'alarm.quarantine': {
    status: 503,
    permanent: false,
    en: '{count} places wait in quarantine, the oldest since {since}',
    th: 'มีเอกสารในที่กักกัน {count} รายการ เก่าสุดตั้งแต่ {since}',
    remedy: {
      en: 'saraban quarantine list says why and what helps.',
      th: 'ดูสาเหตุและวิธีแก้ด้วย saraban quarantine list',
    },
  },
  'alarm.retention': {
    status: 503,
    permanent: false,
    en: 'no run of the retention has ended since {since}, and the clock says {clock}: where that is 30 days later, or a day beside the clock of the journal’s server, none begins by itself',
    th: 'ไม่มีการลบข้อมูลตามอายุ (retention) ที่ทำเสร็จตั้งแต่ {since} และนาฬิกาบอกเวลา {clock}: ถ้าห่างกันเกิน 30 วัน หรือต่างจากนาฬิกาของเซิร์ฟเวอร์ journal เกิน 1 วัน จะไม่เริ่มลบเอง',
    remedy: {
      en: 'Look at the clock first (date), also for a year of the Buddhist era, and set it right: runs go on by themselves. Only when the clock is right, because the gateway or its retention stood still for so long: saraban retention preview, then saraban retention run --by NAME, once. When the clock was right all the while, the log says why (work.failed).',
      th: 'ตรวจนาฬิกาก่อน (date) รวมทั้งปีที่อาจเป็นพุทธศักราช แล้วตั้งให้ถูก การลบจะทำต่อเอง ถ้านาฬิกาถูกแล้วเพราะเกตเวย์หรือ retention หยุดไปนานจริง ให้ใช้ saraban retention preview แล้ว saraban retention run --by ชื่อ หนึ่งครั้ง ถ้านาฬิกาถูกมาตลอด ดูสาเหตุใน log (work.failed)',
    },
  },
} as const satisfies Record<string, ProblemDefinition>
