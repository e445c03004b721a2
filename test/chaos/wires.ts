// The wires of a stage: one to everything that the gateway reaches or is reached by over the network.
import type { Settings } from '../../src/gateway/settings/settings.ts'
import { freePort } from '../../src/sandbox/servers/port.ts'
import { Link } from './link.ts'

export interface Links {
  /** From the gateway to the ministry. */
  readonly ministry: Link
  /** From the ministry to the gateway. */
  readonly back: Link
  /** From the systems to the gateway, plain HTTP. */
  readonly door: Link
  /** From the gateway to the systems' own servers: by the name of what said in the environment where they are. */
  readonly servers: ReadonlyMap<string, Link>
  /** Those of them on which a session of many answers is one hand-over: files, databases, mail. */
  readonly sessions: ReadonlySet<Link>
}

export const allOf = ({ ministry, back, door, servers }: Links): readonly Link[] => [
  ...[ministry, back, door],
  ...servers.values(),
]

export interface Wires {
  readonly links: Links
  /** What the gateway is to be started with, so that everything goes over the wires. */
  readonly settings: Settings
  readonly environment: Readonly<Record<string, string>>
}

/** Lays a wire to each address of the environment, and before each door of the gateway. */
export async function layWires(
  settings: Settings,
  environment: Readonly<Record<string, string>>,
): Promise<Wires> {
  const { http, https } = settings.listen
  if (http === undefined || https === undefined) throw new Error('the gateway has no doors')
  const [front, behind] = [await freePort(), await freePort()]
  const door = await Link.to(front, http.port)
  // A handshake begins each connection of TLS.
  const back = await Link.to(behind, https.port, 1)
  const own = new Set([http.port, https.port])
  const servers = new Map<string, Link>()
  const sessions = new Set<Link>()
  const wired: Record<string, string> = { ...environment }
  for (const [name, value] of Object.entries(environment)) {
    const [, office = '', what] = /^SARABAN_([a-z0-9]+)_(?:.*_)?(URL|PORT)$/i.exec(name) ?? []
    // Addresses of files are given by a system itself, and the gateway is told whose they may be.
    if (what === undefined || name.endsWith('_FILES_URL')) continue
    const port = what === 'URL' ? Number(new URL(value).port) : Number(value)
    // Where the gateway itself is, a system is told.
    if (own.has(port)) continue
    const known = `${office} ${port}`
    const link = servers.get(known) ?? (await Link.to(port, 0, value.startsWith('https:') ? 1 : 0))
    servers.set(known, link)
    if (what === 'PORT') sessions.add(link)
    wired[name] = what === 'URL' ? withPort(value, link.port) : String(link.port)
  }
  const ministry = [...servers].find(([known]) => known.startsWith('MOI '))
  if (ministry === undefined) throw new Error('nobody says where the ministry is')
  servers.delete(ministry[0])
  return {
    links: { ministry: ministry[1], back, door, servers, sessions },
    settings: {
      ...settings,
      listen: { http: { host: '127.0.0.1', port: front }, https: { ...https, port: behind } },
    },
    environment: wired,
  }
}

function withPort(address: string, port: number): string {
  const url = new URL(address)
  url.port = String(port)
  return url.href
}
