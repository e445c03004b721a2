// A letter's story as a page for a person, and as JSON.
import type { AttemptRow } from '../gateway/journal/deliveries.ts'
import type { DeliveryStory, NoticeStory, Story } from '../gateway/journal/story.ts'
import { letterToJson } from '../letter/json.ts'
import { type OfficeId, officeById } from '../letter/offices.ts'
import { type Instant, printInstant } from '../letter/time.ts'
import { printable } from '../problem/problem.ts'

const time = (at: Instant): string => printInstant(at).slice(0, 23).replace('T', ' ')
const name = (office: OfficeId): string => `${officeById(office).th} (${office})`

/** One thing that happened, with the moment at which it did: the page is in this order. */
interface Happening {
  readonly at: Instant
  readonly told: string
}

/** The whole story: the letter as it stands, then everything that happened, in order. */
export function storyPage(story: Story): string {
  const { letter } = story
  const head = [
    `${story.messageId}\n`,
    line('ที่', letter.number.printed),
    line('ลงวันที่', letter.date),
    line('เรื่อง', letter.subject),
    line('จาก', name(letter.from.office)),
    ...story.recipients.map((one) => {
      const number = one.receiveNumber === null ? '' : `, เลขรับ ${one.receiveNumber}`
      return line('ถึง', `${name(one.recipient)}: ${one.state}${number}`)
    }),
    ...letter.attachments.map((one) => line('ไฟล์', `${one.name}, ${one.size} bytes, ${one.role}`)),
    line('digest', story.envelope.digest),
  ]
  const happened = [
    ...sourceOf(story),
    ...story.deliveries.flatMap((one) => ofDelivery('the letter', one)),
    ...story.notices.flatMap(ofNotice),
    ...story.events.map((event): Happening => {
      const facts = Object.entries(event.facts).map(([fact, value]) => ` ${fact} ${value}`)
      return {
        at: event.at,
        told: `${event.name}${event.office === null ? '' : ` ${event.office}`}${facts.join('')}`,
      }
    }),
  ]
  // Sorting keeps the order of what happened in one millisecond.
  happened.sort((one, other) => one.at - other.at)
  return `${head.join('')}\n${happened.map(({ at, told }) => `  ${time(at)}  ${printable(told, 400)}\n`).join('')}`
}

const line = (label: string, value: string): string => `  ${label.padEnd(10)} ${printable(value, 1_000)}\n`

function sourceOf({ source, envelope, provenance, letter }: Story): Happening[] {
  const at = envelope.committedAt
  const happened: Happening[] = []
  if (source !== undefined) {
    const where = envelope.position === null ? '' : `, ${envelope.position}`
    const bytes = `${source.size} bytes, sha256 ${source.sha256}`
    happened.push({
      at: source.receivedAt,
      told: `received from ${source.system}: ${source.name}${where}, ${bytes}`,
    })
  }
  if (provenance === undefined) {
    happened.push({ at, told: `verified, and kept as its sender sealed it: ${envelope.size} bytes` })
    return happened
  }
  const { system, format, charset, datePrinted, profileVersion } = provenance
  const details = [
    charset === undefined ? format : `${format} in ${charset}`,
    `number ${letter.number.printed} read as ${letter.number.normalized}`,
    ...(datePrinted === undefined ? [] : [`date ${datePrinted} read as ${letter.date}`]),
    ...(profileVersion === undefined ? [] : [`profile version ${profileVersion.slice(0, 12)}`]),
  ]
  happened.push({ at, told: `translated by ${system}: ${details.join(', ')}` })
  happened.push({ at, told: `sealed for ${name(letter.from.office)}: ${envelope.size} bytes, and committed` })
  return happened
}

function ofDelivery(what: string, { delivery, attempts }: DeliveryStory): Happening[] {
  const way = delivery.mode === 'poll' ? 'waits to be fetched by' : 'is to be brought to'
  return [
    { at: delivery.createdAt, told: `${what} ${way} ${delivery.office} (delivery ${delivery.id})` },
    ...attempts.map(
      (attempt): Happening => ({ at: attempt.startedAt, told: attemptTold(what, delivery.office, attempt) }),
    ),
    ...(delivery.state === 'taken' || delivery.state === 'refused' || delivery.state === 'given-up'
      ? [{ at: delivery.changedAt, told: `${what} to ${delivery.office}: ${delivery.state}` }]
      : []),
  ]
}

function attemptTold(what: string, office: OfficeId, attempt: AttemptRow): string {
  const duration = attempt.endedAt === null ? 'not ended' : `${attempt.endedAt - attempt.startedAt} ms`
  const details = [attempt.problem, attempt.said].filter((one) => one !== null && one !== '')
  const outcome = attempt.outcome ?? 'interrupted'
  return `attempt ${attempt.number} of ${what} to ${office}: ${outcome}, ${duration}${details.map((one) => `; ${one}`).join('')}`
}

function ofNotice({ notice, reason, deliveries }: NoticeStory): Happening[] {
  const number = notice.receiveNumber === null ? '' : `, เลขรับ ${notice.receiveNumber}`
  const why = reason === '' ? '' : `: ${reason}`
  return [
    {
      at: notice.committedAt,
      told: `${notice.kind} notice from ${notice.sender} to ${notice.recipient}${number}${why}`,
    },
    ...deliveries.flatMap((one) => ofDelivery(`the ${notice.kind} notice`, one)),
  ]
}

/** The story as JSON: times with +07:00. */
export function storyJson(story: Story): Readonly<Record<string, unknown>> {
  const { letter, ...rest } = story
  return { ...(withTimes(rest) as Record<string, unknown>), letter: letterToJson(letter) }
}

const instants = new Set([
  'at',
  'committedAt',
  'changedAt',
  'createdAt',
  'dueAt',
  'deadline',
  'receivedAt',
  'startedAt',
  'endedAt',
])

function withTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withTimes)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]): [string, unknown] =>
      instants.has(key) && typeof inner === 'number' ? [key, printInstant(inner)] : [key, withTimes(inner)],
    ),
  )
}
