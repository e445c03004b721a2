// What the alarms ask the journal: bounded look-ups by office, so that a million open deliveries cost no more than ten.
import type { OfficeId } from '../../letter/offices.ts'
import type { Instant } from '../../letter/time.ts'
import type { Reader } from './database.ts'

const nearly = 'expected_by - expected_in / 4'

/** The last word, of those kinds, of the one that a recall (r) is for on the letter that it is about. */
const wordOn = (kinds: string): string => `(
  SELECT w.kind FROM notices w WHERE w.about = r.about AND w.sender = r.recipient AND w.recipient = r.sender AND w.kind IN (${kinds})
  ORDER BY w.seq DESC LIMIT 1)`

export const conditionSql = {
  nextOffice: 'SELECT MIN(office) AS office FROM deliveries WHERE open = 1 AND office > ?',
  open: 'SELECT COUNT(*) AS count FROM (SELECT id FROM deliveries WHERE open = 1 AND office = ? LIMIT ?) AS counted',
  nearlyLate: `
SELECT expected_by AS "expectedBy" FROM deliveries WHERE open = 1 AND office = ? AND ${nearly} <= ?
ORDER BY ${nearly} LIMIT 1`,
  late: `
SELECT expected_by AS "expectedBy" FROM deliveries WHERE open = 1 AND office = ? AND ${nearly} <= ? AND expected_by <= ?
ORDER BY ${nearly} LIMIT 1`,
  lastLetter: 'SELECT MAX(committed_at) AS at FROM letters WHERE sender = ? AND committed_at <= ?',
  spoke: 'SELECT 1 AS yes FROM letters WHERE sender = ? AND committed_at >= ? AND committed_at < ? LIMIT 1',
  recalledInVain: `
SELECT r.recipient AS office, COUNT(*) AS count FROM notices r LEFT JOIN deliveries d ON d.message_id = r.message_id
WHERE r.kind = 'recall' AND r.committed_at > ? AND (d.id IS NULL OR d.state IN ('refused', 'given-up'))
AND COALESCE(${wordOn("'accept', 'reject', 'invalid'")}, ${wordOn("'receive'")}) IN ('receive', 'accept')
AND NOT EXISTS (
  SELECT 1 FROM notices o JOIN deliveries t ON t.message_id = o.message_id
  WHERE o.about = r.about AND o.sender = r.sender AND o.recipient = r.recipient AND o.kind = 'recall' AND t.state = 'taken')
GROUP BY r.recipient`,
  quarantine: `SELECT COUNT(*) AS count, MIN(at) AS since FROM quarantine WHERE state = 'waiting'`,
} as const

/** Offices to which something is open, connected or not. */
export async function officesWithOpen(reader: Reader): Promise<OfficeId[]> {
  const offices: OfficeId[] = []
  for (let last = ''; ; ) {
    const office = (await reader.one<{ office: OfficeId | null }>(conditionSql.nextOffice, last))?.office
    if (office === null || office === undefined) return offices
    offices.push(office)
    last = office
  }
}

/** How many deliveries to an office are open; counted up to `most`. */
export async function openUpTo(reader: Reader, office: OfficeId, most: number): Promise<number> {
  return Number((await reader.one<{ count: number }>(conditionSql.open, office, most))?.count ?? 0)
}

/** When something for an office was expected that is open: of what is late, else of what is nearly late. */
export async function latestExpected(
  reader: Reader,
  office: OfficeId,
  now: Instant,
): Promise<{ readonly expectedBy: Instant; readonly passed: boolean } | undefined> {
  const nearly = await reader.one<{ expectedBy: Instant }>(conditionSql.nearlyLate, office, now)
  if (nearly === undefined) return undefined
  const late = await reader.one<{ expectedBy: Instant }>(conditionSql.late, office, now, now)
  return late === undefined
    ? { expectedBy: Number(nearly.expectedBy), passed: false }
    : { expectedBy: Number(late.expectedBy), passed: true }
}

/** When an office last handed over a letter; by a clock that was ahead of `now` it handed over none. */
export async function lastLetterOf(
  reader: Reader,
  office: OfficeId,
  now: Instant,
): Promise<Instant | undefined> {
  const at = (await reader.one<{ at: Instant | null }>(conditionSql.lastLetter, office, now))?.at
  return at === null || at === undefined ? undefined : Number(at)
}

/** Whether an office handed over a letter from an instant until before another. */
export async function spokeWithin(
  reader: Reader,
  office: OfficeId,
  from: Instant,
  until: Instant,
): Promise<boolean> {
  return (await reader.one(conditionSql.spoke, office, from, until)) !== undefined
}

/**
 * Offices that have letters which their senders recalled after an instant: the recall was refused, given up or, as the letter had been
 * refused at the door, never brought, and what the office said last of the letter is that it has it. How many letters each.
 */
export const recalledInVain = (
  reader: Reader,
  after: Instant,
): Promise<{ readonly office: OfficeId; readonly count: number }[]> =>
  reader.all<{ office: OfficeId; count: number }>(conditionSql.recalledInVain, after)

/** How many places wait in quarantine, and the oldest since when. */
export async function oldestQuarantined(
  reader: Reader,
): Promise<{ readonly count: number; readonly since: Instant } | undefined> {
  const row = await reader.one<{ count: number; since: Instant | null }>(conditionSql.quarantine)
  return row === undefined || row.since === null
    ? undefined
    : { count: Number(row.count), since: Number(row.since) }
}
