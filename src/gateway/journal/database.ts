// The port to the database under the journal: one set of queries, written once, for every engine.

import type { Instant } from '../../letter/time.ts'

/** A named SQL text with `?` places. Only the subset that SQLite and PostgreSQL share; no `now()`: time is a parameter. */
export type Statement = string

export type Parameter = string | number | null | Uint8Array

export interface Reader {
  all<Row>(statement: Statement, ...parameters: readonly Parameter[]): Promise<Row[]>
  /** The first row, or undefined. */
  one<Row>(statement: Statement, ...parameters: readonly Parameter[]): Promise<Row | undefined>
}

export interface Transaction extends Reader {
  /** How many rows were changed. */
  run(statement: Statement, ...parameters: readonly Parameter[]): Promise<number>
  /**
   * As `run`, where nobody asks how many: it goes along with what is asked next, or with the commit, so that a server is not waited
   * for. What is asked after it sees it. When it fails, so does whatever is asked next, or the commit, with its error.
   */
  put(statement: Statement, ...parameters: readonly Parameter[]): void
}

/**
 * By what a work decides. `rows`: by rows that it writes itself, and by keys that may be there once; whatever else it reads may be
 * a moment old. `all`: by everything that it reads. Where writes run side by side those of `rows` cross each other only in
 * the same row or key (docs/decisions/0017).
 */
export type DecidesBy = 'rows' | 'all'

export interface Database {
  /** What is committed. */
  readonly committed: Reader
  /**
   * Runs `work` in a transaction; resolves when it is on disk (strongest sync setting). Works that wait at the same time
   * share one sync. `work` awaits nothing but its transaction, and changes nothing else: it may be run more than once. Works
   * that are not awaited may be done in any order. When it throws, nothing of it is kept and its error is passed on; when
   * the disk or the server fails, rejects with `JournalUnavailable`. Then nothing was kept, unless the way to the server
   * broke within the commit: whoever offers the same again finds what is there. `by`: if not said, `all`.
   */
  write<Value>(work: (transaction: Transaction) => Promise<Value>, by?: DecidesBy): Promise<Value>
  /** Why what it says is committed may be gone when its machine loses power; undefined: it is on disk. Rejects when it cannot be asked. */
  unsafe(): Promise<string | undefined>
  /** What time the journal's server says it is; absent where the journal has no clock but this machine's. Rejects when it cannot be asked. */
  serverTime?(): Promise<Instant>
  close(): Promise<void>
}

/** The journal could not be written: nothing was promised. */
export class JournalUnavailable extends Error {
  override readonly name = 'JournalUnavailable'
}
