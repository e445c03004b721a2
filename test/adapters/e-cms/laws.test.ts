// What holds for every letter and every notice: they come back as they went, but for what e-CMS cannot say.
import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { XmlCData, XmlDocument, type XmlElement, XmlText } from 'libxml2-wasm'
import t from 'tap'
import type { Item, Source } from '../../../src/adapters/contract.ts'
import { readXml } from '../../../src/adapters/formats/e-cms/read-xml.ts'
import { escapeBareAmpersands } from '../../../src/adapters/formats/e-cms/repair.ts'
import { elementsOf, plainText } from '../../../src/adapters/formats/e-cms/xml.ts'
import type { Outgoing } from '../../../src/adapters/formats/format.ts'
import { piecesOf } from '../../../src/adapters/pieces.ts'
import { type MediaType, mediaTypeOf, mediaTypes } from '../../../src/letter/attachments.ts'
import { checkLetter } from '../../../src/letter/check.ts'
import { urgencies } from '../../../src/letter/codes.ts'
import type { Attachment, Letter } from '../../../src/letter/letter.ts'
import { readLetterNumber } from '../../../src/letter/numbers.ts'
import { moi } from '../../../src/letter/offices.ts'
import { letters, mustBe, notices, office, thaiText } from '../../letter/arbitrary.ts'
import { formOf, messageIds, now, sha256 } from './gateway.ts'

/** A law holds when nothing in it throws. */
const law = (name: string, holds: () => Promise<void>) =>
  t.test(name, async (t) => {
    await holds()
    t.pass('holds')
  })

const form = formOf(moi)
const nextId = messageIds()

interface Files {
  readonly letter: Letter
  readonly bytes: ReadonlyMap<string, Buffer>
}

/** Letters with bytes of their own: an empty file is none in e-CMS, and no letter has one. */
function lettersWithFiles(): fc.Arbitrary<Files> {
  const types = mediaTypes.map(({ type }) => mustBe(mediaTypeOf(type, '')))
  const file = fc.tuple(
    fc.uint8Array({ minLength: 1, maxLength: 300 }),
    fc.constantFrom<MediaType>(...types),
    thaiText({ min: 1, max: 20 }),
  )
  return fc
    .tuple(letters({ attachments: 0 }), fc.array(file, { maxLength: 5 }), fc.nat(4))
    .map(([letter, files, main]) => {
      const bytes = new Map<string, Buffer>()
      const attachments = files.map(([content, mediaType, stem], index): Attachment => {
        const buffer = Buffer.from(content)
        bytes.set(sha256(buffer), buffer)
        const name = `${index} ${stem.replace(/[/\\\u2028\u202e]/g, '')}`
        return {
          name,
          mediaType,
          role: index === main ? 'main' : 'enclosure',
          size: buffer.length,
          sha256: sha256(buffer),
        }
      })
      return { letter: mustBe(checkLetter(letter, attachments)), bytes }
    })
}

const outgoingOf = ({ letter, bytes }: Files): Outgoing => ({
  id: 'delivery-1',
  office: letter.to.offices[0],
  envelope: { messageId: nextId(), createdAt: now, content: 'letter', letter },
  open: (digest) => Readable.from([bytes.get(digest) ?? Buffer.alloc(0)]),
})

const sourceOf = (bytes: Buffer, document: Source['document']): Source => ({
  document,
  name: 'law',
  bytes,
  beside: new Map(),
  sender: 'waits',
  final: true,
})

/** White space with a line break at the ends of a text: e-CMS messages are indented, so that it says nothing. */
const trimmed = (text: string): string =>
  text.replace(/^[ \t\r]*\n[ \t\r\n]*/, '').replace(/[ \t\r\n]*\n[ \t\r]*$/, '')

const person = (person: { givenName: string; familyName: string; jobTitle: string } | undefined) => {
  if (person === undefined) return undefined
  const { givenName, familyName, jobTitle } = person
  return givenName + familyName + jobTitle === '' ? undefined : person
}

/** What comes back. Each line that is not the letter's own is a limit that docs/e-cms.md declares. */
function expectedOf(letter: Letter) {
  const { number, urgency } = mustBe(readLetterNumber(letter.number.printed))
  const glued = urgency === undefined ? 0 : urgencies.indexOf(urgency)
  return {
    kind: number.order ? 'directive' : 'external', // the kind
    circular: number.circular, // a circular whose number has no ว
    number,
    date: letter.date,
    subject: trimmed(letter.subject),
    urgency: urgencies[Math.max(urgencies.indexOf(letter.urgency), glued)], // an urgency that contradicts the number
    secrecy: letter.secrecy,
    from: { office: letter.from.office, ...(person(letter.from.person) && { person: letter.from.person }) },
    to: { offices: [letter.to.offices[0]], ...(person(letter.to.person) && { person: letter.to.person }) }, // the others
    references: letter.references.map((each) => ({ ...each, subject: trimmed(each.subject) })),
    enclosureNote: letter.enclosureNote.trim() === '-' ? '' : trimmed(letter.enclosureNote), // `-`
    sentAt: letter.sentAt === undefined ? undefined : Math.floor(letter.sentAt / 1000) * 1000, // milliseconds
    description: trimmed(letter.description),
    extension: [], // the extension
  }
}

law('letter → e-CMS → letter, but for the declared limits', async () => {
  await fc.assert(
    fc.asyncProperty(lettersWithFiles(), async (made) => {
      const written = mustBe(await form.write(outgoingOf(made)))
      const [item] = await form.read(sourceOf(written.bytes, 'letter'))
      if (item?.kind !== 'letter') return assert.fail(JSON.stringify(item))
      assert.deepEqual(item.draft, expectedOf(made.letter))
      const sent = [...made.letter.attachments].sort(
        (a, b) => Number(b.role === 'main') - Number(a.role === 'main'),
      )
      assert.deepEqual(
        item.attachments.map(digestOf),
        sent.map(({ role, mediaType, sha256 }) => ({ role, mediaType, sha256 })),
      )
    }),
    { numRuns: 150 },
  )
})

const digestOf = ({
  role,
  mediaType,
  content,
}: Extract<Item, { kind: 'letter' }>['attachments'][number]) => ({
  role,
  mediaType,
  sha256: content.kind === 'bytes' ? sha256(content.bytes) : content.kind,
})

law('with filenames: true the names of files come back too', async () => {
  const named = formOf(moi, { filenames: true })
  await fc.assert(
    fc.asyncProperty(lettersWithFiles(), async (made) => {
      const written = mustBe(await named.write(outgoingOf(made)))
      const [item] = await form.read(sourceOf(written.bytes, 'letter'))
      const names = item?.kind === 'letter' ? item.attachments.map(({ name }) => name).sort() : []
      assert.deepEqual(names, made.letter.attachments.map(({ name }) => name).sort())
    }),
    { numRuns: 30 },
  )
})

law('an independent parser reads what is written, with the same subject', async () => {
  const ram = 'urn:th:gov:egif:data:standard:ReusableAggregateBusinessInformationEntity:1'
  await fc.assert(
    fc.asyncProperty(lettersWithFiles(), async (made) => {
      const written = mustBe(await form.write(outgoingOf(made)))
      const document = XmlDocument.fromBuffer(written.bytes)
      try {
        // Its binding takes U+FEFF at the start of a longer text for a byte order mark.
        const unmarked = (text: string | undefined) => text?.replace(/^\ufeff/, '')
        const subject = document.get('//ram:CorrespondenceLetter/ram:Subject', { ram })?.content
        assert.equal(unmarked(subject), unmarked(made.letter.subject))
      } finally {
        document.dispose()
      }
    }),
    { numRuns: 50 },
  )
})

law('notice → notifier → notice', async () => {
  await fc.assert(
    fc.asyncProperty(notices(), async (notice) => {
      const about: Outgoing = {
        id: 'delivery-1',
        office: notice.to,
        envelope: { messageId: nextId(), createdAt: now, content: 'notice', notice },
        open: () => Readable.from([]),
      }
      const written = await form.write(about)
      const [item] = await form.read(sourceOf(mustBe(written).bytes, 'notice'))
      if (item?.kind !== 'notice') return assert.fail(JSON.stringify(item))
      const bySender = notice.kind === 'dispute' || notice.kind === 'recall'
      const registrar = bySender ? notice.to : notice.from
      const { kind, about: letter, at } = item.draft
      // A request to forget a letter has no time of its own.
      const time = notice.kind === 'recall' ? undefined : Math.floor(notice.at / 1000) * 1000
      assert.deepEqual([kind, at], [notice.kind, time])
      assert.deepEqual('number' in letter && [letter.number, letter.date, letter.recipient], [
        notice.about.number,
        notice.about.date,
        registrar,
      ])
      assert.equal(item.draft.receiveNumber, notice.receiveNumber)
    }),
    { numRuns: 150 },
  )
})

law(
  'long base64 is read as an independent parser reads it, whatever stands around and within it',
  async () => {
    const long = (length: number): string => 'QUJD'.repeat(length / 4)
    const part = fc.oneof(
      { weight: 4, arbitrary: fc.nat(50_000).map((count) => long(count * 4)) },
      { weight: 2, arbitrary: fc.constantFrom('\n', ' ', '\r\n') },
      { weight: 1, arbitrary: fc.constantFrom('<!-- > -->', `<!--${long(131_072)}-->`, '<![CDATA[QUJD]]>') },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          `<![CDATA[><XBinaryObject>${long(131_072)}]]>`,
          '&#65;',
          '<b/>',
          '<b a=">">x</b>',
        ),
      },
    )
    const inside = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(''))
    const document = fc
      .tuple(fc.nat(65_600), fc.array(inside, { minLength: 1, maxLength: 3 }))
      .map(
        ([before, contents]) =>
          `<a>${'x'.repeat(before % 65_536)}${contents.map((each) => `<MainBinaryObject m=">">${each}</MainBinaryObject>`).join('')}</a>`,
      )
    await fc.assert(
      fc.asyncProperty(document, async (text) => {
        const read = await readXml(Buffer.from(text))
        if (!read.ok) return assert.fail(JSON.stringify(read.problems))
        const independent = XmlDocument.fromString(text)
        try {
          const expected = independent.find('//MainBinaryObject').map((node) => textsOf(node as XmlElement))
          const found = elementsOf(read.value.root).map(({ content }) =>
            content?.ok === true ? Buffer.concat([...piecesOf(content.value)]).toString('base64') : 'refused',
          )
          assert.deepEqual(
            found,
            expected.map((each) => decoded(each)),
          )
        } finally {
          independent.dispose()
        }
      }),
      { numRuns: 40 },
    )
  },
)

/** The texts directly in an element: what stands in its children is not its own. */
function textsOf(element: XmlElement): string {
  let text = ''
  for (let node = element.firstChild; node !== null; node = node.next) {
    if (node instanceof XmlText || node instanceof XmlCData) text += node.content
  }
  return text
}

function decoded(text: string): string {
  const dense = text.replace(/\s/g, '')
  return /^[A-Za-z0-9+/]*$/.test(dense) && dense.length % 4 === 0 ? dense : 'refused'
}

const meaning: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&#38;': '&',
  '<![CDATA[&x]]>': '&x',
  '<!-- & -->': '',
}

law('a bare & is what it says, and nothing else is touched', async () => {
  const part = fc.constantFrom(
    '&',
    ' ',
    'R&D',
    '& ',
    '&&',
    'ก',
    '&ก',
    '<![CDATA[&x]]>',
    '<!-- & -->',
    '&amp;',
    '&#38;',
    ';',
    'a',
    '=',
  )
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 20 }), async (parts) => {
      const body = parts.join('')
      // What looks like a reference is left alone, and is no case here.
      fc.pre(!/&[^\s&;<#]+;/.test(body.replaceAll('&amp;', '').replace(/<!.*?>/g, '')))
      const source = Buffer.from(`<a>${body}</a>`)
      const repaired = escapeBareAmpersands(source)
      const read = await readXml(repaired.bytes)
      if (!read.ok) return assert.fail(`${body}: ${JSON.stringify(read.problems)}`)
      const meant = parts.map((each) => meaning[each] ?? each)
      assert.equal(plainText(read.value.root), meant.join(''))
      const again = escapeBareAmpersands(repaired.bytes)
      assert.equal(again.bytes, repaired.bytes, 'what is well-formed is the same buffer')
    }),
    { numRuns: 500 },
  )
})

law('no bytes make the form throw', async () => {
  const sound = Buffer.from(
    `<CorrespondenceLetterOutboundRequest>${mustBe(await form.write(outgoingOf({ letter: mustBe(checkLetter(fc.sample(letters({ attachments: 0 }), 1)[0]!, [])), bytes: new Map() }))).bytes.toString()}</CorrespondenceLetterOutboundRequest>`,
  )
  const damaged = fc
    .tuple(fc.nat(sound.length), fc.nat(20), fc.uint8Array({ maxLength: 8 }))
    .map(([at, cut, put]) => Buffer.concat([sound.subarray(0, at), put, sound.subarray(at + cut)]))
  const anything = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes))
  await fc.assert(
    fc.asyncProperty(fc.oneof(damaged, anything), async (bytes) => {
      const items = await form.read(sourceOf(bytes, 'letter'))
      assert.equal(items.length, 1)
    }),
    { numRuns: 400 },
  )
})

t.test('a letter that e-CMS cannot carry is refused whole, and nothing is cut', async (t) => {
  const small = formOf(moi, { attachments: '1KiB' })
  const bytes = Buffer.alloc(1025, 'x')
  const pdf = mustBe(mediaTypeOf('application/pdf', ''))
  const [letter] = fc.sample(letters({ attachments: 0, from: office('50') }), 1)
  const attachments: Attachment[] = [
    { name: 'a.pdf', mediaType: pdf, role: 'main', size: bytes.length, sha256: sha256(bytes) },
  ]
  const made = { letter: mustBe(checkLetter(letter!, attachments)), bytes: new Map([[sha256(bytes), bytes]]) }
  const refused = await small.write(outgoingOf(made))
  t.equal(refused.ok ? '' : refused.problems[0].code, 'ecms.write.too-large')
})
