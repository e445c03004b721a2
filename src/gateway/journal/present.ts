// What is so at present, and would be known to the running gateway alone: written down for whoever reads beside it.
import type { Instant } from '../../letter/time.ts'
import type { Reader, Transaction } from './database.ts'

/**
 * `waiting`: a source waits for files · `trouble`: a place that a system hands over at cannot be read ·
 * `breaker`: an office cannot be reached, and is only probed · `closed`: nothing is brought to an office at this time ·
 * `part`: something that the gateway works with, beside its journal, is not as it should be.
 */
export type PresentKind = 'waiting' | 'trouble' | 'breaker' | 'closed' | 'part'

export type PresentFacts = Readonly<Record<string, string | number | readonly string[]>>

export interface PresentRow {
  readonly kind: PresentKind
  /** The system, of a breaker and a closed time the office, or the part. */
  readonly subject: string
  /** The handing-over that waits, the place that cannot be read, or what is wrong with the part. */
  readonly what: string
  readonly since: Instant
  readonly facts: PresentFacts
}

const sql = {
  set: `
INSERT INTO present (kind, subject, what, since, facts) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (kind, subject, what) DO UPDATE SET since = excluded.since, facts = excluded.facts`,
  remove: 'DELETE FROM present WHERE kind = ? AND subject = ? AND what = ?',
  clear: 'DELETE FROM present',
  list: 'SELECT kind, subject, what, since, facts FROM present WHERE kind = ? ORDER BY since, subject, what',
  one: 'SELECT kind, subject, what, since, facts FROM present WHERE kind = ? AND subject = ? AND what = ?',
} as const

/** Writes what is so; what was written of the same before is replaced. */
export async function setPresent(transaction: Transaction, row: PresentRow): Promise<void> {
  const { kind, subject, what, since, facts } = row
  await transaction.run(sql.set, kind, subject, what, since, JSON.stringify(facts))
}

/** It is over. */
export async function removePresent(
  transaction: Transaction,
  { kind, subject, what }: Pick<PresentRow, 'kind' | 'subject' | 'what'>,
): Promise<void> {
  await transaction.run(sql.remove, kind, subject, what)
}

/** Nothing is known to be so: a gateway starts. */
export async function clearPresent(transaction: Transaction): Promise<void> {
  await transaction.run(sql.clear)
}

/** What is so of one kind, the oldest first. */
export async function listPresent(reader: Reader, kind: PresentKind): Promise<PresentRow[]> {
  return (await reader.all<PresentRow & { facts: unknown }>(sql.list, kind)).map(withFacts)
}

/** When the next probe of an office is made that cannot be reached; undefined while it can. */
export async function probeAt(reader: Reader, office: string): Promise<Instant | undefined> {
  const row = await reader.one<PresentRow & { facts: unknown }>(sql.one, 'breaker', office, '')
  return row && Number(withFacts(row).facts['probeAt'])
}

/** Until when nothing is brought to an office, as its profile says; undefined while it is open. */
export async function closedUntil(reader: Reader, office: string): Promise<Instant | undefined> {
  const row = await reader.one<PresentRow & { facts: unknown }>(sql.one, 'closed', office, '')
  return row && Number(withFacts(row).facts['until'])
}

const withFacts = (row: PresentRow & { facts: unknown }): PresentRow => ({
  ...row,
  facts: JSON.parse(String(row.facts)) as PresentFacts,
})
