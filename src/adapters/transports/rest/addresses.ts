// Where a request may go (attacks T1). Hosts are those that the profile names, compared as the URL parser writes them; the
// address that a name leads to is looked at when the connection is made, on the very address that is then used, so that
// a name that answers differently the next time (DNS rebinding) gains nothing.
import { type LookupAddress, lookup as systemLookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** The origin of an address that may be asked: `https://host:port`, or `http://…` where `plain` allows it. */
export function originOf(text: string, plain: boolean): URL | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  const good = url.username === '' && url.password === '' && url.hash === '' && url.hostname !== ''
  const scheme =
    url.protocol === 'https:' || (url.protocol === 'http:' && (plain || isLoopback(url.hostname)))
  return good && scheme ? url : undefined
}

/** A path of the profile under the base, whose own path stands before it. */
export const addressIn = (base: URL, path: string): URL =>
  new URL(`${base.origin}${base.pathname.replace(/\/$/, '')}${path}`)

/** A machine's own addresses, as `URL` writes them. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'))

/** Networks that no name of a province's system leads to: this machine, its link, cloud metadata, nobody, everybody. */
// Two lists: a BlockList compares an IPv4 address with networks of IPv6, too, as if it were mapped.
const never4 = new BlockList()
const never6 = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  never4.addSubnet(network, prefix, 'ipv4')
// Alibaba's metadata stands in a network of its own.
never4.addAddress('100.100.100.200', 'ipv4')
// `::` with IPv4 in it (mapped, compatible), NAT64, 6to4, Teredo: an IPv4 address in disguise, whichever it is.
for (const [network, prefix] of [
  ['::', 64],
  ['64:ff9b::', 32],
  ['2001::', 32],
  ['2002::', 16],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const)
  never6.addSubnet(network, prefix, 'ipv6')
never6.addAddress('fd00:ec2::254', 'ipv6')

/** Whether a name may lead to this address. Private networks may: there the provinces' systems stand. */
export const isReachable = (address: string): boolean => {
  const family = isIP(address)
  return family === 4 ? !never4.check(address, 'ipv4') : family === 6 && !never6.check(address, 'ipv6')
}

class Forbidden extends Error {
  override readonly name = 'Forbidden'
  readonly code = 'ADDRESS_FORBIDDEN'
}

/** Looks a name up for a connection; `localhost` is what the profile itself says and leads to this machine. */
export const guardedLookup =
  (lookup: typeof systemLookup = systemLookup): LookupFunction =>
  (host, options, done) => {
    lookup(host, { ...options, all: true }, (error, found: LookupAddress[]) => {
      if (error !== null) return done(error, '', 0)
      const reachable =
        host === 'localhost'
          ? found.filter(({ address }) => address === '::1' || address.startsWith('127.'))
          : found.filter(({ address }) => isReachable(address))
      const [first] = reachable
      // One forbidden address among good ones is how rebinding looks: the good ones are used, never the other.
      if (first === undefined)
        return done(new Forbidden(`${host} leads to an address that is not asked`), '', 0)
      if (options.all === true) return done(null, reachable)
      return done(null, first.address, first.family)
    })
  }
