// The servers that the tests of `sql` run on, and how each says what a test does behind the gateway's back.
import t, { type Test } from 'tap'
import { createAuthority, issueCertificate, keyToPem, newKey } from '../../../src/gateway/trust/authority.ts'
import { systemRandom } from '../../../src/letter/time.ts'
import type { Database, NoDatabase } from '../../../src/sandbox/servers/database.ts'
import { mariadb } from '../../../src/sandbox/servers/mariadb.ts'
import { postgresql } from '../../../src/sandbox/servers/postgresql.ts'
import { sqlserverServer } from '../../../src/sandbox/servers/sqlserver.ts'
import type { ServerTls } from '../../../src/sandbox/servers/tls.ts'

type Name = 'mariadb' | 'postgresql' | 'sqlserver'

export interface Dialect {
  quote(name: string): string
  text(value: string): string
  bytes(hex: string): string
  /** Kinds of columns, by the names that the tables below use. */
  readonly kinds: Readonly<Record<'key' | 'bytes' | 'instant', string>>
  readonly unicode: string
  /** What stands before and after a row with a key of its own. */
  withKey(table: string, sql: string): string
  readonly addColumn: string
  readonly begin: string
  /** Locks the rows of one letter. */
  lockLetter(id: number): string
  /** Ends all that this user has open. */
  killAll(ask: Ask, user: string): Promise<unknown>
  writing(user: string, allowed: boolean): string
  readOnly(user: string, on: boolean): string
  /** What a server says to a wrong password, and to a write where none may be. */
  readonly said: { readonly password: RegExp; readonly readOnly: RegExp }
  /** How a commit looks on the wire, and a text. */
  readonly commit: string | Buffer
  wire(text: string): string | Buffer
}

type Ask = (sql: string) => Promise<Record<string, string | null>[]>

const letters = 'หนังสือส่ง'

const dialects: Readonly<Record<Name, Dialect>> = {
  mariadb: {
    quote: (name) => `\`${name}\``,
    text: (value) => `'${value.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`,
    bytes: (hex) => `X'${hex}'`,
    kinds: { key: 'BIGINT AUTO_INCREMENT PRIMARY KEY', bytes: 'LONGBLOB', instant: 'TIMESTAMP NULL' },
    unicode: 'VARCHAR',
    withKey: (_table, sql) => sql,
    addColumn: 'ADD COLUMN',
    begin: 'START TRANSACTION',
    lockLetter: (id) => `SELECT id FROM \`${letters}\` WHERE id = ${id} FOR UPDATE`,
    killAll: async (ask, user) => {
      const rows = await ask(`SELECT ID AS v FROM information_schema.PROCESSLIST WHERE USER = '${user}'`)
      for (const row of rows) await ask(`KILL ${row['v']}`)
    },
    writing: (user, allowed) =>
      allowed
        ? `GRANT UPDATE, INSERT ON ${user}.* TO ${user}@'%'`
        : `REVOKE UPDATE, INSERT ON ${user}.* FROM ${user}@'%'`,
    readOnly: (_user, on) => `SET GLOBAL read_only = ${on ? 'on' : 'off'}`,
    said: { password: /1045/, readOnly: /1290/ },
    commit: 'COMMIT',
    wire: (text) => text,
  },
  postgresql: {
    quote: (name) => `"${name}"`,
    text: (value) => `'${value.replaceAll("'", "''")}'`,
    bytes: (hex) => `'\\x${hex}'`,
    kinds: { key: 'BIGSERIAL PRIMARY KEY', bytes: 'BYTEA', instant: 'TIMESTAMP NULL' },
    unicode: 'VARCHAR',
    withKey: (_table, sql) => sql,
    addColumn: 'ADD COLUMN',
    begin: 'START TRANSACTION',
    lockLetter: (id) => `SELECT id FROM "${letters}" WHERE id = ${id} FOR UPDATE`,
    killAll: (ask, user) =>
      ask(
        `SELECT count(pg_terminate_backend(pid))::text AS v FROM pg_stat_activity WHERE usename = '${user}'`,
      ),
    writing: (user, allowed) =>
      allowed
        ? `GRANT UPDATE, INSERT ON ALL TABLES IN SCHEMA public TO ${user}`
        : `REVOKE UPDATE, INSERT ON ALL TABLES IN SCHEMA public FROM ${user}`,
    readOnly: (user, on) => `ALTER ROLE ${user} SET default_transaction_read_only = ${on ? 'on' : 'off'}`,
    said: { password: /28P01/, readOnly: /25006/ },
    commit: 'COMMIT',
    wire: (text) => text,
  },
  sqlserver: {
    quote: (name) => `[${name}]`,
    text: (value) => `N'${value.replaceAll("'", "''")}'`,
    bytes: (hex) => `0x${hex}`,
    kinds: {
      key: 'BIGINT IDENTITY(1,1) PRIMARY KEY',
      bytes: 'VARBINARY(MAX)',
      instant: 'DATETIME2(0) NULL',
    },
    unicode: 'NVARCHAR',
    withKey: (table, sql) => `SET IDENTITY_INSERT [${table}] ON; ${sql}; SET IDENTITY_INSERT [${table}] OFF`,
    addColumn: 'ADD',
    begin: 'BEGIN TRANSACTION',
    lockLetter: (id) => `SELECT id FROM [${letters}] WITH (UPDLOCK, ROWLOCK) WHERE id = ${id}`,
    killAll: async (ask, user) => {
      const rows = await ask(`SELECT session_id AS v FROM sys.dm_exec_sessions WHERE login_name = '${user}'`)
      for (const row of rows) await ask(`KILL ${row['v']}`)
    },
    writing: (user, allowed) =>
      `${allowed ? 'GRANT' : 'REVOKE'} UPDATE, INSERT ON SCHEMA::dbo ${allowed ? 'TO' : 'FROM'} ${user}`,
    readOnly: (user, on) =>
      `ALTER DATABASE ${user} SET READ_${on ? 'ONLY' : 'WRITE'} WITH ROLLBACK IMMEDIATE`,
    said: { password: /18456/, readOnly: /3906/ },
    // The end of the headers, and then the request to commit.
    commit: Buffer.from([1, 0, 0, 0, 7, 0, 0, 0]),
    wire: (text) => Buffer.from(text, 'utf16le'),
  },
}

export interface Ground extends Dialect {
  readonly name: Name
  readonly server: Database
  /** Of MariaDB: MyISAM, where every statement is a commit of its own. */
  readonly engine?: string
  /** Makes the tables anew. */
  tables(engine?: string): Promise<void>
}

type Kind = keyof Dialect['kinds'] | `NVARCHAR(${number})${string}` | 'BIGINT' | 'INT' | `CHAR(1)${string}`

const tables: Readonly<Record<string, Readonly<Record<string, Kind | 'DECIMAL(30,4)'>>>> = {
  [letters]: {
    id: 'key',
    ที่หนังสือ: 'NVARCHAR(60)',
    ลงวันที่: 'NVARCHAR(30) NOT NULL',
    เรื่อง: 'NVARCHAR(200)',
    ความเร็ว: 'CHAR(1)',
    ถึง: 'NVARCHAR(60)',
    เลขภายใน: 'BIGINT',
    จำนวนเงิน: 'DECIMAL(30,4)',
    เมื่อ: 'instant',
    สแกน: 'bytes',
    ชื่อสแกน: 'NVARCHAR(200)',
    ทางไฟล์: 'NVARCHAR(200)',
    สถานะ: "CHAR(1) DEFAULT 'N'",
    รหัสข้อความ: 'NVARCHAR(60)',
    ข้อผิดพลาด: 'NVARCHAR(250)',
    เลขรับ: 'NVARCHAR(30)',
    หมายเหตุ: 'NVARCHAR(250)',
  },
  refs: { seq: 'INT', letter: 'BIGINT', number: 'NVARCHAR(60)', subject: 'NVARCHAR(100)' },
  หนังสือรับ: {
    id: 'key',
    พัสดุ: 'NVARCHAR(40) NOT NULL UNIQUE',
    ที่หนังสือ: 'NVARCHAR(60)',
    ลงวันที่: 'NVARCHAR(30)',
    เรื่อง: 'NVARCHAR(40)',
    ความเร็ว: 'CHAR(1)',
    จาก: 'NVARCHAR(60)',
    ถึง: 'NVARCHAR(60)',
    สถานะ: 'CHAR(1)',
  },
  in_refs: { seq: 'INT', letter: 'BIGINT', number: 'NVARCHAR(60)' },
  in_files: { seq: 'INT', letter: 'BIGINT', name: 'NVARCHAR(200)', data: 'bytes' },
}

export function ground(name: Name, server: Database, engine?: string): Ground {
  const dialect = dialects[name]
  const { quote, kinds, unicode } = dialect
  const kindOf = (kind: string): string =>
    Object.entries(kinds).find(([known]) => known === kind)?.[1] ?? kind.replace('NVARCHAR', unicode)
  return {
    ...dialect,
    name,
    server,
    ...(engine !== undefined && { engine }),
    tables: async (engine) => {
      for (const [table, columns] of Object.entries(tables)) {
        const said = Object.entries(columns).map(([column, kind]) => `${quote(column)} ${kindOf(kind)}`)
        await server.ask(`DROP TABLE IF EXISTS ${quote(table)}`)
        await server.ask(
          `CREATE TABLE ${quote(table)} (${said.join(', ')})${engine === undefined ? '' : ` ENGINE=${engine}`}`,
        )
      }
    },
  }
}

/** The server, or nothing where there is none: on a machine of its own that is a fault. */
export function present(t: Test, server: Database | NoDatabase): server is Database {
  if (!('missing' in server)) return true
  if (process.env['CI'] === 'true') t.fail(server.missing)
  else t.pass(server.missing, { skip: server.missing })
  return false
}

/** One MariaDB for all of a file. */
let maria: Promise<Database | NoDatabase> | undefined
export const mariadbOnce = (): Promise<Database | NoDatabase> => {
  maria ??= mariadb(process.env)
  return maria
}
t.teardown(async () => {
  const server = await maria
  if (server !== undefined && 'stop' in server) await server.stop()
})

/** A certificate, for this machine unless another is named. */
export async function certificate(
  names: readonly string[] = ['localhost'],
  addresses: readonly string[] = ['127.0.0.1'],
): Promise<ServerTls> {
  const now = Date.now()
  const authority = await createAuthority(now, systemRandom)
  const key = await newKey()
  const purpose = { kind: 'server', names, addresses } as const
  const issued = issueCertificate(authority, key, purpose, now, systemRandom)
  return {
    key: keyToPem(key),
    certificate: issued.toString(),
    authority: authority.certificate.toString(),
  }
}

/** A database of SQL Server's; `tls`: false, for a server that has no encryption. */
export async function sqlserver(tls = true): Promise<Database | NoDatabase> {
  const server = await sqlserverServer(process.env, tls ? await certificate() : undefined)
  if ('missing' in server) return server
  const { crash, stop } = server
  return { ...(await server.database('saraban_test')), ...(crash && { crash }), stop }
}

/** Runs the same tests on every kind of server. */
export function onEveryServer(tests: (t: Test, on: Ground) => Promise<void>): void {
  const suite = (name: Name, open: () => Promise<Database | NoDatabase>, engine?: string): void => {
    t.test(`${name} ${engine ?? ''}`.trim(), { timeout: 600_000 }, async (t) => {
      const server = await open()
      if (!present(t, server)) return
      if (name !== 'mariadb') t.teardown(() => server.stop())
      await tests(t, ground(name, server, engine))
    })
  }
  t.setTimeout(900_000)
  suite('mariadb', mariadbOnce)
  suite('mariadb', mariadbOnce, 'MyISAM')
  suite('postgresql', () => postgresql(process.env))
  suite('sqlserver', sqlserver)
}
