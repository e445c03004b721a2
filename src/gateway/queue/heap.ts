/** A binary heap: the smallest by `compare` comes out first. */
export class Heap<Item> {
  readonly #items: Item[] = []
  readonly #compare: (one: Item, other: Item) => number

  constructor(compare: (one: Item, other: Item) => number) {
    this.#compare = compare
  }

  get size(): number {
    return this.#items.length
  }

  peek(): Item | undefined {
    return this.#items[0]
  }

  push(item: Item): void {
    const items = this.#items
    let at = items.push(item) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (this.#compare(items[at]!, items[parent]!) >= 0) return
      this.#swap(at, parent)
      at = parent
    }
  }

  pop(): Item | undefined {
    const items = this.#items
    const first = items[0]
    const last = items.pop()
    if (items.length > 0 && last !== undefined) {
      items[0] = last
      this.#sink()
    }
    return first
  }

  clear(): void {
    this.#items.length = 0
  }

  #sink(): void {
    const items = this.#items
    for (let at = 0; ; ) {
      const left = 2 * at + 1
      let smallest = at
      for (const child of [left, left + 1]) {
        if (child < items.length && this.#compare(items[child]!, items[smallest]!) < 0) smallest = child
      }
      if (smallest === at) return
      this.#swap(at, smallest)
      at = smallest
    }
  }

  #swap(one: number, other: number): void {
    const items = this.#items
    const kept = items[one]!
    items[one] = items[other]!
    items[other] = kept
  }
}
