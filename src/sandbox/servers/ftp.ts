// An FTP server: ftp-srv with TLS (explicit, implicit) or without, many accounts, and bad days at the push of a button.
import { closeSync, createReadStream, openSync, statSync, writeSync } from 'node:fs'
import { mkdir, readdir, rename, rmdir, stat, unlink } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { join, posix } from 'node:path'
import { Transform, Writable } from 'node:stream'
import { FileSystem, type FtpConnection, FtpSrv } from 'ftp-srv'
// @ts-expect-error A part of ftp-srv without types.
import Passive from 'ftp-srv/src/connector/passive.js'
import { freePort } from './port.ts'
import {
  type Account,
  type Day,
  type Fault,
  placeOf,
  type RemoteHost,
  type RemoteServer,
  type Row,
  scratch,
  type Verb,
} from './remote.ts'
import { rowOf } from './sftp.ts'

interface Waiting {
  readonly connection: { readonly commandSocket?: Socket }
  readonly dataServer: unknown
  readonly dataSocket: unknown
}
/** How long a client may take to open its data connection, in milliseconds. */
const patience = 60_000

// It looks for its data connection every 50 ms, which would be most of the time that tests take; and it looks for ever when
// the client went away or time is up, so that the process would never end.
const waitForConnection = Passive.prototype.waitForConnection
Passive.prototype.waitForConnection = function (this: Waiting) {
  const until = performance.now() + patience
  const lookedAt = (): Waiting => {
    if (performance.now() > until || this.connection.commandSocket?.destroyed === true)
      throw new Error('the client opened no data connection')
    return this
  }
  const looking = {
    get dataServer() {
      return lookedAt().dataServer
    },
    get dataSocket() {
      return lookedAt().dataSocket
    },
  }
  return waitForConnection.call(looking, { timeout: patience, delay: 2 })
}

const silent: Record<string, unknown> = {}
for (const level of ['trace', 'debug', 'info', 'warn', 'error']) silent[level] = () => undefined
silent['child'] = () => silent

interface Settings {
  readonly tls: 'explicit' | 'implicit' | 'none'
  /** PEM texts. */
  readonly key?: string
  readonly cert?: string
}

interface Connection extends FtpConnection {
  readonly commandSocket: Socket
  readonly connector: { readonly socket?: Socket | null }
}

/**
 * Starts a server on a free port of the loopback, without accounts; `connected` is told of each connection. With explicit
 * TLS it also serves who does not ask for it: an account's own business.
 */
export async function ftpHost({ tls, key, cert }: Settings, connected: () => void): Promise<RemoteHost> {
  const accounts = new Map<string, Account>()
  const connections = new Set<Connection>()
  const drop = (): void => {
    for (const { commandSocket, connector } of connections) {
      connector.socket?.destroy()
      commandSocket.destroy()
    }
  }
  const signals = ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const
  const make = (port: number) => {
    const before = signals.map((signal) => process.listeners(signal))
    const made = new FtpSrv({
      url: `${tls === 'implicit' ? 'ftps' : 'ftp'}://127.0.0.1:${port}`,
      pasv_url: '127.0.0.1',
      pasv_min: 20_000 + (process.pid % 120) * 100,
      log: silent,
      // `ls -l`, with links as links; the kind was put into the row by `list`.
      file_format: ((row: unknown) => lineOf(row as Row)) as never,
      ...(tls !== 'none' && { tls: { key: key ?? '', cert: cert ?? '' } }),
    })
    // It would end the whole process at a signal.
    signals.forEach((signal, index) => {
      for (const listener of process.listeners(signal))
        if (!before[index]?.includes(listener)) process.removeListener(signal, listener)
    })
    made.on('client-error', () => undefined)
    made.on('login', ({ connection, username, password }, resolve, reject) => {
      const account = accounts.get(username)
      connections.add(connection as Connection)
      ;(connection as Connection).commandSocket.once('close', () =>
        connections.delete(connection as Connection),
      )
      if (account !== undefined) account.day.signIns += 1
      if (account === undefined || password !== account.day.password) reject(new Error('no') as never)
      else resolve({ fs: new Files(connection, account, drop) })
    })
    const { server } = made as unknown as { server: import('node:net').Server }
    server.on('connection', (socket) => {
      connected()
      // Its last word after each listing would wait 40 ms for the client's kernel.
      socket.setNoDelay(true)
    })
    return { made, server }
  }
  // It comes back to the same one.
  const port = await freePort()
  let { made, server } = make(port)
  await made.listen()
  return {
    port,
    add: (account) => accounts.set(account.user, account),
    goAway: async () => {
      drop()
      connections.clear()
      if (server.listening) await made.close()
    },
    comeBack: async () => {
      ;({ made, server } = make(port))
      await made.listen()
    },
  }
}

export async function ftpServer(settings: Settings): Promise<RemoteServer> {
  const { account, remove } = scratch()
  const { root, day } = account
  const host = await ftpHost(settings, () => {
    day.connections += 1
  })
  host.add(account)
  const secure = settings.tls === 'none' ? 'plain: true' : `tls: ${settings.tls}, ca: { env: CA }`
  return {
    ...host,
    root,
    day,
    options: `kind: ftp, host: 127.0.0.1, port: ${host.port}, user: moi, password: { env: PASSWORD }, ${secure}`,
    stop: async () => {
      await host.goAway()
      remove()
    },
  }
}

/** The server's files, each verb with the day's faults. */
class Files extends FileSystem {
  readonly account: Account
  readonly day: Day
  readonly drop: () => void

  constructor(connection: FtpConnection, account: Account, drop: () => void) {
    super(connection, { root: account.root, cwd: '/' })
    this.account = account
    this.day = account.day
    this.drop = drop
  }

  #path(path: string): string {
    return posix.resolve(this.cwd, path)
  }

  /** What is asked of a path on this disk, or what the day has in store. */
  async #asked<Value>(verb: Verb, path: string, act: (place: string) => Promise<Value>): Promise<Value> {
    const whole = this.#path(path)
    const fault: Fault | undefined = this.day.asked(verb, whole)
    if (fault === 'silent') return new Promise<Value>(() => undefined)
    if (fault === 'refuse') throw new Error('refused')
    if (fault === 'refuse-after') {
      await act(placeOf(this.account, whole))
      throw new Error('refused')
    }
    if (fault === 'drop-before') this.drop()
    else if (fault !== 'drop-after') return act(placeOf(this.account, whole))
    else {
      await act(placeOf(this.account, whole))
      this.drop()
    }
    return new Promise<Value>(() => undefined)
  }

  override async get(name: string): Promise<unknown> {
    // Also what stands before each listing and each rename, where it is not counted.
    const found = await stat(placeOf(this.account, this.#path(name)))
    return found.isDirectory() ? found : this.#asked('stat', name, (place) => stat(place))
  }

  override list(path = '.'): Promise<unknown> {
    return this.#asked('list', path, async (place) => {
      const rows = (await readdir(place)).map((name) => rowOf(join(place, name), name))
      return this.day.listing?.(rows, this.#path(path)) ?? rows
    })
  }

  override read(name: string): Promise<unknown> {
    return this.#asked('read', name, async (place) => {
      if (!statSync(place).isFile()) throw new Error('no file')
      return createReadStream(place, { highWaterMark: 16_384 }).pipe(this.#watched())
    })
  }

  override write(name: string): unknown {
    return this.#asked('write', name, async (place) => {
      const file = openSync(place, 'w')
      const { day, drop } = this
      return new Writable({
        write(chunk: Buffer, _encoding, done) {
          const half = Math.floor(chunk.length / 2)
          if (day.passes(chunk.length)) {
            writeSync(file, chunk, 0, half)
            drop()
          } else if (day.room(chunk.length)) {
            writeSync(file, chunk)
            done()
          } else {
            writeSync(file, chunk, 0, half)
            done(Object.assign(new Error('the disk is full'), { code: 'ENOSPC' }))
          }
        },
        destroy(error, done) {
          closeSync(file)
          done(error)
        },
      })
    })
  }

  #watched(): Transform {
    const { day, drop } = this
    return new Transform({
      transform(chunk: Buffer, _encoding, done) {
        if (day.passes(chunk.length)) drop()
        else done(null, chunk)
      },
    })
  }

  override rename(from: string, to: string): Promise<unknown> {
    // As FTP servers do: a name that is taken is overwritten.
    return this.#asked('rename', from, (place) => rename(place, placeOf(this.account, this.#path(to))))
  }

  override delete(path: string): Promise<unknown> {
    return this.#asked('remove', path, async (place) =>
      statSync(place).isDirectory() ? rmdir(place) : unlink(place),
    )
  }

  override mkdir(path: string): Promise<string> {
    return this.#asked('mkdir', path, async (place) => {
      await mkdir(place)
      return path
    })
  }
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A row as `ls -l` prints it, to the minute, as the oldest of servers do. */
function lineOf({ name, size, mtime, kind }: Row): string {
  const at = new Date(mtime)
  const two = (value: number): string => String(value).padStart(2, '0')
  const when = `${months[at.getUTCMonth()]} ${two(at.getUTCDate())} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`
  const type = kind === 'folder' ? 'd' : kind === 'link' ? 'l' : '-'
  return `${type}rw-rw---- 1 moi moi ${size} ${when} ${name}${kind === 'link' ? ' -> elsewhere' : ''}`
}
