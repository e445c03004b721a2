// What reading the installation again would change: told before anything is, and what was done afterwards.
import type { X509Certificate } from 'node:crypto'
import { type OfficeId, offices } from '../../letter/offices.ts'
import type { Granted } from '../settings/api.ts'
import type { OfficeKey } from '../trust/folder.ts'
import type { Installation } from './installation.ts'
import type { ConnectedSystem } from './systems.ts'

/** `changed`: its profile is another, or what its references stand for is. */
export type ChangeKind = 'added' | 'changed' | 'removed' | 'unchanged'

export interface Change {
  readonly kind: ChangeKind
  readonly office: OfficeId
  /** The profile's id. */
  readonly profile: string
  /** SHA-256 of the profile before and after; absent where there is none. */
  readonly from?: string
  readonly to?: string
  /** The profile is the same, and a secret or an address that it refers to is not. */
  readonly references?: true
  /** The names of tables beside the data whose rows are others. */
  readonly tables?: readonly string[]
}

export interface Plan {
  readonly systems: readonly Change[]
  /** Offices whose registered certificates are others. */
  readonly certificates: readonly OfficeId[]
  /** Offices for which the gateway seals with another key or certificate, or none any more. */
  readonly keys: readonly OfficeId[]
  /** The names of grants of the API that are others. */
  readonly grants: readonly string[]
  /** The authority is another. */
  readonly authority: boolean
  /** Which one before and after, where it is another: SHA-256 fingerprints, as `openssl x509 -fingerprint -sha256` prints them. */
  readonly authorities?: { readonly from: string; readonly to: string }
  /** The server's own certificate or key is another. */
  readonly tls: boolean
}

/** What leads from one installation to another. */
export function planOf(before: Installation, after: Installation): Plan {
  const ids = offices.map(({ id }) => id)
  const [was, is] = [before.trust.authority, after.trust.authority]
  const authority = !was.raw.equals(is.raw)
  const all = new Set([...before.systems.keys(), ...after.systems.keys()])
  return {
    systems: [...all].sort().map((office) => {
      const change = changeOf(before.systems.get(office), after.systems.get(office))
      return { office, ...change }
    }),
    certificates: ids.filter(
      (office) =>
        fingerprintsOf(before.trust.certificatesOf(office)) !==
        fingerprintsOf(after.trust.certificatesOf(office)),
    ),
    keys: ids.filter((office) => sealOf(before.keys.get(office)) !== sealOf(after.keys.get(office))),
    grants: changedGrants(before.grants, after.grants),
    authority,
    ...(authority && { authorities: { from: was.fingerprint256, to: is.fingerprint256 } }),
    tls:
      before.tls?.certificate.equals(after.tls?.certificate ?? Buffer.alloc(0)) === false ||
      before.tls?.key.equals(after.tls?.key ?? Buffer.alloc(0)) === false,
  }
}

function changeOf(
  before: ConnectedSystem | undefined,
  after: ConnectedSystem | undefined,
): Omit<Change, 'office'> {
  const from = before?.system.version
  const to = after?.system.version
  const profile = after?.system.id ?? before?.system.id ?? ''
  if (from === undefined) return { kind: 'added', profile, ...(to !== undefined && { to }) }
  if (to === undefined) return { kind: 'removed', profile, from }
  const references = before?.references !== after?.references
  if (from === to && !references) return { kind: 'unchanged', profile, from, to }
  const tables = changedTables(before?.tables ?? new Map(), after?.tables ?? new Map())
  return {
    ...{ kind: 'changed', profile, from, to },
    ...(from === to && { references: true }),
    ...(tables.length > 0 && { tables }),
  }
}

const changedTables = (
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter((name) => before.get(name) !== after.get(name))

function changedGrants(before: readonly Granted[], after: readonly Granted[]): readonly string[] {
  const [was, is] = [before, after].map((grants) => new Map(grants.map((grant) => [grant.name, said(grant)])))
  const names = new Set([...before, ...after].map(({ name }) => name))
  return [...names].filter((name) => was?.get(name) !== is?.get(name)).sort()
}

const said = ({ name, role, offices, secret, sha256, certificate }: Granted): string =>
  JSON.stringify([name, role, offices, secret, sha256, certificate?.fingerprint256 ?? null])

const fingerprintsOf = (certificates: readonly X509Certificate[]): string =>
  certificates
    .map(({ fingerprint256 }) => fingerprint256)
    .sort()
    .join(' ')

/** By the certificates: the key is the one that belongs to them. */
const sealOf = (key: OfficeKey | undefined): string => fingerprintsOf(key?.certificates ?? [])

/** Whether nothing at all would change. */
export const isEmpty = ({ systems, certificates, keys, grants, authority, tls }: Plan): boolean =>
  systems.every(({ kind }) => kind === 'unchanged') &&
  certificates.length + keys.length + grants.length === 0 &&
  !authority &&
  !tls

/** How many systems change in which way: for the log and the diary. */
export function countsOf({ systems, certificates, keys, grants }: Plan): Readonly<Record<string, number>> {
  const count = (kind: ChangeKind): number => systems.filter((each) => each.kind === kind).length
  return {
    ...{ added: count('added'), changed: count('changed'), removed: count('removed') },
    ...{ unchanged: count('unchanged'), certificates: certificates.length, keys: keys.length },
    grants: grants.length,
  }
}
