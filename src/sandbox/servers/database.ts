// A database server for the sandbox and for tests: found by URL, or started privately on a scratch folder and a free port.

export interface Database {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string
  /** PEM: what its certificate comes from, where it has one. */
  readonly authority?: string
  /** Runs statements as the owner of everything, and gives each row as texts, bytes in hexadecimal. */
  ask(sql: string, values?: readonly unknown[]): Promise<Record<string, string | null>[]>
  /** Another session, for locks: what is asked there stays open until `end`. */
  session(): Promise<{ ask(sql: string): Promise<unknown>; end(): Promise<void> }>
  /** Kills the server as a power cut does, and starts it again. Absent where it is not ours. */
  readonly crash?: () => Promise<void>
  /** Ends whoever is in it, and leaves nothing of it on a server that goes on. Of PostgreSQL. */
  readonly drop?: () => Promise<void>
  stop(): Promise<void>
}

/** Of a PostgreSQL database; SQL_ASCII takes any bytes, as old systems do. */
export type Encoding = 'UTF8' | 'SQL_ASCII'

/** A server with a database and a user for each name: lower-case letters, digits and `_`. What was there is dropped. */
export interface DatabaseServer {
  /** Where another process finds it, as its owner. Of PostgreSQL. */
  readonly url?: string
  database(name: string, encoding?: Encoding): Promise<Database>
  /** The same of all its databases; `meanwhile` is done while it is not there. */
  readonly crash?: (meanwhile?: () => Promise<void>) => Promise<void>
  /** Ends it as an operator does, and starts it again. Of a PostgreSQL of ours. */
  readonly restart?: (meanwhile: () => Promise<void>) => Promise<void>
  /** Begins a copy of it that follows it, with a slot of that name. Of a PostgreSQL of ours. */
  readonly standby?: (name: string) => Promise<Standby>
  stop(): Promise<void>
}

/** A PostgreSQL that follows another one, until it is promoted. */
export interface Standby {
  readonly port: number
  /** Runs a statement on it as the owner of everything; `database`: if not said, `postgres`. */
  ask(sql: string, database?: string): Promise<Record<string, string | null>[]>
  /** Follows this other one from now on, which has a slot of its name. */
  follow(other: Pick<Standby, 'port'>): Promise<void>
  /** Ends it as an operator does; what it has stays. */
  end(): Promise<void>
  begin(): Promise<void>
  /** Ends it, and removes what it has. */
  stop(): Promise<void>
}

/** Why there is none, and what to do. */
export interface NoDatabase {
  readonly missing: string
  /** The command that brings it. */
  readonly remedy: string
}

/** The name, where it can stand in a statement as it is. Throws for any other: whoever writes a member sees it at once. */
export function plainName(name: string): string {
  if (!/^[a-z][a-z0-9_]{0,30}$/.test(name)) throw new Error(`${name} is no name for a database`)
  return name
}
