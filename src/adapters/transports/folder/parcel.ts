// One parcel on its way into a folder, and how far it is. Its state is the name of one file in `.saraban`:
//
//   (none)            nothing was moved; what is staged may be half, and is written anew
//   <id>.staged       all of it is staged in `.saraban/<id>/` and synced; nothing was moved
//   <id>.moving       files may have been moved, the document last
//   <id>.done         the document was moved: it is never brought again, whether or not its system took it away since
//
// What was staged stands in that file (`marker.ts`): when the form writes something else now, it is staged anew, as long as
// its document was not moved.
import { readFile, rename, rm, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Problem, Result } from '../../../problem/problem.ts'
import type { Parcel, WrittenFile } from '../../contract.ts'
import type { Written } from '../../formats/format.ts'
import { codeOf, ensureFolder, look, moveToFree, openRegular, syncFolder, writeNew } from './files.ts'
import { longestMarker, printMarker, readMarker, type Staged, stagedOf } from './marker.ts'

export type Moved =
  | { readonly kind: 'handed-over'; readonly document: string }
  /** Its form cannot say it, and nothing of its document was moved. */
  | { readonly kind: 'unsayable'; readonly problems: readonly [Problem, ...Problem[]] }
  | { readonly kind: 'stopped' }
  /** A file of somebody else has this name. */
  | { readonly kind: 'name-taken'; readonly name: string }
  /** Its document is neither staged nor in the folder: taken away by its system, or cleared by somebody. */
  | { readonly kind: 'lost'; readonly document: string }
  /** It stands there, and whether it still does after a power cut nobody knows. */
  | { readonly kind: 'not-synced'; readonly reason: string }

/** The states, in order. Exported for the sweep of old ones. */
export const states = ['staged', 'moving', 'done'] as const
type State = (typeof states)[number]

interface Way {
  readonly parcel: Parcel
  readonly path: string
  readonly own: string
  readonly staged: string
  mark(state: State): string
}

/**
 * Brings a parcel into the folder `path`, from wherever an earlier attempt left it. Throws what the file system throws.
 * `write` is called only while its document was not moved: what is recorded as handed over is what can still be.
 */
export async function bring(
  parcel: Parcel,
  write: () => Promise<Result<Written>>,
  path: string,
  own: string,
  signal: AbortSignal,
): Promise<Moved> {
  const way: Way = {
    parcel,
    path,
    own,
    staged: join(own, parcel.id),
    mark: (state) => join(own, `${parcel.id}.${state}`),
  }
  const { staged, mark } = way
  if (await stands(mark('done')))
    return { kind: 'handed-over', document: (await markedIn(way, 'done'))?.document ?? parcel.id }
  let moving = await stands(mark('moving'))
  const before = moving ? await markedIn(way, 'moving') : undefined
  if (before !== undefined && !(await stands(join(staged, before.document))))
    return finish(way, before.document)

  const written = await write()
  if (!written.ok) return { kind: 'unsayable', problems: written.problems }
  const now = stagedOf(parcel.id, written.value)
  if (moving && before === undefined && !(await stands(join(staged, now.document))))
    return finish(way, now.document)
  if (moving && before?.digest !== now.digest) {
    await takeBack(way, before ?? now)
    moving = false
  }
  if (!moving) {
    const same = (await markedIn(way, 'staged'))?.digest === now.digest
    if (!same || !(await isWhole(staged, written.value, now.document))) {
      // The marker first: it would vouch for what is only half staged.
      await forget(way, 'staged')
      await stage(way, written.value, now.document)
      if (signal.aborted) return { kind: 'stopped' }
      await writeMark(way, 'staged', now)
    }
    await rename(mark('staged'), mark('moving'))
    await syncFolder(own)
  }
  for (const { name } of written.value.files) {
    if (!(await stands(join(staged, name)))) {
      // Moved by an attempt before; or taken away or cleared since, and its document still needs it.
      if (await stands(join(path, name))) continue
      await restage(way, written.value, name)
    }
    if (!(await moveToFree(join(staged, name), join(path, name)))) return { kind: 'name-taken', name }
  }
  if (!(await moveToFree(join(staged, now.document), join(path, now.document))))
    return { kind: 'name-taken', name: now.document }
  return finish(way, now.document, true)
}

/** Its document is staged no more: it was moved. `ours`: by this attempt. */
async function finish({ path, own, staged, mark }: Way, document: string, ours = false): Promise<Moved> {
  // Moved a moment ago and gone: its system was quick. Moved by an attempt before and gone: nobody knows.
  if (!ours && !(await stands(join(path, document)))) return { kind: 'lost', document }
  try {
    await syncFolder(path)
    await rename(mark('moving'), mark('done'))
    await syncFolder(own)
  } catch (error) {
    if (codeOf(error) === '') throw error
    return { kind: 'not-synced', reason: codeOf(error) }
  }
  await rm(staged, { recursive: true, force: true })
  return { kind: 'handed-over', document }
}

/** Files that were moved before their document, which is another by now: they go, so that nothing of it was moved. */
async function takeBack(way: Way, { files }: Staged): Promise<void> {
  for (const name of files)
    if (!(await stands(join(way.staged, name))) && (await stands(join(way.path, name))))
      await unlink(join(way.path, name))
  // In this order on disk too: a file that came back after the marker had gone would be somebody else's.
  await syncFolder(way.path)
  await forget(way, 'moving')
}

async function forget({ own, mark }: Way, state: State): Promise<void> {
  await rm(mark(state), { force: true })
  await syncFolder(own)
}

async function markedIn({ mark, parcel }: Way, state: State): Promise<Staged | undefined> {
  const opened = await openRegular(mark(state))
  if (opened === undefined) return undefined
  try {
    if (opened.stats.size > longestMarker) return undefined
    return readMarker(await readFile(opened.file, 'utf8'), parcel.id)
  } finally {
    await opened.file.close()
  }
}

const stands = async (place: string): Promise<boolean> => (await look(place)) !== undefined

async function stage({ parcel, staged }: Way, written: Written, document: string): Promise<void> {
  await rm(staged, { recursive: true, force: true })
  await ensureFolder(staged)
  for (const file of written.files) await writeNew(join(staged, file.name), bytesOf(file, parcel))
  await writeNew(join(staged, document), [written.bytes])
  await syncFolder(staged)
}

async function restage({ parcel, staged }: Way, written: Written, name: string): Promise<void> {
  const file = written.files.find((each) => each.name === name)
  if (file === undefined) throw new Error('a file that the parcel does not have was to be staged')
  // Under another name first: a half file that a crash leaves would be moved as a whole one.
  const half = join(staged, '.half')
  await rm(half, { force: true })
  await writeNew(half, bytesOf(file, parcel))
  await rename(half, join(staged, name))
  await syncFolder(staged)
}

async function isWhole(staged: string, { files }: Written, document: string): Promise<boolean> {
  for (const name of [...files.map((file) => file.name), document])
    if (!(await stands(join(staged, name)))) return false
  return true
}

async function writeMark({ own, mark }: Way, state: State, what: Staged): Promise<void> {
  const made = `${mark(state)}.new`
  await rm(made, { force: true })
  await writeNew(made, [printMarker(what)])
  await rename(made, mark(state))
  await syncFolder(own)
}

const bytesOf = (file: WrittenFile, parcel: Parcel): AsyncIterable<Uint8Array> | Iterable<Uint8Array> =>
  file.content.kind === 'bytes' ? [file.content.bytes] : parcel.open(file.sha256)
