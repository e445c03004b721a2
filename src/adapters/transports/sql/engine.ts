// The port to a database server: what differs between engines, and nothing of what is done with rows.
//
// Every name that comes into a statement passes `quote`, which refuses what is no bare name; every value is a parameter.
// There is no way to put a value into a statement's text (attacks X3).
import type { Charset } from '../../formats/charset.ts'

export type Value = string | Buffer | null
/** One row: what the database printed for each column, as bytes. */
export type Row = readonly (Buffer | null)[]

export interface Answer {
  readonly rows: readonly Row[]
  /** Rows that the statement found, whether or not it changed what they say. */
  readonly changed: number
}

/**
 * `lost`: no connection, or none any more · `busy`: a lock, a deadlock, a time-out of a statement · `closed`: a password, a
 * right, a table or a column is missing: a person has to act · `duplicate`: a key stands there already · `value`: a value
 * that the database does not take · `other`: a defect.
 */
export type Trouble = 'lost' | 'busy' | 'closed' | 'duplicate' | 'value' | 'other'

/** What a database says no with. Its message holds no value: engines quote values in theirs. */
export class SqlError extends Error {
  override readonly name = 'SqlError'
  readonly trouble: Trouble
  /** The engine's own code, for people. */
  readonly reason: string
  readonly column: string
  constructor(trouble: Trouble, reason: string, column = '') {
    super(`${trouble}: ${reason}`)
    this.trouble = trouble
    this.reason = reason
    this.column = column
  }
}

/** Codes of certificates that are not trusted, or not this host's: a person has to act. */
export const untrusted =
  /^(?:CERT_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT|UNABLE_TO_|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_(?:CA|PURPOSE))/

export interface Column {
  readonly name: string
  /** `bytes` are files; `whole` numbers are compared as such, never as floating point; `other` is read as it is printed. */
  readonly sort: 'text' | 'bytes' | 'whole' | 'other'
  readonly nullable: boolean
  /** The engine changes it by itself whenever the row is written. */
  readonly automatic: boolean
  /** The engine's own name of its charset or type. */
  readonly type: string
}

export interface Table {
  readonly name: string
  /** In the table's order. */
  readonly columns: ReadonlyMap<string, Column>
  readonly transactional: boolean
}

/** Adds a parameter to the statement and answers its mark (`?`, `$3`). */
export type Mark = (value: Value) => string

/** A statement that reads rows, in its parts: engines put them together in orders of their own. */
export interface Reading {
  readonly printed: string
  readonly from: string
  /** Its conditions and its order, or nothing. */
  readonly rest: string
  readonly limit: number
  /**
   * `lock`: rows stay locked until the transaction ends, and those that another session holds are left out. `free`: those are
   * left out, and nothing is locked; engines whose readers never wait for a writer show them as they were. `held`: those too
   * that `free` leaves out, as the other session has them now: that they are there is all that may be believed.
   */
  readonly rows?: 'lock' | 'free' | 'held'
}

/** How an engine says it. `raw`: the bytes of texts are the profile's charset, whatever the engine believes. */
export interface Words {
  readonly raw: boolean
  /** Whether `free` leaves out what another session has. */
  readonly leavesOut?: true
  quote(name: string): string
  mark(position: number): string
  /** The value of a column to be stored. */
  store(column: Column, value: Value, mark: Mark): string
  /** That a column holds exactly this value. */
  same(column: Column, value: Value, mark: Mark): string
  /** That a column's value is beyond this one, as the column sorts. */
  beyond(column: Column, value: Value, mark: Mark): string
  /** A column as it is printed; of a text at most so many characters. */
  print(column: Column, characters?: number): string
  /** A piece of a column of bytes: `length` bytes from the one numbered `from`, the first being 1. */
  piece(column: Column, from: number, length: number): string
  /** The digest of a column of bytes, in hexadecimal. */
  digest(column: Column): string
  /** Of `digest`. MD5 where old servers have no better one: nobody is to be fooled by it. */
  readonly hash: 'md5' | 'sha256'
  select(reading: Reading): string
}

export interface Connection {
  readonly words: Words
  /** Bytes of one statement, at most. */
  readonly largest: number
  run(text: string, values: readonly Value[]): Promise<Answer>
  begin(): Promise<void>
  /** Throws `lost` where nobody knows whether it was done. */
  commit(): Promise<void>
  rollback(): Promise<void>
  /** A table or view as it is now; nothing when there is none that this user sees. */
  describe(table: string): Promise<Table | undefined>
  /** Gives the connection up at once, whatever is under way. */
  close(): void
}

export interface ConnectionSettings {
  readonly host: string
  readonly port: number | undefined
  readonly database: string
  readonly user: string
  readonly password: string
  readonly tls?: { readonly authority?: string; readonly key?: string; readonly certificate?: string }
  /** Without TLS, where an engine would else have it. */
  readonly plain: boolean
  readonly charset?: Charset
  /** Milliseconds for the connection, and for one statement. */
  readonly connect: number
  readonly within: number
}

/**
 * Milliseconds after which a server may end a session of ours that says nothing, a transaction with it: one that we no longer
 * know of must not hold rows for ever, and a large file is read from a slow share meanwhile.
 */
export const longestIdle = 3_600_000

export interface Engine {
  readonly kind: string
  /** The package of its driver that this gateway lacks: heavy ones are optional. */
  missing?(): string | undefined
  open(settings: ConnectionSettings): Promise<Connection>
}

/** A bare name: letters, digits, `_`, `$`, at most 60; a table may stand in a schema. Anything else never reaches a statement. */
export const namePattern = '^[\\p{L}_][\\p{L}\\p{M}\\p{N}_$]{0,59}$'
const bare = new RegExp(namePattern, 'u')

/** Whether a text is a bare name; `dots`: names before it, at most. */
export const isName = (text: string, dots = 0): boolean => {
  const parts = text.split('.')
  return parts.length <= dots + 1 && parts.every((part) => bare.test(part))
}

/** A checked name in the engine's quotes, each quote in it doubled. Names of the database's own columns may be any text. */
export function quoted(name: string, quote: string): string {
  if (name === '' || name.includes('\0')) throw new Error('a name that no statement can hold')
  return `${quote}${name.replaceAll(quote, quote + quote)}${quote}`
}

/** The verbs of transactions, where they are statements as any other. */
export const transactionsBy = (
  run: Connection['run'],
): Pick<Connection, 'begin' | 'commit' | 'rollback'> => ({
  begin: async () => void (await run('START TRANSACTION', [])),
  commit: async () => void (await run('COMMIT', [])),
  rollback: async () => void (await run('ROLLBACK', [])),
})

/** `Words.select` with LIMIT. Readers that never wait for a writer need nothing to be free. */
export const limited =
  (lock: string): Words['select'] =>
  ({ printed, from, rest, limit, rows }) =>
    `SELECT ${printed} FROM ${from}${rest} LIMIT ${Math.trunc(limit)}${rows === 'lock' ? ` ${lock}` : ''}`
