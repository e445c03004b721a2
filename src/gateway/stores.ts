// What a gateway stands on: its data folder, the journal, its place among the others, the attachments and the queue. They are
// opened in this order, and each is closed after those that need it.
import type { Clock } from '../letter/time.ts'
import { problem } from '../problem/problem.ts'
import { attachmentsOf, openForGateway, watchAttachments } from './attachments/place.ts'
import type { AttachmentStore } from './attachments/store.ts'
import { newId } from './desk.ts'
import { orThrow, SettingsError } from './installation/systems.ts'
import type { Database } from './journal/database.ts'
import { installationOf } from './journal/founding.ts'
import type { Role } from './journal/members.ts'
import { type JournalPlace, journalOf, openJournal, shownPlace } from './journal/place.ts'
import { waitOf } from './journal/wait.ts'
import { lockFolder, makeDataFolder, placeOf } from './lock.ts'
import type { Log } from './log.ts'
import { marksOf } from './marks.ts'
import { Membership, type Pace, usualPace } from './membership.ts'
import type { Opened } from './opened.ts'
import { Present } from './present.ts'
import { openQueue, redisOf } from './queue/place.ts'
import type { Queue } from './queue/queue.ts'
import type { Settings } from './settings/settings.ts'
import { tellOfAttachments, tellOfQueue } from './tell.ts'

export interface StoresParts {
  readonly settings: Settings
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly log: Log
  /** What it does of the work on its journal; `all` unless it says so. */
  readonly role?: Role
  /** How soon gateways on one journal give each other up; the usual unless it says so. */
  readonly pace?: Pace
  /** By which people know it among several: a machine and a process. */
  readonly name?: string
  /** Told when the other gateways on its journal have given this one up: it has to stop. */
  readonly superseded?: () => void
  /** Aborted when it is asked to end: what it waits for while it starts it waits for no longer, and the start rejects with its reason. */
  readonly ended?: AbortSignal
}

export interface Stores {
  readonly database: Database
  /** The id that the journal was founded with. */
  readonly installation: string
  readonly role: Role
  readonly member: Membership
  readonly attachments: AttachmentStore
  readonly present: Present
  readonly queue: Queue
}

/**
 * Opens them; `opened` closes them. `sweep`: told when the queue may have forgotten something; `changed`: when another gateway is
 * gone, or has other offices than before. Throws `SettingsError` for the first that cannot be had.
 */
export async function openStores(
  { settings, environment, clock, log, ...parts }: StoresParts,
  opened: Opened,
  { sweep, changed }: Readonly<Record<'sweep' | 'changed', () => void>>,
): Promise<Stores> {
  orThrow(await makeDataFolder(settings.data))
  const lock = orThrow(lockFolder(settings.data))
  opened.add(() => lock.release())
  const at = orThrow(journalOf(settings, environment))
  const redis = orThrow(redisOf(settings, environment))
  const scans = orThrow(attachmentsOf(settings, environment))
  const role = parts.role ?? 'all'
  if (at.kind === 'sqlite' && role !== 'all')
    throw new SettingsError([problem('settings.role.alone', '--role', role, { journal: at.file })])
  const wait = waitOf({
    ...{ clock, ended: parts.ended, here: () => log.partHere('journal') },
    away: (reason, until) => log.partAway('journal', reason, until),
  })
  const upgrade = { begins: log.journalMigrating, brokenOff: log.journalInterrupted, ended: parts.ended }
  const database = orThrow(await openJournal(at, wait, upgrade))
  opened.add(() => database.close())
  const installation = await installationOf(database, newId(), clock.now())
  const member = await join({ settings, environment, clock, log, ...parts }, { at, database, role, changed })
  opened.add(() => member.leave())
  const attachments = orThrow(await openForGateway(scans, marksOf(database, clock, ''), clock))
  opened.add(() => attachments.close())
  const present = new Present(database, member.id, clock, (error) => log.workFailed('present', error))
  await present.start()
  opened.add(() => present.stop())
  opened.add(watchAttachments(attachments, clock, tellOfAttachments(present, log)))
  const queue = await openQueue(redis, {
    ...{ installation, clock, works: role !== 'intake' },
    ...tellOfQueue(present, log),
    forgot: sweep,
  })
  opened.add(() => queue.close())
  return { database, installation, role, member, attachments, present, queue }
}

interface Joining {
  readonly at: JournalPlace
  readonly database: Database
  readonly role: Role
  changed(): void
}

/** Takes its place among the gateways on this journal. */
async function join(
  { settings, clock, log, ...parts }: StoresParts,
  { at, database, role, changed }: Joining,
): Promise<Membership> {
  const member = new Membership({
    ...{ database, clock, pace: parts.pace ?? usualPace, alone: at.kind === 'sqlite' },
    member: {
      ...{ id: newId(), place: orThrow(placeOf(settings.data)), name: parts.name ?? '', role },
      joinedAt: clock.now(),
    },
    superseded: () => parts.superseded?.(),
    leading: log.leading,
    changed,
    failed: (error) => log.workFailed('membership', error),
  })
  const other = await member.join({ sharing: settings.attachments !== undefined })
  if (other === undefined) return member
  const { name, place } = other
  if (place === orThrow(placeOf(settings.data)))
    throw new SettingsError([problem('settings.data.copied', 'data', settings.data, { other: name })])
  throw new SettingsError([problem('settings.journal.in-use', 'journal', shownPlace(at), { other: name })])
}
