// Which places in quarantine a command is about: one by its id, or all of a reason, an office or an age.
import { type Command, InvalidArgumentError } from 'commander'
import type { Reader } from '../gateway/journal/database.ts'
import { findQuarantined, type QuarantineFilter, type QuarantineRow } from '../gateway/journal/quarantine.ts'
import { officeId } from '../letter/offices.ts'
import type { Instant } from '../letter/time.ts'
import { catalogue } from '../problem/catalogue.ts'
import { type Problem, problem, within } from '../problem/problem.ts'
import { exit, Failed } from './terminal.ts'

export interface Choice {
  readonly cause?: string
  readonly office?: string
  readonly older?: number
}

export const withChoice = (command: Command): Command =>
  command
    .option('--cause <CODE>', 'only what has this reason (docs/problems.md)')
    .option('--office <OFFICE>', 'only of this office')
    .option('--older <AGE>', 'only what has waited for longer: 90m, 12h, 3d', readAge)

/** The places that are chosen. Throws Failed for a code or an office that cannot be: they would find nothing, and look like good news. */
export function filterOf({ cause, office, older }: Choice, now: Instant): QuarantineFilter {
  const problems: Problem[] = []
  if (cause !== undefined && !Object.hasOwn(catalogue, cause))
    problems.push(problem('cli.option.wrong', '--cause', cause, { expected: 'a code of docs/problems.md' }))
  const read = office === undefined ? undefined : officeId(office)
  if (read?.ok === false) problems.push(...read.problems.map((found) => within('--office', found)))
  if (problems.length > 0) throw new Failed(exit.usage, problems)
  return {
    ...(cause !== undefined && { cause }),
    ...(office !== undefined && { office }),
    ...(older !== undefined && { before: now - older }),
  }
}

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

function readAge(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,4})([mhd])$/.exec(text) ?? []
  const length = units[unit]
  if (length === undefined) throw new InvalidArgumentError('A time such as 90m, 12h or 3d.')
  return Number(count) * length
}

/** The one place that a person means. Throws Failed when it is none, or several. */
export async function onePlace(reader: Reader, said: string): Promise<QuarantineRow> {
  const [row, another, ...more] = await findQuarantined(reader, said)
  if (row === undefined) throw new Failed(exit.refused, [problem('cli.quarantine.unknown', 'ID', said)])
  if (another === undefined) return row
  const ids = [row, another, ...more].map(({ id }) => id).join(', ')
  throw new Failed(exit.refused, [problem('cli.quarantine.ambiguous', 'ID', said, { ids })])
}
