// The stage: a real gateway in a scratch folder, with the profile that is tried, a counterpart for each of its transports,
// and a ministry whose clerk leaves canonical JSON in folders.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { stringify } from 'yaml'
import { formsOf } from '../adapters/adapter.ts'
import type { DocumentForm } from '../adapters/formats/format.ts'
import { type Profile, readProfile } from '../adapters/profile.ts'
import { type Channel, channels } from '../adapters/transports/transport.ts'
import { startGateway } from '../gateway/gateway.ts'
import type { QuarantineRow } from '../gateway/journal/quarantine.ts'
import { readSqlite } from '../gateway/journal/sqlite.ts'
import { type ListedLetter, listLetters, listQuarantined } from '../gateway/journal/story.ts'
import { createLog } from '../gateway/log.ts'
import { checkSettings } from '../gateway/settings/settings.ts'
import { moi, type OfficeId, officeId } from '../letter/offices.ts'
import type { Clock, Random } from '../letter/time.ts'
import { type FleetServers, Missing } from '../sandbox/fleet/member.ts'
import type { Counterpart } from './counterpart/counterpart.ts'
import { folder as folderCounterpart } from './counterpart/folder.ts'
import { hurriedClock } from './hurry.ts'
import { mustBe } from './letters.ts'
import { makeOffices, type Offices, writeTrust } from './offices.ts'
import { sealedDoors, sealedForms, sealsByItself } from './sealing.ts'
import { type NoStage, onceByName, type StagedSettings, stageProfile } from './staged.ts'

export interface Stage {
  /** The profile as it is staged, and the ministry's. */
  readonly profile: Profile
  readonly ministry: Profile
  /** The forms of the profile, with the seal of its office where it seals by itself. */
  readonly forms: Readonly<Partial<Record<Channel, DocumentForm>>>
  readonly offices: Offices
  /** The office at the other end. */
  readonly other: OfficeId
  /** Who serves a channel of the profile that is tried. */
  counterpart(channel: Channel): Counterpart | undefined
  /** The distinct counterparts of the profile. */
  readonly counterparts: readonly Counterpart[]
  /** The ministry's folders, by channel. */
  clerk(channel: Channel): Counterpart
  /** Time passes for the gateway, in milliseconds, without anybody waiting. */
  hurry(milliseconds: number): void
  letters(): Promise<readonly ListedLetter[]>
  quarantine(): Promise<readonly QuarantineRow[]>
  close(): Promise<void>
}

export interface StageSettings {
  readonly clock: Clock
  readonly random: Random
  /** An empty folder, absolute. */
  readonly folder: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Real servers that several stages share. */
  readonly servers: FleetServers
  /** Counterparts in the place of those that the suite has for a kind of transport. */
  readonly instead?: StagedSettings['instead']
}

/** Sets the stage for a profile's text, which was checked. Rejects when the disk or a server fails. */
export async function openStage(text: string, settings: StageSettings): Promise<Stage | NoStage> {
  const opened: { close(): Promise<void> }[] = []
  const close = async (): Promise<void> => {
    for (const each of opened.splice(0).toReversed()) await each.close()
  }
  try {
    const stage = await setUp(text, settings, opened)
    if ('missing' in stage) {
      await close()
      return stage
    }
    return { ...stage, close }
  } catch (error) {
    await close()
    if (error instanceof Missing) return { missing: error.message }
    throw error
  }
}

async function setUp(
  text: string,
  { clock, random, folder, environment, servers, instead = {} }: StageSettings,
  opened: { close(): Promise<void> }[],
): Promise<Omit<Stage, 'close'> | NoStage> {
  const once = onceByName()
  const original = mustBe(readProfile(text, 'profile.yaml'))
  const { office } = original
  const other = otherThan(office)
  const offices = await makeOffices([office, other], clock, random)
  const seals = sealsByItself(formsOf(original, clock))
  const sealed = seals ? sealedDoors(office, offices, clock, random) : undefined
  const tried = await stageProfile(
    text,
    { folder, mark: '', clock, servers, environment, once, instead, ...(sealed && { sealed }) },
    opened,
  )
  if ('missing' in tried) return tried
  const clerks = new Map<Channel, Counterpart>()
  for (const channel of channels) {
    const own = join(folder, 'ministry', channel)
    mkdirSync(own, { recursive: true })
    const made = await folderCounterpart({
      folder: own,
      office: other,
      channels: [channel],
      options: { kind: 'folder', pattern: '*.json' },
      variable: (name) => name,
      account: 'ministry',
      columns: [],
      understood: async () => true,
      once,
      servers,
      environment,
    })
    if ('missing' in made) return made
    clerks.set(channel, made)
  }
  const profiles = join(folder, 'profiles')
  mkdirSync(profiles)
  const ministry = stringify(ministryProfile(other, clerks))
  writeFileSync(join(profiles, 'tried.yaml'), tried.text)
  writeFileSync(join(profiles, 'ministry.yaml'), ministry)
  // Of an office that seals by itself the gateway has no key.
  writeTrust(join(folder, 'trust'), offices, seals ? [other] : [office, other])
  const log = pino(
    { level: 'info', base: null },
    pino.destination({ dest: join(folder, 'gateway.log'), sync: true }),
  )
  const data = join(folder, 'data')
  const free = { host: '127.0.0.1', port: 0 }
  const http = { http: free }
  const https = { https: { ...free, certificate: 'trust/tls/gateway.pem', key: 'trust/tls/gateway.key.pem' } }
  const own = hurriedClock(clock)
  const gateway = await startGateway({
    settings: mustBe(
      checkSettings(
        { data, trust: 'trust', profiles: 'profiles', listen: seals ? { ...http, ...https } : http },
        folder,
      ),
    ),
    environment: tried.given,
    clock: own,
    random,
    log: createLog(log),
  })
  opened.push({ close: () => gateway.stop() })
  for (const each of tried.counterparts)
    each.attach?.({ http: gateway.http ?? '', ...(gateway.https && { https: gateway.https }) })
  const journal = readSqlite(join(data, 'journal.sqlite'))
  opened.push({ close: async () => journal.close() })
  return {
    profile: tried.profile,
    forms: sealedForms(formsOf(tried.profile, clock), offices, clock),
    offices,
    ministry: mustBe(readProfile(ministry, 'ministry.yaml')),
    other,
    counterpart: tried.counterpart,
    counterparts: tried.counterparts,
    clerk: (channel) => {
      const found = clerks.get(channel)
      if (found === undefined) throw new Error(`the ministry has no ${channel}`)
      return found
    },
    hurry: (milliseconds) => own.hurry(milliseconds),
    letters: () => listLetters(journal.committed, { limit: 1_000, secret: true }),
    quarantine: () => listQuarantined(journal.committed, 1_000),
  }
}

/** The office at the other end of an office's stage. */
export const otherThan = (office: OfficeId): OfficeId => (office === moi ? mustBe(officeId('50')) : moi)

function ministryProfile(office: OfficeId, clerks: ReadonlyMap<Channel, Counterpart>): object {
  const channel = (name: Channel, document: string) => ({ transport: clerks.get(name)?.options, document })
  return {
    id: 'conformance-ministry',
    office,
    title: 'The other end of the conformance suite',
    origin: 'none',
    documents: { letter: { format: { kind: 'json' } }, notice: { format: { kind: 'json' } } },
    send: channel('send', 'letter'),
    sendNotices: channel('sendNotices', 'notice'),
    receive: channel('receive', 'letter'),
    notices: channel('notices', 'notice'),
  }
}
