// Instants that know no zone of ours: unix time and ISO 8601 in UTC, and the days on which they fall in Thailand (+07:00).
import { readCanonicalDate } from '../../letter/dates.ts'
import { type Instant, printInstant, readInstant } from '../../letter/time.ts'
import { bad, good, problem, type Result } from '../../problem/problem.ts'
import { type CodecKind, cellByCell, codec } from './codec.ts'

export const unixUnits = ['s', 'ms'] as const
export type UnixUnit = (typeof unixUnits)[number]

/** 3 March 1973 in milliseconds. Before, a count of milliseconds cannot be told from one of seconds; no letter here is as old. */
const earliest = 100_000_000_000

/** A whole number; of seconds, with a fraction that is cut to milliseconds. */
export function readUnix(text: string, unit: UnixUnit): Result<Instant> {
  const [, whole, fraction = ''] = /^(\d{1,15})(?:\.(\d{1,9}))?$/.exec(text.trim()) ?? []
  const fault = bad(problem('adapter.field.unix', '', text, { unit }))
  if (whole === undefined) return fault
  const at =
    unit === 'ms' ? Number(whole) : Number(whole) * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'))
  // What is beyond the years that a letter can have was counted in the other unit.
  return at < earliest || at > 8.64e15 ? fault : readable(at, fault)
}

function readable(at: Instant, fault: Result<Instant>): Result<Instant> {
  try {
    return readInstant(printInstant(at)).ok ? good(at) : fault
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return fault
  }
}

/** The count; a problem for an instant that would not be read as this one. To the second, where that is the unit. */
export function printUnix(at: Instant, unit: UnixUnit): Result<string> {
  if (at < earliest)
    return bad(problem('adapter.field.cannot-say', '', printInstant(at), { field: 'an instant before 1973' }))
  return good(String(unit === 'ms' ? at : Math.floor(at / 1000)))
}

/** ISO 8601; a text without a zone is of the zone that the profile says. */
export function readIso(text: string, zone: 'utc' | 'bangkok'): Result<Instant> {
  const said = text.trim()
  const zoned = /(?:[Zz]|[+-]\d{2}:?\d{2})$/.test(said) && /\d[T ]\d/i.test(said)
  return readInstant(zoned || zone === 'bangkok' ? said : `${said}Z`)
}

/** To the second. */
export const printIso = (at: Instant, zone: 'utc' | 'bangkok'): string =>
  zone === 'utc' ? `${new Date(at).toISOString().slice(0, 19)}Z` : `${printInstant(at).slice(0, 19)}+07:00`

/** `unix-date: ms`: the day in Thailand on which the instant falls; written as its midnight there. */
export const unixDate: CodecKind = codec<UnixUnit>({
  name: 'unix-date',
  about: {
    summary: 'The day in Thailand (+07:00) of a count since 1970; written as its midnight there.',
    badDays: [['a count in the other unit, or of before 1973', 'a fault', 'adapter.field.unix']],
  },
  options: { enum: unixUnits, description: 's or ms: seconds or milliseconds since 1970' },
  create: (unit) =>
    dayCodec(
      (text) => readUnix(text, unit),
      (at) => printUnix(at, unit),
    ),
})

/** `utc-date`: the day in Thailand on which an instant in ISO 8601 falls, in UTC where it says no zone; written in UTC. */
export const utcDate: CodecKind = codec<Readonly<Record<string, never>>>({
  name: 'utc-date',
  about: {
    summary:
      'The day in Thailand of an ISO 8601 time, in UTC where it says no zone (`2008-11-14T23:30:00Z` is the 15th); written in UTC.',
    badDays: [['no ISO 8601 time', 'a fault', 'letter.instant.unreadable']],
  },
  options: { type: 'object', maxProperties: 0 },
  bare: {},
  create: () =>
    dayCodec(
      (text) => readIso(text, 'utc'),
      (at) => good(printIso(at, 'utc')),
    ),
})

function dayCodec(read: (text: string) => Result<Instant>, print: (at: Instant) => Result<string>) {
  return cellByCell({
    read: (cell) => {
      const at = read(cell)
      return at.ok ? good(printInstant(at.value).slice(0, 10)) : at
    },
    write: (value) => {
      const date = readCanonicalDate(value)
      if (!date.ok) return date
      const midnight = readInstant(`${date.value}T00:00:00+07:00`)
      if (!midnight.ok) return midnight
      const printed = print(midnight.value)
      // The first midnight of all is of the year before in UTC, and would not be read.
      if (!printed.ok || read(printed.value).ok) return printed
      return bad(problem('adapter.field.cannot-say', '', value, { field: 'date' }))
    },
  })
}
