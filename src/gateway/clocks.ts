// Clocks that are wrong: what another machine's, or this one's of before, wrote may be from the future.
import type { Clock } from '../letter/time.ts'

/** By so much the clocks of two machines may differ before what one of them wrote is from the future for the other, in milliseconds. */
export const tolerance = 5 * 60_000

/** Notices when this process's clock is set back. */
export class SetBack {
  readonly #clock: Clock
  #ahead: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether it was set back since the last look by more than clocks may differ, or this is the first look. */
  look(): boolean {
    const ahead = this.#clock.now() - this.#clock.elapsed()
    const before = this.#ahead
    this.#ahead = ahead
    return before === undefined || ahead < before - tolerance
  }
}
