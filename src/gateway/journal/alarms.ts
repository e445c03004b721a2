// Alarms in the journal: each is raised once and ended once, whoever looks, however often; and what hooks are to be told of them.
import type { Instant } from '../../letter/time.ts'
import type { Reader, Transaction } from './database.ts'
import { type EventName, recordEvent } from './events.ts'

export type AlarmFacts = Readonly<Record<string, string | number>>

export interface AlarmRow {
  readonly id: string
  readonly kind: string
  readonly subject: string
  /** The higher, the worse. */
  readonly level: number
  readonly state: 'raised' | 'ended'
  readonly raisedAt: Instant
  /** Raised, and its condition is over since; null: it is not. */
  readonly clearSince: Instant | null
  readonly endedAt: Instant | null
  readonly facts: AlarmFacts
}

/** What a hook is to be told. */
export interface TellingRow {
  readonly id: string
  readonly hook: string
  readonly body: string
  readonly at: Instant
  readonly attempts: number
}

const columns = `id, kind, subject, level, state, raised_at AS "raisedAt", clear_since AS "clearSince", ended_at AS "endedAt", facts`

const sql = {
  raise: `
INSERT INTO alarms (id, kind, subject, level, state, raised_at, clear_since, ended_at, facts)
VALUES (?, ?, ?, ?, 'raised', ?, NULL, NULL, ?)
ON CONFLICT (kind, subject) WHERE state = 'raised' DO NOTHING`,
  // What ended in the future was ended by a clock that has been set back since.
  endedSince: `SELECT id FROM alarms WHERE kind = ? AND subject = ? AND ended_at > ? AND ended_at <= ? LIMIT 1`,
  worsen: `UPDATE alarms SET level = ?, facts = ?, clear_since = NULL WHERE id = ? AND state = 'raised' AND level < ?`,
  renew: `UPDATE alarms SET level = ?, facts = ?, clear_since = NULL WHERE id = ? AND state = 'raised'`,
  renewFacts: `UPDATE alarms SET facts = ? WHERE id = ? AND state = 'raised'`,
  clear: `UPDATE alarms SET clear_since = ? WHERE id = ? AND state = 'raised' AND (clear_since IS NULL OR clear_since > ?)`,
  hold: `UPDATE alarms SET facts = ?, clear_since = NULL WHERE id = ? AND state = 'raised'`,
  end: `UPDATE alarms SET state = 'ended', ended_at = ? WHERE id = ? AND state = 'raised' AND clear_since <= ?`,
  raised: `SELECT ${columns} FROM alarms WHERE state = 'raised' ORDER BY raised_at, kind, subject`,
  newest: `SELECT ${columns} FROM alarms ORDER BY raised_at DESC, id LIMIT ?`,
  tell: `
INSERT INTO alarm_tellings (id, alarm_id, hook, body, at, state, due_at, attempts, said)
VALUES (?, ?, ?, ?, ?, 'due', ?, 0, NULL)`,
  // What was raised is told before its end is.
  due: `
SELECT id, hook, body, at, attempts FROM alarm_tellings t WHERE hook = ? AND state = 'due' AND (due_at <= ? OR due_at > ?) AND NOT EXISTS (
  SELECT 1 FROM alarm_tellings b WHERE b.alarm_id = t.alarm_id AND b.hook = t.hook AND b.state = 'due' AND b.seq < t.seq)
ORDER BY due_at, seq LIMIT ?`,
  dueHooks: `SELECT DISTINCT hook FROM alarm_tellings WHERE state = 'due' ORDER BY hook`,
  claim: `
UPDATE alarm_tellings SET attempts = attempts + 1, due_at = ?, at = ? WHERE id = ? AND state = 'due' AND attempts = ?`,
  settle: `UPDATE alarm_tellings SET state = ?, due_at = ?, said = ? WHERE id = ? AND state = 'due'`,
  untold: `SELECT COUNT(*) AS count FROM alarm_tellings WHERE state = 'due'`,
} as const

/** Raises an alarm, unless one of the same thing is raised, or ended after `since`. Whether it was raised. */
export async function raiseAlarm(
  transaction: Transaction,
  { id, kind, subject, level, facts }: Pick<AlarmRow, 'id' | 'kind' | 'subject' | 'level' | 'facts'>,
  at: Instant,
  since: Instant,
): Promise<boolean> {
  if ((await transaction.one(sql.endedSince, kind, subject, since, at)) !== undefined) return false
  const raised = await transaction.run(sql.raise, id, kind, subject, level, at, JSON.stringify(facts))
  if (raised === 0) return false
  await record(transaction, 'alarm.raised', { id, kind, subject, level }, at)
  return true
}

/** Its condition still is so. True when it has become worse than it was told. */
export async function goOnWithAlarm(
  transaction: Transaction,
  row: AlarmRow,
  { level, facts }: Pick<AlarmRow, 'level' | 'facts'>,
  at: Instant,
): Promise<boolean> {
  const said = JSON.stringify(facts)
  const worse = (await transaction.run(sql.worsen, level, said, row.id, level)) > 0
  if (worse) await record(transaction, 'alarm.worsened', { ...row, level }, at)
  // Better than it was: nobody is told, but the next step down is told again.
  else if (level < row.level) await transaction.run(sql.renew, level, said, row.id)
  else if (row.clearSince !== null) await transaction.run(sql.hold, said, row.id)
  return worse
}

/** Its condition still is so, and what is so of it is another. */
export async function renewFacts(transaction: Transaction, id: string, facts: AlarmFacts): Promise<void> {
  await transaction.run(sql.renewFacts, JSON.stringify(facts), id)
}

/** Its condition is over since `at`. */
export async function clearAlarm(transaction: Transaction, id: string, at: Instant): Promise<void> {
  await transaction.run(sql.clear, at, id, at)
}

/** Ends an alarm whose condition is over since `until`, or longer. Whether it was ended now. */
export async function endAlarm(
  transaction: Transaction,
  row: AlarmRow,
  at: Instant,
  until: Instant,
): Promise<boolean> {
  if ((await transaction.run(sql.end, at, row.id, until)) === 0) return false
  await record(transaction, 'alarm.ended', row, at)
  return true
}

async function record(
  transaction: Transaction,
  name: EventName,
  { id, kind, subject, level }: Pick<AlarmRow, 'id' | 'kind' | 'subject' | 'level'>,
  at: Instant,
): Promise<void> {
  await recordEvent(transaction, at, name, {}, { alarm: id, kind, subject, level })
}

export const raisedAlarms = async (reader: Reader): Promise<AlarmRow[]> =>
  rowsOf(await reader.all(sql.raised))

/** The newest first, ended ones too, `limit` at most. */
export const newestAlarms = async (reader: Reader, limit: number): Promise<AlarmRow[]> =>
  rowsOf(await reader.all(sql.newest, limit))

const rowsOf = (rows: readonly (AlarmRow & { readonly facts: unknown })[]): AlarmRow[] =>
  rows.map((row) => ({ ...row, facts: JSON.parse(String(row.facts)) as AlarmFacts }))

/** Gives a hook something to be told, in the transaction that makes it so. */
export async function insertTelling(
  transaction: Transaction,
  { id, alarm, hook, body, at }: Pick<TellingRow, 'id' | 'hook' | 'body' | 'at'> & { readonly alarm: string },
): Promise<void> {
  await transaction.run(sql.tell, id, alarm, hook, body, at, at)
}

/** The names of the hooks that are to be told something, now or later. */
export const hooksToTell = async (reader: Reader): Promise<string[]> =>
  (await reader.all<{ hook: string }>(sql.dueHooks)).map(({ hook }) => hook)

/** What is due of a hook, and what is due after `latest`: nobody sets a time so late, but by a clock that has been set back since. */
export const dueTellings = (
  reader: Reader,
  hook: string,
  now: Instant,
  latest: Instant,
  limit: number,
): Promise<TellingRow[]> => reader.all<TellingRow>(sql.due, hook, now, latest, limit)

/** Takes a telling on until `until`, as news of `at`; false when somebody else did. */
export async function claimTelling(
  transaction: Transaction,
  { id, at, attempts }: Pick<TellingRow, 'id' | 'at' | 'attempts'>,
  until: Instant,
): Promise<boolean> {
  return (await transaction.run(sql.claim, until, at, id, attempts)) > 0
}

/** What came of it: told, given up, or due again at `dueAt`. */
export async function settleTelling(
  transaction: Transaction,
  id: string,
  {
    state,
    dueAt,
    said,
  }: { readonly state: 'due' | 'told' | 'given-up'; dueAt: Instant; said: string | null },
): Promise<void> {
  await transaction.run(sql.settle, state, dueAt, said, id)
}

export const countUntold = async (reader: Reader): Promise<number> =>
  Number((await reader.one<{ count: number }>(sql.untold))?.count ?? 0)
