// A member whose system exchanges files: in folders that it shares with the gateway, or over a server on which they stand.
import { join } from 'node:path'
import { type DateForm, printLetterDate } from '../../letter/dates.ts'
import { type OfficeId, officeId } from '../../letter/offices.ts'
import { type FileForm, openFolderSystem, type SentLetter } from '../systems/folders.ts'
import type { FleetMember, FleetStage } from './member.ts'

/** One installation of a product that writes files. */
export interface FolderInstallation {
  readonly office: string
  readonly profile: string
  /** The product and its version. */
  readonly product: string
  /** How the gateway reaches its folders. */
  readonly by: 'folder' | 'sftp' | 'ftp with TLS' | 'ftp'
  readonly form: FileForm
}

export function folderMember({ office, profile, product, by, form }: FolderInstallation): FleetMember {
  const own = officeOf(office)
  return {
    profile,
    office: own,
    product,
    async open(stage) {
      const { clock, watch } = stage
      const reached = by === 'folder' ? sharedFolder(office, stage) : await onServer(office, by, stage)
      const system = openFolderSystem({
        name: product,
        office: own,
        form,
        folder: join(stage.folder, 'own'),
        shared: reached.shared,
        clock,
        watch,
      })
      return { system, environment: reached.environment }
    },
  }
}

function sharedFolder(office: string, stage: FleetStage) {
  const at = (name: string): string => join(stage.folder, 'shared', name)
  const shared = {
    send: at('send'),
    sendNotices: at('send-notices'),
    receive: at('receive'),
    notices: at('notices'),
  }
  const environment = {
    [`SARABAN_${office}_SEND`]: shared.send,
    [`SARABAN_${office}_SEND_NOTICES`]: shared.sendNotices,
    [`SARABAN_${office}_RECEIVE`]: shared.receive,
    [`SARABAN_${office}_NOTICES`]: shared.notices,
  }
  return { shared, environment }
}

/** The system runs on the very machine whose server the gateway calls. */
async function onServer(office: string, by: Exclude<FolderInstallation['by'], 'folder'>, stage: FleetStage) {
  const root = join(stage.folder, 'server')
  const at = (name: string): string => join(root, name)
  const shared = {
    send: at('out'),
    sendNotices: at('answers'),
    receive: at('in'),
    notices: at('status'),
  }
  const user = `saraban${office}`
  const { servers } = stage
  const account =
    by === 'sftp'
      ? await servers.sftp(user, root)
      : await servers.ftp(user, root, by === 'ftp' ? 'none' : 'explicit')
  const environment = {
    [`SARABAN_${office}_HOST`]: account.host,
    [`SARABAN_${office}_PORT`]: String(account.port),
    [`SARABAN_${office}_USER`]: account.user,
    [`SARABAN_${office}_PASSWORD`]: account.password,
    ...('hostKey' in account
      ? { [`SARABAN_${office}_HOST_KEY`]: account.hostKey }
      : { [`SARABAN_${office}_AUTHORITY`]: account.authority }),
  }
  return { shared, environment }
}

function officeOf(id: string): OfficeId {
  const found = officeId(id)
  if (!found.ok) throw new Error(`no office ${id}`)
  return found.value
}

/** The letter's date in a form; what no date can be made of stays as the clerk left it. */
export const dated = ({ date, letter }: SentLetter, form: DateForm): string =>
  date === undefined ? letter.date : printLetterDate(date, form)

/** Names of files in cells. */
export const filesIn = (main: string | undefined, others: string | undefined, separator: string): string[] =>
  [main ?? '', ...(others ?? '').split(separator)].filter((name) => name !== '')
