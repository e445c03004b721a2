// Lop Buri: a web page with the whole day's register as an HTML table, every time; what rows have in common stands once, over
// all of them.
import { urgencies } from '../../../letter/codes.ts'
import { dateOfInstant } from '../../../letter/dates.ts'
import { type HtmlPage, htmlSheet } from '../../sheets/html.ts'
import type { Row } from '../../sheets/sheet.ts'
import type { FileForm, SentLetter } from '../../systems/folders.ts'
import { dated, filesIn, folderMember } from '../folder-member.ts'

const page: HtmlPage = {
  charset: 'utf8',
  label: 'utf-8',
  layout: ['จังหวัดลพบุรี : ทะเบียนหนังสือส่งประจำวัน'],
  titles: [],
  spanned: ['วันที่', 'จาก'],
}
const kinds: Readonly<Record<string, string>> = {
  ถึงแล้ว: 'receive',
  ลงรับ: 'accept',
  ไม่รับ: 'reject',
  ผิดที่: 'invalid',
  เลขผิด: 'dispute',
  เรียกคืน: 'recall',
}

const rowOf = (sent: SentLetter): Row => ({
  วันที่: dated(sent, 'd MMMM yyyy'),
  จาก: sent.from.th,
  ที่: sent.letter.number,
  เรื่อง: sent.letter.subject,
  ถึง: sent.to.th,
  // A line for the recipient and one for the copy that is filed, which never hurries.
  ชั้น: `${['-', 'ด่วน', 'ด่วนมาก', 'ด่วนที่สุด'][urgencies.indexOf(sent.urgency)] ?? '-'}\n-`,
  ลับ: '-',
  แนบ: sent.enclosures.length === 0 ? '' : `${sent.enclosures.length} แผ่น`,
  สแกน: [sent.main, ...sent.enclosures].join('\n'),
})

const form: FileForm = {
  letters: {
    sheet: htmlSheet(page),
    columns: ['วันที่', 'จาก', 'ที่', 'เรื่อง', 'ถึง', 'ชั้น', 'ลับ', 'แนบ', 'สแกน', 'สถานะ'],
    rows: (sent, earlier) => [
      ...earlier
        .filter(({ at }) => dateOfInstant(at) === dateOfInstant(sent.at))
        .map((each) => ({ ...rowOf(each), สถานะ: 'ส่งแล้ว' })),
      { ...rowOf(sent), สถานะ: 'รอส่ง' },
    ],
    read: (rows) =>
      rows.map((row) => ({
        from: row['จาก'] ?? '',
        number: row['ที่'] ?? '',
        date: row['วันที่'] ?? '',
        subject: row['เรื่อง'] ?? '',
        files: filesIn('', row['สแกน'], '\n'),
      })),
  },
  notices: {
    sheet: htmlSheet({ ...page, layout: ['จังหวัดลพบุรี : ผลการรับหนังสือ'], spanned: [] }),
    columns: ['ผล', 'ที่', 'วันที่', 'หน่วยงาน', 'เลขรับ', 'เหตุผล'],
    accept: ({ number, date, from }, receiveNumber) => ({
      ผล: 'ลงรับ',
      ที่: number,
      วันที่: date,
      หน่วยงาน: from,
      เลขรับ: receiveNumber,
    }),
    read: (row) => ({
      kind: kinds[row['ผล'] ?? ''] ?? '',
      number: row['ที่'] ?? '',
      date: row['วันที่'] ?? '',
      receiveNumber: row['เลขรับ'] ?? '',
    }),
  },
}

export const lopBuri = folderMember({
  office: '16',
  profile: 'lop-buri-xls',
  product: 'ทะเบียนประจำวัน ASP',
  by: 'folder',
  form,
})
