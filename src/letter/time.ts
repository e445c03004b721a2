// The clock, the source of chance, and instants in the time of Thailand (+07:00, whatever zone the machine is in).
import { randomBytes } from 'node:crypto'
import { bad, good, problem, type Result } from '../problem/problem.ts'
import { fold } from './search.ts'

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number

/** `urn:uuid:` and a UUIDv7 (RFC 9562, section 5.7), lower case. */
export type MessageId = `urn:uuid:${string}`

/** The one clock. Tests pass their own, so that no test sleeps. */
export interface Clock {
  now(): Instant
  /** Milliseconds that passed since some moment of this process. Never set: how long something lasts is told by it, not by `now`. */
  elapsed(): number
  /** Calls `act` once, at `at` or soon after; the function returned cancels it. */
  schedule(at: Instant, act: () => void): () => void
}

/** Resolves when `work` has ended, or after so many milliseconds, and leaves it to itself then. Rejects as it does. */
export async function atMost(clock: Clock, milliseconds: number, work: Promise<unknown>): Promise<void> {
  let forget: () => void = () => undefined
  const over = new Promise<void>((resolve) => {
    forget = clock.schedule(clock.now() + milliseconds, resolve)
  })
  try {
    await Promise.race([work, over])
  } finally {
    forget()
  }
}

/** The one source of chance: `count` random bytes. */
export type Random = (count: number) => Uint8Array

/** Milliseconds ahead of UTC: Thailand has no summer time, and has kept +07:00 since 1920. */
export const thailand = 7 * 60 * 60 * 1000

/** The years that an instant may lie in: those of which a gateway can say something, Christian era. */
const firstYear = 1941
const lastYear = 2156

/** `2026-11-23T10:15:00.000+07:00`. Throws a RangeError outside the years 0–9999: such an instant is a defect. */
export function printInstant(at: Instant): string {
  const text = new Date(at + thailand).toISOString()
  if (text.length !== 24) throw new RangeError(`not an instant of the years 0 to 9999: ${at}`)
  return `${text.slice(0, 23)}+07:00`
}

// What printInstant writes.
const printed = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+07:00$/

/** The instant that `printInstant` prints as `text`; undefined when there is none that a gateway can say something of. */
export function ofPrintedInstant(text: string): Instant | undefined {
  if (!printed.test(text)) return undefined
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2)
  const [month, day] = [twoDigits(text, 5), twoDigits(text, 8)]
  const [hour, minute, second] = [twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17)]
  const exists =
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysIn(month, year) &&
    hour < 24 &&
    minute < 60 &&
    second < 60
  if (!exists || year < firstYear || year > lastYear) return undefined
  const milliseconds = twoDigits(text, 20) * 10 + text.charCodeAt(22) - 48
  return Date.UTC(year, month - 1, day, hour, minute, second, milliseconds) - thailand
}

/** The number of the two digits that stand at `at`. */
export const twoDigits = (text: string, at: number): number =>
  (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48

/** Leap years are those of the Christian era: B.E. 2551 is 2008, and has a 29 February. */
export function daysIn(month: number, year: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** Characters of a written instant, at most. */
const longestWritten = 64

const written =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)? ?([Zz]|[+-]\d{2}:?\d{2})?$/

/**
 * Reads `yyyy-MM-ddTHH:mm:ss` in the Christian era, with or without seconds, their fraction (cut to milliseconds) and
 * a zone. No zone means +07:00, no time means 00:00 (domain §3, SendDate). Anything else is a problem.
 */
export function readInstant(text: string): Result<Instant> {
  if (text.length > longestWritten) return bad(problem('letter.instant.unreadable', '', text))
  const known = ofPrintedInstant(text)
  if (known !== undefined) return good(known)
  const found = written.exec(fold(text))
  if (!found) return bad(problem('letter.instant.unreadable', '', text))
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00'] = found
  if (Number(year) < firstYear || Number(year) > lastYear) {
    return bad(problem('letter.instant.year', '', text, { year, first: firstYear, last: lastYear }))
  }
  const milliseconds = Number((found[7] ?? '').slice(0, 3).padEnd(3, '0'))
  const [years, months, days] = [Number(year), Number(month), Number(day)]
  const local = Date.UTC(years, months - 1, days, Number(hour), Number(minute), Number(second), milliseconds)
  // Date.UTC carries what is too large into the next unit: the parts must come back as they went in.
  const date = new Date(local)
  const exists =
    date.getUTCMonth() === months - 1 &&
    date.getUTCDate() === days &&
    date.getUTCHours() === Number(hour) &&
    date.getUTCMinutes() === Number(minute) &&
    date.getUTCSeconds() === Number(second)
  const zone = zoneOffset(found[8])
  if (!exists || zone === undefined) return bad(problem('letter.instant.impossible', '', text))
  return good(local - zone)
}

/** Milliseconds east of UTC; undefined when there is no such zone. */
function zoneOffset(zone: string | undefined): number | undefined {
  if (zone === undefined) return thailand
  if (zone === 'Z' || zone === 'z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(-2))
  if (hours > 14 || minutes > 59) return undefined
  return (zone[0] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000
}

/** A new id: UUIDv7 (RFC 9562, section 5.7) of the clock's millisecond and 74 random bits. Those of one time lie together in an index. */
export function newUuid(clock: Clock, random: Random): string {
  const bytes = Buffer.alloc(16)
  bytes.writeUIntBE(clock.now(), 0, 6)
  bytes.set(random(10).subarray(0, 10), 6)
  bytes[6] = (bytes[6]! & 0x0f) | 0x70
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** A new message id: the URN (RFC 9562, section 4) of a new UUID. */
export const newMessageId = (clock: Clock, random: Random): MessageId => `urn:uuid:${newUuid(clock, random)}`

const messageId = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** Reads a message id exactly as it is written: one id has one spelling, so that ids compare as text. */
export function readMessageId(text: string): Result<MessageId> {
  return isMessageId(text) ? good(text) : bad(problem('letter.message-id.unreadable', '', text))
}

const isMessageId = (text: string): text is MessageId => messageId.test(text)

/** The longest wait of a timer of the platform: 2^31 − 1 ms; beyond, it would fire at once. */
const longestTimer = 2_147_483_647

/** The machine's clock. A scheduled act does not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  schedule(at, act) {
    let timer: NodeJS.Timeout
    const wait = (): void => {
      const left = at - Date.now()
      timer = setTimeout(left > longestTimer ? wait : act, Math.min(Math.max(left, 0), longestTimer))
      timer.unref()
    }
    wait()
    return () => clearTimeout(timer)
  },
}

/** The machine's source of chance, fit for ids and keys. */
export const systemRandom: Random = (count) => randomBytes(count)
