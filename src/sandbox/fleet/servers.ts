// The servers that the members of a fleet share, each started when the first member asks for it. Their code is loaded then
// too: it needs packages that only a checkout has.
import type { Random } from '../../letter/time.ts'
import type { DatabaseServer, NoDatabase } from '../servers/database.ts'
import type { Environment } from '../servers/install.ts'
import { Day } from '../servers/remote.ts'
import type { ServerTls } from '../servers/tls.ts'
import { type FleetServers, Missing } from './member.ts'

export interface ServersSettings {
  readonly random: Random
  /** What the servers show: a certificate for `localhost` and 127.0.0.1. */
  readonly tls: ServerTls
  /** Of the process: where programs are found, and servers that run already. */
  readonly environment: Environment
}

/** The servers, and the end of those that were started. */
export function sharedServers({ tls, random, environment }: ServersSettings): {
  readonly servers: FleetServers
  close(): Promise<void>
} {
  const started: (() => Promise<void>)[] = []
  /** Starts something once, whoever asks first; what failed to start fails for everyone. */
  const once = <Server>(start: () => Promise<Server>, stop: (server: Server) => Promise<void>) => {
    let starting: Promise<Server> | undefined
    return (): Promise<Server> => {
      starting ??= loaded(start).then((server) => {
        started.push(() => stop(server))
        return server
      })
      return starting
    }
  }
  const databases = (name: string, start: () => Promise<DatabaseServer | NoDatabase>) =>
    once(
      async () => {
        const server = await start()
        if ('missing' in server) throw new Missing(name, server.remedy)
        return server
      },
      (server) => server.stop(),
    )
  const maria = databases('MariaDB', async () =>
    (await import('../servers/mariadb.ts')).mariadbServer(environment),
  )
  const postgres = databases('PostgreSQL', async () =>
    (await import('../servers/postgresql.ts')).postgresqlServer(environment),
  )
  const sftp = once(
    async () => (await import('../servers/sftp.ts')).sftpHost(() => undefined),
    (host) => host.goAway(),
  )
  const ftp = (kind: 'explicit' | 'none') =>
    once(
      async () => {
        const { ftpHost } = await import('../servers/ftp.ts')
        return ftpHost({ tls: kind, key: tls.key, cert: tls.certificate }, () => undefined)
      },
      (host) => host.goAway(),
    )
  const ftps = { explicit: ftp('explicit'), none: ftp('none') }

  const mail = once(
    async () => {
      const server = await (await import('../servers/mail.ts')).startMailServer(tls, environment)
      if ('missing' in server) throw new Missing('mail server', server.remedy)
      return server
    },
    (server) => server.stop(),
  )

  /** An account, as its server and its user know it. */
  const secret = (): string => Buffer.from(random(12)).toString('base64url')
  const account = (user: string, root: string) => {
    const day = new Day()
    day.password = secret()
    return { user, root, day }
  }
  return {
    servers: {
      mariadb: async (name) => (await maria()).database(name),
      postgresql: async (name, encoding) => (await postgres()).database(name, encoding),
      async sftp(user, root) {
        const host = await sftp()
        const made = account(user, root)
        host.add(made)
        const { port, hostKey } = host
        return { host: '127.0.0.1', port, user, password: made.day.password, hostKey }
      },
      async sftpByKey(user, root) {
        const host = await sftp()
        const passphrase = secret()
        const { key, publicKey } = (await import('../servers/sftp.ts')).keyPair(passphrase)
        host.add({ ...account(user, root), publicKey })
        const { port, hostKey } = host
        return { host: '127.0.0.1', port, user, key, passphrase, hostKey }
      },
      async ftp(user, root, kind) {
        const host = await ftps[kind]()
        const made = account(user, root)
        host.add(made)
        const { port } = host
        return { host: '127.0.0.1', port, user, password: made.day.password, authority: tls.authority }
      },
      mailboxes: async (name) => (await mail()).mailboxes(name, random),
    },
    async close() {
      await Promise.all(started.map((stop) => stop()))
    },
  }
}

/** Loads and starts; a package that is not installed is a missing server. */
async function loaded<Server>(start: () => Promise<Server>): Promise<Server> {
  try {
    return await start()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')
      throw new Missing('the fleet', 'npm ci, in a checkout: the servers come with the development packages')
    throw error
  }
}
