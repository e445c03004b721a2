// Runs the retention once a day. Whether it is due stands in the journal, so that of two by mistake one runs it.
import type { Clock, Instant } from '../../letter/time.ts'
import type { AttachmentStore } from '../attachments/store.ts'
import type { Database, Reader } from '../journal/database.ts'
import { DamagedEnvelope } from '../journal/leaving.ts'
import { lastBegun } from '../journal/retention-runs.ts'
import { type Begun, Rounds, type Work } from '../rounds.ts'
import type { RetentionSettings } from '../settings/retention.ts'
import { isAhead, isApart } from './clock.ts'
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
  begins?(): Begun
}

/**
 * Looks from time to time whether a run is due: when it is a day since the last one, or one was killed. A stop ends the run
 * under way at its next piece; the next one goes on there. None begins by a clock that cannot be believed: an alarm tells.
 */
export function retentionWork({ settings, failed, begins, ...parts }: RetentionParts): Work {
  if (!settings.automatic) return { start: () => undefined, stop: async () => undefined }
  const rounds: Rounds = new Rounds({
    ...{ clock: parts.clock, every, later: true, failed: (error) => failed('retention', error) },
    ...(begins && { begins }),
    once: async () => {
      if (await isApart(parts.database, parts.clock.now())) return undefined
      try {
        await runRetention({ ...parts, keep: settings.keep, stopped: () => !rounds.goesOn() }, 'timer', isDue)
        return undefined
      } catch (error) {
        if (!(error instanceof DamagedEnvelope)) throw error
        // No sooner run mends it: a person is told.
        failed('retention', error)
        return day
      }
    },
  })
  return rounds
}

async function isDue(reader: Reader, now: Instant): Promise<boolean> {
  if (await isAhead(reader, now)) return false
  const last = await lastBegun(reader, now)
  if (last === undefined) return true
  return now - last.startedAt >= (last.endedAt === null ? longest : day)
}
