// Whether the queue’s Redis and the bucket of the attachments can be used, with the secrets and the authority that the settings
// name: the gateway starts without either, and only its log tells.
import { type Problem, problem } from '../../problem/problem.ts'
import { attachmentsOf } from '../attachments/place.ts'
import { redisOf } from '../queue/place.ts'
import type { Settings } from '../settings/settings.ts'
import { answered } from './reach.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** What is wrong with them; the reason is in their own words. */
export async function lookAtStores(
  settings: Settings,
  environment: Environment,
): Promise<readonly Problem[]> {
  const looks = [lookAtRedis(settings, environment), lookAtBucket(settings, environment)]
  return (await Promise.all(looks)).flat()
}

async function lookAtRedis(settings: Settings, environment: Environment): Promise<readonly Problem[]> {
  const redis = redisOf(settings, environment)
  if (!redis.ok) return redis.problems
  const { value: at } = redis
  if (at === undefined) return []
  const { reachRedis } = await import('../queue/redis.ts')
  const shown = `${at.tls ? 'rediss' : 'redis'}://${at.host}:${at.port}`
  try {
    const policy = await answered(reachRedis(at))
    return policy === undefined ? [] : [problem('doctor.queue.evicts', '', shown, { policy })]
  } catch (error) {
    return [problem('doctor.queue.away', '', shown, { reason: messageOf(error) })]
  }
}

async function lookAtBucket(settings: Settings, environment: Environment): Promise<readonly Problem[]> {
  const place = attachmentsOf(settings, environment)
  if (!place.ok) return place.problems
  if (place.value.kind === 'folder') return []
  const { at } = place.value
  const { readS3Store } = await import('../attachments/s3.ts')
  const store = readS3Store(at)
  const shown = `s3://${at.bucket}${at.endpoint === undefined ? '' : ` at ${at.endpoint}`}`
  // Whether it has an attachment that nobody has asks for the list, which says all that can be wrong.
  try {
    await answered(store.sizeOf('0'.repeat(64)))
    return []
  } catch (error) {
    return [problem('doctor.unreachable', '', shown, { reason: messageOf(error) })]
  } finally {
    store.close()
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
