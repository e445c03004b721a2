// What a rival is: the code that somebody would write by hand for one system instead of its profile, and what all of them
// need. They take the canonical letter's own readers and tables from src/letter, and nothing from src/adapters.
import type { Readable } from 'node:stream'
import type { IncomingAttachment } from '../../src/adapters/contract.ts'
import { mediaTypeOf } from '../../src/letter/attachments.ts'
import type { LetterDraft } from '../../src/letter/check.ts'
import type { Urgency } from '../../src/letter/codes.ts'
import { type LetterDate, readCanonicalDate } from '../../src/letter/dates.ts'
import type { Attachment, Letter } from '../../src/letter/letter.ts'
import { monthAbbreviations } from '../../src/letter/months.ts'
import { type LetterNumber, readLetterNumber } from '../../src/letter/numbers.ts'
import { type Office, type OfficeId, officeById, offices } from '../../src/letter/offices.ts'
import { must } from './letters.ts'

/** A letter as it was read: what the gateway's own adapter makes of it, too. */
export interface Read {
  readonly draft: LetterDraft
  readonly attachments: readonly IncomingAttachment[]
}

/** Attachments that stand beside a document, by the name that it calls them. */
export type Beside = ReadonlyMap<string, IncomingAttachment['content']>

export interface HandWritten {
  readonly bytes: Buffer
  /** A memo file. */
  readonly companion?: Buffer
  /** The names by which the document calls the letter's attachments, in their order. */
  readonly names: readonly string[]
}

/** The bytes of an attachment as the gateway's store gives them, to every adapter alike. */
export type Open = (sha256: string) => Readable

export async function wholeOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Hand-written code for one system. It throws where the document is not what it should be. */
export interface Hand {
  read(
    bytes: Buffer,
    beside: Beside,
    companion: Buffer | undefined,
  ): readonly Read[] | Promise<readonly Read[]>
  /** `id`: of the parcel, for names of files. `open`: the bytes of an attachment. */
  write(letter: Letter, id: string, open: Open): HandWritten | Promise<HandWritten>
}

const fullMonths = [
  ...['มกราคม', 'กุมภาพันธ์', 'มีนาคม', 'เมษายน', 'พฤษภาคม', 'มิถุนายน'],
  ...['กรกฎาคม', 'สิงหาคม', 'กันยายน', 'ตุลาคม', 'พฤศจิกายน', 'ธันวาคม'],
]
const monthNumbers = new Map(
  [...monthAbbreviations, ...fullMonths].map((name, index) => [
    name,
    String((index % 12) + 1).padStart(2, '0'),
  ]),
)

export function fail(what: string, value: string): never {
  throw new Error(`${what}: ${value}`)
}

/** The value of a table that must have it. */
export function known<Value>(table: ReadonlyMap<string, Value>, code: string, what: string): Value {
  const value = table.get(code)
  return value === undefined ? fail(`unknown ${what}`, code) : value
}

export const dateOf = (year: string, month: string, day: string): LetterDate =>
  must(readCanonicalDate(`${year}-${month}-${day}`))

const christian = (buddhist: string): string => String(Number(buddhist) - 543)

const named = /^(\d{1,2}) ([^\d ]+) (\d{4})$/

/** `15 พ.ย. 2551`. */
export function thaiDate(text: string): LetterDate {
  const [, day = '', month = '', year = ''] = named.exec(text.trim()) ?? fail('no date', text)
  return dateOf(christian(year), known(monthNumbers, month, 'month'), day.padStart(2, '0'))
}

export const printThaiDate = (date: LetterDate, names: 'short' | 'full' = 'short'): string =>
  `${Number(date.slice(8))} ${(names === 'short' ? monthAbbreviations : fullMonths)[Number(date.slice(5, 7)) - 1]} ${Number(date.slice(0, 4)) + 543}`

const slashed = /^(\d\d)\/(\d\d)\/(\d{4})$/

/** `15/11/2551`. */
export function slashedDate(text: string): LetterDate {
  const [, day = '', month = '', year = ''] = slashed.exec(text.trim()) ?? fail('no date', text)
  return dateOf(christian(year), month, day)
}

export const printSlashedDate = (date: LetterDate): string =>
  `${date.slice(8)}/${date.slice(5, 7)}/${Number(date.slice(0, 4)) + 543}`

const clock = /^(\d\d):(\d\d):(\d\d)$/

/** A day and `HH:mm:ss`, in Thailand. */
export function instantOf(date: LetterDate, time: string): number {
  if (!clock.test(time)) fail('no time', time)
  return Date.parse(`${date}T${time}+07:00`)
}

/** The day and the time of day in Thailand. */
export function localTime(at: number): { readonly date: LetterDate; readonly time: string } {
  const text = new Date(at + 7 * 3_600_000).toISOString()
  return { date: must(readCanonicalDate(text.slice(0, 10))), time: text.slice(11, 19) }
}

export function numberOf(text: string): { readonly number: LetterNumber; readonly urgency?: Urgency } {
  return must(readLetterNumber(text))
}

const table = (key: (office: Office) => string): ReadonlyMap<string, OfficeId> =>
  new Map(offices.map((office) => [key(office), office.id]))

export const officesByName = table(({ th }) => th)
export const officesByAbbreviation = table(({ abbreviation }) => abbreviation)
export const officesByOrganisation = table(({ organisationId }) => organisationId)
export const officesById = table(({ id }) => id)

export const nameOf = (id: OfficeId): string => officeById(id).th

/** The recipients that a cell lists. */
export function recipients(
  cell: string,
  separator: string,
  table: ReadonlyMap<string, OfficeId>,
): readonly [OfficeId, ...OfficeId[]] {
  const [first, ...rest] = cell.split(separator).map((name) => known(table, name.trim(), 'office'))
  return first === undefined ? fail('no recipient', cell) : [first, ...rest]
}

/** The files that a letter names: the first is the letter itself. */
export const filesOf = (names: readonly string[], beside: Beside): IncomingAttachment[] =>
  names.flatMap((name, index): IncomingAttachment[] => {
    if (name === '') return []
    const content = beside.get(name) ?? fail('a file is missing', name)
    return [{ name, role: index === 0 ? 'main' : 'enclosure', content }]
  })

/**
 * Names of a letter's files that never meet another letter's, in their order. The ending is all that tells the system what a
 * file is, and file systems bound what a name may be.
 */
export const besideNamesOf = (id: string, attachments: readonly Attachment[]): readonly string[] =>
  attachments.map(({ name, mediaType }, index) => {
    if (/[<>:"|?*\\/\u0000-\u001f;]|[. ]$/.test(name) || name.startsWith(' '))
      fail('not a name of a file', name)
    if (must(mediaTypeOf(undefined, name)) !== mediaType) fail('an ending of another type', name)
    const own = `${id}-${index + 1}-${name}`
    return Buffer.byteLength(own) <= 255 ? own : fail('a name that is too long', own)
  })

/** The names in the order of their cells: the main file, then the others. */
export const cellsOfNames = (names: readonly string[], attachments: readonly Attachment[]) => ({
  main: names[attachments.findIndex(({ role }) => role === 'main')] ?? '',
  others: names.filter((_, index) => attachments[index]?.role !== 'main'),
})

/** Code → value, and value → code. */
export function codes<Value extends string>(entries: Readonly<Record<string, Value>>) {
  return {
    read: new Map(Object.entries(entries)),
    write: new Map(Object.entries(entries).map(([code, value]): [Value, string] => [value, code])),
  }
}
