// What can be wrong with a letter or a notice.
import type { ProblemDefinition } from './definition.ts'

/** A fault of the content: the sender must correct it, trying again unchanged never helps. */
const fault = (en: string, th: string, remedyEn: string, remedyTh: string) =>
  ({
    status: 422,
    permanent: true,
    en,
    th,
    remedy: { en: remedyEn, th: remedyTh },
  }) satisfies ProblemDefinition

export const letterProblems = {
  'letter.field.missing': fault(
    'a value is needed here and there is none',
    'ต้องมีค่าในช่องนี้ แต่ไม่มี',
    'Fill in {path}.',
    'กรอก {path}',
  ),
  'letter.field.long': fault(
    'the text has {length} characters, {limit} are allowed',
    'ข้อความมี {length} อักขระ เกินที่กำหนด {limit} อักขระ',
    'Shorten {path} to {limit} characters, or move the text into an attachment.',
    'ย่อ {path} ให้ไม่เกิน {limit} อักขระ หรือย้ายข้อความไปไว้ในไฟล์แนบ',
  ),
  'letter.list.long': fault(
    'there are {count} entries, {limit} are allowed',
    'มี {count} รายการ เกินที่กำหนด {limit} รายการ',
    'Send the rest of {path} with another letter.',
    'ส่งส่วนที่เหลือของ {path} ไปกับหนังสืออีกฉบับ',
  ),
  'letter.code.unknown': fault(
    '{value} is none of the known values: {expected}',
    'ไม่รู้จักค่า {value} ค่าที่ใช้ได้คือ {expected}',
    'Use one of {expected}, or add the value to the table of the profile.',
    'ใช้ค่าใดค่าหนึ่งใน {expected} หรือเพิ่มค่านี้ในตารางของโปรไฟล์',
  ),
  'letter.circular.contradiction': fault(
    'the number {value} is of the series of circulars (ว), but the letter says that it is no circular',
    'เลขที่ {value} เป็นเลขหนังสือเวียน (ว) แต่ระบุว่าไม่ใช่หนังสือเวียน',
    'Say that the letter is a circular, or correct the number.',
    'ระบุว่าเป็นหนังสือเวียน หรือแก้เลขที่หนังสือ',
  ),
  'letter.secrecy.contradiction': fault(
    'the number {value} is of the secret series (ล), but the letter is marked ordinary',
    'เลขที่ {value} เป็นเลขหนังสือลับ (ล) แต่ระบุชั้นความลับเป็นปกติ',
    'State the secrecy (confidential, secret or top-secret), or correct the number: a secret letter never travels as an ordinary one.',
    'ระบุชั้นความลับ (ลับ ลับมาก หรือลับที่สุด) หรือแก้เลขที่ หนังสือลับต้องไม่ส่งอย่างหนังสือปกติ',
  ),

  // Text
  'letter.text.control': fault(
    'the text holds {count} control character(s), the first is {character} at character {position}: XML and registers cannot carry it',
    'ข้อความมีอักขระควบคุม {count} ตัว ตัวแรกคือ {character} ตำแหน่งที่ {position} ซึ่งส่งต่อใน XML และทะเบียนไม่ได้',
    'Remove the control characters from {path} in the sending system.',
    'ลบอักขระควบคุมออกจาก {path} ในระบบต้นทาง',
  ),
  'letter.text.surrogate': fault(
    'the text holds {count} half character(s) or noncharacter(s), the first is {character} at character {position}: it was cut inside a character',
    'ข้อความมีอักขระที่ขาดครึ่งหรือไม่ใช่อักขระ {count} ตัว ตัวแรกคือ {character} ตำแหน่งที่ {position} แสดงว่าถูกตัดกลางอักขระ',
    'Send {path} whole, in UTF-8.',
    'ส่ง {path} ให้ครบถ้วนเป็น UTF-8',
  ),
  'letter.text.charset': fault(
    'the text holds {count} character(s) that no Thai charset assigns, the first is {character} at character {position}: it was read in a wrong charset',
    'ข้อความมีอักขระที่ไม่มีในรหัสภาษาไทย {count} ตัว ตัวแรกคือ {character} ตำแหน่งที่ {position} แสดงว่าอ่านด้วยชุดอักขระผิด',
    'Correct the charset in the profile, or have the sending system write the text anew.',
    'แก้ charset ในโปรไฟล์ หรือให้ระบบต้นทางเขียนข้อความใหม่',
  ),
  'letter.text.replaced': fault(
    'the text {value} has lost characters: what stood there was replaced by “?” or U+FFFD on its way',
    'ข้อความ {value} มีอักขระสูญหาย ถูกแทนด้วย “?” หรือ U+FFFD ระหว่างทาง',
    'Correct the charset of the connection or export in the sending system and send the letter again.',
    'แก้ชุดอักขระของการเชื่อมต่อหรือการส่งออกในระบบต้นทาง แล้วส่งหนังสืออีกครั้ง',
  ),
  'letter.text.mojibake': fault(
    'the text {value} is Thai that was read in a wrong charset ({as})',
    'ข้อความ {value} เป็นภาษาไทยที่อ่านด้วยชุดอักขระผิด ({as})',
    'Correct the charset in the profile or in the sending system and send the letter again.',
    'แก้ชุดอักขระในโปรไฟล์หรือในระบบต้นทาง แล้วส่งหนังสืออีกครั้ง',
  ),
  'letter.text.line-break': fault(
    'the text {value} holds a line break or tab where one line is expected',
    'ข้อความ {value} มีการขึ้นบรรทัดใหม่หรือแท็บ ในช่องที่ต้องเป็นบรรทัดเดียว',
    'Write {path} in one line.',
    'เขียน {path} ในบรรทัดเดียว',
  ),

  // Numbers
  'letter.number.unreadable': fault(
    '{value} is no letter number',
    '{value} ไม่ใช่เลขที่หนังสือ',
    'Write it as มท 0210.3/ว3893 (letters, file code, “/”, ว for a circular, running number), or 84/2551 for an order.',
    'เขียนแบบ มท 0210.3/ว3893 (อักษรย่อ รหัสหน่วยงาน “/” ว เมื่อเป็นหนังสือเวียน และเลขลำดับ) หรือ 84/2551 สำหรับคำสั่ง',
  ),
  'letter.number.no-running': fault(
    'the letter number {value} ends before its running number: it was cut off, or not given yet',
    'เลขที่หนังสือ {value} ไม่มีเลขลำดับ อาจถูกตัดหรือยังไม่ได้ออกเลข',
    'Send the letter with its whole number, as มท 0210.3/3893.',
    'ส่งหนังสือพร้อมเลขที่ครบถ้วน เช่น มท 0210.3/3893',
  ),

  // Dates
  'letter.date.unreadable': fault(
    '{value} is no date in any known form',
    '{value} ไม่ใช่วันที่ในรูปแบบที่รู้จัก',
    'Write it as 15 พ.ย. 2551, 15/11/2551 or 2008-11-15.',
    'เขียนแบบ 15 พ.ย. 2551 หรือ 15/11/2551 หรือ 2008-11-15',
  ),
  'letter.date.form': fault(
    'the date {value} is not written in the form {form}',
    'วันที่ {value} ไม่ได้เขียนในรูปแบบ {form}',
    'Correct the date in the sending system, or the form in the profile.',
    'แก้วันที่ในระบบต้นทาง หรือแก้รูปแบบวันที่ในโปรไฟล์',
  ),
  'letter.date.month-name': fault(
    'the date {value} names no known month',
    'วันที่ {value} ไม่มีชื่อเดือนที่รู้จัก',
    'Write the month as พฤศจิกายน or พ.ย.',
    'เขียนชื่อเดือนแบบ พฤศจิกายน หรือ พ.ย.',
  ),
  'letter.date.month': fault(
    'the date {value} has month {month}; months are 1 to 12',
    'วันที่ {value} มีเดือนที่ {month} เดือนต้องเป็น 1 ถึง 12',
    'Write day, month, year in this order; correct the form in the profile if the system writes another.',
    'เขียนวัน เดือน ปี ตามลำดับ หรือแก้รูปแบบวันที่ในโปรไฟล์หากระบบเขียนแบบอื่น',
  ),
  'letter.date.day': fault(
    'the date {value} does not exist: {month} พ.ศ. {buddhist} (ค.ศ. {christian}) has {days} days',
    'ไม่มีวันที่ {value} เพราะเดือน{month} พ.ศ. {buddhist} (ค.ศ. {christian}) มี {days} วัน',
    'Correct the day. A 29 February exists only when the year less 543 is a leap year.',
    'แก้วันที่ 29 กุมภาพันธ์มีเฉพาะเมื่อปี พ.ศ. ลบ 543 เป็นปีอธิกสุรทิน',
  ),
  'letter.date.year': fault(
    'the date {value} has the year {year}; letters have years from พ.ศ. {first} to {last}',
    'วันที่ {value} มีปี {year} ปีของหนังสือต้องอยู่ระหว่าง พ.ศ. {first} ถึง {last}',
    'Correct the year.',
    'แก้ปี',
  ),
  'letter.date.short-year': fault(
    'the date {value} would be of พ.ศ. {buddhist} (ค.ศ. {christian}), and today is {today}: a year of two digits is taken for one of the last 42 years',
    'วันที่ {value} จะเป็น พ.ศ. {buddhist} (ค.ศ. {christian}) แต่วันนี้คือ {today} ปีสองหลักต้องอยู่ในช่วง 42 ปีที่ผ่านมา',
    'Write the year of the Buddhist era; a letter that is older, or a year ค.ศ., needs four digits.',
    'เขียนปีเป็น พ.ศ. หนังสือที่เก่ากว่านั้นหรือปี ค.ศ. ต้องเขียนสี่หลัก',
  ),
  'letter.date.added-twice': fault(
    'the date {value} has the year {year}: 543 was added twice, พ.ศ. {meant} is meant',
    'วันที่ {value} มีปี {year} เพราะบวก 543 สองครั้ง ปีที่ถูกคือ พ.ศ. {meant}',
    'Correct the conversion of years in the sending system: it adds 543 to a year that is Buddhist already.',
    'แก้การแปลงปีในระบบต้นทางที่บวก 543 เข้ากับปี พ.ศ. อยู่แล้ว',
  ),
  'letter.date.subtracted-twice': fault(
    'the date {value} has the year {year}: 543 was subtracted twice, พ.ศ. {meant} is meant',
    'วันที่ {value} มีปี {year} เพราะลบ 543 สองครั้ง ปีที่ถูกคือ พ.ศ. {meant}',
    'Correct the conversion of years in the sending system: it subtracts 543 from a year that is Christian already.',
    'แก้การแปลงปีในระบบต้นทางที่ลบ 543 จากปี ค.ศ. อยู่แล้ว',
  ),
  'letter.date.era': fault(
    'the date {value} has the year {year}, which is {found}; {expected} is expected here',
    'วันที่ {value} มีปี {year} ซึ่งเป็น {found} แต่ช่องนี้ต้องเป็น {expected}',
    'Write the year in {expected}, or correct the form in the profile (“ce:” stands for ค.ศ.).',
    'เขียนปีเป็น {expected} หรือแก้รูปแบบวันที่ในโปรไฟล์ (“ce:” หมายถึง ค.ศ.)',
  ),

  // Instants and ids
  'letter.instant.unreadable': fault(
    '{value} is no time that can be read',
    '{value} ไม่ใช่เวลาที่อ่านได้',
    'Write it as 2026-11-23T10:15:00+07:00 (ค.ศ., 24 hours).',
    'เขียนแบบ 2026-11-23T10:15:00+07:00 (ค.ศ. และ 24 ชั่วโมง)',
  ),
  'letter.instant.impossible': fault(
    'the time {value} does not exist',
    'ไม่มีเวลา {value}',
    'Correct the day, the time (00:00:00 to 23:59:59) or the zone.',
    'แก้วัน เวลา (00:00:00 ถึง 23:59:59) หรือเขตเวลา',
  ),
  'letter.instant.year': fault(
    'the time {value} has the year {year}; years from ค.ศ. {first} to {last} are expected',
    'เวลา {value} มีปี {year} ต้องเป็น ค.ศ. {first} ถึง {last}',
    'Write the year in the Christian era (ค.ศ.).',
    'เขียนปีเป็น ค.ศ.',
  ),
  'letter.message-id.unreadable': fault(
    '{value} is no message id',
    '{value} ไม่ใช่รหัสข้อความ',
    'Write urn:uuid: and a UUID of version 7 in lower case.',
    'เขียน urn:uuid: ตามด้วย UUID รุ่น 7 เป็นตัวพิมพ์เล็ก',
  ),
  'letter.digest.unreadable': fault(
    '{value} is no SHA-256',
    '{value} ไม่ใช่ค่า SHA-256',
    'Write 64 hexadecimal digits in lower case.',
    'เขียนเลขฐานสิบหก 64 หลักเป็นตัวพิมพ์เล็ก',
  ),

  // Offices
  'letter.office.unknown': fault(
    'there is no office {value}',
    'ไม่มีหน่วยงาน {value}',
    'Write the two digits of a province (50 = เชียงใหม่) or “moi”, or name the office in the table of aliases.',
    'เขียนรหัสจังหวัดสองหลัก (50 = เชียงใหม่) หรือ “moi” หรือเพิ่มหน่วยงานในตารางชื่อเรียก',
  ),
  'letter.office.not-an-id': fault(
    '{value} is no office id; {name} has the id “{id}”',
    '{value} ไม่ใช่รหัสหน่วยงาน {name} มีรหัส “{id}”',
    'Write “{id}”.',
    'เขียน “{id}”',
  ),
  'letter.organisation.wrong': fault(
    '{value} is no list of organisation ids',
    '{value} ไม่ใช่รายการรหัสหน่วยงาน',
    'Write, for each office, a list of at most 20 ids of 5 or 10 digits in quotes: "50": ["1515000000", "15150"].',
    'เขียนรายการรหัส 5 หรือ 10 หลักในเครื่องหมายคำพูดของแต่ละหน่วยงาน ไม่เกิน 20 รหัส เช่น "50": ["1515000000", "15150"]',
  ),
  'letter.organisation.twice': fault(
    'the organisation id {value} is that of {name} ({other}) too',
    'รหัสหน่วยงาน {value} เป็นของ {name} ({other}) ด้วย',
    'An id means one office: correct one of the two; where the list of offices only assumes it, state the true id of {other} as well.',
    'รหัสหนึ่งใช้กับหน่วยงานเดียว ให้แก้รหัสใดรหัสหนึ่ง หากเป็นเพียงรหัสสมมติในรายชื่อหน่วยงาน ให้ระบุรหัสจริงของ {other} ด้วย',
  ),
  'letter.to.duplicate': fault(
    'the office {value} is named twice as recipient',
    'ระบุหน่วยงาน {value} เป็นผู้รับซ้ำ',
    'Name each recipient once.',
    'ระบุผู้รับแต่ละแห่งเพียงครั้งเดียว',
  ),
  'letter.to.self': fault(
    'the office {value} is sender and recipient at once',
    'หน่วยงาน {value} เป็นทั้งผู้ส่งและผู้รับ',
    'Address the letter to another office.',
    'ส่งถึงหน่วยงานอื่น',
  ),

  // Attachments
  'letter.media-type.unknown': fault(
    'the media type {value} of “{name}” is not accepted',
    'ไม่รับไฟล์ประเภท {value} ของ “{name}”',
    'Send it as PDF, Word, Excel, PowerPoint, RTF, ZIP, text or an image.',
    'ส่งเป็น PDF, Word, Excel, PowerPoint, RTF, ZIP, ข้อความ หรือภาพ',
  ),
  'letter.media-type.missing': fault(
    'nothing says of what type the file “{name}” is',
    'ไม่มีสิ่งใดบอกประเภทของไฟล์ “{name}”',
    'Say its media type, or give its name a known ending such as .pdf.',
    'ระบุประเภทไฟล์ หรือใช้นามสกุลที่รู้จัก เช่น .pdf',
  ),
  'letter.attachment.name-path': fault(
    'the file name {value} holds parts of a path',
    'ชื่อไฟล์ {value} มีส่วนของเส้นทางโฟลเดอร์',
    'Send the name alone, without “/”, “\\” or “..”.',
    'ส่งเฉพาะชื่อไฟล์ ไม่มี “/” “\\” หรือ “..”',
  ),
  'letter.attachment.name-control': fault(
    'the file name {value} holds characters that no file name may hold',
    'ชื่อไฟล์ {value} มีอักขระที่ใช้ในชื่อไฟล์ไม่ได้',
    'Rename the file with letters, digits, spaces and dots.',
    'เปลี่ยนชื่อไฟล์ให้มีเฉพาะตัวอักษร ตัวเลข เว้นวรรค และจุด',
  ),
  'letter.attachment.name-direction': fault(
    'the file name {value} holds marks that change the direction of writing and can hide its ending',
    'ชื่อไฟล์ {value} มีเครื่องหมายเปลี่ยนทิศทางการเขียน ซึ่งอาจซ่อนนามสกุลไฟล์',
    'Rename the file without such marks.',
    'เปลี่ยนชื่อไฟล์โดยไม่มีเครื่องหมายดังกล่าว',
  ),
  'letter.attachment.name-long': fault(
    'the file name {value} has {bytes} bytes, {limit} are allowed',
    'ชื่อไฟล์ {value} ยาว {bytes} ไบต์ เกินที่กำหนด {limit} ไบต์',
    'Shorten the name: a Thai letter counts three bytes.',
    'ย่อชื่อไฟล์ อักษรไทยหนึ่งตัวนับเป็นสามไบต์',
  ),
  'letter.attachment.name-twice': fault(
    'two attachments have the name {value}',
    'ไฟล์แนบสองไฟล์ใช้ชื่อ {value} เหมือนกัน',
    'Give each attachment a name of its own.',
    'ตั้งชื่อไฟล์แนบแต่ละไฟล์ให้ต่างกัน',
  ),
  'letter.attachment.size': fault(
    'the attachment “{name}” has {value} bytes; 1 to {limit} are allowed',
    'ไฟล์แนบ “{name}” มีขนาด {value} ไบต์ ต้องอยู่ระหว่าง 1 ถึง {limit} ไบต์',
    'Send the file whole; divide one that is too large.',
    'ส่งไฟล์ให้ครบถ้วน หากใหญ่เกินไปให้แบ่งไฟล์',
  ),
  'letter.attachment.two-main': fault(
    'the letter has a second main file, {value}',
    'หนังสือมีไฟล์หลักไฟล์ที่สอง คือ {value}',
    'Keep one main file and send the others as enclosures.',
    'ให้มีไฟล์หลักไฟล์เดียว และส่งไฟล์อื่นเป็นสิ่งที่ส่งมาด้วย',
  ),

  // Notices
  'letter.notice.receive-number': fault(
    'a notice of kind {kind} cannot name a receive number, and names {value}',
    'การแจ้งชนิด {kind} ระบุเลขรับไม่ได้ แต่ระบุ {value}',
    'Leave the receive number out, or send an accept notice.',
    'ไม่ต้องระบุเลขรับ หรือส่งการแจ้งชนิด accept',
  ),
  'letter.notice.self': fault(
    'the office {value} sends a notice to itself',
    'หน่วยงาน {value} ส่งการแจ้งถึงตนเอง',
    'Send the notice to the other office of the letter.',
    'ส่งการแจ้งถึงหน่วยงานอีกฝ่ายของหนังสือ',
  ),

  // JSON
  'letter.json.type': fault(
    'a {expected} is expected here, and {value} was found',
    'ช่องนี้ต้องเป็น {expected} แต่พบ {value}',
    'Correct {path}; the JSON Schema of the letter describes it.',
    'แก้ {path} ตาม JSON Schema ของหนังสือ',
  ),
  'letter.json.unknown-key': fault(
    'there is no key {value} here; known are {expected}',
    'ไม่มีคีย์ {value} ในที่นี้ คีย์ที่รู้จักคือ {expected}',
    'Remove the key, or write it as one of those; what has no place of its own goes into extension.',
    'ลบคีย์นี้ หรือเขียนให้ตรงกับคีย์ที่รู้จัก ข้อมูลอื่นให้ใส่ใน extension',
  ),
  'letter.json.near-key': fault(
    'the key {value} is almost, but not exactly, “{meant}”',
    'คีย์ {value} เกือบเหมือนแต่ไม่ตรงกับ “{meant}”',
    'Write “{meant}”, and only once.',
    'เขียน “{meant}” เพียงครั้งเดียว',
  ),
} as const satisfies Record<string, ProblemDefinition>
