// One parcel on its way into a remote folder. Its state is the name of one file in `.saraban`, as in a local folder
// (folder-parcel.ts); every file is written there under its own name, counted, and only then moved into the folder.
import { Readable } from 'node:stream'
import type { Result } from '../../../problem/problem.ts'
import type { Parcel, WrittenFile } from '../../contract.ts'
import type { Written } from '../../formats/format.ts'
import { longestMarker, printMarker, readMarker, type Staged, stagedOf } from '../folder/marker.ts'
import type { Moved, states } from '../folder/parcel.ts'
import { fetchSmall, fileFailure, inside, isFailure, type RemoteFiles, removeTree } from './files.ts'

type State = (typeof states)[number]

interface Way {
  readonly files: RemoteFiles
  readonly parcel: Parcel
  readonly path: string
  readonly own: string
  readonly staged: string
  mark(state: State): string
}

/**
 * Brings a parcel into the folder `path`, from wherever an earlier attempt left it. `write` is called only while its document
 * was not moved. Throws `RemoteFailure` while nothing that the system looks for was moved.
 */
export async function bringRemote(
  files: RemoteFiles,
  parcel: Parcel,
  write: () => Promise<Result<Written>>,
  path: string,
  own: string,
  signal: AbortSignal,
): Promise<Moved> {
  const way: Way = {
    files,
    parcel,
    path,
    own,
    staged: inside(own, parcel.id),
    mark: (state) => inside(own, `${parcel.id}.${state}`),
  }
  const { staged, mark } = way
  const stands = async (place: string): Promise<boolean> => (await files.sizeOf(place)) !== undefined
  if (await stands(mark('done')))
    return { kind: 'handed-over', document: (await markedIn(way, 'done'))?.document ?? parcel.id }
  let moving = await stands(mark('moving'))
  const before = moving ? await markedIn(way, 'moving') : undefined
  if (before !== undefined && !(await stands(inside(staged, before.document)))) return finish(way, before)

  const written = await write()
  if (!written.ok) return { kind: 'unsayable', problems: written.problems }
  const now = stagedOf(parcel.id, written.value)
  if (moving && before === undefined && !(await stands(inside(staged, now.document)))) return finish(way, now)
  if (moving && before?.digest !== now.digest) {
    await takeBack(way, before ?? now)
    moving = false
  }
  if (!moving) {
    const marked = await stands(mark('staged'))
    const same = marked && (await markedIn(way, 'staged'))?.digest === now.digest
    if (!same || !(await isWhole(way, written.value, now.document))) {
      // The marker first: it would vouch for what is only half staged.
      if (marked) await files.remove(mark('staged'))
      await stage(way, written.value, now.document)
      if (signal.aborted) return { kind: 'stopped' }
      await writeMark(files, mark('staged'), now)
    }
    await files.rename(mark('staged'), mark('moving'))
  }
  for (const { name } of written.value.files) {
    if (!(await stands(inside(staged, name)))) {
      // Moved by an attempt before; or taken away or cleared since, and its document still needs it.
      if (await stands(inside(path, name))) continue
      await restage(way, written.value, name)
    }
    if (await stands(inside(path, name))) return { kind: 'name-taken', name }
    await files.rename(inside(staged, name), inside(path, name))
  }
  if (await stands(inside(path, now.document))) return { kind: 'name-taken', name: now.document }
  const moved = await unsure(() => files.rename(inside(staged, now.document), inside(path, now.document)))
  return moved ?? finish(way, now, true)
}

/** Its document is staged no more: it was moved, and from here on nothing may say that it was not. `ours`: by this attempt. */
async function finish(
  { files, path, staged, mark }: Way,
  { document, size: written }: Staged,
  ours = false,
): Promise<Moved> {
  const size = await files.sizeOf(inside(path, document)).catch(remoteFault)
  if (typeof size === 'object') return { kind: 'not-synced', reason: size.code }
  // Moved a moment ago and gone: its system was quick. Moved by an attempt before and gone: nobody knows.
  if (size === undefined && !ours) return { kind: 'lost', document }
  if (size !== undefined && written !== undefined && size !== written)
    return { kind: 'not-synced', reason: 'another size' }
  const marked = await unsure(() => files.rename(mark('moving'), mark('done')))
  if (marked !== undefined) return marked
  // What is left behind is swept away by nobody's need.
  await removeTree(files, staged).catch(remoteFault)
  return { kind: 'handed-over', document }
}

/** Files that were moved before their document, which is another by now: they go, so that nothing of it was moved. */
async function takeBack({ files, path, staged, mark }: Way, what: Staged): Promise<void> {
  for (const name of what.files)
    if (
      (await files.sizeOf(inside(staged, name))) === undefined &&
      (await files.sizeOf(inside(path, name))) !== undefined
    )
      await files.remove(inside(path, name))
  await files.remove(mark('moving'))
}

async function markedIn({ files, mark, parcel }: Way, state: State): Promise<Staged | undefined> {
  const bytes = await fetchSmall(files, mark(state), longestMarker)
  return bytes === undefined ? undefined : readMarker(bytes.toString('utf8'), parcel.id)
}

/** A step whose answer may be lost on the way: then it is not known, and the next attempt finds out. */
async function unsure(step: () => Promise<void>): Promise<Moved | undefined> {
  const fault = await step().catch(remoteFault)
  if (fault === undefined) return undefined
  if (!fault.lost) throw fault
  return { kind: 'not-synced', reason: fault.code }
}

function remoteFault(error: unknown) {
  if (isFailure(error)) return error
  throw error
}

async function stage({ files, parcel, own, staged }: Way, written: Written, document: string): Promise<void> {
  if ((await files.list(own)).some(({ name }) => name === parcel.id)) await removeTree(files, staged)
  await files.makeFolder(staged)
  try {
    for (const file of written.files)
      await storeWhole(files, inside(staged, file.name), bytesOf(file, parcel), sizeOf(file))
    await storeWhole(files, inside(staged, document), Readable.from([written.bytes]), written.bytes.length)
  } catch (error) {
    // A disk that is full gets its room back; a lost connection cannot be asked for it.
    if (!isFailure(error) || !error.lost) await removeTree(files, staged).catch(remoteFault)
    throw error
  }
}

async function restage({ files, parcel, staged }: Way, written: Written, name: string): Promise<void> {
  const file = written.files.find((each) => each.name === name)
  if (file === undefined) throw new Error('a file that the parcel does not have was to be staged')
  // Under another name first: a half file that a lost connection leaves would be moved as a whole one.
  const half = inside(staged, '.half')
  await storeWhole(files, half, bytesOf(file, parcel), sizeOf(file))
  await files.rename(half, inside(staged, name))
}

/** Stores bytes and counts what stands there then: servers with a full disk have said yes to half a file. */
async function storeWhole(files: RemoteFiles, place: string, bytes: Readable, size: number): Promise<void> {
  await files.store(place, bytes)
  if ((await files.sizeOf(place)) !== size) throw fileFailure('EIO', place)
}

async function isWhole(
  { files, own, parcel, staged }: Way,
  written: Written,
  document: string,
): Promise<boolean> {
  if (!(await files.list(own)).some(({ name }) => name === parcel.id)) return false
  const sizes = new Map((await files.list(staged)).map(({ name, size }) => [name, size]))
  return (
    written.files.every((file) => sizes.get(file.name) === sizeOf(file)) &&
    sizes.get(document) === written.bytes.length
  )
}

async function writeMark(files: RemoteFiles, place: string, what: Staged): Promise<void> {
  await files.store(`${place}.new`, Readable.from([printMarker(what)]))
  await files.rename(`${place}.new`, place)
}

const bytesOf = (file: WrittenFile, parcel: Parcel): Readable =>
  file.content.kind === 'bytes' ? Readable.from([file.content.bytes]) : parcel.open(file.sha256)

const sizeOf = ({ content }: WrittenFile): number =>
  content.kind === 'bytes' ? content.bytes.length : content.size
