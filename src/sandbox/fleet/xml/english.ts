// The dialects with English tags: releases 3 and 4 of “หนังสือเวียน XML”, and Phetchaburi's own. ILLUSTRATIVE: which system a
// province runs was never published.
import type { Dialect } from './form.ts'
import { allAt, branch, cdata, escapeXml, leaf, textAt } from './tree.ts'

const utf8 = '<?xml version="1.0" encoding="UTF-8"?>\r\n'
const codes = ['001', '002', '003', '004']

/** Release 3 as Krabi has it: namespaces, CDATA, an element for each recipient. */
export const krabi: Dialect = {
  charset: 'utf-8',
  declaration: utf8,
  begins: { letter: 'letter-', notice: 'notice-' },
  letter: (entry) =>
    branch(
      'doc:Letters',
      [
        branch('doc:Letter', [
          leaf('doc:No', entry.number),
          leaf('doc:Date', entry.day('ce:yyyy-MM-dd')),
          cdata('doc:Title', entry.subject),
          `<doc:Speed doc:code="${codes[entry.urgency] ?? ''}"/>`,
          '<doc:Secret doc:code="001"/>',
          branch(
            'party:Sender',
            [leaf('party:Office', entry.from.organisationId), leaf('party:Title', entry.from.jobTitle)],
            { 'xmlns:party': 'urn:example:krabi:party:3' },
          ),
          // The same namespace under another prefix: whoever built this element did not know the other.
          branch('p2:Receivers', [branch('p2:Receiver', [leaf('p2:Office', entry.to.organisationId)])], {
            'xmlns:p2': 'urn:example:krabi:party:3',
          }),
          branch(
            'doc:Files',
            entry.files.map((name) => `<doc:File name="${escapeXml(name)}"/>`),
          ),
        ]),
      ],
      { 'xmlns:doc': 'urn:example:krabi:document:3' },
    ),
  accept: ({ number, date, from }, receiveNumber, at) =>
    branch(
      'Notices',
      [
        branch(
          'Notice',
          [
            leaf('No', number),
            leaf('Date', date),
            leaf('Office', from),
            leaf('ReceiveNo', receiveNumber),
            leaf('At', at.slice(0, 19)),
          ],
          { kind: 'accepted' },
        ),
      ],
      { xmlns: 'urn:example:krabi:document:3' },
    ),
  read: (root) => [
    ...allAt(root, 'Notice').map((notice) => ({
      kind: 'notice' as const,
      says: { accepted: 'accept', delivered: 'receive' }[notice.attributes['kind'] ?? ''] ?? 'other',
      number: textAt(notice, 'No'),
      date: textAt(notice, 'Date'),
      receiveNumber: textAt(notice, 'ReceiveNo'),
    })),
    ...allAt(root, 'Letter').map((letter) => ({
      kind: 'letter' as const,
      from: textAt(letter, 'Sender', 'Office'),
      number: textAt(letter, 'No'),
      date: textAt(letter, 'Date'),
      subject: textAt(letter, 'Title'),
      files: allAt(letter, 'Files', 'File').map(({ attributes }) => attributes['name'] ?? ''),
    })),
  ],
}

const four = { letter: 'http://saraban.example/4/letter', notice: 'http://saraban.example/4/notice' }

/** Release 4 as Surat Thani has it: one letter in a document, every element there even when it is empty. */
export const suratThani: Dialect = {
  charset: 'utf-8-bom',
  declaration: utf8,
  begins: { letter: 'export-', notice: 'notice-' },
  letter: (entry) =>
    branch(
      'letter',
      [
        branch('head', [
          leaf('number', entry.number),
          leaf('date', entry.day('yyyy/MM/dd')),
          leaf('urgency', ['normal', 'urgent', 'express', 'flash'][entry.urgency] ?? ''),
          leaf('secrecy', 'open'),
          leaf('subject', entry.subject),
        ]),
        branch('parties', [
          leaf('from', entry.from.en),
          branch('signer', ['<name/>', leaf('position', '')]),
          leaf('to', entry.to.en),
        ]),
        branch('refers', [
          branch('letter', [leaf('number', 'มท 0210.3/492'), leaf('date', '2551/02/13'), '<subject/>']),
        ]),
        branch('body', ['<enclosures/>', '<note></note>', '<sent/>']),
        branch('files', [
          leaf('main', entry.files[0]),
          ...entry.files.slice(1).map((name) => leaf('enclosure', name)),
        ]),
      ],
      { xmlns: four.letter, version: '4.2' },
    ),
  accept: ({ number, date, from }, receiveNumber) => {
    const attributes = { xmlns: four.notice, kind: 'registered', number, date, office: from, receiveNumber }
    return leaf('notice', '', attributes)
  },
  read: (root) =>
    root.name === 'notice'
      ? [
          {
            kind: 'notice',
            says: { registered: 'accept', arrived: 'receive' }[root.attributes['kind'] ?? ''] ?? 'other',
            number: root.attributes['number'] ?? '',
            date: root.attributes['date'] ?? '',
            receiveNumber: root.attributes['receiveNumber'] ?? '',
          },
        ]
      : [
          {
            kind: 'letter',
            from: textAt(root, 'parties', 'from'),
            number: textAt(root, 'head', 'number'),
            date: textAt(root, 'head', 'date'),
            subject: textAt(root, 'head', 'subject'),
            files: [...allAt(root, 'files', 'main'), ...allAt(root, 'files', 'enclosure')]
              .map(({ text }) => text)
              .filter((name) => name !== ''),
          },
        ],
}

/** Phetchaburi's own: ISO-8859-11, short tags, the day in three attributes. */
export const phetchaburi: Dialect = {
  charset: 'iso-8859-11',
  declaration: "<?xml version='1.0' encoding='ISO-8859-11'?>\n",
  begins: { letter: 'doc', notice: 'ack' },
  letter: (entry) => {
    const [d = '', m = '', y = ''] = entry.day('dd/MM/yyyy').split('/')
    return branch('saraban', [
      branch(
        'doc',
        [
          leaf('no', entry.number),
          leaf('dmy', '', { d, m, y }),
          leaf('subj', entry.subject),
          leaf('pri', ['D', 'C', 'B', 'A'][entry.urgency] ?? ''),
          branch('org', [leaf('to', entry.to.abbreviation)], { from: entry.from.abbreviation }),
          ...entry.files.map((name) => leaf('att', '', { href: name })),
        ],
        { id: String(entry.running), open: 'yes' },
      ),
    ])
  },
  accept: ({ number, date, from }, receiveNumber) =>
    branch('saraban', [
      branch(
        'ack',
        [
          leaf('no', number),
          leaf('date', date.replaceAll('/', '-')),
          leaf('org', from),
          leaf('regno', receiveNumber),
        ],
        { type: 'reg' },
      ),
    ]),
  read: (root) => [
    ...allAt(root, 'ack').map((notice) => ({
      kind: 'notice' as const,
      says: { recv: 'receive', reg: 'accept' }[notice.attributes['type'] ?? ''] ?? 'other',
      number: textAt(notice, 'no'),
      date: textAt(notice, 'date'),
      receiveNumber: textAt(notice, 'regno'),
    })),
    ...allAt(root, 'doc').map((letter) => {
      const { d = '', m = '', y = '' } = allAt(letter, 'dmy')[0]?.attributes ?? {}
      return {
        kind: 'letter' as const,
        from: allAt(letter, 'org')[0]?.attributes['from'] ?? '',
        number: textAt(letter, 'no'),
        date: `${d}/${m}/${y}`,
        subject: textAt(letter, 'subj'),
        files: allAt(letter, 'att').map(({ attributes }) => attributes['href'] ?? ''),
      }
    }),
  ],
}
