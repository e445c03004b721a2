// A section of the settings, described by a schema: every fault at once, as a fault of the settings.
import { type Finding, type JsonSchema, lazily, readerOf } from '../../adapters/schema.ts'
import { bad, good, type Problem, problem, type Result } from '../../problem/problem.ts'

/** Where a secret is: a name of the environment, or a file. */
export type Reference = { readonly env: string } | { readonly file: string }

/** Reads the section `name` by its schema; what is not said is filled in with the schema's defaults. */
export function sectionReader<Raw>(name: string, schema: JsonSchema): (value: unknown) => Result<Raw> {
  const reader = lazily(() => readerOf<Raw>(schema))
  return (value) => {
    const checked = reader()(value, [name])
    if (checked.ok) return good(checked.value)
    const [first, ...rest] = checked.findings
    return bad(asProblem(first), ...rest.map(asProblem))
  }
}

function asProblem({ at, code, value, details = {} }: Finding): Problem {
  const path = at.join('.')
  // What stands in a secret's place is not shown.
  if (code === 'adapter.profile.secret-plain')
    return problem('settings.wrong', path, undefined, { expected: '{ env: NAME } or { file: PATH }' })
  const { key, expected = 'something else' } = details
  return key === undefined
    ? problem('settings.wrong', path, value, { expected })
    : problem('settings.wrong', `${path}.${key}`, undefined, { expected: 'a value' })
}
