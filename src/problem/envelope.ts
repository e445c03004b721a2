// What can be wrong with an envelope from outside (design §5.1). Malformed documents answer 400, all others 422.
import type { ProblemDefinition } from './definition.ts'

const entry =
  (status: number) =>
  (en: string, th: string, remedyEn: string, remedyTh: string): ProblemDefinition => ({
    status,
    permanent: true,
    en,
    th,
    remedy: { en: remedyEn, th: remedyTh },
  })
const malformed = entry(400)
const refused = entry(422)

const askEn = 'Ask the sender to seal the envelope again'
const askTh = 'ขอให้ผู้ส่งผนึกซองใหม่'
const registerEn =
  'Ask the administrator which certificates are registered for this office in the trust folder'
const registerTh = 'สอบถามผู้ดูแลระบบว่าใบรับรองใดของหน่วยงานนี้ลงทะเบียนไว้ในโฟลเดอร์ความน่าเชื่อถือ'

const documentProblems = {
  'envelope.document.empty': malformed(
    'the envelope is empty',
    'ซองว่างเปล่า',
    'Send the whole document',
    'ส่งเอกสารทั้งฉบับ',
  ),
  'envelope.document.too-large': malformed(
    'the envelope has {size} bytes; at most {limit} are read',
    'ซองมีขนาด {size} ไบต์ เกินกว่า {limit} ไบต์ที่รับได้',
    'Send attachments beside the envelope, not inside it',
    'ส่งสิ่งที่ส่งมาด้วยไว้ข้างซอง ไม่ใช่ในซอง',
  ),
  'envelope.bom.present': malformed(
    'the envelope starts with a byte order mark',
    'ซองขึ้นต้นด้วยเครื่องหมายลำดับไบต์ (BOM)',
    'Write UTF-8 without a byte order mark',
    'เขียนเป็น UTF-8 ที่ไม่มี BOM',
  ),
  'envelope.utf8.invalid': malformed(
    'the envelope is not valid UTF-8',
    'ซองไม่ใช่ UTF-8 ที่ถูกต้อง',
    'Write the envelope in UTF-8',
    'เขียนซองเป็น UTF-8',
  ),
  'envelope.encoding.other': malformed(
    'the XML declaration names the encoding {value}; UTF-8 is expected',
    'การประกาศ XML ระบุรหัสอักขระ {value} แต่ต้องเป็น UTF-8',
    'Write the envelope in UTF-8 and say so',
    'เขียนซองเป็น UTF-8 และประกาศตามนั้น',
  ),
  'envelope.xml.malformed': malformed(
    'the XML is not well-formed: found {value}, expected {expected}',
    'XML ไม่ถูกรูปแบบ พบ {value} แต่ควรเป็น {expected}',
    'Write the envelope with an XML library',
    'เขียนซองด้วยไลบรารี XML',
  ),
  'envelope.doctype.present': malformed(
    'the envelope has a DOCTYPE',
    'ซองมี DOCTYPE',
    'Leave the DOCTYPE out',
    'ตัด DOCTYPE ออก',
  ),
  'envelope.comment.present': malformed(
    'the envelope has a comment',
    'ซองมีข้อความหมายเหตุ (comment) ของ XML',
    'Leave comments out',
    'ตัด comment ออก',
  ),
  'envelope.cdata.present': malformed(
    'the envelope has a CDATA section',
    'ซองมีส่วน CDATA',
    'Write text with “&amp;”, “&lt;” and “&gt;”',
    'เขียนข้อความโดยใช้ “&amp;” “&lt;” และ “&gt;”',
  ),
  'envelope.instruction.present': malformed(
    'the envelope has a processing instruction',
    'ซองมีคำสั่งประมวลผล (processing instruction)',
    'Leave processing instructions out',
    'ตัดคำสั่งประมวลผลออก',
  ),
  'envelope.character.forbidden': malformed(
    'the character {value} cannot stand in XML',
    'อักขระ {value} ใช้ใน XML ไม่ได้',
    'Remove control characters before sealing',
    'ลบอักขระควบคุมก่อนผนึกซอง',
  ),
  'envelope.entity.unknown': malformed(
    'the reference {value} is none of those that XML itself has',
    'การอ้างอิง {value} ไม่ใช่ของ XML เอง',
    'Write the character itself',
    'เขียนอักขระนั้นโดยตรง',
  ),
  'envelope.attribute.twice': malformed(
    'the attribute {value} stands twice on one element',
    'แอตทริบิวต์ {value} ซ้ำในอีลิเมนต์เดียวกัน',
    'Write each attribute once',
    'เขียนแต่ละแอตทริบิวต์เพียงครั้งเดียว',
  ),
  'envelope.namespace.undeclared': malformed(
    'the prefix {value} is not declared',
    'คำนำหน้า {value} ไม่ได้ประกาศไว้',
    'Declare the prefix with xmlns',
    'ประกาศคำนำหน้าด้วย xmlns',
  ),
  'envelope.namespace.reserved': malformed(
    'the declaration {value} uses a name that XML reserves',
    'การประกาศ {value} ใช้ชื่อที่ XML สงวนไว้',
    'Use another prefix',
    'ใช้คำนำหน้าอื่น',
  ),
  'envelope.namespace.malformed': malformed(
    'the namespace {value} is not an absolute name of at most {limit} characters',
    'เนมสเปซ {value} ไม่ใช่ชื่อสัมบูรณ์ที่ยาวไม่เกิน {limit} อักขระ',
    'Use the namespaces of the envelope',
    'ใช้เนมสเปซของซอง',
  ),
  'envelope.namespaces.too-many': malformed(
    'more than {limit} namespace declarations are in force at one place',
    'มีการประกาศเนมสเปซพร้อมกันเกิน {limit} รายการ',
    'Declare each namespace once, where it is needed',
    'ประกาศเนมสเปซเพียงครั้งเดียวในที่ที่ใช้',
  ),
  'envelope.name.too-long': malformed(
    'a name is longer than {limit} characters',
    'ชื่อยาวเกิน {limit} อักขระ',
    'Use the names of the envelope',
    'ใช้ชื่อตามสคีมาของซอง',
  ),
  'envelope.depth.too-deep': malformed(
    'elements are nested deeper than {limit}',
    'อีลิเมนต์ซ้อนกันลึกเกิน {limit} ชั้น',
    'Write the envelope as its schema says',
    'เขียนซองตามสคีมา',
  ),
  'envelope.elements.too-many': malformed(
    'there are more than {limit} elements',
    'มีอีลิเมนต์เกิน {limit}',
    'Split what is sent into several letters',
    'แบ่งส่งเป็นหลายฉบับ',
  ),
  'envelope.attributes.too-many': malformed(
    'an element has more than {limit} attributes',
    'อีลิเมนต์หนึ่งมีแอตทริบิวต์เกิน {limit}',
    'Write the envelope as its schema says',
    'เขียนซองตามสคีมา',
  ),
  'envelope.value.too-long': malformed(
    'a value is longer than {limit} bytes',
    'ค่าหนึ่งยาวเกิน {limit} ไบต์',
    'Send long texts as attachments',
    'ส่งข้อความยาวเป็นสิ่งที่ส่งมาด้วย',
  ),
} as const satisfies Record<string, ProblemDefinition>

const signatureProblems = {
  'envelope.root.unknown': refused(
    'the root element is {value}; {expected} is expected',
    'อีลิเมนต์รากคือ {value} แต่ต้องเป็น {expected}',
    'Send an envelope of version 1.0',
    'ส่งซองรุ่น 1.0',
  ),
  'envelope.namespace.unknown': refused(
    'the element {path} is in the namespace {value}, which an envelope does not have',
    'อีลิเมนต์ {path} อยู่ในเนมสเปซ {value} ซึ่งซองไม่มี',
    'Put further fields into env:Extension',
    'ใส่ข้อมูลเพิ่มเติมไว้ใน env:Extension',
  ),
  'envelope.attribute.prefixed': refused(
    'the attribute {value} of {path} has a prefix; none of an envelope has',
    'แอตทริบิวต์ {value} ของ {path} มีคำนำหน้า ซึ่งในซองไม่มี',
    'Leave xsi:, xml: and other prefixed attributes out',
    'ตัดแอตทริบิวต์ที่มีคำนำหน้า เช่น xsi: หรือ xml: ออก',
  ),
  'envelope.id.malformed': refused(
    'the Id {value} of {path} is no name',
    'Id {value} ของ {path} ไม่ใช่ชื่อที่ถูกต้อง',
    askEn,
    askTh,
  ),
  'envelope.id.twice': refused(
    'the Id {value} stands on two elements',
    'Id {value} ซ้ำกันสองอีลิเมนต์',
    askEn,
    askTh,
  ),
  'envelope.signature.missing': refused(
    'there is no signature',
    'ไม่มีลายมือชื่อดิจิทัล',
    'Seal the envelope before it is sent',
    'ผนึกซองก่อนส่ง',
  ),
  'envelope.signature.several': refused(
    'there are {count} signatures; one is expected',
    'มีลายมือชื่อดิจิทัล {count} ชุด ต้องมีชุดเดียว',
    'Seal the envelope once',
    'ผนึกซองเพียงครั้งเดียว',
  ),
  'envelope.signature.misplaced': refused(
    'the signature is not the last child of the root',
    'ลายมือชื่อดิจิทัลไม่ได้อยู่เป็นลำดับสุดท้ายใต้อีลิเมนต์ราก',
    'Put ds:Signature last',
    'วาง ds:Signature ไว้ท้ายสุด',
  ),
  'envelope.signature.unexpected': refused(
    'in {path} stands {value}; expected: {expected}',
    'ใน {path} พบ {value} แต่ควรเป็น {expected}',
    'Sign by the profile in docs/envelope.md',
    'ลงลายมือชื่อตามข้อกำหนดใน docs/envelope.md',
  ),
  'envelope.signature.target-wrong': refused(
    'the properties speak of the signature {value}, not {expected}',
    'คุณสมบัติอ้างถึงลายมือชื่อ {value} ไม่ใช่ {expected}',
    askEn,
    askTh,
  ),
  'envelope.reference.missing': refused(
    'the signature has no reference {expected}',
    'ลายมือชื่อไม่มีการอ้างอิง {expected}',
    'Sign the whole document and the signed properties',
    'ลงลายมือชื่อทั้งเอกสารและคุณสมบัติที่ลงนาม',
  ),
  'envelope.reference.several': refused(
    'the signature has {count} references; two are expected',
    'ลายมือชื่อมีการอ้างอิง {count} รายการ ต้องมีสองรายการ',
    'Sign the whole document and the signed properties only',
    'ลงลายมือชื่อเฉพาะทั้งเอกสารและคุณสมบัติที่ลงนาม',
  ),
  'envelope.reference.foreign': refused(
    'a reference speaks of {value}; expected: {expected}',
    'การอ้างอิงชี้ไปที่ {value} แต่ควรเป็น {expected}',
    'Sign the whole document and the signed properties only',
    'ลงลายมือชื่อเฉพาะทั้งเอกสารและคุณสมบัติที่ลงนาม',
  ),
  'envelope.transform.refused': refused(
    'the transform {value} is not accepted here; expected: {expected}',
    'ไม่รับการแปลง {value} ในตำแหน่งนี้ ควรเป็น {expected}',
    'Use enveloped-signature and one canonicalisation',
    'ใช้ enveloped-signature และการทำรูปมาตรฐานหนึ่งแบบ',
  ),
  'envelope.prefix-list.present': refused(
    'the canonicalisation in {path} has a list of prefixes',
    'การทำรูปมาตรฐานใน {path} มีรายการคำนำหน้า',
    'Use exclusive canonicalisation without a PrefixList',
    'ใช้การทำรูปมาตรฐานแบบ exclusive ที่ไม่มี PrefixList',
  ),
  'envelope.canonicalisation.refused': refused(
    'the canonicalisation {value} is not on the list',
    'ไม่รับการทำรูปมาตรฐาน {value}',
    'Use exclusive C14N 1.0',
    'ใช้ exclusive C14N 1.0',
  ),
  'envelope.signature-algorithm.refused': refused(
    'the signature algorithm {value} is not on the list',
    'ไม่รับขั้นตอนวิธีลงลายมือชื่อ {value}',
    'Use RSA with SHA-256',
    'ใช้ RSA กับ SHA-256',
  ),
  'envelope.digest-algorithm.refused': refused(
    'the digest algorithm {value} is not on the list',
    'ไม่รับขั้นตอนวิธีย่อข้อความ {value}',
    'Use SHA-256',
    'ใช้ SHA-256',
  ),
  'envelope.algorithm.missing': refused('{path} names no algorithm', '{path} ไม่ระบุขั้นตอนวิธี', askEn, askTh),
  'envelope.base64.malformed': refused(
    '{path} is not base64: {value}',
    '{path} ไม่ใช่ base64: {value}',
    askEn,
    askTh,
  ),
  'envelope.canonical.needed': refused(
    'the document is not written in its canonical form, which was asked for',
    'เอกสารไม่ได้เขียนในรูปมาตรฐานตามที่กำหนดให้ตรวจ',
    'Verify without demanding one way',
    'ตรวจสอบโดยไม่กำหนดวิธี',
  ),
  'envelope.canonical.failed': refused(
    'no canonical form could be made: {value}',
    'ทำรูปมาตรฐานของเอกสารไม่ได้: {value}',
    askEn,
    askTh,
  ),
  'envelope.digest.wrong': refused(
    'the document was changed after it was sealed: its digest is {value}, not {expected}',
    'เอกสารถูกแก้ไขหลังผนึก ค่าย่อเป็น {value} ไม่ใช่ {expected}',
    askEn,
    askTh,
  ),
  'envelope.properties-digest.wrong': refused(
    'the signed properties were changed after sealing: their digest is {value}, not {expected}',
    'คุณสมบัติที่ลงนามถูกแก้ไขหลังผนึก ค่าย่อเป็น {value} ไม่ใช่ {expected}',
    askEn,
    askTh,
  ),
  'envelope.digest.other': refused(
    'the digest is {value}; {expected} is expected',
    'ค่าย่อเป็น {value} แต่ควรเป็น {expected}',
    'Take the envelope from a backup of the journal',
    'นำซองจากสำเนาสำรองของสมุดบันทึก',
  ),
} as const satisfies Record<string, ProblemDefinition>

const signerProblems = {
  'envelope.from.unclear': refused(
    'there is not exactly one office in From',
    'ใน From ไม่ได้มีหน่วยงานเดียว',
    askEn,
    askTh,
  ),
  'envelope.signer.unknown': refused(
    'no certificate is registered for the office {value}',
    'ไม่มีใบรับรองลงทะเบียนไว้สำหรับหน่วยงาน {value}',
    registerEn,
    registerTh,
  ),
  'envelope.signer.unregistered': refused(
    'the certificate that signed is none of the {certificates} registered for the office {value}',
    'ใบรับรองที่ลงลายมือชื่อไม่ใช่ใบใดใน {certificates} ใบที่ลงทะเบียนไว้ของหน่วยงาน {value}',
    registerEn,
    registerTh,
  ),
  'envelope.signer.algorithm-other': refused(
    'the signature says {value}; the registered key is {expected}',
    'ลายมือชื่อระบุ {value} แต่กุญแจที่ลงทะเบียนเป็น {expected}',
    askEn,
    askTh,
  ),
  'envelope.signature.wrong': refused(
    'the signature was not made with the registered key of the office {value}',
    'ลายมือชื่อไม่ได้ทำด้วยกุญแจที่ลงทะเบียนไว้ของหน่วยงาน {value}',
    registerEn,
    registerTh,
  ),
  'envelope.signing-time.malformed': refused(
    'the signing time {value} is no instant with a zone',
    'เวลาลงนาม {value} ไม่ใช่เวลาที่มีเขตเวลา',
    askEn,
    askTh,
  ),
  'envelope.signing-time.ahead': refused(
    'the signing time {value} is more than 5 minutes ahead',
    'เวลาลงนาม {value} ล่วงหน้าเกิน 5 นาที',
    'Set the clocks of both machines by NTP',
    'ตั้งนาฬิกาของทั้งสองเครื่องด้วย NTP',
  ),
  'envelope.authority.unfit': refused(
    'the certificate {value} in authority.pem is not that of an authority',
    'ใบรับรอง {value} ใน authority.pem ไม่ใช่ของผู้ออกใบรับรอง',
    'Put the certificate of the authority into the trust folder',
    'วางใบรับรองของผู้ออกใบรับรองในโฟลเดอร์ความน่าเชื่อถือ',
  ),
  'envelope.authority.not-yet-valid': refused(
    'the certificate of the authority is valid only from {value} ({when})',
    'ใบรับรองของผู้ออกใบรับรองใช้ได้ตั้งแต่ {value} เท่านั้น ({when})',
    'Check the clocks, or put the certificate of an authority that is valid into the trust folder',
    'ตรวจนาฬิกา หรือวางใบรับรองของผู้ออกใบรับรองที่ยังใช้ได้ในโฟลเดอร์ความน่าเชื่อถือ',
  ),
  'envelope.authority.expired': refused(
    'the certificate of the authority was valid only to {value} ({when})',
    'ใบรับรองของผู้ออกใบรับรองหมดอายุเมื่อ {value} ({when})',
    'Put the new certificate of the authority into the trust folder; auditors judge with --at at the time of receipt',
    'วางใบรับรองใหม่ของผู้ออกใบรับรองในโฟลเดอร์ความน่าเชื่อถือ ผู้ตรวจสอบใช้ --at ระบุเวลาที่ได้รับ',
  ),
  'envelope.certificate.foreign': refused(
    'the certificate was issued by {value}, not by the authority {expected}',
    'ใบรับรองออกโดย {value} ไม่ใช่โดย {expected}',
    registerEn,
    registerTh,
  ),
  'envelope.certificate.weak': refused(
    'the certificate is signed with an algorithm weaker than SHA-256 (OID {value})',
    'ใบรับรองลงนามด้วยขั้นตอนวิธีที่อ่อนกว่า SHA-256 (OID {value})',
    'Have the certificate issued again',
    'ขอออกใบรับรองใหม่',
  ),
  'envelope.certificate.authority': refused(
    'the certificate {value} is that of an authority, not of an office',
    'ใบรับรอง {value} เป็นของผู้ออกใบรับรอง ไม่ใช่ของหน่วยงาน',
    registerEn,
    registerTh,
  ),
  'envelope.certificate.usage': refused(
    'the certificate {value} may not be used for signatures',
    'ใบรับรอง {value} ใช้ลงลายมือชื่อไม่ได้',
    'Have a certificate issued for digitalSignature or nonRepudiation',
    'ขอออกใบรับรองสำหรับ digitalSignature หรือ nonRepudiation',
  ),
  'envelope.certificate.extension-unknown': refused(
    'the certificate has a critical extension that is not known (OID {value})',
    'ใบรับรองมีส่วนขยายสำคัญที่ไม่รู้จัก (OID {value})',
    'Have a certificate issued without it',
    'ขอออกใบรับรองที่ไม่มีส่วนขยายนี้',
  ),
  'envelope.certificate.key-unfit': refused(
    'the key of the certificate ({value}) is not accepted: RSA of 2048 to 4096 bits with e = 65537, P-256 or P-384 is',
    'กุญแจของใบรับรอง ({value}) ไม่เป็นที่ยอมรับ ต้องเป็น RSA 2048 ถึง 4096 บิต e = 65537 หรือ P-256 หรือ P-384',
    'Have a certificate issued for such a key',
    'ขอออกใบรับรองสำหรับกุญแจชนิดที่รับได้',
  ),
  'envelope.certificate.malformed': refused(
    'the certificate {value} cannot be read',
    'อ่านใบรับรอง {value} ไม่ได้',
    'Have the certificate issued again',
    'ขอออกใบรับรองใหม่',
  ),
  'envelope.certificate.not-yet-valid': refused(
    'the certificate is valid only from {value} ({when})',
    'ใบรับรองใช้ได้ตั้งแต่ {value} เท่านั้น ({when})',
    'Check the clocks, or seal with a certificate that is valid',
    'ตรวจนาฬิกา หรือผนึกด้วยใบรับรองที่ยังใช้ได้',
  ),
  'envelope.certificate.expired': refused(
    'the certificate was valid only to {value} ({when})',
    'ใบรับรองหมดอายุเมื่อ {value} ({when})',
    'Register a new certificate; auditors judge with --at at the time of receipt',
    'ลงทะเบียนใบรับรองใหม่ ผู้ตรวจสอบใช้ --at ระบุเวลาที่ได้รับ',
  ),
} as const satisfies Record<string, ProblemDefinition>

const contentProblems = {
  'envelope.schema.child-missing': refused(
    '{expected} is missing at {path}; found: {value}',
    'ขาด {expected} ที่ {path} พบ {value}',
    'Write the envelope as schemas/envelope/1.0 says',
    'เขียนซองตาม schemas/envelope/1.0',
  ),
  'envelope.schema.child-unexpected': refused(
    'the element {value} cannot stand in {path}; expected: {expected}',
    'อีลิเมนต์ {value} อยู่ใน {path} ไม่ได้ ควรเป็น {expected}',
    'Write the envelope as schemas/envelope/1.0 says',
    'เขียนซองตาม schemas/envelope/1.0',
  ),
  'envelope.schema.text-unexpected': refused(
    'the text {value} stands between the elements of {path}',
    'มีข้อความ {value} อยู่ระหว่างอีลิเมนต์ของ {path}',
    'Write the envelope as schemas/envelope/1.0 says',
    'เขียนซองตาม schemas/envelope/1.0',
  ),
  'envelope.schema.value-wrong': refused(
    '{path} is {value}; expected: {expected}',
    '{path} มีค่า {value} แต่ควรเป็น {expected}',
    'Write the value as schemas/envelope/1.0 says',
    'เขียนค่าตาม schemas/envelope/1.0',
  ),
  'envelope.schema.attribute-missing': refused(
    'the attribute {path} is missing',
    'ขาดแอตทริบิวต์ {path}',
    'Write the envelope as schemas/envelope/1.0 says',
    'เขียนซองตาม schemas/envelope/1.0',
  ),
  'envelope.schema.attribute-unexpected': refused(
    'the attribute {path} is not known',
    'ไม่รู้จักแอตทริบิวต์ {path}',
    'Write the envelope as schemas/envelope/1.0 says',
    'เขียนซองตาม schemas/envelope/1.0',
  ),
  'envelope.content.contradiction': refused(
    'the content is {value}, and {path} does not fit it',
    'เนื้อหาเป็น {value} ซึ่งไม่เข้ากับ {path}',
    'Write Kind and Circular for letters, RelatesTo for notices',
    'ใส่ Kind และ Circular สำหรับหนังสือ และ RelatesTo สำหรับใบแจ้ง',
  ),
  'envelope.content.disagreement': refused(
    '{path} is {value}, and the envelope says {expected} elsewhere',
    '{path} เป็น {value} แต่ในซองระบุ {expected} ไว้ที่อื่น',
    askEn,
    askTh,
  ),
  'envelope.notice.several': refused(
    'the notice is addressed to more than one office',
    'ใบแจ้งส่งถึงมากกว่าหนึ่งหน่วยงาน',
    'Send one notice to each office',
    'ส่งใบแจ้งหนึ่งใบต่อหนึ่งหน่วยงาน',
  ),
} as const satisfies Record<string, ProblemDefinition>

export const envelopeProblems = {
  ...documentProblems,
  ...signatureProblems,
  ...signerProblems,
  ...contentProblems,
} as const satisfies Record<string, ProblemDefinition>
