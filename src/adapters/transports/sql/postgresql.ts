// The engine `postgresql`, by pg. Everything is read as the server prints it: no value passes through JavaScript's types.
import { Socket } from 'node:net'
import pg from 'pg'
import type { Column, Connection, ConnectionSettings, Engine, Mark, Table, Value, Words } from './engine.ts'
import { limited, longestIdle, quoted, SqlError, transactionsBy } from './engine.ts'
import { holdsFile, runWithFiles } from './postgresql-bind.ts'
import { postgresqlTrouble } from './postgresql-troubles.ts'

export const postgresql: Engine = { kind: 'postgresql', open }

const bytea = 17

async function open(settings: ConnectionSettings): Promise<Connection> {
  const { host, port, tls, within } = settings
  const socket = new Socket()
  const client = new pg.Client({
    stream: () => socket,
    host,
    ...(port !== undefined && { port }),
    database: settings.database,
    user: settings.user,
    password: settings.password,
    connectionTimeoutMillis: settings.connect,
    query_timeout: within + 1000,
    statement_timeout: within,
    lock_timeout: Math.min(within, 5000),
    keepAlive: true,
    application_name: 'saraban-gateway',
    client_encoding: 'UTF8',
    types: { getTypeParser: (oid: number) => (oid === bytea ? fromHex : asBytes) },
    ...(tls && {
      ssl: {
        minVersion: 'TLSv1.2',
        ...(tls.authority !== undefined && { ca: tls.authority }),
        ...(tls.key !== undefined && { key: tls.key }),
        ...(tls.certificate !== undefined && { cert: tls.certificate }),
      },
    }),
  })
  // What breaks between two statements is told by the next one.
  client.on('error', () => undefined)
  const close = (): void => {
    // `end` waits for a server that may never answer.
    socket.destroy()
  }
  try {
    await guarded(() => client.connect())
    // The same row prints the same text, whatever the user's own settings are; the time zone is the server's.
    for (const set of [
      "DateStyle = 'ISO, YMD'",
      "bytea_output = 'hex'",
      'extra_float_digits = 1',
      "IntervalStyle = 'iso_8601'",
      // A machine of ours that went away: the server sees it after two minutes, and lets go of the rows.
      'tcp_keepalives_idle = 60',
      'tcp_keepalives_interval = 10',
      'tcp_keepalives_count = 6',
    ])
      await guarded(() => client.query(`SET SESSION ${set}`))
    await guarded(() => client.query(idleSql))
    return connectionOf(client, wordsOf(settings.charset !== undefined), close)
  } catch (error) {
    close()
    throw error
  }
}

/** Old servers have no such setting, and one that is shorter stays. */
const idleSql = `
SELECT set_config(name, '${longestIdle}', false) FROM pg_catalog.pg_settings
WHERE name = 'idle_in_transaction_session_timeout' AND (setting::bigint = 0 OR setting::bigint > ${longestIdle})`

const asBytes = (text: string): Buffer => Buffer.from(text, 'utf8')
const fromHex = (text: string): Buffer => Buffer.from(text.slice(2), 'hex')

function connectionOf(client: pg.Client, words: Words, close: () => void): Connection {
  const run: Connection['run'] = async (text, values) => {
    const answer = await guarded(() =>
      holdsFile(values)
        ? runWithFiles(client, text, values)
        : client.query<(Buffer | null)[]>({ text, values: [...values], rowMode: 'array' }),
    )
    return { rows: answer.rows, changed: answer.rowCount ?? 0 }
  }
  return {
    words,
    // A value of 1 GB is the end of what it stores; a message in hexadecimal is twice its bytes.
    largest: 512 * 1024 * 1024,
    run,
    ...transactionsBy(run),
    describe: (table) => describe(client, words, table),
    close,
  }
}

const wordsOf = (raw: boolean): Words => {
  const quote = (name: string): string => quoted(name, '"')
  const value = (column: Column, given: Value, mark: Mark): string =>
    column.sort === 'bytes'
      ? `${mark(given)}::bytea`
      : raw && column.sort === 'text'
        ? `convert_from(${mark(given)}::bytea, getdatabaseencoding())`
        : mark(given)
  return {
    raw,
    quote,
    mark: (position) => `$${position}`,
    print: (column, characters) => {
      const name = quote(column.name)
      if (column.sort === 'bytes') return `octet_length(${name})::text`
      const text = characters === undefined ? `${name}::text` : `left(${name}::text, ${characters})`
      return raw && column.sort === 'text' ? `convert_to(${text}, getdatabaseencoding())` : text
    },
    store: value,
    same: (column, given, mark) =>
      given === null
        ? `${quote(column.name)} IS NULL`
        : `${quote(column.name)} = ${value(column, given, mark)}`,
    beyond: (column, given, mark) => `${quote(column.name)} > ${value(column, given, mark)}`,
    piece: (column, from, length) => `substring(${quote(column.name)} from ${from} for ${length})`,
    digest: (column) => `md5(${quote(column.name)})`,
    hash: 'md5',
    select: limited('FOR UPDATE SKIP LOCKED'),
  }
}

const describeSql = `
SELECT a.attname::text, t.typname::text, t.typcategory::text, a.attnotnull::text
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`

const whole = new Set(['int2', 'int4', 'int8'])

async function describe(client: pg.Client, { quote }: Words, table: string): Promise<Table | undefined> {
  const name = table.split('.').map(quote).join('.')
  const { rows } = await guarded(() =>
    client.query<Buffer[]>({ text: describeSql, values: [name], rowMode: 'array' }),
  )
  if (rows.length === 0) return undefined
  const columns = rows.map((row): Column => {
    const [column = '', type = '', category, filled] = row.map((each) => each.toString('utf8'))
    const sort = whole.has(type)
      ? 'whole'
      : type === 'bytea'
        ? 'bytes'
        : category === 'S' || type === 'citext'
          ? 'text'
          : 'other'
    return { name: column, sort, nullable: filled === 'false', automatic: false, type }
  })
  return {
    name: table,
    columns: new Map(columns.map((column) => [column.name, column])),
    transactional: true,
  }
}

async function guarded<Given>(act: () => Promise<Given>): Promise<Given> {
  try {
    return await act()
  } catch (error) {
    throw error instanceof SqlError ? error : postgresqlTrouble(error)
  }
}
