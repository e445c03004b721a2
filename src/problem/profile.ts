// What can be wrong with a profile, and with one that is tried.
import type { ProblemDefinition } from './definition.ts'

export const profileProblems = {
  'adapter.profile.not-yaml': {
    status: 422,
    permanent: true,
    en: 'line {line}: the profile is not readable as YAML: {reason}',
    th: 'บรรทัด {line}: อ่านโปรไฟล์เป็น YAML ไม่ได้: {reason}',
    remedy: {
      en: 'Correct the line; indent with spaces, and put texts that hold ": " or "#" in quotes.',
      th: 'แก้บรรทัดนั้น ย่อหน้าด้วยช่องว่าง และใส่เครื่องหมายคำพูดครอบข้อความที่มี ": " หรือ "#"',
    },
  },
  'adapter.profile.key-changed': {
    status: 422,
    permanent: true,
    en: 'line {line}: the key {value} would be read as {expected}',
    th: 'บรรทัด {line}: คีย์ {value} จะถูกอ่านเป็น {expected}',
    remedy: {
      en: 'Put the key in quotes: "001" is the text 001, and 001 the number 1.',
      th: 'ใส่เครื่องหมายคำพูดครอบคีย์: "001" คือข้อความ 001 ส่วน 001 คือเลข 1',
    },
  },
  'adapter.profile.too-large': {
    status: 422,
    permanent: true,
    en: 'the profile has {size} bytes; at most {limit} are read',
    th: 'โปรไฟล์มี {size} ไบต์ อ่านได้ไม่เกิน {limit} ไบต์',
    remedy: {
      en: 'Shorten the profile, or split it into one for each system.',
      th: 'ย่อโปรไฟล์ หรือแยกเป็นหนึ่งไฟล์ต่อหนึ่งระบบ',
    },
  },
  'adapter.profile.key-unknown': {
    status: 422,
    permanent: true,
    en: 'line {line}: the key {value} is not known here; known are: {expected}',
    th: 'บรรทัด {line}: ไม่รู้จักคีย์ {value} ในตำแหน่งนี้ คีย์ที่ใช้ได้: {expected}',
    remedy: { en: 'Correct its spelling or take it out.', th: 'แก้ตัวสะกด หรือลบออก' },
  },
  'adapter.profile.key-missing': {
    status: 422,
    permanent: true,
    en: 'line {line}: the key {key} is needed here and is missing',
    th: 'บรรทัด {line}: ต้องมีคีย์ {key} แต่ไม่มี',
    remedy: { en: 'Add {key}; docs/profiles.md shows it.', th: 'เพิ่ม {key} ดูตัวอย่างใน docs/profiles.md' },
  },
  'adapter.profile.value-unknown': {
    status: 422,
    permanent: true,
    en: 'line {line}: {value} is not one of: {expected}',
    th: 'บรรทัด {line}: {value} ไม่อยู่ในรายการ: {expected}',
    remedy: { en: 'Choose one of those.', th: 'เลือกค่าจากรายการนั้น' },
  },
  'adapter.profile.value-wrong': {
    status: 422,
    permanent: true,
    en: 'line {line}: {value} stands where this is expected: {expected}',
    th: 'บรรทัด {line}: พบ {value} แต่ต้องเป็น: {expected}',
    remedy: { en: 'Write it as expected.', th: 'เขียนให้ตรงตามที่กำหนด' },
  },
  'adapter.profile.part-unused': {
    status: 422,
    permanent: true,
    en: 'line {line}: no field stands in the part {value}: what is read there would be lost',
    th: 'บรรทัด {line}: ไม่มีช่องใดใช้ส่วน {value} ข้อความในส่วนนั้นจะหายไป',
    remedy: {
      en: 'Name the part in a field (at), or write its words into the template.',
      th: 'อ้างถึงส่วนนั้นในช่อง (at) หรือเขียนข้อความคงที่ลงในแม่แบบ',
    },
  },
  'adapter.profile.reason-missing': {
    status: 422,
    permanent: true,
    en: 'line {line}: the key reason is needed here and is missing: a reject without its reason helps nobody',
    th: 'บรรทัด {line}: ต้องมีคีย์ reason แต่ไม่มี การปฏิเสธที่ไม่มีเหตุผลไม่ช่วยใคร',
    remedy: {
      en: 'Add reason with its column; for a system that has no reasons write reason: { always: "" }, and a reason stands in a text file beside its notice.',
      th: 'เพิ่ม reason พร้อมคอลัมน์ หากระบบไม่มีช่องเหตุผล ให้เขียน reason: { always: "" } แล้วเหตุผลจะอยู่ในไฟล์ข้อความข้างการแจ้ง',
    },
  },
  'adapter.profile.accept-unsaid': {
    status: 422,
    permanent: true,
    en: 'line {line}: the system cannot be told of an accept: the receive number would never reach it',
    th: 'บรรทัด {line}: แจ้งการลงทะเบียนรับ (accept) ให้ระบบไม่ได้ เลขรับจะไม่ไปถึงระบบ',
    remedy: {
      en: 'Give accept a code in the table of kind.',
      th: 'เพิ่มรหัสของ accept ในตารางของ kind',
    },
  },
  'adapter.profile.notices-unsaid': {
    status: 422,
    permanent: true,
    en: 'line {line}: the system cannot be told of these notices, and the profile does not say so: {value}',
    th: 'บรรทัด {line}: แจ้งสิ่งเหล่านี้ให้ระบบไม่ได้ และโปรไฟล์ไม่ได้ระบุไว้: {value}',
    remedy: {
      en: 'Give each a code in the table of kind, or name it in untold beside the document of notices; it is then settled without telling the system.',
      th: 'เพิ่มรหัสของแต่ละรายการในตารางของ kind หรือระบุใน untold ข้าง document ของ notices ซึ่งจะถือว่าเสร็จโดยไม่แจ้งระบบ',
    },
  },
  'adapter.profile.values-unsaid': {
    status: 422,
    permanent: true,
    en: 'line {line}: the table has no code for {value}, and the profile does not say that the system cannot say it',
    th: 'บรรทัด {line}: ตารางไม่มีรหัสของ {value} และโปรไฟล์ไม่ได้ระบุว่าระบบแสดงค่านี้ไม่ได้',
    remedy: {
      en: 'Add a code for each to the table, or name it in unsaid beside as; what becomes of such a letter, unmapped says.',
      th: 'เพิ่มรหัสของแต่ละค่าในตาราง หรือระบุใน unsaid ข้าง as แล้วหนังสือแบบนั้นจะเป็นไปตาม unmapped',
    },
  },
  'adapter.profile.always-impossible': {
    status: 422,
    permanent: true,
    en: 'line {line}: {value} cannot always be the same: every notice has its own',
    th: 'บรรทัด {line}: {value} คงที่เสมอไม่ได้ เพราะการแจ้งแต่ละครั้งมีค่าของตน',
    remedy: { en: 'Name the column in which it stands (at, as).', th: 'ระบุคอลัมน์ของค่านั้น (at, as)' },
  },
  // ── Remarks: what is left to chance, and no fault ────────────────────────────────────────────────────────────
  'adapter.remark.own-office-unsaid': {
    status: 200,
    permanent: false,
    en: 'the office itself ({value}) has no code in the table of recipients: every letter to it would be refused',
    th: 'หน่วยงานเจ้าของระบบ ({value}) ไม่มีรหัสในตารางผู้รับ หนังสือทุกฉบับที่ส่งถึงจะถูกปฏิเสธ',
    remedy: {
      en: 'Add the code by which the system knows its own office.',
      th: 'เพิ่มรหัสที่ระบบใช้เรียกหน่วยงานของตนเอง',
    },
  },
  'adapter.remark.offices-unsaid': {
    status: 200,
    permanent: false,
    en: '{count} offices have no code in its table, and a letter or notice that names one cannot be written: {value}',
    th: 'มี {count} หน่วยงานที่ไม่มีรหัสในตาราง หนังสือหรือการแจ้งที่ระบุหน่วยงานเหล่านี้เขียนให้ระบบไม่ได้: {value}',
    remedy: {
      en: 'Add them to the table, or know that such a letter is refused and waits for a person.',
      th: 'เพิ่มในตาราง หรือรับทราบว่าหนังสือเช่นนั้นจะถูกปฏิเสธและรอเจ้าหน้าที่',
    },
  },
  'adapter.remark.codes-unread': {
    status: 200,
    permanent: false,
    en: 'what the table says of these codes cannot be read, and a letter that has one goes to quarantine: {value}',
    th: 'อ่านความหมายของรหัสเหล่านี้ในตารางไม่ได้ หนังสือที่มีรหัสดังกล่าวจะไปที่กักกัน: {value}',
    remedy: {
      en: 'Add what the table says of them to of, if letters can have them.',
      th: 'เพิ่มสิ่งที่ตารางระบุของรหัสเหล่านั้นใน of หากหนังสือมีรหัสดังกล่าวได้',
    },
  },
  'adapter.remark.receive-number-apart': {
    status: 200,
    permanent: false,
    en: 'a receive number that does not come apart at {value} in one way cannot be told: on its way to the system it is refused, from the system it waits in quarantine',
    th: 'เลขรับที่แยกตาม {value} ได้ไม่เป็นทางเดียวแจ้งต่อไม่ได้: ขาไปยังระบบจะถูกปฏิเสธ ขาจากระบบจะรอในที่กักกัน',
    remedy: {
      en: 'Give it one column, as text; the other side’s register numbers as it likes.',
      th: 'ใช้คอลัมน์เดียวแบบ text เพราะทะเบียนของอีกฝ่ายให้เลขตามแบบของตน',
    },
  },
  'adapter.remark.codes-order': {
    status: 200,
    permanent: false,
    en: 'line {line}: of the codes {value} the first that is written would be {expected}',
    th: 'บรรทัด {line}: ในรหัส {value} รหัสแรกที่จะถูกเขียนคือ {expected}',
    remedy: {
      en: 'Write codes that are whole numbers first, the smallest first; where another is the one to be written, put the table into a file (tables), which keeps its order.',
      th: 'เขียนรหัสที่เป็นจำนวนเต็มก่อน เรียงจากน้อยไปมาก หากต้องการให้เขียนรหัสอื่น ให้แยกตารางเป็นไฟล์ (tables) ซึ่งคงลำดับไว้',
    },
  },
  'adapter.remark.spill-homeless': {
    status: 200,
    permanent: false,
    en: 'the rows of these notices have no place for a file: a notice whose text does not fit is refused',
    th: 'แถวของการแจ้งเหล่านี้ไม่มีที่สำหรับไฟล์ การแจ้งที่มีข้อความเกินช่องจะถูกปฏิเสธ',
    remedy: {
      en: 'Write overflow: cut for a reason or a subject, and its beginning is written; or refuse, which says what happens.',
      th: 'ใช้ overflow: cut กับเหตุผลหรือเรื่อง เพื่อเขียนเฉพาะส่วนต้น หรือใช้ refuse ซึ่งตรงกับที่เกิดขึ้นจริง',
    },
  },
  'adapter.remark.table-unread': {
    status: 200,
    permanent: false,
    en: 'the table beside the data cannot be looked into from here, so that its codes are not checked: {value}',
    th: 'เปิดตารางข้างข้อมูลจากที่นี่ไม่ได้ จึงไม่ได้ตรวจรหัสในตาราง: {value}',
    remedy: {
      en: 'Check again where the table stands, with the variables of the installation; the gateway looks into it when it loads the profile.',
      th: 'ตรวจอีกครั้งบนเครื่องที่มีตารางและตัวแปรของการติดตั้ง เกตเวย์จะเปิดตารางเมื่อโหลดโปรไฟล์',
    },
  },
  'adapter.profile.unused': {
    status: 422,
    permanent: true,
    en: 'line {line}: no channel uses the document {value}',
    th: 'บรรทัด {line}: ไม่มีช่องทางใดใช้เอกสาร {value}',
    remedy: {
      en: 'Name it in send, receive, notices or sendNotices, or take it out.',
      th: 'อ้างถึงใน send receive notices หรือ sendNotices หรือลบออก',
    },
  },
  'adapter.profile.column-twice': {
    status: 422,
    permanent: true,
    en: 'line {line}: the column {value} is the place of {first} already',
    th: 'บรรทัด {line}: คอลัมน์ {value} ใช้กับ {first} แล้ว',
    remedy: { en: 'Give each field its own columns.', th: 'กำหนดคอลัมน์ให้แต่ละช่องไม่ซ้ำกัน' },
  },
  'adapter.profile.channel-impossible': {
    status: 422,
    permanent: true,
    en: 'line {line}: the transport {value} cannot serve this channel; it can serve: {expected}',
    th: 'บรรทัด {line}: transport {value} ใช้กับช่องทางนี้ไม่ได้ ใช้ได้กับ: {expected}',
    remedy: { en: 'Choose another transport.', th: 'เลือก transport อื่น' },
  },
  'adapter.profile.place-shared': {
    status: 422,
    permanent: true,
    en: 'line {line}: {value} is the folder of {first} too: what is handed over there would be fetched again',
    th: 'บรรทัด {line}: {value} เป็นโฟลเดอร์ของ {first} ด้วย สิ่งที่ส่งไปวางจะถูกเก็บกลับมาอีก',
    remedy: { en: 'Use two folders.', th: 'ใช้สองโฟลเดอร์' },
  },
  'adapter.profile.channels-differ': {
    status: 422,
    permanent: true,
    en: 'line {line}: letters are {receive} and notices are {notices}; both must reach the system in one way',
    th: 'บรรทัด {line}: หนังสือเป็นแบบ {receive} แต่การแจ้งเป็นแบบ {notices} ต้องเป็นแบบเดียวกัน',
    remedy: {
      en: 'Let both be brought to the system, or both be fetched by it.',
      th: 'ให้ส่งไปยังระบบทั้งคู่ หรือให้ระบบมารับทั้งคู่',
    },
  },
  'adapter.profile.secret-plain': {
    status: 422,
    permanent: true,
    en: 'line {line}: a secret stands in the profile itself',
    th: 'บรรทัด {line}: มีความลับเขียนอยู่ในโปรไฟล์โดยตรง',
    remedy: {
      en: 'Write a reference instead, { env: NAME } or { file: PATH }, and change the secret: it has been seen.',
      th: 'ใช้การอ้างอิงแทน { env: NAME } หรือ { file: PATH } แล้วเปลี่ยนความลับนั้น เพราะถูกเปิดเผยแล้ว',
    },
  },
  'adapter.profile.reference-unresolved': {
    status: 422,
    permanent: true,
    en: 'the reference {value} leads to nothing: {reason}',
    th: 'การอ้างอิง {value} ไม่พบค่า: {reason}',
    remedy: {
      en: 'Set the environment variable, or put the file there and let the gateway read it.',
      th: 'ตั้งค่าตัวแปรสภาพแวดล้อม หรือวางไฟล์ไว้ที่นั่นและให้สิทธิ์อ่าน',
    },
  },
  'adapter.option.wrong': {
    status: 422,
    permanent: true,
    en: 'the installation gives {value} where this is expected: {expected}',
    th: 'การติดตั้งกำหนดค่า {value} แต่ต้องเป็น: {expected}',
    remedy: {
      en: 'Correct what the reference in the profile leads to: the environment variable or the file.',
      th: 'แก้ค่าที่โปรไฟล์อ้างถึง คือตัวแปรสภาพแวดล้อมหรือไฟล์',
    },
  },
  'adapter.option.no-folder': {
    status: 422,
    permanent: true,
    en: '{value} is no folder',
    th: '{value} ไม่ใช่โฟลเดอร์',
    remedy: { en: 'Name a folder, or take away what stands there.', th: 'ระบุโฟลเดอร์ หรือนำสิ่งที่อยู่ตรงนั้นออก' },
  },
  'adapter.option.place-shared': {
    status: 422,
    permanent: true,
    en: '{value} is the folder of {first} too, by another name or a link: a document there would be met twice',
    th: '{value} เป็นโฟลเดอร์เดียวกับของ {first} โดยใช้ชื่ออื่นหรือลิงก์ เอกสารจะถูกอ่านสองครั้ง',
    remedy: { en: 'Use two folders.', th: 'ใช้สองโฟลเดอร์' },
  },
  'adapter.tls.not-pem': {
    status: 422,
    permanent: true,
    en: 'what the reference leads to is not {expected} in PEM',
    th: 'ค่าที่อ้างถึงไม่ใช่ {expected} ในรูปแบบ PEM',
    remedy: {
      en: 'Give the text from -----BEGIN to -----END, unencrypted; check that key and certificate are not exchanged.',
      th: 'ใช้ข้อความตั้งแต่ -----BEGIN ถึง -----END ที่ไม่เข้ารหัส และตรวจว่าไม่ได้สลับกุญแจกับใบรับรอง',
    },
  },
  'adapter.tls.mismatch': {
    status: 422,
    permanent: true,
    en: 'the key is not the key of the certificate',
    th: 'กุญแจไม่ตรงกับใบรับรอง',
    remedy: {
      en: 'Name the certificate that was issued for this key, first in its file.',
      th: 'ใช้ใบรับรองที่ออกให้กุญแจนี้ และวางไว้เป็นรายการแรกในไฟล์',
    },
  },

  // ── A profile that is tried ──
  'adapter.try.no-send-notices': {
    status: 422,
    permanent: true,
    en: 'this profile has no sendNotices: its system sends letters and says no notices',
    th: 'โปรไฟล์นี้ไม่มี sendNotices ระบบส่งหนังสือ แต่ไม่ส่งการแจ้ง',
    remedy: {
      en: 'Add sendNotices if the system says what became of letters; what it is told itself, saraban profile preview shows.',
      th: 'เพิ่ม sendNotices หากระบบแจ้งผลของหนังสือ ส่วนสิ่งที่ระบบจะได้รับแจ้ง ดูได้ด้วย saraban profile preview',
    },
  },
  'adapter.try.columns-lost': {
    status: 422,
    permanent: true,
    en: 'no field is mapped to these columns, and they have no place on the way back: {value}',
    th: 'ไม่มีช่องใดใช้คอลัมน์เหล่านี้ และไม่มีที่ให้เขียนกลับ: {value}',
    remedy: {
      en: 'Name all columns of the system in its order under format: columns: [ … ] (in a mail: labels): what stands in a column without a field then comes back.',
      th: 'ระบุทุกคอลัมน์ของระบบตามลำดับใน format: columns: [ … ] (ในจดหมาย: labels) แล้วค่าในคอลัมน์ที่ไม่มีช่องจะเขียนกลับได้',
    },
  },
  'adapter.try.lost': {
    status: 422,
    permanent: true,
    en: 'written and read again, this comes back another: {value}',
    th: 'เมื่อเขียนแล้วอ่านกลับ ค่านี้เปลี่ยนไป: {value}',
    remedy: {
      en: 'Compare it above with the way back, and correct how the profile says that it is written (at, as).',
      th: 'เปรียบเทียบกับสิ่งที่เขียนกลับด้านบน แล้วแก้วิธีเขียนในโปรไฟล์ (at, as)',
    },
  },
} as const satisfies Record<string, ProblemDefinition>
