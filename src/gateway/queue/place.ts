// Which queue an installation has: one in the memory of its one gateway, or one on Redis where the settings name it.
import { resolveReferences } from '../../adapters/references.ts'
import { bad, good, problem, type Result } from '../../problem/problem.ts'
import type { Log } from '../log.ts'
import type { Present } from '../present.ts'
import type { Settings } from '../settings.ts'
import { bullmqQueue, type SharedQueueParts } from './bullmq.ts'
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

/** What is wrong with the queue is logged, and told while it lasts. */
export const tellOfQueue = (
  present: Present,
  log: Log,
): Pick<SharedQueueParts, 'away' | 'here' | 'evicts'> => ({
  away: (reason) => {
    log.queueAway(reason)
    present.part('queue', 'away', { reason })
  },
  here: () => {
    log.queueHere()
    present.part('queue', 'away', undefined)
    present.part('queue', 'evicts', undefined)
  },
  evicts: (policy) => {
    log.queueEvicts(policy)
    present.part('queue', 'evicts', { policy })
  },
})

/** Opens it. A Redis that is not there is no hindrance: the queue works without it until it is. */
export const openQueue = (at: RedisAt | undefined, parts: Omit<SharedQueueParts, 'at'>): Queue =>
  at === undefined ? embeddedQueue(parts.clock) : bullmqQueue({ at, ...parts })
