// PostgreSQL and Redis on this machine, for as long as a bench runs.
import { openPostgresql } from '../../src/gateway/journal/postgresql.ts'
import { postgresqlServer } from '../../src/sandbox/servers/postgresql.ts'
import { redisServer } from '../../src/sandbox/servers/redis.ts'
import type { Engine } from './installation.ts'

export interface Servers {
  /** A journal of its own on them, with its tables; letters, digits and `_`. */
  fresh(name: string): Promise<Extract<Engine, { kind: 'servers' }>>
  close(): Promise<void>
}

/** Starts them; they sync what they commit. What is missing is said. */
export async function openServers(): Promise<Servers | { readonly missing: string }> {
  const postgresql = await postgresqlServer(process.env, { durable: true })
  if ('missing' in postgresql) return postgresql
  const redis = await redisServer(process.env)
  if ('missing' in redis) {
    await postgresql.stop()
    return redis
  }
  return {
    async fresh(name) {
      const { host, port, user, password, database, ask } = await postgresql.database(name)
      await ask(`GRANT CREATE ON SCHEMA public TO ${user}`)
      const at = { host, port, user, password, database }
      // Its tables are made here, so that several gateways may begin at once.
      await (await openPostgresql(at)).close()
      return { kind: 'servers', at, redis: { host: redis.host, port: redis.port, password: redis.password } }
    },
    async close() {
      await redis.stop()
      await postgresql.stop()
    },
  }
}
