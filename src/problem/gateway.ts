// What can be wrong between a letter's arrival and its delivery: trust, intake, delivery, the journal, settings, access.
import type { ProblemDefinition } from './definition.ts'

export const gatewayProblems = {
  'trust.certificate.unreadable': {
    status: 500,
    permanent: true,
    en: 'this file holds no readable certificate: {reason}',
    th: 'ไฟล์นี้ไม่มีใบรับรองที่อ่านได้: {reason}',
    remedy: {
      en: 'Put a PEM certificate there, or make a test authority with `saraban certs init --out DIR`.',
      th: 'วางใบรับรองแบบ PEM ไว้ที่นั่น หรือสร้างชุดทดสอบด้วย `saraban certs init --out DIR`',
    },
  },
  'trust.authority.several': {
    status: 500,
    permanent: true,
    en: 'this file holds {count} certificates, and the authority is one: none of the others would be believed',
    th: 'ไฟล์นี้มีใบรับรอง {count} ฉบับ แต่ผู้ออกใบรับรองต้องมีเพียงหนึ่ง ใบรับรองอื่นจะไม่ได้รับความเชื่อถือ',
    remedy: {
      en: 'Leave the certificate of the authority that issued those of the offices, and take the others out.',
      th: 'คงไว้เฉพาะใบรับรองของผู้ออกใบรับรองให้หน่วยงาน และลบฉบับอื่นออก',
    },
  },
  'trust.key.unreadable': {
    status: 500,
    permanent: true,
    en: 'this file holds no readable private key: {reason}',
    th: 'ไฟล์นี้ไม่มีกุญแจส่วนตัวที่อ่านได้: {reason}',
    remedy: { en: 'Put an unencrypted PEM private key there.', th: 'วางกุญแจส่วนตัวแบบ PEM ที่ไม่เข้ารหัสไว้ที่นั่น' },
  },
  'trust.key.unregistered': {
    status: 500,
    permanent: true,
    en: 'no certificate registered for office {value} belongs to this key',
    th: 'ไม่มีใบรับรองที่ขึ้นทะเบียนของหน่วยงาน {value} ตรงกับกุญแจนี้',
    remedy: {
      en: 'Put the certificate of this key into the folder `offices/<office id>` of the trust folder.',
      th: 'วางใบรับรองของกุญแจนี้ในโฟลเดอร์ `offices/<รหัสหน่วยงาน>`',
    },
  },
  'trust.office.unknown': {
    status: 500,
    permanent: true,
    en: '{value} is no office id',
    th: '{value} ไม่ใช่รหัสหน่วยงาน',
    remedy: {
      en: 'Name the folder or file by the province code (`50`) or `moi`.',
      th: 'ตั้งชื่อตามรหัสจังหวัด (`50`) หรือ `moi`',
    },
  },
  'letter.sender.other': {
    status: 403,
    permanent: true,
    en: 'the letter or notice names {value} as its sender; this system speaks for office {office} only',
    th: 'เอกสารระบุผู้ส่งเป็น {value} แต่ระบบนี้ส่งแทนหน่วยงาน {office} ได้เท่านั้น',
    remedy: {
      en: 'Send it from the system of the office that it names, or correct the sender.',
      th: 'ส่งจากระบบของหน่วยงานที่ระบุ หรือแก้ผู้ส่งให้ถูกต้อง',
    },
  },
  'letter.recipient.unreachable': {
    status: 422,
    permanent: true,
    en: 'no system of office {value} ({name}) is connected to this gateway',
    th: 'ไม่มีระบบของหน่วยงาน {value} ({name}) เชื่อมต่อกับเกตเวย์นี้',
    remedy: {
      en: 'Correct the recipient, or connect its system with a profile.',
      th: 'แก้ผู้รับให้ถูกต้อง หรือเชื่อมต่อระบบของผู้รับด้วยโพรไฟล์',
    },
  },
  'letter.conflict': {
    status: 409,
    permanent: true,
    en: 'another letter with the number {value}, this date, sender and recipient was taken before ({earlier}), with different content',
    th: 'เคยรับหนังสือเลขที่ {value} วันที่ ผู้ส่ง และผู้รับเดียวกันนี้แล้ว ({earlier}) แต่เนื้อหาต่างกัน',
    remedy: {
      en: 'Recall the earlier letter first, or give the corrected letter its own number. Once the earlier one was refused, the corrected one can be handed over as it is: of a letter to several offices, to those alone that refused it.',
      th: 'เรียกคืนฉบับก่อนหน้าก่อน หรือออกเลขใหม่ให้ฉบับแก้ไข หากฉบับก่อนหน้าถูกปฏิเสธแล้ว ส่งฉบับแก้ไขได้เลย กรณีส่งหลายหน่วยงาน ให้ส่งเฉพาะหน่วยงานที่ปฏิเสธ',
    },
  },
  'letter.ended': {
    status: 409,
    permanent: true,
    en: 'the letter {value} was taken before with exactly this content ({earlier}) and is {state}: unchanged it does not go again by itself',
    th: 'เคยรับหนังสือเลขที่ {value} ที่มีเนื้อหาเดียวกันนี้แล้ว ({earlier}) สถานะปัจจุบัน {state} จึงไม่ส่งซ้ำโดยที่เนื้อหาไม่เปลี่ยน',
    remedy: {
      en: 'Hand it over corrected. One that has to go unchanged is recalled by its sender first, where its system can say so; one that was refused before it arrived is sent by an operator: saraban messages retry.',
      th: 'แก้ไขแล้วส่งใหม่ หากต้องส่งโดยไม่แก้ ให้ผู้ส่งเรียกคืนก่อน ถ้าระบบของผู้ส่งทำได้ ฉบับที่ถูกปฏิเสธก่อนถึงผู้รับ ให้ผู้ดูแลระบบสั่ง saraban messages retry',
    },
  },
  'letter.taken-unknown': {
    status: 409,
    permanent: true,
    en: 'its system marks the letter {value} as taken before, but no letter of this number and content was taken here',
    th: 'ระบบต้นทางระบุว่าหนังสือเลขที่ {value} ถูกรับไปแล้ว แต่ที่นี่ไม่เคยรับหนังสือเลขที่และเนื้อหานี้',
    remedy: {
      en: 'Its number was changed after it was taken, or the journal was restored from a backup: ask the office. If it is to go as a new letter, saraban quarantine retry ID --believe; if the earlier one is the right one, correct the number there and saraban quarantine dismiss ID.',
      th: 'มีการแก้เลขที่หลังถูกรับไปแล้ว หรือเจอร์นัลถูกกู้คืนจากข้อมูลสำรอง: สอบถามหน่วยงาน หากต้องส่งเป็นหนังสือฉบับใหม่ให้ใช้ saraban quarantine retry ID --believe หากฉบับก่อนหน้าถูกต้องแล้วให้แก้เลขที่ในระบบต้นทางและใช้ saraban quarantine dismiss ID',
    },
  },
  'letter.attachment.missing': {
    status: 422,
    permanent: true,
    en: 'the attachment {value} did not come with the letter',
    th: 'ไม่พบไฟล์แนบ {value} ที่หนังสือระบุ',
    remedy: {
      en: 'Hand it over together with the letter.',
      th: 'ส่งไฟล์แนบมาพร้อมกับหนังสือ',
    },
  },
  'letter.attachment.other': {
    status: 422,
    permanent: true,
    en: 'the bytes that came have the digest {value}; the signed letter names {expected}',
    th: 'ไฟล์ที่ได้รับมีค่าแฮช {value} แต่หนังสือที่ลงนามระบุ {expected}',
    remedy: {
      en: 'Send exactly the bytes that were signed.',
      th: 'ส่งไฟล์ให้ตรงกับที่ลงนามไว้',
    },
  },
  'letter.attachment.too-large': {
    status: 413,
    permanent: true,
    en: 'the attachment is larger than {limit} bytes',
    th: 'ไฟล์แนบใหญ่กว่า {limit} ไบต์',
    remedy: {
      en: 'Split it, or send it at a lower resolution.',
      th: 'แบ่งไฟล์ หรือลดความละเอียด',
    },
  },
  'letter.attachments.too-many': {
    status: 422,
    permanent: true,
    en: 'the letter has {value} attachments; at most {limit} are taken',
    th: 'หนังสือมีไฟล์แนบ {value} ไฟล์ รับได้ไม่เกิน {limit}',
    remedy: {
      en: 'Join some of them into one file.',
      th: 'รวมไฟล์แนบเข้าด้วยกัน',
    },
  },
  'envelope.message-id.reused': {
    status: 409,
    permanent: true,
    en: 'another envelope with the MessageID {value} was taken before',
    th: 'เคยรับซองอื่นที่ใช้ MessageID {value} แล้ว',
    remedy: {
      en: 'Seal the envelope again under a new MessageID.',
      th: 'ลงนามซองใหม่ด้วย MessageID ใหม่',
    },
  },
  'notice.letter.unknown': {
    status: 404,
    permanent: true,
    en: 'no letter {value} is known here that this office may speak of',
    th: 'ไม่พบหนังสือ {value} ที่หน่วยงานนี้มีสิทธิ์แจ้ง',
    remedy: {
      en: 'Name the letter by its message id, or by its number, date and sender as they were delivered.',
      th: 'ระบุหนังสือด้วย message id หรือด้วยเลขที่ วันที่ และผู้ส่งตามที่ได้รับ',
    },
  },
  'notice.letter.ambiguous': {
    status: 409,
    permanent: true,
    en: '{count} letters fit {value}',
    th: 'มีหนังสือ {count} ฉบับที่ตรงกับ {value}',
    remedy: {
      en: 'Add the date and the sender, or name the message id.',
      th: 'เพิ่มวันที่และผู้ส่ง หรือระบุ message id',
    },
  },
  'notice.letter.earlier': {
    status: 409,
    permanent: true,
    en: 'a letter {value} ({earlier}) was recalled, and another one stands in its place: the notice may be an old one about the first, written once more',
    th: 'หนังสือเลขที่ {value} ({earlier}) ถูกเรียกคืนแล้วและมีฉบับอื่นมาแทน ใบแจ้งนี้อาจเป็นใบแจ้งเดิมของฉบับแรกที่ส่งมาซ้ำ',
    remedy: {
      en: 'Ask the office that says it: if it means the letter that stands now, saraban quarantine retry ID --believe; if it has said nothing new, saraban quarantine dismiss ID. Where its system writes the time at which it was said, or the message id, name that in the profile (at, messageId): then they are told apart.',
      th: 'สอบถามหน่วยงานที่แจ้ง: หากหมายถึงฉบับปัจจุบันให้ใช้ saraban quarantine retry ID --believe หากเป็นใบแจ้งเดิมให้ใช้ saraban quarantine dismiss ID หากระบบบันทึกเวลาที่แจ้งหรือ message id ให้ระบุในโปรไฟล์ (at, messageId) เพื่อแยกสองฉบับได้เอง',
    },
  },
  'notice.letter.other': {
    status: 422,
    permanent: true,
    en: 'the notice was made for a letter with the digest {value}; the letter here has another',
    th: 'ใบแจ้งนี้อ้างถึงหนังสือที่มีค่าแฮช {value} ซึ่งไม่ตรงกับฉบับที่มีอยู่',
    remedy: {
      en: 'Make the notice from the envelope that was delivered.',
      th: 'ออกใบแจ้งจากซองที่ได้รับจริง',
    },
  },
  'notice.letter.misnamed': {
    status: 422,
    permanent: true,
    en: 'the notice names its letter in other words (number {value}, date or subject) than the letter has',
    th: 'ใบแจ้งระบุเลขที่ {value} วันที่ หรือเรื่อง ไม่ตรงกับหนังสือที่อ้างถึง',
    remedy: {
      en: 'Take number, date and subject from the envelope that was delivered.',
      th: 'ใช้เลขที่ วันที่ และเรื่องจากซองที่ได้รับจริง',
    },
  },
  'receipt.missing': {
    status: 502,
    permanent: false,
    en: 'the other side answered without a signed receipt',
    th: 'ปลายทางตอบโดยไม่มีใบรับที่ลงนาม',
    remedy: {
      en: 'Read what it answered (`saraban messages show --bytes`) and ask the office that runs the other side; the delivery is tried again with the same MessageID.',
      th: 'อ่านคำตอบ (`saraban messages show --bytes`) แล้วประสานหน่วยงานปลายทาง ระบบจะส่งซ้ำด้วย MessageID เดิม',
    },
  },
  'receipt.other': {
    status: 502,
    permanent: false,
    en: 'the receipt is for another envelope ({value})',
    th: 'ใบรับเป็นของซองอื่น ({value})',
    remedy: {
      en: 'Ask the office that runs the other side; the delivery is tried again with the same MessageID.',
      th: 'ประสานหน่วยงานปลายทาง ระบบจะส่งซ้ำด้วย MessageID เดิม',
    },
  },
  'receipt.unverified': {
    status: 502,
    permanent: false,
    en: 'the receipt cannot be trusted: {reason}',
    th: 'ใบรับไม่น่าเชื่อถือ: {reason}',
    remedy: {
      en: 'Check the certificates of the other side; the delivery is tried again with the same MessageID.',
      th: 'ตรวจใบรับรองของปลายทาง ระบบจะส่งซ้ำด้วย MessageID เดิม',
    },
  },
  'seal.certificate': {
    status: 503,
    permanent: false,
    en: 'nothing can be sealed for office {value} now: its certificate is valid from {from} to {to}',
    th: 'ลงลายมือชื่อแทนหน่วยงาน {value} ไม่ได้ในขณะนี้: ใบรับรองของหน่วยงานใช้ได้ตั้งแต่ {from} ถึง {to}',
    remedy: {
      en: 'Nothing was taken: send it again later. The gateway’s operator puts the new certificate in place (docs/operate.md, A certificate ends), or sets the clock.',
      th: 'ยังไม่ได้รับสิ่งใดไว้ ให้ส่งใหม่ภายหลัง ผู้ดูแลเกตเวย์ต้องติดตั้งใบรับรองใหม่ (docs/operate.md หัวข้อ A certificate ends) หรือตั้งนาฬิกาให้ถูกต้อง',
    },
  },
  'seal.authority': {
    status: 503,
    permanent: false,
    en: 'nothing can be sealed for office {value} now: the certificate of the authority, under which its own stands, is valid from {from} to {to}',
    th: 'ลงลายมือชื่อแทนหน่วยงาน {value} ไม่ได้ในขณะนี้: ใบรับรองของผู้ออกใบรับรองใช้ได้ตั้งแต่ {from} ถึง {to}',
    remedy: {
      en: 'Nothing was taken: send it again later. The gateway’s operator puts the new authority.pem in place (docs/operate.md, A certificate ends), or sets the clock.',
      th: 'ยังไม่ได้รับสิ่งใดไว้ ให้ส่งใหม่ภายหลัง ผู้ดูแลเกตเวย์ต้องติดตั้ง authority.pem ใหม่ (docs/operate.md หัวข้อ A certificate ends) หรือตั้งนาฬิกาให้ถูกต้อง',
    },
  },
  'seal.unfit': {
    status: 503,
    permanent: false,
    en: 'nothing can be sealed for office {value} now: its certificate would not be believed ({reason})',
    th: 'ลงลายมือชื่อแทนหน่วยงาน {value} ไม่ได้ในขณะนี้: ใบรับรองของหน่วยงานจะไม่ได้รับความเชื่อถือ ({reason})',
    remedy: {
      en: 'Nothing was taken: send it again later. The gateway’s operator runs saraban doctor, and puts a certificate in place that stands under authority.pem.',
      th: 'ยังไม่ได้รับสิ่งใดไว้ ให้ส่งใหม่ภายหลัง ผู้ดูแลเกตเวย์ต้องสั่ง saraban doctor และติดตั้งใบรับรองที่ออกโดย authority.pem',
    },
  },
  'delivery.refused': {
    status: 422,
    permanent: true,
    en: 'the other side refuses the envelope: {said}',
    th: 'ปลายทางปฏิเสธซอง: {said}',
    remedy: {
      en: 'Correct the letter and send it again, or ask the office.',
      th: 'แก้ไขหนังสือแล้วส่งใหม่ หรือสอบถามหน่วยงานปลายทาง',
    },
  },
  'delivery.no-system': {
    status: 503,
    permanent: false,
    en: 'no system of office {value} is connected at present',
    th: 'ขณะนี้ไม่มีระบบของหน่วยงาน {value} เชื่อมต่ออยู่',
    remedy: {
      en: 'Put its profile back and order saraban profile reload; the delivery waits until then, and is given up by nobody.',
      th: 'นำโพรไฟล์กลับมาแล้วสั่ง saraban profile reload การนำส่งจะรออยู่จนกว่าจะถึงเวลานั้น และไม่ถูกยกเลิก',
    },
  },
  'access.denied': {
    status: 401,
    permanent: true,
    en: 'this door opens only to a system that is proved to be itself',
    th: 'ประตูนี้เปิดให้เฉพาะระบบที่พิสูจน์ตัวตนแล้ว',
    remedy: {
      en: 'Use the client certificate, API key or Basic sign-in that the profile names, from an address that it lists.',
      th: 'ใช้ใบรับรอง กุญแจ API หรือรหัสผ่านตามโพรไฟล์ จากที่อยู่ที่อนุญาต',
    },
  },
  'access.not-found': {
    status: 404,
    permanent: true,
    en: 'there is nothing at {value}',
    th: 'ไม่มีข้อมูลที่ {value}',
    remedy: {
      en: 'See the API description at /openapi.json.',
      th: 'ดูคำอธิบาย API ที่ /openapi.json',
    },
  },
  'access.request.unreadable': {
    status: 400,
    permanent: true,
    en: 'this cannot be read as an HTTP request: {reason}',
    th: 'อ่านเป็นคำขอ HTTP ไม่ได้: {reason}',
    remedy: {
      en: 'See the API description at /openapi.json; an HTTP library writes requests that can be read.',
      th: 'ดูคำอธิบาย API ที่ /openapi.json และใช้ไลบรารี HTTP ในการสร้างคำขอ',
    },
  },
  'access.type.unreadable': {
    status: 415,
    permanent: true,
    en: 'the Content-Type {value} cannot be read',
    th: 'อ่าน Content-Type {value} ไม่ได้',
    remedy: {
      en: 'Send application/json, or multipart/form-data with the files.',
      th: 'ส่งเป็น application/json หรือ multipart/form-data พร้อมไฟล์',
    },
  },
  'access.head.too-large': {
    status: 431,
    permanent: true,
    en: 'the header lines of the request are longer than 16 KiB',
    th: 'ส่วนหัวของคำขอยาวกว่า 16 KiB',
    remedy: { en: 'Send fewer and shorter header lines.', th: 'ส่งส่วนหัวให้สั้นลง' },
  },
  'access.head.slow': {
    status: 408,
    permanent: false,
    en: 'the request had not arrived in time',
    th: 'คำขอมาไม่ครบภายในเวลา',
    remedy: { en: 'Send it again; check the line.', th: 'ส่งใหม่ และตรวจสอบเครือข่าย' },
  },
  'gateway.unavailable': {
    status: 503,
    permanent: false,
    en: 'the gateway cannot take anything at present; nothing was taken',
    th: 'ขณะนี้เกตเวย์ยังรับไม่ได้ และยังไม่ได้รับสิ่งใด',
    remedy: {
      en: 'Send it again later.',
      th: 'ส่งใหม่ภายหลัง',
    },
  },
  'gateway.defect': {
    status: 500,
    permanent: false,
    en: 'the gateway failed at this request; whether anything was taken is not known',
    th: 'เกตเวย์ทำงานผิดพลาดกับคำขอนี้ และไม่ทราบว่ารับไว้แล้วหรือไม่',
    remedy: {
      en: 'Send it again unchanged: what was taken before is known again. Tell the operator, whose log names the place.',
      th: 'ส่งใหม่โดยไม่แก้ไข ระบบจำสิ่งที่รับแล้วได้ และแจ้งผู้ดูแลให้ดูบันทึก',
    },
  },
  'gateway.system.not-started': {
    status: 500,
    permanent: false,
    en: 'the system of office {value} could not be started by the profile {path}: {reason}; all is as it was before',
    th: 'เริ่มระบบของหน่วยงาน {value} ตามโพรไฟล์ {path} ไม่ได้: {reason} ทุกอย่างกลับเป็นเช่นเดิม',
    remedy: {
      en: 'Look into the log for work.failed with the name of the profile, correct the profile or what it needs, then reload again.',
      th: 'ดู work.failed ของโพรไฟล์นี้ในบันทึก แก้โพรไฟล์หรือสิ่งที่โพรไฟล์ต้องใช้ แล้วสั่งโหลดใหม่',
    },
  },
  'settings.unreadable': {
    status: 500,
    permanent: true,
    en: 'the settings cannot be read: {reason}',
    th: 'อ่านค่าตั้งไม่ได้: {reason}',
    remedy: {
      en: 'Correct the file; docs/settings.md has an example.',
      th: 'แก้ไฟล์ค่าตั้ง ดูตัวอย่างใน docs/settings.md',
    },
  },
  'settings.wrong': {
    status: 500,
    permanent: true,
    en: 'the setting is {value}; expected {expected}',
    th: 'ค่าตั้งเป็น {value} ควรเป็น {expected}',
    remedy: {
      en: 'Correct the file; docs/settings.md has an example.',
      th: 'แก้ไฟล์ค่าตั้ง ดูตัวอย่างใน docs/settings.md',
    },
  },
  'settings.listen.failed': {
    status: 500,
    permanent: false,
    en: 'the gateway cannot listen at {value}: {reason}',
    th: 'เกตเวย์เปิดรับที่ {value} ไม่ได้: {reason}',
    remedy: {
      en: 'Stop what uses the port, or name another address or port.',
      th: 'หยุดโปรแกรมที่ใช้พอร์ตนี้ หรือตั้งที่อยู่หรือพอร์ตอื่น',
    },
  },
  'gateway.superseded': {
    status: 503,
    permanent: false,
    en: 'the other gateways on the journal heard nothing of this one and gave it up: what it held is theirs',
    th: 'เกตเวย์อื่นบนบันทึกเดียวกันไม่ได้ข่าวจากตัวนี้ จึงรับงานที่ค้างไปทำแทนแล้ว',
    remedy: {
      en: 'Start it again: it joins them anew. Was the machine frozen, or its way to the journal cut?',
      th: 'เริ่มใหม่เพื่อเข้าร่วมอีกครั้ง และตรวจว่าเครื่องค้างหรือทางไปยังบันทึกขาดหรือไม่',
    },
  },
  'settings.data.full': {
    status: 500,
    permanent: false,
    en: 'the disk of the data folder {value} is full: {reason}',
    th: 'ดิสก์ของโฟลเดอร์ข้อมูล {value} เต็ม: {reason}',
    remedy: {
      en: 'Make room. Nothing is damaged: do not put anything back from a copy.',
      th: 'เพิ่มที่ว่างในดิสก์ ข้อมูลไม่เสียหาย ไม่ต้องกู้จากสำเนา',
    },
  },
  'settings.data.unreadable': {
    status: 500,
    permanent: false,
    en: 'the journal {value} cannot be read: {reason}',
    th: 'อ่านบันทึก {value} ไม่ได้: {reason}',
    remedy: {
      en: 'Is its disk full, or may you not read it? A journal beside a full disk is not damaged: make room first.',
      th: 'ตรวจว่าดิสก์เต็มหรือไม่มีสิทธิ์อ่าน หากดิสก์เต็มบันทึกไม่เสียหาย ให้เพิ่มที่ว่างก่อน',
    },
  },
  'settings.data.unusable': {
    status: 500,
    permanent: true,
    en: 'the data folder {value} cannot be used: {reason}',
    th: 'ใช้โฟลเดอร์ข้อมูล {value} ไม่ได้: {reason}',
    remedy: {
      en: 'Give the gateway a folder that it may write, with files and folders in it as the gateway made them; put a damaged journal back from a copy.',
      th: 'ใช้โฟลเดอร์ที่เกตเวย์เขียนได้ หากฐานข้อมูลเสียให้กู้จากสำเนา',
    },
  },
  'settings.door.twice': {
    status: 500,
    permanent: true,
    en: 'the profiles {profiles} share the door {value} and nothing tells their systems apart',
    th: 'โพรไฟล์ {profiles} ใช้ประตู {value} ร่วมกันโดยแยกระบบไม่ได้',
    remedy: {
      en: 'Give each a path, a key or a user of its own.',
      th: 'กำหนดเส้นทาง กุญแจ หรือชื่อผู้ใช้แยกกัน',
    },
  },
  'settings.door.reserved': {
    status: 500,
    permanent: true,
    en: 'the path {value} belongs to the gateway itself',
    th: 'เส้นทาง {value} เป็นของเกตเวย์เอง',
    remedy: { en: 'Give the door another path.', th: 'ตั้งเส้นทางอื่นให้ประตูนี้' },
  },
  'trust.certificate.shared': {
    status: 500,
    permanent: true,
    en: 'this certificate is registered for office {value} and for office {other}',
    th: 'ใบรับรองนี้ขึ้นทะเบียนทั้งของหน่วยงาน {value} และ {other}',
    remedy: {
      en: 'Register it for the one office whose key it is.',
      th: 'ขึ้นทะเบียนให้หน่วยงานเจ้าของกุญแจเพียงแห่งเดียว',
    },
  },
  'settings.data.in-use': {
    status: 500,
    permanent: false,
    en: 'another gateway is at work in the data folder {value}',
    th: 'มีเกตเวย์อื่นทำงานอยู่กับโฟลเดอร์ข้อมูล {value}',
    remedy: { en: 'Stop it, or give this one a folder of its own.', th: 'หยุดตัวเดิม หรือใช้โฟลเดอร์อื่น' },
  },
  'settings.attachments.unusable': {
    status: 500,
    permanent: true,
    en: 'the folder of attachments {value} cannot be used: {reason}',
    th: 'ใช้โฟลเดอร์ไฟล์แนบ {value} ไม่ได้: {reason}',
    remedy: {
      en: 'Let a folder stand there that the gateway’s user may read, write and enter. What stands there instead: look at it, and move it away rather than remove it.',
      th: 'ให้เป็นโฟลเดอร์ที่ผู้ใช้ของเกตเวย์อ่าน เขียน และเข้าถึงได้ หากมีสิ่งอื่นอยู่แทน ให้ตรวจดูและย้ายออก อย่าเพิ่งลบ',
    },
  },
  'settings.attachments.other': {
    status: 500,
    permanent: false,
    en: 'the folder of attachments {value} is not the one that the gateways on this journal share: its mark .saraban/folder is gone or is another one; perhaps its share is not mounted',
    th: 'โฟลเดอร์ไฟล์แนบ {value} ไม่ใช่โฟลเดอร์เดียวกับที่เกตเวย์ของบันทึกนี้ใช้ร่วมกัน เพราะเครื่องหมาย .saraban/folder หายไปหรือเปลี่ยนไป อาจไม่ได้เชื่อมต่อโฟลเดอร์ที่ใช้ร่วมกัน',
    remedy: {
      en: 'Mount the share. When the store was moved on purpose, with everything in it, put an empty file .saraban/accept into the folder, and start all gateways anew.',
      th: 'เชื่อมต่อโฟลเดอร์ที่ใช้ร่วมกัน หากย้ายที่เก็บทั้งหมดโดยตั้งใจ ให้สร้างไฟล์ว่าง .saraban/accept ในโฟลเดอร์ แล้วเริ่มเกตเวย์ทุกตัวใหม่',
    },
  },
  'settings.attachments.other-bucket': {
    status: 500,
    permanent: false,
    en: 'the bucket of attachments {value} is not the one that the gateways on this journal use: their mark does not stand under .saraban/ there; perhaps the bucket or the prefix of the settings is another one',
    th: 'ที่เก็บไฟล์แนบ {value} ไม่ใช่ที่เดียวกับที่เกตเวย์ของบันทึกนี้ใช้ เพราะไม่มีเครื่องหมายใต้ .saraban/ อาจตั้งชื่อที่เก็บหรือคำนำหน้าไม่ตรงกัน',
    remedy: {
      en: 'Give all gateways the same url. When the store was moved on purpose, with everything in it, put an empty object .saraban/accept under the prefix, and start all gateways anew.',
      th: 'ตั้งค่า url ให้ตรงกันทุกเกตเวย์ หากย้ายที่เก็บทั้งหมดโดยตั้งใจ ให้สร้างไฟล์ว่าง .saraban/accept ใต้คำนำหน้านั้น แล้วเริ่มเกตเวย์ทุกตัวใหม่',
    },
  },
  'settings.data.copied': {
    status: 500,
    permanent: false,
    en: 'the data folder {value} is a copy: the gateway {other} is at work with the same one elsewhere, and the two would give each other up for ever',
    th: 'โฟลเดอร์ข้อมูล {value} เป็นสำเนา เกตเวย์ {other} ทำงานอยู่กับโฟลเดอร์เดียวกันที่อื่น ทั้งสองจะแย่งกันไม่รู้จบ',
    remedy: {
      en: 'Delete the file "place" in this copy: then it is a folder of its own. Attachments in it that no shared store has stay with the other one.',
      th: 'ลบไฟล์ "place" ในสำเนานี้ แล้วจะเป็นโฟลเดอร์ของเกตเวย์นี้เอง',
    },
  },
  'gateway.differ': {
    status: 500,
    permanent: false,
    en: 'the gateways do not have the same of the office {value}: without a profile for it: {without}; with another one than the others: {others}',
    th: 'เกตเวย์มีโปรไฟล์ของสำนักงาน {value} ไม่เหมือนกัน ที่ไม่มี: {without} ที่ต่างจากตัวอื่น: {others}',
    remedy: {
      en: 'Give all of them the same profiles and order: saraban profile reload',
      th: 'ใช้โปรไฟล์ชุดเดียวกันทุกเกตเวย์ แล้วสั่ง saraban profile reload',
    },
  },
  'settings.journal.unusable': {
    status: 500,
    permanent: false,
    en: 'the journal {value} cannot be used: {reason}',
    th: 'ใช้บันทึก {value} ไม่ได้: {reason}',
    remedy: {
      en: 'Look at the server, the address, the user and the password; docs/settings.md says what the server has to promise.',
      th: 'ตรวจเซิร์ฟเวอร์ ที่อยู่ ชื่อผู้ใช้ และรหัสผ่าน ดูสิ่งที่เซิร์ฟเวอร์ต้องรับประกันใน docs/settings.md',
    },
  },
  'settings.journal.in-use': {
    status: 500,
    permanent: false,
    en: 'another gateway ({other}) is at work on the journal {value}, and they do not share their attachments',
    th: 'มีเกตเวย์อื่น ({other}) ทำงานอยู่กับบันทึก {value} โดยไม่ได้ใช้ที่เก็บไฟล์แนบร่วมกัน',
    remedy: {
      en: 'Give all of them the same `attachments` in the settings, or stop the other one.',
      th: 'ตั้งค่า `attachments` ให้เหมือนกันทุกตัว หรือหยุดตัวอื่น',
    },
  },
  'settings.role.alone': {
    status: 500,
    permanent: true,
    en: 'the role {value} is for one of several gateways, and the journal {journal} is for one',
    th: 'บทบาท {value} ใช้เมื่อมีเกตเวย์หลายตัว แต่บันทึก {journal} ใช้ได้ตัวเดียว',
    remedy: {
      en: 'Start it without --role, or name a journal on PostgreSQL in the settings.',
      th: 'เริ่มโดยไม่ใส่ --role หรือตั้งค่าบันทึกบน PostgreSQL',
    },
  },
  'settings.key.none': {
    status: 500,
    permanent: true,
    en: 'there is no key for office {value}, for which this gateway has to seal',
    th: 'ไม่มีกุญแจของหน่วยงาน {value} ที่เกตเวย์ต้องลงนามแทน',
    remedy: {
      en: 'Put the key at {key}, and its certificate into {certificates}.',
      th: 'วางกุญแจที่ {key} และใบรับรองใน {certificates}',
    },
  },
  'settings.office.twice': {
    status: 500,
    permanent: true,
    en: 'the profiles {profiles} are all for office {value}',
    th: 'โพรไฟล์ {profiles} เป็นของหน่วยงาน {value} เดียวกัน',
    remedy: {
      en: 'Keep one profile for each office.',
      th: 'ให้มีหนึ่งโพรไฟล์ต่อหน่วยงาน',
    },
  },
} as const satisfies Record<string, ProblemDefinition>
