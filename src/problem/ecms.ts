// What can be wrong with a message of the national letter exchange (TH e-GIF e-CMS) and with an answer to it.
import type { ProblemDefinition } from './definition.ts'

export const ecmsProblems = {
  'ecms.body.too-large': {
    status: 413,
    permanent: true,
    en: 'the request is larger than {limit} bytes, the most that this door takes',
    th: 'คำขอมีขนาดเกิน {limit} ไบต์ ซึ่งเป็นขนาดสูงสุดที่ช่องทางนี้รับได้',
    remedy: {
      en: 'Send the letter with fewer or smaller attachments, or ask the gateway’s operator to raise the limit.',
      th: 'ลดจำนวนหรือขนาดของไฟล์แนบ หรือขอให้ผู้ดูแลเกตเวย์เพิ่มขนาดสูงสุด',
    },
  },
  'ecms.head.too-large': {
    status: 413,
    permanent: true,
    en: 'the item has {size} bytes, and its profile allows {limit}: it is kept whole, and was not read',
    th: 'รายการมี {size} ไบต์ เกินกว่า {limit} ไบต์ ที่โปรไฟล์กำหนด: เก็บไว้ครบถ้วนแต่ยังไม่ได้อ่าน',
    remedy: {
      en: 'Ask its office whether the letter is what it should be: if so, saraban quarantine retry ID --believe reads it all the same. Raise the limit in the profile if such letters are usual.',
      th: 'สอบถามหน่วยงานว่าหนังสือถูกต้องหรือไม่ ถ้าถูกต้องให้ใช้ saraban quarantine retry ID --believe เพื่ออ่าน และเพิ่มขีดจำกัดในโปรไฟล์หากมีหนังสือลักษณะนี้เป็นปกติ',
    },
  },
  'ecms.head.stuck': {
    status: 413,
    permanent: true,
    en: 'the head of the server’s queue cannot be taken out of it, and all behind it wait: {reason} ({size} bytes, of which {limit} are read)',
    th: 'นำรายการแรกออกจากคิวของเซิร์ฟเวอร์ไม่ได้ รายการถัดไปทั้งหมดต้องรอ: {reason} ({size} ไบต์ อ่านได้ไม่เกิน {limit} ไบต์)',
    remedy: {
      en: 'Raise the limit in the profile until the item can be read, or ask the system’s people to take it out of the queue and to send it another way; then dismiss this entry.',
      th: 'เพิ่มขีดจำกัดในโปรไฟล์จนอ่านรายการนั้นได้ หรือให้ผู้ดูแลระบบนำออกจากคิวแล้วส่งทางอื่น จากนั้นยกเลิกรายการนี้ (dismiss)',
    },
  },
  'ecms.body.empty': {
    status: 400,
    permanent: true,
    en: 'the request has no body; a SOAP 1.1 envelope was expected',
    th: 'คำขอไม่มีเนื้อหา ต้องเป็น SOAP 1.1 Envelope',
    remedy: {
      en: 'Send a SOAP 1.1 envelope by HTTP POST with Content-Type text/xml.',
      th: 'ส่ง SOAP 1.1 Envelope ด้วย HTTP POST โดยใช้ Content-Type เป็น text/xml',
    },
  },
  'ecms.body.interrupted': {
    status: 400,
    permanent: false,
    en: 'the connection ended before the whole request had arrived ({received} bytes came)',
    th: 'การเชื่อมต่อสิ้นสุดก่อนที่คำขอจะมาถึงครบ (ได้รับ {received} ไบต์)',
    remedy: { en: 'Send the request again.', th: 'ส่งคำขออีกครั้ง' },
  },
  'ecms.body.slow': {
    status: 408,
    permanent: false,
    en: 'the request had not arrived whole after {limit} milliseconds',
    th: 'คำขอมาถึงไม่ครบภายใน {limit} มิลลิวินาที',
    remedy: {
      en: 'Send it again over a better line, or with fewer attachments.',
      th: 'ส่งอีกครั้งผ่านเครือข่ายที่ดีกว่า หรือลดจำนวนไฟล์แนบ',
    },
  },
  'ecms.body.packed': {
    status: 415,
    permanent: true,
    en: 'the request is packed ({value}); e-CMS messages travel as they are',
    th: 'คำขอถูกบีบอัด ({value}) ข้อความ e-CMS ต้องส่งโดยไม่บีบอัด',
    remedy: { en: 'Send it without Content-Encoding.', th: 'ส่งโดยไม่มี Content-Encoding' },
  },
  'ecms.busy': {
    status: 503,
    permanent: false,
    en: 'the gateway is reading too many large requests at this moment; nothing was taken',
    th: 'ขณะนี้เกตเวย์กำลังอ่านคำขอขนาดใหญ่จำนวนมากเกินไป ยังไม่ได้รับหนังสือนี้ไว้',
    remedy: { en: 'Send the same request again in a minute.', th: 'ส่งคำขอเดิมอีกครั้งในหนึ่งนาที' },
  },
  'ecms.unavailable': {
    status: 503,
    permanent: false,
    en: 'the gateway could not carry out the request now; nothing was changed',
    th: 'ขณะนี้เกตเวย์ไม่สามารถดำเนินการตามคำขอได้ ยังไม่มีการเปลี่ยนแปลงใด',
    remedy: {
      en: 'Send the same request again later; the gateway’s operator has been told.',
      th: 'ส่งคำขอเดิมอีกครั้งภายหลัง ผู้ดูแลเกตเวย์ได้รับแจ้งแล้ว',
    },
  },
  'ecms.encoding': {
    status: 400,
    permanent: true,
    en: 'the message is not UTF-8: found {found}; e-CMS messages are UTF-8',
    th: 'ข้อความไม่ได้เข้ารหัสแบบ UTF-8: พบ {found} ข้อความ e-CMS ต้องเป็น UTF-8',
    remedy: {
      en: 'Write the whole message in UTF-8, and say so in its XML declaration or leave the declaration out.',
      th: 'เขียนข้อความทั้งหมดเป็น UTF-8 และระบุไว้ในการประกาศ XML หรือไม่ต้องมีการประกาศ',
    },
  },
  'ecms.xml.malformed': {
    status: 400,
    permanent: true,
    en: 'the message is not well-formed XML at line {line}, column {column}: {fault}',
    th: 'ข้อความไม่ใช่ XML ที่ถูกต้อง ที่บรรทัด {line} คอลัมน์ {column}: {fault}',
    remedy: {
      en: 'Correct the XML there: & is written &amp; and < is written &lt; in texts, every prefix is declared, and the message is sent to its last byte.',
      th: 'แก้ XML ตรงตำแหน่งนั้น: ในข้อความเขียน & เป็น &amp; และ < เป็น &lt; ประกาศทุกคำนำหน้า และส่งข้อความให้ครบทุกไบต์',
    },
  },
  'ecms.xml.forbidden': {
    status: 400,
    permanent: true,
    en: 'the message holds a {found}, which e-CMS messages never need and the gateway never reads',
    th: 'ข้อความมี {found} ซึ่งข้อความ e-CMS ไม่จำเป็นต้องมี และเกตเวย์ไม่อ่าน',
    remedy: { en: 'Send the message without it.', th: 'ส่งข้อความโดยไม่มีส่วนนั้น' },
  },
  'ecms.xml.bounds': {
    status: 400,
    permanent: true,
    en: 'the message has more than {limit} {what}',
    th: 'ข้อความมี {what} เกิน {limit}',
    remedy: {
      en: 'Send one letter or one notifier in a message, with nothing else in it.',
      th: 'ส่งหนังสือหนึ่งฉบับหรือหนังสือแจ้งหนึ่งฉบับต่อหนึ่งข้อความ โดยไม่มีสิ่งอื่น',
    },
  },
  'ecms.soap.missing': {
    status: 400,
    permanent: true,
    en: 'the message is no SOAP 1.1 envelope: it begins with {value}',
    th: 'ข้อความไม่ใช่ SOAP 1.1 Envelope: ข้อความขึ้นต้นด้วย {value}',
    remedy: {
      en: 'Wrap the operation in Envelope and Body of http://schemas.xmlsoap.org/soap/envelope/.',
      th: 'ห่อคำสั่งไว้ใน Envelope และ Body ของ http://schemas.xmlsoap.org/soap/envelope/',
    },
  },
  'ecms.soap.version': {
    status: 400,
    permanent: true,
    en: 'the message is SOAP of another version ({value}); e-CMS speaks SOAP 1.1',
    th: 'ข้อความเป็น SOAP รุ่นอื่น ({value}) e-CMS ใช้ SOAP 1.1',
    remedy: {
      en: 'Set the client to SOAP 1.1 (http://schemas.xmlsoap.org/soap/envelope/).',
      th: 'ตั้งค่าระบบให้ใช้ SOAP 1.1 (http://schemas.xmlsoap.org/soap/envelope/)',
    },
  },
  'ecms.operation.missing': {
    status: 400,
    permanent: true,
    en: 'the SOAP Body is empty; the operation is its first element',
    th: 'SOAP Body ว่างเปล่า คำสั่งต้องเป็นองค์ประกอบแรกใน Body',
    remedy: {
      en: 'Put an operation into the Body, such as CorrespondenceLetterInboundRequest.',
      th: 'ใส่คำสั่งใน Body เช่น CorrespondenceLetterInboundRequest',
    },
  },
  'ecms.operation.unknown': {
    status: 400,
    permanent: true,
    en: '{value} is no operation of the e-CMS exchange',
    th: '{value} ไม่ใช่คำสั่งของระบบแลกเปลี่ยน e-CMS',
    remedy: { en: 'Use one of: {known}.', th: 'ใช้คำสั่งหนึ่งใน: {known}' },
  },
  'ecms.content.missing': {
    status: 422,
    permanent: true,
    en: '{value} holds neither a GovernmentDocument nor a notifier',
    th: '{value} ไม่มีทั้ง GovernmentDocument และหนังสือแจ้ง',
    remedy: {
      en: 'Put rsm:GovernmentDocument, or a notifier such as AcceptLetterNotifier, into CorrespondenceLetterOutboundRequest.',
      th: 'ใส่ rsm:GovernmentDocument หรือหนังสือแจ้ง เช่น AcceptLetterNotifier ใน CorrespondenceLetterOutboundRequest',
    },
  },
  'ecms.element.missing': {
    status: 422,
    permanent: true,
    en: 'the element {path} is missing or empty',
    th: 'ไม่มีองค์ประกอบ {path} หรือองค์ประกอบว่างเปล่า',
    remedy: { en: 'Fill in {path}.', th: 'กรอก {path}' },
  },
  'ecms.element.repeated': {
    status: 422,
    permanent: true,
    en: 'the element {path} stands {count} times; once was expected',
    th: 'องค์ประกอบ {path} มี {count} ครั้ง ต้องมีเพียงครั้งเดียว',
    remedy: { en: 'Send {path} once.', th: 'ส่ง {path} เพียงครั้งเดียว' },
  },
  'ecms.code.unknown': {
    status: 422,
    permanent: true,
    en: '{value} is no code of {list}; 001, 002, 003 and 004 are',
    th: '{value} ไม่ใช่รหัสใน {list} รหัสที่ใช้ได้คือ 001, 002, 003 และ 004',
    remedy: { en: 'Ask {list} for the codes, and send one of them.', th: 'ขอรหัสด้วย {list} แล้วส่งรหัสใดรหัสหนึ่ง' },
  },
  'ecms.organisation.unknown': {
    status: 422,
    permanent: true,
    en: '{value} is no organisation id that the gateway knows',
    th: '{value} ไม่ใช่รหัสหน่วยงานที่เกตเวย์รู้จัก',
    remedy: {
      en: 'Use an OrganizationID from GetOrganizationList, or have the id added under “organisations” in this system’s profile.',
      th: 'ใช้ OrganizationID จาก GetOrganizationList หรือขอให้เพิ่มรหัสนี้ใน “organisations” ของโปรไฟล์ของระบบ',
    },
  },
  'ecms.sender.other': {
    status: 403,
    permanent: true,
    en: 'the letter names {value} as its sender, and this door speaks for office {office} only',
    th: 'หนังสือระบุผู้ส่งเป็น {value} แต่ช่องทางนี้ใช้ได้เฉพาะหน่วยงาน {office}',
    remedy: {
      en: 'Send letters of {office} through this URL; every organisation has its own.',
      th: 'ส่งหนังสือของหน่วยงาน {office} ผ่าน URL นี้ แต่ละหน่วยงานมี URL ของตนเอง',
    },
  },
  'ecms.base64': {
    status: 422,
    permanent: true,
    en: 'the content of {path} is not base64: {fault}',
    th: 'เนื้อหาของ {path} ไม่ใช่ base64: {fault}',
    remedy: {
      en: 'Encode the file’s bytes in base64 (RFC 4648, section 4) to the last character.',
      th: 'เข้ารหัสไฟล์เป็น base64 (RFC 4648 หมวด 4) ให้ครบทุกอักขระ',
    },
  },
  'ecms.process.unknown': {
    status: 422,
    permanent: true,
    en: '{value} is no ProcessID that the gateway gives',
    th: '{value} ไม่ใช่ ProcessID ที่เกตเวย์ออกให้',
    remedy: {
      en: 'Send the ProcessID of the item that CorrespondenceLetterInboundRequest gave.',
      th: 'ส่ง ProcessID ของรายการที่ได้จาก CorrespondenceLetterInboundRequest',
    },
  },
  'ecms.letter.unknown': {
    status: 404,
    permanent: true,
    en: 'there is no letter {value} of that date between those organisations here',
    th: 'ไม่พบหนังสือเลขที่ {value} ตามวันที่และหน่วยงานที่ระบุ',
    remedy: {
      en: 'Compare LetterID, CorrespondenceDate, SenderDepartment and AcceptDepartment with the letter.',
      th: 'ตรวจสอบ LetterID, CorrespondenceDate, SenderDepartment และ AcceptDepartment กับตัวหนังสือ',
    },
  },
  'ecms.notifier.unknown': {
    status: 404,
    permanent: true,
    en: 'there is no {notifier} about letter {value} for this organisation',
    th: 'ไม่พบ {notifier} เกี่ยวกับหนังสือเลขที่ {value} สำหรับหน่วยงานนี้',
    remedy: {
      en: 'Poll with CorrespondenceLetterInboundRequest: it may not have been made yet.',
      th: 'ขอรับด้วย CorrespondenceLetterInboundRequest เพราะอาจยังไม่มีการแจ้ง',
    },
  },
  'ecms.write.character': {
    status: 422,
    permanent: true,
    en: '{path} holds a character (U+{found}) that XML cannot carry',
    th: '{path} มีอักขระ (U+{found}) ที่ XML ไม่สามารถเก็บได้',
    remedy: {
      en: 'Bring this letter to the office another way, and ask its sender to correct the text.',
      th: 'ส่งหนังสือนี้ให้หน่วยงานด้วยวิธีอื่น และขอให้ผู้ส่งแก้ข้อความ',
    },
  },
  'ecms.write.too-large': {
    status: 422,
    permanent: true,
    en: 'the attachments are {size} bytes together, and an e-CMS answer takes {limit}',
    th: 'ไฟล์แนบมีขนาดรวม {size} ไบต์ แต่คำตอบ e-CMS รับได้ {limit} ไบต์',
    remedy: {
      en: 'Bring this letter to the office another way, or raise the limit in its profile.',
      th: 'ส่งหนังสือนี้ให้หน่วยงานด้วยวิธีอื่น หรือเพิ่มขนาดสูงสุดในโปรไฟล์',
    },
  },
  'ecms.write.notice': {
    status: 422,
    permanent: true,
    en: 'e-CMS has no message that brings a notice of the kind {value} to a receiver',
    th: 'e-CMS ไม่มีข้อความสำหรับแจ้งประเภท {value} แก่ผู้รับ',
    remedy: { en: 'Tell the office another way.', th: 'แจ้งหน่วยงานด้วยวิธีอื่น' },
  },
  'ecms.peer.other': {
    status: 409,
    permanent: true,
    en: 'the system’s server says that it has this letter already, and it was never sent there before ({said}): another letter stands under its number',
    th: 'เซิร์ฟเวอร์ของระบบแจ้งว่ามีหนังสือเลขที่นี้แล้ว ทั้งที่ยังไม่เคยส่งไป ({said}) จึงเป็นหนังสือคนละฉบับที่ใช้เลขเดียวกัน',
    remedy: {
      en: 'Compare the two with the office; let the sender recall the wrong one, or send this one under another number.',
      th: 'เทียบหนังสือทั้งสองกับหน่วยงานปลายทาง แล้วให้ผู้ส่งเรียกคืนฉบับที่ผิด หรือส่งฉบับนี้ด้วยเลขอื่น',
    },
  },
  'ecms.peer.no-answer': {
    status: 502,
    permanent: false,
    en: 'status {status} came with nothing that e-CMS knows ({value}): perhaps a sign-in page or a proxy answered, and nobody knows whether the system has it',
    th: 'ได้สถานะ {status} แต่เนื้อหาไม่ใช่คำตอบของ e-CMS ({value}) อาจเป็นหน้าเข้าสู่ระบบหรือพร็อกซี จึงไม่รู้ว่าระบบได้รับหรือไม่',
    remedy: {
      en: 'Check the url, the user and what stands before the system; what still waits is tried again by itself.',
      th: 'ตรวจ url ผู้ใช้ และสิ่งที่อยู่หน้าระบบ เกตเวย์จะลองใหม่เอง',
    },
  },
} as const satisfies Record<string, ProblemDefinition>
