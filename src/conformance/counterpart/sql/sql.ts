// The counterpart of `sql`: a system with tables of its own on a real database server. A document is a row (formats/rows):
// handed in it is put into the table that is read; what the gateway has written is found as a row again.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { lazily, object, readerOf } from '../../../adapters/schema.ts'
import {
  type FileOptions,
  type InsertOptions,
  type Options,
  type ReadOptions,
  schemas,
} from '../../../adapters/transports/sql/options.ts'
import type { Database } from '../../../sandbox/servers/database.ts'
import {
  type Answer,
  type Counterpart,
  type CounterpartMaker,
  type CounterpartSettings,
  hasty,
} from '../counterpart.ts'
import { lineTo } from '../line.ts'
import { collector } from './collect.ts'
import { ensureInsert, ensureRead, ensureUpdate } from './design.ts'
import { putRow } from './put.ts'
import { tablesOf } from './tables.ts'

const readOptions = lazily(() =>
  readerOf<Options>(object({ kind: { const: 'sql' }, ...schemas }, ['kind', 'connection'])),
)

export const sql: CounterpartMaker = async (settings): Promise<Counterpart> => {
  const options = readOptions()(settings.options)
  if (!options.ok) throw new Error('the profile was not checked')
  const { connection, read, insert, update } = options.value
  const { engine, charset } = connection
  const shared = await settings.once(`sql ${engine} ${charset ?? ''}`, async () => {
    const database =
      engine === 'postgresql'
        ? await settings.servers.postgresql(settings.account, charset === undefined ? 'UTF8' : 'SQL_ASCII')
        : await settings.servers.mariadb(settings.account)
    return { database, line: await lineTo(database.port), tables: tablesOf(database, engine, charset) }
  })
  const { database, line, tables } = shared
  const password = settings.variable('PASSWORD')
  const folders = fileFolders(read ?? insert, settings)
  let key = 0
  const system = { tables, charset, columns: settings.columns, folders }
  if (read !== undefined) await ensureRead(system, read)
  if (insert !== undefined) await ensureInsert(system, insert)
  if (update !== undefined) await ensureUpdate(system, update)
  return {
    options: {
      ...settings.options,
      connection: {
        ...connection,
        ...leadingTo(database, line.port),
        password: { env: password },
        tls: undefined,
      },
      ...(read && {
        read: { ...read, every: hasty.every, wait: hasty.wait, files: placed(read.files, folders) },
      }),
      ...(insert && { insert: { ...insert, files: placed(insert.files, folders) } }),
    },
    environment: { [password]: database.password },
    async handIn(_channel, document): Promise<Answer> {
      if (read === undefined) throw new Error('the channel reads no table')
      key += 1
      await putRow(system, read, document, key)
      return { kind: 'left' }
    },
    collect: collector(system, insert, update, (bytes) => settings.understood('notices', bytes)),
    away: line.away,
    slow: line.slow,
    close: () => line.close(),
  }
}

const leadingTo = ({ database, user }: Database, port: number) => ({
  host: '127.0.0.1',
  port,
  database,
  user,
})

/** A folder of this disk for each column of paths. */
function fileFolders(
  way: ReadOptions | InsertOptions | undefined,
  { folder }: CounterpartSettings,
): Map<string, string> {
  return new Map(
    (way?.files ?? [])
      .filter((file) => file.folder !== undefined)
      .map((file, index): [string, string] => {
        const path = join(folder, `scans-${index}`)
        mkdirSync(path, { recursive: true })
        return [file.at, path]
      }),
  )
}

const placed = (files: readonly FileOptions[] | undefined, folders: ReadonlyMap<string, string>) =>
  (files ?? []).map((file) => (folders.has(file.at) ? { ...file, folder: folders.get(file.at) } : file))
