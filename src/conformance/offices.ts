// The offices of a stage: an authority, and for each office a key that it has registered, all made for this stage alone.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Signer, Trust } from '../envelope/envelope.ts'
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
import type { TlsIdentity } from '../sandbox/inbox/post.ts'

export interface Offices {
  readonly trust: Trust
  readonly signers: ReadonlyMap<OfficeId, Signer>
  /** What an office shows over TLS, by its registered certificate. Throws for an office that is not here. */
  shownBy(office: OfficeId): TlsIdentity
  /** What a server of this machine shows, and the gateway as a client. */
  readonly machine: TlsIdentity
}

export async function makeOffices(
  offices: readonly OfficeId[],
  clock: Clock,
  random: Random,
): Promise<Offices> {
  const now = clock.now()
  const authority = await createAuthority(now, random)
  const issue = async (purpose: Purpose): Promise<Identity> => {
    const key = await newKey()
    return { key, certificate: issueCertificate(authority, key, purpose, now, random) }
  }
  const shown = ({ key, certificate }: Identity): TlsIdentity => ({
    key: keyToPem(key),
    certificate: certificate.toString(),
    authority: authority.certificate.toString(),
  })
  const [machine, ...own] = await Promise.all([
    issue({ kind: 'server', names: ['localhost'], addresses: ['127.0.0.1'] }),
    ...offices.map((office) => issue({ kind: 'office', office })),
  ])
  const signers = new Map<OfficeId, Signer>()
  for (const [index, office] of offices.entries()) {
    const identity = own[index]
    if (identity !== undefined) signers.set(office, { office, ...identity })
  }
  const byName = new Map<string, Signer>(signers)
  return {
    trust: {
      authority: authority.certificate,
      certificatesOf: (office) => {
        const found = byName.get(office)
        return found === undefined ? [] : [found.certificate]
      },
    },
    signers,
    shownBy(office) {
      const signer = signers.get(office)
      if (signer === undefined) throw new Error(`the office ${office} is not on this stage`)
      return shown(signer)
    },
    machine: shown(machine),
  }
}

/** Writes the trust folder (design §5.1) of a gateway that seals for `sealedFor`: of the others it has the certificates alone. */
export function writeTrust(
  folder: string,
  { trust, signers, machine }: Offices,
  sealedFor: readonly OfficeId[],
): void {
  mkdirSync(join(folder, 'keys'), { recursive: true })
  writeFileSync(join(folder, 'authority.pem'), trust.authority.toString())
  for (const { office, key, certificate } of signers.values()) {
    mkdirSync(join(folder, 'offices', office), { recursive: true })
    writeFileSync(join(folder, 'offices', office, 'certificate.pem'), certificate.toString())
    if (sealedFor.includes(office))
      writeFileSync(join(folder, 'keys', `${office}.pem`), keyToPem(key), { mode: 0o600 })
  }
  mkdirSync(join(folder, 'tls'))
  writeFileSync(join(folder, 'tls', 'gateway.pem'), machine.certificate)
  writeFileSync(join(folder, 'tls', 'gateway.key.pem'), machine.key, { mode: 0o600 })
}
