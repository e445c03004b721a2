// One run of the retention: step after step, piece after piece, each in a transaction of its own together with its count. Killed
// anywhere it leaves nothing half: the next run goes on.
import { setImmediate } from 'node:timers/promises'
import { type Clock, type Instant, printInstant } from '../../letter/time.ts'
import type { AttachmentStore } from '../attachments/store.ts'
import type { Database, Reader } from '../journal/database.ts'
import { doneWithLeaving, isNamed, leavingBehind, nameAttachments } from '../journal/leaving.ts'
import { mayLetterGo, oldLetters, purgeSql } from '../journal/purge.ts'
import { beginRun, type Counts, countRemoved, endRun } from '../journal/retention-runs.ts'
import type { Kept } from '../settings/retention.ts'
import { type Bounds, beginning, boundsOf, type Cursor, stepNames, steps } from './steps.ts'

export interface RunParts {
  readonly database: Database
  readonly clock: Clock
  /** How bytes leave the store; absent where the store keeps everything. */
  readonly discard: AttachmentStore['discard']
  readonly keep: Kept
  readonly newId: () => string
  /** Whether the run is to end before its next piece. */
  readonly stopped: () => boolean
}

/** Removes everything that may leave; `begin` decides in the run's first transaction whether there is one. Undefined: there was none, or it was stopped. Rejects with DamagedEnvelope. */
export async function runRetention(
  parts: RunParts,
  by: string,
  begin: (reader: Reader, now: Instant) => Promise<boolean>,
): Promise<Counts | undefined> {
  const { database, clock, keep, newId, stopped } = parts
  const [id, now] = [newId(), clock.now()]
  const bounds = boundsOf(keep, now)
  const begun = await database.write(async (transaction) => {
    if (!(await begin(transaction, now))) return false
    await beginRun(transaction, { id, by, at: now, bounds: shownBounds(bounds) })
    return true
  })
  if (!begun) return undefined
  for (const name of stepNames) {
    for (let cursor: Cursor | undefined = beginning; cursor !== undefined; ) {
      if (stopped()) return undefined
      const from: Cursor = cursor
      const { next } = await database.write(async (transaction) => {
        const done = await steps[name](transaction, bounds, from, now)
        if (done.removed > 0) await countRemoved(transaction, id, name, done.removed)
        return done
      })
      cursor = next
      // Letters have their turn between two pieces.
      await setImmediate()
    }
  }
  if (!(await removeFiles(parts, id, now))) return undefined
  return database.write((transaction) => endRun(transaction, id, clock.now()))
}

const shownBounds = (bounds: Bounds): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(bounds).map(([name, at]) => [name, printInstant(Math.max(at, 0))]))

/**
 * Removes from the store what nothing names any more, by the time at which the run began: a clock that is set meanwhile makes nothing
 * old. False when it was stopped. Rejects with DamagedEnvelope: the run has not ended then.
 */
async function removeFiles(parts: RunParts, run: string, now: Instant): Promise<boolean> {
  const { database, discard, stopped } = parts
  if (discard === undefined) return true
  for (let last = ''; ; ) {
    const found = await leavingBehind(database.committed, last)
    if (found.length === 0) return true
    // Asked again for each page: whoever commits meanwhile has kept its bytes within the grace.
    if (!(await areAllNamed(parts))) return false
    for (const sha256 of found) {
      if (stopped()) return false
      last = sha256
      const gone = (await isNamed(database.committed, sha256)) ? 'absent' : await discard(sha256, now)
      if (gone === 'fresh') continue
      await database.write(async (transaction) => {
        await doneWithLeaving(transaction, sha256)
        if (gone === 'removed') await countRemoved(transaction, run, 'attachments', 1)
      })
    }
  }
}

/** Writes down of every envelope which attachments it names. False when it was stopped. */
async function areAllNamed({ database, stopped }: RunParts): Promise<boolean> {
  for (;;) {
    if (stopped()) return false
    if ((await nameAttachments(database)) === 'done') return true
    await setImmediate()
  }
}

/** What a run would remove now; attachments leave with their letters and are not counted. */
export async function previewRetention(reader: Reader, keep: Kept, now: Instant): Promise<Counts> {
  const bounds = boundsOf(keep, now)
  const { envelopes, secretSources, sources, handed, events } = bounds
  const counted = async (query: string, ...values: (string | number)[]): Promise<number> => {
    const counting = `SELECT COUNT(*) AS count FROM (${query}) AS found`
    return Number((await reader.one<{ count: number }>(counting, ...values, most))?.count ?? 0)
  }
  let letters = 0
  for (let last = { at: -1, messageId: '' }; ; ) {
    const found = await oldLetters(reader, envelopes, last)
    for (const letter of found) if (await mayLetterGo(reader, letter.messageId, envelopes)) letters += 1
    const end = found.at(-1)
    if (end === undefined) break
    last = end
  }
  const old = await counted(purgeSql.sources(false), sources, -1, '')
  // Of the secret ones those that the others do not count already.
  const secret =
    secretSources === sources
      ? 0
      : (await counted(purgeSql.sources(true), secretSources, -1, '')) -
        (await counted(purgeSql.sources(true), sources, -1, ''))
  return {
    letters,
    sources: old + secret,
    answers: await counted(purgeSql.answers, bounds.answers),
    handed: await counted(purgeSql.handed, handed),
    quarantine: await counted(purgeSql.quarantine, bounds.quarantine),
    events: await counted(purgeSql.events, events),
    orders: await counted(purgeSql.orders, events),
    alarms: await counted(purgeSql.alarms, events),
    tombstones: await counted(purgeSql.tombstones, bounds.tombstones),
  }
}

/** More rows than any journal has. */
const most = 1_000_000_000
