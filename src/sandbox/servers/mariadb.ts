// MariaDB: SARABAN_TEST_MARIADB_URL (mysql://root:password@host:port), or a private server.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Connection, createConnection } from 'mysql2/promise'
import { type Database, type DatabaseServer, type NoDatabase, plainName } from './database.ts'
import { type Environment, installed, programAt } from './install.ts'
import { freePort } from './port.ts'
import type { ServerTls } from './tls.ts'

const run = promisify(execFile)
const password = 'Secret-1'
const grants = 'SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, REFERENCES'

/** Of a private server. `tls`: it has a certificate; `more`: options of its program. */
export interface MariadbSettings {
  readonly tls?: ServerTls
  readonly more?: readonly string[]
}

/** One database of a server of its own, a private one where settings are asked for. */
export async function mariadb(
  environment: Environment,
  settings?: MariadbSettings,
): Promise<Database | NoDatabase> {
  const server = await mariadbServer(environment, settings)
  if ('missing' in server) return server
  const { crash, stop } = server
  return { ...(await server.database('saraban_test')), ...(crash && { crash }), stop }
}

export async function mariadbServer(
  environment: Environment,
  settings?: MariadbSettings,
): Promise<DatabaseServer | NoDatabase> {
  const url = environment['SARABAN_TEST_MARIADB_URL']
  if (url !== undefined && settings === undefined) {
    const { hostname, port, username, password: own } = new URL(url)
    const root = {
      host: hostname,
      port: Number(port || 3306),
      user: username,
      password: decodeURIComponent(own),
    }
    return { database: (name) => prepared(root, plainName(name)), stop: async () => undefined }
  }
  const find = () =>
    programAt(environment, 'mariadbd', ['/usr/sbin']) ?? programAt(environment, 'mysqld', ['/usr/sbin'])
  const program = find() ?? (installed(environment, 'mariadb-server') ? find() : undefined)
  const setup = programAt(environment, 'mariadb-install-db', ['/usr/bin'])
  if (program === undefined || setup === undefined) {
    const remedy = 'apt-get install mariadb-server, or set SARABAN_TEST_MARIADB_URL'
    return { missing: `no MariaDB: ${remedy}`, remedy }
  }
  const folder = mkdtempSync(join(tmpdir(), 'saraban-mariadb-'))
  const data = join(folder, 'data')
  const who = process.getuid?.() === 0 ? ['--user=root'] : []
  const first = [
    '--no-defaults',
    `--datadir=${data}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  ]
  await run(setup, [...first, ...who], { timeout: 120_000 })
  const files = Object.entries(settings?.tls ?? {}).map(([name, text]): [string, string] => {
    writeFileSync(join(folder, `${name}.pem`), text, { mode: 0o600 })
    return [name, join(folder, `${name}.pem`)]
  })
  const { key, certificate, authority } = Object.fromEntries(files)
  const tls =
    key === undefined ? [] : [`--ssl-key=${key}`, `--ssl-cert=${certificate}`, `--ssl-ca=${authority}`]
  const port = await freePort()
  let server: ChildProcess | undefined
  const begin = async (): Promise<void> => {
    const options = [
      `--datadir=${data}`,
      `--socket=${join(folder, 'socket')}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      '--skip-name-resolve',
      '--innodb-buffer-pool-size=32M',
      '--innodb-log-file-size=8M',
      '--performance-schema=OFF',
      ...tls,
      ...(settings?.more ?? []),
    ]
    server = spawn(program, ['--no-defaults', ...options, ...who], { stdio: ['ignore', 'ignore', 'pipe'] })
    await ready(server)
  }
  await begin()
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ended = new Promise((resolve) => server?.once('exit', resolve))
    server?.kill(signal)
    await ended
  }
  const root = { host: '127.0.0.1', port, user: 'root', password: '' }
  return {
    database: (name) => prepared(root, plainName(name)),
    crash: async (meanwhile) => {
      await end('SIGKILL')
      await meanwhile?.()
      await begin()
    },
    stop: async () => {
      await end('SIGTERM')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    server.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8')
      if (said.includes('ready for connections')) resolve()
    })
    server.once('exit', () => reject(new Error(`MariaDB did not start: ${said.slice(-500)}`)))
  })
}

interface Root {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
}

async function prepared(root: Root, database: string): Promise<Database> {
  const user = database
  const open = (): Promise<Connection> =>
    createConnection({ ...root, multipleStatements: true, charset: 'utf8mb4', dateStrings: true })
  const once = async (sql: string, values: readonly unknown[] = []) => {
    const connection = await open()
    try {
      await connection.query(`CREATE DATABASE IF NOT EXISTS ${database}; USE ${database}`)
      const [rows] = await connection.query({ sql, typeCast: asText }, values as string[])
      return Array.isArray(rows) ? (rows as Record<string, string | null>[]) : []
    } finally {
      await connection.end()
    }
  }
  await once(`DROP DATABASE ${database}; CREATE DATABASE ${database} CHARACTER SET utf8mb4`)
  await once(
    `CREATE OR REPLACE USER ${user}@'%' IDENTIFIED BY '${password}'; GRANT ${grants} ON ${database}.* TO ${user}@'%'`,
  )
  return {
    host: root.host,
    port: root.port,
    database,
    user,
    password,
    ask: once,
    session: async () => {
      const connection = await open()
      await connection.query(`USE ${database}`)
      return { ask: (sql) => connection.query(sql), end: () => connection.end() }
    },
    // The server's own end is not one database's business.
    stop: async () => undefined,
  }
}

const asText = (field: { type: string; buffer(): Buffer | null; string(): string | null }): string | null => {
  if (!field.type.includes('BLOB')) return field.string()
  return field.buffer()?.toString('hex') ?? null
}
