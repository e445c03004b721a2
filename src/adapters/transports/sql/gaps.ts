// The numbers that were left out of a key that grows: a transaction that took them may still be open, and ends later.

/** Numbers without a row, both ends included, and since when they are known to have none (elapsed time). */
export interface Gap {
  readonly from: bigint
  readonly to: bigint
  readonly since: number
}

/** Gaps that are remembered, at most; beyond it the oldest is given up. */
const most = 1000

export class Gaps {
  #gaps: readonly Gap[] = []

  get open(): readonly Gap[] {
    return this.#gaps
  }

  /** A row of this number was met. `water`: the highest number met before. */
  met(number: bigint, water: bigint, now: number): void {
    if (number > water) {
      if (number > water + 1n) this.#gaps = [...this.#gaps, { from: water + 1n, to: number - 1n, since: now }]
      return
    }
    this.#gaps = this.#gaps.flatMap((gap) =>
      number < gap.from || number > gap.to
        ? [gap]
        : [
            { ...gap, to: number - 1n },
            { ...gap, from: number + 1n },
          ].filter(({ from, to }) => from <= to),
    )
  }

  /** Gives up what is older than `patience` milliseconds, and the oldest of too many; returns it. */
  giveUp(now: number, patience: number): readonly Gap[] {
    const kept = this.#gaps.filter(({ since }) => now - since < patience).slice(-most)
    const given = this.#gaps.filter((gap) => !kept.includes(gap))
    this.#gaps = kept
    return given
  }
}
