// Runs the retention once a day. Whether it is due stands in the journal, so that of two by mistake one runs it.
import type { Clock, Instant } from '../../letter/time.ts'
import type { AttachmentStore } from '../attachments/store.ts'
import type { Database, Reader } from '../journal/database.ts'
import { newestRuns } from '../journal/retention-runs.ts'
import type { RetentionSettings } from '../settings-retention.ts'
import { runRetention } from './run.ts'

/** Milliseconds between two looks whether a run is due; a gateway that starts has other things to do first. */
const every = 10 * 60_000
const day = 86_400_000
/** A run that did not end in this time was killed, and another may begin. */
const longest = 3_600_000

export interface RetentionParts {
  readonly database: Database
  readonly clock: Clock
  readonly discard: AttachmentStore['discard']
  readonly settings: RetentionSettings
  readonly newId: () => string
  failed(work: string, error: unknown): void
}

export class Retention {
  readonly #parts: RetentionParts
  #cancel: () => void = () => undefined
  #running: Promise<unknown> = Promise.resolve()
  #started = false

  constructor(parts: RetentionParts) {
    this.#parts = parts
  }

  /** Looks from time to time whether a run is due. One that is started goes on. */
  start(): void {
    if (this.#started || !this.#parts.settings.automatic) return
    this.#started = true
    this.#later()
  }

  /** Ends the run under way at its next piece; the next one goes on there. May be started again. */
  async stop(): Promise<void> {
    this.#started = false
    this.#cancel()
    await this.#running
  }

  #later(): void {
    const { clock } = this.#parts
    this.#cancel = clock.schedule(clock.now() + every, () => {
      this.#running = this.runWhenDue().then(() => {
        if (this.#started) this.#later()
      })
    })
  }

  /** Runs when it is a day since the last run, or one was killed. */
  async runWhenDue(): Promise<void> {
    const { settings, failed, ...parts } = this.#parts
    try {
      const run = { ...parts, keep: settings.keep, stopped: () => !this.#started }
      await runRetention(run, 'timer', isDue)
    } catch (error) {
      failed('retention', error)
    }
  }
}

async function isDue(reader: Reader, now: Instant): Promise<boolean> {
  const [last] = await newestRuns(reader, 1)
  if (last === undefined) return true
  return now - last.startedAt >= (last.endedAt === null ? longest : day)
}
