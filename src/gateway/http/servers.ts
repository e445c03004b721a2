// The servers of a gateway: the same doors on the province's own network and, by mutual TLS, for the ministry.
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { Clock } from '../../letter/time.ts'
import type { Installation } from '../installation/installation.ts'
import { orThrow } from '../installation/systems.ts'
import type { Listen, Settings } from '../settings/settings.ts'
import { listenAt } from './listen.ts'
import { createServer, renewTls } from './server.ts'

/** Where a gateway listens: `http://host:port`. */
export interface Addresses {
  readonly http?: string
  readonly https?: string
}

export interface ServersParts {
  readonly listen: Settings['listen']
  readonly tls: Installation['tls']
  readonly plugins: readonly FastifyPluginAsync[]
  readonly clock: Clock
  readonly failed: (error: Error) => void
}

export class Servers {
  readonly #parts: ServersParts
  readonly #servers: FastifyInstance[] = []

  constructor(parts: ServersParts) {
    this.#parts = parts
  }

  /** Listens wherever the settings say so. Throws `SettingsError` when an address cannot be had. */
  async listen(): Promise<Addresses> {
    const { http, https } = this.#parts.listen
    return {
      ...(http && { http: await this.#listenAt(http, 'http') }),
      ...(https && { https: await this.#listenAt(https, 'https') }),
    }
  }

  /** Shows another certificate and believes another authority from now on. */
  secure({ tls }: Pick<Installation, 'tls'>): void {
    for (const server of this.#servers) renewTls(server, tls)
  }

  /** Takes no more requests; resolves when those under way are answered. */
  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()))
  }

  async #listenAt(at: Listen, scheme: 'http' | 'https'): Promise<string> {
    const { tls, plugins, clock, failed } = this.#parts
    const server = createServer({ ...(scheme === 'https' && tls && { tls }), clock, failed })
    this.#servers.push(server)
    for (const plugin of plugins) await server.register(plugin)
    return orThrow(await listenAt(server, at, `listen.${scheme}`, scheme))
  }
}
