// What is so at present, and would be known to the running gateway alone: written down for whoever reads beside it.
import type { Instant } from '../../letter/time.ts'
import type { Reader, Transaction } from './database.ts'

/**
 * `waiting`: a source waits for files · `trouble`: a place that a system hands over at cannot be read ·
 * `breaker`: an office cannot be reached, and is only probed · `closed`: nothing is brought to an office at this time ·
 * `bringing`: a delivery is being brought of which nothing is recorded yet: its office is being connected to ·
 * `part`: something that the gateway works with, beside its journal, is not as it should be.
 */
export type PresentKind = 'waiting' | 'trouble' | 'breaker' | 'closed' | 'bringing' | 'part'

export type PresentFacts = Readonly<Record<string, string | number | readonly string[]>>

export interface PresentRow {
  readonly kind: PresentKind
  /** The system, of a breaker, a closed time and a delivery the office, or the part. */
  readonly subject: string
  /** The handing-over that waits, the place that cannot be read, the delivery, or what is wrong with the part. */
  readonly what: string
  readonly since: Instant
  readonly facts: PresentFacts
}

/** A gateway that died brings nothing: only what members say. `office` and `id`: where the delivery's own stand. */
export const bringingSince = (office: string, id: string): string => `
(SELECT MIN(p.since) FROM present p
WHERE p.member IN (SELECT m.id FROM members m) AND p.kind = 'bringing' AND p.subject = ${office} AND p.what = ${id})`

const sql = {
  bringing: `SELECT ${bringingSince('?', '?')} AS since`,
  set: `
INSERT INTO present (member, kind, subject, what, since, facts) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (member, kind, subject, what) DO UPDATE SET since = excluded.since, facts = excluded.facts`,
  remove: 'DELETE FROM present WHERE member = ? AND kind = ? AND subject = ? AND what = ?',
  clear: `
DELETE FROM present WHERE member = ? OR NOT EXISTS (SELECT 1 FROM members WHERE members.id = present.member)`,
  list: 'SELECT kind, subject, what, since, facts FROM present WHERE kind = ? ORDER BY since, subject, what',
  one: 'SELECT kind, subject, what, since, facts FROM present WHERE kind = ? AND subject = ? AND what = ?',
} as const

/** Writes what is so; what was written of the same before is replaced. */
export async function setPresent(transaction: Transaction, member: string, row: PresentRow): Promise<void> {
  const { kind, subject, what, since, facts } = row
  await transaction.run(sql.set, member, kind, subject, what, since, JSON.stringify(facts))
}

/** It is over. */
export async function removePresent(
  transaction: Transaction,
  member: string,
  { kind, subject, what }: Pick<PresentRow, 'kind' | 'subject' | 'what'>,
): Promise<void> {
  await transaction.run(sql.remove, member, kind, subject, what)
}

/** Nothing is known to this member to be so: it starts. What the dead ones knew goes too. */
export async function clearPresent(transaction: Transaction, member: string): Promise<void> {
  await transaction.run(sql.clear, member)
}

/**
 * What is so of one kind, the oldest first; what several members say, as the first of them. While no gateway runs: what was so
 * when the last one ended.
 */
export async function listPresent(reader: Reader, kind: PresentKind): Promise<PresentRow[]> {
  const rows = await reader.all<PresentRow & { facts: unknown }>(sql.list, kind)
  const said = new Set<string>()
  return rows.map(withFacts).filter(({ subject, what }) => {
    const key = `${subject} ${what}`
    return !said.has(key) && said.add(key)
  })
}

/** When the next probe of an office is made that cannot be reached; undefined while it can. Each member probes: the first. */
export async function probeAt(reader: Reader, office: string): Promise<Instant | undefined> {
  return earliest(reader, 'breaker', office, 'probeAt')
}

/** Until when nothing is brought to an office, as its profile says; undefined while it is open. */
export async function closedUntil(reader: Reader, office: string): Promise<Instant | undefined> {
  return earliest(reader, 'closed', office, 'until')
}

/** Since when a delivery is being brought of which nothing is recorded yet; undefined: it is not. */
export async function beingBroughtSince(
  reader: Reader,
  office: string,
  delivery: string,
): Promise<Instant | undefined> {
  const found = await reader.one<{ since: Instant | null }>(sql.bringing, office, delivery)
  return found?.since ?? undefined
}

async function earliest(
  reader: Reader,
  kind: PresentKind,
  office: string,
  fact: string,
): Promise<Instant | undefined> {
  const rows = await reader.all<PresentRow & { facts: unknown }>(sql.one, kind, office, '')
  return rows.length === 0 ? undefined : Math.min(...rows.map((row) => Number(withFacts(row).facts[fact])))
}

const withFacts = (row: PresentRow & { facts: unknown }): PresentRow => ({
  ...row,
  facts: JSON.parse(String(row.facts)) as PresentFacts,
})
