// A letter's story as a page for a person, and as JSON.
import type { LetterState } from '../gateway/delivery/states.ts'
import type { AttemptRow } from '../gateway/journal/attempts.ts'
import type { DeliveryRow } from '../gateway/journal/deliveries.ts'
import type { FailedDelivery, OpenDelivery } from '../gateway/journal/open.ts'
import type { DeliveryStory, NoticeStory, Story } from '../gateway/journal/story.ts'
import { letterToJson } from '../letter/json.ts'
import { type OfficeId, officeById } from '../letter/offices.ts'
import { type Instant, printInstant } from '../letter/time.ts'
import { printable } from '../problem/problem.ts'
import { type Reason, reasonLine, reasonOf } from './reason.ts'
import {
  failedJson,
  lastLine,
  moment,
  type Now,
  nameOf,
  openJson,
  reasonOfEnd,
  standingOf,
} from './standing.ts'

const time = (at: Instant): string => printInstant(at).slice(0, 23).replace('T', ' ')
const name = (office: OfficeId): string => `${officeById(office).th} (${office})`

/** One thing that happened, with the moment at which it did: the page is in this order. */
interface Happening {
  readonly at: Instant
  readonly told: string
}

/** The whole story: the letter as it stands, everything that happened, in order, and what happens next. */
export function storyPage(story: Story, now: Now): string {
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
    ...(story.recipients.length > 1 ? [line('รวม', summaryTold(story))] : []),
    ...letter.attachments.map((one) => line('ไฟล์', `${one.name}, ${one.size} bytes, ${one.role}`)),
    line('digest', story.envelope.digest),
  ]
  const happened = [
    ...sourceOf(story),
    ...story.deliveries.flatMap((one) => ofDelivery('the letter', one, now)),
    ...story.notices.flatMap((one) => ofNotice(one, now)),
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
  const cut = story.eventsCut ? '  older events are not shown\n' : ''
  return `${head.join('')}\n${cut}${happened.map(({ at, told }) => `  ${time(at)}  ${printable(told, 400)}\n`).join('')}\n${nextPage(story, now)}`
}

/** How many recipients a letter has in each state, the furthest first; what is not there is not said. */
function summaryOf({ recipients }: Story): Readonly<Partial<Record<LetterState, number>>> {
  const counts = states.map(
    (state) => [state, recipients.filter((one) => one.state === state).length] as const,
  )
  return Object.fromEntries(counts.filter(([, count]) => count > 0))
}

const states: readonly LetterState[] = [
  'registered',
  'delivered',
  'forwarding',
  'sealed',
  'refused',
  'wrong',
  'given-up',
  'recalled',
]

const summaryTold = (story: Story): string => {
  const told = Object.entries(summaryOf(story)).map(([state, count]) => `${count} ${state}`)
  return `${story.recipients.length} offices: ${told.join(', ')}`
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

function ofDelivery(what: string, { delivery, attempts, handed }: DeliveryStory, now: Now): Happening[] {
  const way = delivery.mode === 'poll' ? 'waits to be fetched by' : 'is to be brought to'
  return [
    { at: delivery.createdAt, told: `${what} ${way} ${delivery.office} (delivery ${delivery.id})` },
    ...attempts.map(
      (attempt): Happening => ({ at: attempt.startedAt, told: attemptTold(what, delivery, attempt, now) }),
    ),
    ...handed.map(({ attempt, at, size, mediaType, sha256, files }): Happening => {
      const beside =
        files.length === 0 ? '' : `, and ${files.length} ${files.length === 1 ? 'file' : 'files'}`
      const which = delivery.mode === 'poll' ? 'to be fetched' : `for attempt ${attempt}`
      return {
        at,
        told: `${what} written for ${delivery.office}, ${which}: ${mediaType}, ${size} bytes, sha256 ${sha256}${beside}`,
      }
    }),
    ...(delivery.state === 'taken' || delivery.state === 'refused' || delivery.state === 'given-up'
      ? [{ at: delivery.changedAt, told: `${what} to ${delivery.office}: ${delivery.state}` }]
      : []),
  ]
}

function attemptTold(what: string, delivery: DeliveryRow, attempt: AttemptRow, now: Now): string {
  const { number, startedAt, endedAt, outcome } = attempt
  const which = `attempt ${number} of ${what} to ${delivery.office}`
  if (outcome === 'given-out') return `${what} was shown to the system of ${delivery.office}, which polls`
  if (endedAt === null) {
    if (delivery.state !== 'sending') return `${which}: its end was not written down`
    return now.running ? `${which}: under way` : `${which}: interrupted: the gateway died`
  }
  const ended = `${which}: ${outcome}, ${endedAt - startedAt} ms`
  if (outcome === 'taken') return attempt.said ? `${ended}; ${attempt.said}` : ended
  const unsure = outcome === 'unknown' ? '; it may have arrived' : ''
  return `${ended}; ${reasonLine(reasonOf(attempt))}${unsure}`
}

/** What happens next: every open delivery, then every one that ended without success and still matters. */
function nextPage(story: Story, now: Now): string {
  const { open, failed, deliveries } = story
  const told = [
    ...orderedLines(story, now),
    ...open.flatMap((one) => openLines(one, now)),
    ...failed.flatMap((one) => failedLines(one, story)),
    ...sentBackLines(story),
  ]
  if (told.length === 0) {
    const allTaken = deliveries.every(({ delivery }) => delivery.state === 'taken')
    told.push(allTaken ? 'nothing: everything has arrived' : 'nothing: what did not arrive is over')
  }
  return `What happens next\n${told.map((one) => `  ${printable(one, 600)}\n`).join('')}`
}

function orderedLines({ ordered }: Story, { running }: Now): string[] {
  if (ordered === undefined) return []
  const { order, by, why, askedAt } = ordered
  const when = running ? 'the gateway is about to do it' : 'the gateway does it when it is started'
  return [`its correction is ordered by ${by} at ${moment(askedAt)} (order ${order}): ${why}`, `  ${when}`]
}

/** Words of a person of this gateway: of a letter that its sender sealed nobody here can. */
function correctLine({ messageId, letter, provenance, ordered }: Story, office: string): string[] {
  if (provenance === undefined || ordered !== undefined) return []
  const id = messageId.slice('urn:uuid:'.length)
  const secret = letter.secrecy === 'ordinary' ? '' : ' --secret'
  return [
    `  or, with other words: saraban messages correct ${id} --office ${office}${secret} --subject … --by NAME --why TEXT`,
  ]
}

/** What its system fetches waits for it; what is brought is tried for its time, and as often as its first pauses say. */
const endOf = ({ mode, deadline }: OpenDelivery['delivery']): string =>
  mode === 'poll' ? '' : `; tried until ${moment(deadline)}, then given up`

/** What to do, in English and, where the catalogue says it, in Thai. */
const remedyLines = (reason: Reason | undefined): string[] => [
  ...(reason?.remedy === undefined ? [] : [`  what to do: ${reason.remedy}`]),
  ...(reason?.remedyThai === undefined ? [] : [`  วิธีแก้: ${reason.remedyThai}`]),
]

function openLines(open: OpenDelivery, now: Now): string[] {
  const { delivery, content } = open
  const { told, why, last } = standingOf(open, now)
  const attempts = delivery.attempts === 1 ? '1 attempt' : `${delivery.attempts} attempts`
  return [
    `${nameOf(content)} to ${delivery.office}: ${told}`,
    `  open since ${moment(delivery.createdAt)}, ${attempts}${endOf(delivery)}`,
    ...(why === undefined ? [] : [`  why: ${reasonLine(why)}`]),
    ...(last === undefined ? [] : [`  why: ${lastLine(last)}`]),
    ...remedyLines(why ?? last?.reason),
  ]
}

/** Of whoever had the letter and sent it back: its sender was told, and what helps is a corrected one. */
function sentBackLines(story: Story): string[] {
  const { recipients, notices, failed, ordered } = story
  // Looked up, not searched for: a circular may have thousands of each.
  const notBrought = new Set(
    failed.flatMap(({ delivery, content }) => (content === 'letter' ? [delivery.office] : [])),
  )
  const sentBack = new Map(
    notices.flatMap((each) =>
      kindsOfEnd.includes(each.notice.kind) ? [[each.notice.sender, each] as const] : [],
    ),
  )
  return recipients.flatMap(({ recipient, state }) => {
    if (state !== 'refused' && state !== 'wrong') return []
    if (notBrought.has(recipient)) return []
    const said = sentBack.get(recipient)
    const when = said === undefined ? '' : ` at ${moment(said.notice.committedAt)}`
    const why = said === undefined || said.reason === '' ? '' : `: ${said.reason}`
    const others = recipients.length > 1 ? `, to ${recipient} alone` : ''
    return [
      `${recipient} sent the letter back (${state})${when}${why}`,
      ...(ordered === undefined
        ? [
            `  what to do: its sender corrects it and hands it over again under the same number${others}; unchanged it does not go`,
          ]
        : []),
      ...correctLine(story, recipient),
    ]
  })
}

const kindsOfEnd: readonly string[] = ['reject', 'invalid']

function failedLines(failed: FailedDelivery, story: Story): string[] {
  const { messageId, letter, ordered } = story
  const { delivery, content } = failed
  const reason = reasonOfEnd(failed)
  const id = messageId.slice('urn:uuid:'.length)
  return [
    `${nameOf(content)} to ${delivery.office}: ${delivery.state} at ${moment(delivery.changedAt)}; it is not tried again by itself`,
    ...(reason === undefined ? [] : [`  why: ${reasonLine(reason)}`]),
    ...remedyLines(reason),
    ...(ordered === undefined || content !== 'letter'
      ? [
          `  then: saraban messages retry ${id} --office ${delivery.office}${letter.secrecy === 'ordinary' ? '' : ' --secret'} --by NAME --why TEXT`,
        ]
      : []),
    ...(content === 'letter' ? correctLine(story, delivery.office) : []),
  ]
}

function ofNotice({ notice, reason, deliveries }: NoticeStory, now: Now): Happening[] {
  const number = notice.receiveNumber === null ? '' : `, เลขรับ ${notice.receiveNumber}`
  const why = reason === '' ? '' : `: ${reason}`
  return [
    {
      at: notice.committedAt,
      told: `${notice.kind} notice from ${notice.sender} to ${notice.recipient}${number}${why}`,
    },
    ...deliveries.flatMap((one) => ofDelivery(nameOf(notice.kind), one, now)),
  ]
}

/** The story as JSON: times with +07:00. */
export function storyJson(story: Story, now: Now): Readonly<Record<string, unknown>> {
  const { letter, open, failed, ...rest } = story
  return {
    ...(withTimes(rest) as Record<string, unknown>),
    letter: letterToJson(letter),
    summary: summaryOf(story),
    gatewayRunning: now.running,
    open: open.map((one) => openJson(one, now)),
    failed: failed.map(failedJson),
  }
}

const instants = new Set([
  'at',
  'committedAt',
  'changedAt',
  'createdAt',
  'dueAt',
  'deadline',
  'expectedBy',
  'receivedAt',
  'askedAt',
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
