// The counterparts of `sftp` and `ftp`: an account on the shared server, whose root is a folder of this disk.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { FileAccount } from '../../sandbox/fleet/member.ts'
import {
  type Counterpart,
  type CounterpartMaker,
  type CounterpartSettings,
  hastyServer,
} from './counterpart.ts'
import { lineTo } from './line.ts'
import { putDocument, takeDocuments } from './shared-folder.ts'

export const sftp: CounterpartMaker = async (settings) => {
  const root = rootOf(settings)
  const account = await settings.servers.sftp(settings.account, root)
  const { key: _key, passphrase: _passphrase, ...options } = settings.options
  return overServer(settings, root, account, { ...options, hostKey: account.hostKey })
}

/** With TLS (explicit) where the profile has it in one way or the other. */
export const ftp: CounterpartMaker = (settings) =>
  settings.options['plain'] === true ? ftpInPlain(settings) : ftpOverTls(settings)

const ftpInPlain: CounterpartMaker = async (settings) => {
  const root = rootOf(settings)
  const account = await settings.servers.ftp(settings.account, root, 'none')
  return overServer(settings, root, account, settings.options)
}

/** With TLS, whatever the profile says. */
export const ftpOverTls: CounterpartMaker = async (settings) => {
  const root = rootOf(settings)
  const account = await settings.servers.ftp(settings.account, root, 'explicit')
  const ca = settings.variable('AUTHORITY')
  const { plain: _plain, ...options } = settings.options
  const made = await overServer(settings, root, account, { ...options, tls: 'explicit', ca: { env: ca } })
  return { ...made, environment: { ...made.environment, [ca]: account.authority } }
}

const rootOf = ({ folder }: CounterpartSettings): string => join(folder, 'server')

async function overServer(
  settings: CounterpartSettings,
  root: string,
  account: FileAccount,
  options: Readonly<Record<string, unknown>>,
): Promise<Counterpart> {
  const line = await lineTo(account.port)
  const password = settings.variable('PASSWORD')
  const folders = Object.fromEntries(settings.channels.map((channel) => [channel, channel]))
  for (const channel of settings.channels) mkdirSync(join(root, channel), { recursive: true })
  const pattern = typeof options['pattern'] === 'string' ? options['pattern'] : '*'
  const { host: _host, ...rest } = options
  return {
    options: {
      ...rest,
      host: account.host,
      port: line.port,
      user: account.user,
      password: { env: password },
      folders,
      ...hastyServer,
    },
    environment: { [password]: account.password },
    async handIn(channel, document) {
      putDocument(join(root, channel), pattern, document)
      return { kind: 'left' }
    },
    async collect() {
      return (['receive', 'notices'] as const).flatMap((channel) =>
        takeDocuments(join(root, channel), join(settings.folder, `taken-${channel}`)),
      )
    },
    away: line.away,
    slow: line.slow,
    close: () => line.close(),
  }
}
