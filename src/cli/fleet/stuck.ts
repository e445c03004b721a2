// Why a letter of the fleet is where it is, told from the gateway's journal: an explanation, never a verdict.
import type { Reader } from '../../gateway/journal/database.ts'
import { listLetters, listQuarantined } from '../../gateway/journal/story.ts'
import type { OfficeId } from '../../letter/offices.ts'
import type { Instant } from '../../letter/time.ts'
import { describe } from '../../problem/problem.ts'
import { reasonLine } from '../reason.ts'
import { lastLine, nameOf, reasonOfEnd, standingOf } from '../standing.ts'

/** The most that is told of one office. */
const most = 12

/** What the journal knows of an office's letters that are not at their end, or at a bad one; each on one line. */
export async function reasonsOf(
  reader: Reader,
  office: OfficeId,
  profile: string,
  at: Instant,
): Promise<readonly string[]> {
  const told: string[] = []
  for (const waiting of await listQuarantined(reader, 1_000)) {
    if (waiting.system !== profile) continue
    const reasons = waiting.problems.map((found) => describe(found)).join('; ')
    told.push(`in quarantine: ${waiting.name} ${waiting.position}: ${reasons}`)
  }
  const [sent, received] = [
    await listLetters(reader, { sender: office, limit: 200, secret: true }),
    await listLetters(reader, { recipient: office, limit: 200, secret: true }),
  ]
  for (const letter of [...sent, ...received]) {
    const name = `${letter.number} (${letter.state})`
    for (const open of letter.open) {
      const { told: standing, last } = standingOf(open, { at, running: true })
      const why = last === undefined ? '' : `; ${lastLine(last)}`
      told.push(`${nameOf(open.content)} of ${name} to ${open.delivery.office} ${standing}${why}`)
    }
    for (const failed of letter.failed) {
      const reason = reasonOfEnd(failed)
      const why = reason === undefined ? '' : `: ${reasonLine(reason)}`
      told.push(
        `${nameOf(failed.content)} of ${name} to ${failed.delivery.office} ${failed.delivery.state}${why}`,
      )
    }
  }
  const left = told.length - most
  return left > 0 ? [...told.slice(0, most), `… and ${left} more`] : told
}
