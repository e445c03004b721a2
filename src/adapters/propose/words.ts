// Which canonical field a column is, by the words of its name: those that systems in Thai offices were seen to use.
import { searchKey } from '../../letter/search.ts'

type Words = Readonly<Record<string, readonly string[]>>

/** Words of letters. The first of a field is the likeliest. */
export const letterWords: Words = {
  number: words(
    'ที่หนังสือ เลขที่หนังสือ ที่ เลขที่ เลขหนังสือ รหัสหนังสือ docno number bookno letterno no sendno nofull thi book refno.',
  ),
  date: words('ลงวันที่ วันที่ วันที่หนังสือ วดป ลว ลงวัน docdate date bookdate letterdate dated longwanthi day dmy'),
  subject: words('เรื่อง ชื่อเรื่อง เรื่อง1 หัวเรื่อง หัวข้อ subject title subj about sendtitle rueang topic'),
  urgency: words(
    'ความเร็ว ชั้นความเร็ว ความเร่งด่วน ด่วน เร่งด่วน รหัสความเร็ว ชั้นเร็ว เร็ว ชั้น speed speedcode priority pri urgency sendfast fast chanreo',
  ),
  secrecy: words('ความลับ ชั้นความลับ ลับ รหัสชั้นความลับ ชั้นลับ secret secretcode secrecy open'),
  kind: words('ชนิดหนังสือ ประเภทหนังสือ ชนิด ประเภท doctype kind type'),
  circular: words('เวียน หนังสือเวียน circular iscircular wian'),
  from: words(
    'จาก จากหน่วยงาน หน่วยงานผู้ส่ง ผู้ส่ง ต้นทาง จากหน่วย ส่วนราชการเจ้าของหนังสือ fromdept orgfrom fromorg from fromname sender sendfrom sentfrom org chak',
  ),
  to: words(
    'ถึง ถึงหน่วยงาน หน่วยงานผู้รับ ผู้รับ ปลายทาง ถึงหน่วย เรียน ส่วนราชการ todept orgto toorg to tocode receiver recipients sendto dest thueng',
  ),
  'person.given': words('ชื่อผู้ลงนาม ผู้ลงนาม ชื่อลงนาม signname signername signer signergiven chue'),
  'person.family': words('สกุลผู้ลงนาม นามสกุลผู้ลงนาม นามสกุล สกุล signsurname signerfamily sakun'),
  'person.title': words('ตำแหน่งผู้ลงนาม ตำแหน่ง signtitle signertitle signerposition tamnaeng'),
  'references.number': words('อ้างถึง อ้างถึงที่ อ้างถึงเลขที่ refer refno referno'),
  'references.date': words('อ้างถึงวันที่ อ้างถึงลงวันที่ อ้างวันที่ refdate'),
  'references.subject': words('อ้างถึงเรื่อง เรื่องที่อ้างถึง อ้างเรื่อง refsubject reftitle'),
  enclosureNote: words('สิ่งที่ส่งมาด้วย สิ่งที่ส่ง enclose enclosure enclosures enclosurenote singthisong'),
  sentAt: words('ส่งเมื่อ เวลาส่ง วันเวลาส่ง วันที่ส่ง sentat sent keyin sendtime songmuea'),
  description: words('หมายเหตุ บันทึก รายละเอียด remark remarks note description'),
  attachments: words(
    'ไฟล์ แฟ้ม ไฟล์หนังสือ ไฟล์แนบ เอกสารแนบ เอกสาร สแกน ชื่อไฟล์ แฟ้มหนังสือ แฟ้มแนบ หนังสือ แนบ รูปสแกน file files filename scan mainfile attachment attachments otherfiles pdf',
  ),
}

/** Words of notices. */
export const noticeWords: Words = {
  kind: words('รายการ สถานะ ผล รหัส รหัสผล ประเภท การดำเนินการ status result kind event type act resultcode'),
  messageId: words('messageid msgid'),
  number: letterWords['number'] ?? [],
  date: letterWords['date'] ?? [],
  subject: letterWords['subject'] ?? [],
  office: words('หน่วยงาน หน่วย ต้นเรื่อง จาก ของ ถึง dept org office unit counterpart partycode party'),
  receiveNumber: words(
    'เลขรับ เลขที่รับ เลขทะเบียนรับ ทะเบียนรับ ที่รับ recvno receiveno acceptno regno registerno receivenumber',
  ),
  at: words('วันเวลา วันเวลารับ รับเมื่อ เวลา เวลารับ วันที่รับ at receiveat time registeredat when'),
  reason: words('เหตุผล เหตุ หมายเหตุ ข้อความ reason why detail note remark resultwhy'),
}

function words(line: string): readonly string[] {
  return line.split(' ').map(keyOf)
}

/** A name without what people write differently. */
export function keyOf(name: string): string {
  return searchKey(name).replace(/[^\p{L}\p{M}\p{N}]/gu, '')
}

/**
 * How well a column's name says a field: 0 not at all, 1 a word within it, 2 its last step or the name without a number
 * behind it, 3 the very word, and a little more for the likelier of two words.
 */
export function likeness(name: string, fieldWords: readonly string[]): number {
  const whole = keyOf(name)
  const steps = name
    .split(/[/.@:]/)
    .map(keyOf)
    .filter((step) => step !== '')
  const last = steps.at(-1) ?? ''
  const bare = last.replace(/\d+$/, '')
  let best = 0
  for (const [index, word] of fieldWords.entries()) {
    const nearer = (fieldWords.length - index) / (fieldWords.length * 4)
    if (whole === word || steps.slice(-2).join('') === word) best = Math.max(best, 3 + nearer)
    else if (last === word || bare === word) best = Math.max(best, 2 + nearer)
    else if (steps.includes(word)) best = Math.max(best, 1.5 + nearer)
    else if (word.length > 3 && whole.includes(word)) best = Math.max(best, 1 + nearer / 2)
  }
  return best
}

/** Whether a name is the very word of a field of a letter or a notice. */
export const isWord = (name: string): boolean =>
  [...Object.values(letterWords), ...Object.values(noticeWords)].some((each) => each.includes(keyOf(name)))

/** Whether a name says any field of a letter or a notice: for finding the row that is the header. */
export const saysSomething = (name: string): boolean =>
  name.length <= 60 &&
  [...Object.values(letterWords), ...Object.values(noticeWords)].some((each) => likeness(name, each) >= 2)
