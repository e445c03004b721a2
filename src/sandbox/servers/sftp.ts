// An SFTP server: ssh2's Server with a real SFTP subsystem, many accounts, and bad days at the push of a button.
import { createHash, generateKeyPairSync } from 'node:crypto'
import {
  closeSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join, posix } from 'node:path'
import type { Attributes, FileEntry, PublicKeyAuthContext, SFTPWrapper } from 'ssh2'
import ssh2 from 'ssh2'
import { freePort } from './port.ts'
import {
  type Account,
  placeOf,
  type RemoteHost,
  type RemoteServer,
  type Row,
  scratch,
  type Verb,
} from './remote.ts'

const { OPEN_MODE, STATUS_CODE } = ssh2.utils.sftp

export interface SftpHost extends RemoteHost {
  readonly hostKey: string
}

/** `clientKey`: the private key with which a client may sign in instead of the password. */
export type SftpServer = RemoteServer & Pick<SftpHost, 'hostKey'> & { readonly clientKey: string }

/** Starts a server on a free port of the loopback, without accounts; `connected` is told of each connection. */
export async function sftpHost(connected: () => void): Promise<SftpHost> {
  const accounts = new Map<string, Account>()
  const { host } = keys()
  const sockets = new Set<Socket>()
  const ssh = new ssh2.Server({ hostKeys: [host] }, (connection) => {
    let account: Account | undefined
    connection.on('error', () => undefined)
    connection.on('authentication', (context) => {
      account = accounts.get(context.username)
      if (context.method === 'password') {
        if (account !== undefined) account.day.signIns += 1
        if (account !== undefined && context.password === account.day.password) context.accept()
        else context.reject(['password', 'publickey'])
      } else if (context.method === 'publickey' && account !== undefined && provesKey(context, account))
        context.accept()
      else context.reject(['password', 'publickey'])
    })
    connection.on('session', (accept) => {
      accept().on('sftp', (begin) => {
        if (account !== undefined) serve(begin(), account, drop)
      })
    })
  })
  const drop = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  const listener = createServer((socket) => {
    connected()
    socket.setNoDelay(true)
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    ssh.injectSocket(socket)
  })
  // It comes back to the same one.
  const port = await freePort()
  const listen = (): Promise<void> =>
    new Promise((resolve, reject) => {
      listener.once('error', reject)
      listener.listen(port, '127.0.0.1', () => resolve())
    })
  await listen()
  const digest = createHash('sha256').update(publicOf(host)).digest('base64').replace(/=+$/, '')
  return {
    port,
    hostKey: `SHA256:${digest}`,
    add: (account) => accounts.set(account.user, account),
    goAway: async () => {
      drop()
      if (listener.listening) await new Promise((resolve) => listener.close(resolve))
    },
    comeBack: listen,
  }
}

export async function sftpServer(): Promise<SftpServer> {
  const { account, remove } = scratch()
  const { root, day } = account
  const host = await sftpHost(() => {
    day.connections += 1
  })
  const { client } = keys()
  host.add({ ...account, publicKey: publicOf(client).toString('base64') })
  const { port, hostKey } = host
  return {
    ...host,
    clientKey: client,
    root,
    day,
    options: `kind: sftp, host: 127.0.0.1, port: ${port}, user: moi, password: { env: PASSWORD }, hostKey: "${hostKey}"`,
    stop: async () => {
      await host.goAway()
      remove()
    },
  }
}

/** Whether who asks has the account's private key. Without a signature he asks only whether the key would do. */
function provesKey(context: PublicKeyAuthContext, { publicKey }: Account): boolean {
  const shown = ssh2.utils.parseKey(context.key.data)
  if (shown instanceof Error || context.key.data.toString('base64') !== publicKey) return false
  const { blob, signature, hashAlgo } = context
  return blob === undefined || signature === undefined || shown.verify(blob, signature, hashAlgo) === true
}

/** A new pair: the private key in PEM under a passphrase, the public one as `Account.publicKey`. */
export function keyPair(passphrase: string): { readonly key: string; readonly publicKey: string } {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const plain = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
  const key = privateKey
    .export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase })
    .toString()
  return { key, publicKey: publicOf(plain).toString('base64') }
}

let made: { readonly host: string; readonly client: string } | undefined

/** PEM texts, made once: ssh2's own maker of ed25519 keys makes a bad one now and then. */
function keys(): NonNullable<typeof made> {
  const one = (): string =>
    generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    }).privateKey
  made ??= { host: one(), client: one() }
  return made
}

function publicOf(key: string): Buffer {
  const parsed = ssh2.utils.parseKey(key)
  if (parsed instanceof Error) throw parsed
  return parsed.getPublicSSH()
}

interface Open {
  readonly file?: number
  rows?: Row[]
}

function serve(sftp: SFTPWrapper, account: Account, drop: () => void): void {
  const { day } = account
  const at = (path: string): string => placeOf(account, path)
  const open = new Map<number, Open>()
  let handles = 0
  const opened = (what: Open): Buffer => {
    handles += 1
    open.set(handles, what)
    const handle = Buffer.alloc(4)
    handle.writeUInt32BE(handles)
    return handle
  }
  const of = (handle: Buffer): Open => open.get(handle.readUInt32BE(0)) ?? {}
  const status = (request: number, error: unknown): void => {
    const code = error instanceof Error && 'code' in error ? error.code : ''
    sftp.status(request, code === 'ENOENT' ? STATUS_CODE.NO_SUCH_FILE : STATUS_CODE.FAILURE)
  }
  /** It is done, and nobody hears of it. */
  const unheard = (act: () => void): void => {
    const heard = sftp.status
    sftp.status = () => undefined as never
    try {
      act()
    } finally {
      sftp.status = heard
    }
  }
  /** Does what is asked, or what the day has in store. */
  const asked = (verb: Verb, path: string, request: number, act: (place: string) => void): void => {
    const fault = day.asked(verb, posix.resolve('/', path))
    if (fault === 'silent') return
    try {
      if (fault === 'refuse') throw new Error('refused')
      if (fault === 'refuse-after') {
        unheard(() => act(at(path)))
        throw new Error('refused')
      }
      if (fault === 'drop-before') drop()
      else if (fault === 'drop-after') {
        try {
          unheard(() => act(at(path)))
        } finally {
          drop()
        }
      } else act(at(path))
    } catch (error) {
      status(request, error)
    }
  }
  const done = (request: number): void => {
    sftp.status(request, STATUS_CODE.OK)
  }
  sftp.on('REALPATH', (request, path) => {
    sftp.name(request, [{ filename: path === '.' ? '/' : path, longname: path, attrs: {} as Attributes }])
  })
  for (const event of ['LSTAT', 'STAT'] as const)
    sftp.on(event as 'LSTAT', (request, path) =>
      asked('stat', path, request, (place) => {
        sftp.attrs(request, attributesOf(rowOf(place, '')))
      }),
    )
  sftp.on('OPENDIR', (request, path) =>
    asked('list', path, request, (place) => {
      const rows = readdirSync(place).map((name) => rowOf(join(place, name), name))
      sftp.handle(request, opened({ rows: day.listing?.(rows, posix.resolve('/', path)) ?? rows }))
    }),
  )
  sftp.on('READDIR', (request, handle) => {
    const found = of(handle)
    const rows = found.rows ?? []
    found.rows = []
    if (rows.length === 0) sftp.status(request, STATUS_CODE.EOF)
    else sftp.name(request, rows.map(entryOf))
  })
  sftp.on('OPEN', (request, path, flags) => {
    const writes = (flags & OPEN_MODE.WRITE) !== 0
    asked(writes ? 'write' : 'read', path, request, (place) => {
      sftp.handle(request, opened({ file: openSync(place, writes ? 'w' : 'r') }))
    })
  })
  sftp.on('READ', (request, handle, offset, length) => {
    const bytes = Buffer.alloc(Math.min(length, 32_768))
    const count = readSync(of(handle).file ?? -1, bytes, 0, bytes.length, offset)
    if (day.passes(count)) drop()
    else if (count === 0) sftp.status(request, STATUS_CODE.EOF)
    else sftp.data(request, bytes.subarray(0, count))
  })
  sftp.on('WRITE', (request, handle, offset, data) => {
    if (day.passes(data.length)) {
      writeSync(of(handle).file ?? -1, data, 0, Math.floor(data.length / 2), offset)
      drop()
    } else if (!day.room(data.length)) {
      writeSync(of(handle).file ?? -1, data, 0, Math.floor(data.length / 2), offset)
      sftp.status(request, STATUS_CODE.FAILURE)
    } else {
      writeSync(of(handle).file ?? -1, data, 0, data.length, offset)
      done(request)
    }
  })
  sftp.on('FSTAT', (request, handle) => {
    const { size, mode } = fstatSync(of(handle).file ?? -1)
    sftp.attrs(request, { size, mode, uid: 0, gid: 0, atime: 0, mtime: 0 })
  })
  for (const event of ['SETSTAT', 'FSETSTAT'] as const) sftp.on(event, (request: number) => done(request))
  sftp.on('CLOSE', (request, handle) => {
    const { file } = of(handle)
    if (file !== undefined) closeSync(file)
    open.delete(handle.readUInt32BE(0))
    done(request)
  })
  sftp.on('RENAME', (request, from, to) =>
    asked('rename', from, request, (place) => {
      // As OpenSSH does: a name that is taken is never overwritten.
      if (stands(at(to))) throw new Error('the name is taken')
      renameSync(place, at(to))
      done(request)
    }),
  )
  const acts = [
    ['REMOVE', 'remove', unlinkSync],
    ['MKDIR', 'mkdir', mkdirSync],
    ['RMDIR', 'rmdir', rmdirSync],
  ] as const
  for (const [event, verb, act] of acts)
    sftp.on(event as 'REMOVE', (request, path) =>
      asked(verb, path, request, (place) => {
        act(place)
        done(request)
      }),
    )
}

const stands = (place: string): boolean => lstatSync(place, { throwIfNoEntry: false }) !== undefined

/** A file of this disk as a row of a listing. */
export function rowOf(place: string, name: string): Row {
  const stats = lstatSync(place)
  const kind = stats.isSymbolicLink() ? 'link' : stats.isDirectory() ? 'folder' : 'file'
  return { name, size: stats.size, mtime: stats.mtimeMs, kind }
}

const modes = { file: 0o100660, folder: 0o040770, link: 0o120777 } as const

const attributesOf = ({ size, mtime, kind }: Row): Attributes => {
  const seconds = Math.floor(mtime / 1000)
  return { mode: modes[kind], uid: 0, gid: 0, size, atime: seconds, mtime: seconds }
}

const entryOf = (row: Row): FileEntry => ({
  filename: row.name,
  longname: `${row.kind === 'file' ? '-' : row.kind === 'folder' ? 'd' : 'l'}rw-rw---- 1 moi moi ${row.size} Jan 1 00:00 ${row.name}`,
  attrs: attributesOf(row) as FileEntry['attrs'],
})
