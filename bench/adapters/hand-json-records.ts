// Kanchanaburi's JSON by hand: JSON.parse and JSON.stringify.
import type { Urgency } from '../../src/letter/codes.ts'
import { officeById } from '../../src/letter/offices.ts'
import {
  besideNamesOf,
  cellsOfNames,
  codes,
  fail,
  filesOf,
  type Hand,
  known,
  numberOf,
  officesByAbbreviation,
  officesByOrganisation,
  printSlashedDate,
  slashedDate,
} from './hand.ts'

const urgency = codes<Urgency>({ '0': 'ordinary', '1': 'urgent', '2': 'very-urgent', '3': 'most-urgent' })

type Fields = Readonly<Record<string, unknown>>
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const fieldsOf = (value: unknown, what: string): Fields =>
  value === undefined ? {} : isFields(value) ? value : fail('no object', what)
const textOf = (value: unknown, what: string): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : fail('no text', what)
const listOf = (value: unknown, what: string): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : fail('no list', what)

export const handJsonRecords: Hand = {
  read: (bytes, beside) => {
    const document = fieldsOf(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)), 'document')
    const [meta, doc] = [fieldsOf(document['meta'], 'meta'), fieldsOf(document['doc'], 'doc')]
    const files = fieldsOf(document['attachment'], 'attachment')
    const { number, urgency: glued } = numberOf(textOf(doc['no'], 'doc.no'))
    const speed = textOf(fieldsOf(doc['speed'], 'doc.speed')['code'], 'doc.speed.code')
    const said = speed === '' ? undefined : known(urgency.read, speed, 'urgency')
    if (said !== undefined && glued !== undefined && said !== glued) fail('two urgencies', number.printed)
    const subject = textOf(doc['title'], 'doc.title')
    if ([...subject].length > 250) fail('a subject that is too long', subject)
    const [first, ...others] = listOf(document['receiver'], 'receiver').map((each) =>
      known(officesByOrganisation, textOf(fieldsOf(each, 'receiver')['code'], 'receiver.code'), 'office'),
    )
    const enclosures = listOf(files['others'], 'attachment.others').map((each) =>
      textOf(each, 'attachment.others'),
    )
    const extension = Object.entries(meta).map(([key, value]) => ({
      name: `meta.${key}`,
      value: textOf(value, key),
    }))
    return [
      {
        draft: {
          kind: 'external',
          circular: number.circular,
          number,
          date: slashedDate(textOf(doc['date'], 'doc.date')),
          subject,
          urgency: said ?? glued ?? 'ordinary',
          secrecy: 'ordinary',
          from: {
            office: known(
              officesByAbbreviation,
              textOf(fieldsOf(document['sender'], 'sender')['code'], 'sender.code'),
              'office',
            ),
          },
          to: first === undefined ? fail('no recipient', '') : { offices: [first, ...others] },
          references: [],
          enclosureNote: textOf(doc['enclosure'], 'doc.enclosure'),
          sentAt: undefined,
          description: '',
          extension,
        },
        attachments: filesOf([textOf(files['main'], 'attachment.main'), ...enclosures], beside),
      },
    ]
  },
  write: (letter, id) => {
    const { from, to, references } = letter
    if (
      letter.secrecy !== 'ordinary' ||
      from.person ||
      to.person ||
      references.length > 0 ||
      letter.description !== ''
    )
      fail('a letter that says more than the system can hold', letter.number.printed)
    for (const text of [letter.subject, letter.enclosureNote])
      if ([...text].length > 250) fail('a text that is too long', text)
    const names = besideNamesOf(id, letter.attachments)
    const { main, others } = cellsOfNames(names, letter.attachments)
    const document = {
      doc: {
        no: letter.number.printed,
        date: printSlashedDate(letter.date),
        title: letter.subject,
        speed: { code: urgency.write.get(letter.urgency) },
        ...(letter.enclosureNote !== '' && { enclosure: letter.enclosureNote }),
      },
      sender: { code: officeById(from.office).abbreviation },
      receiver: to.offices.map((office) => ({ code: officeById(office).organisationId })),
      attachment: { ...(main !== '' && { main }), ...(others.length > 0 && { others }) },
    }
    // Its programs read ASCII only.
    const text = JSON.stringify(document).replace(
      /[\u0080-\uffff]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    return { bytes: Buffer.from(`${text}\n`), names }
  },
}
