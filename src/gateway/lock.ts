// One gateway for one data folder: two that write the same journal would each recover what the other holds.
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { bad, good, problem, type Result } from '../problem/problem.ts'

export interface FolderLock {
  release(): void
}

/** Locks a data folder for this process. The lock is the kernel's: it is gone with the process, however that ends. */
export function lockFolder(folder: string): Result<FolderLock> {
  const lock = new Sqlite(join(folder, 'lock'), { timeout: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (error instanceof Sqlite.SqliteError && error.code === 'SQLITE_BUSY') {
      return bad(problem('settings.data.in-use', 'data', folder))
    }
    throw error
  }
  return good({ release: () => void lock.close() })
}
