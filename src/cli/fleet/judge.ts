// What became of each letter of the fleet, told by the books of those who sent and received it: never by the gateway. One
// pure function over the books, so that a look while it runs and the verdict at the end are the same thing.
import { readLetterDate } from '../../letter/dates.ts'
import { normalizeNumber } from '../../letter/numbers.ts'
import type { OfficeId } from '../../letter/offices.ts'
import type { InboxEntry } from '../../sandbox/inbox/register.ts'
import type { BookEntry } from '../../sandbox/systems/system.ts'

/** A letter between one province and the ministry. A circular is one of these for each province. */
export interface Sent {
  readonly office: OfficeId
  readonly way: 'to the ministry' | 'from the ministry' | 'circular'
  /** As its sender wrote it. */
  readonly number: string
  /** ISO 8601. */
  readonly date: string
  readonly subject: string
  /** SHA-256 of every scan, lower-case hexadecimal. */
  readonly scans: readonly string[]
  /** Of letters of the ministry: the id of their envelope. */
  readonly messageId?: string
}

export interface Books {
  readonly ministry: readonly InboxEntry[]
  of(office: OfficeId): readonly BookEntry[]
}

export interface Fate {
  readonly sent: Sent
  /** Its sender's book says that it was handed over; of the ministry's letters always true. */
  readonly handedOver: boolean
  /** The number that its receiver gave it; undefined before it is registered. */
  readonly receiveNumber?: string
  /** The number stands in its sender's book. */
  readonly back: boolean
  /** What must not be. */
  readonly faults: readonly string[]
}

/** It ended as it must: registered once, whole, and its number is known to its sender. */
export const endedWell = (fate: Fate): boolean => fate.back && fate.faults.length === 0

type Entry<Kind extends string> = (BookEntry | InboxEntry) & { readonly entry: Kind }

/** The fate of each letter, in their order. */
export const judge = (letters: readonly Sent[], books: Books): readonly Fate[] => {
  const ministry = indexed(books.ministry)
  const provinces = new Map(
    [...new Set(letters.map((letter) => letter.office))].map((office) => [office, books.of(office)]),
  )
  return letters.map((sent) => {
    const book = provinces.get(sent.office) ?? []
    return sent.way === 'to the ministry' ? outward(sent, book, ministry) : inward(sent, book, ministry)
  })
}

/** What has not happened to the letters of one office, each on one line. */
export const missingOf = (fates: readonly Fate[], office: OfficeId): readonly string[] =>
  fates
    .filter(({ sent, back }) => sent.office === office && !back)
    .map(({ sent, handedOver, receiveNumber }) => {
      const step = handedOver
        ? receiveNumber === undefined
          ? 'is not registered'
          : `is registered as ${receiveNumber}, and its sender does not know it`
        : 'was not handed over'
      return `${sent.number} ${sent.way === 'circular' ? 'from the ministry' : sent.way} ${step}`
    })

/** Letters in a receiver's book that nobody sent, and answers to letters of others: what the gateway would have made up, or sent to the wrong office. */
export function strangers(letters: readonly Sent[], office: OfficeId, books: Books): readonly string[] {
  const keys = (way: (sent: Sent) => boolean): Set<string> =>
    new Set(letters.filter((sent) => sent.office === office && way(sent)).map((sent) => keyOf(sent.number)))
  const [outward, inward] = [
    keys(({ way }) => way === 'to the ministry'),
    keys(({ way }) => way !== 'to the ministry'),
  ]
  const registered = books.ministry
    .filter((entry) => entry.entry === 'letter.registered')
    .filter((entry) => entry.from === office && !outward.has(keyOf(entry.number)))
  const received = books
    .of(office)
    .filter((entry) => entry.entry === 'letter.received')
    .filter((entry) => !inward.has(keyOf(entry.number)))
  const told = books
    .of(office)
    .filter((entry) => entry.entry === 'notice.received')
    .filter((entry) => !outward.has(keyOf(entry.number)) && !inward.has(keyOf(entry.number)))
  const sentTo = new Set(letters.filter((sent) => sent.office === office).map(({ messageId }) => messageId))
  const answered = books.ministry
    .filter((entry) => entry.entry === 'notice.received')
    .filter((entry) => entry.from === office && !sentTo.has(entry.about))
  return [
    ...registered.map(({ number }) => `the ministry registered ${number}, which this office did not send`),
    ...received.map(({ number }) => `it registered ${number}, which the ministry did not send to it`),
    ...told.map(({ kind, number }) => `it was told ${kind} of ${number}, which is no letter of its own`),
    ...answered.map(
      ({ kind, about }) => `the ministry was told ${kind} of ${about}, which it did not send to this office`,
    ),
  ]
}

/** The ministry's book by what is asked of it. */
function indexed(entries: readonly InboxEntry[]) {
  const registered = new Map<string, Entry<'letter.registered'>[]>()
  const answers = new Map<string, Entry<'notice.received'>[]>()
  const returned = new Map<string, string>()
  const add = <Value>(map: Map<string, Value[]>, key: string, value: Value): void => {
    const known = map.get(key)
    if (known === undefined) map.set(key, [value])
    else known.push(value)
  }
  for (const entry of entries) {
    if (entry.entry === 'letter.registered') add(registered, `${entry.from} ${keyOf(entry.number)}`, entry)
    else if (entry.entry === 'notice.received') add(answers, `${entry.from} ${entry.about}`, entry)
    else if (entry.entry === 'envelope.returned') returned.set(entry.messageId, entry.said)
  }
  return { registered, answers, returned }
}
type Ministry = ReturnType<typeof indexed>

function outward(sent: Sent, book: readonly BookEntry[], ministry: Ministry): Fate {
  const key = keyOf(sent.number)
  const registered = ministry.registered.get(`${sent.office} ${key}`) ?? []
  const own = book.filter((entry) => 'number' in entry && keyOf(entry.number) === key)
  const refused = own.flatMap((entry) =>
    entry.entry === 'letter.refused' ? [`the gateway refused it: ${entry.said}`] : [],
  )
  const answers = own.flatMap((entry) => (entry.entry === 'notice.received' ? [entry] : []))
  const [first] = registered
  const altered =
    first === undefined ? [] : alterations(sent, { ...first, date: first.date, files: first.attachments })
  return {
    sent,
    handedOver: own.some((entry) => entry.entry === 'letter.sent'),
    ...fateOf(
      registered.map((entry) => entry.receiveNumber),
      answers,
    ),
    faults: [...refused, ...twice(registered), ...altered, ...misled(registered, answers)],
  }
}

function inward(sent: Sent, book: readonly BookEntry[], ministry: Ministry): Fate {
  const key = keyOf(sent.number)
  const received = book.flatMap((entry) =>
    entry.entry === 'letter.received' && keyOf(entry.number) === key ? [entry] : [],
  )
  const answers = ministry.answers.get(`${sent.office} ${sent.messageId ?? ''}`) ?? []
  const returned = ministry.returned.get(sent.messageId ?? '')
  const [first] = received
  const date = first && readLetterDate(first.date)
  const altered =
    first === undefined
      ? []
      : alterations(sent, { ...first, date: date?.ok ? date.value : `“${first.date}”` })
  return {
    sent,
    handedOver: true,
    ...fateOf(
      received.map((entry) => entry.receiveNumber),
      answers,
    ),
    faults: [
      ...(returned === undefined ? [] : [`the gateway returned it: ${returned}`]),
      ...twice(received),
      ...altered,
      ...misled(received, answers),
    ],
  }
}

interface Answer {
  readonly kind: string
  readonly receiveNumber?: string
}

function fateOf(
  numbers: readonly string[],
  answers: readonly Answer[],
): Pick<Fate, 'back'> & { receiveNumber?: string } {
  const [receiveNumber] = numbers
  const back = answers.some(
    (answer) => answer.kind === 'accept' && sameNumber(answer.receiveNumber, receiveNumber),
  )
  return { back, ...(receiveNumber !== undefined && { receiveNumber }) }
}

const twice = (registered: readonly { readonly receiveNumber: string }[]): string[] =>
  registered.length < 2
    ? []
    : [`registered ${registered.length} times: ${registered.map((one) => one.receiveNumber).join(', ')}`]

/** What its sender was told that is not so. */
function misled(
  registered: readonly { readonly receiveNumber: string }[],
  answers: readonly Answer[],
): string[] {
  const [first] = registered
  return answers.flatMap(({ kind, receiveNumber }) => {
    if (kind === 'reject' || kind === 'invalid') return [`its sender was told: ${kind}`]
    if (kind !== 'accept' || (first !== undefined && sameNumber(receiveNumber, first.receiveNumber)))
      return []
    return [
      `its sender was told ${receiveNumber ?? 'no number'}, and it is registered under ${first?.receiveNumber ?? 'none'}`,
    ]
  })
}

/** What differs between the letter as it was sent and as its receiver has it. */
function alterations(
  sent: Sent,
  found: {
    readonly number: string
    readonly date: string
    readonly subject: string
    readonly files: readonly string[]
  },
): string[] {
  const faults: string[] = []
  const [number, other] = [normalizeNumber(sent.number), normalizeNumber(found.number)]
  // A province's book may leave out the letters of the ministry; other letters are another letter.
  const short = sent.way !== 'to the ministry' && other === keyOf(sent.number)
  if (number !== other && !short) faults.push(`its number came as ${found.number}`)
  if (found.date !== sent.date) faults.push(`its date came as ${found.date}`)
  const extra = found.files.length - sent.scans.length
  if (!sameText(found.subject, sent.subject) && !(extra === 1 && isBeginning(found.subject, sent.subject)))
    faults.push(`its subject came as ${found.subject}`)
  const missing = sent.scans.filter((scan) => !found.files.includes(scan)).length
  if (missing > 0) faults.push(`${missing} of ${sent.scans.length} scans did not arrive whole`)
  // What a province's system cannot say stands whole in one more file (docs/profiles.md: spill); the ministry can say all.
  if (extra > (sent.way === 'to the ministry' ? 0 : 1))
    faults.push(`${found.files.length} files came, and ${sent.scans.length} were sent`)
  return faults
}

const keys = new Map<string, string>()

/** A number without the letters of its ministry or province: what a book may leave out, and still mean the same letter. */
function keyOf(number: string): string {
  const known = keys.get(number)
  if (known !== undefined) return known
  const key = (normalizeNumber(number) ?? number).replace(/^[ก-ฮ]+ /, '')
  keys.set(number, key)
  return key
}

const arabic = (text: string): string =>
  text.replace(/[๐-๙]/g, (digit) => String('๐๑๒๓๔๕๖๗๘๙'.indexOf(digit))).trim()

/** One text, whichever digits, blanks and quotation marks its clerk could type: TIS-620 has no curly ones. */
const sameText = (one: string, other: string): boolean => folded(one) === folded(other)
const folded = (text: string): string => arabic(text).replace(/\s+/g, ' ').replace(/[“”]/g, '"')

/** What a column has room for, with the mark of it: `… ...`. */
const isBeginning = (found: string, whole: string): boolean =>
  found.endsWith(' ...') && folded(whole).startsWith(folded(found.slice(0, -4)))

/** One receive number, whichever digits it is written in. */
const sameNumber = (one: string | undefined, other: string | undefined): boolean =>
  one !== undefined && other !== undefined && arabic(one) === arabic(other)
