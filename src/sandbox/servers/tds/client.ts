// A client of SQL Server for tests: whoever owns the database. Its package is optional, and loaded when it is needed.
import { createRequire } from 'node:module'

export interface Place {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  /** Without it any certificate is good: it is a test's own server. */
  readonly authority?: string
}

export interface Client {
  ask(sql: string): Promise<Record<string, string | null>[]>
  end(): Promise<void>
}

type Done = (error?: Error | null) => void
interface Column {
  readonly value: unknown
  readonly metadata: { readonly colName: string }
}
interface Driver {
  readonly Connection: new (
    configuration: object,
  ) => {
    connect(done: Done): void
    execSqlBatch(request: object): void
    on(event: 'error', listener: () => void): void
    close(): void
  }
  readonly Request: new (
    sql: string,
    done: Done,
  ) => { on(event: 'row', listener: (row: readonly Column[]) => void): void }
}

export async function clientOf({ host, port, user, password, database, authority }: Place): Promise<Client> {
  const { Connection, Request }: Driver = createRequire(import.meta.url)('tedious')
  const connection = new Connection({
    server: host,
    authentication: { type: 'default', options: { userName: user, password } },
    options: {
      port,
      database,
      encrypt: true,
      trustServerCertificate: authority === undefined,
      ...(authority !== undefined && { cryptoCredentialsDetails: { ca: authority } }),
      requestTimeout: 60_000,
      maxRetriesOnTransientErrors: 0,
    },
  })
  connection.on('error', () => undefined)
  const settled = (act: (done: Done) => void): Promise<void> =>
    new Promise((resolve, reject) => act((error) => (error ? reject(error) : resolve())))
  await settled((done) => connection.connect(done))
  return {
    ask: async (sql) => {
      const rows: Record<string, string | null>[] = []
      await settled((done) => {
        const request = new Request(sql, done)
        request.on('row', (row) =>
          rows.push(Object.fromEntries(row.map(({ value, metadata }) => [metadata.colName, printed(value)]))),
        )
        connection.execSqlBatch(request)
      })
      return rows
    },
    end: async () => connection.close(),
  }
}

const printed = (value: unknown): string | null =>
  value === null || value === undefined
    ? null
    : Buffer.isBuffer(value)
      ? value.toString('hex')
      : String(value)
