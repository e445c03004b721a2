// What a codec, format or transport says of itself for docs/reference: beside its options, whose schema documents them.
import type { ProblemCode } from '../problem/problem.ts'

/** Something that goes wrong, and what is done then; the code of the problem that names it, where there is one. */
export type BadDay = readonly [happens: string, then: string, code?: ProblemCode]

export interface About {
  /** One sentence, Markdown. */
  readonly summary: string
  readonly badDays: readonly [BadDay, ...BadDay[]]
}
