// Deliveries in the journal. `moveDelivery` is the only writer of delivery states.

import type { Urgency } from '../../letter/codes.ts'
import type { OfficeId } from '../../letter/offices.ts'
import type { Instant, MessageId } from '../../letter/time.ts'
import { type DeliveryEvent, type DeliveryState, deliveryTable, isOpen, next } from '../delivery/states.ts'
import { rankOf } from '../queue/queue.ts'
import { beginAttempt, endAttempt, wasShownLast } from './attempts.ts'
import type { Reader, Transaction } from './database.ts'
import { isMember } from './members.ts'

export type Mode = 'push' | 'poll'

export interface DeliveryRow {
  readonly seq: number
  readonly id: string
  readonly messageId: MessageId
  readonly office: OfficeId
  readonly mode: Mode
  readonly state: DeliveryState
  readonly lane: string
  readonly priority: number
  readonly dueAt: Instant
  readonly deadline: Instant
  readonly attempts: number
  /** When it is expected to be through; null: made before that was kept. */
  readonly expectedBy: Instant | null
  /** A person wanted it tried at once, and it was not yet. */
  readonly hastenedAt: Instant | null
  readonly createdAt: Instant
  readonly changedAt: Instant
  /** The gateway that is sending it (`journal/members.ts`); null: nobody, or sent before that was kept. */
  readonly member: string | null
}

/** What the queue needs to know of a delivery. */
export interface Due {
  readonly id: string
  readonly dueAt: Instant
  readonly priority: number
  readonly hastenedAt?: Instant | null
}

/** `of`: the name of the table in its statement, with a dot. */
export const deliveryColumns = (
  of = '',
): string => `${of}seq, ${of}id, ${of}message_id AS "messageId", ${of}office, ${of}mode,
  ${of}state, ${of}lane, ${of}priority, ${of}due_at AS "dueAt", ${of}deadline, ${of}attempts, ${of}expected_by AS "expectedBy",
  ${of}hastened_at AS "hastenedAt", ${of}created_at AS "createdAt", ${of}changed_at AS "changedAt", ${of}member`
const columns = deliveryColumns()

/**
 * The open delivery of the lane of `of` that is next to it: before it (`<`) or after it (`>`). `open > 0` is the condition of the index
 * over lanes alone (docs/decisions/0031).
 */
export const nextTo = (side: '<' | '>', of: string): string => `
(SELECT ${side === '<' ? 'MAX' : 'MIN'}(o.seq) FROM deliveries o WHERE o.lane = ${of}.lane AND o.open > 0 AND o.seq ${side} ${of}.seq)`

const toldAhead = 'office = ? AND open = 1 AND warn_at IS NULL AND expected_by > ?'

export const deliverySql = {
  insert: `
INSERT INTO deliveries (id, message_id, office, mode, state, lane, priority, due_at, rank, deadline, attempts, open,
  created_at, changed_at, try_for, expected_in, expected_by, warn_at)
VALUES (?, ?, ?, ?, 'due', ?, ?, ?, ?, ?, 0, 1, ?, ?, ?, ?, ?, ?)
ON CONFLICT (message_id, office) DO NOTHING`,
  byId: `SELECT ${columns} FROM deliveries WHERE id = ?`,
  ofMessage: `SELECT ${columns} FROM deliveries WHERE message_id = ? ORDER BY seq`,
  toOffice: `SELECT ${columns} FROM deliveries WHERE message_id = ? AND office = ?`,
  inLane: `
SELECT ${deliveryColumns('d.')}, ${nextTo('<', 'd')} AS ahead, ${nextTo('>', 'd')} AS behind FROM deliveries d WHERE d.id = ?`,
  behind: `
SELECT id, due_at AS "dueAt", priority FROM deliveries WHERE lane = ? AND open > 0 AND mode = 'push' ORDER BY seq LIMIT 1`,
  move: `
UPDATE deliveries SET state = ?, open = ?, due_at = ?, rank = ?, attempts = ?, hastened_at = ?, changed_at = ?, member = ?
WHERE id = ?`,
  due: `
SELECT id, due_at AS "dueAt", priority, hastened_at AS "hastenedAt" FROM deliveries
WHERE office = ? AND open >= 1 AND mode = 'push' AND due_at <= ? AND state IN ('due', 'unknown')
AND ${nextTo('<', 'deliveries')} IS NULL
ORDER BY rank LIMIT ?`,
  timedAhead: `
SELECT ${columns} FROM deliveries WHERE office = ? AND open >= 1 AND rank > ? AND changed_at > ? AND state IN ('due', 'unknown')
ORDER BY rank LIMIT ?`,
  held: `SELECT ${columns} FROM deliveries WHERE state = 'sending'`,
  interrupted: `
SELECT ${columns} FROM deliveries WHERE state = 'sending'
AND (member IS NULL OR member = ? OR NOT EXISTS (SELECT 1 FROM members WHERE members.id = deliveries.member))`,
  head: `SELECT ${columns} FROM deliveries WHERE office = ? AND open >= 1 AND mode = 'poll' ORDER BY seq LIMIT 1`,
  setMode: `UPDATE deliveries SET mode = ? WHERE office = ? AND open = 1 AND mode <> ?`,
  modesOfEnded: `SELECT DISTINCT office, mode FROM deliveries WHERE state IN ('refused', 'given-up')`,
  setModeOfEnded: `
UPDATE deliveries SET mode = ? WHERE office = ? AND state IN ('refused', 'given-up') AND mode <> ?`,
  count: 'SELECT office, state, COUNT(*) AS count FROM deliveries WHERE open = 1 GROUP BY office, state',
  countLate: `
SELECT office, COUNT(*) AS count FROM deliveries WHERE open = 1 AND warn_at IS NULL AND expected_by IS NOT NULL GROUP BY office`,
  crossBehind: 'UPDATE deliveries SET lane = lane WHERE lane = ? AND open > 0 AND seq > ?',
  renew: `
UPDATE deliveries SET deadline = ? + try_for, expected_by = ? + expected_in, warn_at = ? + expected_in * 3 / 4 WHERE id = ?`,
  late: `
SELECT ${columns} FROM deliveries WHERE open = 1 AND warn_at <= ? ORDER BY warn_at LIMIT ?`,
  told: 'UPDATE deliveries SET warn_at = ? WHERE id = ?',
  toldAhead: `SELECT 1 AS yes FROM deliveries WHERE ${toldAhead} LIMIT 1`,
  warnAgain: `UPDATE deliveries SET warn_at = expected_by - expected_in / 4 WHERE ${toldAhead}`,
  giveOut: 'UPDATE deliveries SET attempts = ? WHERE id = ?',
} as const

const priorities: Readonly<Record<Urgency, number>> = {
  ordinary: 1,
  urgent: 2,
  'very-urgent': 3,
  'most-urgent': 4,
}

export const priorityOf = (urgency: Urgency): number => priorities[urgency]

/** How long a delivery is tried, and how soon it is expected to be through, in milliseconds from its making. */
interface Time {
  readonly tryFor: number
  readonly expectedIn: number
}

/** Somebody is told while there is time to do something: when a quarter of it is left. */
const warningAt = (from: Instant, expectedIn: number): Instant => from + Math.floor((expectedIn * 3) / 4)

/** Makes the duty to bring an envelope to an office. An envelope has one delivery to an office, however often this is called. */
export async function insertDelivery(
  transaction: Transaction,
  delivery: Pick<DeliveryRow, 'id' | 'messageId' | 'office' | 'mode' | 'lane' | 'priority'> & Time,
  at: Instant,
): Promise<void> {
  const { id, messageId, office, mode, lane, priority, tryFor, expectedIn } = delivery
  const rank = rankOf({ dueAt: at, priority })
  transaction.put(
    deliverySql.insert,
    id,
    messageId,
    office,
    mode,
    lane,
    priority,
    at,
    rank,
    at + tryFor,
    at,
    at,
    tryFor,
    expectedIn,
    at + expectedIn,
    warningAt(at, expectedIn),
  )
}

export const deliveryById = (reader: Reader, id: string): Promise<DeliveryRow | undefined> =>
  reader.one<DeliveryRow>(deliverySql.byId, id)

export const deliveriesOfMessage = (reader: Reader, messageId: string): Promise<DeliveryRow[]> =>
  reader.all<DeliveryRow>(deliverySql.ofMessage, messageId)

/** The delivery of one envelope to one office. */
export const deliveryTo = (
  reader: Reader,
  messageId: string,
  office: OfficeId,
): Promise<DeliveryRow | undefined> => reader.one<DeliveryRow>(deliverySql.toOffice, messageId, office)

/** A delivery among those of its lane that are open. */
export interface DeliveryInLane extends DeliveryRow {
  /** An earlier one goes first. */
  readonly isBehind: boolean
  /** A later one waits for it. */
  readonly isAwaited: boolean
}

export async function deliveryInLane(reader: Reader, id: string): Promise<DeliveryInLane | undefined> {
  type Row = DeliveryRow & Readonly<Record<'ahead' | 'behind', number | null>>
  const row = await reader.one<Row>(deliverySql.inLane, id)
  if (row === undefined) return undefined
  const { ahead, behind, ...delivery } = row
  return { ...delivery, isBehind: ahead !== null, isAwaited: behind !== null }
}

/** The first open delivery of a lane. */
export const headOfLane = (reader: Reader, lane: string): Promise<Due | undefined> =>
  reader.one<Due>(deliverySql.behind, lane)

/** How an event comes about. */
interface Cause {
  /** When it is due then. */
  readonly dueAt?: Instant
  /** The gateway whose doing it is. Only a member sends, and what is being sent moves only by whoever sends it. */
  readonly by?: string | null
  /** Whether that gateway is a member, where it was read in this transaction. */
  readonly isMember?: boolean
}

/**
 * Moves a delivery as the state table says. Returns the row as it is then, or undefined when the event does not apply in
 * the state that the journal holds (somebody else was faster), or is not the doing of whoever holds it: nothing is written.
 */
export async function moveDelivery(
  transaction: Transaction,
  id: string,
  event: DeliveryEvent,
  at: Instant,
  cause: Cause = {},
): Promise<DeliveryRow | undefined> {
  const row = await deliveryById(transaction, id)
  return row && moveDeliveryRow(transaction, row, event, at, cause)
}

/** As `moveDelivery`, of a row that was read in this transaction. */
export async function moveDeliveryRow(
  transaction: Transaction,
  row: DeliveryRow,
  event: DeliveryEvent,
  at: Instant,
  { dueAt, by = null, isMember: isOne }: Cause = {},
): Promise<DeliveryRow | undefined> {
  const state = next(deliveryTable, row.state, event)
  if (state === undefined) return undefined
  if (row.state === 'sending' && row.member !== by) return undefined
  // A gateway that was given up, and does not know it yet, begins nothing.
  if (event === 'send' && (by === null || !(isOne ?? (await isMember(transaction, by))))) return undefined
  const { id } = row
  const moved: DeliveryRow = {
    ...row,
    state,
    dueAt: dueAt ?? row.dueAt,
    attempts: event === 'send' ? row.attempts + 1 : row.attempts,
    hastenedAt: event === 'hasten' ? at : event === 'send' || !isOpen(state) ? null : row.hastenedAt,
    changedAt: at,
    member: state === 'sending' ? by : null,
  }
  transaction.put(
    deliverySql.move,
    state,
    isOpen(state) ? 1 : 0,
    moved.dueAt,
    rankOf(moved),
    moved.attempts,
    moved.hastenedAt,
    at,
    moved.member,
    id,
  )
  if (event === 'send') beginAttempt(transaction, moved, at)
  return moved
}

/** A delivery that is brought again has as long as a new one. */
export async function renewDeadlines(transaction: Transaction, id: string, at: Instant): Promise<void> {
  transaction.put(deliverySql.renew, at, at, at, id)
}

/** An open delivery that is not through, though its time is nearly over, or over. */
export interface LateRow extends DeliveryRow {
  readonly expectedBy: Instant
}

/** Deliveries that something is to be said of, the longest due first, `limit` at most. */
export const lateDeliveries = (reader: Reader, now: Instant, limit: number): Promise<LateRow[]> =>
  reader.all<LateRow>(deliverySql.late, now, limit)

/** It was said; `next`: when there is something to say again. */
export async function markTold(transaction: Transaction, id: string, next: Instant | null): Promise<void> {
  transaction.put(deliverySql.told, next, id)
}

/** Whether it was said of a delivery to an office that its time is over, and it comes after `now`. */
export const isToldAhead = async (reader: Reader, office: OfficeId, now: Instant): Promise<boolean> =>
  (await reader.one(deliverySql.toldAhead, office, now)) !== undefined

/** Of those it is said again, when it is so. */
export async function warnAgain(transaction: Transaction, office: OfficeId, now: Instant): Promise<void> {
  transaction.put(deliverySql.warnAgain, office, now)
}

/** Deliveries to an office whose time comes until `until`, in the order of service, `limit` at most. */
export const dueDeliveries = (
  reader: Reader,
  office: OfficeId,
  until: Instant,
  limit: number,
): Promise<Due[]> => reader.all<Due>(deliverySql.due, office, until, limit)

/** Open deliveries to an office that were moved after `until`, which is in the future, of those whose rank is after `since`. */
export const timedAhead = (
  reader: Reader,
  office: OfficeId,
  { since, until }: Readonly<Record<'since' | 'until', Instant>>,
  limit: number,
): Promise<DeliveryRow[]> => reader.all<DeliveryRow>(deliverySql.timedAhead, office, since, until, limit)

/** Deliveries that some gateway is sending. */
export const heldDeliveries = (reader: Reader): Promise<DeliveryRow[]> =>
  reader.all<DeliveryRow>(deliverySql.held)

/** Deliveries that a gateway was sending which is no member any more, or `member` itself, which knows what it is at work on. */
export const interruptedDeliveries = (reader: Reader, member: string): Promise<DeliveryRow[]> =>
  reader.all<DeliveryRow>(deliverySql.interrupted, member)

/**
 * Makes sure that a delivery is sent by `member` as its attempt `attempt`, and by nobody else. `begun`: from now on; `held`: it was so
 * already. Undefined when others were faster, or took it over meanwhile, what goes before it in its lane is open again, or this
 * gateway is no member any more.
 */
export async function holdForAttempt(
  transaction: Transaction,
  id: string,
  attempt: number,
  member: string,
  at: Instant,
): Promise<'begun' | 'held' | undefined> {
  const [row, isOne] = await Promise.all([deliveryInLane(transaction, id), isMember(transaction, member)])
  if (row?.state === 'sending' && row.member === member && row.attempts === attempt) return 'held'
  // Somebody has tried it since it was looked at, or has had what goes first in its lane brought again.
  if (row === undefined || row.attempts !== attempt - 1 || row.isBehind) return undefined
  const moved = await moveDeliveryRow(transaction, row, 'send', at, { by: member, isMember: isOne })
  return moved && 'begun'
}

/** The first delivery that waits for an office that polls. */
export const headOfPolled = (reader: Reader, office: OfficeId): Promise<DeliveryRow | undefined> =>
  reader.one<DeliveryRow>(deliverySql.head, office)

/** Profiles that changed from polling to being called, or back, take along what is open for their offices, and what a person may have brought again. */
export async function setModes(
  transaction: Transaction,
  modes: Iterable<readonly [OfficeId, Mode]>,
): Promise<void> {
  const ended = await transaction.all<{ office: OfficeId; mode: Mode }>(deliverySql.modesOfEnded)
  for (const [office, mode] of modes) {
    await transaction.run(deliverySql.setMode, mode, office, mode)
    // What ended badly is found by office only in a walk through all of it.
    if (ended.some((each) => each.office === office && each.mode !== mode))
      await transaction.run(deliverySql.setModeOfEnded, mode, office, mode)
  }
}

export const countOpen = (
  reader: Reader,
): Promise<{ office: string; state: DeliveryState; count: number }[]> => reader.all(deliverySql.count)

/** Open deliveries of which it was told that their time is over, by office. */
export const countLate = (reader: Reader): Promise<{ office: string; count: number }[]> =>
  reader.all(deliverySql.countLate)

/**
 * What is open again goes first in its lane: whoever begins what is behind it at this very moment crosses this, and looks again
 * (PostgreSQL, where each write sees only what was there when it began).
 */
export async function crossThoseBehind(
  transaction: Transaction,
  { lane, seq }: Pick<DeliveryRow, 'lane' | 'seq'>,
): Promise<void> {
  transaction.put(deliverySql.crossBehind, lane, seq)
}

/**
 * A system that polls is shown a delivery: an attempt of its own, however many there were before; what was shown last is no news.
 * The row must have been read in this transaction. Returns the attempt's number; undefined while another one is under way, which ends
 * under its own number: nothing may be shown then.
 */
export async function markGivenOut(
  transaction: Transaction,
  row: DeliveryRow,
  at: Instant,
): Promise<number | undefined> {
  if (row.state === 'sending') return undefined
  if (await wasShownLast(transaction, row)) return row.attempts
  const { id } = row
  const attempt = row.attempts + 1
  transaction.put(deliverySql.giveOut, attempt, id)
  beginAttempt(transaction, { id, attempts: attempt }, at)
  await endAttempt(transaction, { id, attempts: attempt }, at, 'given-out')
  return attempt
}
