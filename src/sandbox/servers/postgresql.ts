// PostgreSQL: SARABAN_TEST_POSTGRES_URL (postgres://owner:password@host:port/postgres), or a private server.
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { type Database, type DatabaseServer, type Encoding, type NoDatabase, plainName } from './database.ts'
import { type Environment, installed, programAt } from './install.ts'
import { freePort } from './port.ts'

const run = promisify(execFile)
const password = 'Secret-1'
const places = ['/usr/lib/postgresql/*/bin', '/usr/local/pgsql/bin']

/** One database of a server of its own. */
export async function postgresql(
  environment: Environment,
  encoding: Encoding = 'UTF8',
): Promise<Database | NoDatabase> {
  const server = await postgresqlServer(environment)
  if ('missing' in server) return server
  const { crash, stop } = server
  return { ...(await server.database('saraban_test', encoding)), ...(crash && { crash }), stop }
}

/**
 * `durable`: it syncs what it commits, as a server must that keeps more than a test's data. `under`: where a private one has its
 * folder; `connections`: how many it takes at once.
 */
export async function postgresqlServer(
  environment: Environment,
  {
    durable = false,
    under = tmpdir(),
    connections = 100,
  }: { readonly durable?: boolean; readonly under?: string; readonly connections?: number } = {},
): Promise<DatabaseServer | NoDatabase> {
  const url = environment['SARABAN_TEST_POSTGRES_URL']
  if (url !== undefined) {
    const { hostname, port, username, password: own } = new URL(url)
    const root = {
      host: hostname,
      port: Number(port || 5432),
      user: username,
      password: decodeURIComponent(own),
    }
    return {
      url,
      database: (name, encoding) => prepared(root, plainName(name), encoding),
      stop: async () => undefined,
    }
  }
  const find = () => programAt(environment, 'initdb', places)
  const setup = find() ?? (installed(environment, 'postgresql') ? find() : undefined)
  const program = programAt(environment, 'postgres', places)
  if (setup === undefined || program === undefined) {
    const remedy = 'apt-get install postgresql, or set SARABAN_TEST_POSTGRES_URL'
    return { missing: `no PostgreSQL: ${remedy}`, remedy }
  }
  // It refuses to run as root: Debian's package makes a user for it.
  const id =
    process.getuid?.() === 0
      ? (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
      : undefined
  const who = id && { uid: id('-u'), gid: id('-g') }
  const make = async (copy: (data: string, at: RunAt) => Promise<unknown>): Promise<Place> => {
    const folder = mkdtempSync(join(under, 'saraban-postgresql-'))
    if (who) {
      chownSync(folder, who.uid, who.gid)
      chmodSync(folder, 0o700)
    }
    const data = join(folder, 'data')
    await copy(data, { cwd: folder, ...who })
    const settings = [`fsync=${durable ? 'on' : 'off'}`, `max_connections=${connections}`]
    return { folder, data, port: await freePort(), program, settings, who }
  }

  const place = await make(async (data, at) => {
    const secret = join(at.cwd, 'password')
    writeFileSync(secret, password)
    if (who) chownSync(secret, who.uid, who.gid)
    const auth = ['--auth=scram-sha-256', '--username=owner', `--pwfile=${secret}`]
    const parameters = ['-D', data, '--locale=C', '--encoding=UTF8', '--no-sync', ...auth]
    await run(setup, parameters, { timeout: 120_000, ...at })
  })
  const server = await begun(place, 'ready to accept connections')
  const root = { host: '127.0.0.1', port: place.port, user: 'owner', password }
  return {
    url: `postgres://${root.user}:${root.password}@${root.host}:${root.port}/postgres`,
    database: (name, encoding) => prepared(root, plainName(name), encoding),
    // SIGQUIT: all its processes at once, nothing written down, as after a power cut.
    crash: (meanwhile) => server.again('SIGQUIT', meanwhile),
    restart: (meanwhile) => server.again('SIGINT', meanwhile),
    stop: () => server.stop(),
    async standby(name) {
      const from = (port: number): string =>
        `host=${root.host} port=${port} user=${root.user} password=${root.password}`
      const own = await make((data, at) =>
        run(
          join(dirname(realpathSync(program)), 'pg_basebackup'),
          ['-d', from(root.port), '-D', data, '-R', '-C', '-S', plainName(name), '-c', 'fast'],
          { timeout: 120_000, ...at },
        ),
      )
      const copy = await begun(own, 'ready to accept read-only connections')
      const ask = (sql: string, database = 'postgres') => within({ ...root, port: own.port }, database, sql)
      return {
        port: own.port,
        ask,
        async follow(other) {
          await ask(`ALTER SYSTEM SET primary_conninfo = '${from(other.port)}'`)
          await ask('SELECT pg_reload_conf()')
        },
        begin: () => copy.begin(),
        end: () => copy.end('SIGINT'),
        stop: () => copy.stop(),
      }
    },
  }
}

interface RunAt {
  readonly cwd: string
  readonly uid?: number
  readonly gid?: number
}

/** Where a server of ours runs, and as whom. */
interface Place {
  readonly folder: string
  readonly data: string
  readonly port: number
  readonly program: string
  readonly settings: readonly string[]
  readonly who: { readonly uid: number; readonly gid: number } | undefined
}

/** Begins a server; `isReady`: what it says when it can be asked. */
async function begun({ folder, data, port, program, settings, who }: Place, isReady: string) {
  const all = ['listen_addresses=127.0.0.1', `port=${port}`, `unix_socket_directories=${folder}`, ...settings]
  let server: ChildProcess | undefined
  const begin = async (): Promise<void> => {
    server = spawn(program, ['-D', data, ...all.flatMap((each) => ['-c', each])], {
      stdio: ['ignore', 'ignore', 'pipe'],
      cwd: folder,
      ...who,
    })
    await ready(server, isReady)
  }
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const running = server
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return
    const ended = new Promise((resolve) => running.once('exit', resolve))
    running.kill(signal)
    await ended
  }
  await begin()
  return {
    begin,
    end,
    async again(signal: NodeJS.Signals, meanwhile?: () => Promise<void>): Promise<void> {
      await end(signal)
      await meanwhile?.()
      await begin()
    },
    async stop(): Promise<void> {
      await end('SIGINT')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function ready(server: ChildProcess, isReady: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    server.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8')
      if (said.includes(isReady)) resolve()
    })
    server.once('exit', () => reject(new Error(`PostgreSQL did not start: ${said.slice(-500)}`)))
  })
}

interface Root {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
}

async function open(root: Root, database: string): Promise<pg.Client> {
  const client = new pg.Client({ ...root, database, types: { getTypeParser: () => asText } })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

async function within(root: Root, database: string, sql: string, values: readonly unknown[] = []) {
  const client = await open(root, database)
  try {
    const answers: unknown = await client.query(sql, values.length > 0 ? [...values] : undefined)
    const last = Array.isArray(answers) ? answers.at(-1) : answers
    return (last as { rows: Record<string, string | null>[] }).rows
  } finally {
    await client.end()
  }
}

async function prepared(root: Root, database: string, encoding: Encoding = 'UTF8'): Promise<Database> {
  const user = database
  const asOwner = (sql: string) => within(root, 'postgres', sql)
  const drop = async (): Promise<void> => {
    await asOwner(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`)
    await asOwner(`DROP ROLE IF EXISTS ${user}`)
  }
  await asOwner(`DROP DATABASE IF EXISTS ${database}`)
  await asOwner(`CREATE DATABASE ${database} ENCODING '${encoding}' LOCALE 'C' TEMPLATE template0`)
  await asOwner(`DROP ROLE IF EXISTS ${user}`)
  await asOwner(`CREATE ROLE ${user} LOGIN PASSWORD '${password}'`)
  const grant = `ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${user};
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO ${user}`
  await within(root, database, grant)
  return {
    host: root.host,
    port: root.port,
    database,
    user,
    password,
    ask: (sql, values) => within(root, database, sql, values),
    session: async () => {
      const client = await open(root, database)
      return { ask: (sql) => client.query(sql), end: () => client.end() }
    },
    drop,
    // The server's own end is not one database's business.
    stop: async () => undefined,
  }
}

const asText = (text: string): string => (text.startsWith('\\x') ? text.slice(2) : text)
