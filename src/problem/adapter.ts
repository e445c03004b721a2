// What can be wrong with a profile, and with what a system sends or takes.
import type { ProblemDefinition } from './definition.ts'

export const adapterProblems = {
  // ── A profile ────────────────────────────────────────────────────────────────────────────────────────────────
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

  // ── A profile that is tried ──────────────────────────────────────────────────────────────────────────────────
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

  // ── A document that a system sent ────────────────────────────────────────────────────────────────────────────
  'adapter.document.too-large': {
    status: 413,
    permanent: true,
    en: 'the document is larger than the {limit} bytes that its profile allows',
    th: 'เอกสารใหญ่กว่า {limit} ไบต์ ที่โปรไฟล์กำหนด',
    remedy: {
      en: 'Send fewer letters in one document, or raise the limit in the profile.',
      th: 'ส่งหนังสือต่อเอกสารให้น้อยลง หรือเพิ่มขีดจำกัดในโปรไฟล์',
    },
  },
  'adapter.document.empty': {
    status: 422,
    permanent: true,
    en: 'the document holds no letter and no notice',
    th: 'เอกสารไม่มีหนังสือหรือการแจ้งใดๆ',
    remedy: { en: 'Check what the system exported.', th: 'ตรวจสอบสิ่งที่ระบบส่งออก' },
  },
  'adapter.document.too-many': {
    status: 422,
    permanent: true,
    en: 'there are more than {limit} {what} here',
    th: 'มี {what} เกิน {limit}',
    remedy: { en: 'Split the document.', th: 'แบ่งเอกสารเป็นหลายไฟล์' },
  },
  'adapter.charset.contradicted': {
    status: 422,
    permanent: true,
    en: 'the profile says that the document is {expected}, and its bytes look like {found}',
    th: 'โปรไฟล์ระบุรหัสอักขระ {expected} แต่ข้อมูลเป็น {found}',
    remedy: {
      en: 'Correct the charset in the profile or in the export.',
      th: 'แก้ charset ในโปรไฟล์หรือในการส่งออก',
    },
  },
  'adapter.charset.bytes': {
    status: 422,
    permanent: true,
    en: 'the bytes {value} mean no character in {charset}',
    th: 'ไบต์ {value} ไม่ใช่อักขระใดใน {charset}',
    remedy: {
      en: 'Correct the text in the system and export it again, or correct the charset in the profile.',
      th: 'แก้ข้อความในระบบแล้วส่งออกใหม่ หรือแก้ charset ในโปรไฟล์',
    },
  },
  'adapter.charset.cannot-say': {
    status: 422,
    permanent: true,
    en: 'the character {character} cannot be written in {charset}',
    th: 'เขียนอักขระ {character} ด้วย {charset} ไม่ได้',
    remedy: {
      en: 'Let the profile spill this field (overflow: spill), or let the system take UTF-8.',
      th: 'ให้โปรไฟล์ย้ายข้อความช่องนี้ไปไฟล์แนบ (overflow: spill) หรือให้ระบบรับ UTF-8',
    },
  },
  'adapter.csv.quote-open': {
    status: 422,
    permanent: true,
    en: 'the row has a quote that is never closed; where its letter ends cannot be known, so nothing behind it is read',
    th: 'แถวนี้มีเครื่องหมายคำพูดที่ไม่ได้ปิด จึงไม่รู้ว่าหนังสือฉบับนี้จบที่ใด และไม่อ่านส่วนที่เหลือ',
    remedy: {
      en: 'Close the quote, and send the rows from this one on again.',
      th: 'ปิดเครื่องหมายคำพูด แล้วส่งแถวนี้และแถวถัดไปใหม่',
    },
  },
  'adapter.csv.quote-text': {
    status: 422,
    permanent: true,
    en: 'text stands behind the closing quote of a cell',
    th: 'มีข้อความต่อท้ายเครื่องหมายคำพูดปิดของช่อง',
    remedy: {
      en: 'Write a quote inside a quoted cell twice.',
      th: 'เครื่องหมายคำพูดภายในช่องต้องเขียนซ้ำสองตัว',
    },
  },
  'adapter.csv.columns': {
    status: 422,
    permanent: true,
    en: 'the row has more than {limit} cells',
    th: 'แถวนี้มีเกิน {limit} ช่อง',
    remedy: { en: 'Check the delimiter.', th: 'ตรวจสอบตัวคั่น' },
  },
  'adapter.csv.delimiter': {
    status: 422,
    permanent: true,
    en: 'the header is one cell that holds the delimiter {value}; the profile says that cells are separated by {expected}',
    th: 'หัวตารางมีช่องเดียวและมีตัวคั่น {value} แต่โปรไฟล์กำหนดตัวคั่นเป็น {expected}',
    remedy: {
      en: 'Set format.delimiter in the profile, or export with the delimiter that it says.',
      th: 'กำหนด format.delimiter ในโปรไฟล์ หรือส่งออกด้วยตัวคั่นตามที่โปรไฟล์กำหนด',
    },
  },
  'adapter.csv.long': {
    status: 422,
    permanent: true,
    en: 'the row has more than {limit} characters; nothing behind it is read',
    th: 'แถวนี้ยาวเกิน {limit} อักขระ และไม่อ่านส่วนที่เหลือ',
    remedy: {
      en: 'Look for a quote that is never closed, and send the rows from this one on again.',
      th: 'ตรวจหาเครื่องหมายคำพูดที่ไม่ได้ปิด แล้วส่งแถวนี้และแถวถัดไปใหม่',
    },
  },
  'adapter.csv.cells': {
    status: 422,
    permanent: true,
    en: 'the row has {count} cells and the document has {expected} columns',
    th: 'แถวนี้มี {count} ช่อง แต่เอกสารมี {expected} คอลัมน์',
    remedy: {
      en: 'Quote cells that hold the delimiter or a line break.',
      th: 'ครอบช่องที่มีตัวคั่นหรือขึ้นบรรทัดใหม่ด้วยเครื่องหมายคำพูด',
    },
  },
  'adapter.csv.unnamed': {
    status: 422,
    permanent: true,
    en: 'a cell holds {value}, and its column has no name in the header',
    th: 'ช่องนี้มีค่า {value} แต่คอลัมน์ไม่มีชื่อในหัวตาราง',
    remedy: {
      en: 'Name the column in the header; what stands under no name would be lost.',
      th: 'ตั้งชื่อคอลัมน์ในหัวตาราง มิฉะนั้นค่าในช่องนี้จะหายไป',
    },
  },
  'adapter.column.missing': {
    status: 422,
    permanent: true,
    en: 'the profile reads the column {value} and the document has none of that name',
    th: 'โปรไฟล์อ่านคอลัมน์ {value} แต่เอกสารไม่มี',
    remedy: {
      en: 'Correct the name in the profile (at), or export the column.',
      th: 'แก้ชื่อในโปรไฟล์ (at) หรือส่งออกคอลัมน์นั้น',
    },
  },
  'adapter.columns.found': {
    status: 422,
    permanent: true,
    en: 'the columns of the document are: {value}',
    th: 'คอลัมน์ของเอกสารคือ: {value}',
    remedy: {
      en: 'Compare them with the names that the profile reads; names in other letters or in one piece mean another charset or delimiter.',
      th: 'เปรียบเทียบกับชื่อที่โปรไฟล์อ่าน หากเป็นอักขระอื่นหรือติดกันเป็นชื่อเดียว แสดงว่ารหัสอักขระหรือตัวคั่นไม่ตรง',
    },
  },
  'adapter.column.twice': {
    status: 422,
    permanent: true,
    en: 'two columns are called {value}',
    th: 'มีสองคอลัมน์ชื่อ {value}',
    remedy: { en: 'Give each column its own name.', th: 'ตั้งชื่อคอลัมน์ไม่ให้ซ้ำ' },
  },
  'adapter.json.broken': {
    status: 400,
    permanent: true,
    en: 'this is not JSON: {reason}',
    th: 'ข้อมูลไม่ใช่ JSON: {reason}',
    remedy: { en: 'Send one JSON object in UTF-8.', th: 'ส่งออบเจกต์ JSON หนึ่งรายการเป็น UTF-8' },
  },
  'adapter.json.key-twice': {
    status: 422,
    permanent: true,
    en: 'the key {value} stands twice in one object',
    th: 'คีย์ {value} ซ้ำในออบเจกต์เดียวกัน',
    remedy: { en: 'Keep one of them.', th: 'คงไว้เพียงหนึ่ง' },
  },
  'adapter.json.key-forbidden': {
    status: 422,
    permanent: true,
    en: 'the key {value} is never allowed',
    th: 'ห้ามใช้คีย์ {value}',
    remedy: { en: 'Take it out.', th: 'ลบออก' },
  },
  'adapter.json.number-inexact': {
    status: 422,
    permanent: true,
    en: 'the number {value} is too large to be kept exactly',
    th: 'ตัวเลข {value} ใหญ่เกินกว่าจะเก็บได้แม่นยำ',
    remedy: { en: 'Write it as a text, in quotes.', th: 'เขียนเป็นข้อความในเครื่องหมายคำพูด' },
  },
  'adapter.multipart.broken': {
    status: 400,
    permanent: true,
    en: 'the multipart body is broken: {reason}',
    th: 'เนื้อหา multipart ไม่ถูกต้อง: {reason}',
    remedy: {
      en: 'Send the document as the first part and each file once, as docs/profiles.md shows.',
      th: 'ส่งเอกสารเป็นส่วนแรกและไฟล์ละหนึ่งส่วน ตาม docs/profiles.md',
    },
  },
  'adapter.multipart.encoding': {
    status: 400,
    permanent: true,
    en: 'a part of the body has the Content-Transfer-Encoding {value}; expected is {expected}',
    th: 'ส่วนหนึ่งของเนื้อหามี Content-Transfer-Encoding เป็น {value} แต่ต้องเป็น {expected}',
    remedy: {
      en: 'Send the bytes of the file as they are, without a Content-Transfer-Encoding.',
      th: 'ส่งไบต์ของไฟล์โดยตรง โดยไม่ต้องมี Content-Transfer-Encoding',
    },
  },
  'adapter.body.unsupported': {
    status: 415,
    permanent: true,
    en: 'the body is {value}; expected is {expected}',
    th: 'เนื้อหาเป็นชนิด {value} แต่ต้องเป็น {expected}',
    remedy: { en: 'Set Content-Type to what is sent.', th: 'กำหนด Content-Type ให้ตรงกับสิ่งที่ส่ง' },
  },
  'adapter.body.slow': {
    status: 408,
    permanent: false,
    en: 'the body had not arrived whole after {limit} ms',
    th: 'ข้อมูลมาไม่ครบภายใน {limit} มิลลิวินาที',
    remedy: { en: 'Send it again.', th: 'ส่งใหม่อีกครั้ง' },
  },
  'adapter.body.lost': {
    status: 400,
    permanent: false,
    en: 'the connection broke before the body had arrived whole',
    th: 'การเชื่อมต่อขาดก่อนข้อมูลมาครบ',
    remedy: { en: 'Send it again.', th: 'ส่งใหม่อีกครั้ง' },
  },
  'adapter.gateway.busy': {
    status: 503,
    permanent: false,
    en: 'nothing could be committed just now, and nothing was taken',
    th: 'ขณะนี้บันทึกข้อมูลไม่ได้ และยังไม่ได้รับสิ่งใดไว้',
    remedy: { en: 'Send it again a little later.', th: 'ส่งใหม่ในอีกสักครู่' },
  },
  'adapter.waiting.unknown': {
    status: 404,
    permanent: true,
    en: 'nothing of that name waits here: {value}',
    th: 'ไม่มีรายการ {value} รออยู่',
    remedy: {
      en: 'Ask for the head of the queue again.',
      th: 'ขอรายการแรกในคิวใหม่',
    },
  },

  // ── A field, both ways ───────────────────────────────────────────────────────────────────────────────────────
  'adapter.field.too-long': {
    status: 422,
    permanent: true,
    en: 'the text has {count} characters and the system holds {limit}',
    th: 'ข้อความยาว {count} อักขระ แต่ระบบเก็บได้ {limit}',
    remedy: {
      en: 'Shorten it, or let the profile spill it into an attachment (overflow: spill).',
      th: 'ย่อข้อความ หรือให้โปรไฟล์ย้ายไปไฟล์แนบ (overflow: spill)',
    },
  },
  'adapter.field.too-many': {
    status: 422,
    permanent: true,
    en: 'there are {count} values and the system has room for {limit}',
    th: 'มี {count} ค่า แต่ระบบรับได้ {limit}',
    remedy: {
      en: 'Name more columns in the profile (at), or write a list with a separator.',
      th: 'เพิ่มคอลัมน์ในโปรไฟล์ (at) หรือใช้รายการที่มีตัวคั่น',
    },
  },
  'adapter.field.code-unknown': {
    status: 422,
    permanent: true,
    en: '{value} is not in the table of this field; the table knows: {expected}',
    th: 'ไม่มี {value} ในตารางของช่องนี้ ตารางมี: {expected}',
    remedy: {
      en: 'Correct the value in the system, or add it to the table in the profile.',
      th: 'แก้ค่าในระบบ หรือเพิ่มในตารางของโปรไฟล์',
    },
  },
  'adapter.field.cannot-say': {
    status: 422,
    permanent: true,
    en: 'the system has no way to say {field} = {value}',
    th: 'ระบบไม่มีวิธีแสดง {field} = {value}',
    remedy: {
      en: 'Map the field in the profile, or let what is not mapped be spilled (unmapped: spill).',
      th: 'กำหนดช่องนี้ในโปรไฟล์ หรือให้ย้ายไปไฟล์แนบ (unmapped: spill)',
    },
  },
  'adapter.field.value-unknown': {
    status: 422,
    permanent: true,
    en: '{value} is not a value of this field; expected is one of: {expected}',
    th: '{value} ไม่ใช่ค่าของช่องนี้ ค่าที่ใช้ได้: {expected}',
    remedy: { en: 'Choose one of those.', th: 'เลือกค่าจากรายการนั้น' },
  },
  'adapter.field.office-unknown': {
    status: 422,
    permanent: true,
    en: 'no office is called {value}',
    th: 'ไม่มีหน่วยงานชื่อ {value}',
    remedy: {
      en: 'Write its two-digit code, its name, its abbreviation or its national organisation id.',
      th: 'ใช้รหัสสองหลัก ชื่อ อักษรย่อ หรือรหัสหน่วยงานกลาง',
    },
  },
  'adapter.field.instant': {
    status: 422,
    permanent: true,
    en: '{value} is not a day and a time as the profile writes them ({expected})',
    th: '{value} ไม่ใช่วันเวลาตามรูปแบบของโปรไฟล์ ({expected})',
    remedy: {
      en: 'Correct the value, or the form in the profile.',
      th: 'แก้ค่า หรือแก้รูปแบบในโปรไฟล์',
    },
  },
  'adapter.field.template': {
    status: 422,
    permanent: true,
    en: '{value} is not of the form {expected} with something in each place',
    th: '{value} ไม่ตรงตามแม่แบบ {expected} ที่มีข้อความครบทุกส่วน',
    remedy: { en: 'Correct the value, or the template in the profile.', th: 'แก้ค่า หรือแก้แม่แบบในโปรไฟล์' },
  },
  'adapter.field.template-ambiguous': {
    status: 422,
    permanent: true,
    en: '{value} comes apart by {expected} in more than one way',
    th: '{value} แยกตามแม่แบบ {expected} ได้มากกว่าหนึ่งแบบ',
    remedy: {
      en: 'Choose words between the places that stand in none of the parts.',
      th: 'เลือกข้อความคั่นที่ไม่ปรากฏในส่วนใด',
    },
  },
  'adapter.field.digits': {
    status: 422,
    permanent: true,
    en: '{value} has Thai digits of its own; written in {write} digits it would come back another text',
    th: '{value} มีเลขไทยอยู่แล้ว เมื่อเขียนเป็นเลขแบบ {write} จะอ่านกลับเป็นข้อความอื่น',
    remedy: {
      en: 'Let the whole text stand in a file beside (overflow: spill), or let the profile write text.',
      th: 'ให้ข้อความเต็มอยู่ในไฟล์แนบ (overflow: spill) หรือใช้ text ในโปรไฟล์',
    },
  },
  'adapter.field.separator': {
    status: 422,
    permanent: true,
    en: '{value} holds the separator {separator} of its own list',
    th: '{value} มีตัวคั่น {separator} ของรายการอยู่ข้างใน',
    remedy: {
      en: 'Choose another separator in the profile.',
      th: 'เลือกตัวคั่นอื่นในโปรไฟล์',
    },
  },
  'adapter.field.urgency-contradicted': {
    status: 422,
    permanent: true,
    en: 'the number {value} says the urgency {glued} and the field says {said}',
    th: 'เลขที่ {value} ระบุชั้นความเร็ว {glued} แต่ช่องชั้นความเร็วระบุ {said}',
    remedy: { en: 'Correct one of the two in the system.', th: 'แก้ค่าใดค่าหนึ่งในระบบ' },
  },
  'adapter.file.missing': {
    status: 422,
    permanent: true,
    en: 'the file {value} is named here and did not come',
    th: 'มีการอ้างถึงไฟล์ {value} แต่ไม่ได้รับไฟล์',
    remedy: {
      en: 'Put the file beside the document, or send it as a part, and send the letter again.',
      th: 'วางไฟล์ไว้ข้างเอกสาร หรือส่งเป็นส่วนหนึ่ง แล้วส่งหนังสือใหม่',
    },
  },
  'adapter.file.contested': {
    status: 422,
    permanent: true,
    en: 'the file {value} is named by more than one document ({documents}); whose it is cannot be known, so none of them takes it',
    th: 'มีเอกสารมากกว่าหนึ่งฉบับอ้างถึงไฟล์ {value} ({documents}) ไม่รู้ว่าไฟล์เป็นของฉบับใด จึงไม่ใช้กับฉบับใดเลย',
    remedy: {
      en: 'Give every file a name of its own and send both letters again, each with its file; the file that came, if one did, stands in .saraban/refused.',
      th: 'ตั้งชื่อไฟล์ไม่ให้ซ้ำกัน แล้วส่งหนังสือทั้งสองฉบับใหม่พร้อมไฟล์ของตน ไฟล์ที่มาถึงแล้ว (ถ้ามี) อยู่ใน .saraban/refused',
    },
  },
  'adapter.file.digest': {
    status: 422,
    permanent: true,
    en: 'the file {value} is not the one that the document describes ({what} differs)',
    th: 'ไฟล์ {value} ไม่ตรงกับที่เอกสารระบุ ({what} ต่างกัน)',
    remedy: { en: 'Send the file that belongs to it.', th: 'ส่งไฟล์ที่ถูกต้อง' },
  },
  'adapter.file.unnamed': {
    status: 422,
    permanent: true,
    en: 'the file {value} came and no letter names it',
    th: 'ได้รับไฟล์ {value} แต่ไม่มีหนังสือใดอ้างถึง',
    remedy: { en: 'Name it in attachments, or leave it out.', th: 'ระบุใน attachments หรือไม่ต้องส่ง' },
  },
  'adapter.file.twice': {
    status: 422,
    permanent: true,
    en: 'the file {value} came twice: in the document itself and beside it',
    th: 'ได้รับไฟล์ {value} สองครั้ง ทั้งในเอกสารและแนบมาต่างหาก',
    remedy: {
      en: 'Send its bytes in one place only; which of the two is meant, nobody here can know.',
      th: 'ส่งเนื้อไฟล์มาเพียงที่เดียว เพราะระบบไม่อาจรู้ว่าหมายถึงไฟล์ใด',
    },
  },
  'adapter.letter.main-missing': {
    status: 422,
    permanent: true,
    en: 'the letter has no main file, and its profile demands one',
    th: 'หนังสือไม่มีไฟล์หลัก แต่โปรไฟล์กำหนดให้ต้องมี',
    remedy: { en: 'Attach the letter itself.', th: 'แนบตัวหนังสือ' },
  },
  'adapter.notice.sort': {
    status: 422,
    permanent: true,
    en: 'a {expected} was expected here and a {value} came',
    th: 'ต้องเป็น {expected} แต่ได้รับ {value}',
    remedy: { en: 'Send it to the place that is meant for it.', th: 'ส่งไปยังช่องทางที่กำหนดไว้' },
  },

  // ── Handing over ─────────────────────────────────────────────────────────────────────────────────────────────
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
      en: 'Mount the share, or make the folder; it is tried again by itself.',
      th: 'เชื่อมต่อโฟลเดอร์ที่ใช้ร่วมกัน หรือสร้างโฟลเดอร์ ระบบจะลองใหม่เอง',
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
  'adapter.folder.name-taken': {
    status: 503,
    permanent: false,
    en: 'a file {value} stands in the folder already, and nothing is overwritten',
    th: 'มีไฟล์ {value} อยู่ในโฟลเดอร์แล้ว และจะไม่เขียนทับ',
    remedy: {
      en: 'Take the file away; it is tried again by itself.',
      th: 'ย้ายไฟล์นั้นออก ระบบจะลองใหม่เอง',
    },
  },
  'adapter.folder.lost': {
    status: 503,
    permanent: false,
    en: 'the document {value} was on its way into the folder and is neither staged nor there: its system took it, or somebody cleared .saraban',
    th: 'เอกสาร {value} กำลังถูกส่งเข้าโฟลเดอร์ แต่ไม่พบทั้งในที่พักและในโฟลเดอร์ ระบบปลายทางอาจรับไปแล้ว หรือมีผู้ลบ .saraban',
    remedy: {
      en: 'Look into the system: if it has the letter, rename .saraban/{id}.moving to .saraban/{id}.done; if not, delete .saraban/{id}.moving.',
      th: 'ตรวจในระบบปลายทาง หากได้รับแล้ว ให้เปลี่ยนชื่อ .saraban/{id}.moving เป็น .saraban/{id}.done หากยังไม่ได้รับ ให้ลบ .saraban/{id}.moving',
    },
  },
  'adapter.folder.failed': {
    status: 503,
    permanent: false,
    en: 'the folder {value} cannot be written now: {reason}',
    th: 'ขณะนี้เขียนลงโฟลเดอร์ {value} ไม่ได้: {reason}',
    remedy: {
      en: 'Look at its disk and its rights; it is tried again by itself.',
      th: 'ตรวจสอบดิสก์และสิทธิ์ ระบบจะลองใหม่เอง',
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
      en: '401 and 403: check the token or the certificate; 404 and redirects: check the url; it is tried again by itself.',
      th: '401 และ 403: ตรวจโทเค็นหรือใบรับรอง 404 และการเปลี่ยนเส้นทาง: ตรวจ url ระบบจะลองใหม่เอง',
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
