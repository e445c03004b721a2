// The letters that the suite sends: always the same, so that what fails once fails again.
import { createHash } from 'node:crypto'
import { mediaTypeOf } from '../letter/attachments.ts'
import { checkLetter, type LetterDraft } from '../letter/check.ts'
import { kinds, secrecies, urgencies } from '../letter/codes.ts'
import { type LetterDate, readLetterDate } from '../letter/dates.ts'
import type { Attachment, Letter } from '../letter/letter.ts'
import { limits } from '../letter/limits.ts'
import { type LetterNumber, readLetterNumber } from '../letter/numbers.ts'
import { type OfficeId, officeById } from '../letter/offices.ts'
import { describe, type Result } from '../problem/problem.ts'

/** A letter with the bytes of its attachments, by digest. */
export interface Sample {
  readonly name: string
  readonly letter: Letter
  readonly contents: ReadonlyMap<string, Buffer>
}

/** Who writes to whom, and the running numbers of the letters: in one journal no two samples may be one letter. */
export interface Parties {
  readonly from: OfficeId
  readonly to: OfficeId
  readonly nextRunning: () => number
}

/** What is always so in here: a fault would be the suite's own. */
export function mustBe<Value>(result: Result<Value>): Value {
  if (result.ok) return result.value
  throw new Error(result.problems.map((found) => describe(found)).join('\n'))
}

const dateOf = (text: string): LetterDate => mustBe(readLetterDate(text, { form: 'ce:yyyy-MM-dd' }))

/** A number of the sender's own series; `series`: nothing, `ว` or `ล`. */
const numberOf = ({ from }: Parties, running: number, series = ''): LetterNumber =>
  mustBe(readLetterNumber(`${officeById(from).letters} 0017.1/${series}${running}`)).number

type Changes = Partial<LetterDraft> & { readonly files?: readonly SampleFile[]; readonly series?: string }

interface SampleFile {
  readonly name: string
  readonly role: Attachment['role']
  readonly bytes: Buffer
}

/** A scan that no other letter has: systems name scans by their letters, and folders need it. */
const scanOf = (running: number): SampleFile => ({
  name: `หนังสือ ${running}.pdf`,
  role: 'main',
  bytes: Buffer.from(`%PDF-1.4\n% ${running}\n%%EOF\n`),
})

/** A plain letter of the parties, with one scan; `changes` replace its fields. */
export function sampleLetter(parties: Parties, name: string, changes: Changes = {}): Sample {
  const running = parties.nextRunning()
  const { files = [scanOf(running)], series = '', ...fields } = changes
  const contents = new Map<string, Buffer>()
  const attachments = files.map(({ name: file, role, bytes }): Attachment => {
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    contents.set(sha256, bytes)
    return { name: file, role, mediaType: mustBe(mediaTypeOf(undefined, file)), size: bytes.length, sha256 }
  })
  const draft: LetterDraft = {
    number: numberOf(parties, running, series),
    date: dateOf('2026-11-23'),
    subject: 'ขอเชิญประชุมคณะกรมการจังหวัด',
    from: { office: parties.from },
    to: { offices: [parties.to] },
    ...fields,
  }
  return { name, letter: mustBe(checkLetter(draft, attachments)), contents }
}

/** One letter for each code and each field that a letter may have. */
export function everyCode(parties: Parties): readonly Sample[] {
  const person = { givenName: 'สมชาย', familyName: 'ใจดี', jobTitle: 'ผู้ว่าราชการจังหวัด' }
  const scan = scanOf(1)
  const png: SampleFile = { name: 'แผนที่.png', role: 'enclosure', bytes: Buffer.from('\x89PNG map', 'latin1') }
  const made = (name: string, changes: Changes) => sampleLetter(parties, name, changes)
  return [
    ...urgencies.map((urgency) => made(`urgency ${urgency}`, { urgency })),
    ...kinds.map((kind) => made(`kind ${kind}`, { kind })),
    ...secrecies.slice(1).map((secrecy) => made(`secrecy ${secrecy}`, { secrecy })),
    made('a circular', { circular: true, series: 'ว' }),
    made('a circular of the ordinary series', { circular: true }),
    made('leap day', { date: dateOf('2008-02-29') }),
    made('the last day of a year', { date: dateOf('2026-12-31') }),
    made('a date of long ago', { date: dateOf('1985-01-01') }),
    made('persons', { from: { office: parties.from, person }, to: { offices: [parties.to], person } }),
    made('one reference', {
      references: [{ number: 'มท 0210.3/ว3893', date: dateOf('2007-11-15'), subject: 'แจ้งแนวทาง' }],
    }),
    made('references', {
      references: [
        { number: 'มท 0210.3/ว3893', date: dateOf('2007-11-15'), subject: 'แจ้งแนวทาง' },
        { number: 'ชม 0017.1/492', subject: '' },
        { number: '', date: dateOf('2008-02-29'), subject: 'บันทึกการประชุม' },
      ],
    }),
    made('all texts', { enclosureNote: 'แผนที่ จำนวน 1 แผ่น', description: 'ส่งทางระบบสารบรรณอิเล็กทรอนิกส์' }),
    made('an instant', { sentAt: Date.UTC(2026, 10, 23, 17, 30, 5) }),
    made('no file', { files: [] }),
    made('enclosures and no main file', { files: [png] }),
    made('two files', { files: [scan, png] }),
    made('twenty files', {
      files: Array.from({ length: 20 }, (_, index) => ({
        name: index === 0 ? scan.name : `สิ่งที่ส่งมาด้วย ${index}.pdf`,
        role: index === 0 ? ('main' as const) : ('enclosure' as const),
        bytes: Buffer.from(`%PDF-1.4\n% ${index}\n%%EOF\n`),
      })),
    }),
  ]
}

/** Nothing that need not be there. */
export const emptiest = (parties: Parties): readonly Sample[] => [
  sampleLetter(parties, 'needed fields only', { subject: 'ก', files: [] }),
]

/** Every text as long as a letter may have it, one at a time and all at once. */
export function longest(parties: Parties): readonly Sample[] {
  // Of consonant, vowel and tone mark, so that a cut in the middle shows; no two places alike.
  const long = (length: number): string => {
    let text = ''
    for (let index = 0; text.length < length; index++) text += `${index} น้ำกำ่`
    return [...text]
      .slice(0, length - 1)
      .join('')
      .trimEnd()
      .padEnd(length, 'ก')
  }
  const subject = long(limits.subject)
  const description = long(limits.description)
  const enclosureNote = long(limits.enclosureNote)
  const references = Array.from({ length: 20 }, (_, index) => ({
    number: `มท 0210.3/ว${index + 1}`,
    date: dateOf('2007-11-15'),
    subject: `${index} ${long(200)}`,
  }))
  const jobTitle = long(limits.person)
  const person = { givenName: 'สม', familyName: 'ใจดี', jobTitle }
  return [
    sampleLetter(parties, 'subject of 151 characters', { subject: long(151) }),
    sampleLetter(parties, 'longest subject', { subject }),
    sampleLetter(parties, 'longest description', { description }),
    sampleLetter(parties, 'longest note of enclosures', { enclosureNote }),
    sampleLetter(parties, 'many references', { references }),
    sampleLetter(parties, 'longest job titles', {
      from: { office: parties.from, person },
      to: { offices: [parties.to], person },
    }),
    sampleLetter(parties, 'everything at its longest', { subject, description, enclosureNote, references }),
  ]
}

/** Texts that broke a system somewhere (domain §4, attacks X3, X5, X8, X12, T10). */
export const hostileTexts: readonly string[] = [
  `=cmd|' /C calc'!A0 ขอความอนุเคราะห์`,
  '@SUM(1+1)*ระบบ',
  '-ด่วน- ขอเชิญประชุม',
  '<script>alert("ก")</script> & ]]> <!-- --> &amp; &#3585;',
  `'; DROP TABLE หนังสือ; -- \\' OR 1=1`,
  'เรื่อง: ที่: ลงวันที่ 1 ม.ค. 2551',
  'หนึ่ง,สอง;สาม|สี่/ห้า\\หก "เจ็ด" \'แปด\'',
  'น้ำ ทํา เเต่ ผูุ้ว่าฯ นำ้ ฯลฯ ๆ กฺ',
  '๑๒๓ ๒๕๕๑ ๏ ๛ ฿ ฃ ฅ',
  '%00 %n $' + '{x} {{x}} $(x) `x` $& __proto__',
  'ราคา 5 € “ประมาณ” – 10 … • —',
  'ข้อความ\u200bมองไม่เห็น\u202eกลับทาง',
  '😀 ยิ้ม 𠮷',
  'บรรทัดหนึ่ง\r\nBcc: someone@example.org\r\n\r\nบรรทัดสอง',
  'แท็บ\tคั่น\tกลาง',
  'ด่วนที่สุด ที่ มท ๐๒๑๐.๓/ว๓๘๙๘',
]

export function hostile(parties: Parties): readonly Sample[] {
  const oneLine = (text: string): string => text.replace(/[\r\n\t]+/g, ' ')
  return hostileTexts.flatMap((text, index) => [
    sampleLetter(parties, `subject ${index + 1}`, { subject: text }),
    sampleLetter(parties, `texts ${index + 1}`, {
      description: text,
      enclosureNote: text,
      references: [{ number: 'มท 0210.3/1', subject: text }],
      from: {
        office: parties.from,
        person: { givenName: oneLine(text), familyName: 'ก', jobTitle: oneLine(text) },
      },
    }),
  ])
}
