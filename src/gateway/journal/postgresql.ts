// The engine for many machines: PostgreSQL. Each write is a transaction of its own, as strict as what it decides by; one that
// another crossed is run again, so that no query needs a word about locks. What is committed at the same time the server syncs together.
import { setTimeout } from 'node:timers/promises'
import type pg from 'pg'
import type { Instant } from '../../letter/time.ts'
import {
  type Database,
  type DecidesBy,
  JournalUnavailable,
  type Reader,
  type Transaction,
} from './database.ts'
import { migrationsFrom, schemaVersion } from './migrations.ts'
import {
  asked,
  bare,
  Crossed,
  isConnectionBroken,
  type PostgresqlAt,
  poolOf,
  Standby,
  unavailable,
  wordsFor,
} from './postgresql-connection.ts'
import {
  endProcess,
  isStandby,
  migrate,
  processOf,
  timeOf,
  unsafeBecause,
  versionOf,
} from './postgresql-schema.ts'
import type { Upgrade } from './upgrade.ts'

/** Connections of a gateway: as many writes at once, and as many reads beside them. */
const connections = { write: 16, read: 4 }
/**
 * The server remembers what a serializable transaction read by whole pages of an index, and the newest keys of all letters stand in
 * the same ones: whatever ran at the same time crossed. What decides by its own rows needs no such memory.
 */
const isolation: Readonly<Record<DecidesBy, string>> = { rows: 'REPEATABLE READ', all: 'SERIALIZABLE' }
/** How often a write that others crossed is run before it counts as the journal's failure. */
const mostRuns = 60
/** The longest pause before a write is run again, in milliseconds. */
const longestPause = 40
/** Every so many runs a write that is crossed again and again runs alone: nothing can come between, however many there are. */
const aloneEvery = 4
/** So long it waits for those under way, in milliseconds: whoever begins after it waits for it meanwhile. */
const longestWait = 1_000
/**
 * Who writes holds this lock with the others, who runs alone holds it against them; readers need none. It is taken before the
 * first look at anything, so that who has waited sees what was written until then. Only a new schema writes that table.
 */
const beginnings = {
  together: ['LOCK TABLE schema_version IN ROW SHARE MODE'],
  alone: [
    `SET LOCAL lock_timeout = ${longestWait}`,
    'LOCK TABLE schema_version IN EXCLUSIVE MODE',
    'SET LOCAL lock_timeout TO DEFAULT',
  ],
} as const

/** Opens the journal and brings its schema up to date. Rejects when it cannot be reached, is unsafe, or newer than this program. */
export async function openPostgresql(at: PostgresqlAt, upgrade: Upgrade = untold): Promise<Database> {
  const pool = poolOf(at, connections.write)
  try {
    const found = await withClient(pool, async (client) => {
      if (await isStandby(client)) throw new Standby()
      const reason = await unsafeBecause(client)
      if (reason !== undefined) throw new Error(reason)
      return versionOf(client)
    })
    if (migrationsFrom(found, 'postgresql').length > 0) await bringUpToDate(at, upgrade)
  } catch (error) {
    await pool.end()
    throw error
  }
  return new PostgresqlDatabase(at, pool, poolOf(at, connections.read))
}

const untold: Upgrade = { begins: () => undefined, brokenOff: () => undefined }

/** Over a connection of its own: what a large journal needs for a new schema is no silence. */
async function bringUpToDate(at: PostgresqlAt, { begins, brokenOff, ended }: Upgrade): Promise<void> {
  const pool = poolOf(at, 1, { patient: true })
  let reached: number | undefined
  try {
    await withClient(pool, async (client) => {
      const process = await processOf(client)
      const end = () => onceAt(at, (other) => endProcess(other, process))
      await unlessEnded(
        ended,
        migrate(client, begins, (version) => {
          reached = version
        }),
        end,
      )
    })
  } catch (error) {
    if (ended?.aborted === true && reached !== undefined) brokenOff(reached, schemaVersion)
    throw error
  } finally {
    await pool.end()
  }
}

/** Waits for `work`. When the signal comes first, `end` ends what it is about, and this rejects with the signal's reason. */
async function unlessEnded(
  ended: AbortSignal | undefined,
  work: Promise<void>,
  end: () => Promise<void>,
): Promise<void> {
  let asked = (): void => undefined
  const broken = new Promise<void>((resolve) => {
    // A server that cannot be asked is not waited for.
    asked = () => void end().then(resolve, () => resolve())
  })
  ended?.addEventListener('abort', asked)
  if (ended?.aborted === true) asked()
  try {
    await Promise.race([work, broken])
  } catch (error) {
    throw ended?.aborted === true ? ended.reason : error
  } finally {
    ended?.removeEventListener('abort', asked)
  }
  ended?.throwIfAborted()
}

/** Opens a journal beside the gateway, as it is: for a command that reads, or writes a little. */
export const besidePostgresql = (at: PostgresqlAt): Database =>
  new PostgresqlDatabase(at, poolOf(at, 1), poolOf(at, 1))

/** Whether the journal's schema is the one that this program knows: only a gateway that starts brings it up to date. */
export async function isPostgresqlUpToDate(at: PostgresqlAt): Promise<boolean> {
  return onceAt(at, async (client) => (await versionOf(client)) === schemaVersion)
}

/** Over a connection of its own. */
async function onceAt<Value>(
  at: PostgresqlAt,
  act: (client: pg.PoolClient) => Promise<Value>,
): Promise<Value> {
  const pool = poolOf(at, 1)
  try {
    return await withClient(pool, act)
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
  readonly #at: PostgresqlAt
  readonly #pool: pg.Pool
  readonly #readers: pg.Pool
  readonly #underWay = new Set<Promise<unknown>>()
  #closed = false
  #closing: Promise<void> | undefined

  constructor(at: PostgresqlAt, pool: pg.Pool, readers: pg.Pool) {
    this.#at = at
    this.#pool = pool
    this.#readers = readers
    // A connection that the server has ended meanwhile is found out by its first statement: another is asked then.
    this.committed = wordsFor({ query: (config) => twice(() => readers.query(config)) })
  }

  write<Value>(work: (transaction: Transaction) => Promise<Value>, by: DecidesBy = 'all'): Promise<Value> {
    if (this.#closed) return Promise.reject(new JournalUnavailable('the journal is closed'))
    const writing = this.#write(work, by)
    this.#underWay.add(writing)
    const ended = (): void => void this.#underWay.delete(writing)
    writing.then(ended, ended)
    return writing
  }

  /** As it is for whoever connects now: who opened the journal found it safe. */
  unsafe(): Promise<string | undefined> {
    return this.#ask(unsafeBecause)
  }

  serverTime(): Promise<Instant> {
    return this.#ask(timeOf)
  }

  #ask<Value>(question: (client: pg.ClientBase) => Promise<Value>): Promise<Value> {
    return asked(() => onceAt(this.#at, question))
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled(this.#underWay)
    await Promise.all([this.#pool.end(), this.#readers.end()])
  }

  async #write<Value>(work: (transaction: Transaction) => Promise<Value>, by: DecidesBy): Promise<Value> {
    let again = false
    for (let run = 1; ; run += 1) {
      const how = run % aloneEvery === 0 ? 'alone' : 'together'
      try {
        return await this.#writeOnce(work, by, how)
      } catch (error) {
        if (error instanceof NotBegun) {
          // Whatever the server said, it was not of the work: a standby, say, begins nothing that writes.
          if (again || !isConnectionBroken(error.cause)) throw unavailable(error.cause)
          again = true
          continue
        }
        if (!(error instanceof Crossed)) throw error
        // A key that nobody else can have written meanwhile was there to be seen.
        if (error.duplicate && how === 'alone') throw error.cause
        if (run >= mostRuns)
          throw new JournalUnavailable('other writes came between, again and again', { cause: error })
        await setTimeout(Math.random() * Math.min(longestPause, 2 ** run))
      }
    }
  }

  async #writeOnce<Value>(
    work: (transaction: Transaction) => Promise<Value>,
    by: DecidesBy,
    how: keyof typeof beginnings,
  ): Promise<Value> {
    const client = await this.#pool.connect().catch((error: unknown) => {
      throw new NotBegun(error)
    })
    // Not waited for: it goes along with the first statement. No commit is sent before it was answered.
    const begun = client.query(bare(`BEGIN ISOLATION LEVEL ${isolation[by]} READ WRITE`)).then(
      () => undefined,
      (error: unknown) => new NotBegun(error),
    )
    const transaction = wordsFor(client)
    for (const each of beginnings[how]) transaction.put(each)
    let over = false
    try {
      const value = await work(transaction).catch(async (error: unknown) => {
        throw (await begun) ?? error
      })
      const notBegun = await begun
      if (notBegun !== undefined) throw notBegun
      const { command } = await asked(() => client.query(bare('COMMIT')))
      over = true
      if (command === 'COMMIT') return value
      // The server's way to say that a statement of it had failed.
      throw transaction.failure() ?? new Error(`the work went on after a statement that failed: ${command}`)
    } finally {
      // What failed in the middle: a connection that cannot even go back, or begin, is not used again.
      if (!over) over = (await begun) === undefined && (await goesBack(client))
      client.release(!over)
    }
  }
}

/** What failed before anything could be said: nothing of the work was done. */
class NotBegun extends Error {
  override readonly name = 'NotBegun'
  constructor(cause: unknown) {
    super('no transaction was begun', { cause })
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
