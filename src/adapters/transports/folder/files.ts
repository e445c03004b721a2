// Files of a folder that somebody else writes into: opened so that neither a link, a device nor a name that changes
// between look and open leads anywhere else (attacks T5), and written so that they survive a power cut.
import { constants, type Stats } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, rename, rmdir } from 'node:fs/promises'

/** The code of a file system's error (`ENOENT`), or '' when it is none. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/** What stands under this name itself, a link not followed; nothing when nothing does. */
export async function look(path: string | Buffer): Promise<Stats | undefined> {
  try {
    return await lstat(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Opens a regular file for reading, or gives nothing when it is a link, a folder, a device or gone. The caller closes it. */
export async function openRegular(path: string): Promise<{ file: FileHandle; stats: Stats } | undefined> {
  let file: FileHandle
  try {
    // O_NONBLOCK: a named pipe would hold the open until somebody writes into it.
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    if (['ELOOP', 'ENOENT', 'ENXIO', 'EISDIR'].includes(codeOf(error))) return undefined
    throw error
  }
  const stats = await file.stat()
  if (stats.isFile()) return { file, stats }
  await file.close()
  return undefined
}

/** Whether a file is still as it was: nobody wrote into it meanwhile. */
export const unchanged = (before: Stats, after: Stats): boolean =>
  before.size === after.size && before.mtimeMs === after.mtimeMs && before.ino === after.ino

/** A folder that is one: made when absent; throws when a link or something else stands there. */
export async function ensureFolder(path: string): Promise<void> {
  await mkdir(path, { mode: 0o770 }).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error
  })
  if ((await lstat(path)).isDirectory()) return
  throw Object.assign(new Error('something that is no folder stands where the gateway keeps its own'), {
    code: 'ENOTDIR',
  })
}

/** Puts the names in a folder on disk. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Writes a new file and syncs it. Fails with EEXIST when the name is taken. */
export async function writeNew(
  path: string,
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  const file = await open(path, 'wx', 0o660)
  try {
    for await (const chunk of bytes) await file.writeFile(chunk)
    await file.sync()
  } finally {
    await file.close()
  }
}

/**
 * Renames to a name that is free. What stands there afterwards is believed, not the answer: that of a rename which was done can be lost
 * (rename(2), BUGS: NFS asks again and hears ENOENT; CIFS says EIO).
 */
export async function renameToFree(from: string | Buffer, to: string | Buffer): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if ((await look(to)) === undefined) throw error
  }
}

/**
 * Removes folders that are thought empty, in this order; false when one is not, or may not be removed. Never with what they hold: a
 * rename whose answer was lost may have put the only copy of a letter there.
 */
export async function removeEmpty(...folders: readonly string[]): Promise<boolean> {
  for (const folder of folders)
    try {
      await rmdir(folder)
    } catch (error) {
      if (codeOf(error) === '') throw error
      if (codeOf(error) !== 'ENOENT') return false
    }
  return true
}

/** Moves a file to a name that is free. False, and nothing is moved, when the name is taken. */
export async function moveToFree(from: string | Buffer, to: string | Buffer): Promise<boolean> {
  if ((await look(to)) !== undefined) return false
  await renameToFree(from, to)
  return true
}
