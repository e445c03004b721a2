// Attempts in the journal: each time that a delivery was tried, and what came of it.
import type { Instant } from '../../letter/time.ts'
import { catalogue } from '../../problem/catalogue.ts'
import type { Problem, ProblemCode } from '../../problem/problem.ts'
import type { Reader, Transaction } from './database.ts'

export interface AttemptRow {
  readonly deliveryId: string
  readonly number: number
  readonly startedAt: Instant
  /** Null: under way, or interrupted. */
  readonly endedAt: Instant | null
  readonly outcome: string | null
  readonly problem: string | null
  readonly said: string | null
  /** JSON: the rest of the problem (`refusalOf`). */
  readonly details: string | null
}

/** A delivery, and how often it was tried: the number of its last attempt. */
interface Tried {
  readonly id: string
  readonly attempts: number
}

export const attemptSql = {
  insert: `
INSERT INTO attempts (delivery_id, number, started_at, ended_at, outcome, problem, said) VALUES (?, ?, ?, NULL, NULL, NULL, NULL)`,
  end: `
UPDATE attempts SET ended_at = ?, outcome = ?, problem = ?, said = ?, details = ?, answer = ? WHERE delivery_id = ? AND number = ?`,
  of: `
SELECT delivery_id AS "deliveryId", number, started_at AS "startedAt", ended_at AS "endedAt", outcome, problem, said,
  details
FROM attempts WHERE delivery_id = ? ORDER BY number`,
  shownLast: `SELECT number FROM attempts WHERE delivery_id = ? AND number = ? AND outcome = 'given-out'`,
  mayHaveArrived: `
SELECT number FROM attempts WHERE delivery_id = ? AND outcome IN ('unknown', 'interrupted') LIMIT 1`,
  perhapsThere: `
SELECT number FROM attempts WHERE delivery_id = ? AND outcome IN ('unknown', 'interrupted', 'given-out') LIMIT 1`,
} as const

/** Writes that the attempt of this number is under way. */
export function beginAttempt(transaction: Transaction, { id, attempts }: Tried, at: Instant): void {
  transaction.put(attemptSql.insert, id, attempts, at)
}

/** Of an answer so many bytes are kept. */
const longestAnswer = 64 * 1024

/** What the other side said at the end of an attempt. */
interface Heard {
  readonly refusal?: Problem | undefined
  readonly said?: string | undefined
  readonly answer?: Buffer | undefined
}

/** Writes how an attempt ended. */
export async function endAttempt(
  transaction: Transaction,
  delivery: Tried,
  at: Instant,
  outcome: string,
  { refusal, said, answer }: Heard = {},
): Promise<void> {
  const words = said?.slice(0, 2000) ?? null
  transaction.put(
    attemptSql.end,
    at,
    outcome,
    refusal?.code ?? null,
    words,
    refusal === undefined ? null : detailsOf(refusal),
    answer === undefined || answer.length === 0 ? null : answer.subarray(0, longestAnswer),
    delivery.id,
    delivery.attempts,
  )
}

export const attemptsOf = (reader: Reader, deliveryId: string): Promise<AttemptRow[]> =>
  reader.all<AttemptRow>(attemptSql.of, deliveryId)

/** Whether some attempt ended without an answer: the envelope may be there already. */
export async function mayHaveArrived(reader: Reader, deliveryId: string): Promise<boolean> {
  return (await reader.one(attemptSql.mayHaveArrived, deliveryId)) !== undefined
}

/** The same, or a system that polls was shown it. */
export async function isPerhapsThere(reader: Reader, deliveryId: string): Promise<boolean> {
  return (await reader.one(attemptSql.perhapsThere, deliveryId)) !== undefined
}

/** Whether nothing has become of a delivery since a system that polls was shown it. */
export async function wasShownLast(reader: Reader, { id, attempts }: Tried): Promise<boolean> {
  return (await reader.one(attemptSql.shownLast, id, attempts)) !== undefined
}

/** Of a problem's value and of each detail so much is kept: enough to see what is meant. */
const longestDetail = 500

/** A problem without its code, bounded. It may hold a value of the letter: the journal does, the log never (attacks T11). */
function detailsOf({ path, value, details = {} }: Problem): string {
  const bounded = Object.entries(details)
    .slice(0, 20)
    .map(([name, detail]) => [name, typeof detail === 'string' ? cut(detail) : detail])
  return JSON.stringify({
    path: cut(path),
    ...(value !== undefined && { value: cut(value) }),
    details: Object.fromEntries(bounded) as unknown,
  })
}

const cut = (text: string): string =>
  text.length > longestDetail ? `${[...text].slice(0, longestDetail).join('')}…` : text

/** The problem for which an attempt was refused, as far as it was kept; undefined when it was not refused for one. */
export function refusalOf({ problem: code, details }: AttemptRow): Problem | undefined {
  if (code === null || !Object.hasOwn(catalogue, code)) return undefined
  const kept = details === null ? { path: '' } : (JSON.parse(details) as Omit<Problem, 'code'>)
  return { ...kept, code: code as ProblemCode }
}
