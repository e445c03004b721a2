// The letters that the adapters' bench passes through every format: as an office sends them, each with a scan and an
// enclosure, some with a reference, urgent or to two offices. The same ones in every run.
import { createHash } from 'node:crypto'
import { mediaTypeOf } from '../../src/letter/attachments.ts'
import { checkLetter, type LetterDraft } from '../../src/letter/check.ts'
import { urgencies } from '../../src/letter/codes.ts'
import { readCanonicalDate } from '../../src/letter/dates.ts'
import type { Attachment, Letter } from '../../src/letter/letter.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import { moi, officeById, officeId } from '../../src/letter/offices.ts'
import { describe, type Result } from '../../src/problem/problem.ts'

/** The fields that a format may have no place for: its letters are without. */
export type Optional =
  | 'references'
  | 'reference dates'
  | 'reference subjects'
  | 'person'
  | 'job title'
  | 'urgency'
  | 'second recipient'
  | 'enclosureNote'
  | 'sentAt'
  | 'description'

export interface Post {
  readonly letters: readonly Letter[]
  /** The bytes of the attachments, by SHA-256. */
  readonly contents: ReadonlyMap<string, Buffer>
}

/** The value of a result that must be good. */
export function must<Value>(result: Result<Value>): Value {
  if (result.ok) return result.value
  throw new Error(result.problems.map((found) => describe(found)).join('\n'))
}

/** `count` letters of an office to the ministry. A scan has 64 KB, an enclosure 16 KB. */
export function postOf(office: string, count: number, without: readonly Optional[]): Post {
  const contents = new Map<string, Buffer>()
  const letters = Array.from({ length: count }, (_, index) => {
    const attachments = attachmentsOf(index)
    for (const { attachment, bytes } of attachments) contents.set(attachment.sha256, bytes)
    return must(
      checkLetter(
        draftOf(office, index, without),
        attachments.map(({ attachment }) => attachment),
      ),
    )
  })
  return { letters, contents }
}

const subjects = [
  'ขอเชิญประชุมคณะกรรมการบริหารงานจังหวัดแบบบูรณาการ (ก.บ.จ.) ครั้งที่ 3/2551',
  'รายงานผลการดำเนินงานตามแผนปฏิบัติราชการประจำปีงบประมาณ พ.ศ. 2551 ไตรมาสที่ 2',
  'การเชื่อมโยงระบบสารบรรณอิเล็กทรอนิกส์ไปยังกลุ่มจังหวัดและส่วนราชการในพื้นที่',
  'ขอความอนุเคราะห์ตอบแบบสอบถามการใช้ระบบสารบรรณอิเล็กทรอนิกส์ "ฉบับที่ 2"',
  'การเตรียมการป้องกันและแก้ไขปัญหาภัยแล้ง ปี 2551',
]

function draftOf(office: string, index: number, without: readonly Optional[]): LetterDraft {
  const has = (field: Optional): boolean => !without.includes(field)
  const own = must(officeId(office))
  const day = new Date(Date.UTC(2008, 1, 1 + index)).toISOString().slice(0, 10)
  const signer = {
    givenName: 'สมชาย',
    familyName: 'ใจดี',
    jobTitle: has('job title') ? 'รองผู้ว่าราชการจังหวัด' : '',
  }
  const other = must(officeId(office === '12' ? '11' : '12'))
  return {
    number: must(readLetterNumber(`${officeById(own).letters} 0017.1/${492 + index}`)).number,
    date: must(readCanonicalDate(day)),
    subject: subjects[index % subjects.length],
    urgency: urgencies[has('urgency') && index % 7 === 0 ? 1 + (index % 3) : 0],
    from: { office: own, ...(has('person') && { person: signer }) },
    to: { offices: has('second recipient') && index % 5 === 4 ? [moi, other] : [moi] },
    references:
      has('references') && index % 2 === 0
        ? [
            {
              number: `มท 0210.3/ว ${3893 + index}`,
              subject: has('reference subjects') ? 'การใช้ระบบสารบรรณอิเล็กทรอนิกส์' : '',
              ...(has('reference dates') && { date: must(readCanonicalDate('2008-01-15')) }),
            },
          ]
        : [],
    enclosureNote: has('enclosureNote') ? 'แบบตอบรับการประชุม จำนวน 1 ชุด' : '',
    description: has('description') ? 'ภายในวันที่ 30 ของเดือน ทางโทรสารหรือทางไปรษณีย์อิเล็กทรอนิกส์' : '',
    ...(has('sentAt') && { sentAt: Date.UTC(2008, 1, 1 + index, 3, 15, 20) }),
  }
}

function attachmentsOf(index: number): { readonly attachment: Attachment; readonly bytes: Buffer }[] {
  const one = (name: string, role: Attachment['role'], size: number) => {
    const bytes = noise(size, `${name} ${index}`)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    return { attachment: { name, mediaType: must(mediaTypeOf('', name)), size, sha256, role }, bytes }
  }
  return [
    one(`หนังสือ ${492 + index}.pdf`, 'main', 65_536),
    one(`แบบตอบรับ ${492 + index}.docx`, 'enclosure', 16_384),
  ]
}

/** Bytes without a pattern, as compressed scans are. */
function noise(size: number, seed: string): Buffer {
  const pieces: Buffer[] = []
  for (let length = 0, count = 0; length < size; length += 32, count += 1)
    pieces.push(createHash('sha256').update(`${seed} ${count}`).digest())
  return Buffer.concat(pieces).subarray(0, size)
}
