// `npm run test:scaled [FILE…] [-- TAP OPTIONS]`: once more, on PostgreSQL, Redis and a bucket, each test file that `npm test` runs on
// SQLite, the embedded queue and a folder. `--list`: which those are, and which are left out. One server of each for all files: a
// file has databases, a prefix and a folder in the bucket of its own.
import { spawn } from 'node:child_process'
import { statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgresqlServer } from '../src/sandbox/servers/postgresql.ts'
import { redisServer } from '../src/sandbox/servers/redis.ts'
import { s3Server } from '../src/sandbox/servers/s3.ts'
import { scaledFiles } from './scaled-files.ts'

const root = join(import.meta.dirname, '..')
/** What the databases of the files that run at the same time may need, in bytes. */
const room = 4 * 1024 ** 3
const memory = '/dev/shm'

/** In memory where there is room: what is committed is synced as ever, and costs no disk. */
function placeOfJournals(): string {
  try {
    const { bavail, bsize } = statfsSync(memory)
    return bavail * bsize > room ? memory : tmpdir()
  } catch {
    return tmpdir()
  }
}

const wanted = process.argv.slice(2).filter((word) => word.startsWith('test/'))
const options = process.argv.slice(2).filter((word) => !word.startsWith('test/'))
const { twice, once } = scaledFiles(root)

async function run(files: readonly string[]): Promise<number> {
  const postgresql = await postgresqlServer(process.env, {
    ...{ durable: true, under: placeOfJournals(), connections: 300 },
  })
  if ('missing' in postgresql) throw new Error(postgresql.missing)
  const redis = await redisServer(process.env)
  if ('missing' in redis) throw new Error(redis.missing)
  const store = await s3Server(process.env)
  try {
    const { accessKey, secretKey, endpoint, bucket } = store
    const bucketAt = new URL(`${endpoint}/${bucket}`)
    bucketAt.username = accessKey
    bucketAt.password = encodeURIComponent(secretKey)
    const env = {
      ...process.env,
      SARABAN_TEST_JOURNAL: 'postgresql',
      SARABAN_TEST_JOURNAL_AT: postgresql.url,
      SARABAN_TEST_QUEUE: 'redis',
      SARABAN_TEST_QUEUE_AT: `redis://:${encodeURIComponent(redis.password)}@${redis.host}:${redis.port}`,
      SARABAN_TEST_ATTACHMENTS: 'bucket',
      SARABAN_TEST_ATTACHMENTS_AT: bucketAt.href,
    }
    const tap = spawn('node_modules/.bin/tap', ['--timeout=900', ...options, ...files], {
      ...{ cwd: root, stdio: 'inherit', env },
    })
    return await new Promise((resolve) => tap.once('exit', (code) => resolve(code ?? 1)))
  } finally {
    await store.stop()
    await redis.stop()
    await postgresql.stop()
  }
}

if (options.includes('--list')) {
  for (const file of twice) process.stdout.write(`${file}\n`)
  for (const [file, reason] of once) process.stdout.write(`${file}: not, ${reason}\n`)
} else {
  const unknown = wanted.filter((file) => !twice.includes(file))
  if (unknown.length > 0) throw new Error(`not among the files that run twice: ${unknown.join(', ')}`)
  process.exitCode = await run(wanted.length === 0 ? twice : wanted)
}
