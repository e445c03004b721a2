// A hand-over: what it goes by, and what its rows came to.
import type { Problem } from '../../../problem/problem.ts'
import type { Charset } from '../../formats/charset.ts'
import type { DocumentForm } from '../../formats/format.ts'
import type { InsertOptions, UpdateOptions } from './options.ts'

export interface HandOver {
  readonly insert?: InsertOptions
  readonly update?: UpdateOptions
  readonly form: DocumentForm
  readonly charset: Charset | undefined
  /** Bytes of one file. */
  readonly limit: number
}

/** A refusal before a transaction is a value; within one it is an error, `Refused`. */
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
