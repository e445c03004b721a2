// SQL Server: SARABAN_TEST_SQLSERVER_URL (mssql://sa:password@host:port?ca=/path/of/authority.pem), or a server of our own that
// speaks its protocol, TDS 7.4, and the statements of the gateway's engine, over a private PostgreSQL. That is not the product:
// what only the product does, a real one alone can show.
import { readFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import pg from 'pg'
import { type Database, type DatabaseServer, type NoDatabase, plainName } from './database.ts'
import type { Environment } from './install.ts'
import { freePort } from './port.ts'
import { postgresqlServer } from './postgresql.ts'
import { type Client, clientOf, type Place } from './tds/client.ts'
import { type Ground, serve } from './tds/session.ts'
import { support } from './tds/support.ts'
import type { ServerTls } from './tls.ts'

const password = 'Secret-1'

/** `tls`: what our own server shows; without it, it has no encryption. */
export async function sqlserverServer(
  environment: Environment,
  tls?: ServerTls,
): Promise<DatabaseServer | NoDatabase> {
  const url = environment['SARABAN_TEST_SQLSERVER_URL']
  if (url !== undefined) {
    const { hostname, port, username, password: own, searchParams } = new URL(url)
    const authority = searchParams.get('ca')
    const root = {
      host: hostname,
      port: Number(port || 1433),
      user: username,
      password: decodeURIComponent(own),
      ...(authority !== null && { authority: readFileSync(authority, 'utf8') }),
    }
    return { database: (name) => product(root, plainName(name)), stop: async () => undefined }
  }
  const behind = await postgresqlServer({ ...environment, SARABAN_TEST_POSTGRES_URL: undefined })
  if ('missing' in behind) return behind
  const port = await freePort()
  const sockets = new Set<Socket>()
  let ground: Ground | undefined
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    if (ground === undefined) socket.destroy()
    else serve(socket, ground)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    database: async (name) => {
      const database = await behind.database(plainName(name))
      const place = { host: database.host, port: database.port }
      ground = { place, tls, cancel: (backend) => cancelled(place, backend) }
      await database.ask(support)
      const { crash: _crash, ...rest } = database
      const root = { host: '127.0.0.1', port, user: 'owner', password, database: name }
      return { ...rest, ...talking({ ...root, ...(tls && { authority: tls.authority }) }) }
    },
    ...(behind.crash && {
      crash: async () => {
        const crash = behind.crash?.()
        for (const socket of sockets) socket.resetAndDestroy()
        await crash
      },
    }),
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
      await behind.stop()
    },
  }
}

async function cancelled(place: { host: string; port: number }, backend: number): Promise<void> {
  const client = new pg.Client({ ...place, user: 'owner', password, database: 'postgres' })
  await client.connect()
  await client.query('SELECT pg_cancel_backend($1)', [backend])
  await client.end()
}

/** How a database's owner speaks to it. */
const talking = (place: Place) => ({
  host: place.host,
  port: place.port,
  ...(place.authority !== undefined && { authority: place.authority }),
  ask: (sql: string) => once(place, sql),
  session: () => clientOf(place),
})

async function once(place: Place, sql: string): Promise<Record<string, string | null>[]> {
  const client: Client = await clientOf(place)
  try {
    return await client.ask(sql)
  } finally {
    await client.end()
  }
}

/** A database of the product's, with the collation of Thai systems. */
async function product(root: Omit<Place, 'database'>, database: string): Promise<Database> {
  const master = { ...root, database: 'master' }
  for (const sql of [
    `IF DB_ID('${database}') IS NOT NULL ALTER DATABASE ${database} SET READ_WRITE WITH ROLLBACK IMMEDIATE`,
    `DROP DATABASE IF EXISTS ${database}`,
    `CREATE DATABASE ${database} COLLATE Thai_CI_AS`,
    `IF SUSER_ID('${database}') IS NULL CREATE LOGIN ${database} WITH PASSWORD = '${password}', CHECK_POLICY = OFF`,
  ])
    await once(master, sql)
  const place = { ...root, database }
  await once(place, `CREATE USER ${database} FOR LOGIN ${database}`)
  await once(place, `GRANT SELECT, INSERT, UPDATE, DELETE ON SCHEMA::dbo TO ${database}`)
  return { ...talking(place), database, user: database, password, stop: async () => undefined }
}
