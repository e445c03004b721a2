// The engine under the journal in the tests of the gateway: SQLite, or PostgreSQL where SARABAN_TEST_JOURNAL=postgresql says
// so (`npm run test:scaled`). A folder has a journal of its own in either, and finds it again.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import t from 'tap'
import type { Database } from '../../src/gateway/journal/database.ts'
import { openPostgresql } from '../../src/gateway/journal/postgresql.ts'
import type { PostgresqlAt } from '../../src/gateway/journal/postgresql-connection.ts'
import { openSqlite } from '../../src/gateway/journal/sqlite.ts'
import type { Settings } from '../../src/gateway/settings/settings.ts'
import type { DatabaseServer, Database as Made } from '../../src/sandbox/servers/database.ts'
import { postgresqlServer } from '../../src/sandbox/servers/postgresql.ts'
import { asking } from './asking.ts'

const engine = process.env['SARABAN_TEST_JOURNAL'] ?? 'sqlite'
if (engine !== 'sqlite' && engine !== 'postgresql')
  throw new Error(`SARABAN_TEST_JOURNAL=${engine}: no engine`)

/** Whether the journal is a file beside the gateway. */
export const isEmbedded = engine === 'sqlite'

/** A server that all files share; undefined: each has its own. */
const at = process.env['SARABAN_TEST_JOURNAL_AT']

/** The journal of `folder`, made when there is none yet. */
export async function openJournal(folder: string): Promise<Database> {
  return engine === 'sqlite'
    ? openSqlite(join(folder, 'journal.sqlite'))
    : watched(await openPostgresql(await placeOf(folder)))
}

/** The journal of an installation in `folder`, beside its gateway. */
export const journalBeside = (folder: string): Promise<Database> =>
  openJournal(isEmbedded ? join(folder, 'data') : folder)

const { counted, isAsked } = asking()

/** Whether an answer of the server is still to come: until then nothing is at rest. */
export const isJournalAsked = isAsked

const watched = (database: Database): Database => ({
  committed: {
    all: (statement, ...parameters) => counted(database.committed.all(statement, ...parameters)),
    one: (statement, ...parameters) => counted(database.committed.one(statement, ...parameters)),
  },
  write: (work, by) => counted(database.write(work, by)),
  unsafe: () => counted(database.unsafe()),
  close: () => database.close(),
})

/** From here on nothing can be written into the journal of `folder`, as on a full disk. Gives what mends it. */
export async function breakJournal(folder: string, database: Database): Promise<() => Promise<void>> {
  if (engine === 'postgresql') return shutOut(await placeOf(folder))
  // SQLite takes no page more than it has, once those are full.
  await database.write(async (transaction) => {
    const pages = await transaction.one<{ page_count: number }>('PRAGMA page_count')
    await transaction.one(`PRAGMA max_page_count = ${pages?.page_count}`)
  })
  const filler = "INSERT INTO events (at, name, facts) VALUES (0, 'x', ?)"
  for (const size of [50_000, 1, 1])
    await database.write((transaction) => transaction.run(filler, 'x'.repeat(size))).catch(() => undefined)
  return async () => {
    await database.write((transaction) => transaction.one('PRAGMA max_page_count = 1000000'))
  }
}

/** The server lets nobody in any more, and ends who is in. */
async function shutOut({ database }: PostgresqlAt): Promise<() => Promise<void>> {
  const owner = owners.get(database)
  if (owner === undefined) throw new Error(`${database} was not made here`)
  await owner(`ALTER DATABASE ${database} CONNECTION LIMIT 0`)
  await owner('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND usename = $1', [
    database,
  ])
  return async () => {
    await owner(`ALTER DATABASE ${database} CONNECTION LIMIT -1`)
  }
}

let server: Promise<DatabaseServer> | undefined
const places = new Map<string, Promise<PostgresqlAt>>()
const owners = new Map<string, Ask>()
type Ask = Made['ask']

async function begin(): Promise<DatabaseServer> {
  const environment = {
    ...process.env,
    SARABAN_TEST_POSTGRES_URL: at ?? process.env['SARABAN_TEST_POSTGRES_URL'],
  }
  const started = await postgresqlServer(environment, { durable: true })
  if ('missing' in started) throw new Error(started.missing)
  t.teardown(() => started.stop())
  return started
}

/** What the settings say of the journal of an installation in `folder`, with the environment that its password needs. */
export async function journalSettings(
  folder: string,
): Promise<{ readonly settings: Pick<Settings, 'journal'>; readonly environment: Record<string, string> }> {
  if (engine === 'sqlite') return { settings: {}, environment: {} }
  const { password = '', ...at } = await placeOf(folder)
  const journal = { at, secrets: { password: { env: 'SARABAN_TEST_JOURNAL_PASSWORD' } } }
  return { settings: { journal }, environment: { SARABAN_TEST_JOURNAL_PASSWORD: password } }
}

/** The database of `folder` on this file's own server, empty at first. */
function placeOf(folder: string): Promise<PostgresqlAt> {
  const found = places.get(folder)
  if (found !== undefined) return found
  const made = (async (): Promise<PostgresqlAt> => {
    server ??= begin()
    const name = `journal_${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`
    const { host, port, user, password, database, ask, drop } = await (await server).database(name)
    owners.set(database, ask)
    if (at !== undefined && drop !== undefined) t.teardown(drop)
    await ask(`GRANT CREATE ON SCHEMA public TO ${user}`)
    return { host, port, user, password, database }
  })()
  places.set(folder, made)
  return made
}
