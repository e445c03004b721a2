// What has not become a letter yet: sources that wait for files, and what could not be translated. For a person, and as JSON.
import type { Reader } from '../gateway/journal/database.ts'
import type { PresentRow } from '../gateway/journal/present.ts'
import type { QuarantineRow } from '../gateway/journal/quarantine.ts'
import { isSecretSource } from '../gateway/journal/sources.ts'
import { printInstant } from '../letter/time.ts'
import { describe, printable, remedyOf } from '../problem/problem.ts'
import { moment } from './standing.ts'
import type { Terminal } from './terminal.ts'

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

/** A place in quarantine as a list shows it. `readable`: with what its letter says, which its reasons quote; else its number and codes. */
export interface Listed {
  readonly row: QuarantineRow
  readonly readable: boolean
}

/**
 * Places for a list. Of a secret letter, and of what may be one because it stands in the source of one, it says what the letter
 * says only where that is asked for, as `quarantine show` does.
 */
export async function listedOf(
  reader: Reader,
  rows: readonly QuarantineRow[],
  secret: boolean,
): Promise<readonly Listed[]> {
  const secretSources = new Map<string, boolean>()
  const isWithheld = async ({ secrecy, sourceId }: QuarantineRow): Promise<boolean> => {
    if (secret || secrecy === 'ordinary') return false
    const known = secretSources.get(sourceId) ?? (await isSecretSource(reader, sourceId))
    secretSources.set(sourceId, known)
    return known
  }
  const listed: Listed[] = []
  for (const row of rows) listed.push({ row, readable: !(await isWithheld(row)) })
  return listed
}

/** Says, beside a list that shows less than there is, how much it withholds. */
export function tellWithheld(listed: readonly Listed[], terminal: Pick<Terminal, 'complain'>): void {
  const count = listed.filter(({ readable }) => !readable).length
  if (count > 0)
    terminal.complain(`what ${count} of them say is not shown, for they are secret: --secret shows it\n`)
}

/** One place in quarantine: which letter, every reason and what to do, and what came of it since. */
export function quarantinedLines({ row, readable }: Listed): string {
  const { id, at, system, name, position, number, problems, takenSince } = row
  const head = [
    ...[moment(at), system],
    ...(readable ? [printable(name)] : []),
    ...[position, ...(number === null ? [] : [`ที่ ${number}`])],
  ]
  const reasons = problems.map((found) =>
    readable
      ? `  ${describe(found)}\n    what to do: ${printable(remedyOf(found), 500)}\n`
      : `  ${printable(found.path)} [${found.code}]\n`,
  )
  const since =
    takenSince === null
      ? `  then: let its sender send it again, corrected; or mend the profile: saraban quarantine retry ${id.slice(-12)}\n`
      : `  sent again and taken since: saraban messages show ${takenSince.slice('urn:uuid:'.length)}\n`
  return `${printable(head.join('  '), 500)}\n${reasons.join('')}${since}`
}

/** The same as JSON, without what was understood: that is for whoever looks at the place itself. */
export function quarantinedJson({ row, readable }: Listed): Readonly<Record<string, unknown>> {
  const {
    understood: _understood,
    handover: _handover,
    name,
    problems,
    at,
    changedAt,
    changedWhy,
    ...rest
  } = row
  return {
    ...rest,
    ...(readable && { name, changedWhy }),
    problems: readable ? problems : problems.map(({ code, path }) => ({ code, path })),
    at: printInstant(at),
    changedAt: changedAt === null ? null : printInstant(changedAt),
  }
}
