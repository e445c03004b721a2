// A profile at work: its documents become forms, its channels transports; together they keep the contract.
import type { Clock } from '../letter/time.ts'
import type { Result } from '../problem/problem.ts'
import type { Adapter } from './contract.ts'
import type { Profile } from './profile.ts'

/** What an adapter takes from the installation. Nothing here is read from the process. */
export interface AdapterSettings {
  /** Where `{ env: NAME }` is looked up. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The folder that relative paths of a profile stand in: absolute. */
  readonly folder: string
  readonly clock: Clock
}

/** Makes the adapter of a profile. Fails, naming every reason, when a reference cannot be resolved or an option is not usable here. */
export declare function createAdapter(profile: Profile, settings: AdapterSettings): Result<Adapter>
