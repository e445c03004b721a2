// The engine `mariadb`: MariaDB and MySQL, by mysql2.
//
// Everything is a prepared statement, and everything that is read is asked for as text or as bytes, so that no number and
// no date passes through JavaScript. `character_set_results = NULL`: what stands in a column comes as it stands.
import { isIP, connect as reach, type Socket } from 'node:net'
import { createConnection, type Connection as Driver, type TypeCastField } from 'mysql2/promise'
import type { Column, Connection, ConnectionSettings, Engine, Mark, Table, Value, Words } from './engine.ts'
import { limited, longestIdle, quoted, SqlError, transactionsBy } from './engine.ts'
import { mysqlTrouble } from './mysql-troubles.ts'

export const mysql: Engine = { kind: 'mariadb', open }

async function open(settings: ConnectionSettings): Promise<Connection> {
  const { host, port = 3306, tls, within } = settings
  const local = host.startsWith('/')
  const driver = await guarded(() =>
    createConnection({
      ...(local ? { socketPath: host } : { host, port, stream: () => dial(host, port) }),
      user: settings.user,
      password: settings.password,
      database: settings.database,
      connectTimeout: settings.connect,
      charset: 'utf8mb4',
      disableEval: true,
      maxPreparedStatements: 50,
      ...(tls && { ssl: sslOf(tls, !local) }),
    }),
  )
  // What breaks between two statements is told by the next one.
  driver.on('error', () => undefined)
  try {
    const [answer] = await ask(driver, within, 'SELECT VERSION(), CAST(@@max_allowed_packet AS CHAR)', [])
    const [version = '', packet = ''] = (answer ?? []).map((each) => each?.toString('utf8') ?? '')
    const maria = version.includes('MariaDB')
    const seconds = Math.max(1, Math.ceil(within / 1000))
    const statements = await logsStatements(driver, within)
    // Strict: what does not fit is an error, never cut. The time zone stays the server's: that is how its system sees it.
    for (const set of [
      'SET SESSION character_set_results = NULL',
      "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
      `SET SESSION innodb_lock_wait_timeout = ${Math.min(seconds, 5)}, SESSION lock_wait_timeout = ${Math.min(seconds, 5)}`,
      `SET SESSION TRANSACTION ISOLATION LEVEL ${statements ? 'REPEATABLE READ' : 'READ COMMITTED'}`,
      `SET SESSION wait_timeout = LEAST(@@SESSION.wait_timeout, ${longestIdle / 1000})`,
    ])
      await ask(driver, within, set, [])
    return connectionOf(
      driver,
      settings,
      wordsOf(settings.charset !== undefined, canSkip(version, maria)),
      Number(packet),
    )
  } catch (error) {
    driver.destroy()
    throw error
  }
}

/** Whether the server's log has statements, not rows: then InnoDB takes nothing in READ COMMITTED (1665). */
async function logsStatements(driver: Driver, within: number): Promise<boolean> {
  const sql = "SHOW SESSION VARIABLES WHERE Variable_name IN ('binlog_format', 'log_bin')"
  const rows = await ask(driver, within, sql, [])
  const said = rows.map(([, value]) => value?.toString('utf8'))
  return said.includes('STATEMENT') && said.includes('ON')
}

/** SKIP LOCKED came with MariaDB 10.6 and MySQL 8.0; before, a lock is waited for, for some seconds. */
function canSkip(version: string, maria: boolean): boolean {
  const [, major = '0', minor = '0'] =
    /(\d+)\.(\d+)/.exec(maria ? version.replace(/^5\.5\.5-/, '') : version) ?? []
  const number = Number(major) * 100 + Number(minor)
  return number >= (maria ? 1006 : 800)
}

/** `identity`: the certificate must be of the host that was asked for. Who is behind a local socket, the file system says. */
const sslOf = (
  { authority, key, certificate }: NonNullable<ConnectionSettings['tls']>,
  identity: boolean,
) => ({
  minVersion: 'TLSv1.2',
  verifyIdentity: identity,
  ...(authority !== undefined && { ca: authority }),
  ...(key !== undefined && { key }),
  ...(certificate !== undefined && { cert: certificate }),
})

/**
 * The driver gives Node no name by which to judge the certificate of an address: Node judges it by the host that the socket
 * was dialled to, which it notes of names only, and without any as `localhost`'s.
 */
function dial(host: string, port: number): Socket {
  const socket = reach({ host, port, noDelay: true, keepAlive: true })
  return isIP(host) === 0 ? socket : Object.assign(socket, { _host: host })
}

function connectionOf(
  driver: Driver,
  settings: ConnectionSettings,
  words: Words,
  packet: number,
): Connection {
  const run: Connection['run'] = async (text, values) => {
    // A commit that is not answered in time may have been done.
    const answer = await execute(driver, settings.within, text, values, text === 'COMMIT' ? 'lost' : 'busy')
    return Array.isArray(answer)
      ? { rows: answer as (Buffer | null)[][], changed: 0 }
      : { rows: [], changed: answer.affectedRows }
  }
  return {
    words,
    largest: packet,
    run,
    ...transactionsBy(run),
    describe: (table) => describe(driver, settings, table),
    close: () => driver.destroy(),
  }
}

const wordsOf = (raw: boolean, skips: boolean): Words => {
  const quote = (name: string): string => quoted(name, '`')
  const print = (column: Column, characters?: number): string => {
    const name = quote(column.name)
    if (column.sort === 'bytes') return `CAST(OCTET_LENGTH(${name}) AS CHAR)`
    const cut = characters === undefined ? name : `LEFT(${name}, ${characters})`
    if (column.sort === 'text') return raw ? cut : `CONVERT(${cut} USING utf8mb4)`
    return column.type === 'bit' ? `CAST(${name} + 0 AS CHAR)` : `CAST(${name} AS CHAR)`
  }
  // A whole number is compared with a text as two floating-point numbers: 2⁵³ + 1 would be 2⁵³.
  const number = ({ type }: Column, value: Value, mark: Mark): string =>
    `CAST(${mark(value)} AS ${type === 'unsigned' ? 'UNSIGNED' : 'SIGNED'})`
  const text = (column: Column, value: Value, mark: Mark): string =>
    raw ? `CONVERT(${mark(value)} USING ${charsetName(column.type)})` : mark(value)
  const compared = (column: Column, value: Value, mark: Mark): string =>
    column.sort === 'whole'
      ? number(column, value, mark)
      : column.sort === 'text'
        ? text(column, value, mark)
        : mark(value)
  return {
    raw,
    quote,
    mark: () => '?',
    print,
    store: (_column, value, mark) => mark(value),
    same: (column, value, mark) => {
      if (value === null) return `${quote(column.name)} IS NULL`
      const plain = `${quote(column.name)} = ${compared(column, value, mark)}`
      // Collations take much for the same that is not; the plain comparison is there for the index.
      return column.sort === 'text'
        ? `(${plain} AND CAST(${print(column)} AS BINARY) = CAST(${mark(value)} AS BINARY))`
        : plain
    },
    beyond: (column, value, mark) => `${quote(column.name)} > ${compared(column, value, mark)}`,
    piece: (column, from, length) => `SUBSTRING(${quote(column.name)}, ${from}, ${length})`,
    digest: (column) => `CAST(MD5(${quote(column.name)}) AS CHAR)`,
    hash: 'md5',
    select: limited(skips ? 'FOR UPDATE SKIP LOCKED' : 'FOR UPDATE'),
  }
}

function charsetName(name: string): string {
  if (!/^[a-z0-9]{1,20}$/.test(name)) throw new Error('a charset without a name')
  return name
}

const describeSql = `
SELECT c.COLUMN_NAME, c.DATA_TYPE, c.IS_NULLABLE, CONVERT(c.COLUMN_TYPE USING utf8mb4), COALESCE(c.CHARACTER_SET_NAME, ''),
  c.EXTRA, COALESCE(e.TRANSACTIONS, 'NO')
FROM information_schema.COLUMNS c
JOIN information_schema.TABLES t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
LEFT JOIN information_schema.ENGINES e ON e.ENGINE = t.ENGINE
WHERE c.TABLE_SCHEMA = ? AND c.TABLE_NAME = ? ORDER BY c.ORDINAL_POSITION`

const whole = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'year'])
const bytes = new Set(['tinyblob', 'blob', 'mediumblob', 'longblob', 'binary', 'varbinary'])
const texts = new Set([
  'char',
  'varchar',
  'tinytext',
  'text',
  'mediumtext',
  'longtext',
  'enum',
  'set',
  'json',
])

async function describe(
  driver: Driver,
  settings: ConnectionSettings,
  table: string,
): Promise<Table | undefined> {
  const [name = '', schema = settings.database] = table.split('.').toReversed()
  const rows = await ask(driver, settings.within, describeSql, [schema, name])
  if (rows.length === 0) return undefined
  const columns = rows.map((row): Column => {
    const [column = '', type = '', nullable, full = '', charset, extra = ''] = row.map(
      (each) => each?.toString('utf8') ?? '',
    )
    const sort = whole.has(type) ? 'whole' : bytes.has(type) ? 'bytes' : texts.has(type) ? 'text' : 'other'
    const own = sort === 'text' ? charset || 'utf8mb4' : full.includes('unsigned') ? 'unsigned' : type
    return {
      name: column,
      sort,
      nullable: nullable === 'YES',
      automatic: /on update/i.test(extra),
      type: own,
    }
  })
  return {
    name: table,
    columns: new Map(columns.map((column) => [column.name, column])),
    transactional: rows[0]?.[6]?.toString('utf8') === 'YES',
  }
}

async function ask(
  driver: Driver,
  within: number,
  text: string,
  values: readonly Value[],
): Promise<(Buffer | null)[][]> {
  const answer = await execute(driver, within, text, values)
  return Array.isArray(answer) ? (answer as (Buffer | null)[][]) : []
}

const asBytes = (field: TypeCastField, next: () => unknown): unknown =>
  /STRING|BLOB|VARCHAR|JSON/.test(field.type) ? field.buffer() : next()

async function execute(
  driver: Driver,
  within: number,
  sql: string,
  values: readonly Value[],
  late: 'busy' | 'lost' = 'lost',
) {
  // The promise of a driver whose connection breaks under it is settled by its time-out at the latest.
  const asked = { sql, rowsAsArray: true, typeCast: asBytes, timeout: within }
  const [answer] = await guarded(
    () => (values.length === 0 ? driver.query(asked) : driver.execute(asked, [...values])),
    late,
  )
  return answer as unknown[][] | { affectedRows: number }
}

async function guarded<Given>(act: () => Promise<Given>, late: 'busy' | 'lost' = 'lost'): Promise<Given> {
  try {
    return await act()
  } catch (error) {
    throw error instanceof SqlError ? error : mysqlTrouble(error, late)
  }
}
