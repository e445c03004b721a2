// Nakhon Sawan: a Visual Basic program that saves “Unicode text” without a header.
import { urgencies } from '../../../letter/codes.ts'
import { csvSheet } from '../../sheets/csv.ts'
import type { FileForm } from '../../systems/folders.ts'
import { dated, filesIn, folderMember } from '../folder-member.ts'

const sheet = csvSheet({
  charset: 'utf-16be',
  mark: true,
  delimiter: ',',
  quote: "'",
  header: false,
  apostrophes: false,
})
const kinds: Readonly<Record<string, string>> = {
  R: 'receive',
  A: 'accept',
  X: 'reject',
  I: 'invalid',
  D: 'dispute',
  C: 'recall',
}

const form: FileForm = {
  letters: {
    sheet,
    columns: ['F1', 'F2', 'F3', 'F4', 'F5', 'F6', 'F7', 'F8', 'F9', 'F10', 'F11'],
    rows: (sent) => [
      {
        F1: `นว${sent.running}`,
        F2: sent.letter.number,
        F3: dated(sent, 'd/M/yyyy'),
        F4: sent.letter.subject,
        F5: 'ABCD'.charAt(urgencies.indexOf(sent.urgency)),
        F6: 'A',
        F7: sent.from.id,
        F8: sent.to.id,
        F9: sent.enclosures.length === 0 ? '' : `เอกสาร ${sent.enclosures.length} ชุด`,
        F10: sent.main,
        F11: sent.enclosures.join('*'),
      },
    ],
    read: (rows) =>
      rows.map((row) => ({
        from: row['F7'] ?? '',
        number: row['F2'] ?? '',
        date: row['F3'] ?? '',
        subject: row['F4'] ?? '',
        files: filesIn(row['F10'], row['F11'], '*'),
      })),
  },
  notices: {
    sheet,
    columns: ['K1', 'K2', 'K3', 'K4', 'K5', 'K6'],
    accept: ({ number, date, from }, receiveNumber) => ({
      K1: 'A',
      K2: number,
      K3: date,
      K4: from,
      K5: receiveNumber,
    }),
    read: (row) => ({
      kind: kinds[row['K1'] ?? ''] ?? '',
      number: row['K2'] ?? '',
      date: row['K3'] ?? '',
      receiveNumber: row['K5'] ?? '',
    }),
  },
}

export const nakhonSawan = folderMember({
  office: '60',
  profile: 'nakhon-sawan-csv',
  product: 'ส่งหนังสือ VB6',
  by: 'folder',
  form,
})
