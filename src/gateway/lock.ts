// One gateway for one data folder: two that write the same journal would each recover what the other holds.
import { randomUUID } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { bad, good, problem, type Result } from '../problem/problem.ts'
import { diskReason } from './disk.ts'

export interface FolderLock {
  release(): void
}

/** Milliseconds in which whoever only looks whether a gateway runs (cli/running.ts) is done with it. */
const looked = 1_000

/**
 * Locks a data folder for this process. The lock is the kernel's: it is gone with the process, however that ends. Nothing else of
 * this process goes on meanwhile: at once where it is free, a second where it is held.
 */
export function lockFolder(folder: string): Result<FolderLock> {
  const opened = usable(folder, () => new Sqlite(join(folder, 'lock'), { timeout: looked }))
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

/** The id of a data folder that is locked, made when it has none: whoever had it before is dead. */
export function placeOf(folder: string): Result<string> {
  const file = fileOfPlace(folder)
  return usable(folder, () => {
    const found = knownPlaceOf(folder)
    if (found !== undefined) return found
    const made = randomUUID()
    writeFileSync(`${file}.new`, made, { flush: true })
    renameSync(`${file}.new`, file)
    return made
  })
}

const fileOfPlace = (folder: string): string => join(folder, 'place')

/** The same, where a gateway has been there; undefined: none has. Throws the disk's error. */
export function knownPlaceOf(folder: string): string | undefined {
  try {
    return readFileSync(fileOfPlace(folder), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Makes the data folder where it is not there yet, for its owner alone. */
export async function makeDataFolder(folder: string): Promise<Result<true>> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
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
    const reason = error instanceof Sqlite.SqliteError ? error.code : diskReason(error)
    if (reason === undefined) throw error
    const full = code === 'SQLITE_FULL' || code === 'ENOSPC'
    return bad(problem(full ? 'settings.data.full' : 'settings.data.unusable', 'data', folder, { reason }))
  }
}
