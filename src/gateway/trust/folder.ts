// The trust folder of design §5.1: `authority.pem`, `offices/<office id>/*.pem`, and the keys of those for whom we seal.
import type { KeyObject, X509Certificate } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { certificatesIn } from '../../adapters/transports/tls.ts'
import { standsUnder, unbelievedBecause, unfitBecause } from '../../envelope/certificate.ts'
import type { Signer, Trust } from '../../envelope/envelope.ts'
import { type OfficeId, officeId } from '../../letter/offices.ts'
import type { Instant } from '../../letter/time.ts'
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
  /** What is wrong with certificates that are not made for sealing: what is sealed with them is never believed. */
  readonly unfit: readonly Problem[]
}

/** A key with which this gateway seals for an office. */
export interface OfficeKey {
  readonly office: OfficeId
  readonly key: KeyObject
  /** Registered for the key and fit to seal; at least one. Those under the authority come first, of those what is valid longest. */
  readonly certificates: readonly [X509Certificate, ...X509Certificate[]]
}

/**
 * With what an office seals at an instant: of its certificates the one that is believed then and valid longest. So the next one, or one
 * under the next authority, may stand beside the present one before its time. Where none is believed, the first.
 */
export function signerAt(
  { office, key, certificates }: OfficeKey,
  authority: X509Certificate,
  at: Instant,
): Signer {
  const believed = certificates.find((each) => unbelievedBecause(each, authority, at) === undefined)
  return { office, key, certificate: believed ?? certificates[0] }
}

/** Reads a trust folder into memory: every fault of every file at once. */
export function readTrustFolder(folder: string): Result<TrustFolder> {
  const problems: Problem[] = []
  const [authority, ...others] = readCertificates(join(folder, 'authority.pem'), problems)
  // One is believed (docs/envelope.md): a second would be taken for believed by whoever put it there.
  if (others.length > 0) {
    const details = { count: others.length + 1 }
    problems.push(problem('trust.authority.several', join(folder, 'authority.pem'), undefined, details))
  }
  if (authority?.ca === false)
    problems.push(problem('envelope.authority.unfit', join(folder, 'authority.pem'), authority.subject))
  const offices = new Map<string, readonly X509Certificate[]>()
  const unfit: Problem[] = []
  const owners = new Map<string, string>()
  for (const name of foldersIn(join(folder, 'offices'))) {
    const path = join(folder, 'offices', name)
    const known = officeId(name)
    if (!known.ok) problems.push(problem('trust.office.unknown', path, name))
    const files = readdirSync(path).filter((file) => file.endsWith('.pem'))
    const certificates = files.sort().flatMap((file) => readCertificates(join(path, file), problems))
    offices.set(name, certificates)
    unfit.push(...unfitOf(certificates, path))
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
    unfit,
  })
}

/** What is wrong with each that is not fit to seal. */
const unfitOf = (certificates: readonly X509Certificate[], path: string): readonly Problem[] =>
  certificates.flatMap((each) => {
    const found = unfitBecause(each)
    return found === undefined ? [] : [problem(found.code, path, found.value, found.details)]
  })

/** The keys that this gateway holds (`keys/<office id>.pem`), each with the registered certificates that belong to it. */
export function readKeys(folder: string, trust: Trust): Result<ReadonlyMap<OfficeId, OfficeKey>> {
  const problems: Problem[] = []
  const found = new Map<OfficeId, OfficeKey>()
  const keys = join(folder, 'keys')
  for (const file of existsSync(keys) ? readdirSync(keys).sort() : []) {
    if (!file.endsWith('.pem')) continue
    const path = join(keys, file)
    const office = officeId(file.slice(0, -'.pem'.length))
    if (!office.ok) {
      problems.push(problem('trust.office.unknown', path, file))
      continue
    }
    const own = keyOf(office.value, path, trust)
    if (own.ok) found.set(office.value, own.value)
    else problems.push(...own.problems)
  }
  const [first, ...rest] = problems
  return first === undefined ? good(found) : bad(first, ...rest)
}

/** The offices whose keys a folder holds, each as it seals at an instant. */
export function readSigners(
  folder: string,
  trust: Trust,
  at: Instant,
): Result<ReadonlyMap<OfficeId, Signer>> {
  const keys = readKeys(folder, trust)
  if (!keys.ok) return keys
  return good(new Map([...keys.value].map(([office, key]) => [office, signerAt(key, trust.authority, at)])))
}

function keyOf(office: OfficeId, path: string, trust: Trust): Result<OfficeKey> {
  let key: ReturnType<typeof keyFromPem>
  try {
    key = keyFromPem(readFileSync(path))
  } catch (error) {
    return bad(problem('trust.key.unreadable', path, undefined, { reason: reasonOf(error) }))
  }
  const own = trust.certificatesOf(office).filter((certificate) => certificate.checkPrivateKey(key))
  const [first, ...others] = own
    .filter((certificate) => unfitBecause(certificate) === undefined)
    .map((certificate) => ({ certificate, isUnder: standsUnder(trust.authority, certificate) }))
    .sort(
      (one, other) =>
        Number(other.isUnder) - Number(one.isUnder) ||
        Date.parse(other.certificate.validTo) - Date.parse(one.certificate.validTo),
    )
    .map(({ certificate }) => certificate)
  if (first !== undefined) return good({ office, key, certificates: [first, ...others] })
  const [fault, ...rest] = unfitOf(own, path)
  return bad(fault ?? problem('trust.key.unregistered', path, office), ...rest)
}

function foldersIn(path: string): string[] {
  if (!existsSync(path)) return []
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}

/** Every certificate of a file; what is wrong with it goes to `problems`. */
export function readCertificates(path: string, problems: Problem[]): readonly X509Certificate[] {
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
