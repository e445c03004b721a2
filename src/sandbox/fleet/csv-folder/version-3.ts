// Version 3 of the product: English columns, the national codes, and what the older versions left out.
import { urgencies } from '../../../letter/codes.ts'
import { dateOfInstant, printLetterDate } from '../../../letter/dates.ts'
import { type Instant, printInstant } from '../../../letter/time.ts'
import { csvSheet, windows874 } from '../../sheets/csv.ts'
import type { FileForm } from '../../systems/folders.ts'
import { dated, filesIn } from '../folder-member.ts'

const sheet = csvSheet({ ...windows874, charset: 'utf8', delimiter: '|' })
const kinds: Readonly<Record<string, string>> = {
  R: 'receive',
  A: 'accept',
  X: 'reject',
  I: 'invalid',
  D: 'dispute',
  C: 'recall',
}
const time = (at: Instant): string =>
  `${printLetterDate(dateOfInstant(at), 'dd-MM-yyyy')}T${printInstant(at).slice(11, 19)}`

export const phrae: FileForm = {
  letters: {
    sheet,
    columns: [
      'DOC_NO',
      'DOC_DATE',
      'SUBJECT',
      'SPEED',
      'SECRET',
      'DOC_TYPE',
      'CIRCULAR',
      'ROUTE',
      'SIGN_NAME',
      'SIGN_SURNAME',
      'SIGN_TITLE',
      'REF_NO',
      'REF_DATE',
      'REF_SUBJECT',
      'ENCLOSURE',
      'SEND_TIME',
      'REMARK',
      'MAIN_FILE',
      'FILE_1',
      'FILE_2',
      'OTHER_FILES',
      'SEND_REG_NO',
    ],
    rows: (sent) => [
      {
        DOC_NO: sent.letter.number,
        DOC_DATE: dated(sent, 'dd-MM-yyyy'),
        SUBJECT: sent.letter.subject,
        SPEED: `00${urgencies.indexOf(sent.urgency) + 1}`,
        SECRET: '001',
        DOC_TYPE: 'EX',
        CIRCULAR: sent.circular ? '1' : '0',
        ROUTE: `${sent.from.en} -> ${sent.to.en}`,
        SIGN_TITLE: sent.from.jobTitle,
        SEND_TIME: time(sent.at),
        MAIN_FILE: sent.main,
        FILE_1: sent.enclosures[0] ?? '',
        FILE_2: sent.enclosures[1] ?? '',
        OTHER_FILES: sent.enclosures.slice(2).join(','),
        SEND_REG_NO: `${sent.running}/${Number(printInstant(sent.at).slice(0, 4)) + 543}`,
      },
    ],
    read: (rows) =>
      rows.map((row) => ({
        from: row['ROUTE']?.split(' -> ')[0] ?? '',
        number: row['DOC_NO'] ?? '',
        date: row['DOC_DATE'] ?? '',
        subject: row['SUBJECT'] ?? '',
        files: [row['MAIN_FILE'], row['FILE_1'], row['FILE_2']]
          .flatMap((name) => filesIn(name, '', ','))
          .concat(filesIn('', row['OTHER_FILES'], ',')),
      })),
  },
  notices: {
    sheet,
    columns: ['STATUS', 'MESSAGE_ID', 'DOC_NO', 'DOC_DATE', 'SUBJECT', 'ORG', 'ACCEPT_NO', 'TIME', 'REASON'],
    accept: ({ number, date, subject, from }, receiveNumber, at) => ({
      STATUS: 'A',
      DOC_NO: number,
      DOC_DATE: date,
      SUBJECT: subject,
      ORG: from,
      ACCEPT_NO: receiveNumber,
      TIME: time(at),
    }),
    read: (row) => ({
      kind: kinds[row['STATUS'] ?? ''] ?? '',
      number: row['DOC_NO'] ?? '',
      date: row['DOC_DATE'] ?? '',
      receiveNumber: row['ACCEPT_NO'] ?? '',
    }),
  },
}
