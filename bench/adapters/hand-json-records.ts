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
import { fieldsOf, listOf, others, parsed, textOf } from './hand-fields.ts'

const urgency = codes<Urgency>({ '0': 'ordinary', '1': 'urgent', '2': 'very-urgent', '3': 'most-urgent' })

const keys = {
  document: new Set(['meta', 'doc', 'sender', 'receiver', 'attachment']),
  doc: new Set(['no', 'date', 'title', 'speed', 'enclosure']),
  code: new Set(['code']),
  files: new Set(['main', 'others']),
  meta: new Set<string>(),
}

export const handJsonRecords: Hand = {
  read: (bytes, beside) => {
    const document = parsed(bytes)
    const [meta, doc] = [fieldsOf(document['meta'], 'meta'), fieldsOf(document['doc'], 'doc')]
    const files = fieldsOf(document['attachment'], 'attachment')
    const { number, urgency: glued } = numberOf(textOf(doc['no'], 'doc.no'))
    const speed = textOf(fieldsOf(doc['speed'], 'doc.speed')['code'], 'doc.speed.code')
    const said = speed === '' ? undefined : known(urgency.read, speed, 'urgency')
    if (said !== undefined && glued !== undefined && said !== glued) fail('two urgencies', number.printed)
    const subject = textOf(doc['title'], 'doc.title')
    if ([...subject].length > 250) fail('a subject that is too long', subject)
    const [first, ...more] = listOf(document['receiver'], 'receiver').map((each) =>
      known(officesByOrganisation, textOf(fieldsOf(each, 'receiver')['code'], 'receiver.code'), 'office'),
    )
    const enclosures = listOf(files['others'], 'attachment.others').map((each) =>
      textOf(each, 'attachment.others'),
    )
    const sender = fieldsOf(document['sender'], 'sender')
    const extension = [
      ...others(document, '', keys.document),
      ...others(meta, 'meta.', keys.meta),
      ...others(doc, 'doc.', keys.doc),
      ...others(sender, 'sender.', keys.code),
      ...others(files, 'attachment.', keys.files),
    ]
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
            office: known(officesByAbbreviation, textOf(sender['code'], 'sender.code'), 'office'),
          },
          to: first === undefined ? fail('no recipient', '') : { offices: [first, ...more] },
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
    const { main, others: enclosures } = cellsOfNames(names, letter.attachments)
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
      attachment: { ...(main !== '' && { main }), ...(enclosures.length > 0 && { others: enclosures }) },
    }
    // Its programs read ASCII only.
    const text = JSON.stringify(document).replace(
      /[\u0080-\uffff]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    return { bytes: Buffer.from(`${text}\n`), names }
  },
}
