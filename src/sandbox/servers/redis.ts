// Redis: SARABAN_TEST_REDIS_URL (redis://:password@host:port), or a private server.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NoDatabase } from './database.ts'
import { type Environment, installed, programAt } from './install.ts'
import { freePort } from './port.ts'
import type { ServerTls } from './tls.ts'

/** A server whose process a test may end, freeze and start again. It keeps nothing over its end. */
export interface RedisServer {
  readonly host: string
  readonly port: number
  readonly password: string
  /** Of a private server only. */
  readonly process?: {
    /** At once, as after a power cut; `start` makes it again, empty, at the same port. */
    kill(): Promise<void>
    start(): Promise<void>
    freeze(): void
    thaw(): void
  }
  stop(): Promise<void>
}

const password = 'Secret-1'

/** `settings`: lines of its configuration, such as `maxmemory-policy allkeys-lru`; `tls`: it speaks nothing else then. */
export async function redisServer(
  environment: Environment,
  settings: readonly (readonly [string, string])[] = [],
  tls?: ServerTls,
): Promise<RedisServer | NoDatabase> {
  const url = environment['SARABAN_TEST_REDIS_URL']
  if (url !== undefined && tls === undefined) {
    const { hostname, port, password: own } = new URL(url)
    return {
      host: hostname,
      port: Number(port || 6379),
      password: decodeURIComponent(own),
      stop: async () => undefined,
    }
  }
  const find = () => programAt(environment, 'redis-server', ['/usr/bin', '/usr/local/bin'])
  const program = find() ?? (installed(environment, 'redis-server') ? find() : undefined)
  if (program === undefined) {
    const remedy = 'apt-get install redis-server, or set SARABAN_TEST_REDIS_URL'
    return { missing: `no Redis: ${remedy}`, remedy }
  }
  const folder = mkdtempSync(join(tmpdir(), 'saraban-redis-'))
  const port = await freePort()
  const said: readonly (readonly [string, string])[] = [
    ['bind', '127.0.0.1'],
    ['port', tls === undefined ? String(port) : '0'],
    ...(tls === undefined ? [] : tlsSettings(folder, port, tls)),
    ['requirepass', password],
    ['dir', folder],
    ['save', ''],
    ['appendonly', 'no'],
    ['maxmemory-policy', 'noeviction'],
    ...settings,
  ]
  let server: ChildProcess | undefined
  const start = async (): Promise<void> => {
    server = spawn(
      program,
      said.flatMap(([key, value]) => [`--${key}`, value]),
      { stdio: ['ignore', 'pipe', 'ignore'], cwd: folder },
    )
    await ready(server)
  }
  const kill = async (): Promise<void> => {
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return
    const ended = new Promise((resolve) => server?.once('exit', resolve))
    server.kill('SIGKILL')
    await ended
  }
  await start()
  return {
    ...{ host: '127.0.0.1', port, password },
    process: {
      ...{ kill, start },
      freeze: () => void server?.kill('SIGSTOP'),
      thaw: () => void server?.kill('SIGCONT'),
    },
    async stop() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function tlsSettings(folder: string, port: number, { key, certificate }: ServerTls): [string, string][] {
  const [keyFile, certificateFile] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
  writeFileSync(keyFile, key, { mode: 0o600 })
  writeFileSync(certificateFile, certificate)
  return [
    ['tls-port', String(port)],
    ['tls-cert-file', certificateFile],
    ['tls-key-file', keyFile],
    ['tls-auth-clients', 'no'],
  ]
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    server.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8')
      if (said.includes('Ready to accept connections')) resolve()
    })
    server.once('exit', () => reject(new Error(`Redis did not start: ${said.slice(-500)}`)))
  })
}
