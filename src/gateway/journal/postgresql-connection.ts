// Connections to a journal on PostgreSQL: how they are made, and what an error of theirs means for the journal.
import { Socket } from 'node:net'
import pg from 'pg'
import { JournalUnavailable, type Parameter, type Statement, type Transaction } from './database.ts'

/** Where a journal on PostgreSQL is. */
export interface PostgresqlAt {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password?: string
  /** PEM of the authority that must have signed the server's certificate; absent: no TLS (this machine only). */
  readonly authority?: string
  /** A server that says nothing for so long is not there, in milliseconds; the usual unless it says so. */
  readonly silence?: number
}

/** Milliseconds. */
const usualSilence = 30_000

const ofSession = {
  // A statement outside of a transaction that said so changes nothing: one whose BEGIN failed would be kept by itself.
  default_transaction_read_only: 'on',
  // A plan is made when the tables are small, and kept while they grow: what is asked for each letter has an index, and is to use it.
  enable_seqscan: 'off',
  // And in that index's order, from where it is asked for: a set of what several indexes have would be the whole backlog each time.
  enable_bitmapscan: 'off',
  // A walk that has no index costs "too much" then, and would be compiled each time.
  jit: 'off',
}

export const optionsOf = ({ silence = usualSilence, ...at }: PostgresqlAt): pg.ClientConfig => ({
  host: at.host,
  port: at.port,
  database: at.database,
  user: at.user,
  ...(at.password !== undefined && { password: at.password }),
  ...(at.authority !== undefined && { ssl: { ca: at.authority, minVersion: 'TLSv1.2' } }),
  application_name: 'saraban-gateway',
  client_encoding: 'UTF8',
  connectionTimeoutMillis: 10_000,
  query_timeout: silence + 1_000,
  statement_timeout: silence,
  idle_in_transaction_session_timeout: 2 * silence,
  keepAlive: true,
  options: Object.entries(ofSession)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' '),
  pipeline: true,
  stream: () => new TickSocket(),
  types: {
    getTypeParser: (oid: number, format?: 'text' | 'binary') =>
      oid === int8 ? Number : pg.types.getTypeParser(oid, format as 'text'),
  },
})

/** What is written in one turn of the event loop leaves together: statements that nobody waits for wake the server once. */
class TickSocket extends Socket {
  /** The driver corks and uncorks around each statement that has a name. */
  override uncork(): void {
    process.nextTick(() => super.uncork())
  }
}

/** Counts and instants are below 2⁵³. */
const int8 = 20

/** `size` connections at most, made when they are wanted. `patient`: an answer is waited for as long as the server takes. */
export function poolOf(at: PostgresqlAt, size: number, { patient = false } = {}): pg.Pool {
  const pool = new pg.Pool({
    ...optionsOf(at),
    ...{ max: size, idleTimeoutMillis: usualSilence },
    ...(patient && { query_timeout: 0 }),
  })
  // What breaks between two statements is told by the next one; a connection that nobody uses is replaced.
  pool.on('connect', (client) => client.on('error', () => undefined))
  pool.on('error', () => undefined)
  return pool
}

/** Another transaction came between: nothing of this one is kept, and it may be run again. */
export class Crossed extends Error {
  override readonly name = 'Crossed'
  /** The server's word is a key that is there already: run again, the work sees it; one that does not, alone, is at fault itself. */
  readonly duplicate: boolean
  constructor(cause: pg.DatabaseError) {
    super(cause.message, { cause })
    this.duplicate = cause.code === uniqueViolation
  }
}

const uniqueViolation = '23505'
/** Serialization failure, deadlock, a lock that was not to be had in time, a key that another wrote first. */
const crossed = new Set(['40001', '40P01', '55P03', uniqueViolation])
/** Classes of errors that are in a statement or its values: data, constraint, access or syntax, not supported. */
const ofStatement = /^(0A|22|23|42)/

/** What an error of the driver means: `Crossed`, `JournalUnavailable`, or, where the statement is at fault, itself. */
export function meaningOf(error: unknown): unknown {
  if (error instanceof JournalUnavailable || error instanceof Crossed) return error
  if (error instanceof pg.DatabaseError && error.code !== undefined) {
    if (crossed.has(error.code)) return new Crossed(error)
    if (ofStatement.test(error.code)) return error
  }
  return unavailable(error)
}

export const unavailable = (cause: unknown): JournalUnavailable =>
  cause instanceof JournalUnavailable
    ? cause
    : new JournalUnavailable('the journal could not be reached or written', { cause })

/** The server ended the connection, or says that it is about to: classes of errors. */
const ofConnection = /^(08|57P)/
/** What Node says of a socket that broke, and the driver of one that ended under a statement. */
const ofSocket = /^(ECONNRESET|EPIPE|ETIMEDOUT)$/
const ended = /^Connection terminated unexpectedly$|not queryable$/

/**
 * Whether the connection is what failed, and another one may answer. A time-out is none: the server is there, and what was
 * too much for it once would only be asked of it twice.
 */
export function isConnectionBroken(error: unknown): boolean {
  if (error instanceof JournalUnavailable) return isConnectionBroken(error.cause)
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  if (error instanceof pg.DatabaseError) return ofConnection.test(code)
  return ofSocket.test(code) || ended.test(error.message)
}

/** What Node says of a server that does not listen yet, or of a network that is not up yet; too many of whom it had before its end. */
const ofArrival = /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|53300)$/
/** Others use the tables that a new schema changes: a deadlock with them, a lock that was not to be had in time. */
const ofOthers = /^(40P01|55P03)$/
const late = /^timeout expired$|due to connection timeout$/

/** A server that follows another one, and takes no writes until it is promoted. */
export class Standby extends Error {
  override readonly name = 'Standby'
  constructor() {
    super('it is a standby that nobody has promoted')
  }
}

/**
 * Whether a server that could not be had may be there soon: it starts or recovers, or its machine does, or others are in the way of a
 * new schema. A name that nobody knows, a password that is refused or a database that is not there changes with the settings alone.
 */
export function mayBeThereSoon(error: unknown): boolean {
  if (isConnectionBroken(error) || error instanceof Standby) return true
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  return ofArrival.test(code) || ofOthers.test(code) || late.test(error.message)
}

export async function asked<Value>(question: () => Promise<Value>): Promise<Value> {
  try {
    return await question()
  } catch (error) {
    throw meaningOf(error)
  }
}

/** A word that opens or ends a transaction, as a statement with a name, which does not wake the server by itself. */
export const bare = (text: string): pg.QueryConfig => ({ name: text, text })

/** What can run a statement of PostgreSQL. */
interface Server {
  query(config: pg.QueryConfig): Promise<pg.QueryResult>
}

/**
 * The queries' own words (`?` for a value) for a connection. What is put goes out at once and is answered in its turn; `failure`
 * is the error of the first that failed, of which the server tells all that comes after only that something did.
 */
export function wordsFor(server: Server): Transaction & { failure(): unknown } {
  let failure: unknown
  const send = (statement: Statement, parameters: readonly Parameter[]): Promise<pg.QueryResult> =>
    asked(() => server.query({ ...numbered(statement), values: parameters.map(sayable) }))
  const ask: typeof send = (statement, parameters) =>
    send(statement, parameters).catch((error: unknown) => {
      throw failure ?? error
    })
  return {
    failure: () => failure,
    put(statement: Statement, ...parameters: readonly Parameter[]) {
      send(statement, parameters).catch((error: unknown) => {
        failure ??= error
      })
    },
    async all<Row>(statement: Statement, ...parameters: readonly Parameter[]) {
      return (await ask(statement, parameters)).rows as Row[]
    },
    async one<Row>(statement: Statement, ...parameters: readonly Parameter[]) {
      return (await ask(statement, parameters)).rows[0] as Row | undefined
    },
    async run(statement: Statement, ...parameters: readonly Parameter[]) {
      return (await ask(statement, parameters)).rowCount ?? 0
    },
  }
}

/**
 * A text of PostgreSQL has no NUL. What a peer answered may have one, and must not keep its attempt from being written for
 * ever; letters and documents are bytes.
 */
const sayable = (parameter: Parameter): Parameter =>
  typeof parameter === 'string' ? parameter.replaceAll('\u0000', '\ufffd') : parameter

const prepared = new Map<Statement, { readonly name: string; readonly text: string }>()

/** `?` becomes `$1`, `$2` …; each text has a name, so that the server plans it once for a connection. */
function numbered(statement: Statement): { readonly name: string; readonly text: string } {
  let known = prepared.get(statement)
  if (known === undefined) {
    let place = 0
    known = { name: `s${prepared.size}`, text: statement.replace(/\?/g, () => `$${++place}`) }
    prepared.set(statement, known)
  }
  return known
}
