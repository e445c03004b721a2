// What a person may have brought again, or at once: what was refused or given up and still matters, and what waits for its next
// attempt. Reads only.
import type { OfficeId } from '../../letter/offices.ts'
import type { Instant, MessageId } from '../../letter/time.ts'
import type { Parameter, Reader } from './database.ts'
import { nextTo } from './deliveries.ts'
import { type Content, ofLetters, unresolved } from './open.ts'

/** A delivery that may be brought again: of which letter, at which of its recipients. */
export interface Again {
  readonly seq: number
  readonly id: string
  readonly messageId: MessageId
  readonly recipient: OfficeId
  readonly office: OfficeId
  readonly content: Content
  readonly state: string
}

/** Every condition that is there holds. */
export interface AgainFilter {
  readonly messageId?: string
  /** Normalised. */
  readonly number?: string
  readonly sender?: string
  readonly recipient?: string
  /** To which it is brought. */
  readonly office?: string
  /** Of the letter, at its recipient. */
  readonly state?: string
  /** Of the letter's taking: from, and before. */
  readonly since?: Instant
  readonly before?: Instant
  /** Secret letters too. */
  readonly secret: boolean
  /** What waits at this instant too: for its next attempt, or for the probe of its office. */
  readonly waitsAt?: Instant
}

/** Nothing of its lane goes first, and only the time of its next attempt, or its office's probe, is in the way. */
const waits = `
d.open = 1 AND d.mode = 'push' AND d.state IN ('due', 'unknown') AND (d.due_at > ? OR EXISTS (
  SELECT 1 FROM present b WHERE b.kind = 'breaker' AND b.subject = d.office AND b.what = ''))
AND ${nextTo('<', 'd')} IS NULL`

const columns = `d.seq, d.id, l.message_id AS "messageId", l.recipient, d.office, COALESCE(n.kind, 'letter') AS content, d.state`

/** The next deliveries of a filter, in the order in which they were made, `limit` at most, after `seq`. */
export async function listAgain(
  reader: Reader,
  filter: AgainFilter,
  after: number,
  limit: number,
): Promise<Again[]> {
  const found = await page(reader, filter, unresolved, [], after, limit)
  if (filter.waitsAt === undefined) return found
  const waiting = await page(reader, filter, waits, [filter.waitsAt], after, limit)
  return [...found, ...waiting].sort((one, other) => one.seq - other.seq).slice(0, limit)
}

function page(
  reader: Reader,
  filter: AgainFilter,
  which: string,
  values: readonly Parameter[],
  after: number,
  limit: number,
): Promise<Again[]> {
  const conditions: [string, string | number | undefined][] = [
    ['l.message_id = ?', filter.messageId],
    ['l.number = ?', filter.number],
    ['l.sender = ?', filter.sender],
    ['l.recipient = ?', filter.recipient],
    ['d.office = ?', filter.office],
    ['l.state = ?', filter.state],
    ['l.committed_at >= ?', filter.since],
    ['l.committed_at < ?', filter.before],
    ['l.secrecy = ?', filter.secret ? undefined : 'ordinary'],
    ['d.seq > ?', after],
  ]
  const held = conditions.flatMap(([where, value]) => (value === undefined ? [] : [{ where, value }]))
  const where = [...held.map((each) => each.where), which].join(' AND ')
  return reader.all<Again>(
    `SELECT ${columns} FROM ${ofLetters} WHERE ${where} ORDER BY d.seq LIMIT ?`,
    ...held.map(({ value }) => value),
    ...values,
    limit,
  )
}
