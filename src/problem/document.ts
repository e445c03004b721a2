// What can be wrong with a document that a system sent.
import type { ProblemDefinition } from './definition.ts'

export const documentProblems = {
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
      en: 'Quote cells that hold the delimiter or a line break. Where the system ends each row with a delimiter, say trailing: true in the format.',
      th: 'ครอบช่องที่มีตัวคั่นหรือขึ้นบรรทัดใหม่ด้วยเครื่องหมายคำพูด หากระบบต้นทางปิดท้ายทุกแถวด้วยตัวคั่น ให้ระบุ trailing: true ในรูปแบบเอกสาร',
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
      en: 'Send the document as the first part and each file once, as docs/reference/transports.md shows.',
      th: 'ส่งเอกสารเป็นส่วนแรกและไฟล์ละหนึ่งส่วน ตาม docs/reference/transports.md',
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
} as const satisfies Record<string, ProblemDefinition>
