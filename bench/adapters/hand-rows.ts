// Phichit's rows of a database by hand, as the transport writes them down: JSON.parse and JSON.stringify.
import type { Urgency } from '../../src/letter/codes.ts'
import { readCanonicalDate } from '../../src/letter/dates.ts'
import { officeById, officeId } from '../../src/letter/offices.ts'
import {
  besideNamesOf,
  cellsOfNames,
  codes,
  fail,
  filesOf,
  type Hand,
  instantOf,
  known,
  localTime,
  numberOf,
  officesByOrganisation,
  recipients,
} from './hand.ts'
import { fieldsOf, listOf, others, parsed, textOf } from './hand-fields.ts'
import { must } from './letters.ts'

const urgency = codes<Urgency>({ '1': 'ordinary', '2': 'urgent', '3': 'very-urgent', '4': 'most-urgent' })
const own = must(officeId('66'))

const columns = new Set([
  ...['doc_no', 'doc_date', 'subject', 'speed', 'circular', 'recipients', 'enclosure', 'sent_at', 'remark'],
])
const keys = ['table', 'charset', 'row', 'lists']

/** The name of a file: alone, or with what the transport says of it. */
const fileOf = (cell: unknown): string =>
  typeof cell === 'string' ? cell : textOf(fieldsOf(cell ?? {}, 'file')['file'], 'file')

export const handRows: Hand = {
  read: (bytes, beside) => {
    const dump = parsed(bytes)
    for (const key of Object.keys(dump)) if (!keys.includes(key)) fail('an unknown key', key)
    if (textOf(dump['charset'], 'charset') !== 'utf-8') fail('another charset', bytes.toString('utf8', 0, 40))
    const row = fieldsOf(dump['row'], 'row')
    const cell = (name: string): string => textOf(row[name], name)
    const lists = fieldsOf(dump['lists'], 'lists')
    for (const name of Object.keys(lists)) if (name !== 'files') fail('an unknown list', name)
    const names = listOf(fieldsOf(lists['files'], 'files')['rows'], 'files').map((each) =>
      fileOf(listOf(each, 'file')[0]),
    )
    const { number, urgency: glued } = numberOf(cell('doc_no'))
    const said = cell('speed') === '' ? undefined : known(urgency.read, cell('speed'), 'urgency')
    if (said !== undefined && glued !== undefined && said !== glued) fail('two urgencies', number.printed)
    const circular = cell('circular')
    const sent = cell('sent_at')
    return [
      {
        draft: {
          kind: 'external',
          circular: circular === 'true' || (circular === 'false' ? false : fail('no mark', circular)),
          number,
          date: must(readCanonicalDate(cell('doc_date'))),
          subject: cell('subject'),
          urgency: said ?? glued ?? 'ordinary',
          secrecy: 'ordinary',
          from: { office: own },
          to: { offices: recipients(cell('recipients'), '|', officesByOrganisation) },
          references: [],
          enclosureNote: cell('enclosure'),
          sentAt:
            sent === '' ? undefined : instantOf(must(readCanonicalDate(sent.slice(0, 10))), sent.slice(11)),
          description: cell('remark'),
          extension: others(row, '', columns),
        },
        attachments: filesOf(names, beside),
      },
    ]
  },
  write: (letter, id) => {
    const { from, to, references, sentAt } = letter
    if (letter.secrecy !== 'ordinary' || to.person)
      fail('a letter that says more than the system can hold', id)
    for (const [text, limit] of [
      [letter.subject, 1000],
      [letter.enclosureNote, 250],
      [letter.description, 250],
    ] as const)
      if ([...text].length > limit) fail('too long', text)
    const names = besideNamesOf(id, letter.attachments)
    const { main, others: enclosures } = cellsOfNames(names, letter.attachments)
    const sent = sentAt === undefined ? undefined : localTime(sentAt)
    const blank = (text: string | undefined): string | null =>
      text === undefined || text === '' ? null : text
    const dump = {
      charset: 'utf-8',
      row: {
        doc_no: letter.number.printed,
        doc_date: letter.date,
        subject: letter.subject,
        speed: urgency.write.get(letter.urgency),
        circular: String(letter.circular),
        sender: officeById(from.office).organisationId,
        recipients: to.offices.map((office) => officeById(office).organisationId).join('|'),
        signer_name: blank(from.person?.givenName),
        signer_family: blank(from.person?.familyName),
        signer_title: blank(from.person?.jobTitle),
        enclosure: blank(letter.enclosureNote),
        sent_at: blank(sent && `${sent.date} ${sent.time}`),
        remark: blank(letter.description),
      },
      lists: {
        refs: {
          columns: ['ref_no', 'ref_date', 'ref_subject'],
          rows: references.map(({ number, date, subject }) => [blank(number), blank(date), blank(subject)]),
        },
        files: { columns: ['content'], rows: [main, ...enclosures].map((name) => [blank(name)]) },
      },
    }
    return { bytes: Buffer.from(`${JSON.stringify(dump, null, 2)}\n`), names }
  },
}
