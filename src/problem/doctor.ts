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
  'doctor.gateway.elsewhere': {
    status: 503,
    permanent: false,
    en: 'no gateway is at work on {value}; on the same journal there are: {others}',
    th: 'ไม่มีเกตเวย์ทำงานกับ {value} แต่มีเกตเวย์อื่นทำงานกับบันทึกเดียวกัน: {others}',
    remedy: {
      en: 'Start it (saraban start), and let the system’s supervisor keep it running; the others go on meanwhile.',
      th: 'เริ่มด้วย saraban start และให้ระบบดูแลให้ทำงานตลอด ระหว่างนี้เกตเวย์อื่นทำงานต่อ',
    },
  },
  'doctor.gateway.no-worker': {
    status: 503,
    permanent: false,
    en: 'no gateway brings deliveries: all on the journal are of the role intake ({value})',
    th: 'ไม่มีเกตเวย์ใดส่งหนังสือ ทุกเกตเวย์มีหน้าที่ intake ({value})',
    remedy: {
      en: 'Start one with --role worker, or without a role. What is due waits until then, and is brought by itself.',
      th: 'เริ่มเกตเวย์ด้วย --role worker หรือไม่ระบุ role สิ่งที่ค้างจะรอและส่งเอง',
    },
  },
  'doctor.gateway.no-intake': {
    status: 503,
    permanent: false,
    en: 'no gateway takes what systems hand over: all on the journal are of the role worker ({value})',
    th: 'ไม่มีเกตเวย์ใดรับหนังสือจากระบบ ทุกเกตเวย์มีหน้าที่ worker ({value})',
    remedy: {
      en: 'Start one with --role intake, or without a role. Documents wait where they are, and alarms are told by nobody until then.',
      th: 'เริ่มเกตเวย์ด้วย --role intake หรือไม่ระบุ role ระหว่างนี้เอกสารรออยู่ที่เดิม และไม่มีใครแจ้งเตือน',
    },
  },
  'doctor.office.unserved': {
    status: 503,
    permanent: false,
    en: '{count} deliveries to office {value} wait, and no profile for it is at work',
    th: 'มีรายการส่งถึงหน่วยงาน {value} ค้างอยู่ {count} รายการ แต่ไม่มีโพรไฟล์ของหน่วยงานนี้ทำงานอยู่',
    remedy: {
      en: 'Put its profile back into the folder of the profiles and order saraban profile reload: they are brought by themselves then. saraban messages list --open --office {office} names the letters.',
      th: 'นำโพรไฟล์กลับไปไว้ในโฟลเดอร์โพรไฟล์แล้วสั่ง saraban profile reload รายการที่ค้างจะส่งเอง ดูรายชื่อหนังสือด้วย saraban messages list --open --office {office}',
    },
  },
  'doctor.rights': {
    status: 503,
    permanent: false,
    en: 'this user may not read and write {value}: {reason}',
    th: 'ผู้ใช้นี้อ่านและเขียน {value} ไม่ได้: {reason}',
    remedy: {
      en: 'Give it to the gateway’s user (chown), with rights to read, write and enter (chmod u+rwX), and look whether it is mounted for reading only; then all goes on by itself. If you are not that user, run this as that user.',
      th: 'ยกให้ผู้ใช้ของเกตเวย์ (chown) พร้อมสิทธิ์อ่าน เขียน และเข้าถึง (chmod u+rwX) และตรวจว่าไม่ได้เชื่อมต่อแบบอ่านอย่างเดียว แล้วทุกอย่างจะทำงานต่อเอง หากไม่ใช่ผู้ใช้นั้นให้เรียกใช้ด้วยผู้ใช้นั้น',
    },
  },
  'doctor.queue.away': {
    status: 503,
    permanent: false,
    en: 'the queue on Redis at {value} cannot be used: {reason}',
    th: 'ใช้คิวบน Redis ที่ {value} ไม่ได้: {reason}',
    remedy: {
      en: 'Is it running, and are its name, password and authority those of the settings? Nothing waits for it: each gateway brings what it finds in the journal, only more slowly.',
      th: 'ตรวจว่า Redis ทำงานอยู่ และชื่อ รหัสผ่าน ใบรับรองตรงกับการตั้งค่า ไม่มีอะไรต้องรอ เกตเวย์ส่งสิ่งที่พบในบันทึกต่อไป เพียงแต่ช้าลง',
    },
  },
  'doctor.queue.evicts': {
    status: 503,
    permanent: false,
    en: 'Redis at {value} may throw hints away when its memory is full: its maxmemory-policy is {policy}',
    th: 'Redis ที่ {value} อาจลบข้อมูลคิวเมื่อหน่วยความจำเต็ม: maxmemory-policy เป็น {policy}',
    remedy: {
      en: 'Set maxmemory-policy noeviction in its configuration. Nothing is lost meanwhile: the journal has what is due.',
      th: 'ตั้ง maxmemory-policy noeviction ระหว่างนี้ไม่มีอะไรสูญหาย บันทึกมีรายการที่ค้างส่งครบ',
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
      en: 'Set it so on the server, for the database and for the user, and let the server read it (docs/settings.md); “taken” means on disk.',
      th: 'ตั้งค่านั้นที่เซิร์ฟเวอร์ ฐานข้อมูล และผู้ใช้ แล้วให้เซิร์ฟเวอร์อ่านใหม่ (docs/settings.md) เพราะ “รับแล้ว” หมายถึงอยู่บนดิสก์แล้ว',
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
  'doctor.certificate.foreign': {
    status: 503,
    permanent: true,
    en: '{count} certificates of offices do not stand under authority.pem of the trust folder: those of {value}',
    th: 'ใบรับรองของหน่วยงาน {count} ฉบับไม่ได้ออกโดย authority.pem ในโฟลเดอร์ความน่าเชื่อถือ: ของ {value}',
    remedy: {
      en: 'Put the authority’s certificate that issued them in its place, or have them issued anew under it, and run saraban profile reload: until then nothing that these offices seal is believed, here or there.',
      th: 'วางใบรับรองของผู้ออกที่ถูกต้อง หรือขอออกใบรับรองใหม่ แล้วสั่ง saraban profile reload ก่อนหน้านั้นเอกสารที่หน่วยงานเหล่านี้ลงนามจะไม่ได้รับความเชื่อถือ',
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
  'doctor.attempt.old': {
    status: 503,
    permanent: false,
    en: '{count} deliveries have an attempt under way for longer than any may last, the oldest to office {value} since {since}',
    th: 'มีการส่ง {count} รายการดำเนินอยู่นานเกินกำหนด เก่าสุดถึงหน่วยงาน {value} ตั้งแต่ {since}',
    remedy: {
      en: 'The gateway that makes them hangs: look at its log and start it again; they are recovered by themselves.',
      th: 'เกตเวย์ที่ส่งอยู่ค้าง ดูบันทึกแล้วเริ่มใหม่ รายการจะกลับมาเอง',
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
  'doctor.attachments.unnamed': {
    status: 503,
    permanent: true,
    en: '{value} attachments in the store ({size} MiB), kept between {since} and {until}, are named by nothing in the journal',
    th: 'ที่เก็บมีไฟล์แนบ {value} ไฟล์ ({size} MiB) ซึ่งเก็บไว้ระหว่าง {since} ถึง {until} และไม่มีรายการใดในบันทึกอ้างถึง',
    remedy: {
      en: 'A process that was killed left them; then they only take room. Was the journal restored from a copy, they are of letters that were taken after it: keep them until each of those is found (docs/operate.md). Nothing removes them by itself.',
      th: 'หากโพรเซสถูกสั่งหยุดกลางคัน ไฟล์เหล่านี้เพียงกินที่ แต่หากกู้คืนบันทึกจากสำเนา ไฟล์เป็นของหนังสือที่รับหลังสำเนานั้น ให้เก็บไว้จนกว่าจะพบหนังสือครบ (docs/operate.md) ไม่มีการลบเอง',
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
