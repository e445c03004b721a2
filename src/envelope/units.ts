// Text as UTF-16 units: looking at numbers is faster than asking a string for them, and what is usual is told without a
// new string for each place where it stands.

/** The UTF-16 units of a text. */
export function unitsOf(text: string): Uint16Array {
  const units = new Uint16Array(text.length)
  for (let at = 0; at < text.length; at++) units[at] = text.charCodeAt(at)
  return units
}

/** The one string of this text in the engine: keys of objects are. Comparing it with a literal then compares addresses. */
export const onlyString = (text: string): string => Object.keys({ [text]: 0 })[0] ?? ''

interface Entry<Value> {
  readonly units: Uint16Array
  readonly value: Value
}

/** Values by a text that is found by its units. */
export class UnitTable<Value> {
  // As many slots as a power of two, several times as many as there are texts.
  #slots: (Entry<Value> | undefined)[] = new Array(64).fill(undefined)
  #count = 0

  set(text: string, value: Value): void {
    if (++this.#count * 8 > this.#slots.length) {
      const entries = this.#slots
      this.#slots = new Array(entries.length * 2).fill(undefined)
      for (const entry of entries) if (entry !== undefined) this.#put(entry)
    }
    this.#put({ units: unitsOf(text), value })
  }

  /** The value of the text that stands from `start` to `end`. */
  find(units: Uint16Array, start: number, end: number): Value | undefined {
    if (end <= start) return undefined
    const slots = this.#slots
    for (let slot = this.#slotOf(units, start, end); ; slot = (slot + 1) & (slots.length - 1)) {
      const entry = slots[slot]
      if (entry === undefined) return undefined
      if (entry.units.length === end - start && isWritten(entry.units, units, start)) return entry.value
    }
  }

  #put(entry: Entry<Value>): void {
    let slot = this.#slotOf(entry.units, 0, entry.units.length)
    while (this.#slots[slot] !== undefined) slot = (slot + 1) & (this.#slots.length - 1)
    this.#slots[slot] = entry
  }

  /** Of the length and four units, which tell most texts apart. */
  #slotOf(units: Uint16Array, start: number, end: number): number {
    const last = end - 1
    const first = units[start]! * 3 + units[(start + last) >> 1]! * 37
    const length = (end - start) * 131
    return (
      (length + first + units[last]! * 59 + units[(start + 3 * last) >> 2]! * 11) & (this.#slots.length - 1)
    )
  }
}

function isWritten(text: Uint16Array, units: Uint16Array, start: number): boolean {
  for (let at = 0; at < text.length; at++) if (text[at] !== units[start + at]) return false
  return true
}
