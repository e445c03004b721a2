// The quarantine in the journal: places of sources that could not be taken, each with every reason, until a person or a mended
// profile ends it. What waits never leaves it.
import type { Understood } from '../../adapters/contract.ts'
import type { Instant, MessageId } from '../../letter/time.ts'
import type { Problem } from '../../problem/problem.ts'
import type { Parameter, Reader, Transaction } from './database.ts'
import { recordEvent } from './events.ts'
import { stepRows } from './walk.ts'

/**
 * `waiting`: for a person · `taken`: what stands there is a letter or notice in the journal · `replaced`: it is read as several
 * places now, which stand in the list themselves · `dismissed`: a person says that nothing is to come of it.
 */
export type QuarantineState = 'waiting' | 'taken' | 'replaced' | 'dismissed'

export interface QuarantineRow {
  readonly id: string
  readonly sourceId: string
  readonly system: string
  readonly name: string
  readonly position: string
  readonly problems: readonly Problem[]
  readonly at: Instant
  /** The letter's number, normalised; null where it could not be read. */
  readonly number: string | null
  /** The letter of this number that the same system handed over since, and that was taken. */
  readonly takenSince: MessageId | null
  /** Null: from a journal of before, and not known. */
  readonly office: string | null
  /** Of which handing-over it is (Source.handover); null where each offer is one of its own. */
  readonly handover: string | null
  /** Whether its office sent it, or means the letter that stands now, is not proved. */
  readonly doubted: boolean
  /** Null: nothing was. */
  readonly understood: Understood | null
  /** Null where it could not be read. */
  readonly secrecy: string | null
  readonly state: QuarantineState
  /** What was taken of it. */
  readonly messageId: MessageId | null
  readonly changedAt: Instant | null
  /** Who ended it, and why, in words; null: nobody, or it was handed over again. */
  readonly changedBy: string | null
  readonly changedWhy: string | null
}

/** What is put into quarantine at one place of a source. */
export interface Quarantined {
  readonly id: string
  readonly sourceId: string
  readonly position: string
  readonly problems: readonly Problem[]
  readonly number: string | undefined
  readonly office: string
  readonly handover: string | null
  readonly doubted: boolean
  readonly understood: Understood | undefined
  readonly secrecy: string | undefined
  /** Of a letter that was read whole: the digest of its content. */
  readonly contentDigest: string | undefined
  /** Nobody could look through its document: whether it is the same as the one before, nobody knows. */
  readonly unseen: boolean
}

/** Which places are meant; those that wait, unless a state is named. */
export interface QuarantineFilter {
  /** One of its reasons has this code. */
  readonly cause?: string
  readonly office?: string
  /** In quarantine since before this instant. */
  readonly before?: Instant
  readonly state?: QuarantineState
  readonly number?: string
}

const quarantined = `
SELECT q.id, q.source_id AS "sourceId", s.system, s.name, q.position, q.problems, q.number, q.at, q.office, q.handover,
  q.doubted, q.understood, q.secrecy, q.state, q.message_id AS "messageId", q.changed_at AS "changedAt",
  q.changed_by AS "changedBy", q.changed_why AS "changedWhy", (
  SELECT l.message_id FROM letters l
  JOIN envelopes e ON e.message_id = l.message_id JOIN sources o ON o.id = e.source_id
  WHERE o.system = s.system AND l.number = q.number AND l.committed_at >= q.at
  ORDER BY l.committed_at DESC LIMIT 1) AS "takenSince"
FROM quarantine q JOIN sources s ON s.id = q.source_id`

const sql = {
  // What a person dismissed stays so while nothing else is wrong with it; what was taken once comes back.
  insert: (back: string): string => `
INSERT INTO quarantine (id, source_id, position, problems, number, at, office, handover, doubted, understood, secrecy,
  content_digest)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (source_id, position) DO UPDATE SET problems = excluded.problems, number = excluded.number, at = excluded.at,
  office = excluded.office, handover = excluded.handover, doubted = excluded.doubted, understood = excluded.understood,
  secrecy = excluded.secrecy, content_digest = excluded.content_digest, state = 'waiting', message_id = NULL, changed_at = NULL, changed_by = NULL, changed_why = NULL
WHERE quarantine.problems <> excluded.problems OR quarantine.content_digest <> excluded.content_digest
  OR quarantine.state IN (${back})`,
  of: (where: string): string => `${quarantined} WHERE ${where} ORDER BY q.at DESC, q.id LIMIT ?`,
  idsOf: (where: string): string => `SELECT q.id FROM quarantine q WHERE ${where} ORDER BY q.at DESC, q.id`,
  before: `
${quarantined} WHERE q.state = ? AND (q.at, q.id) < (?, ?) ORDER BY q.at DESC, q.id DESC LIMIT ${stepRows}`,
  ofSource: `${quarantined} WHERE q.source_id = ?`,
  byId: `${quarantined} WHERE q.id = ?`,
  byEnd: `${quarantined} WHERE q.id LIKE ? ORDER BY q.id LIMIT 20`,
  count: `SELECT COUNT(*) AS count FROM quarantine WHERE state = 'waiting'`,
  causes: `SELECT problems, office FROM quarantine WHERE state = 'waiting'`,
  waitingAt: `
SELECT q.id, q.source_id AS "sourceId", q.content_digest AS "contentDigest" FROM quarantine q JOIN sources s ON s.id = q.source_id
WHERE s.system = ? AND s.document = ? AND s.sha256 = ? AND q.position = ? AND q.state <> 'taken'`,
  secrecyById: 'SELECT secrecy FROM quarantine WHERE id = ?',
  secrecyAt: 'SELECT secrecy FROM quarantine WHERE source_id = ? AND position = ?',
  end: `
UPDATE quarantine SET state = ?, message_id = ?, changed_at = ?, changed_by = ?, changed_why = ?
WHERE id = ? AND state <> ? AND state <> 'taken' AND (state <> 'dismissed' OR ? = 1)`,
  dismiss: `
UPDATE quarantine SET state = 'dismissed', changed_at = ?, changed_by = ?, changed_why = ?
WHERE id = ? AND state = 'waiting'`,
  takenAt: `SELECT message_id AS "messageId" FROM envelopes WHERE position = ? AND (source_id = ? OR handover = ?)`,
} as const

/** Puts one place of a source into quarantine; offered again, it is there once, with what is wrong with it now. */
export async function quarantine(transaction: Transaction, place: Quarantined, at: Instant): Promise<void> {
  const { id, sourceId, position, problems, number, office, handover, doubted, understood, secrecy } = place
  const fresh = await transaction.run(
    sql.insert(place.unseen ? "'taken', 'replaced', 'dismissed'" : "'taken', 'replaced'"),
    ...[id, sourceId, position, JSON.stringify(problems), number ?? null, at, office, handover],
    ...[doubted ? 1 : 0, understood === undefined ? null : JSON.stringify(understood), secrecy ?? null],
    place.contentDigest ?? null,
  )
  if (fresh === 0) return
  const codes = [...new Set(problems.map((found) => found.code))].join(' ')
  await recordEvent(transaction, at, 'source.quarantined', { sourceId, office }, { position, codes })
}

/** What came of a place. */
export interface Ended {
  readonly state: 'taken' | 'replaced'
  readonly messageId?: MessageId
  readonly by?: string
  readonly why?: string
  /** Also where a person had dismissed it. */
  readonly dismissed: boolean
}

/** Ends a place, unless it is ended so, or taken, already. False when nothing was changed. */
export async function endQuarantine(
  transaction: Transaction,
  id: string,
  { state, messageId, by, why, dismissed }: Ended,
  at: Instant,
): Promise<boolean> {
  const values = [state, messageId ?? null, at, by ?? null, why ?? null, id, state, dismissed ? 1 : 0]
  return (await transaction.run(sql.end, ...values)) > 0
}

/** A person says that nothing is to come of a place, and why. False when it does not wait any more. */
export async function dismissQuarantined(
  transaction: Transaction,
  { id, sourceId, office, position }: QuarantineRow,
  words: { readonly by: string; readonly why: string },
  at: Instant,
): Promise<boolean> {
  const done = (await transaction.run(sql.dismiss, at, words.by, words.why, id)) > 0
  const subject = { sourceId, ...(office !== null && { office }) }
  if (done)
    await recordEvent(transaction, at, 'quarantine.dismissed', subject, {
      quarantine: id,
      position,
      ...words,
    })
  return done
}

/** How secret what stands at a place of a source is; null: it could not be read. Undefined: the place is not in quarantine. */
export async function secrecyOfPlace(
  reader: Reader,
  place: { readonly id: string } | { readonly sourceId: string; readonly position: string },
): Promise<string | null | undefined> {
  const row = await ('id' in place
    ? reader.one<{ secrecy: string | null }>(sql.secrecyById, place.id)
    : reader.one<{ secrecy: string | null }>(sql.secrecyAt, place.sourceId, place.position))
  return row?.secrecy
}

/** The newest first, `limit` rows at most. */
export async function listQuarantine(
  reader: Reader,
  limit: number,
  filter: QuarantineFilter = {},
): Promise<QuarantineRow[]> {
  const { where, values } = conditionOf(filter)
  return rowsOf(await reader.all(sql.of(where), ...values, limit))
}

/** The ids of all places that are meant, the newest first. */
export async function idsInQuarantine(reader: Reader, filter: QuarantineFilter): Promise<string[]> {
  const { where, values } = conditionOf(filter)
  return (await reader.all<{ id: string }>(sql.idsOf(where), ...values)).map(({ id }) => id)
}

function conditionOf({ cause, office, before, number, state = 'waiting' }: QuarantineFilter): {
  readonly where: string
  readonly values: readonly Parameter[]
} {
  const conditions: (readonly [string, Parameter])[] = [['q.state = ?', state]]
  // A code has no character that LIKE or JSON writes in another way.
  if (cause !== undefined) conditions.push(['q.problems LIKE ?', `%"code":"${cause}"%`])
  if (office !== undefined) conditions.push(['q.office = ?', office])
  if (before !== undefined) conditions.push(['q.at <= ?', before])
  if (number !== undefined) conditions.push(['q.number = ?', number])
  const where = conditions.map(([condition]) => condition).join(' AND ')
  return { where, values: conditions.map(([, value]) => value) }
}

/** Places in one state below a key (when, id), the newest first: `stepRows` of them. */
export const quarantineBefore = async (
  reader: Reader,
  state: QuarantineState,
  [at, id]: readonly [Instant, string],
): Promise<QuarantineRow[]> => rowsOf(await reader.all(sql.before, state, at, id))

export async function quarantinedById(reader: Reader, id: string): Promise<QuarantineRow | undefined> {
  return rowsOf(await reader.all(sql.byId, id))[0]
}

/** The places that a person means, by id or by the end of one, of 6 characters or more; nothing else is shown to LIKE. */
export async function findQuarantined(reader: Reader, said: string): Promise<QuarantineRow[]> {
  const whole = await quarantinedById(reader, said)
  if (whole !== undefined) return [whole]
  return /^[0-9a-f-]{6,35}$/.test(said) ? rowsOf(await reader.all(sql.byEnd, `%${said}`)) : []
}

export const quarantinedOfSource = async (reader: Reader, sourceId: string): Promise<QuarantineRow[]> =>
  rowsOf(await reader.all(sql.ofSource, sourceId))

interface Stored extends Omit<QuarantineRow, 'problems' | 'understood' | 'doubted'> {
  readonly problems: string
  readonly understood: string | null
  readonly doubted: number
}

const rowsOf = (rows: readonly Stored[]): QuarantineRow[] =>
  rows.map((row) => ({
    ...row,
    problems: JSON.parse(row.problems) as Problem[],
    understood: row.understood === null ? null : (JSON.parse(row.understood) as Understood),
    doubted: row.doubted !== 0,
  }))

export async function countQuarantine(reader: Reader): Promise<number> {
  return Number((await reader.one<{ count: number }>(sql.count))?.count ?? 0)
}

/** How many places wait for each reason, the most first. A place with several reasons counts for each. */
export async function countCauses(
  reader: Reader,
): Promise<readonly { readonly code: string; readonly count: number }[]> {
  const counts = new Map<string, number>()
  for (const { problems } of await reader.all<{ problems: string }>(sql.causes))
    for (const code of new Set((JSON.parse(problems) as Problem[]).map((found) => found.code)))
      counts.set(code, (counts.get(code) ?? 0) + 1)
  return [...counts]
    .map(([code, count]) => ({ code, count }))
    .sort((one, other) => other.count - one.count || (one.code < other.code ? -1 : 1))
}

interface Waiting {
  readonly id: string
  readonly sourceId: string
  readonly contentDigest: string | null
}

/** The places in quarantine where something of this document stood before, whatever files came beside it. */
export async function quarantinedAt(
  reader: Reader,
  source: { readonly system: string; readonly document: string; readonly sha256: string },
  position: string,
): Promise<Waiting[]> {
  const { system, document, sha256 } = source
  return reader.all<Waiting>(sql.waitingAt, system, document, sha256, position)
}

/** What was taken before at a place of a source, or of the handing-over that it is of. */
export async function takenAt(
  reader: Reader,
  sourceId: string,
  handover: string | null,
  position: string,
): Promise<MessageId | undefined> {
  return (await reader.one<{ messageId: MessageId }>(sql.takenAt, position, sourceId, handover))?.messageId
}
