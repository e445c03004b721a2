// The stage: a real gateway in a scratch folder, with the profile that is tried, a counterpart for each of its transports,
// and a ministry whose clerk leaves canonical JSON in folders.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { parse, stringify } from 'yaml'
import { formsOf } from '../adapters/adapter.ts'
import { type Profile, readProfile } from '../adapters/profile.ts'
import { sameTransport } from '../adapters/profile-check.ts'
import { type Channel, channels } from '../adapters/transports/transport.ts'
import { startGateway } from '../gateway/gateway.ts'
import type { QuarantineRow } from '../gateway/journal/quarantine.ts'
import { readSqlite } from '../gateway/journal/sqlite.ts'
import { type ListedLetter, listLetters, listQuarantined } from '../gateway/journal/story.ts'
import { createLog } from '../gateway/log.ts'
import { checkSettings } from '../gateway/settings.ts'
import { createAuthority, issueCertificate, keyToPem, newKey } from '../gateway/trust/authority.ts'
import { moi, type OfficeId, officeId } from '../letter/offices.ts'
import type { Clock, Random } from '../letter/time.ts'
import { type FleetServers, Missing } from '../sandbox/fleet/member.ts'
import type { Counterpart } from './counterpart/counterpart.ts'
import { counterparts } from './counterpart/counterparts.ts'
import { folder as folderCounterpart } from './counterpart/folder.ts'
import { mustBe } from './letters.ts'

export interface Stage {
  /** The profile as it is staged, and the ministry's. */
  readonly profile: Profile
  readonly ministry: Profile
  /** The office at the other end. */
  readonly other: OfficeId
  /** Who serves a channel of the profile that is tried. */
  counterpart(channel: Channel): Counterpart | undefined
  /** The distinct counterparts of the profile. */
  readonly counterparts: readonly Counterpart[]
  /** The ministry's folders, by channel. */
  clerk(channel: Channel): Counterpart
  letters(): Promise<readonly ListedLetter[]>
  quarantine(): Promise<readonly QuarantineRow[]>
  close(): Promise<void>
}

/** Why there is no stage on this machine. */
export interface NoStage {
  readonly missing: string
}

export interface StageSettings {
  readonly clock: Clock
  readonly random: Random
  /** An empty folder, absolute. */
  readonly folder: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Real servers that several stages share. */
  readonly servers: FleetServers
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
  { clock, random, folder, environment, servers }: StageSettings,
  opened: { close(): Promise<void> }[],
): Promise<Omit<Stage, 'close'> | NoStage> {
  const original = mustBe(readProfile(text, 'profile.yaml'))
  const other = original.office === moi ? mustBe(officeId('50')) : moi
  const made = new Map<string, Promise<unknown>>()
  const once = <Value>(name: string, make: () => Promise<Value>): Promise<Value> => {
    const known = made.get(name) as Promise<Value> | undefined
    const value = known ?? make()
    made.set(name, value)
    return value
  }
  const forms = formsOf(original, clock)
  const staged = new Map<Channel, Counterpart>()
  const given: Record<string, string> = {}
  const raw = parse(text) as Record<string, Record<string, unknown> | undefined>
  for (const [index, sharing] of sharedTransports(original).entries()) {
    const [first] = sharing
    const options = first && original.channels[first]?.transport
    if (options === undefined) continue
    const maker = counterparts[options.kind]
    if (maker === undefined) return { missing: `no counterpart plays the transport ${options.kind} yet` }
    const own = join(folder, `counterpart-${index}`)
    mkdirSync(own, { recursive: true })
    const made = await maker({
      folder: own,
      office: original.office,
      channels: sharing,
      options,
      variable: (name) => `CONFORMANCE_${index}_${name}`,
      account: `${original.id.replace(/[^a-z0-9]/g, '').slice(0, 24)}${index}`,
      columns: columnsOf(original, sharing, clock),
      understood: async (channel, bytes) => {
        const document = channel === 'send' || channel === 'receive' ? 'letter' : 'notice'
        const items = await forms[channel]?.read({
          document,
          name: 'row',
          bytes,
          beside: new Map(),
          sender: 'gone',
          final: true,
        })
        return items?.some(({ kind }) => kind !== 'fault') === true
      },
      once,
      servers,
      environment,
    })
    if ('missing' in made) return made
    opened.push(made)
    Object.assign(given, made.environment)
    for (const channel of sharing) {
      staged.set(channel, made)
      const channelOf = raw[channel]
      if (channelOf !== undefined) channelOf['transport'] = made.options
    }
  }
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
  const [tried, ministry] = [stringify(raw), stringify(ministryProfile(other, clerks))]
  writeFileSync(join(profiles, 'tried.yaml'), tried)
  writeFileSync(join(profiles, 'ministry.yaml'), ministry)
  await makeTrust(join(folder, 'trust'), [original.office, other], clock, random)
  const log = pino(
    { level: 'info', base: null },
    pino.destination({ dest: join(folder, 'gateway.log'), sync: true }),
  )
  const data = join(folder, 'data')
  const gateway = await startGateway({
    settings: mustBe(
      checkSettings(
        { data, trust: 'trust', profiles: 'profiles', listen: { http: { host: '127.0.0.1', port: 0 } } },
        folder,
      ),
    ),
    environment: given,
    clock,
    random,
    log: createLog(log),
  })
  opened.push({ close: () => gateway.stop() })
  const distinct = [...new Set(staged.values())]
  for (const each of distinct) each.attach?.({ http: gateway.http ?? '' })
  const journal = readSqlite(join(data, 'journal.sqlite'))
  opened.push({ close: async () => journal.close() })
  return {
    profile: mustBe(readProfile(tried, 'tried.yaml')),
    ministry: mustBe(readProfile(ministry, 'ministry.yaml')),
    other,
    counterpart: (channel) => staged.get(channel),
    counterparts: distinct,
    clerk: (channel) => {
      const found = clerks.get(channel)
      if (found === undefined) throw new Error(`the ministry has no ${channel}`)
      return found
    },
    letters: () => listLetters(journal.committed, { limit: 1_000, secret: true }),
    quarantine: () => listQuarantined(journal.committed, 1_000),
  }
}

/** The channels of a profile, those together that share one transport. */
function sharedTransports(profile: Profile): Channel[][] {
  const groups: Channel[][] = []
  for (const channel of channels) {
    const options = profile.channels[channel]?.transport
    if (options === undefined) continue
    const same = groups.find(([first]) => first && sameTransport(profile.channels[first]?.transport, options))
    if (same === undefined) groups.push([channel])
    else same.push(channel)
  }
  return groups
}

/** What the documents of these channels are made of: mapped columns, and those that the format names itself. */
function columnsOf(profile: Profile, of: readonly Channel[], clock: Clock): readonly string[] {
  const forms = formsOf(profile, clock)
  const named = of.flatMap((channel) => {
    const columns = profile.documents[profile.channels[channel]?.document ?? '']?.format['columns']
    return Array.isArray(columns) ? columns.filter((each) => typeof each === 'string') : []
  })
  return [...new Set([...of.flatMap((channel) => forms[channel]?.columns ?? []), ...named])]
}

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

/** A trust folder for the two offices, made for this stage alone. */
async function makeTrust(
  folder: string,
  offices: readonly OfficeId[],
  clock: Clock,
  random: Random,
): Promise<void> {
  const now = clock.now()
  const authority = await createAuthority(now, random)
  mkdirSync(join(folder, 'keys'), { recursive: true })
  writeFileSync(join(folder, 'authority.pem'), authority.certificate.toString())
  await Promise.all(
    offices.map(async (office) => {
      const key = await newKey()
      const certificate = issueCertificate(authority, key, { kind: 'office', office }, now, random)
      mkdirSync(join(folder, 'offices', office), { recursive: true })
      writeFileSync(join(folder, 'offices', office, 'certificate.pem'), certificate.toString())
      writeFileSync(join(folder, 'keys', `${office}.pem`), keyToPem(key), { mode: 0o600 })
    }),
  )
}
