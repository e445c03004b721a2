// The driver of SQL Server, as far as it is used here. It is an optional package (54 of them, most for sign-ins of Azure's that
// nobody uses here), so this file says what it has, instead of its own types: the gateway is built without it too.
import { createRequire } from 'node:module'
import type { Socket } from 'node:net'

export const driverPackage = 'tedious'

/** Of the driver's errors: the server's number, where the server spoke; else the driver's own code. */
export interface ErrorToken {
  readonly number: number
  readonly message: string
}

export interface DriverRequest {
  addParameter(name: string, type: object, value: unknown, options?: { readonly length: number }): void
  on(event: 'row', listener: (columns: readonly { readonly value: unknown }[]) => void): void
}

type Done = (error?: Error | null) => void

export interface DriverConnection {
  connect(done: Done): void
  execSql(request: DriverRequest): void
  execSqlBatch(request: DriverRequest): void
  beginTransaction(done: Done, name: string, isolation: number): void
  commitTransaction(done: Done): void
  rollbackTransaction(done: Done): void
  on(event: 'error', listener: (error: Error) => void): void
  on(event: 'errorMessage', listener: (token: ErrorToken) => void): void
  close(): void
}

export interface DriverConfiguration {
  readonly server: string
  readonly authentication: {
    readonly type: 'default'
    readonly options: { readonly userName: string; readonly password: string }
  }
  readonly options: Readonly<Record<string, unknown>> & {
    readonly connector: (
      place: { readonly host: string; readonly port: number },
      lookup: unknown,
      signal: AbortSignal,
    ) => Promise<Socket>
  }
}

export interface Driver {
  readonly Connection: new (configuration: DriverConfiguration) => DriverConnection
  readonly Request: new (text: string, done: Done) => DriverRequest
  readonly TYPES: { readonly NVarChar: object; readonly VarBinary: object }
  readonly ISOLATION_LEVEL: { readonly READ_COMMITTED: number }
}

const require = createRequire(import.meta.url)

/** The package, where it is not installed. */
export function missingPackage(name: string): string | undefined {
  try {
    require.resolve(name)
    return undefined
  } catch {
    return name
  }
}

let loaded: Driver | undefined

/** Loads the driver when the first connection is opened: it takes a third of a second, and few gateways need it. */
export function driver(): Driver {
  const found: Driver = loaded ?? require(driverPackage)
  loaded = found
  return found
}
