// What a parcel's rows came to: written, or refused, before a transaction by a value and within one by an error.
import type { Problem } from '../../../problem/problem.ts'

export type Verdict = { readonly kind: 'written' } | { readonly kind: 'refused'; readonly problem: Problem }
export const written: Verdict = { kind: 'written' }
export const refused = (found: Problem): Verdict => ({ kind: 'refused', problem: found })

/** Ends a transaction without a commit: the session gives the connection up. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly problem: Problem
  constructor(found: Problem) {
    super(found.code)
    this.problem = found
  }
}
