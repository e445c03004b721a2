// The ministry's side of a folder made by `saraban certs init`: what the sandbox's inbox signs with, shows and trusts.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Signer, Trust } from '../envelope/envelope.ts'
import { readSigners, readTrustFolder } from '../gateway/trust/folder.ts'
import { moi } from '../letter/offices.ts'
import { bad, good, type Problem, problem, type Result } from '../problem/problem.ts'
import type { TlsIdentity } from '../sandbox/inbox/post.ts'
import { reasonOf } from './terminal.ts'

export interface Ministry {
  readonly signer: Signer
  readonly trust: Trust
  /** What the inbox shows to those who call it. */
  readonly server: TlsIdentity
  /** What the inbox shows to the gateway. */
  readonly client: TlsIdentity
}

/** Reads the ministry's keys and certificates; every fault of the folder at once. */
export function readMinistry(certs: string): Result<Ministry> {
  const trust = readTrustFolder(certs)
  if (!trust.ok) return trust
  const signers = readSigners(certs, trust.value)
  if (!signers.ok) return signers
  const signer = signers.value.get(moi)
  const problems: Problem[] = []
  if (signer === undefined) problems.push(problem('cli.key.missing', '--certs', moi, { folder: certs }))
  const read = (file: string): string => {
    try {
      return readFileSync(join(certs, file), 'utf8')
    } catch (error) {
      problems.push(problem('cli.file.unreadable', '--certs', join(certs, file), { reason: reasonOf(error) }))
      return ''
    }
  }
  const authority = read('authority.pem')
  const server = { certificate: read('tls/inbox.pem'), key: read('tls/inbox.key.pem'), authority }
  const client = { certificate: read('offices/moi/certificate.pem'), key: read('keys/moi.pem'), authority }
  const [first, ...rest] = problems
  if (first !== undefined) return bad(first, ...rest)
  if (signer === undefined) throw new Error('a ministry without a signer and without a problem')
  return good({ signer, trust: trust.value, server, client })
}
