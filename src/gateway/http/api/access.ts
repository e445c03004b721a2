// Who asks: a key or a client certificate, and what the settings grant it.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import type { Granted } from '../../settings/api.ts'
import type { Grant } from './roles.ts'

const longestKey = 512
const bearer = /^bearer +([\x21-\x7e]+) *$/i

/** Finds the grant of whoever sends a request. */
export class Grants {
  readonly #granted: () => readonly Granted[]
  #read: readonly Granted[] = []
  #byKey: readonly { readonly digest: Buffer; readonly grant: Grant }[] = []
  #byCertificate: ReadonlyMap<string, Grant> = new Map()

  /** `granted`: the grants as they are at the time; they change while the gateway runs. */
  constructor(granted: () => readonly Granted[]) {
    this.#granted = granted
  }

  #renew(): void {
    const granted = this.#granted()
    if (granted === this.#read) return
    this.#read = granted
    this.#byKey = granted.flatMap((grant) =>
      grant.sha256.map((digest) => ({ digest: Buffer.from(digest, 'hex'), grant })),
    )
    this.#byCertificate = new Map(
      granted.flatMap((grant) =>
        grant.certificate === undefined ? [] : [[grant.certificate.fingerprint256, grant] as const],
      ),
    )
  }

  /**
   * The grant that a request proves, or undefined. A key counts before a certificate: a key that is wrong opens nothing,
   * whatever certificate the connection shows.
   */
  of(request: IncomingMessage): Grant | undefined {
    this.#renew()
    const { authorization } = request.headers
    return authorization === undefined ? this.#ofCertificate(request) : this.#ofKey(authorization)
  }

  /** Every digest is compared, and each in constant time: how long it takes tells nothing of which one was near. */
  #ofKey(authorization: string): Grant | undefined {
    const key = authorization.length > longestKey ? undefined : bearer.exec(authorization)?.[1]
    if (key === undefined) return undefined
    const said = createHash('sha256').update(key).digest()
    let found: Grant | undefined
    for (const { digest, grant } of this.#byKey) if (timingSafeEqual(digest, said)) found = grant
    return found
  }

  /** TLS has proved the key, the chain to the installation's authority, and the time. */
  #ofCertificate({ socket }: IncomingMessage): Grant | undefined {
    if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined
    const peer = socket.getPeerX509Certificate()
    return peer && this.#byCertificate.get(peer.fingerprint256)
  }
}
