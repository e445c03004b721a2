// Chance that can be had again: the same seed gives the same run, as far as processes and networks let it.

export class Chance {
  #state: number

  /** `of`: what it is for. Each has a chance of its own, the same whatever else runs with this seed. */
  constructor(seed: number, of = '') {
    let state = seed >>> 0
    for (const letter of of) state = (Math.imul(state, 31) + (letter.codePointAt(0) ?? 0)) >>> 0
    this.#state = state
  }

  /** 0 to below 1 (mulberry32). */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number, `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.fraction() * (most - least + 1))
  }

  /** One of them. */
  of<Item>(items: readonly Item[]): Item {
    const item = items[this.between(0, items.length - 1)]
    if (item === undefined) throw new Error('one of none')
    return item
  }

  /** `count` different whole numbers, `least` to `most`, in order; all of them when there are fewer. */
  some(count: number, least: number, most: number): readonly number[] {
    const all = Array.from({ length: Math.max(0, most - least + 1) }, (_, index) => least + index)
    while (all.length > count) all.splice(this.between(0, all.length - 1), 1)
    return all
  }
}
