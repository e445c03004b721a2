// A profile on a stage: each of its transports leads to a counterpart of this machine, and all else stays as it is written.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { formsOf } from '../adapters/adapter.ts'
import { type Profile, readProfile } from '../adapters/profile.ts'
import { sameTransport } from '../adapters/profile-check.ts'
import { type Channel, channels } from '../adapters/transports/transport.ts'
import type { Clock } from '../letter/time.ts'
import type { FleetServers } from '../sandbox/fleet/member.ts'
import type { Counterpart, CounterpartMaker, CounterpartSettings } from './counterpart/counterpart.ts'
import { counterparts } from './counterpart/counterparts.ts'
import { mustBe } from './letters.ts'
import type { SealedDoors } from './sealing.ts'

/** Why there is no stage on this machine. */
export interface NoStage {
  readonly missing: string
}

export interface StagedProfile {
  /** As the gateway is to read it. */
  readonly text: string
  readonly profile: Profile
  /** What the gateway's environment must hold for it. */
  readonly given: Readonly<Record<string, string>>
  /** Who serves a channel. */
  counterpart(channel: Channel): Counterpart | undefined
  /** Each once. */
  readonly counterparts: readonly Counterpart[]
}

export interface StagedSettings {
  /** Where the counterparts keep what is theirs: absolute. */
  readonly folder: string
  /** What tells this profile from others on the same stage: [a-z0-9], or nothing. */
  readonly mark: string
  readonly clock: Clock
  readonly servers: FleetServers
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly once: CounterpartSettings['once']
  /** Of an office that seals by itself. */
  readonly sealed?: SealedDoors
  /** Counterparts in the place of those that the suite has for a kind of transport. */
  readonly instead?: Readonly<Record<string, CounterpartMaker>>
}

/** What several transports of one profile share: made once for a name. */
export function onceByName(): CounterpartSettings['once'] {
  const made = new Map<string, Promise<unknown>>()
  return <Value>(name: string, make: () => Promise<Value>): Promise<Value> => {
    const known = made.get(name) as Promise<Value> | undefined
    const value = known ?? make()
    made.set(name, value)
    return value
  }
}

/** Stages a profile's text, which was checked; its counterparts are added to `opened`, to be closed. */
export async function stageProfile(
  text: string,
  { folder, mark, clock, servers, environment, once, sealed, instead = {} }: StagedSettings,
  opened: { close(): Promise<void> }[],
): Promise<StagedProfile | NoStage> {
  const original = mustBe(readProfile(text, 'profile.yaml'))
  const forms = formsOf(original, clock)
  const staged = new Map<Channel, Counterpart>()
  const given: Record<string, string> = {}
  const raw = parse(text) as Record<string, Record<string, unknown> | undefined>
  for (const [index, sharing] of sharedTransports(original).entries()) {
    const [first] = sharing
    const options = first && original.channels[first]?.transport
    if (options === undefined) continue
    const maker = instead[options.kind] ?? counterparts[options.kind]
    if (maker === undefined) return { missing: `no counterpart plays the transport ${options.kind} yet` }
    const own = join(folder, `counterpart-${mark}${index}`)
    mkdirSync(own, { recursive: true })
    const made = await maker({
      folder: own,
      office: original.office,
      channels: sharing,
      options,
      variable: (name) => `CONFORMANCE_${mark.toUpperCase()}${index}_${name}`,
      account: `${original.id.replace(/[^a-z0-9]/g, '').slice(0, 24 - mark.length)}${mark}${index}`,
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
      ...(sealed && { sealed }),
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
  const tried = stringify(raw)
  return {
    text: tried,
    profile: mustBe(readProfile(tried, 'tried.yaml')),
    given,
    counterpart: (channel) => staged.get(channel),
    counterparts: [...new Set(staged.values())],
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
