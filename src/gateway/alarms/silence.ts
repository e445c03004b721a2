// An office that usually speaks and does not. Where the settings say how long is too long, that holds; for all others it is
// learned from the working days before its last letter (docs/decisions/0020).
import type { OfficeId } from '../../letter/offices.ts'
import { type Instant, thailand } from '../../letter/time.ts'
import { lastLetterOf, spokeWithin } from '../journal/conditions.ts'
import type { Reader } from '../journal/database.ts'
import type { AlarmSettings } from '../settings/alarms.ts'
import { type Check, type Condition, shownTime } from './condition.ts'

/** Working days that are learned from, the last letter's the last of them. */
const window = 20
/** An office that spoke on fewer of them does not usually speak. */
const usually = 10
/** Working days without a letter that are never too many. */
const least = 2

const day = 86_400_000
/** Day 0 began at 1970-01-01T00:00+07:00, a Thursday. */
const dayOf = (at: Instant): number => Math.floor((at + thailand) / day)
const beginOf = (number: number): Instant => number * day - thailand
const isWorking = (number: number): boolean => (number + 4) % 7 !== 0 && (number + 4) % 7 !== 6

/** The conditions of silence of the offices that `offices` gives at the time. */
export function silenceCheck(
  reader: Reader,
  offices: () => Iterable<OfficeId>,
  { learned, offices: said }: AlarmSettings['silence'],
): Check {
  /** What was learned of an office as of the day of its last letter: days before it do not change. */
  const known = new Map<OfficeId, { readonly last: number; readonly longest: number | undefined }>()
  const learnedOf = async (office: OfficeId, last: number): Promise<number | undefined> => {
    const before = known.get(office)
    if (before?.last === last) return before.longest
    const longest = await learn(reader, office, last)
    known.set(office, { last, longest })
    return longest
  }
  const isSilent = async (office: OfficeId, last: Instant, now: Instant): Promise<boolean> => {
    if (said.has(office)) {
      const longest = said.get(office)
      return longest !== undefined && now - last > longest
    }
    const longest = learned ? await learnedOf(office, dayOf(last)) : undefined
    return longest !== undefined && workingBetween(dayOf(last), dayOf(now)) >= longest
  }
  return {
    kinds: ['silence'],
    async look(now) {
      const found: Condition[] = []
      for (const office of offices()) {
        const last = await lastLetterOf(reader, office, now)
        if (last === undefined || !(await isSilent(office, last, now))) continue
        found.push({ kind: 'silence', subject: office, level: 1, facts: { since: shownTime(last) } })
      }
      return found
    },
  }
}

/**
 * How many whole working days of silence are too many: twice the longest silence within the window, at least two. Undefined
 * for an office that does not usually speak.
 */
async function learn(reader: Reader, office: OfficeId, last: number): Promise<number | undefined> {
  let [spoke, silent, longest] = [0, 0, 0]
  for (let number = last, seen = 0; seen < window; number -= 1) {
    if (!isWorking(number)) continue
    seen += 1
    if (await spokeWithin(reader, office, beginOf(number), beginOf(number + 1))) {
      spoke += 1
      longest = Math.max(longest, silent)
      silent = 0
    } else silent += 1
  }
  return spoke < usually ? undefined : Math.max(least, 2 * longest)
}

/** Whole working days after one day and before another. */
function workingBetween(from: number, to: number): number {
  let count = 0
  for (let number = from + 1; number < to && count <= 2 * window; number += 1)
    if (isWorking(number)) count += 1
  return count
}
