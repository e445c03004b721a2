// Sources that wait for files, for a person and as JSON.
import type { PresentRow } from '../gateway/journal/present.ts'
import { printInstant } from '../letter/time.ts'
import { printable } from '../problem/problem.ts'
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
