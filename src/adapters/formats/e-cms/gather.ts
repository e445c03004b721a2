// Gathers every problem of a document while it is read, so that all are named at once.
import { good, type Problem, type Result, within } from '../../../problem/problem.ts'

export class Findings {
  readonly #problems: Problem[] = []

  add(found: Problem): undefined {
    this.#problems.push(found)
    return undefined
  }

  /** The value, or nothing when it failed; its problems are kept, as seen at `path`. */
  take<Value>(path: string, result: Result<Value>): Value | undefined {
    if (result.ok) return result.value
    for (const each of result.problems) this.#problems.push(within(path, each))
    return undefined
  }

  /** The value when nothing was found wrong. `make` runs only then. */
  settle<Value>(make: () => Value): Result<Value> {
    const [first, ...rest] = this.#problems
    return first === undefined ? good(make()) : { ok: false, problems: [first, ...rest] }
  }
}
