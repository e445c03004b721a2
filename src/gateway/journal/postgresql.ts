// The engine for many machines: PostgreSQL. Each write is a serializable transaction of its own; one that another crossed is
// run again, so that no query needs a word about locks. What is committed at the same time the server syncs together.
import { setTimeout } from 'node:timers/promises'
import type pg from 'pg'
import { type Database, JournalUnavailable, type Reader, type Transaction } from './database.ts'
import { schemaVersion } from './migrations.ts'
import {
  asked,
  Crossed,
  isConnectionBroken,
  type PostgresqlAt,
  poolOf,
  wordsFor,
} from './postgresql-connection.ts'
import { migrate, unsafeBecause, versionOf } from './postgresql-schema.ts'

/** Connections of a gateway: as many writes at once. */
const connections = 16
/** How often a write that others crossed is run before it counts as the journal's failure. */
const mostRuns = 60
/** How often one that meets a key that is there: the second run sees it, and the third is for one that came between. */
const mostDuplicates = 3
/** The longest pause before a write is run again, in milliseconds. */
const longestPause = 40

/** Opens the journal and brings its schema up to date. Rejects when it cannot be reached, is unsafe, or newer than this program. */
export async function openPostgresql(at: PostgresqlAt): Promise<Database> {
  const pool = poolOf(at, connections)
  try {
    await withClient(pool, async (client) => {
      const reason = await unsafeBecause(client)
      if (reason !== undefined) throw new Error(reason)
      await migrate(client)
    })
  } catch (error) {
    await pool.end()
    throw error
  }
  return new PostgresqlDatabase(pool)
}

/** Opens a journal beside the gateway, as it is: for a command that reads, or writes a little. */
export const besidePostgresql = (at: PostgresqlAt): Database => new PostgresqlDatabase(poolOf(at, 2))

/** Whether the journal's schema is the one that this program knows: only a gateway that starts brings it up to date. */
export async function isPostgresqlUpToDate(at: PostgresqlAt): Promise<boolean> {
  const pool = poolOf(at, 1)
  try {
    return await withClient(pool, async (client) => (await versionOf(client)) === schemaVersion)
  } finally {
    await pool.end()
  }
}

async function withClient<Value>(
  pool: pg.Pool,
  act: (client: pg.PoolClient) => Promise<Value>,
): Promise<Value> {
  const client = await pool.connect()
  let whole = false
  try {
    const value = await act(client)
    whole = true
    return value
  } finally {
    // What broke in the middle is not used again: its transaction ends with the connection.
    client.release(!whole)
  }
}

class PostgresqlDatabase implements Database {
  readonly committed: Reader
  readonly #pool: pg.Pool
  readonly #underWay = new Set<Promise<unknown>>()
  #closed = false

  constructor(pool: pg.Pool) {
    this.#pool = pool
    // A connection that the server has ended meanwhile is found out by its first statement: another is asked then.
    this.committed = wordsFor({ query: (config) => twice(() => pool.query(config)) })
  }

  write<Value>(work: (transaction: Transaction) => Promise<Value>): Promise<Value> {
    if (this.#closed) return Promise.reject(new JournalUnavailable('the journal is closed'))
    const writing = this.#write(work)
    this.#underWay.add(writing)
    const ended = (): void => void this.#underWay.delete(writing)
    writing.then(ended, ended)
    return writing
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled(this.#underWay)
    await this.#pool.end()
  }

  async #write<Value>(work: (transaction: Transaction) => Promise<Value>): Promise<Value> {
    for (let run = 1; ; run += 1) {
      try {
        return await this.#writeOnce(work)
      } catch (error) {
        if (!(error instanceof Crossed)) throw error
        if (error.duplicate && run >= mostDuplicates) throw error.cause
        if (run >= mostRuns)
          throw new JournalUnavailable('other writes came between, again and again', { cause: error })
        await setTimeout(Math.random() * Math.min(longestPause, 2 ** run))
      }
    }
  }

  /** A connection with a transaction that is open. */
  async #begun(): Promise<pg.PoolClient> {
    const client = await this.#pool.connect()
    try {
      await client.query('BEGIN ISOLATION LEVEL SERIALIZABLE')
      return client
    } catch (error) {
      client.release(true)
      throw error
    }
  }

  async #writeOnce<Value>(work: (transaction: Transaction) => Promise<Value>): Promise<Value> {
    const client = await asked(() => twice(() => this.#begun()))
    let over = false
    try {
      const value = await work(wordsFor(client))
      const { command } = await asked(() => client.query('COMMIT'))
      over = true
      // The server's way to say that a statement of it had failed, and somebody went on.
      if (command !== 'COMMIT') throw new Error(`the work went on after a statement that failed: ${command}`)
      return value
    } finally {
      // What failed in the middle: a connection that cannot even go back is not used again.
      if (!over) over = await goesBack(client)
      client.release(!over)
    }
  }
}

/**
 * Once more where the connection is what failed. For what changes nothing (a read, the begin of a write): whether a commit
 * that was cut off, or whose time ran out, was kept nobody knows, and its write is told as failed, never run again.
 */
async function twice<Value>(attempt: () => Promise<Value>): Promise<Value> {
  try {
    return await attempt()
  } catch (error) {
    if (!isConnectionBroken(error)) throw error
    return attempt()
  }
}

const goesBack = (client: pg.PoolClient): Promise<boolean> =>
  client.query('ROLLBACK').then(
    () => true,
    () => false,
  )
