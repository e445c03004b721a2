// The journal's diary: what happened to which letter or source, in order. Ids, counts and codes; never letter text.
import type { Instant } from '../../letter/time.ts'
import type { Transaction } from './database.ts'

/** Every event that the gateway writes, as `noun.verb`. */
export type EventName =
  | 'gateway.founded'
  /** It was not heard of any more: what it held is free. */
  | 'gateway.expelled'
  /** Its work hangs, and another one leads in its place. */
  | 'gateway.lead-passed'
  | 'profiles.applied'
  | 'profiles.refused'
  /** Who is believed stands under another certificate now. */
  | 'authority.changed'
  | 'source.kept'
  | 'source.refused'
  | 'source.quarantined'
  | 'quarantine.retried'
  | 'quarantine.dismissed'
  | 'order.given'
  | 'letter.sealed'
  | 'letter.taken'
  | 'letter.known'
  | 'letter.conflicted'
  /** By the letter that is handed over in its place; itself it is recalled. */
  | 'letter.corrected'
  /** What a person ordered of it was not done: `code` says why. */
  | 'letter.uncorrected'
  | 'letter.moved'
  | 'letter.recalled'
  | 'notice.taken'
  | 'notice.ignored'
  /** Of a letter that was corrected: its sender is told of the one that took its place. */
  | 'notice.late'
  | 'delivery.taken'
  | 'delivery.refused'
  | 'delivery.given-up'
  | 'delivery.recovered'
  | 'delivery.resent'
  | 'delivery.hastened'
  | 'delivery.set-back'
  | 'delivery.deadline-near'
  | 'delivery.deadline-passed'
  | 'retention.started'
  | 'retention.ended'
  | 'alarm.raised'
  | 'alarm.worsened'
  | 'alarm.ended'
  | 'alarm.untold'

export interface Subject {
  readonly messageId?: string
  readonly office?: string
  readonly sourceId?: string
}

const insert = `
INSERT INTO events (at, name, message_id, office, source_id, facts) VALUES (?, ?, ?, ?, ?, ?)`

/** Writes one event, in the transaction that makes it true. */
export async function recordEvent(
  transaction: Transaction,
  at: Instant,
  name: EventName,
  subject: Subject,
  facts: Readonly<Record<string, string | number>> = {},
): Promise<void> {
  transaction.put(
    insert,
    at,
    name,
    subject.messageId ?? null,
    subject.office ?? null,
    subject.sourceId ?? null,
    JSON.stringify(facts),
  )
}
