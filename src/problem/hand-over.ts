// What can go wrong where a document is handed over.
import type { ProblemDefinition } from './definition.ts'

export const handOverProblems = {
  'adapter.channel.missing': {
    status: 422,
    permanent: true,
    en: 'the profile has no channel for a {value}',
    th: 'โปรไฟล์ไม่มีช่องทางสำหรับ {value}',
    remedy: { en: 'Add the channel to the profile.', th: 'เพิ่มช่องทางในโปรไฟล์' },
  },
  'adapter.folder.absent': {
    status: 503,
    permanent: false,
    en: 'the folder {value} is not there',
    th: 'ไม่พบโฟลเดอร์ {value}',
    remedy: {
      en: 'Mount the share, or make the folder; what still waits is tried again by itself.',
      th: 'เชื่อมต่อโฟลเดอร์ที่ใช้ร่วมกัน หรือสร้างโฟลเดอร์ สิ่งที่ยังรออยู่ระบบจะลองใหม่เอง',
    },
  },
  'adapter.folder.no-folder': {
    status: 503,
    permanent: false,
    en: 'a file, or something else that is no folder, stands in the place of the folder {value}, of one above it, or of .saraban in it',
    th: 'มีไฟล์หรือสิ่งอื่นที่ไม่ใช่โฟลเดอร์อยู่แทนที่โฟลเดอร์ {value} หรือโฟลเดอร์ที่อยู่เหนือขึ้นไป หรือ .saraban ในโฟลเดอร์นั้น',
    remedy: {
      en: 'Move it away and make the folder, or correct the path in the profile; what still waits is tried again by itself.',
      th: 'ย้ายสิ่งนั้นออกแล้วสร้างโฟลเดอร์ หรือแก้ตำแหน่งในโพรไฟล์ สิ่งที่ยังรออยู่ระบบจะลองใหม่เอง',
    },
  },
  'adapter.folder.other': {
    status: 503,
    permanent: false,
    en: 'the folder {value} is not the one that it was: its mark .saraban/folder is gone or is another one; perhaps its share is not mounted',
    th: 'โฟลเดอร์ {value} ไม่ใช่โฟลเดอร์เดิม เพราะเครื่องหมาย .saraban/folder หายไปหรือเปลี่ยนไป อาจไม่ได้เชื่อมต่อโฟลเดอร์ที่ใช้ร่วมกัน',
    remedy: {
      en: 'Mount the share again; if the folder was replaced on purpose, put an empty file .saraban/accept into it.',
      th: 'เชื่อมต่อโฟลเดอร์ใหม่ หากตั้งใจเปลี่ยนโฟลเดอร์ ให้สร้างไฟล์ว่าง .saraban/accept ไว้ในโฟลเดอร์นั้น',
    },
  },
  'adapter.folder.foreign': {
    status: 503,
    permanent: false,
    en: 'the folder {value} belongs to another gateway, the installation {owner}: two that fetch from one folder would send letters twice',
    th: 'โฟลเดอร์ {value} เป็นของเกตเวย์อื่น (การติดตั้ง {owner}) หากสองเกตเวย์รับจากโฟลเดอร์เดียวกัน หนังสือจะถูกส่งซ้ำ',
    remedy: {
      en: 'Let only one of them fetch here. If the folder was moved to this gateway on purpose, stop the other one, see to what stands in .saraban/claimed, and put an empty file .saraban/accept into the folder.',
      th: 'ให้เกตเวย์เดียวรับจากโฟลเดอร์นี้ หากตั้งใจย้ายมาใช้กับเกตเวย์นี้ ให้หยุดเกตเวย์เดิม ตรวจสิ่งที่อยู่ใน .saraban/claimed แล้วสร้างไฟล์ว่าง .saraban/accept ในโฟลเดอร์',
    },
  },
  'adapter.folder.too-large': {
    status: 413,
    permanent: true,
    en: 'the document {value} has {size} bytes, and its profile allows {limit}: it was not read, and stands in {place}',
    th: 'เอกสาร {value} มี {size} ไบต์ เกินกว่า {limit} ไบต์ ที่โปรไฟล์กำหนด จึงไม่ได้อ่าน และอยู่ที่ {place}',
    remedy: {
      en: 'Send fewer letters in one document, or raise the limit in the profile and put the file back into the folder.',
      th: 'ส่งหนังสือต่อเอกสารให้น้อยลง หรือเพิ่มขีดจำกัดในโปรไฟล์แล้วนำไฟล์กลับเข้าโฟลเดอร์',
    },
  },
  'adapter.folder.overtaken': {
    status: 409,
    permanent: true,
    en: 'the document could not be read in its turn, and a later notice about {value} has been taken meanwhile',
    th: 'อ่านเอกสารตามลำดับไม่ได้ และระหว่างนั้นได้รับหนังสือแจ้งที่ใหม่กว่าเกี่ยวกับ {value} แล้ว',
    remedy: {
      en: 'Ask the office which notice is its last: where it is this one, saraban quarantine retry ID --believe, else saraban quarantine dismiss ID.',
      th: 'สอบถามหน่วยงานว่าหนังสือแจ้งใดเป็นฉบับสุดท้าย หากเป็นฉบับนี้ให้ใช้ saraban quarantine retry ID --believe มิฉะนั้นให้ใช้ saraban quarantine dismiss ID',
    },
  },
  'adapter.folder.name-taken': {
    status: 503,
    permanent: false,
    en: 'a file {value} stands in the folder already, and nothing is overwritten',
    th: 'มีไฟล์ {value} อยู่ในโฟลเดอร์แล้ว และจะไม่เขียนทับ',
    remedy: {
      en: 'Take the file away; what still waits is tried again by itself.',
      th: 'ย้ายไฟล์นั้นออก สิ่งที่ยังรออยู่ระบบจะลองใหม่เอง',
    },
  },
  'adapter.folder.lost': {
    status: 503,
    permanent: false,
    en: 'the document {value} was on its way into the folder and is neither staged nor there: its system took it, or somebody cleared .saraban',
    th: 'เอกสาร {value} กำลังถูกส่งเข้าโฟลเดอร์ แต่ไม่พบทั้งในที่พักและในโฟลเดอร์ ระบบปลายทางอาจรับไปแล้ว หรือมีผู้ลบ .saraban',
    remedy: {
      en: 'Look into the system: if it has the letter, rename .saraban/{marker} to .saraban/{id}.done; if not, delete .saraban/{marker}.',
      th: 'ตรวจในระบบปลายทาง หากได้รับแล้ว ให้เปลี่ยนชื่อ .saraban/{marker} เป็น .saraban/{id}.done หากยังไม่ได้รับ ให้ลบ .saraban/{marker}',
    },
  },
  'adapter.folder.failed': {
    status: 503,
    permanent: false,
    en: 'the folder {value} cannot be written now: {reason}',
    th: 'ขณะนี้เขียนลงโฟลเดอร์ {value} ไม่ได้: {reason}',
    remedy: {
      en: 'Look at its disk and its rights; what still waits is tried again by itself.',
      th: 'ตรวจสอบดิสก์และสิทธิ์ สิ่งที่ยังรออยู่ระบบจะลองใหม่เอง',
    },
  },
  'adapter.peer.no-answer': {
    status: 502,
    permanent: false,
    en: 'status {status} came with a body of another kind ({value}): perhaps a sign-in page or a proxy answered, and nobody knows whether the system has it',
    th: 'ได้สถานะ {status} แต่เนื้อหาเป็นชนิดอื่น ({value}) อาจเป็นหน้าเข้าสู่ระบบหรือพร็อกซี จึงไม่รู้ว่าระบบได้รับหรือไม่',
    remedy: {
      en: 'Let the system answer 2xx without a body or with application/json; check the url and what stands before it.',
      th: 'ให้ระบบตอบ 2xx โดยไม่มีเนื้อหาหรือเป็น application/json และตรวจสอบ url กับสิ่งที่อยู่หน้าระบบ',
    },
  },
  'adapter.peer.unready': {
    status: 503,
    permanent: false,
    en: 'the other side does not take letters now: status {status}',
    th: 'ขณะนี้ปลายทางไม่รับหนังสือ: สถานะ {status}',
    remedy: {
      en: '401 and 403: check the token or the certificate; 404 and redirects: check the url; what still waits is tried again by itself.',
      th: '401 และ 403: ตรวจโทเค็นหรือใบรับรอง 404 และการเปลี่ยนเส้นทาง: ตรวจ url สิ่งที่ยังรออยู่ระบบจะลองใหม่เอง',
    },
  },
  'adapter.peer.refused': {
    status: 422,
    permanent: true,
    en: 'the other side refused it with status {status}: {said}',
    th: 'ปลายทางปฏิเสธ สถานะ {status}: {said}',
    remedy: {
      en: 'Read what it said, correct the letter or the profile, and send it again.',
      th: 'อ่านเหตุผล แก้หนังสือหรือโปรไฟล์ แล้วส่งใหม่',
    },
  },
} as const satisfies Record<string, ProblemDefinition>
