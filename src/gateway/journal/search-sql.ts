// The walks along indices that a search is made of, and the keys by which they go on. Each of them reads a bounded number of
// rows in the order of an index on either engine (test/gateway/http-api-search.test.ts looks at their plans).
import type { Instant } from '../../letter/time.ts'
import type { Statement } from './database.ts'
import { type LetterRow, letterColumns } from './letters.ts'

/** `taken`: by when letters were taken; `date`: by the date that is printed on them. Always the newest first. */
export type Order = 'taken' | 'date'

/** A place in an order: the instant or the date, the message id, the recipient. */
export type Key = readonly [at: number | string, messageId: string, recipient: string]

/** A place that a walk came to. No row: a letter was looked at there that is not meant. */
export interface Place {
  readonly key: Key
  readonly row?: LetterRow
}

const byTime = (where: string): Statement => `
SELECT ${letterColumns()} FROM letters
WHERE ${where}(committed_at, message_id, recipient) < (?, ?, ?) AND committed_at >= ?
ORDER BY committed_at DESC, message_id DESC, recipient DESC LIMIT ?`

const byDate = (where: string): Statement => `
SELECT ${letterColumns()} FROM letters
WHERE ${where}(date, message_id, recipient) < (?, ?, ?) AND date >= ?
ORDER BY date DESC, message_id DESC, recipient DESC LIMIT ?`

/** Their values: what is looked for (`all`: none), the key, the lowest instant or date, the limit. */
export const lookSql = {
  taken: {
    all: byTime(''),
    sender: byTime('sender = ? AND '),
    // Here the recipient is no part of the index's order: a message has one row for it. The last key comes once more.
    recipient: `
SELECT ${letterColumns()} FROM letters
WHERE recipient = ? AND (committed_at, message_id) <= (?, ?) AND committed_at >= ?
ORDER BY committed_at DESC, message_id DESC LIMIT ?`,
    number: byTime('number = ? AND '),
    message: byTime('message_id = ? AND '),
    state: byTime('state = ? AND '),
  },
  date: {
    all: byDate(''),
    sender: byDate('sender = ? AND '),
    recipient: `
SELECT ${letterColumns()} FROM letters
WHERE recipient = ? AND (date, message_id) <= (?, ?) AND date >= ?
ORDER BY date DESC, message_id DESC LIMIT ?`,
  },
} as const

/**
 * Letters that have a word, and `others` more. Values: the word, instant and message id of the key, the lowest instant, the
 * limit, the other words, the key, the limit. A letter without the other words is a place without a row.
 */
export const wordLook = (others: number): Statement => `
SELECT w.committed_at AS "wordAt", w.message_id AS "wordOf", ${letterColumns('l.')}
FROM (
  SELECT committed_at, message_id FROM letter_words
  WHERE word = ? AND (committed_at, message_id) <= (?, ?) AND committed_at >= ?
  ORDER BY committed_at DESC, message_id DESC LIMIT ?) w
LEFT JOIN letters l ON l.message_id = w.message_id${' AND EXISTS (\n  SELECT 1 FROM letter_words o WHERE o.word = ? AND o.committed_at = w.committed_at AND o.message_id = w.message_id)'.repeat(others)}
  AND (w.committed_at, w.message_id, l.recipient) < (?, ?, ?)
ORDER BY w.committed_at DESC, w.message_id DESC, l.recipient DESC LIMIT ?`

/** Whether one key comes later in a list than the other: it is older. */
export function isBefore(one: Key, other: Key): boolean {
  for (const place of [0, 1, 2] as const) {
    const [a, b] = [one[place], other[place]]
    if (a !== b) return a < b
  }
  return false
}

export const keyOf = (row: LetterRow, order: Order): Key => [
  order === 'date' ? row.date : row.committedAt,
  row.messageId,
  row.recipient,
]

/** A row of a walk by a word. */
export type WordRow = { readonly wordAt: Instant; readonly wordOf: string } & (
  | LetterRow
  | { readonly [column in keyof LetterRow]: null }
)

export function placeOfWord(found: WordRow): Place {
  const { wordAt, wordOf, ...row } = found
  return row.recipient === null
    ? { key: [wordAt, wordOf, ''] }
    : { key: [wordAt, wordOf, row.recipient], row }
}
