// Makes the folder of a test authority: what `saraban certs init` writes and `certs add` adds to, and the demonstration for its own few offices.
import { X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  createAuthority,
  type Identity,
  issueCertificate,
  isTestAuthority,
  keyFromPem,
  keyToPem,
  newKey,
  type Purpose,
} from '../gateway/trust/authority.ts'
import type { OfficeId } from '../letter/offices.ts'
import type { Clock, Random } from '../letter/time.ts'

/** The servers of a test installation; all answer on this machine only. */
const ownServers = ['gateway', 'inbox'] as const

/**
 * Makes the folder `out` (design §5.1, trust folder): whole or not at all. Keys are RSA-2048, made in the thread pool;
 * their files have mode 0600. Throws when the folder cannot be written.
 */
export async function makeCertificates(
  out: string,
  offices: readonly OfficeId[],
  clock: Clock,
  random: Random,
  servers: readonly string[] = ownServers,
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

/** The test authority that `makeCertificates` made in `folder`; undefined for any other, which we never sign for. */
export function testAuthorityOf(folder: string): Identity | undefined {
  const [keyFile, file] = [join(folder, 'authority.key.pem'), join(folder, 'authority.pem')]
  if (!existsSync(keyFile) || !existsSync(file)) return undefined
  const authority = {
    key: keyFromPem(readFileSync(keyFile)),
    certificate: new X509Certificate(readFileSync(file)),
  }
  return isTestAuthority(authority) ? authority : undefined
}

/**
 * Adds a key and a certificate for each office that is not registered in `folder` yet, and gives those offices. What is
 * there stays: a key without a certificate, of a run that was broken off, gets its certificate.
 */
export async function addCertificates(
  folder: string,
  authority: Identity,
  offices: readonly OfficeId[],
  clock: Clock,
  random: Random,
): Promise<readonly OfficeId[]> {
  const missing = offices.filter((office) => !existsSync(join(folder, 'offices', office)))
  await Promise.all(
    missing.map(async (office) => {
      const keyFile = join(folder, 'keys', `${office}.pem`)
      mkdirSync(join(folder, 'keys'), { recursive: true })
      if (!existsSync(keyFile)) writeFileSync(keyFile, keyToPem(await newKey()), { flag: 'wx', mode: 0o600 })
      const key = keyFromPem(readFileSync(keyFile))
      const certificate = issueCertificate(authority, key, { kind: 'office', office }, clock.now(), random)
      // By a rename, so that a gateway that starts meanwhile finds an office whole or not at all.
      const begun = join(folder, `${office}.tmp`)
      rmSync(begun, { recursive: true, force: true })
      mkdirSync(begun)
      writeFileSync(join(begun, 'certificate.pem'), certificate.toString())
      mkdirSync(join(folder, 'offices'), { recursive: true })
      renameSync(begun, join(folder, 'offices', office))
    }),
  )
  return missing
}

function writeIdentity(folder: string, certificateFile: string, keyFile: string, identity: Identity): void {
  for (const file of [certificateFile, keyFile]) mkdirSync(join(folder, file, '..'), { recursive: true })
  writeFileSync(join(folder, certificateFile), identity.certificate.toString(), { flag: 'wx' })
  writeFileSync(join(folder, keyFile), keyToPem(identity.key), { flag: 'wx', mode: 0o600 })
}
