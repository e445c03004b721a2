// What may leave the journal, and how it leaves it. Every function is one bounded piece of work in a transaction of its caller, says
// how much it removed, and may be done again: a run that was killed goes on where it was.

import { reopenEnvelope } from '../../envelope/verify.ts'
import type { Instant } from '../../letter/time.ts'
import { correctionsOf } from './corrections.ts'
import type { Reader, Transaction } from './database.ts'
import { envelopeById } from './envelopes.ts'
import { isUndecided } from './open.ts'
import { removeWords } from './words.ts'

/** Rows that one transaction removes of one kind, at most. */
export const piece = 200

/** The deliveries (d) of a letter or of the notices about it. */
const ofLetter = 'd.message_id IN (SELECT message_id FROM notices WHERE about = ? UNION SELECT ?)'
/** A delivery (d) that is over, and was for good. */
const settled = `d.open = 0 AND d.state NOT IN ('refused', 'given-up')`
/** Sources (s) from which nothing is open: no place waits in quarantine (nobody has changed it), and no letter is on its way. */
const sourceAtRest = `
NOT EXISTS (SELECT 1 FROM quarantine q WHERE q.source_id = s.id AND q.changed_at IS NULL) AND NOT EXISTS (
  SELECT 1 FROM envelopes e JOIN deliveries d ON d.message_id = e.message_id
  WHERE e.source_id = s.id AND (d.open = 1 OR d.state = 'given-up'))`
const isSecret = `(EXISTS (
  SELECT 1 FROM envelopes e JOIN letters l ON l.message_id = e.message_id WHERE e.source_id = s.id AND l.secrecy <> 'ordinary')
OR EXISTS (SELECT 1 FROM quarantine q WHERE q.source_id = s.id AND q.secrecy <> 'ordinary'))`

export const purgeSql = {
  oldLetters: `
SELECT DISTINCT committed_at AS at, message_id AS "messageId" FROM letters
WHERE committed_at < ? AND (committed_at, message_id) > (?, ?) ORDER BY committed_at, message_id LIMIT ?`,
  young: `
SELECT 1 AS yes FROM letters WHERE message_id = ? AND (changed_at >= ? OR state IN ('sealed', 'forwarding'))
UNION ALL SELECT 1 FROM notices WHERE about = ? AND committed_at >= ?
UNION ALL SELECT 1 FROM deliveries d WHERE ${ofLetter} AND (d.open = 1 OR d.changed_at >= ?) LIMIT 1`,
  notices: 'SELECT message_id AS id FROM notices WHERE about = ? ORDER BY seq LIMIT ?',
  deliveriesOf: 'SELECT id FROM deliveries WHERE message_id = ? LIMIT ?',
  documentsOf: 'SELECT sha256 FROM handed WHERE delivery_id = ?',
  dropHanded: 'DELETE FROM handed WHERE delivery_id = ?',
  dropAttempts: 'DELETE FROM attempts WHERE delivery_id = ?',
  dropDelivery: 'DELETE FROM deliveries WHERE id = ?',
  dropNotice: 'DELETE FROM notices WHERE message_id = ?',
  recipients: 'SELECT recipient FROM letters WHERE message_id = ? LIMIT ?',
  bury: `
INSERT INTO purged_letters (message_id, recipient, sender, number, date, natural_key, content_digest, urgency, secrecy, state,
  receive_number, live, committed_at, changed_at, purged_at, corrected_by)
SELECT message_id, recipient, sender, number, date, natural_key, content_digest, urgency, secrecy, state, receive_number, live,
  committed_at, changed_at, ?, ? FROM letters WHERE message_id = ? AND recipient = ?`,
  dropLetter: 'DELETE FROM letters WHERE message_id = ? AND recipient = ?',
  dropUses: 'DELETE FROM attachment_uses WHERE message_id = ?',
  dropReceipts: `DELETE FROM receipts WHERE about = ? AND direction = 'got'`,
  dropEvents: 'DELETE FROM events WHERE message_id = ?',
  dropEnvelope: 'DELETE FROM envelopes WHERE message_id = ?',

  sources: (secret: boolean): string => `
SELECT s.id, s.sha256, s.bytes IS NULL AS "inStore" FROM sources s
WHERE s.purged_at IS NULL AND s.received_at < ? AND (s.received_at, s.id) > (?, ?) AND ${sourceAtRest}
${secret ? `AND ${isSecret}` : ''} ORDER BY s.received_at, s.id LIMIT ?`,
  emptySource: 'UPDATE sources SET bytes = NULL, purged_at = ? WHERE id = ?',
  // Bounded by the rows that are looked at: nearly all of them stay, for ten years.
  emptied: `
SELECT s.id, s.received_at AS at, NOT EXISTS (SELECT 1 FROM envelopes e WHERE e.source_id = s.id)
  AND NOT EXISTS (SELECT 1 FROM quarantine q WHERE q.source_id = s.id) AS "mayGo"
FROM (
  SELECT id, received_at FROM sources WHERE purged_at IS NOT NULL AND received_at < ? AND (received_at, id) > (?, ?)
  ORDER BY received_at, id LIMIT ?) s
ORDER BY s.received_at, s.id`,
  filesOfSource: 'SELECT sha256 FROM source_files WHERE source_id = ?',
  dropFiles: 'DELETE FROM source_files WHERE source_id = ?',
  dropSource: 'DELETE FROM sources WHERE id = ?',
  mayLeave: 'INSERT INTO leaving (sha256, at) VALUES (?, ?) ON CONFLICT (sha256) DO NOTHING',

  answers: `
SELECT a.delivery_id AS id, a.number FROM attempts a JOIN deliveries d ON d.id = a.delivery_id
WHERE a.answer IS NOT NULL AND a.ended_at < ? AND ${settled} LIMIT ?`,
  emptyAnswer: 'UPDATE attempts SET answer = NULL WHERE delivery_id = ? AND number = ?',

  handed: `
SELECT h.delivery_id AS id, h.attempt, h.digest FROM handed h JOIN deliveries d ON d.id = h.delivery_id
WHERE h.at < ? AND ${settled} LIMIT ?`,
  dropOneHanded: 'DELETE FROM handed WHERE delivery_id = ? AND attempt = ? AND digest = ?',
  heldFiles: `
SELECT at, delivery_id AS id, attempt, digest, files FROM handed
WHERE at < ? AND files <> '[]' AND (at, delivery_id, attempt, digest) > (?, ?, ?, ?)
ORDER BY at, delivery_id, attempt, digest LIMIT ?`,
  documents: `
SELECT sha256, bytes IS NULL AS "inStore" FROM documents o WHERE handed_at < ? AND sha256 > ?
AND NOT EXISTS (SELECT 1 FROM handed h WHERE h.sha256 = o.sha256) ORDER BY sha256 LIMIT ?`,
  dropDocument: 'DELETE FROM documents WHERE sha256 = ?',

  quarantine: `SELECT id, source_id AS "sourceId" FROM quarantine WHERE state <> 'waiting' AND changed_at < ? LIMIT ?`,
  dropQuarantine: `DELETE FROM quarantine WHERE id = ? AND state <> 'waiting'`,
  quarantineOf: 'SELECT id FROM quarantine WHERE source_id = ? LIMIT 1',

  events: `
SELECT seq FROM events WHERE message_id IS NULL AND at < ?
AND name NOT IN ('gateway.founded', 'retention.started', 'retention.ended') ORDER BY at LIMIT ?`,
  dropEvent: 'DELETE FROM events WHERE seq = ?',
  orders: 'SELECT seq FROM orders WHERE answered_at < ? LIMIT ?',
  dropOrder: 'DELETE FROM orders WHERE seq = ?',
  alarms: `SELECT id FROM alarms WHERE state = 'ended' AND ended_at < ? LIMIT ?`,
  dropTellings: 'DELETE FROM alarm_tellings WHERE alarm_id = ?',
  dropAlarm: 'DELETE FROM alarms WHERE id = ?',
  tombstones: `SELECT message_id AS "messageId", recipient FROM purged_letters WHERE purged_at < ? LIMIT ?`,
  dropTombstone: 'DELETE FROM purged_letters WHERE message_id = ? AND recipient = ?',
  receipts: `
SELECT about, office FROM receipts r WHERE direction = 'given' AND committed_at < ?
AND NOT EXISTS (SELECT 1 FROM envelopes e WHERE e.message_id = r.about) LIMIT ?`,
  dropReceipt: `DELETE FROM receipts WHERE about = ? AND direction = 'given' AND office = ?`,
} as const

export interface OldLetter {
  readonly at: Instant
  readonly messageId: string
}

/** Letters that were committed before an instant, from behind one of them on, the oldest first. */
export const oldLetters = (reader: Reader, before: Instant, behind: OldLetter): Promise<OldLetter[]> =>
  reader.all<OldLetter>(purgeSql.oldLetters, before, behind.at, behind.messageId, piece)

/** Whether everything of a letter is over since before an instant, and was for good. */
export async function mayLetterGo(reader: Reader, id: string, before: Instant): Promise<boolean> {
  if ((await reader.one(purgeSql.young, id, before, id, before, id, id, before)) !== undefined) return false
  return !(await isUndecided(reader, id))
}

/**
 * Removes some of a letter that may go: first what was said about it, then its deliveries, then itself; what stands for it
 * afterwards is one row for each recipient. True when nothing of it is left.
 */
export async function purgeLetter(
  transaction: Transaction,
  { messageId, at }: OldLetter,
  now: Instant,
): Promise<boolean> {
  const notices = await transaction.all<{ id: string }>(purgeSql.notices, messageId, piece)
  for (const { id } of notices) {
    await dropDeliveries(transaction, id, piece)
    await transaction.run(purgeSql.dropNotice, id)
    await dropEnvelope(transaction, id)
  }
  if (notices.length === piece) return false
  if ((await dropDeliveries(transaction, messageId, piece)) === piece) return false
  const letters = await transaction.all<{ recipient: string }>(purgeSql.recipients, messageId, piece)
  const corrections = await correctionsOf(transaction, messageId)
  for (const { recipient } of letters) {
    const correctedBy = corrections.get(recipient) ?? null
    await transaction.run(purgeSql.bury, now, correctedBy, messageId, recipient)
    await transaction.run(purgeSql.dropLetter, messageId, recipient)
  }
  // What is left of it is found again by these rows: with the last of them all goes.
  if (letters.length === piece && (await transaction.one(purgeSql.recipients, messageId, 1)) !== undefined)
    return false
  const row = await envelopeById(transaction, messageId)
  const envelope = row && reopenEnvelope(row.bytes, row.digest)
  // One that cannot be read any more names nothing, and what it named stays.
  if (envelope?.ok && envelope.value.content === 'letter') {
    const { letter } = envelope.value
    for (const { sha256 } of letter.attachments) mayLeave(transaction, sha256, now)
    await removeWords(transaction, messageId, letter, at)
  }
  await transaction.run(purgeSql.dropUses, messageId)
  await dropEnvelope(transaction, messageId)
  return true
}

/** Bytes in the store that something named which is gone: perhaps nothing does any more. */
export function mayLeave(transaction: Transaction, sha256: string, now: Instant): void {
  transaction.put(purgeSql.mayLeave, sha256, now)
}

async function dropDeliveries(transaction: Transaction, messageId: string, most: number): Promise<number> {
  const found = await transaction.all<{ id: string }>(purgeSql.deliveriesOf, messageId, most)
  for (const { id } of found) {
    await transaction.run(purgeSql.dropHanded, id)
    await transaction.run(purgeSql.dropAttempts, id)
    await transaction.run(purgeSql.dropDelivery, id)
  }
  return found.length
}

async function dropEnvelope(transaction: Transaction, id: string): Promise<void> {
  await transaction.run(purgeSql.dropReceipts, id)
  await transaction.run(purgeSql.dropEvents, id)
  await transaction.run(purgeSql.dropEnvelope, id)
}
