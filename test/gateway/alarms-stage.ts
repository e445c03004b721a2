// A watch over what a test says is so, on a journal and a clock of its own.
import type { Test } from 'tap'
import type { Check, Condition } from '../../src/gateway/alarms/condition.ts'
import { Watch } from '../../src/gateway/alarms/watch.ts'
import { newId } from '../../src/gateway/desk.ts'
import type { Database } from '../../src/gateway/journal/database.ts'
import { HandClock, scratch } from './harness.ts'
import { openJournal } from './journal-engine.ts'

export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour
export const quiet = 10 * minute

/** What a test says is so. */
class Said implements Check {
  readonly kinds = ['disk', 'backlog'] as const
  found: Condition[] | Error = []
  look = async () => {
    if (this.found instanceof Error) throw this.found
    return this.found
  }
}

export const full: Condition = { kind: 'disk', subject: 'data', level: 1, facts: { free: 1, least: 2048 } }

export async function watched(t: Test, hooks: readonly string[] = ['duty']) {
  const folder = scratch(t)
  const clock = new HandClock()
  const database = await openJournal(folder)
  t.teardown(() => database.close())
  const said = new Said()
  const failures: unknown[] = []
  const watch = (checks: readonly Check[] = [said]) =>
    new Watch({
      ...{ database, clock, checks, quiet, hooks, newId },
      told: () => undefined,
      failed: (_work, error) => void failures.push(error),
    })
  const one = watch()
  const after = async (milliseconds: number, found: Condition[] | Error) => {
    clock.jump(milliseconds)
    said.found = found
    await one.look()
  }
  return { folder, clock, database, said, watch, after, failures }
}

export const events = async (database: Database): Promise<string[]> =>
  (
    await database.committed.all<{ name: string }>(
      "SELECT name FROM events WHERE name LIKE 'alarm.%' ORDER BY seq",
    )
  ).map(({ name }) => name.slice('alarm.'.length))
export const bodies = async (database: Database): Promise<{ event: string; id: string }[]> =>
  (await database.committed.all<{ body: string }>('SELECT body FROM alarm_tellings ORDER BY seq')).map(
    ({ body }) => JSON.parse(body) as { event: string; id: string },
  )
