// One document that was claimed from a remote folder: by a rename on the server, into the same places as in a local one.
import { randomBytes } from 'node:crypto'
import type { Clock } from '../../../letter/time.ts'
import { type Claim, claimOf, foundAgain, stampOf as idOf, places, whoseIs } from '../folder/claim.ts'
import type { FolderSettings } from '../folder/settings.ts'
import {
  ensureRemoteFolder,
  fileFailure,
  inside,
  isFailure,
  isPlainName,
  type RemoteEntry,
  type RemoteFiles,
  removeEmptyFolders,
  removeTree,
} from './files.ts'
import { type RemoteSeen, stampOf } from './folder-names.ts'

/**
 * Renames a file to a name that is free, unless it is gone: whatever a server answers then, it does not list it any more. Some say no
 * to what they did.
 */
export async function moveIfThere(files: RemoteFiles, from: string, to: string): Promise<boolean> {
  try {
    await files.rename(from, to)
    return true
  } catch (error) {
    if (!isFailure(error) || error.lost) throw error
    if ((await files.sizeOf(to)) !== undefined) return true
    if ((await files.sizeOf(from)) !== undefined) throw error
    return false
  }
}

/** The file of this name in a folder; nothing when none is, or when something else has the name. */
export const fileIn = async (files: RemoteFiles, folder: string, name: string) =>
  (await files.list(folder)).find((each) => each.name === name && each.kind === 'file')

/** A claim's id: not every server says that a folder stood there already, so it must be one that no other claim can have. */
export const newClaimId = (now: number, { sign }: FolderSettings['whose']): string =>
  `${idOf(now)}-${randomBytes(6).toString('hex')}.${sign}`

/**
 * Moves a document out of the folder into a claim of its own; nothing when it is gone. When it is not the file that was
 * seen, it is read only after it has not changed for `settle` milliseconds.
 */
export async function claimRemote(
  files: RemoteFiles,
  path: string,
  id: string,
  name: string,
  seen: RemoteSeen,
  clock: Clock,
  settle: number,
): Promise<Claim | undefined> {
  const folder = inside(places(path).claimed, id)
  await files.makeFolder(folder)
  await files.makeFolder(inside(folder, 'document'))
  await files.makeFolder(inside(folder, 'beside'))
  const arrived = await moveIfThere(files, inside(path, name), inside(folder, 'document', name))
  // What cannot be removed may hold the document by now.
  if (!arrived && ((await removeClaim(files, folder)) || (await documentIn(files, folder)) === undefined))
    return undefined
  const found = clock.elapsed()
  const made = claimOf(id, folder, name, clock.now(), found, { waited: found, first: seen.first })
  const moved = await fileIn(files, inside(folder, 'document'), name)
  if (moved === undefined || stampOf(moved) !== seen.stamp) made.pausedUntil = found + settle
  return made
}

/** Claims in the order in which they were made, as the server has them now. */
export interface Claims {
  readonly open: Claim[]
  /** Claims in this folder that are not this channel's, by id. */
  readonly foreign: Set<string>
}

/**
 * Makes `claims` what the server holds: a stop, a crash or a connection that broke in a rename may have left claims that
 * nobody knows, and may have finished some. `empties`: whether an empty claim of this id was left behind, and goes.
 */
export async function reconcile(
  files: RemoteFiles,
  path: string,
  claims: Claims,
  settings: Pick<FolderSettings, 'whose' | 'pattern'>,
  clock: Clock,
  empties: (id: string) => boolean,
): Promise<Claims & { readonly gone: readonly Claim[]; readonly nobodys: readonly string[] }> {
  const { claimed } = places(path)
  const entries = await files.list(claimed)
  const ids = entries.filter(
    ({ name, kind }) => kind === 'folder' && /^[0-9A-Za-z][0-9A-Za-z.-]{0,79}$/.test(name),
  )
  const standing = new Set(ids.map(({ name }) => name))
  const open = claims.open.filter(({ id }) => standing.has(id))
  const known = new Set([...open.map(({ id }) => id), ...claims.foreign])
  const nobodys: string[] = []
  for (const id of [...standing].sort()) {
    if (known.has(id)) continue
    const folder = inside(claimed, id)
    let document = await documentIn(files, folder)
    // A crash between the making of the claim and the move into it: the document stands in the folder still, or comes just now.
    if (document === undefined && empties(id) && !(await removeClaim(files, folder)))
      document = await documentIn(files, folder)
    if (document === undefined) continue
    const whose = isPlainName(document.name) ? whoseIs(id, document.name, settings) : 'nobody'
    if (whose === 'ours') open.push(foundAgain(id, folder, document.name, clock))
    else claims.foreign.add(id)
    if (whose === 'nobody') nobodys.push(id)
  }
  return { open, foreign: claims.foreign, nobodys, gone: claims.open.filter(({ id }) => !standing.has(id)) }
}

/** Removes a claim in which nothing stands; false when something does. Never with what it holds: that may be the only copy of a letter. */
async function removeClaim(files: RemoteFiles, folder: string): Promise<boolean> {
  const parts = (await files.list(folder)).map(({ name }) => inside(folder, name))
  return removeEmptyFolders(files, ...parts, folder)
}

/** A claim's document. */
async function documentIn(files: RemoteFiles, folder: string): Promise<RemoteEntry | undefined> {
  const holds = (await files.list(folder)).some(({ name }) => name === 'document')
  return holds ? (await files.list(inside(folder, 'document')))[0] : undefined
}

/** The claim is settled: the commit stands, nothing of it is offered again. Answers where it stands now; nothing when deleted. */
export async function finishRemote(
  files: RemoteFiles,
  found: Claim,
  path: string,
  done: 'rename' | 'delete',
): Promise<string | undefined> {
  if (done === 'delete') {
    await removeTree(files, found.folder)
    return undefined
  }
  await ensureRemoteFolder(files, path, 'done')
  const place = inside(places(path).done, found.id)
  await files.rename(found.folder, place)
  return place
}

/** Puts what must not be read aside, out of the system's sight. */
export async function refuseRemote(
  files: RemoteFiles,
  path: string,
  from: string,
  name: string,
): Promise<void> {
  const { own, refused } = places(path)
  await ensureRemoteFolder(files, own, 'refused')
  const taken = new Set((await files.list(refused)).map((each) => each.name))
  for (let count = 1; count <= taken.size + 1; count += 1) {
    const free = count === 1 ? name : `${name}~${count}`
    if (!taken.has(free)) return files.rename(from, inside(refused, free))
  }
  throw fileFailure('EEXIST', refused)
}
