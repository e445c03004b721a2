// What has not become a letter yet: sources that wait for files, and what could not be translated. For a person, and as JSON.
import type { PresentRow } from '../gateway/journal/present.ts'
import type { QuarantineRow } from '../gateway/journal/quarantine.ts'
import { printInstant } from '../letter/time.ts'
import { describe, printable, remedyOf } from '../problem/problem.ts'
import { moment } from './standing.ts'

/** One source that waits for files, by name: a screen is no log. */
export function waitingLine({ subject, since, facts }: PresentRow): string {
  const { name, missing, left } = facts
  const names = Array.isArray(missing) ? missing : []
  const some = Number(left) < names.length ? ` (${left} of them not there yet)` : ''
  const what = printable(`waits since ${moment(since)} for ${names.join(', ')}${some}`, 1_000)
  return `${printable(subject)}  ${printable(String(name))}  ${what}\n`
}

export const waitingJson = ({
  subject,
  what,
  since,
  facts,
}: PresentRow): Readonly<Record<string, unknown>> => ({
  system: subject,
  handover: what,
  since: printInstant(since),
  ...facts,
})

/** One place in quarantine: which letter, every reason and what to do, and what came of it since. */
export function quarantinedLines(row: QuarantineRow): string {
  const { id, at, system, name, position, number, problems, takenSince } = row
  const head = [moment(at), system, printable(name), position, ...(number === null ? [] : [`ที่ ${number}`])]
  const reasons = problems.map(
    (found) => `  ${describe(found)}\n    what to do: ${printable(remedyOf(found), 500)}\n`,
  )
  const since =
    takenSince === null
      ? `  then: let its sender send it again, corrected; or mend the profile: saraban quarantine retry ${id.slice(-12)}\n`
      : `  sent again and taken since: saraban messages show ${takenSince.slice('urn:uuid:'.length)}\n`
  return `${printable(head.join('  '), 500)}\n${reasons.join('')}${since}`
}

/** The same as JSON, without what was understood: that is for whoever looks at the place itself. */
export function quarantinedJson(row: QuarantineRow): Readonly<Record<string, unknown>> {
  const { understood: _understood, handover: _handover, at, changedAt, ...rest } = row
  return {
    ...rest,
    at: printInstant(at),
    changedAt: changedAt === null ? null : printInstant(changedAt),
  }
}
