// The dialects of “หนังสือเวียน XML”, releases 1 and 2, whose tags are Thai. ILLUSTRATIVE: which system a province runs was never
// published.
import { arabicDigits, thaiDigits } from '../../../letter/search.ts'
import type { Dialect } from './form.ts'
import { allAt, branch, escapeXml, leaf, textAt } from './tree.ts'

const windows874 = '<?xml version="1.0" encoding="windows-874"?>\r\n'

/** Release 1 as Nakhon Si Thammarat has it: short things as attributes, Thai digits for codes, references in a list. */
export const nakhonSiThammarat: Dialect = {
  charset: 'windows-874',
  declaration: windows874,
  begins: { letter: 'นส', notice: 'ผล' },
  references: true,
  letter: (entry) =>
    branch(
      'ทะเบียนหนังสือ',
      [
        branch(
          'หนังสือ',
          [
            leaf('ชนิด', 'หนังสือภายนอก'),
            leaf('เรื่อง', entry.subject),
            leaf('จาก', entry.from.th, { ตำแหน่ง: entry.from.jobTitle }),
            branch('ถึง', [leaf('หน่วยงาน', entry.to.th)]),
            branch('อ้างถึง', [
              leaf('ฉบับ', 'การเชื่อมโยงระบบสารบรรณ', { ที่: 'มท 0210.3/492', วันที่: '13/02/2551' }),
            ]),
            branch(
              'สิ่งที่ส่งมาด้วย',
              entry.files.map((name) => leaf('แฟ้ม', name)),
              { ข้อความ: `${entry.files.length} ฉบับ` },
            ),
          ],
          {
            เลขที่: entry.number,
            ลงวันที่: entry.day('d MMM yyyy'),
            ชั้นความเร็ว: thaiDigits(String(entry.urgency + 1)),
            ชั้นความลับ: '๑',
            เวียน: entry.circular ? 'ใช่' : 'ไม่',
          },
        ),
      ],
      { รุ่น: '1.3' },
    ),
  accept: ({ number, date, from }, receiveNumber, at) =>
    branch(
      'ผลหนังสือ',
      [
        leaf('เลขที่', number),
        leaf('ลงวันที่', date),
        leaf('หน่วยงาน', from),
        leaf('เลขรับ', receiveNumber),
        leaf(
          'วันเวลารับ',
          `${at.slice(8, 10)}/${at.slice(5, 7)}/${Number(at.slice(0, 4)) + 543} เวลา ${at.slice(11, 16)} น.`,
        ),
      ],
      { ผล: 'รับ' },
    ),
  read: (root) =>
    root.name === 'ผลหนังสือ'
      ? [
          {
            kind: 'notice',
            says: words.one[root.attributes['ผล'] ?? ''] ?? '',
            number: textAt(root, 'เลขที่'),
            date: textAt(root, 'ลงวันที่'),
            receiveNumber: textAt(root, 'เลขรับ'),
          },
        ]
      : allAt(root, 'หนังสือ').map((letter) => ({
          kind: 'letter',
          from: textAt(letter, 'จาก'),
          number: letter.attributes['เลขที่'] ?? '',
          date: letter.attributes['ลงวันที่'] ?? '',
          subject: textAt(letter, 'เรื่อง'),
          files: allAt(letter, 'สิ่งที่ส่งมาด้วย', 'แฟ้ม').map(({ text }) => text),
        })),
}

const words = {
  one: { ถึง: 'receive', รับ: 'accept', ไม่รับ: 'reject', ผิด: 'invalid', ท้วง: 'dispute', คืน: 'recall' },
  old: {
    ได้รับ: 'receive',
    ลงรับ: 'accept',
    ปฏิเสธ: 'reject',
    ผิดหน่วย: 'invalid',
    ทักท้วง: 'dispute',
    เรียกคืน: 'recall',
  },
  two: {
    '1': 'receive',
    '2': 'accept',
    '3': 'reject',
    '4': 'invalid',
    '5': 'dispute',
    '6': 'recall',
  },
} satisfies Record<string, Record<string, string>> as Record<'one' | 'old' | 'two', Record<string, string>>

/** Its own writer leaves `&` as it is typed. */
const asTyped = (text: string): string => escapeXml(text).replaceAll('&amp;', '&')

/** Release 1 with two old faults, as Phangnga has it: it declares UTF-8 and writes windows-874, and knows no `&amp;`. */
export const phangnga: Dialect = {
  charset: 'windows-874',
  declaration: '<?xml version="1.0" encoding="UTF-8"?>\r\n',
  begins: { letter: 'นส', notice: 'ผล' },
  letter: (entry) =>
    branch('หนังสือ', [
      leaf('เลขที่', entry.number),
      leaf('ลงวันที่', entry.day('th:d MMMM yyyy')),
      `<เรื่อง>${asTyped(entry.subject)}</เรื่อง>`,
      leaf('ความเร็ว', ['ปกติ', 'ด่วน', 'ด่วนมาก', 'ด่วนที่สุด'][entry.urgency] ?? ''),
      leaf('จาก', entry.from.th),
      leaf('ถึง', entry.to.th),
      ...entry.files.map((name) => leaf('แฟ้ม', name)),
      leaf('เลขทะเบียนส่ง', String(entry.running)),
    ]),
  accept: ({ number, date, from }, receiveNumber) =>
    branch('แจ้งผล', [
      leaf('ผล', 'ลงรับ'),
      leaf('เลขที่', number),
      leaf('ลงวันที่', date),
      leaf('หน่วยงาน', from),
      leaf('เลขรับ', thaiDigits(receiveNumber)),
    ]),
  read: (root) =>
    root.name === 'แจ้งผล'
      ? [
          {
            kind: 'notice',
            says: words.old[textAt(root, 'ผล')] ?? '',
            number: textAt(root, 'เลขที่'),
            date: textAt(root, 'ลงวันที่'),
            receiveNumber: arabicDigits(textAt(root, 'เลขรับ')),
          },
        ]
      : [
          {
            kind: 'letter',
            from: textAt(root, 'จาก'),
            number: textAt(root, 'เลขที่'),
            date: textAt(root, 'ลงวันที่'),
            subject: textAt(root, 'เรื่อง'),
            files: allAt(root, 'แฟ้ม').map(({ text }) => text),
          },
        ],
}

/** Release 2 as Phuket has it: an urgency for each recipient, and the highest counts; many letters in a document. */
export const phuket: Dialect = {
  charset: 'tis620',
  declaration: '<?xml version="1.0" encoding="TIS-620"?>\r\n',
  begins: { letter: 'w', notice: 'r' },
  references: true,
  letter: (entry) =>
    branch('เวียน', [
      branch('รายการ', [
        branch('หนังสือ', [
          leaf('เลขที่', entry.number),
          leaf('วันที่', entry.day('yyyy-MM-dd')),
          leaf('เรื่อง', entry.subject),
          leaf('ด่วน', '0'),
          leaf('ด่วน', String(entry.urgency)),
          leaf('ลับ', '0'),
          leaf('จากหน่วย', entry.from.id),
          leaf('ถึงหน่วย', entry.to.id),
          leaf('แฟ้มหนังสือ', entry.files[0]),
          ...entry.files.slice(1).map((name) => leaf('แฟ้มแนบ', name)),
        ]),
      ]),
    ]),
  accept: ({ number, date, from }, receiveNumber) =>
    branch('เวียน', [
      branch('ผล', [
        leaf('รหัสผล', '2'),
        leaf('เลขที่', number),
        leaf('วันที่', date),
        leaf('หน่วย', from),
        leaf('เลขรับ', receiveNumber),
      ]),
    ]),
  read: (root) => [
    ...allAt(root, 'ผล').map((notice) => ({
      kind: 'notice' as const,
      says: words.two[textAt(notice, 'รหัสผล')] ?? '',
      number: textAt(notice, 'เลขที่'),
      date: textAt(notice, 'วันที่'),
      receiveNumber: textAt(notice, 'เลขรับ'),
    })),
    ...allAt(root, 'รายการ', 'หนังสือ').map((letter) => ({
      kind: 'letter' as const,
      from: textAt(letter, 'จากหน่วย'),
      number: textAt(letter, 'เลขที่'),
      date: textAt(letter, 'วันที่'),
      subject: textAt(letter, 'เรื่อง'),
      files: [...allAt(letter, 'แฟ้มหนังสือ'), ...allAt(letter, 'แฟ้มแนบ')]
        .map(({ text }) => text)
        .filter((name) => name !== ''),
    })),
  ],
}
