// A connection by SFTP (draft-ietf-secsh-filexfer-02, which every server speaks), as the port of remote files.
import { createHash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import SftpClient from 'ssh2-sftp-client'
import { codeOf } from '../folder/files.ts'
import { fileFailure, lostFailure, type RemoteEntry, RemoteFailure, type RemoteSession } from './files.ts'

export interface SftpAccount {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password?: string
  /** A private key in PEM or OpenSSH's form. */
  readonly key?: string
  readonly passphrase?: string
  /** `SHA256:…` of the keys that the server may show. */
  readonly hostKeys: readonly string[]
}

type Wrapper = Awaited<ReturnType<SftpClient['connect']>>
type Attributes = Parameters<Parameters<Wrapper['lstat']>[1]>[1]

/** What `ssh2-sftp-client` keeps to itself: the connection below. */
interface Below {
  readonly client: { setNoDelay(on: boolean): void; end(): void; destroy(): void }
}

/** Names that are read of one folder: what is beyond is a mistake or an attack. */
const most = 100_000

/** Connects and signs in, and shows nothing secret to a server whose key is not one of the profile's. */
export async function openSftp(
  account: SftpAccount,
  { connect, within }: { readonly connect: number; readonly within: number },
  made: (abandon: () => void) => void,
): Promise<RemoteSession> {
  const server = `${account.host}:${account.port}`
  const client = new SftpClient('saraban', {
    error: () => undefined,
    end: () => undefined,
    close: () => undefined,
  })
  const below = (client as unknown as Below).client
  let shown = ''
  let level = ''
  let alive = true
  const lost = new AbortController()
  client.on('error', (error: { readonly level?: string }) => {
    level = error.level ?? level
  })
  client.on('close', () => {
    alive = false
    lost.abort()
  })
  const close = (): void => {
    alive = false
    below.end()
    below.destroy()
  }
  made(close)
  try {
    const sftp = await client.connect({
      host: account.host,
      port: account.port,
      username: account.user,
      ...(account.password !== undefined && { password: account.password }),
      ...(account.key !== undefined && { privateKey: account.key }),
      ...(account.passphrase !== undefined && { passphrase: account.passphrase }),
      readyTimeout: connect,
      // A server that is gone without a word is noticed even while nothing is asked of it.
      keepaliveInterval: within,
      keepaliveCountMax: 2,
      hostVerifier: (key: Buffer) => {
        shown = `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
        return account.hostKeys.includes(shown)
      },
    })
    // Without it the kernel waits for more bytes before it sends one: 178 ms a file became 1.6 ms.
    below.setNoDelay(true)
    return session(sftp, server, { alive: () => alive, lost: lost.signal, close })
  } catch (error) {
    close()
    throw openFailure(error, server, { shown, level, expected: account.hostKeys })
  }
}

function openFailure(
  error: unknown,
  server: string,
  { shown, level, expected }: { shown: string; level: string; expected: readonly string[] },
): RemoteFailure {
  if (shown !== '' && !expected.includes(shown))
    return lostFailure('EHOSTKEY', 'adapter.sftp.host-key', server, { shown, expected: expected.join(', ') })
  const said = error instanceof Error ? error.message : ''
  if (/parse privateKey/i.test(said))
    return lostFailure('EAUTH', 'adapter.sftp.key-unreadable', server, {}, error)
  if (level === 'client-authentication' || /authentication methods failed/i.test(said))
    return lostFailure('EAUTH', 'adapter.remote.sign-in', server, {}, error)
  const code = /timed out/i.test(said)
    ? 'ETIMEDOUT'
    : /^E[A-Z]+$/.test(codeOf(error))
      ? codeOf(error)
      : 'ECONNRESET'
  return lostFailure(code, 'adapter.remote.unreachable', server, { reason: code }, error)
}

interface Line {
  alive(): boolean
  /** Aborted when the connection has ended. */
  readonly lost: AbortSignal
  close(): void
}

function session(sftp: Wrapper, server: string, { alive, lost, close }: Line): RemoteSession {
  const failure = (error: unknown, path: string): RemoteFailure => {
    if (error instanceof RemoteFailure) return error
    const status = error instanceof Error && 'code' in error ? error.code : undefined
    if (!alive() || typeof status !== 'number' || status === 6 || status === 7) {
      close()
      return lostFailure(
        'ECONNRESET',
        'adapter.remote.lost',
        server,
        { reason: 'the connection ended' },
        error,
      )
    }
    // 4 is every failure that has no number of its own; a full disk is often among them.
    return fileFailure(statuses[status] ?? `SFTP-${status}`, path, error)
  }
  /** The library never answers what was asked while the connection was just ending: it fails with the connection. */
  async function untilLost<Value>(act: Promise<Value>): Promise<Value> {
    let lose = (): void => undefined
    const ended = new Promise<never>((_, reject) => {
      lose = () => reject(new Error('the connection ended'))
    })
    lost.addEventListener('abort', lose)
    act.catch(() => undefined)
    try {
      return await Promise.race([act, ended])
    } finally {
      lost.removeEventListener('abort', lose)
    }
  }
  async function asked<Value>(
    path: string,
    ask: (done: (error: Error | null | undefined, value?: Value) => void) => void,
  ): Promise<Value> {
    if (!alive()) throw failure(undefined, path)
    try {
      return await untilLost(
        new Promise<Value>((resolve, reject) => {
          ask((error, value) => (error ? reject(error) : resolve(value as Value)))
        }),
      )
    } catch (error) {
      throw failure(error, path)
    }
  }
  async function transferred(path: string, streams: () => Promise<void>): Promise<void> {
    if (!alive()) throw failure(undefined, path)
    try {
      await untilLost(streams())
    } catch (error) {
      throw failure(error, path)
    }
  }
  return {
    get alive() {
      return alive()
    },
    close,
    list: async (folder) => {
      const handle = await asked<Buffer>(folder, (done) => sftp.opendir(folder, done))
      const entries: RemoteEntry[] = []
      try {
        for (;;) {
          const some = await asked<Parameters<Parameters<Wrapper['readdir']>[1]>[1]>(folder, (done) =>
            // The end of a listing is a status of its own.
            sftp.readdir(handle, (error, list) =>
              done(error && 'code' in error && error.code === 1 ? undefined : error, error ? [] : list),
            ),
          )
          if (some.length === 0) return entries
          for (const { filename, longname, attrs } of some)
            if (filename !== '.' && filename !== '..') entries.push(entryOf(filename, attrs, longname))
          if (entries.length > most) throw fileFailure('EOVERFLOW', folder)
        }
      } finally {
        if (alive()) await asked<void>(folder, (done) => sftp.close(handle, done)).catch(() => undefined)
      }
    },
    sizeOf: async (path) => {
      try {
        const found = await asked<Attributes>(path, (done) => sftp.lstat(path, done))
        return found.size
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return undefined
        throw error
      }
    },
    fetch: (path, into) =>
      transferred(path, () => pipeline(sftp.createReadStream(path), into, { signal: lost })),
    store: (path, bytes) =>
      transferred(path, () =>
        pipeline(bytes, sftp.createWriteStream(path, { flags: 'w', mode: 0o660 }), { signal: lost }),
      ),
    rename: (from, to) => asked<void>(from, (done) => sftp.rename(from, to, done)),
    remove: (path) => asked<void>(path, (done) => sftp.unlink(path, done)),
    makeFolder: (path) => asked<void>(path, (done) => sftp.mkdir(path, { mode: 0o770 }, done)),
    removeFolder: (path) => asked<void>(path, (done) => sftp.rmdir(path, done)),
  }
}

/** Statuses of the draft's versions 2 to 6, as far as a server's disk can say them. */
const statuses: Readonly<Record<number, string>> = {
  2: 'ENOENT',
  3: 'EACCES',
  4: 'EREMOTE',
  8: 'ENOTSUP',
  10: 'ENOENT',
  11: 'EEXIST',
  12: 'EROFS',
  14: 'ENOSPC',
  15: 'EDQUOT',
}

function entryOf(name: string, attributes: Attributes, longname: string): RemoteEntry {
  const { mode, size, mtime } = attributes
  // A server that says no mode says it in the line for people.
  const format = mode === undefined ? undefined : mode & 0o170000
  const isFile = format === undefined ? longname.startsWith('-') : format === 0o100000
  const isFolder = format === undefined ? longname.startsWith('d') : format === 0o040000
  return {
    name,
    kind: isFile ? 'file' : isFolder ? 'folder' : 'other',
    size,
    changed: String(mtime),
    at: mtime * 1000,
  }
}
