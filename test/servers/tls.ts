// Keys and certificates for servers on this machine.
import { createAuthority, issueCertificate, keyToPem, newKey } from '../../src/gateway/trust/authority.ts'
import { systemRandom } from '../../src/letter/time.ts'
import type { ServerTls } from '../../src/sandbox/servers/tls.ts'

/** Of this machine, or of other names. */
export async function serverTls(of = { names: ['localhost'], addresses: ['127.0.0.1'] }): Promise<ServerTls> {
  const now = Date.now()
  const authority = await createAuthority(now, systemRandom)
  const key = await newKey()
  const subject = { kind: 'server' as const, ...of }
  return {
    key: keyToPem(key),
    certificate: issueCertificate(authority, key, subject, now, systemRandom).toString(),
    authority: authority.certificate.toString(),
  }
}
