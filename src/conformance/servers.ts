// The real servers of a machine, which all stages share: each is started when the first profile asks for it.
import { createAuthority, issueCertificate, keyToPem, newKey } from '../gateway/trust/authority.ts'
import type { Clock, Random } from '../letter/time.ts'
import type { FleetServers } from '../sandbox/fleet/member.ts'
import { sharedServers } from '../sandbox/fleet/servers.ts'

/** With a certificate of their own, made for this run alone. */
export async function serversOnThisMachine(machine: {
  readonly clock: Clock
  readonly random: Random
  readonly environment: Readonly<Record<string, string | undefined>>
}): Promise<{ readonly servers: FleetServers; close(): Promise<void> }> {
  const { clock, random, environment } = machine
  const now = clock.now()
  const authority = await createAuthority(now, random)
  const key = await newKey()
  const purpose = { kind: 'server', names: ['localhost'], addresses: ['127.0.0.1'] } as const
  const tls = {
    key: keyToPem(key),
    certificate: issueCertificate(authority, key, purpose, now, random).toString(),
    authority: authority.certificate.toString(),
  }
  return sharedServers({ random, tls, environment })
}
