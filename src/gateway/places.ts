// Where an installation reaches its systems: folders, servers and addresses that a profile's channels name.
import { isAbsolute, join } from 'node:path'

export type Place =
  | { readonly kind: 'folder'; readonly path: string }
  /** The folder of a server's sockets. */
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'server'; readonly host: string; readonly port: number }
  | {
      readonly kind: 'address'
      readonly url: string
      /** PEM texts. */
      readonly tls: { readonly key?: string; readonly certificate?: string; readonly authority?: string }
    }

/** Ports where the options say none, by the kind of transport, the database or the member that the server stands under. */
const ports: Readonly<Record<string, number>> = {
  ...{ sftp: 22, ftp: 21, imap: 993, smtp: 587 },
  ...{ mysql: 3306, postgresql: 5432, sqlserver: 1433 },
}

/** The places in resolved channels, each once; relative paths stand in `folder`. */
export function placesIn(channels: unknown, folder: string): readonly Place[] {
  const found = new Map<string, Place>()
  const add = (place: Place): void => void found.set(JSON.stringify(place), place)
  const look = (value: unknown, known: number | undefined): void => {
    if (typeof value !== 'object' || value === null) return
    const { kind, engine, host, port, path, url, tls } = value as Readonly<Record<string, unknown>>
    const usual = ports[String(engine)] ?? ports[String(kind)] ?? known
    if (kind === 'folder' && typeof path === 'string')
      add({ kind: 'folder', path: isAbsolute(path) ? path : join(folder, path) })
    if (typeof host === 'string' && host.startsWith('/')) add({ kind: 'socket', path: host })
    else if (typeof host === 'string' && Number(port ?? usual) > 0)
      add({ kind: 'server', host, port: Number(port ?? usual) })
    if (typeof url === 'string' && /^https?:/.test(url) && URL.canParse(url))
      add({ kind: 'address', url, tls: textsOf(tls) })
    for (const [name, inside] of Object.entries(value)) look(inside, ports[name] ?? usual)
  }
  look(channels, undefined)
  return [...found.values()]
}

function textsOf(tls: unknown): Extract<Place, { kind: 'address' }>['tls'] {
  if (typeof tls !== 'object' || tls === null) return {}
  const texts = Object.entries(tls).filter(
    ([name, text]) => ['key', 'certificate', 'authority'].includes(name) && typeof text === 'string',
  )
  return Object.fromEntries(texts)
}
