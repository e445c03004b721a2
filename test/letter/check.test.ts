import { readdirSync, readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import t from 'tap'
import { checkLetter, checkNotice, type LetterDraft } from '../../src/letter/check.ts'
import { kinds, secrecies, urgencies } from '../../src/letter/codes.ts'
import { contentDigest, naturalKey } from '../../src/letter/digest.ts'
import { letterFromJson, letterToJson } from '../../src/letter/json.ts'
import type { Attachment, Letter } from '../../src/letter/letter.ts'
import { limits } from '../../src/letter/limits.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import { moi } from '../../src/letter/offices.ts'
import { characterFaults } from '../../src/letter/text.ts'
import { fixedLetter, letterDates, letters, mustBe, notices, office, thaiText } from './arbitrary.ts'
import { faultsOf } from './faults.ts'

/** The draft and the attachments that make this letter again. */
function opened(letter: Letter): [LetterDraft, readonly Attachment[]] {
  const { attachments, ...draft } = letter
  return [draft, attachments]
}

const number = (printed: string) => mustBe(readLetterNumber(printed)).number

/** What `checkLetter` finds when these fields of the plain letter are others. */
function faultsWith(fields: LetterDraft, attachments?: readonly Attachment[]): string[] {
  const [draft, scans] = opened(fixedLetter())
  return faultsOf(checkLetter({ ...draft, ...fields }, attachments ?? scans))
}

t.test('a plain letter: what is not said has the meaning of its absence on paper', async (t) => {
  const letter = fixedLetter()
  t.match(letter, { kind: 'external', circular: false, urgency: 'ordinary', secrecy: 'ordinary' })
  t.same([letter.references, letter.enclosureNote, letter.description, letter.extension], [[], '', '', []])
  t.notOk('sentAt' in letter)
  t.equal(fixedLetter({ number: number('มท 0210.3/ว 5') }).circular, true)
  t.equal(fixedLetter({ number: number('0017.1/5') }).number.normalized, 'ชม 0017.1/5')
  t.equal(fixedLetter({ number: number('0017.1/5') }).number.completed, true)
  t.equal(fixedLetter({ enclosureNote: '-' }).enclosureNote, '')
  t.equal(fixedLetter({ enclosureNote: '- ' }).enclosureNote, '- ')
  const nobody = { givenName: '', familyName: '', jobTitle: '' }
  t.same(fixedLetter({ from: { office: office('50'), person: nobody } }).from, { office: '50' })
  t.same(fixedLetter({ to: { offices: [moi], person: nobody } }).to, { offices: ['moi'] })
})

t.test('every fault at once, each with its place', async (t) => {
  t.same(faultsOf(checkLetter({}, [])), [
    'number letter.field.missing',
    'date letter.field.missing',
    'subject letter.field.missing',
    'from letter.field.missing',
    'to letter.field.missing',
  ])
  const scan = fixedLetter().attachments[0]!
  const person = { givenName: 'ก\nข', familyName: 'ก'.repeat(201), jobTitle: '\u0007' }
  t.same(
    faultsWith(
      {
        kind: JSON.parse('"letter"'),
        urgency: JSON.parse('"005"'),
        secrecy: JSON.parse('"__proto__"'),
        circular: false,
        number: number('ชม 0017.1/ว 5'),
        subject: 'ก'.repeat(1001),
        from: { office: office('50'), person },
        to: { offices: [moi, office('51'), moi, office('50')] },
        references: [
          { number: '', subject: '' },
          { number: 'x'.repeat(101), subject: 'x\ufffdy' },
        ],
        enclosureNote: 'ก'.repeat(4001),
        description: 'a\u0000b',
        sentAt: Number.NaN,
        extension: [{ name: '', value: 'ก'.repeat(10_001) }],
      },
      [
        { ...scan, name: '../x.pdf', size: 0 },
        { ...scan, name: 'a.pdf', sha256: 'ABC', mediaType: JSON.parse('"application/docx"') },
        { ...scan, name: 'A.pdf', role: JSON.parse('"scan"'), size: 2 ** 31 + 1 },
      ],
    ),
    [
      'subject letter.field.long',
      'kind letter.code.unknown',
      'urgency letter.code.unknown',
      'secrecy letter.code.unknown',
      'circular letter.circular.contradiction',
      'from.person.givenName letter.text.line-break',
      'from.person.familyName letter.field.long',
      'from.person.jobTitle letter.text.control',
      'to.offices.2 letter.to.duplicate',
      'to.offices.3 letter.to.self',
      'references.0.number letter.field.missing',
      'references.1.number letter.field.long',
      'references.1.subject letter.text.replaced',
      'enclosureNote letter.field.long',
      'description letter.text.control',
      'sentAt letter.instant.unreadable',
      'attachments.0.name letter.attachment.name-path',
      'attachments.0.size letter.attachment.size',
      'attachments.1.mediaType letter.media-type.unknown',
      'attachments.1.sha256 letter.digest.unreadable',
      'attachments.1 letter.attachment.two-main',
      'attachments.2.name letter.attachment.name-twice',
      'attachments.2.size letter.attachment.size',
      'attachments.2.role letter.code.unknown',
      'extension.0.name letter.field.missing',
      'extension.0.value letter.field.long',
    ],
  )
})

t.test('an office is named once, in whatever order', async (t) => {
  const to = (...ids: string[]) => {
    const [first, ...rest] = ids.map(office)
    return faultsWith({ to: { offices: [first!, ...rest] } })
  }
  t.same(to('51', '52', 'moi'), [])
  t.same(to('moi', '52', '51'), [])
  t.same(to('51', '51'), ['to.offices.1 letter.to.duplicate'])
  t.same(to('51', '52', '52', 'moi'), ['to.offices.2 letter.to.duplicate'])
  t.same(to('52', '51', '52'), ['to.offices.2 letter.to.duplicate'])
})

t.test('a number of the secret series is never an ordinary letter’s', async (t) => {
  const secret = number('ชม 0017.1/ล 5')
  t.same(faultsWith({ number: secret }), ['secrecy letter.secrecy.contradiction'])
  for (const secrecy of ['confidential', 'secret', 'top-secret'] as const) {
    t.same(faultsWith({ number: secret, secrecy }), [])
  }
})

t.test('bounds hold at the last character and not before', async (t) => {
  const scan = fixedLetter().attachments[0]!
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      ...scan,
      name: `${index}.pdf`,
      role: 'enclosure' as const,
    }))
  const subject = '😀'.repeat(limits.subject)
  t.same(faultsWith({ subject }), [], 'code points are counted, not code units')
  t.same(faultsWith({ subject: `${subject}ก` }), ['subject letter.field.long'])
  t.same(faultsWith({ subject: ' \t\n' }), ['subject letter.field.missing'])
  t.same(faultsWith({}, many(100)), [])
  t.same(faultsWith({}, many(101)), ['attachments letter.list.long'])
  const field = { name: 'ก', value: 'ก'.repeat(9_999) }
  t.same(faultsWith({ extension: Array.from({ length: 20 }, () => field) }), [])
  t.same(faultsWith({ extension: Array.from({ length: 21 }, () => field) }), ['extension letter.field.long'])
  const fields = Array.from({ length: 201 }, () => ({ name: 'ก', value: '' }))
  t.same(faultsWith({ extension: fields }), ['extension letter.list.long'])
  const references = Array.from({ length: 101 }, () => ({ number: '1', subject: '' }))
  t.same(faultsWith({ references }), ['references letter.list.long'])
  t.same(faultsWith({ references: references.slice(1) }), [])
})

/** How many characters are gone through, by patterns and by whatever else looks at each of them, while `act` runs. */
function charactersRead(act: () => void): number {
  let read = 0
  const { exec } = RegExp.prototype
  const { normalize, replaceAll, toLowerCase } = String.prototype
  const each = String.prototype[Symbol.iterator]
  try {
    RegExp.prototype.exec = function (text) {
      const from = this.global ? this.lastIndex : 0
      const found = exec.call(this, text)
      read += (found === null ? text.length : found.index + found[0].length) - from
      return found
    }
    Object.assign(String.prototype, {
      normalize(this: string, form?: string) {
        read += this.length
        return normalize.call(this, form)
      },
      replaceAll(this: string, of: string, by: string) {
        read += this.length
        return replaceAll.call(this, of, () => by)
      },
      toLowerCase(this: string) {
        read += this.length
        return toLowerCase.call(this)
      },
      [Symbol.iterator](this: string) {
        read += this.length
        return each.call(this)
      },
    })
    act()
  } finally {
    RegExp.prototype.exec = exec
    Object.assign(String.prototype, { normalize, replaceAll, toLowerCase, [Symbol.iterator]: each })
  }
  return read
}

t.test('a text of many megabytes costs no more than one at the limit', async (t) => {
  const checks: Readonly<Record<string, (text: string) => readonly string[]>> = {
    letter: (text) => faultsWith({ subject: text, description: `${text}ก` }),
    number: (text) => faultsOf(readLetterNumber(text)),
    json: (text) => faultsOf(letterFromJson({ from: text, date: text, sentAt: text, to: [text] })),
  }
  const found = {
    letter: [
      'subject letter.field.long',
      'subject letter.text.control',
      'description letter.field.long',
      'description letter.text.control',
    ],
    number: ['letter.field.long', 'letter.text.control'],
    json: [
      'date letter.date.unreadable',
      'from letter.office.unknown',
      'to.0 letter.office.unknown',
      'sentAt letter.instant.unreadable',
    ],
  }
  const [small, huge] = [50_000, 5_000_000].map((size) => '\u0000'.repeat(size))
  for (const [name, check] of Object.entries(checks)) {
    const cost = (text = '') => {
      let faults: readonly string[] = []
      const read = charactersRead(() => {
        faults = check(text)
      })
      t.same(faults, found[name as keyof typeof found], name)
      return read
    }
    const atTheLimit = cost(small)
    const more = cost(huge) - atTheLimit
    // The messages say how long it is: digits more.
    t.ok(Math.abs(more) < 100, `${name}: ${atTheLimit} characters are gone through, and ${more} more`)
  }
  const sound = 'ก'.repeat(limits.subject)
  t.ok(charactersRead(() => faultsWith({ subject: sound })) > limits.subject, 'what is read is counted')
})

t.test('signs of a wrong charset, half characters and what XML cannot carry', async (t) => {
  const bytes = (text: string) => Buffer.from(text, 'utf8')
  const tis620 = Buffer.from('t7TKzbrK6KfLudGnytfN', 'base64')
  const strange: readonly (readonly [string, readonly string[]])[] = [
    ['ก\u0000', ['letter.text.control']],
    ['ก\u001b[31m', ['letter.text.control']],
    ['ก\u007f', ['letter.text.control']],
    ['ก\u000b', ['letter.text.control']],
    ['ก\ud83d', ['letter.text.surrogate']],
    ['\ude00ก', ['letter.text.surrogate']],
    ['ก\uffff', ['letter.text.surrogate']],
    ['ก\ufffe', ['letter.text.surrogate']],
    ['ก\uf8c1', ['letter.text.charset']],
    ['ก\uf8c8', ['letter.text.charset']],
    ['ก\u0085', ['letter.text.charset']],
    ['ก\ufffd', ['letter.text.replaced']],
    ['???????? 2551', ['letter.text.replaced']],
    [tis620.toString('latin1'), ['letter.text.mojibake']],
    [bytes('ทดสอบ').toString('latin1'), ['letter.text.charset', 'letter.text.mojibake']],
    [
      new TextDecoder('windows-874').decode(bytes('หนังสือราชการ')),
      ['letter.text.charset', 'letter.text.mojibake'],
    ],
    [
      '\u0000\ud83d\uf8c1\ufffd',
      ['letter.text.control', 'letter.text.surrogate', 'letter.text.charset', 'letter.text.replaced'],
    ],
  ]
  for (const [text, codes] of strange) {
    const found = characterFaults(text, 'subject')
    t.same(
      found.map((one) => one.code),
      codes,
      JSON.stringify(text),
    )
    t.same(
      faultsWith({ subject: text }),
      codes.map((code) => `subject ${code}`),
    )
  }
  const [control] = characterFaults('😀ก\u0007ข\u0007')
  t.match(control?.details, { count: 2, character: 'U+0007', position: 3 })
  const sound = [
    'ทดสอบส่งหนังสือ',
    'จริงหรือ???',
    'What???',
    'เธอเนเธอ',
    'Élève à Orléans',
    '“นิเทศ/แนะนำ” ฯ…',
    'บรรทัด\r\nที่สอง\t3',
    '😀 𠮷 \ue000',
    'น้ำ นํ้า\u200b',
    '½¼¾',
    'ชื่อ ÀÉÎÕÜàé',
    'ก ??????',
  ]
  for (const text of sound) t.same(faultsWith({ subject: text }), [], text)
})

t.test('no text ever changes: what a letter holds is what was handed over', async (t) => {
  fc.assert(
    fc.property(thaiText({ min: 1, max: 300, lines: true }), (subject) => {
      const letter = fixedLetter({
        subject,
        description: subject,
        extension: [{ name: 'ก', value: subject }],
      })
      const texts = [letter.subject, letter.description, letter.extension[0]?.value]
      return texts.every((text) => text === subject) && letterToJson(letter).subject === subject
    }),
  )
  const folder = new URL('../../src/letter/', import.meta.url)
  for (const name of readdirSync(folder)) {
    t.notMatch(
      readFileSync(new URL(name, folder), 'utf8'),
      /\.normalize\(/,
      `${name} uses no Unicode normalisation`,
    )
  }
})

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true })
const schema: Record<string, unknown> = JSON.parse(
  readFileSync(new URL('../../schemas/letter.schema.json', import.meta.url), 'utf8'),
)
const valid = ajv.compile(schema)

/** What the schema states at a path. */
const stated = (path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => new Map(Object.entries(Object(value))).get(key), schema)

t.test('canonical JSON: every letter comes back equal, and fits the schema', async (t) => {
  fc.assert(
    fc.property(letters(), (letter) => {
      const json: unknown = JSON.parse(JSON.stringify(letterToJson(letter)))
      if (!valid(json)) throw new Error(ajv.errorsText(valid.errors))
      const { draft, attachments } = mustBe(letterFromJson(json))
      const sums = attachments.map(({ name, mediaType, role, size, sha256 }) => ({
        name,
        mediaType,
        role,
        size,
        sha256,
      }))
      t.same(
        sums,
        letter.attachments.map(({ name, mediaType, role, size, sha256 }) => ({
          name,
          mediaType,
          role,
          size,
          sha256,
        })),
      )
      const again = mustBe(checkLetter(draft, letter.attachments))
      t.strictSame(again, letter)
      return contentDigest(again) === contentDigest(letter)
    }),
    { numRuns: 60 },
  )
  t.end()
})

t.test('the schema states the bounds and the code lists that the code has', async (t) => {
  t.equal(stated('properties.number.maxLength'), limits.number)
  t.equal(stated('properties.subject.maxLength'), limits.subject)
  t.equal(stated('properties.description.maxLength'), limits.description)
  t.equal(stated('properties.enclosureNote.maxLength'), limits.enclosureNote)
  t.equal(stated('properties.references.maxItems'), limits.references)
  t.equal(stated('properties.attachments.maxItems'), limits.attachments)
  t.equal(stated('properties.attachments.items.properties.size.maximum'), limits.attachmentSize)
  t.equal(stated('properties.attachments.items.properties.name.maxLength'), limits.attachmentName)
  t.equal(stated('properties.extension.maxItems'), limits.extensionFields)
  t.equal(stated('properties.extension.items.properties.name.maxLength'), limits.extensionName)
  t.equal(stated('properties.extension.items.properties.value.maxLength'), limits.extensionValue)
  for (const part of ['givenName', 'familyName', 'jobTitle']) {
    t.equal(stated(`definitions.person.properties.${part}.maxLength`), limits.person)
  }
  t.same(stated('properties.kind.enum'), [...kinds, null])
  t.same(stated('properties.urgency.enum'), [...urgencies, null])
  t.same(stated('properties.secrecy.enum'), [...secrecies, null])
  t.same(Object.keys(Object(stated('properties'))), Object.keys(letterToJson(fixedLetter({ sentAt: 0 }))))
})

t.test('canonical JSON: what people write for short', async (t) => {
  const short = {
    number: 'ด่วนที่สุดที่มท.0210.3/ว 3893',
    date: '2008-11-15',
    subject: 'ก',
    from: 'moi',
    to: ['50', '51'],
    description: null,
    attachments: [{ name: 'a.pdf' }, { name: 'b.pdf', content: 'YWJj' }],
  }
  t.ok(valid(short), ajv.errorsText(valid.errors))
  const { draft, attachments } = mustBe(letterFromJson(short))
  t.match(draft, {
    kind: 'external',
    circular: true,
    urgency: 'most-urgent',
    secrecy: 'ordinary',
    description: '',
  })
  t.same(draft.from, { office: 'moi' })
  t.same(draft.to, { offices: ['50', '51'] })
  t.same(
    attachments.map((one) => one.role),
    ['main', 'enclosure'],
  )
  t.equal(attachments[1]?.content, 'YWJj')
  t.same(mustBe(letterFromJson({ ...short, to: '50', urgency: 'ordinary' })).draft.urgency, 'ordinary')
  const named = mustBe(letterFromJson({ attachments: [{ name: 'a' }, { name: 'b', role: 'main' }] }))
  t.same(
    named.attachments.map((one) => one.role),
    ['enclosure', 'main'],
  )
  t.same(
    faultsOf(checkLetter(mustBe(letterFromJson({})).draft, [])).length,
    5,
    'what is missing is for the check to say',
  )
})

t.test('canonical JSON: every fault at once', async (t) => {
  for (const value of [null, [], 'x', 5, true, undefined]) {
    t.same(faultsOf(letterFromJson(value)), ['letter.json.type'], String(value))
  }
  const text = `{
    "__proto__": {"subject": "hidden"}, "Subject": "other", "subject": 5, "number": "x", "date": "2551-11-15",
    "colour": 1, "kind": "EXTERNAL", "circular": "no", "from": 50, "to": ["50", 51, "เชียงใหม่", "99"],
    "references": {}, "sentAt": "now", "extension": [{"name": 1}, 2],
    "attachments": [{"name": "a", "size": -1, "constructor": 1}, {"mediaType": 3, "size": 9007199254740993}]
  }`
  const json: unknown = JSON.parse(text)
  t.notOk(valid(json))
  t.same(
    faultsOf(letterFromJson(json)).sort(),
    [
      '__proto__ letter.json.unknown-key',
      'Subject letter.json.near-key',
      'attachments.0.constructor letter.json.unknown-key',
      'attachments.0.size letter.json.type',
      'attachments.1.mediaType letter.json.type',
      'attachments.1.name letter.field.missing',
      'attachments.1.size letter.json.type',
      'circular letter.json.type',
      'colour letter.json.unknown-key',
      'date letter.date.era',
      'extension.0.name letter.json.type',
      'extension.1 letter.json.type',
      'from letter.json.type',
      'kind letter.code.unknown',
      'number letter.number.unreadable',
      'references letter.json.type',
      'sentAt letter.instant.unreadable',
      'subject letter.json.type',
      'to.1 letter.json.type',
      'to.2 letter.office.not-an-id',
      'to.3 letter.office.unknown',
    ].sort(),
  )
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => faultsOf(letterFromJson(value)).length >= 0),
  )
})

t.test('the content digest changes with everything that a letter says, and with nothing else', async (t) => {
  const plain = fixedLetter()
  const digest = contentDigest(plain)
  t.match(digest, /^[0-9a-f]{64}$/)
  const scan = plain.attachments[0]!
  const others: Parameters<typeof fixedLetter>[0][] = [
    { kind: 'internal' },
    { circular: true },
    { number: number('ชม 0017.1/493') },
    { subject: `${plain.subject} ` },
    { urgency: 'urgent' },
    { secrecy: 'secret' },
    { from: { office: office('51') } },
    { from: { office: office('50'), person: { givenName: 'ก', familyName: '', jobTitle: '' } } },
    { from: { office: office('50'), person: { givenName: '', familyName: 'ก', jobTitle: '' } } },
    { to: { offices: [office('51')] } },
    { to: { offices: [moi], person: { givenName: 'ก', familyName: '', jobTitle: '' } } },
    { references: [{ number: 'ก', subject: '' }] },
    { references: [{ number: '', subject: 'ก' }] },
    { enclosureNote: 'ก' },
    { description: 'ก' },
    { extension: [{ name: 'ก', value: '' }] },
    { attachments: [] },
    { attachments: [{ ...scan, name: 'ข.pdf' }] },
    { attachments: [{ ...scan, role: 'enclosure' }] },
    { attachments: [{ ...scan, size: 4 }] },
    { attachments: [{ ...scan, sha256: '0'.repeat(64) }] },
  ]
  const digests = others.map((fields) => contentDigest(fixedLetter(fields)))
  t.equal(new Set([...digests, digest]).size, digests.length + 1)
  const [joined, split] = ['น้ำ', 'นํ้า'].map((subject) => contentDigest(fixedLetter({ subject })))
  t.not(joined, split, 'text that looks the same is not the same text')
  t.equal(
    contentDigest(fixedLetter({ number: number('ที่ชม.๐๐๑๗.๑/ ๔๙๒') })),
    digest,
    'one number in another print',
  )
  t.equal(contentDigest(fixedLetter({ number: number('0017.1/492') })), digest, 'its letters completed')
  t.equal(contentDigest(fixedLetter({ sentAt: 5 })), digest, 'sent again at another time')
  const both = (...ids: string[]) => {
    const [first, ...rest] = ids.map(office)
    return contentDigest(fixedLetter({ to: { offices: [first!, ...rest] } }))
  }
  t.equal(both('51', '52'), both('52', '51'))
  t.equal(naturalKey(plain, moi), '50|ชม 0017.1/492|2008-02-13|moi')
  fc.assert(
    fc.property(letters(), letterDates(), (letter, date) => {
      const other: Letter = { ...letter, date }
      const same = date === letter.date
      const keys = naturalKey(letter, moi) === naturalKey(other, moi)
      return (contentDigest(letter) === contentDigest(other)) === same && keys === same
    }),
    { numRuns: 30 },
  )
})

t.test('notices: only accept and dispute name a receive number; every fault at once', async (t) => {
  t.same(faultsOf(checkNotice({})), [
    'kind letter.field.missing',
    'from letter.field.missing',
    'to letter.field.missing',
    'at letter.field.missing',
    'about.messageId letter.field.missing',
    'about.digest letter.field.missing',
    'about.date letter.field.missing',
    'about.number letter.field.missing',
    'about.subject letter.field.missing',
  ])
  fc.assert(
    fc.property(notices(), (notice) => {
      const numbered = notice.kind === 'accept' || notice.kind === 'dispute'
      t.strictSame(mustBe(checkNotice(notice)), notice)
      const { receiveNumber: _, ...bare } = notice
      t.same(faultsOf(checkNotice(bare)), numbered ? ['receiveNumber letter.field.missing'] : [])
      const given = faultsOf(checkNotice({ ...bare, receiveNumber: '12/2569' }))
      t.same(given, numbered ? [] : ['receiveNumber letter.notice.receive-number'])
    }),
    { numRuns: 50 },
  )
  const [notice] = fc.sample(notices(), 1)
  t.same(
    faultsOf(
      checkNotice({
        ...notice,
        kind: 'accept',
        from: moi,
        to: moi,
        at: 1.5,
        receiveNumber: 'ก'.repeat(101),
        reason: '\u0000',
        about: { messageId: 'x', digest: 'X', number: 'a\nb', subject: '', date: notice?.about.date },
      }),
    ),
    [
      'to letter.notice.self',
      'at letter.instant.unreadable',
      'reason letter.text.control',
      'about.messageId letter.message-id.unreadable',
      'about.digest letter.digest.unreadable',
      'about.number letter.text.line-break',
      'about.subject letter.field.missing',
      'receiveNumber letter.field.long',
    ],
  )
  t.same(faultsOf(checkNotice({ ...notice, kind: JSON.parse('"done"') })).slice(0, 1), [
    'kind letter.code.unknown',
  ])
})
