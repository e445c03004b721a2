// The journal's diary: what happened to which letter or source, in order. Ids, counts and codes; never letter text.
import type { Instant } from '../../letter/time.ts'
import type { Transaction } from './database.ts'

/** Every event that the gateway writes, as `noun.verb`. */
export type EventName =
  | 'gateway.founded'
  /** It was not heard of any more: what it held is free. */
  | 'gateway.expelled'
  | 'profiles.applied'
  | 'profiles.refused'
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
  | 'letter.moved'
  | 'letter.recalled'
  | 'notice.taken'
  | 'notice.ignored'
  | 'delivery.taken'
  | 'delivery.refused'
  | 'delivery.given-up'
  | 'delivery.recovered'
  | 'delivery.resent'
  | 'delivery.hastened'
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
  await transaction.run(
    insert,
    at,
    name,
    subject.messageId ?? null,
    subject.office ?? null,
    subject.sourceId ?? null,
    JSON.stringify(facts),
  )
}
