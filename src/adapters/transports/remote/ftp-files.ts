// A connection by FTP over TLS (RFC 4217), or by plain FTP (RFC 959) where a profile insists, as the port of remote files.
import type { Readable } from 'node:stream'
import { createSecureContext } from 'node:tls'
import { Client, type FileInfo, FileType, FTPError } from 'basic-ftp'
import { codeOf } from '../folder/files.ts'
import {
  fileFailure,
  inside,
  lostFailure,
  type RemoteEntry,
  RemoteFailure,
  type RemoteSession,
} from './files.ts'

export interface FtpAccount {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly tls: 'explicit' | 'implicit' | 'none'
  /** PEM of the authority that the server's certificate comes from; absent: the public ones. */
  readonly ca?: string
}

/** Connects, secures both connections and signs in: nothing secret goes to a server whose certificate is not good. */
export async function openFtp(
  account: FtpAccount,
  within: number,
  made: (abandon: () => void) => void,
): Promise<RemoteSession> {
  const server = `${account.host}:${account.port}`
  const client = new Client(within)
  made(() => client.close())
  try {
    await client.access({
      host: account.host,
      port: account.port,
      user: account.user,
      password: account.password,
      secure: account.tls === 'none' ? false : account.tls === 'explicit' ? true : 'implicit',
      ...(account.tls !== 'none' && {
        // Made once: every listing has a TLS connection of its own, and each would read all authorities again.
        secureOptions: {
          secureContext: createSecureContext({
            minVersion: 'TLSv1.2',
            ...(account.ca !== undefined && { ca: account.ca }),
          }),
        },
      }),
    })
    client.ftp.socket.setNoDelay(true)
    return session(client, server, await client.pwd())
  } catch (error) {
    client.close()
    throw openFailure(error, server)
  }
}

function openFailure(error: unknown, server: string): RemoteFailure {
  if (error instanceof FTPError && error.code === 530)
    return lostFailure('EAUTH', 'adapter.remote.sign-in', server, {}, error)
  if (error instanceof FTPError) {
    const reason = `FTP-${error.code}`
    return lostFailure(reason, 'adapter.remote.unreachable', server, { reason }, error)
  }
  const code = codeOf(error)
  if (/CERT|SELF_SIGNED|ISSUER|SIGNATURE|^ERR_TLS/.test(code))
    return lostFailure('ECERTIFICATE', 'adapter.ftp.certificate', server, { reason: code }, error)
  const reason = /timeout/i.test(error instanceof Error ? error.message : '')
    ? 'ETIMEDOUT'
    : code || 'ECONNRESET'
  return lostFailure(reason, 'adapter.remote.unreachable', server, { reason }, error)
}

function session(client: Client, server: string, home: string): RemoteSession {
  // The folder that is worked in changes with each listing: every path is a whole one.
  const whole = (path: string): string => (path.startsWith('/') ? path : inside(home, path))
  const failure = (error: unknown, path: string): RemoteFailure => {
    if (error instanceof RemoteFailure) return error
    // 421: the server says goodbye.
    if (error instanceof FTPError && error.code !== 421 && !client.closed)
      return fileFailure(replies[error.code] ?? `FTP-${error.code}`, path, error)
    const slow = error instanceof Error && /timeout/i.test(error.message)
    client.close()
    return slow
      ? lostFailure('ETIMEDOUT', 'adapter.remote.lost', server, { reason: 'no answer in time' }, error)
      : lostFailure('ECONNRESET', 'adapter.remote.lost', server, { reason: 'the connection ended' }, error)
  }
  async function asked<Value>(path: string, ask: () => Promise<Value>): Promise<Value> {
    try {
      return await ask()
    } catch (error) {
      throw failure(error, path)
    }
  }
  async function transferred(path: string, act: () => Promise<unknown>): Promise<void> {
    try {
      await act()
    } catch (error) {
      const found = failure(error, path)
      // What the server still has to say of a broken transfer would be taken for the answer to the next command.
      client.close()
      throw found
    }
  }
  return {
    get alive() {
      return !client.closed
    },
    close: () => client.close(),
    list: (folder) =>
      asked(folder, async () => {
        // Some servers list nothing, and no fault, where no folder is; and `LIST` with a path has as many readings as servers.
        await client.cd(whole(folder)).catch((error: unknown) => {
          throw error instanceof FTPError && error.code === 550 ? fileFailure('ENOENT', folder, error) : error
        })
        return (await client.list()).filter(({ name }) => name !== '.' && name !== '..').map(entryOf)
      }),
    sizeOf: async (path) => {
      try {
        return await client.size(whole(path))
      } catch (error) {
        if (error instanceof FTPError && error.code === 550) return undefined
        // Some servers leave out the number where it is 0; a size that is wrong only makes a hand-over wait.
        if (error instanceof Error && error.message.startsWith("Can't parse response")) return 0
        throw failure(error, path)
      }
    },
    fetch: (path, into) =>
      transferred(path, () => client.downloadTo(into, whole(path))).catch((error: unknown) => {
        into.destroy()
        throw error
      }),
    store: (path, bytes: Readable) =>
      transferred(path, () => client.uploadFrom(bytes, whole(path))).catch((error: unknown) => {
        bytes.destroy()
        throw error
      }),
    rename: (from, to) => asked(from, () => client.rename(whole(from), whole(to))).then(() => undefined),
    remove: (path) => asked(path, () => client.remove(whole(path))).then(() => undefined),
    makeFolder: (path) => asked(path, () => client.send(`MKD ${whole(path)}`)).then(() => undefined),
    removeFolder: (path) => asked(path, () => client.send(`RMD ${whole(path)}`)).then(() => undefined),
  }
}

/** Replies of RFC 959, section 4.2: 550 is every failure that has no number of its own. */
const replies: Readonly<Record<number, string>> = {
  450: 'EBUSY',
  452: 'ENOSPC',
  552: 'ENOSPC',
  553: 'EACCES',
  550: 'EREMOTE',
  551: 'EREMOTE',
}

function entryOf({ name, type, size, modifiedAt, rawModifiedAt, uniqueID }: FileInfo): RemoteEntry {
  const changed = [modifiedAt?.toISOString() ?? rawModifiedAt, uniqueID ?? ''].join(' ').trim()
  return {
    name,
    kind: type === FileType.File ? 'file' : type === FileType.Directory ? 'folder' : 'other',
    size,
    changed,
    ...(modifiedAt !== undefined && { at: modifiedAt.getTime() }),
  }
}
