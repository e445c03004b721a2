// The engine `sqlserver`, by tedious, which is an optional package.
//
// Here a reader waits for a writer: rows that another session has are left out of lists (READPAST), and one row is waited for
// for some seconds. `SET NOCOUNT ON` and @@ROWCOUNT: what a system's triggers write is not counted as ours.
import { connect, type Socket } from 'node:net'
import type { Column, Connection, ConnectionSettings, Engine, Table, Value, Words } from './engine.ts'
import {
  type Driver,
  type DriverConnection,
  driver,
  driverPackage,
  type ErrorToken,
  missingPackage,
} from './sqlserver-driver.ts'
import { serverTrouble, sqlserverTrouble } from './sqlserver-troubles.ts'
import { quotedTable, sqlserverWords } from './sqlserver-words.ts'

export const sqlserver: Engine = { kind: 'sqlserver', missing: () => missingPackage(driverPackage), open }

async function open(settings: ConnectionSettings): Promise<Connection> {
  const { host, port, tls, plain, within, connect: patience } = settings
  const tedious = driver()
  const client = new tedious.Connection({
    server: host,
    authentication: { type: 'default', options: { userName: settings.user, password: settings.password } },
    options: {
      port: port ?? 1433,
      database: settings.database,
      appName: 'saraban-gateway',
      encrypt: !plain,
      trustServerCertificate: false,
      cryptoCredentialsDetails: {
        minVersion: 'TLSv1.2',
        ...(tls?.authority !== undefined && { ca: tls.authority }),
        ...(tls?.key !== undefined && { key: tls.key }),
        ...(tls?.certificate !== undefined && { cert: tls.certificate }),
      },
      connector: ({ host, port }: { host: string; port: number }, _lookup: unknown, signal: AbortSignal) =>
        socketTo(host, port, plain, signal),
      connectTimeout: patience,
      requestTimeout: within,
      cancelTimeout: 5000,
      // Nothing is tried again here: the gateway decides that.
      maxRetriesOnTransientErrors: 0,
      connectionIsolationLevel: tedious.ISOLATION_LEVEL.READ_COMMITTED,
      abortTransactionOnError: true,
    },
  })
  // What breaks between two statements is told by the next one.
  client.on('error', () => undefined)
  let said: ErrorToken | undefined
  client.on('errorMessage', (token) => {
    // A login that fails says first why, then that it failed.
    said ??= token
  })
  try {
    await guarded('lost', (done) => client.connect(done)).catch((error: unknown) => {
      throw said === undefined ? error : serverTrouble(said)
    })
    const wait = Math.min(within, 5000)
    await asked(tedious, client, `SET NOCOUNT ON; SET DATEFORMAT ymd; SET LOCK_TIMEOUT ${wait}`, [])
    return connectionOf(tedious, client, sqlserverWords(settings.charset !== undefined))
  } catch (error) {
    client.close()
    throw error
  }
}

/** A server's answer about TLS stands in a list of options: kind, place and length of each. */
const encryption = 1
const optionLength = 5

/**
 * Dials. The driver goes on without TLS when the server says that it has none, and sends the password: here the connection
 * ends before that. What stands on the way could say it as well as the server.
 */
function socketTo(host: string, port: number, plain: boolean, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.removeListener('error', reject)
      if (!plain) socket.once('data', (first: Buffer) => answered(first, socket))
      resolve(socket)
    })
  })
}

function answered(packet: Buffer, socket: Socket): void {
  const body = packet.subarray(8)
  for (let at = 0; at + optionLength <= body.length && body[at] !== 0xff; at += optionLength)
    if (body[at] === encryption) {
      const said = body[body.readUInt16BE(at + 1)]
      // On, or required.
      if (said === 1 || said === 3) return
    }
  socket.destroy(Object.assign(new Error('the server has no TLS'), { code: 'ENOENCRYPT' }))
}

const connectionOf = (tedious: Driver, client: DriverConnection, words: Words): Connection => ({
  words,
  // A value of 2 GB is the end of what it stores, and half of that what a text here can hold.
  largest: 512 * 1024 * 1024,
  run: async (text, values) => {
    if (!/^(?:INSERT|UPDATE) /.test(text))
      return { rows: await asked(tedious, client, text, values), changed: 0 }
    const rows = await asked(tedious, client, `${text}; SELECT CONVERT(nvarchar(20), @@ROWCOUNT)`, values)
    return { rows: [], changed: Number(rows.at(-1)?.[0]?.toString('latin1') ?? 0) }
  },
  begin: () =>
    guarded('busy', (done) => client.beginTransaction(done, '', tedious.ISOLATION_LEVEL.READ_COMMITTED)),
  // A commit that is not answered in time may have been done.
  commit: () => guarded('lost', (done) => client.commitTransaction(done)),
  rollback: () => guarded('busy', (done) => client.rollbackTransaction(done)),
  describe: (table) => describe(tedious, client, table),
  close: () => client.close(),
})

const describeSql = `
SELECT c.name, TYPE_NAME(c.system_type_id), CONVERT(nvarchar(1), c.is_nullable),
  CONVERT(nvarchar(10), COLLATIONPROPERTY(c.collation_name, 'CodePage')),
  CONVERT(nvarchar(10), COLUMNPROPERTY(c.object_id, c.name, 'GeneratedAlwaysType'))
FROM sys.columns c
WHERE c.object_id = COALESCE(OBJECT_ID(@p1, 'U'), OBJECT_ID(@p1, 'V')) ORDER BY c.column_id`

const whole = new Set(['tinyint', 'smallint', 'int', 'bigint'])
const bytes = new Set(['binary', 'varbinary', 'image'])
const texts = new Set(['char', 'varchar', 'text', 'nchar', 'nvarchar', 'ntext'])

async function describe(
  tedious: Driver,
  client: DriverConnection,
  table: string,
): Promise<Table | undefined> {
  const rows = await asked(tedious, client, describeSql, [quotedTable(table)])
  if (rows.length === 0) return undefined
  const columns = rows.map((row): Column => {
    const [name = '', kind = '', nullable, page = '', generated = ''] = row.map(
      (each) => each?.toString('utf8') ?? '',
    )
    const sort = whole.has(kind) ? 'whole' : bytes.has(kind) ? 'bytes' : texts.has(kind) ? 'text' : 'other'
    return {
      name,
      sort,
      nullable: nullable === '1',
      automatic: kind === 'timestamp' || (generated !== '' && generated !== '0'),
      type: sort === 'text' && !kind.startsWith('n') ? `${kind} ${page}` : kind,
    }
  })
  return {
    name: table,
    columns: new Map(columns.map((column) => [column.name, column])),
    transactional: true,
  }
}

/** Rows of a statement. One without values is a batch: what it sets stays set. */
async function asked(
  { Request, TYPES }: Driver,
  client: DriverConnection,
  text: string,
  values: readonly Value[],
): Promise<(Buffer | null)[][]> {
  const rows: (Buffer | null)[][] = []
  await guarded('busy', (done) => {
    const request = new Request(text, done)
    for (const [index, value] of values.entries())
      if (Buffer.isBuffer(value))
        // A length of none is no kind that the server knows.
        request.addParameter(`p${index + 1}`, TYPES.VarBinary, value, { length: Math.max(1, value.length) })
      else request.addParameter(`p${index + 1}`, TYPES.NVarChar, value)
    request.on('row', (columns) => rows.push(columns.map(({ value }) => bytesOf(value))))
    if (values.length === 0) client.execSqlBatch(request)
    else client.execSql(request)
  })
  return rows
}

const bytesOf = (value: unknown): Buffer | null =>
  value === null || value === undefined
    ? null
    : Buffer.isBuffer(value)
      ? value
      : Buffer.from(String(value), 'utf8')

function guarded(late: 'busy' | 'lost', act: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    try {
      act((error) => (error ? reject(sqlserverTrouble(error, late)) : resolve()))
    } catch (error) {
      reject(sqlserverTrouble(error, late))
    }
  })
}
