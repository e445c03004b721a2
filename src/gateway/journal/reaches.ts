// What each of the gateways on a journal has of the offices. Those that have a part in the work have to be alike; where they are not,
// the others must know: a share that falls to whoever cannot bring would be brought by nobody.

import type { OfficeId } from '../../letter/offices.ts'
import { officesWithOpen } from './conditions.ts'
import type { Reader, Transaction } from './database.ts'
import type { Mode } from './deliveries.ts'
import { listMembers } from './members.ts'

/** What a gateway has of one office. */
export interface OfficeReach {
  readonly mode: Mode
  /** Which profile, so that others can tell that theirs is another. */
  readonly profile: string
  /** It has lately reached nobody there, and does not try again yet. */
  readonly away?: true
}

/** What a gateway says of itself, beside the offices. */
export interface Self {
  /** Something that only the one that leads does has not returned here for long. */
  readonly hangs?: true
  /** It has not come so far that it takes or brings anything; what it has is not known. */
  readonly starting?: true
}

/** By office. */
export type Reach = Readonly<Record<string, OfficeReach>>

export const reachSql = {
  put: `
INSERT INTO reaches (member, revision, offices, self) VALUES (?, ?, ?, ?)
ON CONFLICT (member) DO UPDATE SET revision = excluded.revision, offices = excluded.offices, self = excluded.self`,
  of: 'SELECT offices, self FROM reaches WHERE member = ?',
} as const

/** `revision` is another each time: by it the others know that there is something to read. */
export async function putReach(
  transaction: Transaction,
  member: string,
  revision: number,
  reach: Reach,
  self: Self,
): Promise<void> {
  await transaction.run(reachSql.put, member, revision, JSON.stringify(reach), JSON.stringify(self))
}

/** Nothing: the member does not say it, or is none any more. */
export async function reachOf(
  reader: Reader,
  member: string,
): Promise<{ readonly reach: Reach; readonly self: Self } | undefined> {
  const row = await reader.one<{ offices: string; self: string | null }>(reachSql.of, member)
  return row && { reach: JSON.parse(row.offices) as Reach, self: JSON.parse(row.self ?? '{}') as Self }
}

/** Offices to which something is open and that no gateway has: no profile for them is there any more. None while one does not say what it has. */
export async function unservedOffices(reader: Reader): Promise<readonly OfficeId[]> {
  const members = await listMembers(reader)
  const said = await Promise.all(members.map(({ id }) => reachOf(reader, id)))
  if (said.length === 0 || said.some((each) => each === undefined || each.self.starting)) return []
  return (await officesWithOpen(reader)).filter((office) =>
    said.every((each) => each?.reach[office] === undefined),
  )
}
