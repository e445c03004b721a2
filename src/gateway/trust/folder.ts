// The trust folder of design §5.1: `authority.pem`, `offices/<office id>/*.pem`, and the keys of those for whom we seal.
import { X509Certificate } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { certificatesIn } from '../../adapters/transports/tls.ts'
import type { Signer, Trust } from '../../envelope/envelope.ts'
import { type OfficeId, officeId } from '../../letter/offices.ts'
import { bad, good, type Problem, problem, type Result } from '../../problem/problem.ts'
import { keyFromPem } from './authority.ts'

/** Where an office's key stands. */
export const keyFile = (folder: string, office: OfficeId): string => join(folder, 'keys', `${office}.pem`)

/** Where an office's certificates stand. */
export const certificatesFolder = (folder: string, office: OfficeId): string =>
  join(folder, 'offices', office)

export interface TrustFolder extends Trust {
  /** Offices of which a certificate does not stand under the authority: while authorities change, one may stand beside a good one. */
  readonly foreign: readonly string[]
}

/** Whether `authority` issued the certificate. */
export const standsUnder = (authority: X509Certificate, certificate: X509Certificate): boolean =>
  certificate.checkIssued(authority) && certificate.verify(authority.publicKey)

/** Reads a trust folder into memory: every fault of every file at once. */
export function readTrustFolder(folder: string): Result<TrustFolder> {
  const problems: Problem[] = []
  const [authority, ...others] = readCertificates(join(folder, 'authority.pem'), problems)
  // One is believed (docs/envelope.md): a second would be taken for believed by whoever put it there.
  if (others.length > 0) {
    const details = { count: others.length + 1 }
    problems.push(problem('trust.authority.several', join(folder, 'authority.pem'), undefined, details))
  }
  const offices = new Map<string, readonly X509Certificate[]>()
  const owners = new Map<string, string>()
  for (const name of foldersIn(join(folder, 'offices'))) {
    const path = join(folder, 'offices', name)
    const known = officeId(name)
    if (!known.ok) problems.push(problem('trust.office.unknown', path, name))
    const files = readdirSync(path).filter((file) => file.endsWith('.pem'))
    const certificates = files.sort().flatMap((file) => readCertificates(join(path, file), problems))
    offices.set(name, certificates)
    for (const { publicKey } of certificates) {
      // By the key, not by the certificate: who holds it could speak for both (attacks T9).
      const key = publicKey.export({ type: 'spki', format: 'der' }).toString('hex')
      const other = owners.get(key)
      if (other !== undefined && other !== name)
        problems.push(problem('trust.certificate.shared', path, name, { other }))
      owners.set(key, name)
    }
  }
  const [first, ...rest] = problems
  if (first !== undefined) return bad(first, ...rest)
  if (authority === undefined)
    return bad(problem('trust.certificate.unreadable', join(folder, 'authority.pem')))
  const foreign = [...offices].filter(([, all]) => !all.every((each) => standsUnder(authority, each)))
  return good({
    authority,
    certificatesOf: (office) => offices.get(office) ?? [],
    foreign: foreign.map(([office]) => office),
  })
}

/**
 * The offices for which this gateway holds a key (`keys/<office id>.pem`), each with the registered certificate that
 * belongs to the key: with several registered, the one that is valid longest.
 */
export function readSigners(folder: string, trust: Trust): Result<ReadonlyMap<OfficeId, Signer>> {
  const problems: Problem[] = []
  const signers = new Map<OfficeId, Signer>()
  const keys = join(folder, 'keys')
  for (const file of existsSync(keys) ? readdirSync(keys).sort() : []) {
    if (!file.endsWith('.pem')) continue
    const path = join(keys, file)
    const office = officeId(file.slice(0, -'.pem'.length))
    if (!office.ok) {
      problems.push(problem('trust.office.unknown', path, file))
      continue
    }
    const signer = signerOf(office.value, path, trust)
    if (signer.ok) signers.set(office.value, signer.value)
    else problems.push(...signer.problems)
  }
  const [first, ...rest] = problems
  return first === undefined ? good(signers) : bad(first, ...rest)
}

function signerOf(office: OfficeId, path: string, trust: Trust): Result<Signer> {
  let key: ReturnType<typeof keyFromPem>
  try {
    key = keyFromPem(readFileSync(path))
  } catch (error) {
    return bad(problem('trust.key.unreadable', path, undefined, { reason: reasonOf(error) }))
  }
  const own = trust
    .certificatesOf(office)
    .filter((certificate) => certificate.checkPrivateKey(key))
    .sort((one, other) => Date.parse(other.validTo) - Date.parse(one.validTo))[0]
  return own === undefined
    ? bad(problem('trust.key.unregistered', path, office))
    : good({ office, key, certificate: own })
}

function foldersIn(path: string): string[] {
  if (!existsSync(path)) return []
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}

function readCertificates(path: string, problems: Problem[]): readonly X509Certificate[] {
  try {
    const found = certificatesIn(readFileSync(path, 'latin1'))
    if (found === undefined) throw new Error('no PEM certificate in the file, or one that is not whole')
    return found
  } catch (error) {
    problems.push(problem('trust.certificate.unreadable', path, undefined, { reason: reasonOf(error) }))
    return []
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
