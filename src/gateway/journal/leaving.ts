// Bytes in the store of attachments that may leave it: what names them, and what does not.
import { reopenEnvelope } from '../../envelope/verify.ts'
import type { Database, Reader, Transaction } from './database.ts'
import type { EnvelopeRow } from './envelopes.ts'

/** Envelopes that one transaction looks through. */
const page = 50

const sql = {
  unnamed: `
SELECT message_id AS "messageId", content, digest, bytes FROM envelopes WHERE named = 0 ORDER BY message_id LIMIT ?`,
  use: `
INSERT INTO attachment_uses (sha256, message_id) VALUES (?, ?) ON CONFLICT (sha256, message_id) DO NOTHING`,
  named: 'UPDATE envelopes SET named = ? WHERE message_id = ?',
  leaving: 'SELECT sha256 FROM leaving WHERE sha256 > ? ORDER BY sha256 LIMIT ?',
  stays: 'DELETE FROM leaving WHERE sha256 = ?',
  user: `
SELECT 1 AS yes FROM attachment_uses WHERE sha256 = ?
UNION ALL SELECT 1 FROM sources WHERE sha256 = ? AND bytes IS NULL AND purged_at IS NULL
UNION ALL SELECT 1 FROM documents WHERE sha256 = ? AND bytes IS NULL
UNION ALL SELECT 1 FROM source_files WHERE sha256 = ? LIMIT 1`,
} as const

/** So many digests are asked for at once. */
export const mostAsked = 100
const asked = `IN (${Array(mostAsked).fill('?').join(', ')})`

const namedAmong = `
SELECT sha256 FROM attachment_uses WHERE sha256 ${asked}
UNION SELECT sha256 FROM sources WHERE sha256 ${asked} AND bytes IS NULL AND purged_at IS NULL
UNION SELECT sha256 FROM documents WHERE sha256 ${asked} AND bytes IS NULL
UNION SELECT sha256 FROM source_files WHERE sha256 ${asked}
UNION SELECT sha256 FROM leaving WHERE sha256 ${asked}`

/** An envelope of the journal cannot be read any more: nobody knows which attachments it names, so that none may leave. */
export class DamagedEnvelope extends Error {
  override readonly name = 'DamagedEnvelope'
  readonly messageId: string
  constructor(messageId: string) {
    super(
      `the envelope ${messageId} of the journal cannot be read: what it names is not known, and no attachment leaves`,
    )
    this.messageId = messageId
  }
}

/** Writes down which attachments the next envelopes name; `done`: of all it is known. Rejects with DamagedEnvelope. */
export function nameAttachments(database: Database): Promise<'done' | 'more'> {
  return database.write(async (transaction) => {
    const rows = await transaction.all<EnvelopeRow>(sql.unnamed, page)
    for (const { messageId, content, digest, bytes } of rows) {
      if (content === 'letter') {
        const envelope = reopenEnvelope(Buffer.from(bytes), digest)
        if (!envelope.ok || envelope.value.content !== 'letter') throw new DamagedEnvelope(messageId)
        for (const { sha256 } of envelope.value.letter.attachments)
          await transaction.run(sql.use, sha256, messageId)
      }
      await transaction.run(sql.named, 1, messageId)
    }
    return rows.length < page ? 'done' : 'more'
  })
}

/** Digests of bytes that may leave, in order, from behind one of them on. */
export const leavingBehind = async (reader: Reader, behind: string): Promise<string[]> =>
  (await reader.all<{ sha256: string }>(sql.leaving, behind, page)).map(({ sha256 }) => sha256)

/** Whether something in the journal names these bytes in the store. */
export const isNamed = async (reader: Reader, sha256: string): Promise<boolean> =>
  (await reader.one(sql.user, sha256, sha256, sha256, sha256)) !== undefined

/**
 * Which of these bytes in the store, `mostAsked` at most, something in the journal names, or says that they leave. Of envelopes only those
 * are known of which it was written down.
 */
export async function knownAmong(reader: Reader, digests: readonly string[]): Promise<ReadonlySet<string>> {
  const [first] = digests
  if (first === undefined) return new Set()
  // The same statement, however many they are.
  const words = [...digests, ...Array<string>(mostAsked - digests.length).fill(first)]
  const found = await reader.all<{ sha256: string }>(
    namedAmong,
    ...words,
    ...words,
    ...words,
    ...words,
    ...words,
  )
  return new Set(found.map(({ sha256 }) => sha256))
}

/** They are named after all, or gone. */
export async function doneWithLeaving(transaction: Transaction, sha256: string): Promise<void> {
  await transaction.run(sql.stays, sha256)
}
