// Files that more than one open document names. Whose such a file is cannot be known: a letter must never go out with
// another letter's scan, so none of them gets it. It is put aside when it comes, and each document says why.
import { printable } from '../../../problem/problem.ts'
import type { AdapterVerbs } from '../../contract.ts'
import { type Claim, missingOf, refuse } from './claim.ts'
import { codeOf } from './files.ts'
import type { Seen } from './names.ts'

/** Marks the names that several open claims still need. A mark stays, whatever becomes of the other claims. */
export function markContested(open: readonly Claim[]): void {
  const needing = new Map<string, Claim[]>()
  for (const each of open.filter(({ settled }) => !settled))
    for (const name of missingOf(each)) {
      const claims = needing.get(name) ?? []
      claims.push(each)
      needing.set(name, claims)
    }
  for (const [name, claims] of needing) {
    if (claims.length < 2) continue
    const documents = claims.map((each) => `${printable(each.name)} (${each.id})`).join(', ')
    for (const each of claims) each.contested.set(name, documents)
  }
}

/** Puts contested files that have settled out of the folder, so that no later document of the same name meets them either. */
export async function putContestedAside(
  open: readonly Claim[],
  path: string,
  settled: (name: string) => Seen | undefined,
  verbs: AdapterVerbs,
): Promise<void> {
  const names = new Set(open.flatMap((each) => missingOf(each).filter((name) => each.contested.has(name))))
  for (const name of names) {
    const seen = settled(name)
    if (seen === undefined) continue
    const claims = open.filter((each) => each.contested.has(name) && missingOf(each).includes(name))
    try {
      await refuse(path, seen.place, `${claims[0]?.id ?? 'contested'}-${name.slice(0, 60)}`)
    } catch (error) {
      if (codeOf(error) === 'ENOENT') continue
      throw error
    }
    for (const each of claims) each.aside.add(name)
    verbs.report('folder.contested', { claims: claims.map(({ id }) => id).join(', ') })
  }
}
