// A file that a document names and that did not come with it.
import { type Problem, problem } from '../../problem/problem.ts'
import type { Source } from '../contract.ts'

/** Why it is a fault now, or nothing while it is waited for. */
export function missingFile(
  { contested, large, final }: Source,
  name: string,
  path: string,
): readonly Problem[] {
  const documents = contested?.get(name)
  if (documents !== undefined) return [problem('adapter.file.contested', path, name, { documents })]
  const beyond = large?.get(name)
  if (beyond !== undefined) return [problem('adapter.file.too-large', path, name, { ...beyond })]
  return final ? [problem('adapter.file.missing', path, name)] : []
}
