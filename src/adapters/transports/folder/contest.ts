// Files that more than one open document names. Whose such a file is cannot be known: a letter must never go out with
// another letter's scan, so none of them gets it. It is put aside when it comes, and each document says why.
import { printable } from '../../../problem/problem.ts'
import type { AdapterVerbs } from '../../contract.ts'
import { type Claim, missingOf } from './claim.ts'

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

/**
 * Puts contested files that have settled out of the folder, so that no later document of the same name meets them either.
 * `away` moves one under the name `as`; false when it is gone.
 */
export async function putContestedAside<File>(
  open: readonly Claim[],
  settled: (name: string) => File | undefined,
  verbs: AdapterVerbs,
  away: (seen: File, as: string, name: string) => Promise<boolean>,
): Promise<void> {
  const names = new Set(open.flatMap((each) => missingOf(each).filter((name) => each.contested.has(name))))
  for (const name of names) {
    const seen = settled(name)
    if (seen === undefined) continue
    const claims = open.filter((each) => each.contested.has(name) && missingOf(each).includes(name))
    if (!(await away(seen, `${claims[0]?.id ?? 'contested'}-${name.slice(0, 60)}`, name))) continue
    for (const each of claims) each.aside.add(name)
    verbs.report('folder.contested', { claims: claims.map(({ id }) => id).join(', ') })
  }
}
