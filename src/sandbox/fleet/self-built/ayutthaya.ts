// Ayutthaya: a COBOL program that prints its register into a file.
import { urgencies } from '../../../letter/codes.ts'
import { printedSheet } from '../../sheets/printed.ts'
import type { FileForm } from '../../systems/folders.ts'
import { dated, filesIn, folderMember } from '../folder-member.ts'

const count = (rows: readonly unknown[]): string => `TRL${String(rows.length).padStart(6, '0')}`

const form: FileForm = {
  letters: {
    sheet: printedSheet({
      charset: 'windows-874',
      places: {
        สถานะ: [1, 1],
        ทะเบียนส่ง: [2, 6, 'number'],
        ที่: [8, 50],
        ลงวันที่: [58, 8],
        เรื่อง: [66, 250],
        ความเร็ว: [316, 1],
        ความลับ: [317, 1],
        เวียน: [318, 1],
        จาก: [320, 10],
        ถึง: [331, 300],
        สิ่งที่ส่งมาด้วย: [632, 80],
        ไฟล์หนังสือ: [713, 60],
        ไฟล์แนบ: [774, 1100],
      },
      head: () => 'HDR อย ทะเบียนหนังสือส่ง',
      foot: count,
    }),
    columns: [],
    rows: (sent) => [
      {
        สถานะ: 'N',
        ทะเบียนส่ง: String(sent.running),
        ที่: sent.letter.number,
        ลงวันที่: dated(sent, 'yyyyMMdd'),
        เรื่อง: sent.letter.subject,
        ความเร็ว: String(urgencies.indexOf(sent.urgency)),
        ความลับ: '0',
        เวียน: sent.circular ? 'Y' : 'N',
        จาก: sent.from.abbreviation,
        ถึง: sent.to.abbreviation,
        ไฟล์หนังสือ: sent.main,
        ไฟล์แนบ: sent.enclosures.join(';'),
      },
      // The number that the register keeps for the next letter.
      { สถานะ: 'R', ทะเบียนส่ง: String(sent.running + 1) },
    ],
    read: (rows) =>
      rows.map((row) => ({
        from: row['จาก'] ?? '',
        number: row['ที่'] ?? '',
        date: row['ลงวันที่'] ?? '',
        subject: row['เรื่อง'] ?? '',
        files: filesIn(row['ไฟล์หนังสือ'], row['ไฟล์แนบ'], ';'),
      })),
  },
  notices: {
    sheet: printedSheet({
      charset: 'windows-874',
      places: {
        รหัส: [1, 1],
        ที่: [2, 50],
        ลงวันที่: [52, 8],
        หน่วยงาน: [60, 10],
        เลขรับ: [70, 20],
        เหตุผล: [90, 120],
      },
      head: () => 'HDR อย ผลการรับหนังสือ',
      foot: count,
    }),
    columns: [],
    accept: ({ number, date, from }, receiveNumber) => ({
      รหัส: '2',
      ที่: number,
      ลงวันที่: date,
      หน่วยงาน: from,
      เลขรับ: receiveNumber,
    }),
    read: (row) => ({
      kind: ['', 'receive', 'accept', 'reject', 'invalid', 'dispute', 'recall'][Number(row['รหัส'])] ?? '',
      number: row['ที่'] ?? '',
      date: row['ลงวันที่'] ?? '',
      receiveNumber: row['เลขรับ'] ?? '',
    }),
  },
}

export const ayutthaya = folderMember({
  office: '14',
  profile: 'ayutthaya-print',
  product: 'โปรแกรมสารบรรณ COBOL',
  by: 'folder',
  form,
})
