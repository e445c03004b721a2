// A letter's whole story, read from the journal: for `saraban messages` and for auditors. Reads only.
import type { Provenance } from '../../envelope/envelope.ts'
import { reopenEnvelope } from '../../envelope/verify.ts'
import type { Letter } from '../../letter/letter.ts'
import type { Instant, MessageId } from '../../letter/time.ts'
import { type AttemptRow, attemptsOf } from './attempts.ts'
import type { Parameter, Reader } from './database.ts'
import { type DeliveryRow, deliveriesOfMessage, deliveryTo } from './deliveries.ts'
import { type EnvelopeRow, envelopeById } from './envelopes.ts'
import { type HandedRow, handedOf } from './handed.ts'
import { type LetterRow, lettersOfMessage } from './letters.ts'
import { type NoticeRow, noticesAbout } from './notices.ts'
import {
  type FailedDelivery,
  failedOf,
  lateCondition,
  type OpenDelivery,
  openCondition,
  openFinder,
  stuckCondition,
} from './open.ts'
import { type WaitingCorrection, waitingCorrection } from './orders.ts'
import { listQuarantine, type QuarantineFilter, type QuarantineRow } from './quarantine.ts'
import { unservedOffices } from './reaches.ts'
import { type SourceRow, sourceById } from './sources.ts'

export interface ListedLetter extends LetterRow {
  /** Attempts of the letter's own delivery. */
  readonly attempts: number
  /** Its own delivery and those of its notices, where they are still open. */
  readonly open: readonly OpenDelivery[]
  /** Those that were refused or given up, while that still matters. */
  readonly failed: readonly FailedDelivery[]
}

export interface LetterFilter {
  readonly sender?: string
  readonly recipient?: string
  /** Only letters of which something, itself or a notice, heads to this office: is open, or stuck or late where those are asked for. */
  readonly heading?: string
  readonly state?: string
  /** Only letters of which something is still open. */
  readonly open?: boolean
  /** Only letters of which something is stuck at this instant: open for 10 minutes, after a failed attempt, or at a bad end. */
  readonly stuckAt?: Instant
  /** Only letters of which something is open at this instant that was expected to be through. */
  readonly lateAt?: Instant
  /** At most 1,001: whoever shows 1,000 sees whether there are more. */
  readonly limit: number
  /** Secret letters have their own register and stay out of ordinary views (domain §2). */
  readonly secret: boolean
}

export interface DeliveryStory {
  readonly delivery: DeliveryRow
  readonly attempts: readonly AttemptRow[]
  /** What was handed over, or was about to be: its bytes stand apart (`handed.ts`). */
  readonly handed: readonly HandedRow[]
}

export interface NoticeStory {
  readonly notice: NoticeRow
  readonly reason: string
  readonly deliveries: readonly DeliveryStory[]
}

export interface EventRow {
  readonly seq: number
  readonly at: Instant
  readonly name: string
  readonly office: string | null
  readonly facts: Readonly<Record<string, string | number>>
}

export interface Story {
  readonly messageId: MessageId
  readonly envelope: Omit<EnvelopeRow, 'bytes'> & { readonly size: number }
  readonly letter: Letter
  /** How the source was translated; absent for a letter that its sender sealed. */
  readonly provenance?: Provenance
  readonly source: Omit<SourceRow, 'bytes'> | undefined
  /** One for each recipient. */
  readonly recipients: readonly LetterRow[]
  readonly deliveries: readonly DeliveryStory[]
  readonly notices: readonly NoticeStory[]
  /** What is still to come, of the letter and of its notices. */
  readonly open: readonly OpenDelivery[]
  /** What was refused or given up, while that still matters. */
  readonly failed: readonly FailedDelivery[]
  /** A correction that is ordered, and not carried out yet. */
  readonly ordered?: WaitingCorrection
  /** Of this letter, of its place in its source, and of the source as a whole: in order, the newest `mostEvents`. */
  readonly events: readonly EventRow[]
  /** Whether there are older ones. */
  readonly eventsCut: boolean
}

/** Events that a story has at most. */
const mostEvents = 1_000

const listed = (where: string): string => `
SELECT l.message_id AS "messageId", l.recipient, l.sender, l.number, l.date, l.content_digest AS "contentDigest", l.urgency,
  l.secrecy, l.state, l.receive_number AS "receiveNumber", l.committed_at AS "committedAt", l.changed_at AS "changedAt",
  COALESCE(d.attempts, 0) AS attempts
FROM letters l LEFT JOIN deliveries d ON d.message_id = l.message_id AND d.office = l.recipient
${where}
ORDER BY l.committed_at DESC, l.message_id DESC, l.recipient LIMIT ?`

const sql = {
  events: `
SELECT seq, at, name, office, facts FROM events WHERE message_id = ?
  OR (source_id = ? AND message_id IS NULL AND (facts NOT LIKE '%"position":%' OR facts LIKE ? ESCAPE '!'))
ORDER BY seq DESC LIMIT ?`,
  matching: `
SELECT DISTINCT message_id AS "messageId" FROM letters WHERE message_id = ? OR message_id LIKE ? OR number = ? LIMIT 20`,
} as const

/** Letters, newest first, with what is open of each. */
export async function listLetters(reader: Reader, filter: LetterFilter): Promise<ListedLetter[]> {
  return withOpen(reader, await rowsOf(reader, filter))
}

async function rowsOf(
  reader: Reader,
  filter: LetterFilter,
): Promise<Omit<ListedLetter, 'open' | 'failed'>[]> {
  const conditions = Object.entries({
    'l.sender': filter.sender,
    'l.recipient': filter.recipient,
    'l.state': filter.state,
    'l.secrecy': filter.secret ? undefined : 'ordinary',
  }).flatMap(([column, value]) =>
    value === undefined ? [] : [{ where: `${column} = ?`, values: [value] as readonly Parameter[] }],
  )
  const { heading, lateAt, stuckAt } = filter
  if (lateAt !== undefined) conditions.push(lateCondition(lateAt, heading))
  if (stuckAt !== undefined) conditions.push(stuckCondition(stuckAt, await unservedOffices(reader), heading))
  const plain = lateAt === undefined && stuckAt === undefined
  if (plain && (filter.open === true || heading !== undefined)) conditions.push(openCondition(heading))
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.map((each) => each.where).join(' AND ')}`
  const limit = Math.min(Math.max(1, filter.limit), 1001)
  return reader.all<Omit<ListedLetter, 'open' | 'failed'>>(
    listed(where),
    ...conditions.flatMap(({ values }) => values),
    limit,
  )
}

/** Letters that were found otherwise, each with what is open of it. */
export async function listedOf(reader: Reader, rows: readonly LetterRow[]): Promise<ListedLetter[]> {
  const counted: Omit<ListedLetter, 'open' | 'failed'>[] = []
  for (const row of rows) {
    const delivery = await deliveryTo(reader, row.messageId, row.recipient)
    counted.push({ ...row, attempts: delivery?.attempts ?? 0 })
  }
  return withOpen(reader, counted)
}

async function withOpen(
  reader: Reader,
  rows: readonly Omit<ListedLetter, 'open' | 'failed'>[],
): Promise<ListedLetter[]> {
  const openOf = openFinder(reader)
  const letters: ListedLetter[] = []
  for (const row of rows) {
    const { messageId, recipient } = row
    const open = await openOf(messageId, recipient)
    letters.push({ ...row, open, failed: await failedOf(reader, messageId, recipient) })
  }
  return letters
}

/** How many letters a list leaves out because they are secret: it may be told that there are some, and nothing else. */
export async function countHidden(reader: Reader, filter: LetterFilter): Promise<number> {
  if (filter.secret) return 0
  const all = await rowsOf(reader, { ...filter, secret: true })
  return all.filter(({ secrecy }) => secrecy !== 'ordinary').length
}

/** The message ids of the letters that a person means: by message id, the end of one, or a normalised number. */
export async function findLetters(
  reader: Reader,
  said: string,
  number: string | undefined,
): Promise<MessageId[]> {
  // In anything else `_` and `%` would stand for other letters' ids.
  const end = /^[0-9a-f-]{6,36}$/.test(said) ? `%${said}` : null
  const rows = await reader.all<{ messageId: MessageId }>(sql.matching, said, end, number ?? said)
  return rows.map((row) => row.messageId)
}

/** What waits in quarantine: the newest source first, and the places of one source in their own order. */
export async function listQuarantined(
  reader: Reader,
  limit: number,
  filter: QuarantineFilter = {},
): Promise<QuarantineRow[]> {
  const rows = await listQuarantine(reader, limit, filter)
  const latest = new Map<string, Instant>()
  for (const { sourceId, at } of rows) latest.set(sourceId, Math.max(at, latest.get(sourceId) ?? at))
  const latestOf = ({ sourceId }: QuarantineRow): Instant => latest.get(sourceId) ?? 0
  return rows.sort(
    (one, other) =>
      latestOf(other) - latestOf(one) ||
      one.sourceId.localeCompare(other.sourceId, 'en') ||
      // `row 9` before `row 10`.
      one.position.localeCompare(other.position, 'en', { numeric: true }),
  )
}

/** Everything that the journal knows of a letter, or undefined when it knows none of that id. */
export async function storyOf(reader: Reader, messageId: string): Promise<Story | undefined> {
  const row = await envelopeById(reader, messageId)
  if (row === undefined || row.content !== 'letter') return undefined
  const envelope = reopenEnvelope(row.bytes, row.digest)
  if (!envelope.ok || envelope.value.content !== 'letter') return undefined
  const { bytes, ...withoutBytes } = row
  const source = row.sourceId === null ? undefined : await sourceById(reader, row.sourceId)
  const recipients = await lettersOfMessage(reader, messageId)
  const openOf = openFinder(reader)
  const open: OpenDelivery[] = []
  const failed: FailedDelivery[] = []
  const ordered = await waitingCorrection(reader, row.messageId)
  for (const { recipient } of recipients) {
    open.push(...(await openOf(row.messageId, recipient)))
    failed.push(...(await failedOf(reader, row.messageId, recipient)))
  }
  return {
    messageId: row.messageId,
    envelope: { ...withoutBytes, size: bytes.length },
    letter: envelope.value.letter,
    ...(envelope.value.provenance !== undefined && { provenance: envelope.value.provenance }),
    source: source && withoutSourceBytes(source),
    recipients,
    deliveries: await deliveryStories(reader, messageId),
    notices: await noticeStories(reader, row.messageId),
    open,
    failed,
    ...(ordered !== undefined && { ordered }),
    ...(await eventsOf(reader, row)),
  }
}

function withoutSourceBytes({ bytes: _bytes, ...source }: SourceRow): Omit<SourceRow, 'bytes'> {
  return source
}

async function deliveryStories(reader: Reader, messageId: string): Promise<DeliveryStory[]> {
  const deliveries = await deliveriesOfMessage(reader, messageId)
  return Promise.all(
    deliveries.map(async (delivery) => ({
      delivery,
      attempts: await attemptsOf(reader, delivery.id),
      handed: await handedOf(reader, delivery.id),
    })),
  )
}

async function noticeStories(reader: Reader, messageId: MessageId): Promise<NoticeStory[]> {
  const stories: NoticeStory[] = []
  for (const notice of await noticesAbout(reader, messageId)) {
    const row = await envelopeById(reader, notice.messageId)
    const envelope = row && reopenEnvelope(row.bytes, row.digest)
    const reason = envelope?.ok && envelope.value.content === 'notice' ? envelope.value.notice.reason : ''
    stories.push({ notice, reason, deliveries: await deliveryStories(reader, notice.messageId) })
  }
  return stories
}

async function eventsOf(
  reader: Reader,
  { messageId, sourceId, position }: EnvelopeRow,
): Promise<Pick<Story, 'events' | 'eventsCut'>> {
  const rows = await reader.all<EventRow & { facts: unknown }>(
    sql.events,
    ...[messageId, sourceId ?? '', ofPosition(position), mostEvents + 1],
  )
  const events = rows
    .slice(0, mostEvents)
    .reverse()
    .map((row) => ({ ...row, facts: JSON.parse(String(row.facts)) as EventRow['facts'] }))
  return { events, eventsCut: rows.length > mostEvents }
}

/** What the facts of an event at a place of a source are like; null: it stands at none. */
const ofPosition = (position: string | null): string =>
  position === null ? '' : `%"position":${JSON.stringify(position).replace(/[!%_]/g, '!$&')}%`
