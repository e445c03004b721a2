// Alarms of an office: what waits for it, how long, and whether it can be reached.
import type { OfficeId } from '../../letter/offices.ts'
import type { Instant } from '../../letter/time.ts'
import { latestExpected, officesWithOpen, openUpTo, recalledInVain } from '../journal/conditions.ts'
import type { Reader } from '../journal/database.ts'
import { dueDeliveries } from '../journal/deliveries.ts'
import { broughtInVain } from '../journal/open.ts'
import { closedUntil, listPresent, probeAt } from '../journal/present.ts'
import type { AlarmSettings } from '../settings/alarms.ts'
import { type Check, type Condition, shownTime } from './condition.ts'

/** Raised at `backlog` open deliveries, over below half of that. */
export const backlogCheck = (reader: Reader, most: number): Check => ({
  kinds: ['backlog'],
  async look() {
    const found: Condition[] = []
    for (const office of await officesWithOpen(reader)) {
      const open = await openUpTo(reader, office, most)
      if (open * 2 < most) continue
      const facts = { count: most }
      found.push({ kind: 'backlog', subject: office, level: 1, facts, ...(open < most && { between: true }) })
    }
    return found
  },
})

/** Level 1: a quarter of the expected time is left; level 2: it is over. */
export const deadlineCheck = (reader: Reader): Check => ({
  kinds: ['deadline'],
  async look(now) {
    const found: Condition[] = []
    for (const office of await officesWithOpen(reader)) {
      const expected = await latestExpected(reader, office, now)
      if (expected === undefined) continue
      const facts = { expectedBy: shownTime(expected.expectedBy) }
      found.push({ kind: 'deadline', subject: office, level: expected.passed ? 2 : 1, facts })
    }
    return found
  },
})

/**
 * Without it the end of a deadline's alarm would look like good news where the letter was only given up, and nobody would know of a
 * receive number that its sender's system refuses. Worse each time they have doubled: where all goes wrong not each is told.
 */
export const givenUpCheck = (reader: Reader): Check => ({
  kinds: ['given-up'],
  look: async () =>
    (await broughtInVain(reader)).map(({ office, count }) => ({
      ...{ kind: 'given-up', subject: office, level: 1 + Math.floor(Math.log2(count)), facts: {} },
    })),
})

/** Milliseconds: of a recall that was made longer ago nobody is told any more. It is tried for days, and the office may speak much later. */
const longestTold = 90 * 86_400_000

/**
 * An office that has a letter which its sender holds to be recalled: both it and the one that took its place may stand in its register,
 * each under a number of its own. The more letters, the worse.
 */
export const recallCheck = (reader: Reader): Check => ({
  kinds: ['recall'],
  look: async (now) =>
    (await recalledInVain(reader, now - longestTold)).map(({ office, count }) => ({
      ...{ kind: 'recall', subject: office, level: Number(count), facts: { count: Number(count) } },
    })),
})

/** The first due delivery of an office that could be brought: not behind another, nor to an office that is closed or dead. */
export const lagCheck = (reader: Reader, longest: number): Check => ({
  kinds: ['lag'],
  async look(now) {
    const found: Condition[] = []
    for (const office of await officesWithOpen(reader)) {
      const [first] = await dueDeliveries(reader, office, now - longest, 1)
      if (first === undefined || (await isShut(reader, office, now - longest))) continue
      found.push({ kind: 'lag', subject: office, level: 1, facts: { since: shownTime(first.dueAt) } })
    }
    return found
  },
})

/** Whether it was to be so after `since`: a probe, or an opening, that was to come long before nobody is at work on. */
const isShut = async (reader: Reader, office: OfficeId, since: Instant): Promise<boolean> =>
  [await probeAt(reader, office), await closedUntil(reader, office)].some(
    (until) => until !== undefined && until > since,
  )

/** Offices whose breaker is open, and places that cannot be read, for longer than a while. */
export const presentCheck = (reader: Reader, kind: 'breaker' | 'unreadable', longest: number): Check => ({
  kinds: [kind],
  async look(now) {
    const since = new Map<string, Instant>()
    for (const row of await listPresent(reader, kind === 'breaker' ? 'breaker' : 'trouble'))
      since.set(row.subject, Math.min(row.since, since.get(row.subject) ?? row.since))
    return [...since].map(([subject, at]) => ({
      ...{ kind, subject, level: 1, facts: { since: shownTime(at) } },
      ...(at > now - longest && { between: true as const }),
    }))
  },
})

/** The checks of offices that the settings want. */
export function officeChecks(
  reader: Reader,
  { backlog, breaker, unreadable, lag }: AlarmSettings,
): readonly Check[] {
  return [
    ...(backlog === undefined ? [] : [backlogCheck(reader, backlog)]),
    deadlineCheck(reader),
    givenUpCheck(reader),
    recallCheck(reader),
    ...(breaker === undefined ? [] : [presentCheck(reader, 'breaker', breaker)]),
    ...(unreadable === undefined ? [] : [presentCheck(reader, 'unreadable', unreadable)]),
    ...(lag === undefined ? [] : [lagCheck(reader, lag)]),
  ]
}
