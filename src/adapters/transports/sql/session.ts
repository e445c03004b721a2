// One connection to one database, opened when it is needed, used by one piece of work at a time, with the tables of the
// profile looked at anew on every connection: what is missing is said at once, all of it.
import type { Clock } from '../../../letter/time.ts'
import type { Connection, ConnectionSettings, Engine, Table } from './engine.ts'
import { SqlError } from './engine.ts'

/** What a profile needs of a database: tables, each with the columns that it names there. */
export type Needs = ReadonlyMap<string, ReadonlySet<string>>

export interface Opened {
  readonly connection: Connection
  /** A table that the profile names. */
  table(name: string): Table
}

export interface Session {
  /**
   * Does a piece of work, alone. A transaction that it leaves open is undone. Throws `SqlError`; after a trouble that a
   * person has to remedy nothing is tried for some minutes, so that no account is locked by wrong passwords.
   */
  use<Given>(work: (opened: Opened) => Promise<Given>): Promise<Given>
  close(): Promise<void>
}

/** How long nothing is tried after a trouble that only a person can remedy. */
export const patience = 5 * 60_000

export function sessionOf(engine: Engine, settings: ConnectionSettings, needs: Needs, clock: Clock): Session {
  let opened: Opened | undefined
  let closed: { readonly until: number; readonly error: SqlError } | undefined
  let busy: Promise<unknown> = Promise.resolve()
  let stopped = false

  async function ready(): Promise<Opened> {
    if (stopped) throw new SqlError('lost', 'stopped')
    if (closed !== undefined && clock.elapsed() < closed.until) throw closed.error
    closed = undefined
    if (opened !== undefined) {
      try {
        // A connection that a firewall or the server's idle time-out cut looks whole until it is used.
        await opened.connection.run('SELECT 1', [])
        return opened
      } catch {
        opened.connection.close()
        opened = undefined
      }
    }
    const connection = await engine.open(settings)
    try {
      opened = { connection, table: tableOf(await tablesOf(connection, needs)) }
      return opened
    } catch (error) {
      connection.close()
      throw error
    }
  }

  async function alone<Given>(work: (each: Opened) => Promise<Given>): Promise<Given> {
    try {
      const each = await ready()
      return await work(each)
    } catch (error) {
      // Whatever was under way is undone with the connection; the next one looks at the tables anew.
      opened?.connection.close()
      opened = undefined
      if (error instanceof SqlError && error.trouble === 'closed' && closed === undefined)
        closed = { until: clock.elapsed() + patience, error }
      throw error
    }
  }

  return {
    use: (work) => {
      const mine = busy.then(() => alone(work))
      busy = mine.catch(() => undefined)
      return mine
    },
    close: async () => {
      stopped = true
      await busy
      opened?.connection.close()
      opened = undefined
    },
  }
}

const tableOf =
  (tables: ReadonlyMap<string, Table>) =>
  (name: string): Table => {
    const found = tables.get(name)
    if (found === undefined) throw new Error('a table that was not looked at')
    return found
  }

/** The tables as they are now. Throws one error that names everything that is missing. */
async function tablesOf(connection: Connection, needs: Needs): Promise<ReadonlyMap<string, Table>> {
  const tables = new Map<string, Table>()
  const missing: string[] = []
  for (const [name, columns] of needs) {
    const table = await connection.describe(name)
    if (table === undefined) missing.push(name)
    else {
      tables.set(name, table)
      missing.push(
        ...[...columns].filter((each) => !table.columns.has(each)).map((each) => `${name}.${each}`),
      )
    }
  }
  if (missing.length > 0) throw new SqlError('closed', `schema: ${missing.join(', ')}`)
  return tables
}

/** Does `work` in a transaction. `committing` is called when from here on nobody knows, should the connection be lost. */
export async function transaction<Given>(
  { connection }: Opened,
  work: () => Promise<Given>,
  committing: () => void = () => undefined,
): Promise<Given> {
  await connection.begin()
  const given = await work()
  committing()
  await connection.commit()
  return given
}
