// The systems of an installation: profiles read, adapters made, one for each office; every fault of all of them at once.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { createAdapter } from '../../adapters/adapter.ts'
import type { Access, Adapter } from '../../adapters/contract.ts'
import { withTables } from '../../adapters/lookup-tables.ts'
import { resolveReferences } from '../../adapters/references.ts'
import { remarksIn } from '../../adapters/remarks.ts'
import { secretFiles } from '../../adapters/secret-files.ts'
import type { OfficeId } from '../../letter/offices.ts'
import type { OrganisationIds } from '../../letter/organisations.ts'
import { atMost, type Clock } from '../../letter/time.ts'
import { bad, describe, good, type Problem, problem, type Result, within } from '../../problem/problem.ts'
import type { System } from '../desk.ts'
import { isOwn } from '../http/description.ts'
import type { OfficeDoor } from '../http/doors.ts'
import { type Place, placesIn } from '../places.ts'
import { certificatesFolder, keyFile, type OfficeKey } from '../trust/folder.ts'
import { type NamedCertificates, namedCertificates } from '../trust/named.ts'
import type { ReadProfile } from './profile-files.ts'

/** The installation is not in order: nothing was started. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
  readonly problems: readonly [Problem, ...Problem[]]
  constructor(problems: readonly [Problem, ...Problem[]]) {
    super(describe(problems[0]))
    this.problems = problems
  }
}

/** The value, or a `SettingsError` that names every problem. */
export function orThrow<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new SettingsError(result.problems)
  return result.value
}

export interface ConnectedSystem {
  readonly system: System
  readonly adapter: Adapter
  /** SHA-256 of what its references and its tables hold: a password that was changed is a change. */
  readonly references: string
  /** SHA-256 of the rows of each of its tables, by the table's name. */
  readonly tables: ReadonlyMap<string, string>
  /** What its profile shows to its system, and knows it by. */
  readonly certificates: NamedCertificates
  /** The files in which its secrets stand; absolute. */
  readonly secrets: readonly string[]
  /** Where it is reached. */
  readonly places: readonly Place[]
  /** What its profile leaves to chance; its tables are read once more. */
  remarks(): readonly Problem[]
  /** The adapter once more, for a system that is started again as it was. */
  remake(): Result<Adapter>
}

export interface SystemsFrom {
  /** Every `*.yaml` in it is a profile. */
  readonly profiles: string
  /** Where `{ env: NAME }` is looked up. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Where relative paths of profiles stand. */
  readonly folder: string
  readonly clock: Clock
  /** The organisation ids that the installation states. */
  readonly organisations?: OrganisationIds
  readonly read: ReadProfile
}

/** The systems that could be connected, and what stood in the way of the others. */
interface Connected {
  readonly systems: ReadonlyMap<OfficeId, ConnectedSystem>
  readonly problems: readonly Problem[]
}

/** Connects every system by office. Between two profiles others have their turn: deliveries go on while many are read. */
export async function connectSystems(from: SystemsFrom): Promise<Connected> {
  const problems: Problem[] = []
  const systems = new Map<OfficeId, ConnectedSystem>()
  const files = profilesIn(from.profiles)
  if (!files.ok) return { systems, problems: files.problems }
  for (const file of files.value) {
    await setImmediate()
    const connected = connect(from, file)
    if (!connected.ok) {
      problems.push(...connected.problems.map((found) => within(file, found)))
      continue
    }
    const { office, id } = connected.value.system
    const other = systems.get(office)
    if (other !== undefined) {
      problems.push(problem('settings.office.twice', file, office, { profiles: `${other.system.id}, ${id}` }))
    }
    systems.set(office, connected.value)
  }
  return { systems, problems }
}

function connect(
  { profiles, environment, folder, clock, organisations, read }: SystemsFrom,
  file: string,
): Result<ConnectedSystem> {
  const text = readText(join(profiles, file))
  if (!text.ok) return text
  const profile = read(text.value, file)
  if (!profile.ok) return profile
  const settings = { environment, folder, clock, ...(organisations && { organisations }) }
  const make = (): Result<Adapter> => createAdapter(profile.value, settings)
  const adapter = make()
  if (!adapter.ok) return adapter
  const { id, office, version, documents, channels } = profile.value
  const document = channels.send?.document ?? Object.keys(documents)[0]
  const format = (document !== undefined && documents[document]?.format.kind) || 'unknown'
  const absolute = (path: string): string => (isAbsolute(path) ? path : join(folder, path))
  const resolved = resolveReferences(channels, environment, absolute).value
  const withItsTables = () => withTables(profile.value, { environment, absolute, clock })
  const complete = withItsTables()
  const tables = new Map(
    Object.values(complete.ok ? complete.value.documents : {}).flatMap(({ lookups = new Map() }) =>
      [...lookups].map(([table, rows]): [string, string] => [table, digestOf([...rows])]),
    ),
  )
  const references = digestOf([resolved, ...tables])
  const system = { id, office, version, format }
  const certificates = namedCertificates(resolved)
  const places = placesIn(resolved, folder)
  const secrets = secretFiles(profile.value).map(absolute)
  const remarks = (): readonly Problem[] => {
    const read = withItsTables()
    return read.ok ? remarksIn(text.value, read.value) : []
  }
  const named = { remarks, references, tables, certificates, secrets, places }
  return good({ system, adapter: adapter.value, ...named, remake: make })
}

const digestOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex')

function profilesIn(folder: string): Result<readonly string[]> {
  try {
    return good(
      readdirSync(folder)
        .filter((file) => file.endsWith('.yaml'))
        .sort(),
    )
  } catch (error) {
    return bad(problem('settings.unreadable', 'profiles', folder, { reason: codeOf(error) }))
  }
}

/** `readProfile` bounds a profile at 256 KiB; this bounds what is read into memory to find that out. */
const largestRead = 1024 * 1024

function readText(path: string): Result<string> {
  try {
    if (statSync(path).size > largestRead) throw Object.assign(new Error(path), { code: 'EFBIG' })
    return good(readFileSync(path, 'utf8'))
  } catch (error) {
    return bad(problem('settings.unreadable', '', path, { reason: codeOf(error) }))
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error)

/** Every office whose system cannot seal by itself needs a key here: the gateway seals for it. */
export function checkKeys(
  systems: ReadonlyMap<OfficeId, ConnectedSystem>,
  keys: ReadonlyMap<OfficeId, OfficeKey>,
  trust: string,
): Result<true> {
  const [first, ...rest] = [...systems]
    .filter(([office, { adapter }]) => !adapter.receipts && !keys.has(office))
    .map(([office]) => {
      const places = { key: keyFile(trust, office), certificates: certificatesFolder(trust, office) }
      return problem('settings.key.none', places.key, office, places)
    })
  return first === undefined ? good(true) : bad(first, ...rest)
}

/** So long a system is waited for that is to stop; what hangs is left to itself, in milliseconds. */
const patience = 30_000

/** Stops a system. Rejects when it ends badly. */
export const stopSystem = (clock: Clock, adapter: Adapter): Promise<void> =>
  atMost(clock, patience, adapter.stop())

/** The doors of all systems, each with the office that comes through it. */
export const doorsOf = (systems: ReadonlyMap<OfficeId, ConnectedSystem>): readonly OfficeDoor[] =>
  [...systems].flatMap(([office, { adapter }]) => adapter.doors.map((door) => ({ office, door })))

/**
 * That each door leads to one system: where several share a path, their access must differ (attacks T9), and none stands
 * where the gateway itself answers.
 */
export function checkDoors(systems: ReadonlyMap<OfficeId, ConnectedSystem>, withApi: boolean): Result<true> {
  const problems: Problem[] = []
  const seen = new Map<string, string>()
  for (const { adapter } of systems.values()) {
    for (const { method, path, access } of adapter.doors) {
      const place = `${method} ${path}`
      if (isOwn(method, path, withApi)) problems.push(problem('settings.door.reserved', adapter.id, path))
      for (const token of tokensOf(access, adapter.office)) {
        const other = seen.get(`${place} ${token}`)
        if (other !== undefined) {
          const profiles = `${other}, ${adapter.id}`
          problems.push(problem('settings.door.twice', adapter.id, place, { profiles }))
        }
        seen.set(`${place} ${token}`, adapter.id)
      }
    }
  }
  const [first, ...rest] = problems
  return first === undefined ? good(true) : bad(first, ...rest)
}

/** What opens a door: two doors on one path that share one of these cannot be told apart. */
function tokensOf(access: Access, office: string): readonly string[] {
  switch (access.kind) {
    case 'certificate':
      return [`certificate ${office}`]
    case 'api-key':
      return access.sha256.map((digest) => `key ${digest}`)
    case 'basic':
      return [`user ${access.user}`]
    default:
      return access satisfies never
  }
}
