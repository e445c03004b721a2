// The schema of a journal on PostgreSQL: what the server must promise, and how a start brings the tables up to date.
import type pg from 'pg'
import type { Instant } from '../../letter/time.ts'
import { migrationsFrom } from './migrations.ts'
import type { Upgrade } from './upgrade.ts'

/** Any number that no other program is likely to lock in this database. */
const migrationKey = 5_912_245

/** What the server has to say of itself: "taken" means on disk, and Thai is written in one way. */
const demands: Readonly<Record<string, string>> = {
  fsync: 'on',
  full_page_writes: 'on',
  server_encoding: 'UTF8',
}

const commit = 'synchronous_commit'

/** Why no journal may be kept there; undefined when it may. */
export async function unsafeBecause(client: pg.ClientBase): Promise<string | undefined> {
  const { rows } = await client.query<{ name: string; setting: string }>(
    'SELECT name, setting FROM pg_settings WHERE name = ANY($1)',
    [[...Object.keys(demands), commit]],
  )
  const wrong = rows.flatMap(({ name, setting }) => {
    // May be set for a role or a database too; stronger than `on` it may be.
    if (name === commit) return setting === 'off' ? [`${commit} is off and must be on`] : []
    return demands[name] === setting ? [] : [`${name} is ${setting} and must be ${demands[name]}`]
  })
  return wrong.length === 0 ? undefined : wrong.join('; ')
}

/** What time the server says it is. */
export async function timeOf(client: pg.ClientBase): Promise<Instant> {
  const { rows } = await client.query<{ at: number }>(
    'SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::float8 AS at',
  )
  return Math.floor(Number(rows[0]?.at))
}

/** Whether it follows another server: nothing can be written there until it is promoted. */
export async function isStandby(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby')
  return rows[0]?.standby === true
}

/** The version of the schema; 0: there is none. */
export async function versionOf(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ there: string | null }>(
    `SELECT to_regclass('schema_version')::text AS there`,
  )
  if (rows[0]?.there === null) return 0
  const found = await client.query<{ version: number | null }>(
    'SELECT MAX(version) AS version FROM schema_version',
  )
  return found.rows[0]?.version ?? 0
}

/**
 * How long a lock is waited for, in milliseconds: that which all who write hold, as whoever begins to write waits behind it; and every
 * other, which is held by those who read, and by another gateway that starts.
 */
const longestWait = { writers: 2_000, others: 60_000 }

/**
 * Brings the schema up to date, each step in a transaction that takes as long as it does; of several gateways that start at once, one
 * does it. Whoever writes has begun with a lock on `schema_version`: once it is had here, no write is under way, and none begins.
 * Rejects when others are in the way for too long: what was not done may be tried again. `reached`: told each version that is committed.
 */
export async function migrate(
  client: pg.ClientBase,
  begins: Upgrade['begins'],
  reached: (version: number) => void,
): Promise<void> {
  for (let steps = 0, more = true; more; steps += 1) {
    await beginAlone(client)
    const found = await versionOf(client)
    const pending = migrationsFrom(found, 'postgresql')
    if (found > 0 && pending.length > 0) {
      reached(found)
      if (steps === 0) begins(found, found + pending.length)
    }
    // What is empty is made at once.
    const now = found === 0 ? pending : pending.slice(0, 1)
    for (const { sql, version } of now) {
      await client.query(sql)
      await client.query('INSERT INTO schema_version (version) VALUES ($1)', [version])
    }
    await client.query('COMMIT')
    more = now.length < pending.length
  }
}

async function beginAlone(client: pg.ClientBase): Promise<void> {
  await client.query('BEGIN READ WRITE')
  await client.query('SET LOCAL statement_timeout = 0')
  await client.query(`SET LOCAL lock_timeout = ${longestWait.others}`)
  await client.query('SELECT pg_advisory_xact_lock($1)', [migrationKey])
  await client.query('CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY)')
  await client.query(`SET LOCAL lock_timeout = ${longestWait.writers}`)
  await client.query('LOCK TABLE schema_version IN EXCLUSIVE MODE')
  await client.query(`SET LOCAL lock_timeout = ${longestWait.others}`)
}

/** By which number the server knows this connection. */
export async function processOf(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ process: number }>('SELECT pg_backend_pid() AS process')
  return Number(rows[0]?.process)
}

/** Ends another connection of the same user, and what it is about: a server notices late that nobody waits for an answer any more. */
export async function endProcess(client: pg.ClientBase, process: number): Promise<void> {
  await client.query('SELECT pg_terminate_backend($1)', [process])
}
