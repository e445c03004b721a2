// The tables beside a system's data, where a profile is tried: relative paths stand beside the profile.
import { dirname, isAbsolute, resolve } from 'node:path'
import type { Profile } from '../adapters/profile.ts'
import type { Problem, Result } from '../problem/problem.ts'
import { exit, Failed, jsonLine, problemJson, type Terminal } from './terminal.ts'

/** The profile with its tables. `file`: where the profile stands. */
export async function readTables(
  profile: Profile,
  file: string,
  terminal: Terminal,
): Promise<Result<Profile>> {
  const { withTables } = await import('../adapters/lookup-tables.ts')
  const { environment, clock } = terminal
  const absolute = (path: string): string => (isAbsolute(path) ? path : resolve(dirname(file), path))
  return withTables(profile, { environment, absolute, clock })
}

/** The same; a table that cannot be read ends the command. */
export async function tabled(
  profile: Profile,
  file: string,
  terminal: Terminal,
  json: boolean,
): Promise<Profile> {
  const complete = await readTables(profile, file, terminal)
  if (complete.ok) return complete.value
  refuse(complete.problems, terminal, json)
}

function refuse(problems: readonly Problem[], terminal: Terminal, json: boolean): never {
  if (json) terminal.write(jsonLine({ problems: problems.map(problemJson) }))
  throw new Failed(exit.refused, json ? [] : problems)
}
