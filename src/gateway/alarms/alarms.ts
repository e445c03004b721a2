// The alarms of a gateway: who watches and who tells, as one thing that is started and stopped, again and again.

import type { Clock } from '../../letter/time.ts'
import { newId } from '../desk.ts'
import type { AtWork } from '../installation/at-work.ts'
import type { Database } from '../journal/database.ts'
import type { Log } from '../log.ts'
import type { Begun } from '../rounds.ts'
import type { AlarmSettings } from '../settings/alarms.ts'
import { certificateCheck, type Relied } from './certificates.ts'
import type { Check } from './condition.ts'
import type { Hook } from './hook.ts'
import { diskCheck, freeBytes, logCheck, quarantineCheck, syncCheck } from './machine.ts'
import { officeChecks } from './offices.ts'
import { reliedOn } from './relied.ts'
import { retentionCheck } from './retention.ts'
import { silenceCheck } from './silence.ts'
import { Tell } from './tell.ts'
import { Watch } from './watch.ts'

export interface AlarmParts {
  readonly database: Database
  readonly clock: Clock
  readonly log: Log
  readonly atWork: AtWork
  /** The authorities of its servers, as its connections know them: as they were when it was started. */
  readonly authorities: readonly Relied[]
  /** The data folder. */
  readonly data: string
  readonly settings: AlarmSettings
  /** Whether the retention runs by itself. */
  readonly retention: boolean
  readonly hooks: readonly Hook[]
  /** Told of each look at the conditions. */
  begins(): Begun
}

export interface Alarms {
  start(): void
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>
}

export function alarmsOf({ database, clock, log, settings, hooks, begins, ...parts }: AlarmParts): Alarms {
  const failed = log.workFailed
  const tell = new Tell({ database, clock, hooks, untold: log.hookFailed, failed })
  const watch = new Watch({
    ...{ database, clock, newId, failed, begins, quiet: settings.quiet },
    checks: checksOf({ database, settings, ...parts }),
    hooks: hooks.map(({ name }) => name),
    told: log.alarmTold,
  })
  return {
    start() {
      watch.start()
      tell.start()
    },
    async stop() {
      await Promise.all([watch.stop(), tell.stop()])
    },
  }
}

type Looked = Pick<AlarmParts, 'database' | 'atWork' | 'authorities' | 'data' | 'settings' | 'retention'>

function checksOf({ database, atWork, authorities, data, settings, retention }: Looked): readonly Check[] {
  const { disk, quarantine, silence } = settings
  const { committed } = database
  return [
    ...officeChecks(committed, settings),
    silenceCheck(committed, () => atWork.systems.keys(), silence),
    certificateCheck((now) => [...reliedOn(atWork.installation, now), ...authorities]),
    syncCheck(() => database.unsafe()),
    logCheck(committed),
    ...(disk === undefined ? [] : [diskCheck(() => freeBytes(data), disk)]),
    ...(quarantine === undefined ? [] : [quarantineCheck(committed, quarantine)]),
    ...(retention ? [retentionCheck(database)] : []),
  ]
}
