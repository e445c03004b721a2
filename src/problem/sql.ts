// What can be wrong between the gateway and a system's own database.
import type { ProblemDefinition } from './definition.ts'

export const sqlProblems = {
  'adapter.sql.identifier': {
    status: 422,
    permanent: true,
    en: 'line {line}: {value} cannot be the name of a table or a column: {expected}',
    th: 'บรรทัด {line}: {value} ใช้เป็นชื่อตารางหรือคอลัมน์ไม่ได้: {expected}',
    remedy: {
      en: 'Write the bare name, without quotes, spaces around it or a piece of SQL; let a view give odd names others.',
      th: 'เขียนเฉพาะชื่อ ไม่ใส่เครื่องหมายคำพูด ช่องว่าง หรือคำสั่ง SQL หากชื่อผิดปกติให้สร้างวิวที่มีชื่ออื่น',
    },
  },
  'adapter.sql.driver-missing': {
    status: 422,
    permanent: true,
    en: 'line {line}: the engine {value} needs the package {package}, which is not installed here',
    th: 'บรรทัด {line}: ฐานข้อมูล {value} ต้องใช้แพ็กเกจ {package} ซึ่งยังไม่ได้ติดตั้งไว้ที่นี่',
    remedy: {
      en: 'In the gateway’s folder: npm ci --include=optional; then start the gateway again. Or hand over by files.',
      th: 'ในโฟลเดอร์ของเกตเวย์ ให้สั่ง npm ci --include=optional แล้วเริ่มเกตเวย์ใหม่ หรือส่งผ่านไฟล์แทน',
    },
  },
  'adapter.sql.schema': {
    status: 503,
    permanent: false,
    en: 'the database lacks what the profile names: {value}',
    th: 'ฐานข้อมูลไม่มีสิ่งที่โปรไฟล์อ้างถึง: {value}',
    remedy: {
      en: 'Correct the names in the profile, add the columns, or give the user the right to see them; what still waits is tried again by itself.',
      th: 'แก้ชื่อในโปรไฟล์ เพิ่มคอลัมน์ หรือให้สิทธิ์ผู้ใช้ สิ่งที่ยังรออยู่ระบบจะลองใหม่เอง',
    },
  },
  'adapter.sql.not-let-in': {
    status: 503,
    permanent: false,
    en: 'the database does not let the gateway do its work: {reason}',
    th: 'ฐานข้อมูลไม่ยอมให้เกตเวย์ทำงาน: {reason}',
    remedy: {
      en: 'Check user, password, database name and rights, and that it is no read-only copy; it is tried again every few minutes.',
      th: 'ตรวจผู้ใช้ รหัสผ่าน ชื่อฐานข้อมูล และสิทธิ์ และตรวจว่าไม่ใช่สำเนาอ่านอย่างเดียว ระบบจะลองใหม่ทุกสองสามนาที',
    },
  },
  'adapter.sql.unavailable': {
    status: 503,
    permanent: false,
    en: 'the database does not answer, or lost the connection: {reason}; nothing was written',
    th: 'ฐานข้อมูลไม่ตอบ หรือการเชื่อมต่อขาด: {reason} ยังไม่ได้เขียนสิ่งใด',
    remedy: { en: 'It is tried again by itself.', th: 'สิ่งที่ยังรออยู่ระบบจะลองใหม่เอง' },
  },
  'adapter.sql.busy': {
    status: 503,
    permanent: false,
    en: 'another session holds the rows: {reason}; nothing was written',
    th: 'มีผู้อื่นใช้แถวนั้นอยู่: {reason} ยังไม่ได้เขียนสิ่งใด',
    remedy: {
      en: 'It is tried again by itself; if it stays so, look for a transaction that was left open.',
      th: 'สิ่งที่ยังรออยู่ระบบจะลองใหม่เอง หากยังเป็นอยู่ให้ตรวจหาธุรกรรมที่เปิดค้างไว้',
    },
  },
  'adapter.sql.unsure': {
    status: 503,
    permanent: false,
    en: 'the connection was lost, or the time was over, while the database wrote ({reason}): nobody knows whether it did',
    th: 'การเชื่อมต่อขาดหรือหมดเวลาขณะฐานข้อมูลบันทึก ({reason}) จึงไม่รู้ว่าบันทึกแล้วหรือไม่',
    remedy: {
      en: 'It is tried again by itself, and what is there already is not written twice.',
      th: 'สิ่งที่ยังรออยู่ระบบจะลองใหม่เอง และจะไม่เขียนสิ่งที่มีอยู่แล้วซ้ำ',
    },
  },
  'adapter.sql.value-refused': {
    status: 422,
    permanent: true,
    en: 'the database refuses a value of {column}: {reason}',
    th: 'ฐานข้อมูลไม่รับค่าของ {column}: {reason}',
    remedy: {
      en: 'Widen the column, or let the profile spill or translate the field.',
      th: 'ขยายคอลัมน์ หรือให้โปรไฟล์ย้ายหรือแปลงค่าช่องนั้น',
    },
  },
  'adapter.sql.value-changed': {
    status: 422,
    permanent: true,
    en: 'the database keeps something else in {column} than what was written; nothing was committed',
    th: 'ฐานข้อมูลเก็บค่าใน {column} ไม่ตรงกับที่เขียน จึงไม่ได้บันทึกสิ่งใด',
    remedy: {
      en: 'Look for a trigger, a padded column or a charset that cannot say it.',
      th: 'ตรวจหาทริกเกอร์ คอลัมน์ที่เติมช่องว่าง หรือรหัสอักขระที่แสดงไม่ได้',
    },
  },
  'adapter.sql.row-differs': {
    status: 422,
    permanent: true,
    en: 'a row with this parcel id stands in {value} already, and says something else in: {columns}',
    th: 'มีแถวของพัสดุนี้ใน {value} แล้ว แต่ค่าต่างกันที่: {columns}',
    remedy: {
      en: 'Look into the system: it or a person changed the row, which came before; nothing was overwritten.',
      th: 'ตรวจในระบบ แถวที่ส่งไปก่อนหน้าถูกแก้ไข และไม่มีการเขียนทับ',
    },
  },
  'adapter.sql.no-row': {
    status: 422,
    permanent: true,
    en: 'no row of {value} has what the notice speaks of in: {columns}',
    th: 'ไม่มีแถวใน {value} ที่ตรงกับการแจ้งในคอลัมน์: {columns}',
    remedy: {
      en: 'Look for the letter in the system: it was deleted or renumbered. Correct it there and send the notice again.',
      th: 'ค้นหาหนังสือในระบบ อาจถูกลบหรือเปลี่ยนเลข แก้ในระบบแล้วส่งการแจ้งใหม่',
    },
  },
  'adapter.sql.rows-several': {
    status: 422,
    permanent: true,
    en: 'more than one row of {value} has what the notice speaks of in: {columns}; none was changed',
    th: 'มีมากกว่าหนึ่งแถวใน {value} ที่ตรงกับการแจ้งในคอลัมน์: {columns} จึงไม่ได้แก้แถวใด',
    remedy: {
      en: 'Let the profile match by more columns (the key travels with the letter), or correct the rows.',
      th: 'ให้โปรไฟล์เทียบด้วยคอลัมน์มากขึ้น (คีย์ติดมากับหนังสือ) หรือแก้แถวในระบบ',
    },
  },
  'adapter.sql.match-missing': {
    status: 422,
    permanent: true,
    en: 'the row cannot be found: neither the notice nor its letter says {columns}',
    th: 'หาแถวไม่ได้ เพราะทั้งการแจ้งและหนังสือไม่ระบุ {columns}',
    remedy: {
      en: 'Match by columns that the notice maps, or that travel with the letter because no field maps them.',
      th: 'ใช้คอลัมน์ที่การแจ้งกำหนดไว้ หรือคอลัมน์ที่ติดมากับหนังสือโดยไม่มีช่องใดใช้',
    },
  },
  'adapter.sql.cell-large': {
    status: 422,
    permanent: true,
    en: 'the column {value} holds {size} bytes here; at most {limit} are read',
    th: 'คอลัมน์ {value} มี {size} ไบต์ อ่านได้ไม่เกิน {limit}',
    remedy: {
      en: 'Keep long texts in an attachment; a BLOB is read as a file when the profile names it in files.',
      th: 'เก็บข้อความยาวเป็นไฟล์แนบ BLOB จะอ่านเป็นไฟล์เมื่อระบุใน files',
    },
  },
  'adapter.sql.file-unclear': {
    status: 422,
    permanent: true,
    en: 'whose file {value} is cannot be told: {count} rows of its list stand at the same place of the order',
    th: 'ไม่รู้ว่าไฟล์ {value} เป็นของแถวใด เพราะมี {count} แถวในลำดับเดียวกัน',
    remedy: {
      en: 'Name columns in the order of the list that tell its rows apart, its key for instance; none of them may be in ignore.',
      th: 'กำหนด order ของรายการด้วยคอลัมน์ที่ไม่ซ้ำกัน เช่น คีย์ และไม่ใส่คอลัมน์นั้นใน ignore',
    },
  },
  'adapter.sql.file-large': {
    status: 422,
    permanent: true,
    en: 'one row holds {size} bytes of files ({value}); the database takes {limit} in one statement',
    th: 'แถวหนึ่งมีไฟล์ ({value}) รวม {size} ไบต์ ฐานข้อมูลรับได้ {limit} ต่อคำสั่ง',
    remedy: {
      en: 'Raise max_allowed_packet and attachmentLimit, or let the profile put files into a folder.',
      th: 'เพิ่ม max_allowed_packet และ attachmentLimit หรือให้โปรไฟล์วางไฟล์ในโฟลเดอร์',
    },
  },
  'adapter.sql.file-homeless': {
    status: 422,
    permanent: true,
    en: 'the row of the table {table} has no place for the file {value}; nothing was written',
    th: 'แถวของตาราง {table} ไม่มีที่เก็บไฟล์ {value} จึงไม่ได้เขียนสิ่งใด',
    remedy: {
      en: 'Name each column of files in the `files` of the transport. A notice has no files: let the column of its reason be wider, or the profile cut it (overflow: cut).',
      th: 'ระบุทุกคอลัมน์ที่เก็บไฟล์ใน files ของ transport ส่วนหนังสือแจ้งผลไม่มีไฟล์ ให้ขยายคอลัมน์เหตุผล หรือให้โปรไฟล์ตัดข้อความ (overflow: cut)',
    },
  },
  'adapter.rows.broken': {
    status: 422,
    permanent: true,
    en: 'this is not a row as the gateway writes it down: {reason}',
    th: 'ข้อมูลไม่ใช่แถวตามรูปแบบที่เกตเวย์บันทึก: {reason}',
    remedy: {
      en: 'docs/reference/formats.md shows the form under rows.',
      th: 'ดูรูปแบบในหัวข้อ rows ของ docs/reference/formats.md',
    },
  },
  'adapter.rows.charset': {
    status: 422,
    permanent: true,
    en: 'the format says the charset {expected} and the transport reads {value}',
    th: 'format ระบุรหัสอักขระ {expected} แต่ transport อ่านเป็น {value}',
    remedy: { en: 'Name the same charset in both.', th: 'กำหนดรหัสอักขระให้ตรงกัน' },
  },
} as const satisfies Record<string, ProblemDefinition>
