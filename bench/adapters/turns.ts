// Two rivals in turns, so that a busy machine slows both alike: what counts is the median of the ratios of their turns.

/** One round of work; a promise where the work is one. */
export type Work = () => unknown

export interface Duel {
  /** Microseconds of processor time of one call, the median of all turns. */
  readonly ours: number
  readonly theirs: number
  /** Their time for one of ours: 1 is as fast as they are, 0.5 half as fast. */
  readonly ratio: number
}

/** Calls `work` for at least `span` milliseconds of processor time; microseconds of it that one call took. */
export async function turn(work: Work, span: number): Promise<number> {
  const start = process.cpuUsage()
  let used = 0
  let count = 0
  do {
    const done = work()
    if (done instanceof Promise) await done
    count += 1
    const { user, system } = process.cpuUsage(start)
    used = user + system
  } while (used < span * 1000)
  return used / count
}

/** Both in turns, each first in every other round. */
export async function duel(ours: Work, theirs: Work, rounds: number, span: number): Promise<Duel> {
  const found: { ours: number; theirs: number }[] = []
  for (let round = 0; round < rounds; round += 1) {
    const first = await turn(round % 2 === 0 ? ours : theirs, span)
    const second = await turn(round % 2 === 0 ? theirs : ours, span)
    found.push(round % 2 === 0 ? { ours: first, theirs: second } : { ours: second, theirs: first })
  }
  return {
    ours: median(found.map((each) => each.ours)),
    theirs: median(found.map((each) => each.theirs)),
    ratio: median(found.map((each) => each.theirs / each.ours)),
  }
}

const median = (figures: readonly number[]): number =>
  figures.toSorted((left, right) => left - right)[figures.length >> 1] ?? Number.NaN
