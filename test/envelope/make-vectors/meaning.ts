// Shape and meaning: signed by the office, wrong all the same.
import { forge, swap } from '../forge.ts'
import { identityOf } from '../vector-keys.ts'
import { forged, good, inContent, notice, vector } from './cases.ts'

export function meaningVectors(): void {
  vector(
    'm-version',
    '-',
    'envelope.schema.value-wrong',
    'version 1.1',
    inContent('Version="1.0"', 'Version="1.1"'),
  )
  vector(
    'm-child-order',
    '-',
    'envelope.schema.child-missing',
    'Content before MessageID',
    inContent(
      /(<env:MessageID>.*<\/env:MessageID>)(<env:Content>.*<\/env:Content>)/,
      `<env:Content>letter</env:Content>${/<env:MessageID>.*<\/env:MessageID>/.exec(good)![0]}`,
    ),
  )
  vector(
    'm-unknown-child',
    '-',
    'envelope.schema.child-unexpected',
    'an element that the schema does not know',
    inContent('</env:Header>', '<env:Priority>1</env:Priority></env:Header>'),
  )
  vector(
    'm-unknown-attribute',
    '-',
    'envelope.schema.attribute-unexpected',
    'an attribute that the schema does not know',
    inContent('<env:Header>', '<env:Header Lang="th">'),
  )
  vector(
    'm-missing-attribute',
    '-',
    'envelope.schema.attribute-missing',
    'an attachment without its size',
    inContent(' Size="3"', ''),
  )
  vector(
    'm-text',
    '-',
    'envelope.schema.text-unexpected',
    'text between elements',
    inContent('<env:Header>', '<env:Header>x'),
  )
  vector(
    'm-no-break-space',
    '-',
    'envelope.schema.text-unexpected',
    'a no-break space between elements',
    inContent('<env:Header>', '<env:Header>\u00a0'),
  )
  vector(
    'm-inline-file',
    '-',
    'envelope.schema.value-wrong',
    'a file inside the letter',
    inContent('mimeCode="application/pdf">', 'mimeCode="application/pdf">MA=='),
  )
  vector(
    'm-message-id',
    '-',
    'envelope.schema.value-wrong',
    'a UUID of version 4',
    inContent('0000-7000-8000', '0000-4000-8000'),
  )
  vector('m-no-such-day', '-', 'letter.date.day', '31 February', inContent('2008-02-13', '2008-02-31'))
  vector(
    'm-to-self',
    '-',
    'letter.to.self',
    'a letter to its sender',
    forged({
      document: (text) =>
        swap(swap(text, '<env:OfficeID>moi', '<env:OfficeID>50'), '<ram:ID>1500200000', '<ram:ID>'),
    }),
  )
  vector(
    'm-no-office',
    '-',
    'letter.office.unknown',
    'an office that there is not',
    inContent('<env:OfficeID>moi', '<env:OfficeID>99'),
  )
  vector(
    'm-number',
    '-',
    'letter.number.unreadable',
    'a number that is none',
    inContent('ชม 0017.1/492', 'ไม่มี'),
  )
  vector(
    'm-attachment-path',
    '-',
    'letter.attachment.name-path',
    'an attachment called ../x',
    inContent('Name="หนังสือ.pdf"', 'Name="../หนังสือ.pdf"'),
  )
  vector(
    'm-main-type',
    '-',
    'envelope.content.disagreement',
    'two media types of the main file',
    inContent('mimeCode="application/pdf"', 'mimeCode="image/png"'),
  )
  vector(
    'm-other-party',
    '-',
    'envelope.content.disagreement',
    'the organisation id of another office',
    inContent('<ram:ID>1500200000', '<ram:ID>1515100000'),
  )
  vector(
    'm-kind-missing',
    '-',
    'envelope.content.contradiction',
    'a letter without Kind',
    inContent('<env:Kind>external</env:Kind>', ''),
  )
  vector(
    'm-content-other',
    '-',
    'envelope.content.contradiction',
    'a letter that says it is a notice',
    inContent('<env:Content>letter', '<env:Content>accept'),
  )
  const inNotice = (from: string | RegExp, to: string) =>
    forge(notice, identityOf('moi'), { document: (text) => swap(text, from, to) })
  vector(
    'm-notice-several',
    '-',
    'envelope.notice.several',
    'a notice to two offices',
    inNotice(
      '<env:OfficeID>50</env:OfficeID>',
      '<env:OfficeID>50</env:OfficeID><env:OfficeID>51</env:OfficeID>',
    ),
  )
  vector(
    'm-notice-no-number',
    '-',
    'letter.field.missing',
    'an accept notice without a receive number',
    inNotice(/<env:ReceiveNumber>.*<\/env:ReceiveNumber>/, ''),
  )
  vector(
    'm-notice-number',
    '-',
    'letter.notice.receive-number',
    'a receive notice with a receive number',
    inNotice('<env:Content>accept', '<env:Content>receive'),
  )
  vector(
    'm-notice-alone',
    '-',
    'envelope.content.contradiction',
    'a notice without RelatesTo',
    inNotice(/<env:RelatesTo>.*<\/env:RelatesTo>/, ''),
  )
}
