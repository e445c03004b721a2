// Alarms of the gateway itself: the disk of its data folder, whether its journal is safe and its log can be written, and what waits
// in quarantine for a person.
import { statfs } from 'node:fs/promises'
import { tolerance } from '../clocks.ts'
import { oldestQuarantined } from '../journal/conditions.ts'
import type { Reader } from '../journal/database.ts'
import { listPresent } from '../journal/present.ts'
import { type Check, shownTime } from './condition.ts'

const mebibyte = 1024 * 1024

/** Of the least: where it is raised, and where it is worse. */
const worse = [1, 1 / 2, 1 / 10]
/** Of its bound: where a level is over, so that a disk at the bound is not told again and again. */
const over = 1.25

/**
 * Raised below `least` free bytes, worse below half and below a tenth of that, over at a quarter more. `free` gives the free bytes of
 * the data folder's disk.
 */
export function diskCheck(free: () => Promise<number>, least: number): Check {
  let before = 0
  return {
    kinds: ['disk'],
    async look() {
      const bytes = await free()
      const isBelow = (share: number, index: number): boolean =>
        bytes < least * share * (index < before ? over : 1)
      before = worse.filter(isBelow).length
      if (bytes >= least * over) return []
      const facts = { free: Math.floor(bytes / mebibyte), least: Math.ceil(least / mebibyte) }
      const between = bytes >= least && { between: true as const }
      return [{ ...{ kind: 'disk', subject: 'data', level: Math.max(1, before), facts }, ...between }]
    },
  }
}

/** Free bytes for an ordinary user on the disk of a folder. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

/** Raised when the journal's server was set so that what is acknowledged may be lost: when it was opened it was safe. */
export const syncCheck = (unsafe: () => Promise<string | undefined>): Check => ({
  kinds: ['sync'],
  async look() {
    const reason = await unsafe()
    return reason === undefined ? [] : [{ kind: 'sync', subject: 'journal', level: 1, facts: { reason } }]
  },
})

/** Raised while a gateway cannot write its log: nobody reads there that it cannot. */
export const logCheck = (reader: Reader): Check => ({
  kinds: ['log'],
  async look() {
    const row = (await listPresent(reader, 'part')).find(({ subject }) => subject === 'log')
    if (row === undefined) return []
    const { reason, lost } = row.facts
    const facts = { since: shownTime(row.since), reason: String(reason), lost: Number(lost) }
    return [{ kind: 'log', subject: 'log', level: 1, facts }]
  },
})

/** Raised when the oldest place waits for longer than `longest` milliseconds. */
export const quarantineCheck = (reader: Reader, longest: number): Check => ({
  kinds: ['quarantine'],
  async look(now) {
    const oldest = await oldestQuarantined(reader)
    if (oldest === undefined) return []
    // Of a place that came while the clock was ahead nobody knows how long it waits.
    const isAhead = oldest.since > now + tolerance
    if (!isAhead && oldest.since > now - longest) return []
    const facts = { count: oldest.count, since: shownTime(Math.min(oldest.since, now)) }
    return [{ kind: 'quarantine', subject: 'quarantine', level: 1, facts }]
  },
})
