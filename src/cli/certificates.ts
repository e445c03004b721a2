// Makes the folder of a test authority: what `saraban certs init` writes, and the demonstration for its own few offices.
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  createAuthority,
  type Identity,
  issueCertificate,
  keyToPem,
  newKey,
  type Purpose,
} from '../gateway/trust/authority.ts'
import type { OfficeId } from '../letter/offices.ts'
import type { Clock, Random } from '../letter/time.ts'

/** The servers of a test installation; both answer on this machine only. */
const servers = ['gateway', 'inbox'] as const

/**
 * Makes the folder `out` (design §5.1, trust folder): whole or not at all. Keys are RSA-2048, made in the thread pool;
 * their files have mode 0600. Throws when the folder cannot be written.
 */
export async function makeCertificates(
  out: string,
  offices: readonly OfficeId[],
  clock: Clock,
  random: Random,
): Promise<void> {
  const now = clock.now()
  const begun = `${out}.tmp`
  mkdirSync(begun, { mode: 0o700 })
  try {
    const authority = await createAuthority(now, random)
    writeIdentity(begun, 'authority.pem', 'authority.key.pem', authority)
    const issue = async (purpose: Purpose): Promise<Identity> => {
      const key = await newKey()
      return { key, certificate: issueCertificate(authority, key, purpose, now, random) }
    }
    const ofOffices = offices.map(async (office) => {
      const identity = await issue({ kind: 'office', office })
      writeIdentity(
        begun,
        join('offices', office, 'certificate.pem'),
        join('keys', `${office}.pem`),
        identity,
      )
    })
    const ofServers = servers.map(async (name) => {
      const identity = await issue({
        kind: 'server',
        names: ['localhost', name],
        addresses: ['127.0.0.1', '::1'],
      })
      writeIdentity(begun, join('tls', `${name}.pem`), join('tls', `${name}.key.pem`), identity)
    })
    await Promise.all([...ofOffices, ...ofServers])
    renameSync(begun, out)
  } catch (error) {
    rmSync(begun, { recursive: true, force: true })
    throw error
  }
}

function writeIdentity(folder: string, certificateFile: string, keyFile: string, identity: Identity): void {
  for (const file of [certificateFile, keyFile]) mkdirSync(join(folder, file, '..'), { recursive: true })
  writeFileSync(join(folder, certificateFile), identity.certificate.toString(), { flag: 'wx' })
  writeFileSync(join(folder, keyFile), keyToPem(identity.key), { flag: 'wx', mode: 0o600 })
}
