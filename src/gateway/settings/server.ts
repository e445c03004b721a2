// What the sections of the settings that name a server have in common: its address, its secrets, whether it is this machine.
import { resolve } from 'node:path'
import { type Problem, problem } from '../../problem/problem.ts'
import type { Reference } from './section.ts'

/** Names a fault of a setting; what may be a secret is not shown. */
export const wrongSetting = (path: string, found: unknown, expected: string): Problem => {
  const shown = found === undefined ? undefined : typeof found === 'string' ? found : JSON.stringify(found)
  return problem('settings.wrong', path, shown, { expected })
}

/** Reads a reference; a fault goes to `problems`. Paths stand in `folder`. */
export function readReference(
  value: unknown,
  path: string,
  folder: string,
  problems: Problem[],
): Reference | undefined {
  if (value === undefined) return undefined
  const [[kind, name] = [], ...more] =
    typeof value === 'object' && value !== null ? Object.entries(value as object) : []
  if (more.length === 0 && typeof name === 'string' && name !== '') {
    if (kind === 'env') return { env: name }
    if (kind === 'file') return { file: resolve(folder, name) }
  }
  // What stands there may be the secret itself: it is not shown.
  problems.push(wrongSetting(path, undefined, '{ env: NAME } or { file: PATH }'))
  return undefined
}

/** A section as a map; keys that it does not have, and what is no map, go to `problems`. */
export function readSection(
  value: unknown,
  path: string,
  keys: readonly string[],
  problems: Problem[],
): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.push(wrongSetting(path, value, `a map with ${keys.join(', ')}`))
    return {}
  }
  for (const key of Object.keys(value)) {
    if (!keys.includes(key))
      problems.push(wrongSetting(path === '' ? key : `${path}.${key}`, key, `one of ${keys.join(', ')}`))
  }
  return value as Record<string, unknown>
}

/** What never leaves this machine needs no TLS. */
export const isThisMachine = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

/** `[::1]` as `::1`. */
export const plainHost = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1')
