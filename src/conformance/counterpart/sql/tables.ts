// The words of two database servers, as far as a system's own tables need them: columns that are there when they are asked
// for, rows put in and read as bytes, whatever the database believes of its charset.
import iconv from 'iconv-lite'
import type { Database } from '../../../sandbox/servers/database.ts'

export type ColumnType = 'text' | 'short' | 'serial' | 'number' | 'bytes'
type Cell = string | Buffer | null

export interface Tables {
  /** Makes the table and those of its columns that are not there yet. */
  ensure(table: string, columns: ReadonlyMap<string, ColumnType>, unique?: readonly string[]): Promise<void>
  insert(table: string, cells: ReadonlyMap<string, Cell>): Promise<void>
  /** Every row, every cell as its bytes. */
  rows(table: string): Promise<readonly ReadonlyMap<string, Buffer | null>[]>
}

interface Words {
  quote(name: string): string
  /** What makes a schema and lets a user into it. */
  schema(schema: string, user: string): readonly string[]
  readonly types: Readonly<Record<ColumnType, string>>
  /** A literal of these bytes, as they shall stand in the column. */
  literal(bytes: Buffer, type: ColumnType): string
  /** The bytes of a column in hexadecimal. */
  hex(quoted: string, type: ColumnType): string
  /** The bytes that `hex` said of a column. */
  bytes(cell: string, type: ColumnType): Buffer
}

/** `charset`: what the bytes in text columns are, where the database believes otherwise. */
export function tablesOf(database: Database, engine: string, charset: string | undefined): Tables {
  const words = engine === 'postgresql' ? postgresql(charset) : mariadb(charset)
  const known = new Map<string, Map<string, ColumnType>>()
  const named = (table: string): string => table.split('.').map(words.quote).join('.')
  /** Makes the schema of a table that names one, and lets the gateway's user in. */
  const ensureSchema = async (table: string): Promise<void> => {
    const [schema, own] = table.split('.')
    if (schema === undefined || own === undefined) return
    for (const each of words.schema(words.quote(schema), words.quote(database.user))) await database.ask(each)
  }
  const encode = (text: string): Buffer => iconv.encode(text, charset ?? 'utf-8')
  return {
    async ensure(table, columns, unique) {
      const before = known.get(table)
      const has = before ?? new Map<string, ColumnType>()
      const fresh = [...columns].filter(([name]) => !has.has(name))
      const defined = fresh.map(([name, type]) => `${words.quote(name)} ${words.types[type]}`)
      if (before === undefined) {
        const key = unique === undefined ? [] : [`UNIQUE (${unique.map(words.quote).join(', ')})`]
        await ensureSchema(table)
        await database.ask(`CREATE TABLE ${named(table)} (${[...defined, ...key].join(', ')})`)
      } else for (const each of defined) await database.ask(`ALTER TABLE ${named(table)} ADD COLUMN ${each}`)
      for (const [name, type] of fresh) has.set(name, type)
      known.set(table, has)
    },
    async insert(table, cells) {
      const types = known.get(table)
      const given = [...cells].filter(([, cell]) => cell !== null)
      const values = given.map(([name, cell]) =>
        words.literal(
          typeof cell === 'string' ? encode(cell) : (cell ?? Buffer.alloc(0)),
          types?.get(name) ?? 'text',
        ),
      )
      await database.ask(
        `INSERT INTO ${named(table)} (${given.map(([name]) => words.quote(name)).join(', ')}) VALUES (${values.join(', ')})`,
      )
    },
    async rows(table) {
      const columns = [...(known.get(table) ?? [])]
      const picked = columns.map(
        ([name, type]) => `${words.hex(words.quote(name), type)} AS ${words.quote(name)}`,
      )
      const found = await database.ask(`SELECT ${picked.join(', ')} FROM ${named(table)}`)
      return found.map(
        (row) =>
          new Map(
            columns.map(([name, type]): [string, Buffer | null] => {
              const cell = row[name] ?? null
              return [name, cell === null ? null : words.bytes(cell, type)]
            }),
          ),
      )
    },
  }
}

const mariadb = (charset: string | undefined): Words => {
  const set = charset === undefined ? 'utf8mb4' : 'latin1'
  return {
    quote: (name) => `\`${name}\``,
    schema: () => [],
    types: {
      text: `LONGTEXT CHARACTER SET ${set}`,
      short: `VARCHAR(190) CHARACTER SET ${set}`,
      serial: 'BIGINT AUTO_INCREMENT PRIMARY KEY',
      number: 'BIGINT',
      bytes: 'LONGBLOB',
    },
    literal: (bytes, type) =>
      type === 'number' || type === 'serial'
        ? bytes.toString('latin1')
        : `_${type === 'bytes' ? 'binary' : set} X'${bytes.toString('hex')}'`,
    // A long HEX is a BLOB to the driver, which shows it in hexadecimal once more: the mark tells which it is. A file is shown
    // so anyway, and HEX of one that fills a statement is NULL.
    hex: (quoted, type) =>
      type === 'bytes'
        ? quoted
        : `CONCAT('x', HEX(${type === 'number' || type === 'serial' ? `CAST(${quoted} AS CHAR)` : quoted}))`,
    bytes: (cell, type) => {
      if (type === 'bytes') return Buffer.from(cell, 'hex')
      const marked = cell.startsWith('x') ? cell : Buffer.from(cell, 'hex').toString('latin1')
      return Buffer.from(marked.slice(1), 'hex')
    },
  }
}

const postgresql = (charset: string | undefined): Words => {
  const set = charset === undefined ? 'UTF8' : 'SQL_ASCII'
  return {
    quote: (name) => `"${name}"`,
    schema: (schema, user) => [
      `CREATE SCHEMA IF NOT EXISTS ${schema}`,
      `GRANT ALL ON SCHEMA ${schema} TO ${user}`,
      `ALTER DEFAULT PRIVILEGES IN SCHEMA ${schema} GRANT ALL ON TABLES TO ${user}`,
      `ALTER DEFAULT PRIVILEGES IN SCHEMA ${schema} GRANT ALL ON SEQUENCES TO ${user}`,
    ],
    types: {
      text: 'TEXT',
      short: 'VARCHAR(190)',
      serial: 'BIGSERIAL PRIMARY KEY',
      number: 'BIGINT',
      bytes: 'BYTEA',
    },
    literal: (bytes, type) =>
      type === 'number' || type === 'serial'
        ? bytes.toString('latin1')
        : type === 'bytes'
          ? `decode('${bytes.toString('hex')}', 'hex')`
          : `convert_from(decode('${bytes.toString('hex')}', 'hex'), '${set}')`,
    hex: (quoted, type) =>
      type === 'bytes' ? `encode(${quoted}, 'hex')` : `encode(convert_to(${quoted}::text, '${set}'), 'hex')`,
    bytes: (cell) => Buffer.from(cell, 'hex'),
  }
}
