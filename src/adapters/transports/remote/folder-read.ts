// Reading what a claim on a server holds: each part is fetched into the spool and counts only when the server lists it
// before and after with the same size and time, and just so many bytes came.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { problem } from '../../../problem/problem.ts'
import type { AdapterVerbs } from '../../contract.ts'
import { asideName, type Claim, setLarge } from '../folder/claim.ts'
import type { DocumentRead } from '../folder/read.ts'
import { inside, isFailure, RemoteFailure, type RemoteFiles } from './files.ts'
import { fileIn, moveIfThere, refuseRemote } from './folder-claim.ts'
import { type RemoteSeen, stampOf } from './folder-names.ts'
import type { RemoteFolderSettings } from './folder-settings.ts'

type Reading = Pick<RemoteFolderSettings, 'files' | 'spool' | 'path'>

type Fetched =
  | { readonly kind: 'fetched'; readonly place: string; readonly stamp: string }
  | { readonly kind: 'changing' }
  /** `large`: its size in bytes, where that is beyond the limit. */
  | { readonly kind: 'refused'; readonly reason: string; readonly large?: number }

class Grown extends Error {
  override readonly name = 'Grown'
}

/** Where a part of a claim stands: the document (`''`), or a file beside by its name. */
const folderOf = (folder: string, part: string): string => inside(folder, part === '' ? 'document' : 'beside')

/** Fetches a file of a claim into the spool, at most `limit` bytes of it. */
async function fetchPart(
  found: Claim,
  part: string,
  limit: number,
  { files, spool }: Reading,
): Promise<Fetched> {
  const folder = folderOf(found.folder, part)
  const name = part === '' ? found.name : part
  const listed = await fileIn(files, folder, name)
  if (listed === undefined) return { kind: 'refused', reason: 'no regular file' }
  if (listed.size > limit) return { kind: 'refused', reason: `more than ${limit} bytes`, large: listed.size }
  const stamp = stampOf(listed)
  const known = found.stamps.get(part)
  if (known !== undefined && known !== stamp) return { kind: 'changing' }
  const place = join(spool, `${found.id}.${part === '' ? 'document' : 'beside'}`)
  const whole = await fetchInto(place, listed.size, (take) => fetchFrom(found, part, files, take))
  const after = await fileIn(files, folder, name)
  if (!whole || after === undefined || stampOf(after) !== stamp) return { kind: 'changing' }
  return { kind: 'fetched', place, stamp }
}

/** What servers answer who do not let a file be read; for many this is a failure without a number of its own. */
const withheld = ['EACCES', 'EPERM', 'EREMOTE']

/** Fetches a part of a claim; one that the server still lists and does not give is told by the claim's folder: its name may say too much (attacks T11). */
async function fetchFrom(
  { folder: claim, name: document }: Claim,
  part: string,
  files: RemoteFiles,
  take: Parameters<RemoteFiles['fetch']>[1],
): Promise<void> {
  const folder = folderOf(claim, part)
  const name = part === '' ? document : part
  try {
    await files.fetch(inside(folder, name), take)
  } catch (error) {
    if (!isFailure(error, ...withheld) || error.lost) throw error
    if ((await fileIn(files, folder, name)) === undefined) throw error
    const { code } = error
    const found = problem('adapter.remote.unreadable', '', claim, { reason: code })
    throw new RemoteFailure(code, found, false, { cause: error })
  }
}

/** Writes what `fetch` gives into `place`; false when it has not exactly `size` bytes. */
async function fetchInto(
  place: string,
  size: number,
  fetch: (take: Parameters<RemoteFiles['fetch']>[1]) => Promise<void>,
): Promise<boolean> {
  const file = await open(place, 'w', 0o600)
  let count = 0
  try {
    await fetch(async (piece) => {
      count += piece.length
      if (count > size) throw new Grown('more bytes came than were listed')
      await file.writeFile(piece)
    })
    return count === size
  } catch (error) {
    if (error instanceof Grown) return false
    throw error
  } finally {
    await file.close()
  }
}

/** The document's bytes, unless it is still being written, is larger than `limit` bytes, or is no regular file. */
export async function readRemoteDocument(found: Claim, reading: RemoteFolderSettings): Promise<DocumentRead> {
  const known = found.stamps.get('')
  const listed = await fileIn(reading.files, folderOf(found.folder, ''), found.name)
  if (listed && stampOf(listed) === known) {
    // Fetched before, and it is what it was.
    const bytes = await readFile(join(reading.spool, `${found.id}.document`)).catch(() => undefined)
    if (bytes?.length === listed.size) return { kind: 'bytes', bytes }
  }
  const { limit, attachmentLimit } = reading
  if (listed && listed.size > limit && listed.size <= attachmentLimit) return unreadDocument(found, reading)
  const fetched = await fetchPart(found, '', limit, reading)
  if (fetched.kind === 'refused')
    // Beyond `attachmentLimit` it is not even fetched to be looked through.
    return { ...fetched, ...(fetched.large !== undefined && { unread: { size: fetched.large } }) }
  if (fetched.kind === 'changing') return fetched
  const bytes = await readFile(fetched.place)
  found.stamps.set('', fetched.stamp)
  return { kind: 'bytes', bytes }
}

/** A document that is too large to be read: for the quarantine its digest is told, and it stays where it is. */
async function unreadDocument(
  found: Claim,
  { files, limit }: Pick<RemoteFolderSettings, 'files' | 'limit'>,
): Promise<DocumentRead> {
  const folder = folderOf(found.folder, '')
  const before = await fileIn(files, folder, found.name)
  const hash = createHash('sha256')
  let size = 0
  await fetchFrom(found, '', files, async (piece) => {
    size += piece.length
    hash.update(piece)
  })
  const after = await fileIn(files, folder, found.name)
  const same = before !== undefined && after !== undefined && stampOf(before) === stampOf(after)
  return same && size === after.size
    ? { kind: 'refused', reason: `more than ${limit} bytes`, unread: { sha256: hash.digest('hex'), size } }
    : { kind: 'changing' }
}

/** Moves a file that was seen in the folder into the claim. False when it is gone or is another file by now. */
export async function moveBesideRemote(
  found: Claim,
  name: string,
  seen: RemoteSeen,
  { files, path }: Reading,
): Promise<boolean> {
  const folder = folderOf(found.folder, name)
  const place = inside(folder, name)
  if (!(await moveIfThere(files, inside(path, name), place))) return false
  const moved = await fileIn(files, folder, name)
  if (moved !== undefined && stampOf(moved) === seen.stamp) return true
  // Between the look and the move another file took the name: it may be another letter's scan.
  if ((await files.sizeOf(inside(path, name))) === undefined) await files.rename(place, inside(path, name))
  else await refuseRemote(files, path, place, asideName(found, name))
  return false
}

/** Brings a file of the claim into the gateway's keeping, unless it changes. What is too large or no regular file is put aside. */
export async function keepBesideRemote(
  found: Claim,
  name: string,
  limit: number,
  reading: Reading,
  verbs: AdapterVerbs,
): Promise<'kept' | 'changing' | 'refused'> {
  const fetched = await fetchPart(found, name, limit, reading)
  if (fetched.kind === 'changing') return 'changing'
  if (fetched.kind === 'refused') {
    const from = inside(folderOf(found.folder, name), name)
    await refuseRemote(reading.files, reading.path, from, asideName(found, name))
    if (fetched.large !== undefined) setLarge(found, name, fetched.large, limit)
    verbs.report('folder.refused', { claim: found.id, reason: `a file beside: ${fetched.reason}` })
    return 'refused'
  }
  try {
    const kept = await verbs.keep(createReadStream(fetched.place), limit)
    found.stamps.set(name, fetched.stamp)
    found.beside.set(name, { kind: 'kept', ...kept })
    return 'kept'
  } finally {
    await rm(fetched.place, { force: true })
  }
}

/**
 * The parts of a claim (`''`: the document) that are not what they were when they were read. `folder`: where it stands
 * now. Parts that are gone count only while it is a claim: what is done, people may take away.
 */
export async function changedRemoteParts(
  { name, stamps, settled }: Claim,
  folder: string,
  files: RemoteFiles,
): Promise<readonly string[]> {
  if (stamps.size === 0) return []
  const listed = new Map<string, string>()
  for (const part of new Set([...stamps.keys()].map((each) => (each === '' ? '' : 'beside'))))
    for (const entry of await files.list(folderOf(folder, part)))
      if (part !== '' || entry.name === name) listed.set(part === '' ? '' : entry.name, stampOf(entry))
  return [...stamps].flatMap(([part, stamp]) => {
    const now = listed.get(part)
    return (now === undefined ? !settled : now !== stamp) ? [part] : []
  })
}
