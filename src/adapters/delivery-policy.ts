// How deliveries to an office are made, as its profile says: when they are tried again, when nothing is brought, how many
// at once, and how soon they are expected to be through. The gateway keeps to it; an adapter does not.
import type { Urgency } from '../letter/codes.ts'
import type { Instant } from '../letter/time.ts'
import { milliseconds } from './quantities.ts'
import { duration, type Finding, type JsonSchema, lazily, object, type Pointer, readerOf } from './schema.ts'

export interface DeliveryPolicy {
  /** Pauses after the first failed attempts, in milliseconds. */
  readonly pauses: readonly number[]
  /** The pause after all later ones. */
  readonly every: number
  /** How long a letter's delivery is tried, from its making. */
  readonly giveUpAfter: number
  /** How long a notice's is, no shorter: to try it costs nothing, and nobody waits to hear that it was given up. */
  readonly giveUpNoticesAfter: number
  /** The longest Retry-After of the office that is honoured. */
  readonly longestRetryAfter: number
  /** Attempts to the office under way at once. */
  readonly atOnce: number
  /** When nothing is brought. */
  readonly closed: readonly ClosedTime[]
  /** How soon after its making a delivery is expected to be through, by the letter's urgency, in milliseconds. */
  readonly expected: Readonly<Record<Urgency, number>>
}

/** In the time of Thailand, every week: on each of `days` (0 Sunday … 6 Saturday) from a minute of the day for so many minutes. */
export interface ClosedTime {
  readonly days: readonly number[]
  readonly from: number
  readonly minutes: number
}

/** As it stands in YAML. */
export interface RawDeliveryPolicy {
  readonly retry?: {
    readonly pauses?: readonly string[]
    readonly every?: string
    readonly giveUpAfter?: string
    readonly giveUpNoticesAfter?: string
    readonly longestRetryAfter?: string
  }
  readonly atOnce?: number
  readonly closed?: readonly RawClosedTime[]
  readonly expected?: Readonly<Partial<Record<Urgency, string>>>
}

interface RawClosedTime {
  readonly days?: readonly string[]
  readonly from: string
  readonly to: string
}

const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const

/** Design §5.5: long enough for a weekend's outage; for notices, for a folder that is gone for weeks. */
const usual = {
  pauses: ['5s', '20s', '1m', '3m', '9m', '27m'],
  every: '1h',
  giveUpAfter: '72h',
  giveUpNoticesAfter: '30d',
  longestRetryAfter: '6h',
  atOnce: 8,
  expected: { ordinary: '1d', urgent: '4h', 'very-urgent': '1h', 'most-urgent': '15m' },
} as const

const pause: JsonSchema = { ...duration, description: 'a time: 250ms, 5s, 10m, 72h, 7d' }
const timeOfDay: JsonSchema = {
  type: 'string',
  pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$',
  description: 'a time of day in Thailand: "22:00"',
}

/** The options of `delivery`, each with what it is when not said. */
export const deliveryOptions: JsonSchema = object({
  retry: object({
    pauses: {
      type: 'array',
      items: pause,
      minItems: 1,
      maxItems: 20,
      default: usual.pauses,
      description:
        'the pauses after the first failed attempts, each lengthened by up to a tenth of it by chance',
    },
    every: { ...pause, default: usual.every, description: 'the pause after all later attempts' },
    giveUpAfter: {
      ...pause,
      default: usual.giveUpAfter,
      description:
        'how long a letter is tried; given up, it stays whole and is brought again when a person says so',
    },
    giveUpNoticesAfter: {
      ...pause,
      default: usual.giveUpNoticesAfter,
      description: 'the same for notices, such as receive numbers; never shorter than giveUpAfter',
    },
    longestRetryAfter: {
      ...pause,
      default: usual.longestRetryAfter,
      description: 'the longest pause that the office may ask for',
    },
  }),
  atOnce: {
    type: 'integer',
    minimum: 1,
    maximum: 100,
    default: usual.atOnce,
    description:
      'attempts to the office under way at once; where its transport has `connections`, no more than those',
  },
  closed: {
    type: 'array',
    maxItems: 50,
    items: object(
      {
        days: {
          type: 'array',
          items: { enum: dayNames },
          minItems: 1,
          uniqueItems: true,
          default: dayNames,
          description: 'on which days it begins',
        },
        from: timeOfDay,
        to: { ...timeOfDay, description: 'when it ends: at or before `from`, on the next day' },
      },
      ['from', 'to'],
    ),
    default: [],
    description: 'when nothing is brought, every week: { days, from, to }, in the time of Thailand',
  },
  expected: object(
    Object.fromEntries(
      Object.entries(usual.expected).map(([urgency, soon]) => [
        urgency,
        { ...pause, default: soon, description: `how soon a letter of this urgency is to be delivered` },
      ]),
    ),
  ),
})

/** The policy that a profile says, with the usual where it says nothing. Throws for what `deliveryOptions` refuses. */
export function deliveryPolicyOf({
  retry = {},
  atOnce,
  closed = [],
  expected = {},
}: RawDeliveryPolicy): DeliveryPolicy {
  const soon = { ...usual.expected, ...expected }
  const giveUpAfter = milliseconds(retry.giveUpAfter ?? usual.giveUpAfter)
  const forNotices = milliseconds(retry.giveUpNoticesAfter ?? usual.giveUpNoticesAfter)
  return {
    pauses: (retry.pauses ?? usual.pauses).map(milliseconds),
    every: milliseconds(retry.every ?? usual.every),
    giveUpAfter,
    giveUpNoticesAfter: Math.max(giveUpAfter, forNotices),
    longestRetryAfter: milliseconds(retry.longestRetryAfter ?? usual.longestRetryAfter),
    atOnce: atOnce ?? usual.atOnce,
    closed: closed.map(closedTimeOf),
    expected: {
      ordinary: milliseconds(soon.ordinary),
      urgent: milliseconds(soon.urgent),
      'very-urgent': milliseconds(soon['very-urgent']),
      'most-urgent': milliseconds(soon['most-urgent']),
    },
  }
}

/** What holds for an office whose profile says nothing of it, or that has none at present. */
export const usualPolicy: DeliveryPolicy = deliveryPolicyOf({})

const minutesADay = 24 * 60

function closedTimeOf({ days = dayNames, from, to }: RawClosedTime): ClosedTime {
  const [begins, ends] = [minuteOf(from), minuteOf(to)]
  return {
    days: dayNames.flatMap((name, day) => (days.includes(name) ? [day] : [])),
    from: begins,
    minutes: ends > begins ? ends - begins : ends - begins + minutesADay,
  }
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))

const minute = 60_000
/** Minute 0 of the week: a Sunday's midnight in Thailand (1970-01-04T00:00+07:00). */
const firstSunday = Date.UTC(1970, 0, 4) - 7 * 60 * minute
const minutesAWeek = 7 * minutesADay

/** When the office may be brought something again: `now` while it is open, else the end of the time for which it is closed. */
export function opensAt({ closed }: Pick<DeliveryPolicy, 'closed'>, now: Instant): Instant {
  let at = now
  // Times that follow each other are one; a week of them has no end, and profiles that say so are refused.
  for (let ended = true; ended && at - now < minutesAWeek * minute; ) {
    ended = false
    for (const time of closed) {
      const end = endOf(time, at)
      if (end === undefined) continue
      at = end
      ended = true
    }
  }
  return at
}

/** The end of a closed time within which `at` lies. */
function endOf({ days, from, minutes }: ClosedTime, at: Instant): Instant | undefined {
  const sinceSunday = (at - firstSunday) / minute
  const ofWeek = sinceSunday - Math.floor(sinceSunday / minutesAWeek) * minutesAWeek
  for (const day of days) {
    const since = (ofWeek - (day * minutesADay + from) + minutesAWeek) % minutesAWeek
    if (since < minutes) return at + Math.round((minutes - since) * minute)
  }
  return undefined
}

const readDelivery = lazily(() => readerOf<RawDeliveryPolicy>(deliveryOptions))

/** What a schema cannot say of `delivery`: an office that is always closed would be brought nothing, ever. */
export function deliveryFindings(raw: unknown, at: Pointer): readonly Finding[] {
  const checked = readDelivery()(raw, at)
  if (!checked.ok) return []
  const policy = deliveryPolicyOf(checked.value)
  const findings: Finding[] = []
  if (opensAt(policy, firstSunday) - firstSunday >= minutesAWeek * minute)
    findings.push({
      at: [...at, 'closed'],
      code: 'adapter.profile.value-wrong',
      value: 'every hour of the week',
      details: { expected: 'some time of the week at which the office is open' },
    })
  if (policy.giveUpAfter < (policy.pauses[0] ?? 0))
    findings.push({
      at: [...at, 'retry', 'giveUpAfter'],
      code: 'adapter.profile.value-wrong',
      value: checked.value.retry?.giveUpAfter ?? usual.giveUpAfter,
      details: { expected: 'longer than the first of the pauses' },
    })
  return findings
}
