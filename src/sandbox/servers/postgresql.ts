// PostgreSQL: SARABAN_TEST_POSTGRES_URL (postgres://owner:password@host:port/postgres), or a private server.
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
  const folder = mkdtempSync(join(under, 'saraban-postgresql-'))
  const secret = join(folder, 'password')
  writeFileSync(secret, password)
  // It refuses to run as root: Debian's package makes a user for it.
  const id =
    process.getuid?.() === 0
      ? (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
      : undefined
  const who = id && { uid: id('-u'), gid: id('-g') }
  if (who) {
    chownSync(folder, who.uid, who.gid)
    chownSync(secret, who.uid, who.gid)
    chmodSync(folder, 0o700)
  }
  const data = join(folder, 'data')
  const auth = ['--auth=scram-sha-256', '--username=owner', `--pwfile=${secret}`]
  await run(setup, ['-D', data, '--locale=C', '--encoding=UTF8', '--no-sync', ...auth], {
    timeout: 120_000,
    cwd: folder,
    ...who,
  })
  const port = await freePort()
  let server: ChildProcess | undefined
  const begin = async (): Promise<void> => {
    const settings = [
      'listen_addresses=127.0.0.1',
      `port=${port}`,
      `unix_socket_directories=${folder}`,
      `fsync=${durable ? 'on' : 'off'}`,
      `max_connections=${connections}`,
    ]
    server = spawn(program, ['-D', data, ...settings.flatMap((each) => ['-c', each])], {
      stdio: ['ignore', 'ignore', 'pipe'],
      cwd: folder,
      ...who,
    })
    await ready(server)
  }
  await begin()
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ended = new Promise((resolve) => server?.once('exit', resolve))
    server?.kill(signal)
    await ended
  }
  const again = async (signal: NodeJS.Signals, meanwhile?: () => Promise<void>): Promise<void> => {
    await end(signal)
    await meanwhile?.()
    await begin()
  }
  const root = { host: '127.0.0.1', port, user: 'owner', password }
  return {
    url: `postgres://${root.user}:${root.password}@${root.host}:${root.port}/postgres`,
    database: (name, encoding) => prepared(root, plainName(name), encoding),
    // SIGQUIT: all its processes at once, nothing written down, as after a power cut.
    crash: (meanwhile) => again('SIGQUIT', meanwhile),
    restart: (meanwhile) => again('SIGINT', meanwhile),
    stop: async () => {
      await end('SIGINT')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    server.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8')
      if (said.includes('ready to accept connections')) resolve()
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

async function prepared(root: Root, database: string, encoding: Encoding = 'UTF8'): Promise<Database> {
  const user = database
  const open = async (name: string): Promise<pg.Client> => {
    const client = new pg.Client({ ...root, database: name, types: { getTypeParser: () => asText } })
    client.on('error', () => undefined)
    await client.connect()
    return client
  }
  const within = async (name: string, sql: string, values: readonly unknown[] = []) => {
    const client = await open(name)
    try {
      const answers: unknown = await client.query(sql, values.length > 0 ? [...values] : undefined)
      const last = Array.isArray(answers) ? answers.at(-1) : answers
      return (last as { rows: Record<string, string | null>[] }).rows
    } finally {
      await client.end()
    }
  }
  const drop = async (): Promise<void> => {
    await within('postgres', `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`)
    await within('postgres', `DROP ROLE IF EXISTS ${user}`)
  }
  await within('postgres', `DROP DATABASE IF EXISTS ${database}`)
  await within('postgres', `CREATE DATABASE ${database} ENCODING '${encoding}' LOCALE 'C' TEMPLATE template0`)
  await within('postgres', `DROP ROLE IF EXISTS ${user}`)
  await within('postgres', `CREATE ROLE ${user} LOGIN PASSWORD '${password}'`)
  const grant = `ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${user};
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO ${user}`
  await within(database, grant)
  return {
    host: root.host,
    port: root.port,
    database,
    user,
    password,
    ask: (sql, values) => within(database, sql, values),
    session: async () => {
      const client = await open(database)
      return { ask: (sql) => client.query(sql), end: () => client.end() }
    },
    drop,
    // The server's own end is not one database's business.
    stop: async () => undefined,
  }
}

const asText = (text: string): string => (text.startsWith('\\x') ? text.slice(2) : text)
