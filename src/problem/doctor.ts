// What `saraban doctor` finds, beside what has a code already.
import type { ProblemDefinition } from './definition.ts'

export const doctorProblems = {
  'doctor.gateway.stopped': {
    status: 503,
    permanent: false,
    en: 'no gateway is at work on {value}: nothing is taken and nothing is brought',
    th: 'ไม่มีเกตเวย์ทำงานกับ {value} จึงไม่มีการรับหรือส่งหนังสือ',
    remedy: {
      en: 'Start it (saraban start), and let the system’s supervisor keep it running.',
      th: 'เริ่มด้วย saraban start และให้ระบบดูแลให้ทำงานตลอด',
    },
  },
  'doctor.journal.absent': {
    status: 503,
    permanent: false,
    en: 'there is no journal at {value} yet',
    th: 'ยังไม่มีบันทึกที่ {value}',
    remedy: {
      en: 'The first start makes it. If there was one, it is lost or elsewhere: stop, and restore it before anything is taken.',
      th: 'จะสร้างเมื่อเริ่มครั้งแรก หากเคยมีอยู่แล้วแปลว่าสูญหายหรืออยู่ที่อื่น ให้กู้คืนก่อนรับหนังสือ',
    },
  },
  'doctor.journal.unsafe': {
    status: 503,
    permanent: false,
    en: 'the journal may lose what it committed: {reason}',
    th: 'บันทึกอาจสูญเสียข้อมูลที่ยืนยันแล้ว: {reason}',
    remedy: {
      en: 'Set it as docs/settings.md says; “taken” means on disk.',
      th: 'ตั้งค่าตาม docs/settings.md เพราะ “รับแล้ว” หมายถึงอยู่บนดิสก์แล้ว',
    },
  },
  'doctor.journal.damaged': {
    status: 503,
    permanent: true,
    en: 'the journal’s file is damaged: {reason}',
    th: 'ไฟล์บันทึกเสียหาย: {reason}',
    remedy: {
      en: 'Stop the gateway, keep the file, and restore the last sound backup (docs/operate.md); look after the disk.',
      th: 'หยุดเกตเวย์ เก็บไฟล์ไว้ กู้คืนจากสำเนาล่าสุดที่สมบูรณ์ (docs/operate.md) และตรวจดิสก์',
    },
  },
  'doctor.key.open': {
    status: 503,
    permanent: true,
    en: 'others than the gateway’s user may read the secret {value} (mode {mode})',
    th: 'ผู้ใช้อื่นอ่านความลับ {value} ได้ (สิทธิ์ {mode})',
    remedy: {
      en: 'chmod 600 it; if others may have read it, change the key.',
      th: 'สั่ง chmod 600 หากอาจมีผู้อื่นอ่านไปแล้วให้เปลี่ยนกุญแจ',
    },
  },
  'doctor.clock': {
    status: 503,
    permanent: false,
    en: 'the clock of this machine and that of {value} differ by {seconds} seconds',
    th: 'นาฬิกาของเครื่องนี้กับของ {value} ต่างกัน {seconds} วินาที',
    remedy: {
      en: 'Let both follow a time server. From 300 seconds on what is sealed here is refused there, or the other way round.',
      th: 'ให้ทั้งสองตั้งเวลาตาม time server หากต่างกันเกิน 300 วินาที เอกสารที่ลงนามจะถูกปฏิเสธ',
    },
  },
  'doctor.unreachable': {
    status: 503,
    permanent: false,
    en: '{value} cannot be reached: {reason}',
    th: 'ติดต่อ {value} ไม่ได้: {reason}',
    remedy: {
      en: 'Look at the name, the network, the certificate and whether it is mounted; what waits for it is brought when it is back.',
      th: 'ตรวจชื่อ เครือข่าย ใบรับรอง และการเชื่อมต่อโฟลเดอร์ สิ่งที่ค้างจะส่งเมื่อติดต่อได้',
    },
  },
  'doctor.claim.old': {
    status: 503,
    permanent: false,
    en: '{count} deliveries are held longer than any attempt may last, the oldest to office {value} since {since}',
    th: 'มีรายการส่ง {count} รายการถูกถือไว้นานเกินกำหนด เก่าสุดถึงหน่วยงาน {value} ตั้งแต่ {since}',
    remedy: {
      en: 'The gateway that held them is gone or hangs: look at its log and start it again; they are recovered by themselves.',
      th: 'เกตเวย์ที่ถือไว้หยุดหรือค้าง ดูบันทึกแล้วเริ่มใหม่ รายการจะกลับมาเอง',
    },
  },
  'doctor.attachment.missing': {
    status: 503,
    permanent: true,
    en: '{count} attachments that the journal names are not in the store, or are cut short; one is {value}, of {messageId}',
    th: 'ไฟล์แนบ {count} ไฟล์ที่บันทึกอ้างถึงไม่อยู่ในที่เก็บหรือไม่ครบ เช่น {value} ของ {messageId}',
    remedy: {
      en: 'Restore them from the backup: files are named by their SHA-256 (docs/operate.md).',
      th: 'กู้คืนจากสำเนา ชื่อไฟล์คือค่า SHA-256 (docs/operate.md)',
    },
  },
  'doctor.envelope.damaged': {
    status: 503,
    permanent: true,
    en: '{count} envelopes in the journal do not verify any more; one is {value}: {reason}',
    th: 'ซองเอกสาร {count} ฉบับในบันทึกตรวจสอบไม่ผ่าน เช่น {value}: {reason}',
    remedy: {
      en: 'The disk, or somebody with access to it, has changed them: keep the journal as it is and compare with a backup.',
      th: 'ดิสก์หรือผู้เข้าถึงดิสก์แก้ไขข้อมูล ให้เก็บบันทึกไว้ตามเดิมและเทียบกับสำเนา',
    },
  },
  'doctor.unseen': {
    status: 503,
    permanent: false,
    en: '{value} could not be looked at: {reason}',
    th: 'ตรวจ {value} ไม่ได้: {reason}',
    remedy: {
      en: 'Run it as the gateway’s user, on the gateway’s machine.',
      th: 'เรียกใช้ด้วยผู้ใช้ของเกตเวย์บนเครื่องของเกตเวย์',
    },
  },
} as const satisfies Record<string, ProblemDefinition>
