// Who is told of alarms: the hooks of the settings, their secrets looked up once.
import { resolveReferences } from '../../adapters/references.ts'
import { bad, good, type Problem, problem, type Result } from '../../problem/problem.ts'
import type { HookSettings } from '../settings/alarms.ts'
import type { Hook } from './hook.ts'
import { mailHook } from './mail.ts'
import { webhook } from './webhook.ts'

/** Makes the hooks; every secret that is not there is named. */
export function hooksOf(
  settings: readonly HookSettings[],
  environment: Readonly<Record<string, string | undefined>>,
): Result<readonly Hook[]> {
  const problems: Problem[] = []
  const hooks: Hook[] = []
  for (const [index, each] of settings.entries()) {
    const { value, findings } = resolveReferences(each.secrets, environment, (path) => path)
    for (const { at, code, value: shown, details } of findings)
      problems.push(problem(code, ['alarms', 'hooks', index, ...at].join('.'), shown, details))
    if (findings.length > 0) continue
    const secrets = value as Readonly<Record<'secret' | 'password' | 'authority', string | undefined>>
    hooks.push(each.kind === 'webhook' ? webhook(each, secrets) : mailHook(each, secrets))
  }
  const [first, ...rest] = problems
  return first === undefined ? good(hooks) : bad(first, ...rest)
}
