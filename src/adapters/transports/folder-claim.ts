// One document that was claimed from a folder, with the files beside that it names.
//
// A claim is a folder of its own, `.saraban/claimed/<id>/`, with the document in `document/` and its files in `beside/`:
// done is one rename of it. A name that is used again meets nothing of the letter before.
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { printInstant } from '../../letter/time.ts'
import type { AdapterVerbs, AttachmentContent } from '../contract.ts'
import { codeOf, ensureFolder, look, moveToFree, openRegular, syncFolder, unchanged } from './folder-files.ts'
import { tooLarge } from './keeping.ts'

export interface Claim {
  readonly id: string
  readonly folder: string
  /** The document's own name. */
  readonly name: string
  /** When it was claimed, or found again after a restart. */
  readonly since: number
  readonly beside: Map<string, AttachmentContent>
  /** The files that it waits for, once it was read. */
  missing: readonly string[]
  /** Nothing of it is to be offered any more. */
  settled: boolean
  /** Whether its whole letters were offered while others wait. */
  offered: boolean
  /** Whether a file beside was still being written when it was taken into the claim. */
  again: boolean
}

/** Where the gateway keeps its own things in somebody else's folder. */
export const places = (path: string) => ({
  own: join(path, '.saraban'),
  claimed: join(path, '.saraban', 'claimed'),
  refused: join(path, '.saraban', 'refused'),
  done: join(path, 'done'),
})

const fresh = (id: string, folder: string, name: string, since: number): Claim => ({
  id,
  folder,
  name,
  since,
  beside: new Map(),
  missing: [],
  settled: false,
  offered: false,
  again: false,
})

/** Moves a document out of the folder into a claim of its own; nothing when it is gone. */
export async function claim(path: string, name: string, now: number): Promise<Claim | undefined> {
  const { claimed } = places(path)
  const stamp = printInstant(now).slice(0, 19).replaceAll(':', '').replace('T', '-')
  for (let count = 1; ; count += 1) {
    const id = `${stamp}-${count}`
    const folder = join(claimed, id)
    try {
      await mkdir(folder)
    } catch (error) {
      if (codeOf(error) === 'EEXIST') continue
      throw error
    }
    await mkdir(join(folder, 'document'))
    await mkdir(join(folder, 'beside'))
    try {
      await rename(join(path, name), join(folder, 'document', name))
    } catch (error) {
      await rm(folder, { recursive: true })
      if (codeOf(error) === 'ENOENT') return undefined
      throw error
    }
    return fresh(id, folder, name, now)
  }
}

/** The claims that a stop or a crash left behind: they are offered again. */
export async function claimsLeft(path: string, now: number): Promise<Claim[]> {
  const { claimed } = places(path)
  const claims: Claim[] = []
  for (const id of (await readdir(claimed)).sort()) {
    const folder = join(claimed, id)
    const [name] = await readdir(join(folder, 'document')).catch((error: unknown): string[] => {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return []
      throw error
    })
    // A crash between the making of the claim and the move into it: the document stands in the folder still.
    if (name === undefined) await rm(folder, { recursive: true })
    else claims.push(fresh(id, folder, name, now))
  }
  return claims
}

export type DocumentRead =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'changing' }
  | { readonly kind: 'refused'; readonly reason: string }

/** The document's bytes, unless it is still being written, is larger than `limit` bytes, or is no regular file. */
export async function readDocument({ folder, name }: Claim, limit: number): Promise<DocumentRead> {
  const opened = await openRegular(join(folder, 'document', name))
  if (opened === undefined) return { kind: 'refused', reason: 'not a regular file' }
  const { file, stats } = opened
  try {
    if (stats.size > limit) return { kind: 'refused', reason: `more than ${limit} bytes` }
    const bytes = Buffer.alloc(stats.size)
    let read = 0
    while (read < bytes.length) {
      const { bytesRead } = await file.read(bytes, read, bytes.length - read, read)
      if (bytesRead === 0) return { kind: 'changing' }
      read += bytesRead
    }
    // Who opened it before the claim may write into it even now.
    return unchanged(stats, await file.stat()) ? { kind: 'bytes', bytes } : { kind: 'changing' }
  } finally {
    await file.close()
  }
}

/** Takes a file that the document names into the claim and the gateway's keeping. False while it is not there or changes. */
export async function takeBeside(
  found: Claim,
  path: string,
  name: string,
  settled: (name: string) => boolean,
  limit: number,
  verbs: AdapterVerbs,
): Promise<boolean> {
  const place = join(found.folder, 'beside', name)
  if ((await look(place)) === undefined) {
    if (!settled(name)) return false
    await rename(join(path, name), place)
  }
  const opened = await openRegular(place)
  if (opened === undefined) {
    await refuse(path, place, `${found.id}-${name.slice(0, 60)}`)
    verbs.report('folder.refused', { claim: found.id, reason: 'a file beside is no regular file' })
    return false
  }
  const { file, stats } = opened
  try {
    const kept = await verbs.keep(file.createReadStream({ autoClose: false, start: 0 }), limit)
    if (!unchanged(stats, await file.stat())) {
      found.again = true
      return false
    }
    found.beside.set(name, { kind: 'kept', ...kept })
    return true
  } catch (error) {
    if (!tooLarge(error)) throw error
    await refuse(path, place, `${found.id}-${name.slice(0, 60)}`)
    verbs.report('folder.refused', { claim: found.id, reason: `a file beside has more than ${limit} bytes` })
    return false
  } finally {
    await file.close()
  }
}

/** The claim is settled: the commit stands, nothing of it is offered again. */
export async function finish(found: Claim, path: string, done: 'rename' | 'delete'): Promise<void> {
  const { claimed, done: shelf } = places(path)
  if (done === 'delete') await rm(found.folder, { recursive: true })
  else {
    await ensureFolder(shelf)
    for (let count = 1; ; count += 1)
      if (await moveToFree(found.folder, join(shelf, count === 1 ? found.id : `${found.id}~${count}`))) break
    await syncFolder(shelf)
  }
  await syncFolder(claimed)
}

/** Puts what must not be read aside, out of the system's sight. */
export async function refuse(path: string, from: string, name: string): Promise<void> {
  const { refused } = places(path)
  await ensureFolder(refused)
  for (let count = 1; ; count += 1)
    if (await moveToFree(from, join(refused, count === 1 ? name : `${name}~${count}`))) return
}
