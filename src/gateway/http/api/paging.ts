// A page of a list, from its cursor to its cursor.
import type { Problem } from '../../../problem/problem.ts'
import { problem } from '../../../problem/problem.ts'
import type { Cursors } from './cursor.ts'
import { type Call, numberAt, textAt } from './operation.ts'

export interface Paging {
  readonly limit: number
  /** The position that the cursor holds; absent: from the beginning. */
  readonly from?: readonly (string | number)[]
  /** The cursor for a position, for the same search of the same asker. */
  readonly cursorAt: (position: readonly (string | number)[]) => string
}

/** What a call says of its page, or that its cursor was not given for this list and this search. */
export function pagingOf(cursors: Cursors, list: string, { grant, query, params }: Call): Paging | Problem {
  const { cursor: _, limit: __, ...search } = query
  const meant = { list, name: grant.name, params, search: Object.entries(search).sort() }
  const said = textAt(query, 'cursor')
  const from = said === undefined ? undefined : cursors.open(said, meant)
  if (said !== undefined && from === undefined)
    return problem('api.cursor.wrong', 'query.cursor', said.slice(0, 40))
  return {
    limit: numberAt(query, 'limit', 50),
    ...(from && { from }),
    cursorAt: (position) => cursors.seal(position, meant),
  }
}

export const isProblem = (found: Paging | Problem): found is Problem => 'code' in found
