// What the settings lead to, read and checked as one before anything is opened: trust, keys, systems, the server's own key.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Trust } from '../../envelope/envelope.ts'
import type { OfficeId } from '../../letter/offices.ts'
import type { Clock } from '../../letter/time.ts'
import { bad, good, type Problem, problem, type Result } from '../../problem/problem.ts'
import type { Granted } from '../settings/api.ts'
import type { Settings } from '../settings/settings.ts'
import { type OfficeKey, readKeys, readTrustFolder } from '../trust/folder.ts'
import type { ReadProfile } from './profile-files.ts'
import { type ConnectedSystem, checkDoors, checkKeys, connectSystems } from './systems.ts'

export interface Installation {
  readonly trust: Trust
  /** Offices of which a certificate is registered that does not stand under the authority. */
  readonly foreign: readonly string[]
  /** What is wrong with registered certificates that are not made for sealing. */
  readonly unfit: readonly Problem[]
  /** With which this gateway seals. */
  readonly keys: ReadonlyMap<OfficeId, OfficeKey>
  readonly systems: ReadonlyMap<OfficeId, ConnectedSystem>
  /** Who may ask the API. */
  readonly grants: readonly Granted[]
  readonly tls?: { readonly certificate: Buffer; readonly key: Buffer; readonly authority: X509Certificate }
}

interface InstallationFrom {
  readonly settings: Settings
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly read: ReadProfile
  /** Reads the grants of the API again; absent: they are those of the settings. */
  readonly grants?: () => Result<readonly Granted[]>
}

/** Reads an installation; every fault of every part of it at once. */
export async function readInstallation({
  settings,
  environment,
  clock,
  read,
  grants: readGrants,
}: InstallationFrom): Promise<Result<Installation>> {
  const problems: Problem[] = []
  const trust = kept(readTrustFolder(settings.trust), problems)
  const keys = trust && kept(readKeys(settings.trust, trust), problems)
  const { profiles, data: folder, organisations } = settings
  const from = { profiles, environment, folder, clock, read, ...(organisations && { organisations }) }
  const { systems, problems: unconnected } = await connectSystems(from)
  problems.push(...unconnected)
  // A profile that cannot be read hides nothing of the others.
  if (keys !== undefined) kept(checkKeys(systems, keys, settings.trust), problems)
  kept(checkDoors(systems, settings.api !== undefined), problems)
  const grants = readGrants === undefined ? settings.api?.grants : kept(readGrants(), problems)
  const identity = settings.listen.https && kept(readIdentity(settings.listen.https), problems)
  const [first, ...rest] = problems
  if (first !== undefined) return bad(first, ...rest)
  if (trust === undefined || keys === undefined)
    throw new Error('an installation without a problem is not whole')
  return good({
    trust,
    ...{ foreign: trust.foreign, unfit: trust.unfit },
    keys,
    systems,
    grants: grants ?? [],
    ...(identity && { tls: { ...identity, authority: trust.authority } }),
  })
}

function kept<Value>(result: Result<Value>, problems: Problem[]): Value | undefined {
  if (result.ok) return result.value
  problems.push(...result.problems)
  return undefined
}

/** The certificate and the key that the server shows: readable, and belonging together. */
function readIdentity(files: {
  readonly certificate: string
  readonly key: string
}): Result<{ certificate: Buffer; key: Buffer }> {
  const certificate = attempt(() => {
    const bytes = readFileSync(files.certificate)
    return { bytes, parsed: new X509Certificate(bytes) }
  })
  const key = attempt(() => {
    const bytes = readFileSync(files.key)
    return { bytes, parsed: createPrivateKey(bytes) }
  })
  const problems: Problem[] = []
  if ('reason' in certificate)
    problems.push(
      problem('trust.certificate.unreadable', files.certificate, undefined, { reason: certificate.reason }),
    )
  if ('reason' in key)
    problems.push(problem('trust.key.unreadable', files.key, undefined, { reason: key.reason }))
  if (!('reason' in certificate) && !('reason' in key)) {
    if (certificate.parsed.checkPrivateKey(key.parsed))
      return good({ certificate: certificate.bytes, key: key.bytes })
    const expected = 'the private key of listen.https.certificate'
    problems.push(problem('settings.wrong', 'listen.https.key', files.key, { expected }))
  }
  const [first, ...rest] = problems
  if (first === undefined) throw new Error('a certificate and its key failed without a reason')
  return bad(first, ...rest)
}

function attempt<Value extends object>(act: () => Value): Value | { readonly reason: string } {
  try {
    return act()
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) }
  }
}
