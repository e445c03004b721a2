// The daily run of the retention: that it comes, and that it does not come by a clock that runs ahead.
import type { Instant } from '../../letter/time.ts'
import type { Database } from '../journal/database.ts'
import { lastEnded } from '../journal/retention-runs.ts'
import { isDoubted } from '../retention/clock.ts'
import { type Check, shownTime } from './condition.ts'

/** Milliseconds since a run ended, of which one begins each day. */
const longest = 2 * 86_400_000
/** A gateway that has just begun to look runs it first. */
const patience = 3_600_000

/** Raised at once while the clock is doubted, for then no run begins; else when none has ended for two days. */
export function retentionCheck(database: Database): Check {
  let first: Instant | undefined
  return {
    kinds: ['retention'],
    async look(now) {
      first = Math.min(first ?? now, now)
      const last = await lastEnded(database.committed, now)
      if (last === undefined) return []
      const overdue = now - last > longest && now - first > patience
      if (!overdue && !(await isDoubted(database, now))) return []
      const facts = { since: shownTime(last), clock: shownTime(now) }
      return [{ kind: 'retention', subject: 'retention', level: 1, facts }]
    },
  }
}
