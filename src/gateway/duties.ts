// What the gateway that leads does by itself, for all of them on its journal.
import { alarmsOf } from './alarms/alarms.ts'
import type { Relied } from './alarms/certificates.ts'
import type { Hook } from './alarms/hook.ts'
import { lateWatch } from './delivery/late.ts'
import { type Desk, newId } from './desk.ts'
import { filling } from './filling.ts'
import type { AtWork } from './installation/at-work.ts'
import { LeadersWork } from './leaders-work.ts'
import type { Log } from './log.ts'
import type { Member } from './membership.ts'
import { retentionWork } from './retention/retention.ts'
import { usualAlarms } from './settings/alarms.ts'
import { usualRetention } from './settings/retention.ts'
import type { Settings } from './settings/settings.ts'
import type { UnderWay } from './under-way.ts'

export interface DutiesParts {
  readonly settings: Settings
  readonly desk: Desk
  readonly member: Member
  readonly log: Log
  readonly atWork: AtWork
  /** The authorities of its servers. */
  readonly authorities: readonly Relied[]
  /** Who is told of alarms. */
  readonly hooks: readonly Hook[]
  readonly underWay: UnderWay
}

export function leadersDuties({
  settings,
  desk,
  member,
  log,
  atWork,
  authorities,
  hooks,
  underWay,
}: DutiesParts): LeadersWork {
  const { database, clock, attachments } = desk
  const { retention = usualRetention() } = settings
  const failedAt = (work: string) => (error: unknown) => log.workFailed(work, error)
  const beginsAt = (work: string) => () => underWay.begin('gateway', work, { work })
  return new LeadersWork(member, clock, failedAt('leading'), [
    lateWatch(desk, log.deliveryLate, failedAt('late')),
    alarmsOf({
      ...{ database, clock, log, atWork, authorities, hooks, begins: beginsAt('alarms') },
      ...{ data: settings.data, settings: settings.alarms ?? usualAlarms() },
      retention: retention.automatic,
    }),
    filling(database, clock, failedAt('fill in words')),
    retentionWork({
      ...{ database, clock, newId, discard: attachments.discard, failed: log.workFailed },
      begins: beginsAt('retention'),
      settings: retention,
    }),
  ])
}
