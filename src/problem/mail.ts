// What can be wrong with a mail, and with the mailboxes that it comes from and goes to.
import type { ProblemDefinition } from './definition.ts'

const sendAgain = {
  en: 'Send the mail again from a mail program that writes it whole; what came is kept.',
  th: 'ส่งอีเมลใหม่อีกครั้งจากโปรแกรมอีเมลที่ส่งได้ครบถ้วน ต้นฉบับที่ได้รับเก็บไว้แล้ว',
}

export const mailProblems = {
  'mail.header.broken': {
    status: 422,
    permanent: true,
    en: 'a header line of the mail is not one (RFC 5322): {value}',
    th: 'บรรทัดส่วนหัวของอีเมลไม่ถูกต้องตาม RFC 5322: {value}',
    remedy: sendAgain,
  },
  'mail.header.twice': {
    status: 422,
    permanent: true,
    en: 'the mail has the header {value} more than once, so that two readers could see two mails',
    th: 'อีเมลมีส่วนหัว {value} มากกว่าหนึ่งครั้ง ผู้อ่านสองรายอาจเห็นไม่ตรงกัน',
    remedy: sendAgain,
  },
  'mail.header.sender': {
    status: 422,
    permanent: true,
    en: 'the From of the mail is not exactly one address: {value}',
    th: 'ผู้ส่ง (From) ของอีเมลไม่ใช่ที่อยู่เดียว: {value}',
    remedy: {
      en: 'Send the mail from one address.',
      th: 'ส่งอีเมลจากที่อยู่เดียว',
    },
  },
  'mail.header.date': {
    status: 422,
    permanent: true,
    en: 'the Date of the mail cannot be read: {value}',
    th: 'อ่านวันที่ (Date) ของอีเมลไม่ได้: {value}',
    remedy: sendAgain,
  },
  'mail.header.word': {
    status: 422,
    permanent: true,
    en: 'a header of the mail holds an encoded word that cannot be decoded: {value}',
    th: 'ส่วนหัวของอีเมลมีข้อความเข้ารหัสที่ถอดไม่ได้: {value}',
    remedy: sendAgain,
  },
  'mail.part.bounds': {
    status: 422,
    permanent: true,
    en: 'the mail has more {what} than are read; the limit is {limit}',
    th: 'อีเมลมี {what} เกินกว่าที่อ่านได้ ขีดจำกัดคือ {limit}',
    remedy: {
      en: 'Send fewer files in one mail, and files themselves instead of forwarded mails.',
      th: 'ลดจำนวนไฟล์ในอีเมลหนึ่งฉบับ และแนบไฟล์โดยตรงแทนการส่งต่ออีเมล',
    },
  },
  'mail.part.unended': {
    status: 422,
    permanent: true,
    en: 'the mail ends too early: the boundary that closes its parts is missing',
    th: 'อีเมลขาดตอนท้าย ไม่พบเส้นแบ่งที่ปิดส่วนสุดท้าย',
    remedy: sendAgain,
  },
  'mail.part.boundary': {
    status: 422,
    permanent: true,
    en: 'the mail says that it has parts and names no usable boundary between them: {value}',
    th: 'อีเมลระบุว่ามีหลายส่วน แต่ไม่ได้กำหนดเส้นแบ่งที่ใช้ได้: {value}',
    remedy: sendAgain,
  },
  'mail.part.encoding': {
    status: 422,
    permanent: true,
    en: 'the bytes of a part of the mail contradict its transfer encoding {encoding}',
    th: 'ข้อมูลส่วนหนึ่งของอีเมลไม่ตรงกับการเข้ารหัส {encoding} ที่ระบุ',
    remedy: sendAgain,
  },
  'mail.part.kind': {
    status: 422,
    permanent: true,
    en: 'the mail holds a part of the kind {value}, in which no letter is looked for',
    th: 'อีเมลมีส่วนชนิด {value} ซึ่งระบบไม่อ่านหนังสือจากส่วนชนิดนี้',
    remedy: {
      en: 'Attach the files themselves (PDF, Word, pictures), and write the letter’s fields as plain text.',
      th: 'แนบตัวไฟล์โดยตรง (PDF, Word, รูปภาพ) และพิมพ์ข้อมูลหนังสือเป็นข้อความธรรมดา',
    },
  },
  'mail.charset.unknown': {
    status: 422,
    permanent: true,
    en: 'the mail is written in the charset {value}, which is not read here',
    th: 'อีเมลใช้รหัสอักขระ {value} ซึ่งระบบไม่รองรับ',
    remedy: {
      en: 'Let the mail program write UTF-8 or TIS-620.',
      th: 'ตั้งค่าโปรแกรมอีเมลให้ใช้ UTF-8 หรือ TIS-620',
    },
  },
  'mail.charset.contradicted': {
    status: 422,
    permanent: true,
    en: 'a part of the mail says that it is written in {charset}, and its bytes say something else',
    th: 'ส่วนหนึ่งของอีเมลระบุรหัสอักขระ {charset} แต่ข้อมูลจริงไม่ตรง',
    remedy: {
      en: 'Send it again from a program that writes UTF-8 throughout; the text is not guessed.',
      th: 'ส่งใหม่จากโปรแกรมที่ใช้ UTF-8 ทั้งฉบับ ระบบไม่เดาข้อความ',
    },
  },
  'mail.body.html': {
    status: 422,
    permanent: true,
    en: 'the mail has its text as HTML only',
    th: 'อีเมลมีเนื้อความแบบ HTML เท่านั้น',
    remedy: {
      en: 'Let the mail program send plain text, or both.',
      th: 'ตั้งค่าโปรแกรมอีเมลให้ส่งเป็นข้อความธรรมดา (plain text) หรือส่งทั้งสองแบบ',
    },
  },
  'mail.body.label-twice': {
    status: 422,
    permanent: true,
    en: 'the line {label} stands in the mail twice; the second says {value}',
    th: 'มีบรรทัด {label} ในอีเมลสองครั้ง บรรทัดที่สองคือ {value}',
    remedy: {
      en: 'Write it once; one mail holds one letter.',
      th: 'พิมพ์เพียงครั้งเดียว อีเมลหนึ่งฉบับมีหนังสือได้หนึ่งเรื่อง',
    },
  },
  'mail.file.name-twice': {
    status: 422,
    permanent: true,
    en: 'two files of the mail have the name {value}',
    th: 'ไฟล์แนบสองไฟล์มีชื่อ {value} ซ้ำกัน',
    remedy: { en: 'Give each file a name of its own.', th: 'ตั้งชื่อไฟล์แนบไม่ให้ซ้ำกัน' },
  },
  'mail.line.cannot-say': {
    status: 422,
    permanent: true,
    en: 'a line of a mail cannot hold the control character {character}',
    th: 'บรรทัดของอีเมลมีอักขระควบคุม {character} ไม่ได้',
    remedy: {
      en: 'Let the profile spill the text into a file (overflow: spill), or write it in one line.',
      th: 'กำหนด overflow: spill ในโปรไฟล์ หรือพิมพ์เป็นบรรทัดเดียว',
    },
  },
  'mail.too-large': {
    status: 413,
    permanent: true,
    en: 'the mail is larger than {limit} bytes',
    th: 'อีเมลมีขนาดเกิน {limit} ไบต์',
    remedy: {
      en: 'Send the letter in another way, or with smaller scans.',
      th: 'ส่งหนังสือด้วยวิธีอื่น หรือลดขนาดไฟล์สแกน',
    },
  },
  'mail.sender.stranger': {
    status: 403,
    permanent: true,
    en: '{value} is not among the senders that the profile allows',
    th: '{value} ไม่อยู่ในรายชื่อผู้ส่งที่โปรไฟล์อนุญาต',
    remedy: {
      en: 'Send it from the office’s own address, or add the address to the profile’s senders.',
      th: 'ส่งจากที่อยู่อีเมลของหน่วยงาน หรือเพิ่มที่อยู่ใน senders ของโปรไฟล์',
    },
  },
  'mail.sender.unproved': {
    status: 403,
    permanent: true,
    en: 'the mail server {server} did not prove by DKIM or SPF that the mail comes from {value}',
    th: 'เซิร์ฟเวอร์ {server} ไม่ได้ยืนยันด้วย DKIM หรือ SPF ว่าอีเมลมาจาก {value} จริง',
    remedy: {
      en: 'Look whether the mail is genuine; send it through the office’s own mail server.',
      th: 'ตรวจสอบว่าอีเมลเป็นของจริงหรือไม่ และส่งผ่านเซิร์ฟเวอร์อีเมลของหน่วยงาน',
    },
  },
  'mail.sender.automatic': {
    status: 422,
    permanent: true,
    en: 'no person wrote this mail: it is an automatic answer, a report about a delivery, or from a list ({value})',
    th: 'อีเมลนี้ไม่ได้เขียนโดยบุคคล เป็นการตอบกลับอัตโนมัติ รายงานการส่ง หรือมาจากกลุ่มอีเมล ({value})',
    remedy: {
      en: 'Read it: a report may say that a letter did not arrive.',
      th: 'เปิดอ่าน เพราะรายงานอาจแจ้งว่าหนังสือส่งไม่ถึง',
    },
  },
  'mail.server.refused': {
    status: 502,
    permanent: true,
    en: 'the mail server refuses the mail with {status}: {said}',
    th: 'เซิร์ฟเวอร์อีเมลปฏิเสธด้วยรหัส {status}: {said}',
    remedy: {
      en: 'Correct what it names: the address in the profile, or the letter’s size and files; then send it again.',
      th: 'แก้ไขตามที่แจ้ง เช่นที่อยู่อีเมลในโปรไฟล์ หรือขนาดและไฟล์ของหนังสือ แล้วส่งใหม่',
    },
  },
  'mail.server.unready': {
    status: 503,
    permanent: false,
    en: 'the mail server does not take the mail now ({status}), and the reason need not be the letter',
    th: 'ขณะนี้เซิร์ฟเวอร์อีเมลไม่รับอีเมล (รหัส {status}) โดยสาเหตุอาจไม่ได้อยู่ที่หนังสือ',
    remedy: {
      en: 'Read what it said, and settle it with whoever runs the mail server: its filter, a full mailbox, who may send from where; what still waits is tried again by itself.',
      th: 'อ่านเหตุผลที่แจ้ง แล้วแก้ไขร่วมกับผู้ดูแลเซิร์ฟเวอร์อีเมล เช่น ตัวกรอง กล่องอีเมลเต็ม หรือสิทธิ์ของผู้ส่ง สิ่งที่ยังรออยู่ระบบจะลองใหม่เอง',
    },
  },
} as const satisfies Record<string, ProblemDefinition>
