// How many rows a command shows.
import { InvalidArgumentError } from 'commander'

/** Rows that one call shows at most. */
export const mostRows = 1_000

/** Throws when it is no count from 1 to `mostRows`. */
export function readLimit(text: string): number {
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1 || limit > mostRows)
    throw new InvalidArgumentError('A number from 1 to 1000.')
  return limit
}
