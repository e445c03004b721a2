// How the gateway reaches the folders of a system that exchanges files: over a share, by SFTP, or by FTP.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { officeId } from '../../../letter/offices.ts'
import type { FleetMember, FleetStage } from '../member.ts'
import type { ExchangeForm } from './entry.ts'
import { type Folders, openExchangeSystem } from './system.ts'

export type Reach =
  | { readonly kind: 'folder' }
  /** `key`: it knows no passwords. `nextHostKey`: the fingerprint of the key that it will show one day. */
  | { readonly kind: 'sftp'; readonly key?: true; readonly nextHostKey?: string }
  | { readonly kind: 'ftp'; readonly tls: 'explicit' | 'none' }

/** One installation of a product. */
export interface Installation {
  readonly profile: string
  readonly office: string
  readonly product: string
  /** The folders of the channels, below what the server shows as `/`. */
  readonly folders: Folders
  readonly reach: Reach
  readonly form: ExchangeForm
}

export function memberOf(installation: Installation): FleetMember {
  const { profile, product, form, reach } = installation
  const office = officeId(installation.office)
  if (!office.ok) throw new Error(`${profile} is of no office: ${installation.office}`)
  return {
    profile,
    office: office.value,
    product,
    async open(stage) {
      const root = join(stage.folder, 'shared')
      mkdirSync(root, { recursive: true })
      const { folders: below } = installation
      const folders = {
        send: join(root, below.send),
        sendNotices: join(root, below.sendNotices),
        receive: join(root, below.receive),
        notices: join(root, below.notices),
      }
      const system = openExchangeSystem({
        name: product,
        office: office.value,
        folder: join(stage.folder, 'own'),
        folders,
        form,
        clock: stage.clock,
        watch: stage.watch,
      })
      try {
        return { system, environment: named(installation.office, await reached(reach, root, folders, stage)) }
      } catch (error) {
        await system.close()
        throw error
      }

      function named(id: string, values: Readonly<Record<string, string>>): Record<string, string> {
        return Object.fromEntries(
          Object.entries(values).map(([name, value]) => [`SARABAN_${id}_${name}`, value]),
        )
      }
    },
  }
}

/** What the gateway has to know, by the ends of the variables' names. */
async function reached(
  reach: Reach,
  root: string,
  folders: Folders,
  { servers, folder }: FleetStage,
): Promise<Readonly<Record<string, string>>> {
  const account = `u${folder
    .replace(/^.*\//, '')
    .replace(/[^a-z]/g, '')
    .slice(0, 24)}`
  if (reach.kind === 'folder') {
    const { send, sendNotices, receive, notices } = folders
    return { SEND: send, SEND_NOTICES: sendNotices, RECEIVE: receive, NOTICES: notices }
  }
  if (reach.kind === 'ftp') {
    const { host, port, user, password, authority } = await servers.ftp(account, root, reach.tls)
    const server = { HOST: host, PORT: String(port), USER: user, PASSWORD: password }
    return reach.tls === 'none' ? server : { ...server, CA: authority }
  }
  const { host, port, user, hostKey, ...secret } = await (reach.key
    ? servers.sftpByKey(account, root)
    : servers.sftp(account, root))
  return {
    ...{ HOST: host, PORT: String(port), USER: user, HOST_KEY: hostKey },
    ...('password' in secret
      ? { PASSWORD: secret.password }
      : { KEY: secret.key, PASSPHRASE: secret.passphrase }),
    ...(reach.nextHostKey !== undefined && { HOST_KEY_NEXT: reach.nextHostKey }),
  }
}
