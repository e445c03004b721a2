// How a folder on a server is looked into.
import type { FolderSettings } from '../folder/settings.ts'
import type { RemoteFiles } from './files.ts'

/** As of a folder; `path` is the server's. */
export interface RemoteFolderSettings extends FolderSettings {
  readonly files: RemoteFiles
  /** A folder of the gateway's own disk, absolute: what is fetched stands there until it is kept or taken. It may be lost at any time. */
  readonly spool: string
}
