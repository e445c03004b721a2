// Who stands at a door: every HTTP-facing system speaks for exactly one office, and proves that it is itself.
import { createHash, timingSafeEqual, type X509Certificate } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Access } from '../../adapters/contract.ts'
import { Passwords } from './passwords.ts'

const longestCredential = 1024

/** Judges requests against a door's access. One keeper serves all doors of a gateway. */
export class Doorkeeper {
  readonly #certificatesOf: (office: string) => readonly X509Certificate[]
  readonly #passwords = new Passwords()

  constructor(certificatesOf: (office: string) => readonly X509Certificate[]) {
    this.#certificatesOf = certificatesOf
  }

  /** Whether the sender of `request` may use a door of `office`. Rejects with `KeeperBusy` when too many passwords wait. */
  async admits(request: IncomingMessage, access: Access, office: string): Promise<boolean> {
    switch (access.kind) {
      case 'certificate':
        return this.#hasCertificate(request, office)
      case 'api-key':
        return hasKey(request, access.sha256)
      case 'basic':
        return (
          isListed(request, access.addresses) &&
          (await this.#hasPassword(request, access.user, access.scrypt))
        )
      default:
        return access satisfies never
    }
  }

  /** The TLS layer has proved possession of the key and the chain; here only the registered certificates count. */
  #hasCertificate(request: IncomingMessage, office: string): boolean {
    const { socket } = request
    if (!(socket instanceof TLSSocket) || !socket.authorized) return false
    const peer = socket.getPeerX509Certificate()
    if (peer === undefined) return false
    return this.#certificatesOf(office).some((registered) => registered.raw.equals(peer.raw))
  }

  async #hasPassword(request: IncomingMessage, user: string, expected: string): Promise<boolean> {
    const said = credential(request, 'basic')
    if (said === undefined) return false
    const decoded = Buffer.from(said, 'base64').toString('utf8')
    // The first colon ends the name; a password may hold more of them (RFC 7617, section 2).
    const colon = decoded.indexOf(':')
    if (colon < 0 || !sameText(decoded.slice(0, colon), user)) return false
    return this.#passwords.proves(decoded.slice(colon + 1), expected)
  }
}

function hasKey(request: IncomingMessage, digests: readonly string[]): boolean {
  const said = credential(request, 'bearer')
  if (said === undefined) return false
  const digest = createHash('sha256').update(said).digest()
  return digests.some((expected) => {
    const known = Buffer.from(expected, 'hex')
    return known.length === digest.length && timingSafeEqual(known, digest)
  })
}

function credential(request: IncomingMessage, scheme: string): string | undefined {
  const header = request.headers.authorization
  if (header === undefined || header.length > longestCredential) return undefined
  const space = header.indexOf(' ')
  if (space < 0 || header.slice(0, space).toLowerCase() !== scheme) return undefined
  return header.slice(space + 1).trim()
}

function isListed(request: IncomingMessage, addresses: readonly string[]): boolean {
  // An IPv4 client of an IPv6 socket shows as ::ffff:a.b.c.d; it is the same client.
  const address = (request.socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/i, '')
  const family = isIP(address)
  if (family === 0) return false
  const list = new BlockList()
  for (const range of addresses) {
    const [base = '', bits] = range.split('/')
    const kind = isIP(base) === 6 ? 'ipv6' : 'ipv4'
    if (isIP(base) !== 0)
      list.addSubnet(base, bits === undefined ? (kind === 'ipv6' ? 128 : 32) : Number(bits), kind)
  }
  return list.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

function sameText(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}
