// Which queue an installation has: one in the memory of its one gateway, or one on Redis where the settings name it.
import { good, type Result } from '../../problem/problem.ts'
import { secretsOf } from '../settings/secrets.ts'
import type { Settings } from '../settings/settings.ts'
import type { SharedQueueParts } from './bullmq.ts'
import { embeddedQueue } from './embedded.ts'
import type { Queue } from './queue.ts'
import type { RedisAt } from './redis.ts'

/** The Redis that the settings name; undefined where they name none. `environment` holds its password where they say so. */
export function redisOf(
  { queue }: Pick<Settings, 'queue'>,
  environment: Readonly<Record<string, string | undefined>>,
): Result<RedisAt | undefined> {
  if (queue === undefined) return good(undefined)
  const secrets = secretsOf<Pick<RedisAt, 'password' | 'authority'>>('queue', queue.secrets, environment)
  return secrets.ok ? good({ ...queue.at, ...secrets.value }) : secrets
}

interface Parts extends Omit<SharedQueueParts, 'at'> {
  /** Whether this gateway brings deliveries. */
  readonly works: boolean
}

/** Of a gateway that only takes, and shares no queue: those that bring find what is due in the journal. */
const noQueue: Queue = {
  put: () => undefined,
  putBack: () => undefined,
  work: () => undefined,
  size: async () => 0,
  atWork: () => 0,
  close: async () => undefined,
}

/** Opens it. A Redis that is not there is no hindrance: the queue works without it until it is. */
export async function openQueue(at: RedisAt | undefined, parts: Parts): Promise<Queue> {
  if (at === undefined) return parts.works ? embeddedQueue(parts.clock) : noQueue
  // Only where it is used: it takes half a second to load.
  const { bullmqQueue } = await import('./bullmq.ts')
  return bullmqQueue({ at, ...parts })
}
