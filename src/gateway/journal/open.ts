// What is not at its end of a letter at one recipient, or at a bad one: its own delivery, and those of the notices about it.
// Reads only.
import type { NoticeKind } from '../../letter/notice.ts'
import type { OfficeId } from '../../letter/offices.ts'
import type { Instant, MessageId } from '../../letter/time.ts'
import { letterTable } from '../delivery/states.ts'
import { type AttemptRow, attemptsOf } from './attempts.ts'
import type { Parameter, Reader } from './database.ts'
import { type DeliveryRow, deliveryById } from './deliveries.ts'
import { beingBroughtSince, closedUntil, probeAt } from './present.ts'
import { unservedOffices } from './reaches.ts'

/** What a delivery brings. */
export type Content = 'letter' | NoticeKind

export interface OpenDelivery {
  readonly delivery: DeliveryRow
  readonly content: Content
  readonly attempts: readonly AttemptRow[]
  /** What goes first in its lane and is open too; absent when nothing does. */
  readonly behind?: First
  /** The last attempt of any open delivery to the same office that ended, and so failed. */
  readonly lastFailure?: AttemptRow
  /** While its office cannot be reached: when it is probed next. */
  readonly probeAt?: Instant
  /** While nothing is brought to its office, as its profile says: until when. */
  readonly closedUntil?: Instant
  /** No profile for its office is there any more. */
  readonly unserved?: true
  /** Since when it is being brought while nothing of it is recorded yet. */
  readonly bringingSince?: Instant
}

/** What goes first in a lane. */
export interface First {
  readonly content: Content
  /** The letter that it is, or is about. */
  readonly letter: MessageId
  readonly delivery: DeliveryRow
  readonly attempts: readonly AttemptRow[]
  readonly bringingSince?: Instant
}

/** A delivery that was refused or given up, and nothing has come of it since. */
export interface FailedDelivery {
  readonly delivery: DeliveryRow
  readonly content: Content
  readonly attempts: readonly AttemptRow[]
}

/** The recipient of the letter that a notice speaks of. */
export const recipientOf = (notice: string): string =>
  `CASE WHEN ${notice}.kind IN ('dispute', 'recall') THEN ${notice}.recipient ELSE ${notice}.sender END`

/** The recipient of the letter that a delivery (d) brings, or that its notice (n) speaks of. */
export const recipient = `CASE WHEN n.message_id IS NULL THEN d.office ELSE ${recipientOf('n')} END`

/** An attempt (a) of an open delivery that ended has failed, unless a polling system was only shown the parcel. */
const failed = `a.ended_at IS NOT NULL AND a.outcome <> 'given-out'`

/** States of a letter from which it may be sent again. */
const resendable = Object.entries(letterTable)
  .filter(([, moves]) => moves.resend !== undefined)
  .map(([state]) => `'${state}'`)
  .join(', ')

/**
 * A delivery (d) that was refused or given up, and still matters: of the letter (l) itself while the letter stands at that;
 * of a notice (n) until its office was told something later of the letter at that recipient, or may have been, or the letter was
 * recalled; of a receive number, until it was told another one; of a recall, until the letter that follows under the same number has arrived, or may have: by its number that one would be recalled.
 */
export const unresolved = `
d.state IN ('refused', 'given-up') AND CASE WHEN n.message_id IS NULL THEN l.state IN (${resendable}) ELSE
  (n.kind = 'recall' OR l.state <> 'recalled') AND NOT EXISTS (
    SELECT 1 FROM notices p JOIN deliveries o ON o.message_id = p.message_id AND o.office = d.office
    WHERE p.about = n.about AND p.sender = n.sender AND p.recipient = n.recipient AND (n.kind <> 'accept' OR p.kind = 'accept')
    AND o.seq > d.seq AND (o.state IN ('taken', 'sending', 'unknown') OR EXISTS (
      SELECT 1 FROM attempts a WHERE a.delivery_id = o.id AND a.outcome = 'given-out')))
  AND NOT (n.kind = 'recall' AND EXISTS (
    SELECT 1 FROM letters f JOIN deliveries o ON o.message_id = f.message_id AND o.office = f.recipient
    WHERE f.sender = l.sender AND f.number = l.number AND f.date = l.date AND f.recipient = l.recipient AND o.seq > d.seq
    AND (o.state IN ('taken', 'sending', 'unknown') OR EXISTS (
      SELECT 1 FROM attempts a WHERE a.delivery_id = o.id AND a.outcome IN ('unknown', 'interrupted', 'given-out'))))) END`

/** Deliveries (d), each with the notice (n) that it brings, if it does, and the letter (l) that it is about. */
export const ofLetters = `
deliveries d LEFT JOIN notices n ON n.message_id = d.message_id
JOIN letters l ON l.message_id = COALESCE(n.about, d.message_id) AND l.recipient = ${recipient}`

/**
 * The deliveries of one letter at one recipient: its own, those of what the recipient said, those of what was said to it. Each is
 * found by what it is, and not among those of all recipients: a circular may have thousands. `ofPair(…)` are its values.
 */
const pair = `
SELECT x.id FROM deliveries x WHERE x.message_id = ? AND x.office = ?
UNION ALL SELECT x.id FROM notices y JOIN deliveries x ON x.message_id = y.message_id
WHERE y.about = ? AND y.sender = ? AND y.kind NOT IN ('dispute', 'recall')
UNION ALL SELECT x.id FROM letters k JOIN notices y ON y.about = k.message_id AND y.sender = k.sender AND y.recipient = k.recipient
JOIN deliveries x ON x.message_id = y.message_id
WHERE k.message_id = ? AND k.recipient = ? AND y.kind IN ('dispute', 'recall')`

const ofPair = (messageId: string, recipient: OfficeId): readonly Parameter[] =>
  [1, 2, 3].flatMap(() => [messageId, recipient])

export const openSql = {
  failed: `
SELECT d.id, COALESCE(n.kind, 'letter') AS content FROM ${ofLetters} WHERE d.id IN (${pair}) AND ${unresolved} ORDER BY d.seq`,
  inVain: `
SELECT d.office, COUNT(*) AS count FROM ${ofLetters}
WHERE (d.state = 'given-up' OR n.kind <> 'recall') AND ${unresolved} GROUP BY d.office ORDER BY d.office`,
  undecided: `
SELECT d.id FROM ${ofLetters}
WHERE d.message_id IN (SELECT message_id FROM notices WHERE about = ? UNION SELECT ?) AND ${unresolved} LIMIT 1`,
  ofLetter: `
SELECT d.id, COALESCE(n.kind, 'letter') AS content FROM deliveries d LEFT JOIN notices n ON n.message_id = d.message_id
WHERE d.open = 1 AND d.id IN (${pair}) ORDER BY d.seq`,
  ahead: `
SELECT d.id, e.content, COALESCE(n.about, d.message_id) AS letter
FROM deliveries d JOIN envelopes e ON e.message_id = d.message_id LEFT JOIN notices n ON n.message_id = d.message_id
WHERE d.lane = ? AND d.open > 0 AND d.seq < ? ORDER BY d.seq LIMIT 1`,
  lastFailure: `
SELECT a.delivery_id AS "deliveryId", a.number, a.started_at AS "startedAt", a.ended_at AS "endedAt", a.outcome, a.problem,
  a.said, a.details
FROM deliveries d JOIN attempts a ON a.delivery_id = d.id
WHERE d.office = ? AND d.open = 1 AND ${failed} ORDER BY a.ended_at DESC LIMIT 1`,
} as const

/** The letters, each at its recipient, of which something is open. */
const open = `
SELECT COALESCE(n.about, d.message_id), ${recipient}
FROM deliveries d LEFT JOIN notices n ON n.message_id = d.message_id WHERE d.open = 1`

/** How long a delivery may be open before it counts as stuck, in milliseconds; with a failed attempt it does at once. */
const stuckAfter = 10 * 60_000

/** A condition on letters (l). */
interface Condition {
  readonly where: string
  readonly values: readonly Parameter[]
}

/** Of deliveries (d) those to an office alone, where one is said. */
const heading = (office: string | undefined): Condition =>
  office === undefined ? { where: '', values: [] } : { where: ' AND d.office = ?', values: [office] }

/** A condition on letters (l): something of it, heading to `office` where that is said, is open at `now`, and was expected to be through. */
export function lateCondition(now: Instant, office?: string): Condition {
  const to = heading(office)
  return {
    where: `(l.message_id, l.recipient) IN (${open} AND d.expected_by <= ?${to.where})`,
    values: [now, ...to.values],
  }
}

/** A condition on letters (l): something of it, itself or a notice, heading to `office` where that is said, is open. */
export function openCondition(office?: string): Condition {
  const to = heading(office)
  return { where: `(l.message_id, l.recipient) IN (${open}${to.where})`, values: to.values }
}

/**
 * A condition on letters (l): something of it, heading to `office` where that is said, is stuck as of `now`: open for long or to an
 * office of `unserved`, refused or given up.
 */
export function stuckCondition(
  now: Instant,
  unserved: readonly OfficeId[],
  office: string | undefined,
): Condition {
  const to = heading(office)
  const waits = unserved.length === 0 ? '' : `d.office IN (${unserved.map(() => '?').join(', ')}) OR `
  const stuck = `${open}${to.where} AND (d.created_at <= ? OR ${waits}EXISTS (
SELECT 1 FROM attempts a WHERE a.delivery_id = d.id AND ${failed}))`
  const failedOnes = `SELECT l.message_id, l.recipient FROM ${ofLetters} WHERE ${unresolved}${to.where}`
  return {
    where: `(l.message_id, l.recipient) IN (${stuck} UNION ${failedOnes})`,
    values: [...to.values, now - stuckAfter, ...unserved, ...to.values],
  }
}

/** What of a letter was refused or given up, and still matters. */
export async function failedOf(
  reader: Reader,
  messageId: string,
  recipient: OfficeId,
): Promise<FailedDelivery[]> {
  const found = await reader.all<{ id: string; content: Content }>(
    openSql.failed,
    ...ofPair(messageId, recipient),
  )
  const failedOnes: FailedDelivery[] = []
  for (const { id, content } of found) {
    const delivery = await deliveryById(reader, id)
    if (delivery !== undefined) failedOnes.push({ delivery, content, attempts: await attemptsOf(reader, id) })
  }
  return failedOnes
}

/** Whether anything of a letter, at any recipient, was refused or given up and still matters. */
export async function isUndecided(reader: Reader, messageId: string): Promise<boolean> {
  return (await reader.one(openSql.undecided, messageId, messageId)) !== undefined
}

/**
 * Offices with how many deliveries to them came to nothing that still matters, and of which nobody else hears: given up, and notices
 * that were refused. Of a letter that is refused its sender is told, of a recall `recalledInVain` knows.
 */
export const broughtInVain = async (reader: Reader): Promise<{ office: OfficeId; count: number }[]> =>
  (await reader.all<{ office: OfficeId; count: number }>(openSql.inVain)).map(({ office, count }) => ({
    ...{ office, count: Number(count) },
  }))

/** What of a letter waits for its next attempt, or for its office, and is not behind anything. */
export async function waitingOf(
  reader: Reader,
  messageId: string,
  recipient: OfficeId,
  now: Instant,
): Promise<Pick<FailedDelivery, 'delivery' | 'content'>[]> {
  const found = await reader.all<{ id: string; content: Content }>(
    openSql.ofLetter,
    ...ofPair(messageId, recipient),
  )
  const waiting: Pick<FailedDelivery, 'delivery' | 'content'>[] = []
  for (const { id, content } of found) {
    const delivery = await deliveryById(reader, id)
    if (delivery === undefined || delivery.mode !== 'push') continue
    if (delivery.state !== 'due' && delivery.state !== 'unknown') continue
    const held = delivery.dueAt > now || (await probeAt(reader, delivery.office)) !== undefined
    if (held && (await reader.one(openSql.ahead, delivery.lane, delivery.seq)) === undefined)
      waiting.push({ delivery, content })
  }
  return waiting
}

/** What goes before a delivery in its lane, and is open; undefined: nothing does. */
async function firstBefore(reader: Reader, { lane, seq }: DeliveryRow): Promise<First | undefined> {
  const found = await reader.one<{ id: string; content: Content; letter: MessageId }>(
    openSql.ahead,
    lane,
    seq,
  )
  const delivery = found && (await deliveryById(reader, found.id))
  if (found === undefined || delivery === undefined) return undefined
  const since = await beingBroughtSince(reader, delivery.office, found.id)
  const attempts = await attemptsOf(reader, found.id)
  const { content, letter } = found
  return { content, letter, delivery, attempts, ...(since !== undefined && { bringingSince: since }) }
}

/** Finds what is open of letters; what it learns of an office it remembers, so that a long list asks once. */
export function openFinder(
  reader: Reader,
): (messageId: string, recipient: OfficeId) => Promise<OpenDelivery[]> {
  const failures = new Map<OfficeId, AttemptRow | undefined>()
  const lastFailureOf = async (office: OfficeId): Promise<AttemptRow | undefined> => {
    if (!failures.has(office)) failures.set(office, await reader.one<AttemptRow>(openSql.lastFailure, office))
    return failures.get(office)
  }
  let unserved: Promise<readonly OfficeId[]> | undefined
  return async (messageId, office) => {
    const found = await reader.all<{ id: string; content: Content }>(
      openSql.ofLetter,
      ...ofPair(messageId, office),
    )
    const open: OpenDelivery[] = []
    for (const { id, content } of found) {
      const delivery = await deliveryById(reader, id)
      // Settled between the two questions.
      if (delivery === undefined) continue
      const ahead = await firstBefore(reader, delivery)
      const lastFailure = await lastFailureOf(delivery.office)
      const probe = await probeAt(reader, delivery.office)
      const closed = await closedUntil(reader, delivery.office)
      const since = await beingBroughtSince(reader, delivery.office, id)
      unserved ??= unservedOffices(reader)
      const isUnserved = (await unserved).includes(delivery.office)
      open.push({
        delivery,
        content,
        attempts: await attemptsOf(reader, id),
        ...(ahead && { behind: ahead }),
        ...(lastFailure && { lastFailure }),
        ...(probe !== undefined && { probeAt: probe }),
        ...(closed !== undefined && { closedUntil: closed }),
        ...(isUnserved && { unserved: true as const }),
        ...(since !== undefined && { bringingSince: since }),
      })
    }
    return open
  }
}
