// One document that was claimed from a folder, with the files beside that it names.
//
// A claim is a folder of its own, `.saraban/claimed/<id>/`, with the document in `document/` and its files in `beside/`:
// done is one rename of it. A name that is used again meets nothing of the letter before.
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { printInstant, readInstant } from '../../letter/time.ts'
import type { AttachmentContent } from '../contract.ts'
import { codeOf, ensureFolder, look, moveToFree, syncFolder } from './folder-files.ts'
import { isSame, type Seen } from './folder-names.ts'

export interface Claim {
  readonly id: string
  readonly folder: string
  /** The document's own name. */
  readonly name: string
  /** When it was claimed, whatever was restarted since: the wait for its files counts from here. */
  readonly since: number
  /** When this process first had it. */
  readonly found: number
  readonly beside: Map<string, AttachmentContent>
  /** The names of the files that its letters need, once it was read. */
  named: readonly string[] | undefined
  /** Names that another open document needs too, with the names of all those documents. */
  readonly contested: Map<string, string>
  /** Contested files that came and were put aside: nothing of that name is waited for any more. */
  readonly aside: Set<string>
  /** What the document (`''`) and its files were when they were read: size, time and inode as one text. */
  readonly stamps: Map<string, string>
  /** Somebody wrote into it after it was claimed: it is not read before this time. */
  pausedUntil: number
  /** Nothing of it is to be offered any more. */
  settled: boolean
  /** Whether its whole letters were offered while others wait. */
  offered: boolean
  /** The missing files that were reported. */
  reported: string
}

/** Where the gateway keeps its own things in somebody else's folder. */
export const places = (path: string) => ({
  own: join(path, '.saraban'),
  claimed: join(path, '.saraban', 'claimed'),
  refused: join(path, '.saraban', 'refused'),
  done: join(path, 'done'),
})

export const claimOf = (id: string, folder: string, name: string, since: number, found: number): Claim => ({
  id,
  folder,
  name,
  since,
  found,
  beside: new Map(),
  named: undefined,
  contested: new Map(),
  aside: new Set(),
  stamps: new Map(),
  pausedUntil: Number.NEGATIVE_INFINITY,
  settled: false,
  offered: false,
  reported: '',
})

/** The files that its letters need and that are neither in the claim nor put aside. */
export const missingOf = ({ named, beside, aside }: Claim): readonly string[] =>
  (named ?? []).filter((name) => !beside.has(name) && !aside.has(name))

/**
 * Moves a document out of the folder into a claim of its own; nothing when it is gone. When it is not the file that was
 * seen, it is read only after it has not changed for `settle` milliseconds.
 */
export async function claim(
  path: string,
  name: string,
  seen: Seen,
  now: number,
  settle: number,
): Promise<Claim | undefined> {
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
    const place = join(folder, 'document', name)
    try {
      await rename(seen.place, place)
    } catch (error) {
      await rm(folder, { recursive: true })
      if (codeOf(error) === 'ENOENT') return undefined
      throw error
    }
    const made = claimOf(id, folder, name, now, now)
    const moved = await look(place)
    if (moved === undefined || !isSame(seen, moved)) made.pausedUntil = now + settle
    return made
  }
}

/** The claims of documents that `pattern` names which a stop or a crash left behind: they are offered again. */
export async function claimsLeft(path: string, pattern: RegExp, now: number): Promise<Claim[]> {
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
    // Two channels may share a folder, each with its own pattern.
    else if (pattern.test(name)) claims.push(claimOf(id, folder, name, claimedAt(id, now), now))
  }
  return claims
}

/** The time that a claim's id says, so that a restart does not begin its wait anew. */
function claimedAt(id: string, now: number): number {
  const [, day, hours, minutes, seconds] = /^(\d{4}-\d\d-\d\d)-(\d\d)(\d\d)(\d\d)-/.exec(id) ?? []
  const at = readInstant(`${day}T${hours}:${minutes}:${seconds}`)
  return at.ok ? Math.min(at.value, now) : now
}

/** The claim is settled: the commit stands, nothing of it is offered again. Answers where it stands now; nothing when deleted. */
export async function finish(
  found: Claim,
  path: string,
  done: 'rename' | 'delete',
): Promise<string | undefined> {
  const { claimed, done: shelf } = places(path)
  let place: string | undefined
  if (done === 'delete') await rm(found.folder, { recursive: true })
  else {
    await ensureFolder(shelf)
    for (let count = 1; ; count += 1) {
      place = join(shelf, count === 1 ? found.id : `${found.id}~${count}`)
      if (await moveToFree(found.folder, place)) break
    }
    await syncFolder(shelf)
  }
  await syncFolder(claimed)
  return place
}

/** Puts what must not be read aside, out of the system's sight. */
export async function refuse(path: string, from: string | Buffer, name: string): Promise<void> {
  const { refused } = places(path)
  await ensureFolder(refused)
  for (let count = 1; ; count += 1)
    if (await moveToFree(from, join(refused, count === 1 ? name : `${name}~${count}`))) return
}
