// What can be wrong at the command line and in the sandbox.
import type { ProblemDefinition } from './problem.ts'

export const cliProblems = {
  'cli.file.unreadable': {
    status: 400,
    permanent: true,
    en: 'the file {value} cannot be read: {reason}',
    th: 'อ่านไฟล์ {value} ไม่ได้: {reason}',
    remedy: {
      en: 'Give the path of a file that exists and that you may read.',
      th: 'ระบุไฟล์ที่มีอยู่และคุณมีสิทธิอ่าน',
    },
  },
  'cli.file.unwritable': {
    status: 400,
    permanent: true,
    en: 'the file {value} cannot be written: {reason}',
    th: 'เขียนไฟล์ {value} ไม่ได้: {reason}',
    remedy: {
      en: 'Give a path in a folder that exists and that you may write to.',
      th: 'ระบุตำแหน่งในโฟลเดอร์ที่มีอยู่และคุณมีสิทธิเขียน',
    },
  },
  'cli.folder.exists': {
    status: 409,
    permanent: true,
    en: '{value} is there already, and keys are never written over',
    th: 'มี {value} อยู่แล้ว และจะไม่เขียนทับกุญแจ',
    remedy: {
      en: 'Name a folder that does not exist yet, or move the old one away.',
      th: 'ระบุโฟลเดอร์ที่ยังไม่มี หรือย้ายโฟลเดอร์เดิมออกไปก่อน',
    },
  },
  'cli.json.unreadable': {
    status: 400,
    permanent: true,
    en: 'the file {value} is no JSON in UTF-8: {reason}',
    th: 'ไฟล์ {value} ไม่ใช่ JSON แบบ UTF-8: {reason}',
    remedy: {
      en: 'Write the letter as docs/cli.md shows it; schemas/letter.schema.json describes every field.',
      th: 'เขียนหนังสือตามตัวอย่างใน docs/cli.md ทุกช่องอธิบายไว้ใน schemas/letter.schema.json',
    },
  },
  'cli.key.missing': {
    status: 400,
    permanent: true,
    en: 'the folder {folder} holds no key for office {value}',
    th: 'โฟลเดอร์ {folder} ไม่มีกุญแจของหน่วยงาน {value}',
    remedy: {
      en: 'Give a folder made by `saraban certs init`, or put the key at keys/<office id>.pem there.',
      th: 'ระบุโฟลเดอร์ที่สร้างด้วย `saraban certs init` หรือวางกุญแจไว้ที่ keys/<รหัสหน่วยงาน>.pem',
    },
  },
  'cli.attachment.absent': {
    status: 422,
    permanent: true,
    en: 'the letter names the attachment {value}, and its bytes are not there',
    th: 'หนังสือระบุไฟล์แนบ {value} แต่ไม่มีเนื้อไฟล์',
    remedy: {
      en: 'Attach a file of this name with --attach, or give `content` in base64.',
      th: 'แนบไฟล์ชื่อนี้ด้วย --attach หรือใส่ `content` แบบ base64',
    },
  },
  'cli.office.differs': {
    status: 422,
    permanent: true,
    en: 'the letter is from office {value}, and --office says {expected}',
    th: 'หนังสือออกจากหน่วยงาน {value} แต่ --office ระบุ {expected}',
    remedy: {
      en: 'An office seals only its own letters: correct `from` in the letter, or --office.',
      th: 'หน่วยงานประทับได้เฉพาะหนังสือของตนเอง โปรดแก้ `from` ในหนังสือ หรือแก้ --office',
    },
  },
  'cli.message.unknown': {
    status: 404,
    permanent: true,
    en: 'the journal knows no letter {value}',
    th: 'ไม่มีหนังสือ {value} ในบันทึก',
    remedy: {
      en: 'List the letters with `saraban messages list` and give an id or a number from there.',
      th: 'ดูรายการด้วย `saraban messages list` แล้วระบุรหัสหรือเลขที่หนังสือจากรายการนั้น',
    },
  },
  'cli.journal.missing': {
    status: 404,
    permanent: true,
    en: 'the folder {value} holds no journal',
    th: 'โฟลเดอร์ {value} ไม่มีบันทึกของเกตเวย์',
    remedy: {
      en: 'Give the data folder of a gateway that has run at least once: --data DIR.',
      th: 'ระบุโฟลเดอร์ข้อมูลของเกตเวย์ที่เคยทำงานแล้ว: --data DIR',
    },
  },
  'cli.server.unreachable': {
    status: 502,
    permanent: false,
    en: 'nothing answers at {value}: {reason}',
    th: 'ไม่มีการตอบจาก {value}: {reason}',
    remedy: {
      en: 'Start it first (`saraban demo` prints its addresses), then try again.',
      th: 'เริ่มระบบก่อน (`saraban demo` จะแสดงที่อยู่) แล้วลองใหม่',
    },
  },
  'cli.server.refused': {
    status: 502,
    permanent: true,
    en: '{value} answered {status}: {reason}',
    th: '{value} ตอบ {status}: {reason}',
    remedy: { en: 'Do what the answer says, then try again.', th: 'แก้ไขตามคำตอบ แล้วลองใหม่' },
  },
  'sandbox.faults.unknown': {
    status: 400,
    permanent: true,
    en: '{value} is no fault that the inbox can show',
    th: '{value} ไม่ใช่ข้อขัดข้องที่กล่องรับจำลองแสดงได้',
    remedy: { en: 'Name one of: {expected}.', th: 'เลือกหนึ่งใน: {expected}' },
  },
  'sandbox.faults.field': {
    status: 400,
    permanent: true,
    en: 'a fault has no field {value}',
    th: 'ข้อขัดข้องไม่มีช่อง {value}',
    remedy: {
      en: 'Use the fields fault, delay, retryAfter and times only.',
      th: 'ใช้เฉพาะช่อง fault, delay, retryAfter และ times',
    },
  },
  'sandbox.faults.number': {
    status: 400,
    permanent: true,
    en: '{value} is no whole number from {least} to {most}',
    th: '{value} ไม่ใช่จำนวนเต็มตั้งแต่ {least} ถึง {most}',
    remedy: { en: 'Give {path} a number in these bounds.', th: 'ระบุ {path} ให้อยู่ในช่วงนี้' },
  },
  'sandbox.body.type': {
    status: 415,
    permanent: true,
    en: 'the body is {value}, and an envelope comes as application/xml or multipart/related',
    th: 'เนื้อหาเป็น {value} แต่ซองต้องเป็น application/xml หรือ multipart/related',
    remedy: {
      en: 'Send the envelope as design §5.2 says: application/xml alone, or first in multipart/related.',
      th: 'ส่งซองเป็น application/xml หรือเป็นส่วนแรกของ multipart/related',
    },
  },
  'sandbox.body.broken': {
    status: 400,
    permanent: false,
    en: 'the body cannot be read: {reason}',
    th: 'อ่านเนื้อหาไม่ได้: {reason}',
    remedy: { en: 'Send the whole body again.', th: 'ส่งเนื้อหาทั้งหมดอีกครั้ง' },
  },
  'sandbox.body.too-large': {
    status: 413,
    permanent: true,
    en: '{path} has more than {limit} bytes',
    th: '{path} มีขนาดเกิน {limit} ไบต์',
    remedy: { en: 'Send no more than its envelope says.', th: 'ส่งไม่เกินขนาดที่ระบุในซอง' },
  },
  'sandbox.attachment.missing': {
    status: 422,
    permanent: true,
    en: 'the attachment {value} did not come with its envelope',
    th: 'ไฟล์แนบ {value} ไม่ได้มาพร้อมซอง',
    remedy: {
      en: 'Send every attachment as a part whose Content-ID is its SHA-256.',
      th: 'ส่งไฟล์แนบทุกไฟล์เป็นส่วนที่มี Content-ID เป็น SHA-256 ของไฟล์',
    },
  },
  'sandbox.attachment.unexpected': {
    status: 422,
    permanent: true,
    en: 'the envelope names no attachment {value}',
    th: 'ซองไม่ได้ระบุไฟล์แนบ {value}',
    remedy: { en: 'Send only the attachments of the envelope.', th: 'ส่งเฉพาะไฟล์แนบที่ระบุในซอง' },
  },
  'sandbox.attachment.differs': {
    status: 422,
    permanent: true,
    en: 'the attachment {value} is not what the envelope names: {found}',
    th: 'ไฟล์แนบ {value} ไม่ตรงกับที่ระบุในซอง: {found}',
    remedy: { en: 'Send the very bytes that were sealed.', th: 'ส่งไฟล์เดียวกับที่ประทับในซอง' },
  },
  'sandbox.message.reused': {
    status: 422,
    permanent: true,
    en: 'the message id {value} was used before for another envelope',
    th: 'รหัสข้อความ {value} เคยใช้กับซองอื่นแล้ว',
    remedy: { en: 'Give every envelope its own message id.', th: 'ใช้รหัสข้อความใหม่สำหรับซองใหม่' },
  },
  'sandbox.recipient.other': {
    status: 422,
    permanent: true,
    en: 'the envelope is for {value}, and this is the inbox of {expected}',
    th: 'ซองนี้ถึง {value} แต่นี่คือกล่องรับของ {expected}',
    remedy: { en: 'Send it to the office that it is for.', th: 'ส่งไปยังหน่วยงานผู้รับที่ถูกต้อง' },
  },
  'sandbox.path.unknown': {
    status: 404,
    permanent: true,
    en: 'nothing answers {value} here',
    th: 'ไม่มีบริการ {value} ที่นี่',
    remedy: { en: 'Use one of: {expected}.', th: 'ใช้หนึ่งใน: {expected}' },
  },
  'sandbox.busy': {
    status: 503,
    permanent: false,
    en: 'the inbox takes nothing now',
    th: 'กล่องรับยังไม่รับในขณะนี้',
    remedy: { en: 'Try again after the time in Retry-After.', th: 'ลองใหม่หลังเวลาที่ระบุใน Retry-After' },
  },
} as const satisfies Record<string, ProblemDefinition>
