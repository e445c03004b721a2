// A PostgreSQL that syncs what it commits, for tests of the journal on it.
import type { Test } from 'tap'
import type { Database } from '../../src/gateway/journal/database.ts'
import { openPostgresql } from '../../src/gateway/journal/postgresql.ts'
import type { PostgresqlAt } from '../../src/gateway/journal/postgresql-connection.ts'
import type { Standby } from '../../src/sandbox/servers/database.ts'
import { postgresqlServer } from '../../src/sandbox/servers/postgresql.ts'

/** What tests write, and look at: a table of the journal that asks for nothing else. */
export const insert = "INSERT INTO events (at, name, facts) VALUES (?, ?, '{}')"
export const names = 'SELECT name FROM events ORDER BY seq'
export const count = 'SELECT COUNT(*) AS count FROM events'

type Ask = (sql: string, values?: readonly unknown[]) => Promise<Record<string, unknown>[]>

export interface PostgresqlStage {
  /** An empty database, and what asks it beside the journal. */
  fresh(encoding?: 'UTF8' | 'SQL_ASCII'): Promise<{ readonly at: PostgresqlAt; readonly ask: Ask }>
  /** A journal in a database of its own; closed after the test. */
  opened(t: Test): Promise<{ readonly at: PostgresqlAt; readonly ask: Ask; readonly database: Database }>
  /** All its processes at once, nothing written down, as after a power cut; it is there again then. Absent: it is not ours. */
  readonly crash: ((meanwhile?: () => Promise<void>) => Promise<void>) | undefined
  /** Ended as by an operator, and begun again. Absent: it is not ours. */
  readonly restart: ((meanwhile: () => Promise<void>) => Promise<void>) | undefined
  /** A copy that follows it; gone after the test. Absent: it is not ours. */
  readonly standby: ((t: Test, name: string) => Promise<Standby>) | undefined
}

/** A server for one test file. Undefined: there is none, which the test says. */
export async function postgresqlStage(t: Test): Promise<PostgresqlStage | undefined> {
  const server = await postgresqlServer(process.env, { durable: true })
  if ('missing' in server) {
    if (process.env['CI'] === 'true') t.fail(server.missing)
    else t.pass(server.missing, { skip: server.missing })
    return undefined
  }
  t.teardown(() => server.stop())
  const { standby } = server
  let made = 0
  const fresh: PostgresqlStage['fresh'] = async (encoding) => {
    const { ask, ...database } = await server.database(`j${++made}`, encoding)
    await ask(`GRANT CREATE ON SCHEMA public TO ${database.user}`)
    const { host, port, user, password } = database
    return { at: { host, port, user, password, database: database.database }, ask }
  }
  return {
    fresh,
    crash: server.crash,
    restart: server.restart,
    standby:
      standby &&
      (async (t, name) => {
        const copy = await standby(name)
        t.after(() => copy.stop())
        return copy
      }),
    async opened(t) {
      const { at, ask } = await fresh()
      const database = await openPostgresql(at)
      t.after(() => database.close())
      return { at, ask, database }
    },
  }
}
