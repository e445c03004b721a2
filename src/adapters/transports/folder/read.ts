// Reading what a claim holds, and noticing when somebody who opened it before the claim still writes into it.
import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { AdapterVerbs, Source } from '../../contract.ts'
import { tooLarge } from '../keeping.ts'
import { asideName, type Claim, refuse, setLarge } from './claim.ts'
import { codeOf, look, moveToFree, openRegular, renameToFree, unchanged } from './files.ts'
import { isSame, type Seen } from './names.ts'

export type DocumentRead =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'changing' }
  | { readonly kind: 'refused'; readonly reason: string; readonly unread?: NonNullable<Source['unread']> }

const stampOf = (stats: { readonly size: number; readonly mtimeMs: number; readonly ino: number }): string =>
  `${stats.size} ${stats.mtimeMs} ${stats.ino}`

/** Where a part of a claim stands: the document (`''`), or a file beside by its name. */
const placeOf = (folder: string, document: string, name: string): string =>
  name === '' ? join(folder, 'document', document) : join(folder, 'beside', name)

/** The document's bytes, unless it is still being written, is larger than `limit` bytes, or is no regular file. */
export async function readDocument(
  { folder, name, stamps }: Claim,
  limit: number,
  stopping: () => boolean,
): Promise<DocumentRead> {
  const opened = await openRegular(placeOf(folder, name, ''))
  if (opened === undefined) return { kind: 'refused', reason: 'not a regular file' }
  const { file, stats } = opened
  try {
    if (stats.size > limit) {
      const sha256 = await digestOf(file, stopping)
      if (sha256 === undefined || !unchanged(stats, await file.stat())) return { kind: 'changing' }
      return { kind: 'refused', reason: `more than ${limit} bytes`, unread: { sha256, size: stats.size } }
    }
    const bytes = Buffer.alloc(stats.size)
    let read = 0
    while (read < bytes.length) {
      const { bytesRead } = await file.read(bytes, read, bytes.length - read, read)
      if (bytesRead === 0) return { kind: 'changing' }
      read += bytesRead
    }
    // Who opened it before the claim may write into it even now.
    if (!unchanged(stats, await file.stat())) return { kind: 'changing' }
    const known = stamps.get('')
    if (known !== undefined && known !== stampOf(stats)) return { kind: 'changing' }
    stamps.set('', stampOf(stats))
    return { kind: 'bytes', bytes }
  } finally {
    await file.close()
  }
}

/** The SHA-256 of a file of any size; nothing when the transport stops meanwhile. */
async function digestOf(file: FileHandle, stopping: () => boolean): Promise<string | undefined> {
  const hash = createHash('sha256')
  for await (const chunk of file.createReadStream({ autoClose: false, start: 0 })) {
    if (stopping()) return undefined
    hash.update(chunk as Buffer)
  }
  return hash.digest('hex')
}

/** Moves a file that was seen in the folder into the claim. False when it is gone or is another file by now. */
export async function moveBeside(found: Claim, path: string, name: string, seen: Seen): Promise<boolean> {
  const place = placeOf(found.folder, found.name, name)
  try {
    await renameToFree(seen.place, place)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
  const moved = await look(place)
  if (moved !== undefined && isSame(seen, moved)) return true
  // Between the look and the move another file took the name: it may be another letter's scan.
  if (moved !== undefined && !(await moveToFree(place, seen.place)))
    await refuse(path, place, asideName(found, name))
  return false
}

/** Whether a file beside was moved into the claim already, by an attempt that did not end. */
export const standsBeside = async (found: Claim, name: string): Promise<boolean> =>
  (await look(placeOf(found.folder, found.name, name))) !== undefined

/** Brings a file of the claim into the gateway's keeping, unless it changes. What is too large or no regular file is put aside. */
export async function keepBeside(
  found: Claim,
  path: string,
  name: string,
  limit: number,
  verbs: AdapterVerbs,
): Promise<'kept' | 'changing' | 'refused'> {
  const place = placeOf(found.folder, found.name, name)
  const putAside = async (reason: string): Promise<'refused'> => {
    await refuse(path, place, asideName(found, name))
    verbs.report('folder.refused', { claim: found.id, reason })
    return 'refused'
  }
  const opened = await openRegular(place)
  if (opened === undefined) return putAside('a file beside is no regular file')
  const { file, stats } = opened
  try {
    const kept = await verbs.keep(file.createReadStream({ autoClose: false, start: 0 }), limit)
    if (!unchanged(stats, await file.stat())) return 'changing'
    found.stamps.set(name, stampOf(stats))
    found.beside.set(name, { kind: 'kept', ...kept })
    return 'kept'
  } catch (error) {
    if (!tooLarge(error)) throw error
    await putAside(`a file beside has more than ${limit} bytes`)
    setLarge(found, name, stats.size, limit)
    return 'refused'
  } finally {
    await file.close()
  }
}

/**
 * The parts of a claim (`''`: the document) that are not what they were when they were read. `folder`: where it stands
 * now. Parts that are gone count only while it is a claim: what is done, people may take away.
 */
export async function changedParts(
  { name, stamps, settled }: Claim,
  folder: string,
): Promise<readonly string[]> {
  const changed: string[] = []
  for (const [part, stamp] of stamps) {
    const stats = await look(placeOf(folder, name, part))
    if (stats === undefined ? !settled : stampOf(stats) !== stamp) changed.push(part)
  }
  return changed
}

/** Forgets what was read of a part, so that it is read again, and whole letters are offered again: known ones are answered as known. */
export function forget(found: Claim, parts: readonly string[]): void {
  found.offered = false
  for (const part of parts) {
    found.stamps.delete(part)
    if (part === '') found.named = undefined
    else found.beside.delete(part)
  }
}
