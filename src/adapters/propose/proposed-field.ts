// A field of the proposed profile, and the reason that stands beside it.
import type { Guess } from './values.ts'

/** A field as the profile will have it, with the reason that stands beside it. */
export interface ProposedField {
  readonly field: string
  readonly at: readonly string[]
  readonly as?: unknown
  readonly always?: string
  readonly unsaid?: readonly string[]
  readonly reason: string
}

export const counted = ({ read, of, what }: Omit<Guess, 'as'>): string =>
  `${read} of ${of} values are ${what}${read === of ? '' : '; TO BE CHECKED: the others are faults'}`
