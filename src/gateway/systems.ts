// The systems of an installation: profiles read, adapters made, one for each office; every fault of all of them at once.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAdapter } from '../adapters/adapter.ts'
import type { Adapter } from '../adapters/contract.ts'
import { readProfile } from '../adapters/profile.ts'
import type { Signer } from '../envelope/envelope.ts'
import type { OfficeId } from '../letter/offices.ts'
import type { Clock } from '../letter/time.ts'
import { bad, describe, good, type Problem, problem, type Result, within } from '../problem/problem.ts'
import type { System } from './intake/desk.ts'

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
}

export interface SystemsFrom {
  /** Every `*.yaml` in it is a profile. */
  readonly profiles: string
  /** Where `{ env: NAME }` is looked up. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Where relative paths of profiles stand. */
  readonly folder: string
  readonly clock: Clock
}

/** Connects every system by office. */
export function connectSystems(from: SystemsFrom): Result<ReadonlyMap<OfficeId, ConnectedSystem>> {
  const problems: Problem[] = []
  const systems = new Map<OfficeId, ConnectedSystem>()
  for (const file of readdirSync(from.profiles).sort()) {
    if (!file.endsWith('.yaml')) continue
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
  const [first, ...rest] = problems
  return first === undefined ? good(systems) : bad(first, ...rest)
}

function connect(
  { profiles, environment, folder, clock }: SystemsFrom,
  file: string,
): Result<ConnectedSystem> {
  const profile = readProfile(readFileSync(join(profiles, file), 'utf8'), file)
  if (!profile.ok) return profile
  const adapter = createAdapter(profile.value, { environment, folder, clock })
  if (!adapter.ok) return adapter
  const { id, office, version, documents, channels } = profile.value
  const document = channels.send?.document ?? Object.keys(documents)[0]
  const format = (document !== undefined && documents[document]?.format.kind) || 'unknown'
  return good({ system: { id, office, version, format }, adapter: adapter.value })
}

/** Every office whose system cannot seal by itself needs a key here: the gateway seals for it. */
export function checkKeys(
  systems: ReadonlyMap<OfficeId, ConnectedSystem>,
  signers: ReadonlyMap<OfficeId, Signer>,
): Result<true> {
  const [first, ...rest] = [...systems]
    .filter(([office, { adapter }]) => !adapter.receipts && !signers.has(office))
    .map(([office]) => problem('settings.key.none', `trust/keys/${office}.pem`, office))
  return first === undefined ? good(true) : bad(first, ...rest)
}
