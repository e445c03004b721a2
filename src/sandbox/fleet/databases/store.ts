// A system's own connection to its own database: what its programmers wrote around the driver, and nothing of the gateway's.
import iconv from 'iconv-lite'
import { createPool, type Pool as MysqlPool, type TypeCastField } from 'mysql2/promise'
import pg from 'pg'
import type { Database } from '../../servers/database.ts'

export type Cell = string | Buffer | null
/** Texts as texts; columns of bytes as bytes. */
export type Row = Readonly<Record<string, Cell>>

export interface Session {
  /** Values stand for `?`. */
  all(sql: string, values?: readonly Cell[]): Promise<readonly Row[]>
  /** Inserts a row and gives the number that the database gave it. */
  insert(table: string, row: Row, id: string): Promise<string>
}

export interface Store extends Session {
  name(text: string): string
  /** A column as it is printed, whatever its type. */
  shown(column: string): string
  /** What a printed column says. */
  text(cell: Cell | undefined): string
  /** All or nothing, where the tables can. */
  atOnce<Value>(act: (session: Session) => Promise<Value>): Promise<Value>
  close(): Promise<void>
}

/** What the bytes of text columns are, where the server believes otherwise. */
export type Bytes = 'windows-874' | undefined

export const openStore = (engine: 'mariadb' | 'postgresql', database: Database, bytes: Bytes): Store =>
  engine === 'mariadb' ? mariaStore(database, bytes) : postgresStore(database, bytes)

const said = (cell: Cell | undefined): string => (typeof cell === 'string' ? cell : '')
const textOf = (cell: Buffer, bytes: Bytes): string =>
  bytes === undefined ? cell.toString('utf8') : iconv.decode(cell, bytes)

/** Bytes as they are: the server is told nothing of a charset that it would believe wrongly. */
const parameter = (cell: Cell, bytes: Bytes): Cell =>
  typeof cell === 'string' && bytes !== undefined && !/^[ -~]*$/.test(cell) ? iconv.encode(cell, bytes) : cell

function mariaStore({ host, port, user, password, database }: Database, bytes: Bytes): Store {
  const pool: MysqlPool = createPool({
    host,
    port,
    user,
    password,
    database,
    charset: 'utf8mb4',
    connectionLimit: 2,
    typeCast: (field: TypeCastField) => {
      const cell = field.buffer()
      return cell === null || field.type.endsWith('BLOB') ? cell : textOf(cell, bytes)
    },
  })
  // Bytes of texts come as they stand in their columns: the server knows nothing of what they are.
  if (bytes !== undefined)
    pool.pool.on(
      'connection',
      (connection) => void connection.query('SET SESSION character_set_results = NULL'),
    )
  const quote = (text: string): string =>
    text
      .split('.')
      .map((each) => `\`${each}\``)
      .join('.')
  const sessionOf = (driver: Pick<MysqlPool, 'query'>): Session => ({
    all: async (sql, values = []) => {
      const [rows] = await driver.query(
        sql,
        values.map((each) => parameter(each, bytes)),
      )
      return Array.isArray(rows) ? (rows as Row[]) : []
    },
    insert: async (table, row) => {
      const columns = Object.keys(row)
      const marks = columns.map(() => '?').join(', ')
      const [done] = await driver.query(
        `INSERT INTO ${quote(table)} (${columns.map(quote).join(', ')}) VALUES (${marks})`,
        Object.values(row).map((each) => parameter(each, bytes)),
      )
      return String((done as { insertId: number }).insertId)
    },
  })
  return {
    ...sessionOf(pool),
    name: quote,
    shown: quote,
    text: said,
    atOnce: async (act) => {
      const connection = await pool.getConnection()
      try {
        await connection.beginTransaction()
        const value = await act(sessionOf(connection))
        await connection.commit()
        return value
      } catch (error) {
        await connection.rollback()
        throw error
      } finally {
        connection.release()
      }
    },
    close: () => pool.end(),
  }
}

function postgresStore({ host, port, user, password, database }: Database, bytes: Bytes): Store {
  const pool = new pg.Pool({ host, port, user, password, database, max: 2 })
  pool.on('error', () => undefined)
  const quote = (text: string): string =>
    text
      .split('.')
      .map((each) => `"${each}"`)
      .join('.')
  const numbered = (sql: string): string => {
    let position = 0
    return sql.replaceAll('?', () => `$${++position}`)
  }
  const sessionOf = (driver: Pick<pg.PoolClient, 'query'>): Session => {
    const all: Session['all'] = async (sql, values = []) => {
      const parameters = values.map((each) => parameter(each, bytes))
      return (await driver.query(numbered(sql), parameters)).rows as Row[]
    }
    return {
      all,
      insert: async (table, row, id) => {
        const columns = Object.keys(row)
        const marks = columns.map(() => '?').join(', ')
        const [made] = await all(
          `INSERT INTO ${quote(table)} (${columns.map(quote).join(', ')}) VALUES (${marks}) RETURNING ${quote(id)}::text AS id`,
          Object.values(row),
        )
        return String(made?.['id'] ?? '')
      },
    }
  }
  const told = new WeakSet<pg.PoolClient>()
  const connected = async (): Promise<pg.PoolClient> => {
    const client = await pool.connect()
    // The driver always asks for UTF-8, which the server would hold our bytes to.
    if (bytes !== undefined && !told.has(client)) await client.query("SET client_encoding TO 'SQL_ASCII'")
    told.add(client)
    return client
  }
  const within = async <Value>(act: (client: pg.PoolClient) => Promise<Value>): Promise<Value> => {
    const client = await connected()
    try {
      return await act(client)
    } finally {
      client.release()
    }
  }
  return {
    name: quote,
    // Texts that the driver would take for UTF-8 come as bytes.
    shown: (column) =>
      `${bytes === undefined ? `${quote(column)}::text` : `convert_to(${quote(column)}::text, getdatabaseencoding())`} AS ${quote(column)}`,
    text: (cell) => (Buffer.isBuffer(cell) ? textOf(cell, bytes) : said(cell)),
    all: (sql, values) => within((client) => sessionOf(client).all(sql, values)),
    insert: (table, row, id) => within((client) => sessionOf(client).insert(table, row, id)),
    atOnce: (act) =>
      within(async (client) => {
        await client.query('BEGIN')
        try {
          const value = await act(sessionOf(client))
          await client.query('COMMIT')
          return value
        } catch (error) {
          await client.query('ROLLBACK')
          throw error
        }
      }),
    close: () => pool.end(),
  }
}
