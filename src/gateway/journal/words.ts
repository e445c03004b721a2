// The words by which letters are found: written with each letter, and filled in for the letters of before. Of secret letters
// none are written, so that no search can tell anything of them.
import { reopenEnvelope } from '../../envelope/verify.ts'
import type { Letter } from '../../letter/letter.ts'
import type { Instant, MessageId } from '../../letter/time.ts'
import { wordsOf, wordsVersion } from '../../letter/words.ts'
import type { Database, Reader, Transaction } from './database.ts'

export const wordSql = {
  /** One statement for all words of a letter: their count is bounded, and so is the number of its texts. */
  insert: (words: number): string => `
INSERT INTO letter_words (word, committed_at, message_id) VALUES ${Array(words).fill('(?, ?, ?)').join(', ')}
ON CONFLICT (word, committed_at, message_id) DO NOTHING`,
  remove: 'DELETE FROM letter_words WHERE word = ? AND committed_at = ? AND message_id = ?',
  count: `SELECT COUNT(*) AS count FROM (SELECT 1 AS one FROM letter_words WHERE word = ? LIMIT ?) found`,
  unfilled: `
SELECT message_id AS "messageId", content, digest, bytes, committed_at AS "committedAt" FROM envelopes
WHERE message_id > ? ORDER BY message_id LIMIT ?`,
  progress: 'SELECT position, done FROM filled WHERE name = ?',
  advance: `
INSERT INTO filled (name, position, done) VALUES (?, ?, ?)
ON CONFLICT (name) DO UPDATE SET position = excluded.position, done = excluded.done`,
} as const

/** Of whom the words are: another dictionary divides in other places, and its words are filled in beside. */
const fillName = `words ${wordsVersion}`

/** Writes the words of a letter's subject. Once for a letter, however many recipients it has. */
export async function insertWords(
  transaction: Transaction,
  messageId: MessageId,
  { subject, secrecy }: Pick<Letter, 'subject' | 'secrecy'>,
  at: Instant,
): Promise<void> {
  const words = secrecy === 'ordinary' ? wordsOf(subject) : []
  if (words.length === 0) return
  transaction.put(wordSql.insert(words.length), ...words.flatMap((word) => [word, at, messageId]))
}

/** Removes the words of a letter that leaves the journal. */
export async function removeWords(
  transaction: Transaction,
  messageId: string,
  { subject, secrecy }: Pick<Letter, 'subject' | 'secrecy'>,
  at: Instant,
): Promise<void> {
  const words = secrecy === 'ordinary' ? wordsOf(subject) : []
  for (const word of words) transaction.put(wordSql.remove, word, at, messageId)
}

/** How many letters have a word, counted to `most`. */
export const countWord = async (reader: Reader, word: string, most: number): Promise<number> =>
  Number((await reader.one<{ count: number }>(wordSql.count, word, most))?.count ?? 0)

/** Whether the words of all letters are written. */
export async function areWordsFilled(reader: Reader): Promise<boolean> {
  return (await reader.one<{ done: number }>(wordSql.progress, fillName))?.done === 1
}

interface Unfilled {
  readonly messageId: MessageId
  readonly content: string
  readonly digest: string
  readonly bytes: Uint8Array
  readonly committedAt: Instant
}

/**
 * Fills in the words of the next `count` envelopes of a journal that was kept before there were any, and remembers how far it
 * came in the same transaction. True: there are no more. It may be called by several at once, and be cut off anywhere.
 */
export function fillWords(database: Database, count: number): Promise<boolean> {
  return database.write(async (transaction) => {
    const progress = await transaction.one<{ position: string; done: number }>(wordSql.progress, fillName)
    if (progress?.done === 1) return true
    const rows = await transaction.all<Unfilled>(wordSql.unfilled, progress?.position ?? '', count)
    for (const { messageId, content, digest, bytes, committedAt } of rows) {
      if (content !== 'letter') continue
      const envelope = reopenEnvelope(Buffer.from(bytes), digest)
      // One that cannot be read stands in the way of no other.
      if (envelope.ok && envelope.value.content === 'letter')
        await insertWords(transaction, messageId, envelope.value.letter, committedAt)
    }
    const done = rows.length < count
    await transaction.run(
      wordSql.advance,
      fillName,
      rows.at(-1)?.messageId ?? progress?.position ?? '',
      done ? 1 : 0,
    )
    return done
  })
}
