// Generated letters and notices for every test that has a law to hold, and one plain letter for examples.
import fc from 'fast-check'
import { type MediaType, mediaTypeOf, mediaTypes } from '../../src/letter/attachments.ts'
import { checkLetter, checkNotice, type LetterDraft } from '../../src/letter/check.ts'
import { kinds, secrecies, urgencies } from '../../src/letter/codes.ts'
import { dateOfInstant, type LetterDate, readLetterDate } from '../../src/letter/dates.ts'
import type { Attachment, Letter, Person } from '../../src/letter/letter.ts'
import { limits } from '../../src/letter/limits.ts'
import { type Notice, noticeKinds } from '../../src/letter/notice.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import { moi, type OfficeId, officeId, offices } from '../../src/letter/offices.ts'
import { thaiDigits } from '../../src/letter/search.ts'
import { characterFaults } from '../../src/letter/text.ts'
import { type MessageId, newMessageId } from '../../src/letter/time.ts'
import { describe, type Result } from '../../src/problem/problem.ts'

// fast-check's own records have no prototype, which a deep comparison takes for another value.
const record = <Fields extends object>(fields: { [Field in keyof Fields]: fc.Arbitrary<Fields[Field]> }) =>
  fc.record(fields, { noNullPrototype: true }) as fc.Arbitrary<Fields>

/** What the texts of a generated letter may hold. */
export interface TextOptions {
  /** Code points; default 0. A text of at least one is never blank. */
  readonly min?: number
  /** Code points; default 200. */
  readonly max?: number
  /** Only what windows-874 can write; default all of Unicode that a letter may hold. */
  readonly charset?: 'unicode' | 'windows-874'
  /** Line breaks and tabs too; default false. */
  readonly lines?: boolean
}

export interface LetterOptions {
  readonly charset?: 'unicode' | 'windows-874'
  /** Line breaks in subject, description, note and extension; default true. */
  readonly lines?: boolean
  /** Code points of the subject, at most; default 1,000. */
  readonly subject?: number
  /** How many attachments at most; default 20. */
  readonly attachments?: number
  readonly from?: OfficeId
  /** The one recipient; default any, and sometimes many. */
  readonly to?: OfficeId
  /** Recipients, at most; default 76. */
  readonly recipients?: number
}

/** The value of a result that must be good: a fault is the test's own. */
export function mustBe<Value>(result: Result<Value>): Value {
  if (result.ok) return result.value
  throw new Error(result.problems.map((found) => describe(found)).join('\n'))
}

export const office = (id: string): OfficeId => mustBe(officeId(id))

export const ceDate = (text: string): LetterDate => mustBe(readLetterDate(text, { form: 'ce:yyyy-MM-dd' }))

// Words and signs that broke a system somewhere: split and reordered vowels, invisible characters, what XML, CSV, SQL,
// HTML, headers and spreadsheets treat as their own.
const thaiUnits = [
  ...[
    'หนังสือ',
    'ขอความอนุเคราะห์',
    'น้ำ',
    'ทำ',
    'กำหนดการ',
    'ที่',
    'ผู้ว่าฯ',
    'ๆ',
    'ไม้',
    'เเต่',
    'นํ้า',
    'นำ้',
    'ทํา',
    'ผูุ้',
    'ก์',
    'ฤๅ',
    'ฯลฯ',
  ],
  ...['๐๑๒๓๔๕๖๗๘๙', '๒๕๕๑', '฿', '๏', '๛', 'ฃ', 'ฅ', 'ฎ', 'ฏ', 'ฺ'],
]
const signs = [
  ...[
    ' ',
    '  ',
    '&',
    '<',
    '>',
    '"',
    "'",
    ']]>',
    '&amp;',
    '--',
    '<!--',
    '%',
    '%00',
    '\\',
    '\\n',
    '/',
    ',',
    ';',
    '|',
    '=',
    '=1+1',
    '@',
    '+',
    '-',
  ],
  ...[
    'a',
    'Z',
    '0',
    '2551',
    '(Video Conference)',
    '?',
    '??',
    '.',
    '..',
    ':',
    '{x}',
    '$&',
    '$1',
    '`',
    '~',
    '^',
    '#',
    '*',
    '__proto__',
  ],
]
const windows874Signs = ['\u00a0', '€', '…', '‘', '’', '“', '”', '•', '–', '—']
const unicodeSigns = [
  '\u200b',
  '\u200d',
  '\ufeff',
  '\u2028',
  '😀',
  '𠮷',
  'é',
  'e\u0301',
  'ﬁ',
  '①',
  'ﷺ',
  '\u202e',
  '한',
  'Ａ',
  '\u00ad',
  '\ue000',
]
const lineSigns = ['\n', '\t', '\r\n', '\r']

/** Text as officials, their systems and their enemies write it. Sound: `checkLetter` finds no fault in it. */
export function thaiText(options: TextOptions = {}): fc.Arbitrary<string> {
  const { min = 0, max = 200, charset = 'unicode', lines = false } = options
  const units = [
    ...thaiUnits,
    ...signs,
    ...windows874Signs,
    ...(charset === 'unicode' ? unicodeSigns : []),
    ...(lines ? lineSigns : []),
  ]
  const words = fc
    .array(fc.constantFrom(...units), { maxLength: Math.min(max, 30) })
    .map((parts) => parts.join(''))
  const one = charset === 'unicode' ? 'ก😀' : 'กำ'
  // Few texts are as long as they may be; some must.
  const longest = fc.constant(one.repeat(max))
  return fc
    .oneof({ weight: 20, arbitrary: words }, { weight: 1, arbitrary: longest })
    .map((text) => fitted(text, min, max))
    .filter((text) => characterFaults(text).length === 0)
}

function fitted(text: string, min: number, max: number): string {
  const characters = [...text].slice(0, max)
  const blank = characters.join('').trim() === ''
  if (min > 0 && blank) characters[0] = 'ก'
  while (characters.length < min) characters.push('ก')
  return characters.join('')
}

/** Days of the years that letters have, ends and leap days more often. */
export function letterDates(): fc.Arbitrary<LetterDate> {
  const day = fc
    .integer({ min: Date.UTC(1941, 0, 1), max: Date.UTC(2156, 11, 31) })
    .map((at) => dateOfInstant(at))
  const odd = ['1941-01-01', '2008-02-29', '2000-02-29', '2026-12-31', '2156-12-31', '2009-02-28'].map(ceDate)
  return fc.oneof({ weight: 4, arbitrary: day }, { weight: 1, arbitrary: fc.constantFrom(...odd) })
}

/** Letter numbers as printed, in the forms of domain §4. */
export function printedNumbers(): fc.Arbitrary<string> {
  const letters = fc.constantFrom(
    'มท ',
    'มท',
    'มท.',
    'ชม ',
    'พท ',
    'สฎ',
    'ที่มท.',
    'ที่ มท ',
    'ด่วนที่สุดที่มท.',
    'ด่วนมาก ที่ ชม ',
    '',
    'กค (กวจ) ',
  )
  const code = fc.constantFrom('0210.3', '0017', '0017.1', '0201.2.4', '04001', '0210 .3', '0808.2(สบ)')
  const slash = fc.constantFrom('/', '/ว', '/ว ', '/ ', ' / ว ', '/ล', '/ว.')
  const running = fc.integer({ min: 1, max: 99_999_999 }).map(String)
  const file = fc.tuple(letters, code, slash, running).map((parts) => parts.join(''))
  const order = fc
    .tuple(
      fc.constantFrom('', 'ที่ ', 'คำสั่งที่ '),
      fc.integer({ min: 1, max: 9999 }),
      fc.integer({ min: 2484, max: 2699 }),
    )
    .map(([word, running, year]) => `${word}${running}/${year}`)
  const arabic = fc.oneof({ weight: 4, arbitrary: file }, { weight: 1, arbitrary: order })
  return fc.tuple(arabic, fc.boolean()).map(([printed, thai]) => (thai ? thaiDigits(printed) : printed))
}

/** Persons of whom at least something is known. */
function persons(options: Pick<TextOptions, 'charset'> = {}): fc.Arbitrary<Person> {
  const text = (min: number) => thaiText({ ...options, min, max: 200 })
  return record({ givenName: text(1), familyName: text(0), jobTitle: text(0) })
}

const sha256 = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 })

/** 0 to `max` attachments, at most one of them the main file, each with a name of its own. */
function attachmentLists(max = 20, charset: TextOptions['charset'] = 'unicode'): fc.Arbitrary<Attachment[]> {
  const types = mediaTypes.map(
    ({ type, extensions }) => [mustBe(mediaTypeOf(type, '')), extensions[0]!] as const,
  )
  const one = record({
    stem: thaiText({ min: 1, max: 40, charset }),
    type: fc.constantFrom<readonly [MediaType, string]>(...types),
    size: fc.oneof(fc.integer({ min: 1, max: 100_000 }), fc.constantFrom(1, limits.attachmentSize)),
    sha256,
  })
  return fc.tuple(fc.array(one, { maxLength: max }), fc.boolean()).map(([list, withMain]) =>
    list.map(({ stem, type: [mediaType, extension], size, sha256 }, index) => ({
      name: `${index} ${stem.replace(/[/\\\u2028\u202e]/g, '')}.${extension}`,
      mediaType,
      size,
      sha256,
      role: withMain && index === 0 ? 'main' : 'enclosure',
    })),
  )
}

/** Letters without fault: every code, every printed form of numbers, the longest values, nasty text. */
export function letters(options: LetterOptions = {}): fc.Arbitrary<Letter> {
  const { charset = 'unicode', lines = true, subject = limits.subject, recipients = 76 } = options
  const text = (min: number, max: number) => thaiText({ min, max, charset, lines })
  const line = (min: number, max: number) => thaiText({ min, max, charset })
  const optional = <Value>(arbitrary: fc.Arbitrary<Value>) =>
    fc.option(arbitrary, { nil: undefined, freq: 3 })
  const ids = offices.map((entry) => entry.id)
  const from = options.from === undefined ? fc.constantFrom(moi, ...ids) : fc.constant(options.from)
  const anybody = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...ids).map((id) => [id]) },
    { weight: 1, arbitrary: fc.shuffledSubarray(ids, { minLength: 1, maxLength: recipients }) },
  )
  const to = options.to === undefined ? anybody : fc.constant([options.to])
  return record({
    kind: fc.constantFrom(...kinds),
    circular: fc.boolean(),
    printed: printedNumbers(),
    date: letterDates(),
    subject: text(1, subject),
    urgency: fc.constantFrom(...urgencies),
    secrecy: fc.constantFrom(...secrecies),
    from,
    fromPerson: optional(persons({ charset })),
    to,
    toPerson: optional(persons({ charset })),
    references: fc.array(
      record({ number: line(1, limits.number), date: optional(letterDates()), subject: text(0, 300) }),
      { maxLength: 3 },
    ),
    enclosureNote: text(0, 500),
    sentAt: optional(fc.integer({ min: Date.UTC(1942, 0, 1), max: Date.UTC(2150, 0, 1) })),
    description: text(0, 2_000),
    attachments: attachmentLists(options.attachments ?? 20, charset),
    extension: fc.array(record({ name: line(1, 50), value: text(0, 500) }), { maxLength: 3 }),
  }).map((made) => {
    const { number, urgency } = mustBe(readLetterNumber(made.printed))
    const others = made.to.filter((id) => id !== made.from)
    const first = others[0] ?? (made.from === moi ? office('50') : moi)
    const draft: LetterDraft = {
      ...made,
      number,
      circular: made.circular || number.circular,
      // An urgency that is glued to the number is the letter's: systems that read both compare them.
      urgency: urgency ?? made.urgency,
      // A number of the secret series is no ordinary letter's.
      secrecy: number.normalized.includes('/ล') && made.secrecy === 'ordinary' ? 'secret' : made.secrecy,
      from: { office: made.from, ...(made.fromPerson && { person: made.fromPerson }) },
      to: { offices: [first, ...others.slice(1)], ...(made.toPerson && { person: made.toPerson }) },
      references: made.references.map(({ date, ...rest }) => (date === undefined ? rest : { ...rest, date })),
    }
    return mustBe(checkLetter(draft, made.attachments))
  })
}

/** Message ids of any time that a letter may have. */
export const messageIds = (): fc.Arbitrary<MessageId> =>
  fc
    .tuple(fc.integer({ min: 0, max: 2 ** 42 }), fc.uint8Array({ minLength: 10, maxLength: 10 }))
    .map(([now, bytes]) =>
      newMessageId({ now: () => now, elapsed: () => 0, schedule: () => () => undefined }, () => bytes),
    )

/** Notices without fault, of every kind. */
export function notices(options: Pick<TextOptions, 'charset'> = {}): fc.Arbitrary<Notice> {
  const ids = offices.map((entry) => entry.id)
  return record({
    kind: fc.constantFrom(...noticeKinds),
    parties: fc.shuffledSubarray(ids, { minLength: 2, maxLength: 2 }),
    messageId: messageIds(),
    digest: sha256,
    number: printedNumbers(),
    date: letterDates(),
    subject: thaiText({ ...options, min: 1, max: limits.subject, lines: true }),
    at: fc.integer({ min: Date.UTC(1942, 0, 1), max: Date.UTC(2150, 0, 1) }),
    reason: thaiText({ ...options, max: limits.reason, lines: true }),
    receiveNumber: thaiText({ ...options, min: 1, max: limits.receiveNumber }),
  }).map(({ kind, parties, messageId, digest, number, date, subject, at, reason, receiveNumber }) =>
    mustBe(
      checkNotice({
        kind,
        from: parties[0],
        to: parties[1],
        about: { messageId, digest, number, date, subject },
        at,
        reason,
        ...((kind === 'accept' || kind === 'dispute') && { receiveNumber }),
      }),
    ),
  )
}

/** A plain letter of Chiang Mai to the ministry, without fault; `overrides` replace its fields. */
export function fixedLetter(
  overrides: LetterDraft & { readonly attachments?: readonly Attachment[] } = {},
): Letter {
  const { attachments, ...fields } = overrides
  const draft: LetterDraft = {
    number: mustBe(readLetterNumber('ชม 0017.1/492')).number,
    date: ceDate('2008-02-13'),
    subject: 'การเชื่อมโยงระบบสารบรรณอิเล็กทรอนิกส์',
    from: { office: office('50') },
    to: { offices: [moi] },
    ...fields,
  }
  const scan: Attachment = {
    name: 'หนังสือ.pdf',
    mediaType: mustBe(mediaTypeOf('application/pdf', 'หนังสือ.pdf')),
    size: 3,
    // SHA-256 of the three bytes `abc` (FIPS 180-2, appendix B.1).
    sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    role: 'main',
  }
  return mustBe(checkLetter(draft, attachments ?? [scan]))
}
