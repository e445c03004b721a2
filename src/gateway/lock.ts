// One gateway for one data folder: two that write the same journal would each recover what the other holds.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { bad, good, problem, type Result } from '../problem/problem.ts'

export interface FolderLock {
  release(): void
}

/** Locks a data folder for this process. The lock is the kernel's: it is gone with the process, however that ends. */
export function lockFolder(folder: string): Result<FolderLock> {
  const opened = usable(folder, () => new Sqlite(join(folder, 'lock'), { timeout: 0 }))
  if (!opened.ok) return opened
  const lock = opened.value
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (error instanceof Sqlite.SqliteError && error.code === 'SQLITE_BUSY') {
      return bad(problem('settings.data.in-use', 'data', folder))
    }
    return usable(folder, () => {
      throw error
    })
  }
  return good({ release: () => void lock.close() })
}

/** Makes the data folder where it is not there yet. */
export async function makeDataFolder(folder: string): Promise<Result<true>> {
  try {
    await mkdir(folder, { recursive: true })
    return good(true)
  } catch (error) {
    return usable(folder, () => {
      throw error
    })
  }
}

/** What `open` gives, or what the disk or the file in it has against that. Throws when the fault is the program's. */
export function usable<Value>(folder: string, open: () => Value): Result<Value> {
  try {
    return good(open())
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const ofTheFolder = error instanceof Sqlite.SqliteError || /^E[A-Z]+$/.test(code)
    if (!ofTheFolder) throw error
    return bad(problem('settings.data.unusable', 'data', folder, { reason: code }))
  }
}
