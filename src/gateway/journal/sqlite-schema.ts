// The schema of a journal on SQLite, and how a start brings it up to date.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import { migrationsFrom, schemaVersion } from './migrations.ts'
import type { Upgrade } from './upgrade.ts'

/** The log is written back into the journal when it has so many pages of 4 KiB. */
const logPages = 8_000

/** The one connection that writes a journal; makes the file when there is none. */
export function writerOf(file: string): Sqlite.Database {
  makePrivate(file)
  const writer = new Sqlite(file)
  writer.pragma('journal_mode = WAL')
  // better-sqlite3 is built with NORMAL for WAL: a commit would then survive a crash of the process, not of the machine.
  writer.pragma('synchronous = FULL')
  writer.pragma('foreign_keys = ON')
  writer.pragma('busy_timeout = 5000')
  // What a statement may have to take back is copied: into memory, not into a file.
  writer.pragma('temp_store = MEMORY')
  // Every letter touches the same few pages: seldom written back, each of them is written back once for many letters.
  writer.pragma(`wal_autocheckpoint = ${logPages}`)
  return writer
}

/** A journal holds letters: only its owner reads a new one. Its log takes the same mode; who widens it has reasons of his own. */
function makePrivate(file: string): void {
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600))
}

export const versionOf = (connection: Sqlite.Database): number =>
  Number(connection.pragma('user_version', { simple: true }))

/** The version of the schema in a file; 0: there is none. Throws when it cannot be read. */
export function versionIn(file: string): number {
  if (!existsSync(file)) return 0
  const connection = new Sqlite(file, { fileMustExist: true })
  try {
    return versionOf(connection)
  } finally {
    connection.close()
  }
}

/**
 * Brings the schema up to date, each step in a transaction of its own: whatever ends the process costs no more than the step that was
 * under way. Throws when the schema is newer than this program.
 */
export function migrate(writer: Sqlite.Database): void {
  const pending = () => migrationsFrom(versionOf(writer), 'sqlite')
  const step = writer.transaction(() => {
    // Asked for in the transaction: of two processes that do it at once each step is done by one.
    const [next] = pending()
    if (next !== undefined) writer.exec(`${next.sql}; PRAGMA user_version = ${next.version}`)
  })
  while (pending().length > 0) step.immediate()
}

const apart = `
import { migrate, writerOf } from ${JSON.stringify(import.meta.url)}
migrate(writerOf(process.argv[1]))`

/**
 * Brings the schema of a file from version `found` up to date in another process, as nothing else goes on in one that does it: this
 * one hears that it is to end, and ends the other. What that one could not do is left to whoever opens the journal, who then says why.
 */
export async function migrateApart(
  file: string,
  found: number,
  { begins, brokenOff, ended }: Upgrade,
): Promise<void> {
  ended?.throwIfAborted()
  if (found === 0 || found >= schemaVersion) return
  begins(found, schemaVersion)
  const words = [...process.execArgv, '--input-type=module', '--eval', apart, file]
  const other = spawn(process.execPath, words, { stdio: 'ignore' })
  const end = (): void => void other.kill('SIGKILL')
  ended?.addEventListener('abort', end)
  // Rejects when there is no process to be had.
  await once(other, 'exit').catch(() => undefined)
  ended?.removeEventListener('abort', end)
  if (ended?.aborted !== true) return
  brokenOff(versionIn(file), schemaVersion)
  throw ended.reason
}
