// Whether a gateway is at work on a data folder.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'

/**
 * Whether some gateway holds the lock of the data folder `folder` (gateway/lock.ts). Only looks: it never holds the lock
 * itself, so that a gateway that starts meanwhile is not refused. Throws when the lock cannot be read.
 */
export function isRunning(folder: string): boolean {
  const file = join(folder, 'lock')
  if (!existsSync(file)) return false
  const lock = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: 0 })
  try {
    lock.prepare('SELECT COUNT(*) FROM sqlite_master').get()
    return false
  } catch (error) {
    if (error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY')) return true
    throw error
  } finally {
    lock.close()
  }
}
