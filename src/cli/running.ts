// Whether a gateway is at work: on a data folder, or anywhere on a journal that several share.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import type { Reader } from '../gateway/journal/database.ts'
import { listMembers } from '../gateway/journal/members.ts'
import type { Instant } from '../letter/time.ts'

/**
 * Whether some gateway holds the lock of the data folder `folder` (gateway/lock.ts), or takes it. Only looks, for so short that a
 * gateway that starts meanwhile waits for it and is not refused. Throws when the lock cannot be read.
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

/** A member beats every other second; so much its clock and ours may differ, in milliseconds. */
const lately = 60_000

/** Whether some gateway was heard of lately on a journal that several share. */
export async function isAnyAtWork(reader: Reader, now: Instant): Promise<boolean> {
  return (await listMembers(reader)).some(({ seenAt }) => Math.abs(now - seenAt) < lately)
}
