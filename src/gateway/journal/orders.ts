// What a person asks of the running gateway from beside it, and what it answers (docs/decisions/0012).
import type { LetterChanges } from '../../letter/changes.ts'
import type { Instant, MessageId } from '../../letter/time.ts'
import type { Reader, Transaction } from './database.ts'

export interface RetryOrder {
  readonly kind: 'retry'
  /** Ids of places in quarantine. */
  readonly ids: readonly string[]
  readonly by: string
  readonly why: string
  /** A person has made sure that its office sent it and means it, which is not proved. */
  readonly believe: boolean
  /** They were dismissed when this was ordered, and are meant all the same. */
  readonly dismissed?: boolean
}

export interface ReloadOrder {
  readonly kind: 'reload'
  /** False: only the plan. */
  readonly apply: boolean
  /** Who asked, where it came through the API. */
  readonly by?: string
}

export interface Correction extends LetterChanges {
  /** The letter that is corrected. */
  readonly messageId: string
  /** Only at this recipient; else wherever it came to nothing. */
  readonly office?: string
}

export interface CorrectionOrder extends Correction {
  /** The message id of the letter that it makes: the same order carried out again makes no other. */
  readonly as: MessageId
  /** Of the plan that was shown: what would be another is not done. */
  readonly digest: string
  readonly by: string
  readonly why: string
}

export interface CorrectOrder extends CorrectionOrder {
  readonly kind: 'correct'
}

export type Order = ReloadOrder | RetryOrder | CorrectOrder

export interface OrderRow {
  readonly id: string
  readonly order: Order
}

const sql = {
  insert: 'INSERT INTO orders (id, kind, facts, asked_at, member) VALUES (?, ?, ?, ?, ?)',
  next: `
SELECT id, facts FROM orders WHERE answered_at IS NULL AND (member = ? OR (member IS NULL AND ? = 1))
ORDER BY seq LIMIT 1`,
  isOpen: 'SELECT id FROM orders WHERE id = ? AND answered_at IS NULL',
  corrections: `
SELECT id, facts, asked_at AS "askedAt" FROM orders WHERE answered_at IS NULL AND kind = 'correct' ORDER BY seq`,
  answer: 'UPDATE orders SET answer = ?, answered_at = ? WHERE id = ? AND answered_at IS NULL',
  of: 'SELECT facts, answer FROM orders WHERE id = ?',
  answerOf: 'SELECT answer FROM orders WHERE id = ? AND answered_at IS NOT NULL',
} as const

/**
 * Asks one gateway, or whichever leads: it looks every second, and one that does not run when it is started. An order to one that
 * ends before it answers goes with it.
 */
export async function insertOrder(
  transaction: Transaction,
  id: string,
  order: Order,
  at: Instant,
  member: string | null = null,
): Promise<void> {
  await transaction.run(sql.insert, id, order.kind, JSON.stringify(order), at, member)
}

/** The first order to this gateway that is not answered; while it leads, those to nobody by name too. */
export async function nextOrder(
  reader: Reader,
  member: { readonly id: string; leads(): boolean },
): Promise<OrderRow | undefined> {
  const row = await reader.one<{ id: string; facts: string }>(sql.next, member.id, member.leads() ? 1 : 0)
  return row && { id: row.id, order: JSON.parse(row.facts) as Order }
}

export async function answerOrder(
  transaction: Transaction,
  id: string,
  answer: object,
  at: Instant,
): Promise<void> {
  await transaction.run(sql.answer, JSON.stringify(answer), at, id)
}

/** A correction of a letter that is ordered, and not carried out yet. */
export interface WaitingCorrection {
  /** Only at this recipient. */
  readonly office?: string
  readonly order: string
  readonly by: string
  readonly why: string
  readonly askedAt: Instant
}

/** The first correction of a letter that waits; undefined: none does. */
export async function waitingCorrection(
  reader: Reader,
  messageId: string,
): Promise<WaitingCorrection | undefined> {
  const rows = await reader.all<{ id: string; facts: string; askedAt: Instant }>(sql.corrections)
  for (const { id, facts, askedAt } of rows) {
    const order = JSON.parse(facts) as CorrectOrder
    if (order.messageId !== messageId) continue
    const { by, why, office } = order
    return { order: id, by, why, askedAt, ...(office !== undefined && { office }) }
  }
  return undefined
}

/** Whether it waits for its answer still. */
export async function isOrderOpen(reader: Reader, id: string): Promise<boolean> {
  return (await reader.one(sql.isOpen, id)) !== undefined
}

/** The answer to an order; undefined while there is none. */
export async function orderAnswer(reader: Reader, id: string): Promise<unknown> {
  const row = await reader.one<{ answer: string }>(sql.answerOf, id)
  return row && (JSON.parse(row.answer) as unknown)
}

/** An order, who gave it, and what came of it so far; undefined: there is none under this id. */
export async function orderGiven(
  reader: Reader,
  id: string,
): Promise<{ readonly kind: string; readonly by: string; readonly answer?: unknown } | undefined> {
  const row = await reader.one<{ facts: string; answer: string | null }>(sql.of, id)
  if (row === undefined) return undefined
  const { kind, by = '' } = JSON.parse(row.facts) as Order
  return { kind, by, ...(row.answer !== null && { answer: JSON.parse(row.answer) as unknown }) }
}
