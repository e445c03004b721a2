// Rows that are not done: that have not settled, wait for their files, or could not be read or written back.
import { isSameRow, type PrintedRow } from './row-read.ts'
import type { Values } from './statement.ts'

interface Pending {
  readonly key: Values
  /** When it was first met: the wait for its files counts from here. */
  readonly since: number
  /** Why it failed; '' when it only waits for files. */
  readonly trouble: string
  /** What it said when it was looked at last, and since when it says just that. */
  readonly digest: string
  readonly stamps: readonly string[]
  readonly seen: number
}

/** By handover. `now`: elapsed milliseconds. */
export class WaitingRows {
  readonly #rows = new Map<string, Pending>()
  readonly #settle: number

  /** `settle`: so many milliseconds a row must say the same. */
  constructor(settle: number) {
    this.#settle = settle
  }

  get size(): number {
    return this.#rows.size
  }

  get keys(): readonly Values[] {
    return [...this.#rows.values()].map(({ key }) => key)
  }

  get(handover: string): Pending | undefined {
    return this.#rows.get(handover)
  }

  /** Whether a row with its lists and files is what it was before, and for long enough: systems write them one after the other. */
  settled(handover: string, row: PrintedRow, now: number): boolean {
    const before = this.#rows.get(handover)
    const same = before !== undefined && isSameRow(before, row)
    if ((same ? now - before.seen : 0) >= this.#settle) return true
    if (!same) this.unsettled(handover, row, before?.since ?? now, now)
    return false
  }

  unsettled(handover: string, { key, digest, stamps }: PrintedRow, since: number, now: number): void {
    this.#rows.set(handover, { key, since, trouble: 'it has not settled', digest, stamps, seen: now })
  }

  hold(handover: string, key: Values, trouble: string, now: number): void {
    const before = this.#rows.get(handover) ?? { since: now, digest: '', stamps: [], seen: 0 }
    this.#rows.set(handover, { ...before, key, trouble })
  }

  delete(handover: string): void {
    this.#rows.delete(handover)
  }

  /** Rows that are new no more, or there no more, wait for nothing. */
  keepOnly(isStill: (key: Values) => boolean): void {
    for (const [handover, { key }] of this.#rows) if (!isStill(key)) this.#rows.delete(handover)
  }
}
