// What was opened, to be closed again in reverse order: at a stop, and when the start fails halfway.

/** Closes what was added last first; all of it, even when a part fails. */
export class Opened {
  readonly #closings: (() => unknown)[] = []

  add(close: () => unknown): void {
    this.#closings.push(close)
  }

  /** Resolves when all is closed. Rejects then with the first failure, if there was one. May be called once more. */
  async close(): Promise<void> {
    const failures: unknown[] = []
    for (let close = this.#closings.pop(); close !== undefined; close = this.#closings.pop()) {
      try {
        await close()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }
}
