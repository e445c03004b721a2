// By which mark the gateways of an installation know a place that is not theirs alone. What a process remembers dies with it, and
// another gateway never knew it: then an empty folder under a share's name would pass for the share.
import type { Instant } from '../../letter/time.ts'
import type { Reader, Transaction } from './database.ts'

/** Whose a place is: a system's id, or '' for the gateways' own. */
export type MarkedBy = string

export interface MarkRow {
  readonly system: MarkedBy
  readonly place: string
  readonly mark: string
}

export const markSql = {
  known: 'SELECT mark FROM marks WHERE system = ? AND place = ?',
  all: 'SELECT system, place, mark FROM marks ORDER BY system, place',
  first: 'INSERT INTO marks (system, place, mark, since) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  other: 'UPDATE marks SET mark = ?, since = ? WHERE system = ? AND place = ? AND mark = ?',
} as const

/** The mark of a place; undefined: it has none yet. */
export async function markOf(reader: Reader, system: MarkedBy, place: string): Promise<string | undefined> {
  return (await reader.one<{ mark: string }>(markSql.known, system, place))?.mark
}

/**
 * From now on a place is known by `mark`, where it was known by `before` until now, or by none. Gives the mark by which it is
 * known then: somebody else may have been faster.
 */
export async function markPlace(
  transaction: Transaction,
  { system, place, mark }: MarkRow,
  before: string | undefined,
  at: Instant,
): Promise<string> {
  if (before === undefined) await transaction.run(markSql.first, system, place, mark, at)
  else await transaction.run(markSql.other, mark, at, system, place, before)
  return (await markOf(transaction, system, place)) ?? mark
}

/** All marks, for whoever looks whether the places still have them. */
export const listMarks = (reader: Reader): Promise<MarkRow[]> => reader.all<MarkRow>(markSql.all)
