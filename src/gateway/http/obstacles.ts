// What /readyz looks at: whether a letter that came now could be committed, and which systems' letters cannot come at all.
import { statfs } from 'node:fs/promises'
import type { Database } from '../journal/database.ts'
import type { Present } from '../present.ts'
import { partForAll, troubleForAll } from '../trouble.ts'

/** Below this many free bytes the disk counts as full: the journal, its log and one scan need room at the same time. */
const leastFree = 64 * 1024 * 1024

export interface Obstacles {
  /** Reasons why nothing can be taken at present, in words for an operator. */
  readonly ofAll: readonly string[]
  /** Reasons why nothing comes from some system, or something is slower than it should be; the rest goes on. */
  readonly ofSome: readonly string[]
}

/** Everything that stands in the way at present. `silentFor`: milliseconds for which the journal has committed nothing. */
export async function findObstacles(
  database: Database,
  dataFolder: string,
  present: Present,
  silentFor: () => number,
): Promise<Obstacles> {
  const partsOf = (meant: (subject: string) => boolean): string[] =>
    present
      .parts()
      .filter(({ subject }) => meant(subject))
      .map(partForAll)
  const found = await Promise.all([lockedOrBroken(database), silent(silentFor()), fullDisk(dataFolder)])
  return {
    ofAll: [
      ...found.filter((reason) => reason !== undefined),
      ...partsOf((subject) => subject === 'attachments'),
    ],
    ofSome: [...present.troubles().map(troubleForAll), ...partsOf((subject) => subject !== 'attachments')],
  }
}

async function lockedOrBroken(database: Database): Promise<string | undefined> {
  try {
    await database.write((transaction) => transaction.one('SELECT seq FROM events ORDER BY seq DESC LIMIT 1'))
    return undefined
  } catch {
    return 'the journal cannot be written: see the log for the disk or the lock that stands in its way'
  }
}

function silent(milliseconds: number): string | undefined {
  return milliseconds === 0
    ? undefined
    : `the journal has committed nothing for ${Math.floor(milliseconds / 1000)} seconds: see its server, and the standby for which it waits`
}

async function fullDisk(dataFolder: string): Promise<string | undefined> {
  const { bavail, bsize } = await statfs(dataFolder)
  return bavail * bsize < leastFree
    ? `the disk of the data folder has less than ${leastFree / 1024 / 1024} MiB free`
    : undefined
}
