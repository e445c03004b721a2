// What is still open of a letter at one recipient: its own delivery, and those of the notices about it. Reads only.
import type { NoticeKind } from '../../letter/notice.ts'
import type { OfficeId } from '../../letter/offices.ts'
import type { Instant } from '../../letter/time.ts'
import type { Parameter, Reader } from './database.ts'
import { type AttemptRow, attemptsOf, type DeliveryRow, deliveryById } from './deliveries.ts'

/** What a delivery brings. */
export type Content = 'letter' | NoticeKind

export interface OpenDelivery {
  readonly delivery: DeliveryRow
  readonly content: Content
  readonly attempts: readonly AttemptRow[]
  /** What goes first in its lane and is open too; absent when nothing does. */
  readonly behind?: Content
  /** The last attempt of any open delivery to the same office that ended, and so failed. */
  readonly lastFailure?: AttemptRow
}

/** The recipient of the letter that a delivery (d) brings, or that its notice (n) speaks of. */
const recipient = `
CASE WHEN n.message_id IS NULL THEN d.office WHEN n.kind IN ('dispute', 'recall') THEN n.recipient ELSE n.sender END`

/** An attempt (a) of an open delivery that ended has failed, unless a polling system was only shown the parcel. */
const failed = `a.ended_at IS NOT NULL AND a.outcome <> 'given-out'`

const sql = {
  ofLetter: `
SELECT d.id, COALESCE(n.kind, 'letter') AS content FROM deliveries d LEFT JOIN notices n ON n.message_id = d.message_id
WHERE d.open = 1 AND d.message_id IN (SELECT message_id FROM notices WHERE about = ? UNION SELECT ?) AND ${recipient} = ?
ORDER BY d.seq`,
  ahead: `
SELECT e.content FROM deliveries d JOIN envelopes e ON e.message_id = d.message_id
WHERE d.lane = ? AND d.open = 1 AND d.seq < ? ORDER BY d.seq LIMIT 1`,
  lastFailure: `
SELECT a.delivery_id AS "deliveryId", a.number, a.started_at AS "startedAt", a.ended_at AS "endedAt", a.outcome, a.problem,
  a.said
FROM deliveries d JOIN attempts a ON a.delivery_id = d.id
WHERE d.office = ? AND d.open = 1 AND ${failed} ORDER BY a.ended_at DESC LIMIT 1`,
} as const

/** How long a delivery may be open before it counts as stuck, in milliseconds; with a failed attempt it does at once. */
const stuckAfter = 10 * 60_000

/** A condition on letters (l): anything of it is open, or stuck as of `stuckAt`. */
export function openCondition(stuckAt: Instant | undefined): {
  readonly where: string
  readonly values: readonly Parameter[]
} {
  const open = `
SELECT COALESCE(n.about, d.message_id), ${recipient}
FROM deliveries d LEFT JOIN notices n ON n.message_id = d.message_id WHERE d.open = 1`
  if (stuckAt === undefined) return { where: `(l.message_id, l.recipient) IN (${open})`, values: [] }
  const stuck = `${open} AND (d.created_at <= ? OR EXISTS (
SELECT 1 FROM attempts a WHERE a.delivery_id = d.id AND ${failed}))`
  return { where: `(l.message_id, l.recipient) IN (${stuck})`, values: [stuckAt - stuckAfter] }
}

/** Finds what is open of letters; what it learns of an office it remembers, so that a long list asks once. */
export function openFinder(
  reader: Reader,
): (messageId: string, recipient: OfficeId) => Promise<OpenDelivery[]> {
  const failures = new Map<OfficeId, AttemptRow | undefined>()
  const lastFailureOf = async (office: OfficeId): Promise<AttemptRow | undefined> => {
    if (!failures.has(office)) failures.set(office, await reader.one<AttemptRow>(sql.lastFailure, office))
    return failures.get(office)
  }
  return async (messageId, office) => {
    const found = await reader.all<{ id: string; content: Content }>(
      sql.ofLetter,
      messageId,
      messageId,
      office,
    )
    const open: OpenDelivery[] = []
    for (const { id, content } of found) {
      const delivery = await deliveryById(reader, id)
      // Settled between the two questions.
      if (delivery === undefined) continue
      const ahead = await reader.one<{ content: Content }>(sql.ahead, delivery.lane, delivery.seq)
      const lastFailure = await lastFailureOf(delivery.office)
      open.push({
        delivery,
        content,
        attempts: await attemptsOf(reader, id),
        ...(ahead && { behind: ahead.content }),
        ...(lastFailure && { lastFailure }),
      })
    }
    return open
  }
}
