// The format `mail`: strict about what comes, the same bytes each time it writes, nothing changed between.
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import iconv from 'iconv-lite'
import { simpleParser } from 'mailparser'
import t from 'tap'
import { formsOf } from '../../src/adapters/adapter.ts'
import type { IncomingAttachment } from '../../src/adapters/contract.ts'
import type { DocumentForm } from '../../src/adapters/formats/format.ts'
import { readBody, unflowed } from '../../src/adapters/formats/mail/body.ts'
import { MailFault } from '../../src/adapters/formats/mail/fault.ts'
import { readMail } from '../../src/adapters/formats/mail/read.ts'
import { subjectTemplate } from '../../src/adapters/formats/mail/subject.ts'
import { headerText } from '../../src/adapters/formats/mail/words.ts'
import { headerLine } from '../../src/adapters/formats/mail/write.ts'
import { readProfile } from '../../src/adapters/profile.ts'
import { mediaTypeOf } from '../../src/letter/attachments.ts'
import { checkLetter } from '../../src/letter/check.ts'
import type { Attachment, Letter, Person } from '../../src/letter/letter.ts'
import { moi } from '../../src/letter/offices.ts'
import { fixedLetter, letters, mustBe, notices, office, thaiText } from '../letter/arbitrary.ts'
import { parcelOf, shipped, TestClock } from './stage.ts'

const clock = new TestClock()
const nan = formsOf(shipped('nan-mailbox'), clock)
const [given, sent] = [nan.receive!, nan.send!]

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

/** The letter with attachments whose bytes there are, and those bytes by digest. */
function withBytes(made: Letter): { letter: Letter; contents: ReadonlyMap<string, Buffer> } {
  const bytes = made.attachments.map((_each, index) => Buffer.from(`scan ${index}`.repeat(40 * index + 1)))
  const attachments = made.attachments.map(
    (each, index): Attachment => ({ ...each, sha256: digest(bytes[index]!), size: bytes[index]!.length }),
  )
  return {
    letter: { ...made, attachments, extension: [] },
    contents: new Map(bytes.map((each) => [digest(each), each])),
  }
}

async function itemOf(form: DocumentForm, bytes: Buffer) {
  const source = {
    document: 'letter',
    name: 'x',
    bytes,
    beside: new Map(),
    sender: 'gone',
    final: true,
  } as const
  const [item] = await form.read(source)
  return item!
}

const attachmentOf = ({ name, mediaType, role, content }: IncomingAttachment): Attachment => {
  if (content.kind !== 'bytes') throw new Error('a mail holds its files')
  const { bytes } = content
  return {
    name,
    role,
    mediaType: mustBe(mediaTypeOf(mediaType, name)),
    sha256: digest(bytes),
    size: bytes.length,
  }
}

for (const [charset, form] of [
  ['utf-8', given],
  ['windows-874', formsOf(profileWith({ charset: 'windows-874' }), clock).receive!],
] as const) {
  t.test(`law: letter → mail → letter, unchanged (${charset})`, async (t) => {
    let [whole, spilt] = [0, 0]
    await fc.assert(
      fc.asyncProperty(letters({ lines: false, to: office('55'), attachments: 5 }), async (made) => {
        const { letter, contents } = withBytes({
          ...made,
          // A number of the secret series is no ordinary letter's.
          secrecy: /\/ล/.test(made.number.normalized) ? made.secrecy : 'ordinary',
        })
        const written = await form.write(parcelOf({ letter }, 'p-1', '55', contents))
        if (!written.ok) {
          // Whom and what the profile cannot name it says, and nothing is written.
          // Codes only: tap takes a text with `#` for a directive.
          const others = written.problems.map(({ code }) => code).filter((code) => !refusals.includes(code))
          t.same(others, [])
          return
        }
        const again = mustBe(await form.write(parcelOf({ letter }, 'p-1', '55', contents)))
        t.ok(again.bytes.equals(written.value.bytes), 'the same bytes each time')
        t.match(written.value.bytes.toString('latin1'), /^[\t\r\n -~]*$/, 'ASCII from end to end')
        t.notMatch(
          written.value.bytes.toString('latin1'),
          /[^\r]\n|\r[^\n]|.{999}/,
          'lines as SMTP wants them',
        )
        const item = await itemOf(form, written.value.bytes)
        if (item.kind !== 'letter') throw new Error(item.kind)
        const back = mustBe(checkLetter(item.draft, item.attachments.map(attachmentOf)))
        const spills = written.value.spilled
        const files = back.attachments.filter(({ name }) => name !== 'p-1-full.txt')
        t.same(files, letter.attachments, 'names, kinds, roles and bytes')
        t.equal(back.attachments.length - files.length, spills.length > 0 ? 1 : 0)
        // To the second, as the profile writes times.
        const sentAt = letter.sentAt === undefined ? undefined : Math.floor(letter.sentAt / 1000) * 1000
        const trimmed = { subject: letter.subject.trim(), description: letter.description.trim() }
        const note = letter.enclosureNote.trim()
        const expected = {
          ...letter,
          ...trimmed,
          enclosureNote: note,
          ...(sentAt !== undefined && { sentAt }),
          from: { ...letter.from, ...(letter.from.person && { person: filled(letter.from.person) }) },
          to: { ...letter.to, ...(letter.to.person && { person: filled(letter.to.person) }) },
        }
        for (const key of Object.keys(expected) as (keyof Letter)[]) {
          if (key === 'attachments' || key === 'extension') continue
          if (spills.some((each) => each.split('.')[0] === key)) spilt += 1
          else t.same(back[key], expected[key], String(key))
        }
        whole += 1
      }),
      { numRuns: 150 },
    )
    t.ok(whole > 10, `${whole} of 150 letters could be said, ${spilt} texts in a file`)
  })
}

/** A cell of blanks is a blank one, in every form. */
const filled = (person: Person): Person => ({
  givenName: person.givenName,
  familyName: person.familyName.trim() === '' ? '' : person.familyName,
  jobTitle: person.jobTitle.trim() === '' ? '' : person.jobTitle,
})

/** Why a letter does not fit the labelled lines of the example: secrets, separators in lists, blanks that stand for others. */
const refusals = [
  'adapter.field.code-unknown',
  'adapter.field.separator',
  'adapter.field.cannot-say',
  'adapter.field.secrecy-unsayable',
  'mail.line.cannot-say',
  'adapter.field.too-many',
]

function profileWith(format: object) {
  const { documents } = shipped('nan-mailbox')
  const letter = documents['letter']!
  const profile = shipped('nan-mailbox')
  return {
    ...profile,
    documents: { ...documents, letter: { ...letter, format: { ...letter.format, ...format } } },
  }
}

t.test('law: notice → mail → notice', async (t) => {
  let written = 0
  await fc.assert(
    fc.asyncProperty(notices(), async (made) => {
      const notice = { ...made, from: moi, to: office('55'), at: Math.floor(made.at / 1000) * 1000 }
      const result = await nan.notices!.write(parcelOf({ notice }, 'p-2', '55'))
      if (!result.ok) return
      written += 1
      const item = await itemOf(nan.sendNotices!, result.value.bytes)
      if (item.kind !== 'notice') throw new Error(item.kind)
      t.match(item.draft, {
        kind: notice.kind,
        at: notice.at,
        about: { number: notice.about.number, date: notice.about.date },
        ...(notice.receiveNumber !== undefined && { receiveNumber: notice.receiveNumber.trim() }),
      })
    }),
    { numRuns: 100 },
  )
  t.ok(written > 10, `${written} of 100`)
})

t.test('another reader sees what we wrote', async (t) => {
  const { letter, contents } = withBytes(
    fixedLetter({
      from: { office: moi },
      to: { offices: [office('55')] },
      subject: 'ขอ “เชิญ” ประชุม €; x="1"',
    }),
  )
  const long = { ...letter.attachments[0]!, name: `${'หนังสือ "ที่" 100%;'.repeat(4)}.pdf` }
  const written = mustBe(
    await given.write(parcelOf({ letter: { ...letter, attachments: [long] } }, 'p-3', '55', contents)),
  )
  const other = await simpleParser(written.bytes)
  t.equal(other.subject, 'หนังสือ ชม 0017.1/492 เรื่อง ขอ “เชิญ” ประชุม €; x="1"')
  t.match(other.text, /^ที่: ชม 0017\.1\/492\n/)
  t.same(
    other.attachments.map(({ filename, contentType, content }) => [filename, contentType, digest(content)]),
    [[long.name, 'application/pdf', long.sha256]],
  )
  t.equal(other.date?.getTime(), clock.now())
})

const lines = (...each: string[]): Buffer => Buffer.from(each.join('\r\n'), 'latin1')
const codeOf = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    if (error instanceof MailFault) return error.problem.code
    throw error
  }
  return 'no fault'
}
const read = (...each: string[]) => readMail(lines(...each), 'skip')
const fault = (...each: string[]): string => codeOf(() => read(...each))

t.test('X12: what could be read in two ways, is not whole, or has no bound is a fault', (t) => {
  const mixed = (boundary = 'b') => `Content-Type: multipart/mixed; boundary=${boundary}`
  const pdf = (name: string) => [
    'Content-Type: application/pdf',
    `Content-Disposition: attachment; ${name}`,
    '',
    'x',
  ]
  const one = (name: string) => fault(mixed(), '', '--b', ...pdf(name), '--b--')
  t.equal(fault('Subject: a', 'Subject: b', '', ''), 'mail.header.twice')
  t.equal(fault('From: a@x.th', 'From: b@x.th', '', ''), 'mail.header.twice')
  t.equal(fault('From: a@x.th, b@x.th', '', ''), 'mail.header.sender')
  t.equal(fault('From: "a" <b@x.th> <c@x.th>', '', ''), 'mail.header.sender')
  t.equal(fault('no header at all', '', ''), 'mail.header.broken')
  t.equal(fault('Subject: a\rBcc: b', '', ''), 'mail.header.broken')
  t.equal(fault('Subject: a\u0000b', '', ''), 'mail.header.broken')
  t.equal(fault('Date: 2569-11-23', '', ''), 'mail.header.date')
  t.equal(fault('Subject: =?utf-8?B?4Li?=', '', ''), 'mail.header.word')
  t.equal(fault('Subject: =?utf-8?B?4Lg=?=', '', ''), 'mail.charset.contradicted')
  t.equal(fault('Subject: =?koi8-r?B?YWJj?=', '', ''), 'mail.charset.unknown')
  t.equal(fault(`X: ${'a'.repeat(70_000)}`, '', ''), 'mail.part.bounds')
  t.equal(fault(...Array<string>(501).fill('X: a'), '', ''), 'mail.part.bounds')
  t.equal(fault(mixed(), '', '--b', '', 'x'), 'mail.part.unended')
  t.equal(fault(mixed(), '', '--b', '', 'x', '--bc--'), 'mail.part.unended', 'another boundary')
  t.equal(fault(mixed('""'), '', ''), 'mail.part.boundary')
  t.equal(fault(mixed(), 'Content-Transfer-Encoding: base64', '', ''), 'mail.part.encoding')
  t.equal(fault(mixed(), '', ...Array<string>(200).fill('--b\r\n\r\nx'), '--b--'), 'mail.part.bounds')
  const deep = Array.from({ length: 11 }, (_, level) => [mixed(`b${level}`), '', `--b${level}`]).flat()
  t.equal(
    fault(...deep, '', 'x', ...Array.from({ length: 11 }, (_, level) => `--b${10 - level}--`)),
    'mail.part.bounds',
  )
  t.equal(one('filename="../a.pdf"'), 'letter.attachment.name-path')
  t.equal(one("filename*=utf-8''a%00.pdf"), 'letter.attachment.name-control')
  t.equal(one("filename*=utf-8''%E2%80%AEfdp.exe.pdf"), 'letter.attachment.name-direction')
  t.equal(one(`filename="${'a'.repeat(10_000)}.pdf"`), 'letter.attachment.name-long')
  t.equal(one('filename=a.pdf; filename=b.pdf'), 'mail.header.twice')
  t.equal(one("filename*0*=utf-8''a; filename*2*=b"), 'mail.header.broken', 'a piece is missing')
  t.equal(one('filename=a b.pdf'), 'mail.header.broken')
  t.equal(
    fault(mixed(), '', '--b', ...pdf('filename=a.pdf'), '--b', ...pdf('filename=a.pdf'), '--b--'),
    'mail.file.name-twice',
  )
  t.equal(fault('Content-Type: message/rfc822', '', 'Subject: x', '', ''), 'mail.part.kind')
  t.equal(fault('Content-Type: application/x-msdownload; name=a.exe', '', 'x'), 'mail.part.kind')
  const encoded = (encoding: string, body: string) =>
    fault(`Content-Transfer-Encoding: ${encoding}`, '', body)
  t.equal(encoded('base64', 'YWJ'), 'mail.part.encoding', 'cut off')
  t.equal(encoded('base64', 'YW!j'), 'mail.part.encoding')
  t.equal(encoded('quoted-printable', 'a=4'), 'mail.part.encoding')
  t.equal(encoded('quoted-printable', 'a=ZZ'), 'mail.part.encoding')
  t.equal(encoded('x-uuencode', 'a'), 'mail.part.encoding')
  const body = (charset: string, bytes: string) =>
    fault(`Content-Type: text/plain; charset=${charset}`, '', bytes)
  t.equal(body('utf-8', '\xe0\xb8'), 'mail.charset.contradicted')
  t.equal(body('tis-620', '\xdb'), 'mail.charset.contradicted', 'a byte that means nothing')
  t.equal(body('us-ascii', '\xa1'), 'mail.charset.contradicted')
  t.equal(body('iso-8859-1', '\xa1'), 'mail.charset.contradicted', 'Thai under the wrong label')
  t.equal(fault('Content-Type: text/html', '', '<p>x</p>'), 'mail.body.html')
  t.equal(fault('Content-Type: text/plain', '', '\n'.repeat(1024 * 1024 + 1)), 'mail.part.bounds')
  t.end()
})

t.test('a text file is the same bytes by every transfer encoding: a hard line break is CRLF', (t) => {
  const text = 'one\r\n\r\ntwo = 2\r\nthree\r\n'
  const attached = (encoding: string, body: string) => {
    const mail = [
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain; name=a.txt',
      'Content-Disposition: attachment',
      `Content-Transfer-Encoding: ${encoding}`,
      '',
      body,
      '--b--',
      '',
    ].join('\r\n')
    const content = readMail(Buffer.from(mail), 'skip').files.get('a.txt')?.content
    return content?.kind === 'bytes' ? content.bytes.toString() : content?.kind
  }
  t.equal(attached('7bit', text), text)
  t.equal(attached('base64', Buffer.from(text).toString('base64')), text)
  const quoted = 'one \r\n\r\ntwo =\r\n=3D 2\r\nthree\r\n'
  t.equal(attached('quoted-printable', quoted), text)
  t.equal(attached('quoted-printable', quoted.replaceAll('\r\n', '\n')), text, 'of a mail stored with LF')
  t.equal(attached('quoted-printable', 'one=0Atwo'), 'one\ntwo', 'a file of LF says so')
  t.equal(attached('quoted-printable', '\n'.repeat(9)), '\r\n'.repeat(9))
  t.end()
})

t.test(
  'law: a mail that is cut anywhere is a fault, and one that is changed never more than that',
  async (t) => {
    const { letter, contents } = withBytes(
      fixedLetter({ from: { office: office('55') }, to: { offices: [moi] } }),
    )
    const { bytes } = mustBe(await given.write(parcelOf({ letter }, 'p-6', '55', contents)))
    const end = bytes.lastIndexOf('--')
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: bytes.indexOf('\r\n\r\n'), max: end }), async (length) => {
        const item = await itemOf(sent, bytes.subarray(0, length))
        t.equal(item.kind, 'fault')
      }),
    )
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }))
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 20 }), async (changes) => {
        const broken = Buffer.from(bytes)
        for (const [at, byte] of changes) broken[at] = byte
        t.match((await itemOf(sent, broken)).kind, /^(letter|fault)$/)
      }),
      { numRuns: 300 },
    )
  },
)

t.test('the charsets of Thai mail programs, under all their labels', (t) => {
  const thai = iconv.encode('น้ำ ฿ ๒๕๕๑', 'windows-874').toString('latin1')
  for (const label of ['TIS-620', 'windows-874', 'cp874', 'x-windows-874', 'ISO-8859-11', '"tis-620"']) {
    t.equal(read(`Content-Type: text/plain; charset=${label}`, '', thai).text, 'น้ำ ฿ ๒๕๕๑', label)
    const word = `=?${label.replaceAll('"', '')}?B?${Buffer.from(thai, 'latin1').toString('base64')}?=`
    t.equal(read(`Subject: ${word}`, '', '').subject, 'น้ำ ฿ ๒๕๕๑', `${label} in a word`)
  }
  const utf8 = Buffer.from('น้ำ', 'utf8').toString('latin1')
  t.equal(read(`Subject: ${utf8}`, '', '').subject, 'น้ำ', 'bare UTF-8')
  t.equal(read(`Subject: ${thai}`, '', '').subject, 'น้ำ ฿ ๒๕๕๑', 'bare windows-874')
  // Two bytes that are sound UTF-8 too: the letters of Saraburi's numbers.
  const saraburi = iconv.encode('สบ 0017.1/4', 'windows-874')
  t.equal(read(`Subject: ${saraburi.toString('latin1')}`, '', '').subject, 'สบ 0017.1/4')
  const worded = `Subject: =?TIS-620?B?${saraburi.toString('base64')}?=`
  t.equal(read(worded, '', '').subject, 'สบ 0017.1/4')
  // A word that ends inside a character, and the next goes on.
  const bytes = Buffer.from('หนังสือ', 'utf8')
  const halves = [bytes.subarray(0, 4), bytes.subarray(4)].map(
    (each) => `=?utf-8?B?${each.toString('base64')}?=`,
  )
  t.equal(headerText(halves.join('\t '), 'x'), 'หนังสือ')
  t.equal(headerText('=?utf-8?Q?a?= =?tis-620?Q?b?=', 'x'), 'ab', 'blanks between words are no text')
  t.equal(headerText('Re: =?utf-8?Q?a_b?= c =?utf-8?Q?d?=', 'x'), 'Re: a b c d')
  t.end()
})

t.test('labelled lines: with a colon or without, wrapped, quoted, signed', (t) => {
  const labels = ['ที่', 'เรื่อง', 'อ้างถึง', 'อ้างถึงเรื่อง']
  const body = (text: string, more = {}) =>
    readBody(text, { labels, quotes: 'keep', signature: 'keep', ...more })
  const values = (text: string, more = {}) => Object.fromEntries(body(text, more).values)
  t.same(values('ที่ นน 1\nเรื่อง:ก\nข\n\nค'), { ที่: 'นน 1', เรื่อง: 'ก ข' })
  t.same(values('อ้างถึงเรื่อง: ก\nอ้างถึง： ข'), { อ้างถึงเรื่อง: 'ก', อ้างถึง: 'ข' }, 'the longest label; a wide colon')
  t.equal(body('ที่: 1\n\nที่ผ่านมา เรื่องนี้').text, 'ที่ผ่านมา เรื่องนี้', 'a word that only begins like a label')
  t.same(values('เรื่อง: ก\n\nเรื่อง นี้'), { เรื่อง: 'ก' }, 'without a colon, the second time, it is a word')
  t.equal(
    codeOf(() => body('ที่: 1\nที่: 2')),
    'mail.body.label-twice',
  )
  t.same(values('ที่: 1\n> ที่: 2', { quotes: 'skip' }), { ที่: '1' })
  t.match(body('ที่: 1\n\n> ที่: 2').text, '> ที่: 2', 'what is not left out stays')
  t.same(values('ที่: 1\n-- \nเรื่อง: x', { signature: 'skip' }), { ที่: '1' })
  t.same(values('ที่: 1\n\n-- \nเรื่อง: x'), { ที่: '1', เรื่อง: 'x' })
  t.equal(unflowed('a \nb\n> c \n> d\n-- \ne', false), 'a b\n>c d\n-- \ne')
  t.equal(unflowed('ก \nข', true), 'กข')
  t.same(values('ที่: 1\n\nที่: 1\nข'), { ที่: '1' }, 'the same once more says nothing new')
  // Far beyond what a machine could do if each line cost what is before it.
  const many = 'ก \n'.repeat(300_000)
  t.equal(values(`เรื่อง: ก\n${many}`)['เรื่อง']?.length, 600_001)
  t.equal(unflowed(many, true).length, 300_000)
  t.end()
})

t.test('law: a subject that a template wrote is read by it, where its texts part it', (t) => {
  const template = subjectTemplate('หนังสือ {ที่} เรื่อง {เรื่อง}')
  fc.assert(
    fc.property(thaiText({ max: 40 }), (subject) => {
      const written = template.write((label) => (label === 'ที่' ? 'นน 0017/1' : subject))
      t.same(
        [...template.read(written)],
        [
          ['ที่', 'นน 0017/1'],
          ['เรื่อง', subject.trim()],
        ],
      )
    }),
  )
  t.equal(template.read('Re: หนังสือ ก เรื่อง ข').size, 0)
  t.equal(template.read('หนังสือ ก').size, 0)
  t.end()
})

t.test('X12: no text gets a line of its own into a header', async (t) => {
  t.throws(() => headerLine('Subject', 'a\r\nBcc: b@x.th'))
  fc.assert(
    fc.property(thaiText({ max: 300 }), (text) => {
      const line = headerLine('Subject', text)
      t.notMatch(line.replace(/\r\n[ ]/g, '').slice(0, -2), /[\r\n]/)
      const words = line.slice('Subject: '.length, -2).split('\r\n ')
      t.ok(
        words.every((word) => word.length <= 75 || !word.startsWith('=?')),
        'RFC 2047, section 2',
      )
      t.equal(headerText(line.slice('Subject: '.length, -2).replaceAll('\r\n', ''), 'x'), text)
    }),
  )
  const { letter, contents } = withBytes(
    fixedLetter({ from: { office: moi }, to: { offices: [office('55')] }, subject: 'ก\r\nBcc: b@x.th' }),
  )
  const written = mustBe(await given.write(parcelOf({ letter }, 'p-4', '55', contents)))
  t.same(written.spilled, ['subject'], 'a subject of two lines stands in a file, whole')
  t.notMatch(written.bytes.toString('latin1'), /^Bcc/m)
})

t.test('pictures of signatures are left out by the rule, and kept without it', (t) => {
  const mail = lines(
    'Content-Type: multipart/related; boundary=b',
    '',
    '--b',
    '',
    'x',
    '--b',
    'Content-Type: image/png; name=logo.png',
    'Content-ID: <logo>',
    '',
    'x',
    '--b--',
  )
  t.same([...readMail(mail, 'skip').files.keys()], [])
  t.same([...readMail(mail, 'attach').files.keys()], ['logo.png'])
  t.end()
})

t.test('which file is the letter: named by a line, by the form of its name, or the first PDF', async (t) => {
  const mail = (line: string) =>
    Buffer.from(
      [
        'From: saraban_nan@moi.go.th',
        'Content-Type: multipart/mixed; boundary=b',
        '',
        '--b',
        'Content-Type: text/plain; charset=utf-8',
        '',
        `ที่: นน 1/2\nลงวันที่: 1 ม.ค. 2569\nเรื่อง: x\nถึง: มท\n${line}`,
        ...['a.pdf', 'letter.doc', 'b.pdf'].flatMap((name) => [
          '--b',
          'Content-Type: application/octet-stream',
          `Content-Disposition: attachment; filename=${name}`,
          '',
          'x',
        ]),
        '--b--',
      ].join('\n'),
    )
  const roles = async (form: DocumentForm, line: string) => {
    const item = await itemOf(form, mail(line))
    return item.kind === 'letter'
      ? item.attachments.filter(({ role }) => role === 'main').map(({ name }) => name)
      : item.kind === 'fault'
        ? item.problems.map(({ code }) => code)
        : item.kind
  }
  t.same(await roles(sent, ''), ['a.pdf'])
  t.same(await roles(sent, 'ไฟล์หนังสือ: b.pdf\n'), ['b.pdf'])
  t.same(await roles(sent, 'ไฟล์หนังสือ: -\n'), [])
  t.same(await roles(sent, 'ไฟล์หนังสือ: c.pdf\n'), ['adapter.file.missing'], 'a file that did not come')
  const byName = formsOf(profileWith({ main: { name: 'letter*' } }), clock).send!
  t.same(await roles(byName, ''), ['letter.doc'])
})

t.test('a blank field that the subject names is not made of the subject', async (t) => {
  const form = formsOf(profileWith({ subject: '{ที่} {หมายเหตุ}' }), clock).receive!
  const { letter, contents } = withBytes(
    fixedLetter({ from: { office: moi }, to: { offices: [office('55')] }, description: '' }),
  )
  const written = mustBe(await form.write(parcelOf({ letter }, 'p-7', '55', contents)))
  t.match(await itemOf(form, written.bytes), { kind: 'letter', draft: { description: '' } })
})

t.test('a letter larger than a mail may be is refused before its bytes are read', async (t) => {
  const form = formsOf(profileWith({ limit: 1024 }), clock).receive!
  const { letter } = withBytes(fixedLetter({ from: { office: moi }, to: { offices: [office('55')] } }))
  const attachments = [{ ...letter.attachments[0]!, size: 1025 }]
  const written = await form.write(parcelOf({ letter: { ...letter, attachments } }, 'p-5', '55'))
  t.match(written, { ok: false, problems: [{ code: 'mail.too-large', details: { limit: 1024 } }] })
})

t.test('a profile that names what a mail does not have is told so', (t) => {
  const text = `id: x
office: "55"
title: x
origin: none
documents:
  letter:
    format: { kind: mail, labels: [ที่, เรื่อง], subject: "{ที่} {ไม่มี}", main: { label: ที่ } }
    fields:
      number: { at: "body:เลขที่", as: letter-number }
      date: { at: date, as: { christian-date: "ce:yyyy-MM-dd" } }
      subject: { at: "body:เรื่อง", as: text }
      to: { at: from, as: office }
send: &c { transport: { kind: folder, path: /a }, document: letter }
receive: { transport: { kind: folder, path: /b }, document: letter }
notices: { transport: { kind: folder, path: /c }, document: letter }
`
  const found = readProfile(text, 'x.yaml')
  const told = found.ok ? [] : found.problems.map(({ code, value }) => `${code} ${value}`)
  t.ok(told.includes('adapter.profile.value-unknown ไม่มี'), told.join('\n'))
  t.ok(told.includes('adapter.profile.value-wrong ที่'))
  t.end()
})
