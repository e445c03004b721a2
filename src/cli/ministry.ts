// An office's side of a folder made by `saraban certs init`: what a system of the sandbox signs with, shows and trusts.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSigners, readTrustFolder } from '../gateway/trust/folder.ts'
import { moi, type OfficeId } from '../letter/offices.ts'
import { systemClock } from '../letter/time.ts'
import { bad, good, type Problem, problem, type Result } from '../problem/problem.ts'
import type { OfficeIdentity } from '../sandbox/fleet/member.ts'
import type { TlsIdentity } from '../sandbox/inbox/post.ts'
import { reasonOf } from './terminal.ts'

/** What an office has of its own, without what the gateway shows to it. */
type OwnIdentity = Omit<OfficeIdentity, 'gateway'>

/** Reads the ministry's keys and certificates; every fault of the folder at once. */
export const readMinistry = (certs: string): Result<OwnIdentity> => readIdentity(certs, moi, 'inbox')

/** Reads the keys and certificates of an office whose server shows what stands in `tls` under `server`. */
export function readIdentity(certs: string, office: OfficeId, server: string): Result<OwnIdentity> {
  const trust = readTrustFolder(certs)
  if (!trust.ok) return trust
  const signers = readSigners(certs, trust.value, systemClock.now())
  if (!signers.ok) return signers
  const signer = signers.value.get(office)
  const problems: Problem[] = []
  if (signer === undefined) problems.push(problem('cli.key.missing', '--certs', office, { folder: certs }))
  const read = (file: string): string => {
    try {
      return readFileSync(join(certs, file), 'utf8')
    } catch (error) {
      problems.push(problem('cli.file.unreadable', '--certs', join(certs, file), { reason: reasonOf(error) }))
      return ''
    }
  }
  const authority = read('authority.pem')
  const pair = (certificate: string, key: string): TlsIdentity => ({
    certificate: read(certificate),
    key: read(key),
    authority,
  })
  const identities = {
    server: pair(`tls/${server}.pem`, `tls/${server}.key.pem`),
    client: pair(`offices/${office}/certificate.pem`, `keys/${office}.pem`),
  }
  const [first, ...rest] = problems
  if (first !== undefined) return bad(first, ...rest)
  if (signer === undefined) throw new Error('an office without a signer and without a problem')
  return good({ signer, trust: trust.value, ...identities })
}
