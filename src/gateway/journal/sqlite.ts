// The embedded engine: SQLite in WAL mode, `synchronous=FULL`, waiting writes committed in groups.
import Sqlite from 'better-sqlite3'
import {
  type Database,
  JournalUnavailable,
  type Parameter,
  type Reader,
  type Statement,
  type Transaction,
} from './database.ts'
import { schemaVersion } from './migrations.ts'
import { migrate, versionOf, writerOf } from './sqlite-schema.ts'

/** Writes in one group at the most: bounds how long the first of them waits for the last. */
const groupSize = 128

/** Turns of the event loop for which a group waits for more, as long as each brings some: every group writes the same pages anew. */
const longestGathering = 4

interface Waiting {
  readonly work: (transaction: Transaction) => Promise<unknown>
  readonly resolve: (value: never) => void
  readonly reject: (error: unknown) => void
}

/** Opens (or makes) the journal at `file` and brings its schema up to date. Throws when it is newer than this program. */
export function openSqlite(file: string): Database {
  const writer = writerOf(file)
  migrate(writer)
  // Reads go through a connection of their own: inside a group they must not see what is not committed yet.
  const reader = new Sqlite(file, { readonly: true })
  return new SqliteDatabase(writer, reader)
}

/** Opens a journal to read only, beside the gateway that writes it. Throws when there is none. */
export function readSqlite(file: string): { readonly committed: Reader; close(): void } {
  const reader = new Sqlite(file, { readonly: true, fileMustExist: true })
  return { committed: connectionOf(reader), close: () => void reader.close() }
}

/** Opens a journal to write into it beside the gateway, in short transactions. Throws when there is none. */
export function writeSqlite(file: string): Database {
  const writer = new Sqlite(file, { fileMustExist: true })
  writer.pragma('synchronous = FULL')
  writer.pragma('foreign_keys = ON')
  writer.pragma('busy_timeout = 5000')
  return new SqliteDatabase(writer, new Sqlite(file, { readonly: true }))
}

/** Whether the journal's schema is the one that this program knows: only a gateway that starts brings it up to date. */
export function isUpToDate(file: string): boolean {
  const reader = new Sqlite(file, { readonly: true, fileMustExist: true })
  try {
    return versionOf(reader) === schemaVersion
  } finally {
    reader.close()
  }
}

class SqliteDatabase implements Database {
  readonly committed: Reader
  readonly #writer: Sqlite.Database
  readonly #reader: Sqlite.Database
  readonly #transaction: Transaction
  readonly #waiting: Waiting[] = []
  #draining: Promise<void> | undefined
  #closed = false

  constructor(writer: Sqlite.Database, reader: Sqlite.Database) {
    this.#writer = writer
    this.#reader = reader
    this.#transaction = connectionOf(writer)
    this.committed = connectionOf(reader)
  }

  write<Value>(work: (transaction: Transaction) => Promise<Value>): Promise<Value> {
    if (this.#closed) return Promise.reject(new JournalUnavailable('the journal is closed'))
    return new Promise<Value>((resolve, reject) => {
      this.#waiting.push({ work, resolve, reject })
      this.#draining ??= this.#drain()
    })
  }

  /** Its sync setting is its connection's own: nobody else can change it. */
  unsafe(): Promise<undefined> {
    return Promise.resolve(undefined)
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#draining
    this.#reader.close()
    this.#writer.close()
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#gather()
      await this.#commitGroup(this.#waiting.splice(0, groupSize))
    }
    this.#draining = undefined
  }

  /** A turn of the event loop lets the requests that arrived together into the same group. */
  async #gather(): Promise<void> {
    let had = 0
    for (let turns = 0; turns < longestGathering && had < this.#waiting.length; turns++) {
      had = this.#waiting.length
      await turnOver()
    }
  }

  async #commitGroup(group: readonly Waiting[]): Promise<void> {
    const done: (() => void)[] = []
    try {
      this.#writer.exec('BEGIN IMMEDIATE')
      for (const [index, { work, resolve, reject }] of group.entries()) {
        try {
          const value = await work(this.#transaction)
          done.push(() => resolve(value as never))
        } catch (error) {
          // A full disk makes SQLite roll back everything by itself: then the whole group is lost.
          if (!this.#writer.inTransaction || isDiskError(error)) throw error
          this.#writer.exec('ROLLBACK')
          return group.length === 1 ? reject(error) : await this.#commitApart(group, index)
        }
      }
      this.#writer.exec('COMMIT')
    } catch (error) {
      if (this.#writer.inTransaction) this.#writer.exec('ROLLBACK')
      const lost = new JournalUnavailable('the journal could not be written', { cause: error })
      for (const waiting of group) waiting.reject(lost)
      return
    }
    for (const each of done) each()
  }

  /**
   * A work that fails takes nothing of its neighbours with it: those before it and those after it are committed without it, and it
   * fails alone. That is seldom; a savepoint around each work would copy every page that it touches.
   */
  async #commitApart(group: readonly Waiting[], failed: number): Promise<void> {
    const parts = [group.slice(0, failed), group.slice(failed, failed + 1), group.slice(failed + 1)]
    for (const part of parts) if (part.length > 0) await this.#commitGroup(part)
  }
}

/** Statements in a row of one connection after which everything else has a turn: a circular's thousands hold nobody up. */
const inARow = 256

const turnOver = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function connectionOf(connection: Sqlite.Database): Transaction {
  let count = 0
  const turn = async (): Promise<void> => {
    count += 1
    if (count < inARow) return
    count = 0
    await turnOver()
  }
  const prepared = new Map<Statement, Sqlite.Statement>()
  const prepare = (statement: Statement): Sqlite.Statement => {
    let ready = prepared.get(statement)
    if (ready === undefined) {
      ready = connection.prepare(statement)
      prepared.set(statement, ready)
    }
    return ready
  }
  return {
    async all<Row>(statement: Statement, ...parameters: readonly Parameter[]) {
      await turn()
      return prepare(statement).all(...parameters) as Row[]
    },
    async one<Row>(statement: Statement, ...parameters: readonly Parameter[]) {
      await turn()
      return prepare(statement).get(...parameters) as Row | undefined
    },
    async run(statement: Statement, ...parameters: readonly Parameter[]) {
      await turn()
      return prepare(statement).run(...parameters).changes
    },
    put(statement: Statement, ...parameters: readonly Parameter[]) {
      count += 1
      prepare(statement).run(...parameters)
    },
  }
}

const isDiskError = (error: unknown): boolean =>
  error instanceof Sqlite.SqliteError &&
  /^SQLITE_(FULL|IOERR|CORRUPT|NOTADB|READONLY|CANTOPEN)/.test(error.code)
