// The queue in the tests of the gateway: in memory, or on Redis where SARABAN_TEST_QUEUE=redis says so (`npm run test:scaled`).
import t from 'tap'
import { bullmqQueue, type SharedQueue, type SharedQueueParts } from '../../src/gateway/queue/bullmq.ts'
import { embeddedQueue } from '../../src/gateway/queue/embedded.ts'
import type { Queue } from '../../src/gateway/queue/queue.ts'
import type { RedisAt } from '../../src/gateway/queue/redis.ts'
import type { Settings } from '../../src/gateway/settings/settings.ts'
import type { Clock } from '../../src/letter/time.ts'
import { type RedisServer, redisServer } from '../../src/sandbox/servers/redis.ts'

export type Engine = 'embedded' | 'redis'

const engine = process.env['SARABAN_TEST_QUEUE'] ?? 'embedded'
if (engine !== 'embedded' && engine !== 'redis') throw new Error(`SARABAN_TEST_QUEUE=${engine}: no engine`)

let server: Promise<RedisServer> | undefined
const shared = new Set<SharedQueue>()

async function begin(): Promise<RedisServer> {
  const at = process.env['SARABAN_TEST_QUEUE_AT'] ?? process.env['SARABAN_TEST_REDIS_URL']
  const started = await redisServer({ ...process.env, SARABAN_TEST_REDIS_URL: at })
  if ('missing' in started) throw new Error(started.missing)
  t.teardown(() => started.stop())
  return started
}

/** This file's own Redis, or the one that all files share (SARABAN_TEST_QUEUE_AT). */
export async function redisAt(): Promise<RedisAt> {
  server ??= begin()
  const { host, port, password } = await server
  return { host, port, password, database: 0, tls: false }
}

/** A queue on Redis that is there; `name` stands for the installation. */
export async function openShared(
  name: string,
  clock: Clock,
  said: Partial<SharedQueueParts> = {},
): Promise<SharedQueue> {
  return openSharedAt(await redisAt(), name, clock, said)
}

/** The same, on the Redis `at`. */
export function openSharedAt(
  at: RedisAt,
  name: string,
  clock: Clock,
  said: Partial<SharedQueueParts> = {},
): Promise<SharedQueue> {
  return new Promise((resolve) => {
    const silent = { forgot: () => undefined, away: () => undefined, evicts: () => undefined }
    const here = (): void => {
      said.here?.()
      resolve(queue)
    }
    const queue = bullmqQueue({ ...silent, at, installation: name, clock, ...said, here })
    shared.add(queue)
  })
}

let opened = 0

/** A queue that nobody else has: a gateway that a test left for dead still lives, and would take what is put. */
export const openQueue = async (clock: Clock, kind: Engine = engine as Engine): Promise<Queue> =>
  kind === 'embedded' ? embeddedQueue(clock) : openShared(`test-${process.pid}-${++opened}`, clock)

/** What the settings say of the queue of an installation, with the environment that its password needs. */
export async function queueSettings(): Promise<{
  readonly settings: Pick<Settings, 'queue'>
  readonly environment: Record<string, string>
}> {
  if (engine === 'embedded') return { settings: {}, environment: {} }
  const { host, port, database, tls, password = '' } = await redisAt()
  const queue = {
    at: { host, port, database, tls },
    secrets: { password: { env: 'SARABAN_TEST_REDIS_PASSWORD' } },
  }
  return { settings: { queue }, environment: { SARABAN_TEST_REDIS_PASSWORD: password } }
}

/** Whether a hint is on its way to Redis or back: until then nothing is at rest. */
export async function isQueueBusy(): Promise<boolean> {
  for (const queue of shared) if (await queue.isMoving()) return true
  return false
}
