// What an office can bear at a time is shared out among the gateways that bring, without a word between them.
import { createHash } from 'node:crypto'

/**
 * How many attempts to `office` at once are `me`'s, of the `atOnce` that all `workers` together may make. All shares together are
 * `atOnce`; where that is less than there are workers, some of them bring nothing there. Every worker comes to the same result
 * from the same list; another office has its remainder elsewhere (rendezvous hashing: Thaler and Ravishankar, 1998).
 */
export function shareOf(office: string, atOnce: number, workers: readonly string[], me: string): number {
  if (!workers.includes(me)) return 0
  const weights = new Map(workers.map((worker) => [worker, weightOf(office, worker)]))
  const mine = weights.get(me) ?? ''
  const rank = [...weights.values()].filter((weight) => weight > mine).length
  const { size } = weights
  return Math.floor(atOnce / size) + (rank < atOnce % size ? 1 : 0)
}

const weightOf = (office: string, worker: string): string =>
  createHash('sha256').update(`${office} ${worker}`).digest('hex')
