// Which queue an installation has: one in the memory of its one gateway, or one on Redis where the settings name it.
import { resolveReferences } from '../../adapters/references.ts'
import { bad, good, problem, type Result } from '../../problem/problem.ts'
import type { Settings } from '../settings.ts'
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
  const { value, findings } = resolveReferences(queue.secrets, environment, (path) => path)
  const [finding] = findings
  if (finding !== undefined) {
    const path = ['queue', ...finding.at].join('.')
    return bad(problem('adapter.profile.reference-unresolved', path, finding.value, finding.details))
  }
  return good({ ...queue.at, ...(value as Pick<RedisAt, 'password' | 'authority'>) })
}

/** Opens it. A Redis that is not there is no hindrance: the queue works without it until it is. */
export async function openQueue(
  at: RedisAt | undefined,
  parts: Omit<SharedQueueParts, 'at'>,
): Promise<Queue> {
  if (at === undefined) return embeddedQueue(parts.clock)
  // Only where it is used: it takes half a second to load.
  const { bullmqQueue } = await import('./bullmq.ts')
  return bullmqQueue({ at, ...parts })
}
