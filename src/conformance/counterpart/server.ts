// The counterparts of `sftp` and `ftp`: a real server over a folder of this disk.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { ftpServer } from '../../sandbox/servers/ftp.ts'
import type { RemoteServer } from '../../sandbox/servers/remote.ts'
import { sftpServer } from '../../sandbox/servers/sftp.ts'
import {
  type Counterpart,
  type CounterpartMaker,
  type CounterpartSettings,
  hastyServer,
} from './counterpart.ts'
import { lineTo } from './line.ts'
import { putDocument, takeDocuments } from './shared-folder.ts'

export const sftp: CounterpartMaker = async (settings) => {
  const server = await sftpServer()
  const { key: _key, passphrase: _passphrase, ...options } = settings.options
  return overServer(settings, server, { ...options, hostKey: server.hostKey })
}

/** Without TLS: what is asked here is what a profile says, not what a certificate is. */
export const ftp: CounterpartMaker = async (settings) => {
  const server = await ftpServer({ tls: 'none' })
  const { tls: _tls, ca: _ca, ...options } = settings.options
  return overServer(settings, server, { ...options, plain: true })
}

/** With TLS from the server's own side: its key and certificate, and the authority that the gateway is to believe. PEM texts. */
export const ftpOverTls =
  (tls: {
    readonly key: string
    readonly certificate: string
    readonly authority: string
  }): CounterpartMaker =>
  async (settings) => {
    const server = await ftpServer({ tls: 'explicit', key: tls.key, cert: tls.certificate })
    const ca = settings.variable('AUTHORITY')
    const { plain: _plain, ...options } = settings.options
    const made = await overServer(settings, server, { ...options, tls: 'explicit', ca: { env: ca } })
    return { ...made, environment: { ...made.environment, [ca]: tls.authority } }
  }

async function overServer(
  settings: CounterpartSettings,
  server: RemoteServer,
  options: Readonly<Record<string, unknown>>,
): Promise<Counterpart> {
  const line = await lineTo(server.port)
  const password = settings.variable('PASSWORD')
  const folders = Object.fromEntries(settings.channels.map((channel) => [channel, channel]))
  for (const channel of settings.channels) mkdirSync(join(server.root, channel), { recursive: true })
  const pattern = typeof options['pattern'] === 'string' ? options['pattern'] : '*'
  const { host: _host, ...rest } = options
  return {
    options: {
      ...rest,
      host: '127.0.0.1',
      port: line.port,
      user: 'moi',
      password: { env: password },
      folders,
      ...hastyServer,
    },
    environment: { [password]: server.day.password },
    async handIn(channel, document) {
      putDocument(join(server.root, channel), pattern, document)
      return { kind: 'left' }
    },
    async collect() {
      return (['receive', 'notices'] as const).flatMap((channel) =>
        takeDocuments(join(server.root, channel), join(settings.folder, `taken-${channel}`)),
      )
    },
    away: line.away,
    slow: line.slow,
    close: async () => {
      await line.close()
      await server.stop()
    },
  }
}
