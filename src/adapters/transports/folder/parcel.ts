// One parcel on its way into a folder, and how far it is. Its state is the name of one file in `.saraban`:
//
//   (none)            nothing was moved; what is staged may be half, and is written anew
//   <id>.staged       all of it is staged in `.saraban/<id>/` and synced; nothing was moved
//   <id>.moving       files may have been moved, the document last
//   <id>.done         the document was moved: it is never brought again, whether or not its system took it away since
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Parcel, WrittenFile } from '../../contract.ts'
import type { Written } from '../../formats/format.ts'
import { codeOf, ensureFolder, look, moveToFree, syncFolder, writeNew } from './files.ts'

export type Moved =
  | { readonly kind: 'handed-over' }
  | { readonly kind: 'stopped' }
  /** A file of somebody else has this name. */
  | { readonly kind: 'name-taken'; readonly name: string }
  /** Its document is neither staged nor in the folder: taken away by its system, or cleared by somebody. */
  | { readonly kind: 'lost' }
  /** It stands there, and whether it still does after a power cut nobody knows. */
  | { readonly kind: 'not-synced'; readonly reason: string }

/** The states, in order. Exported for the sweep of old ones. */
export const states = ['staged', 'moving', 'done'] as const
type State = (typeof states)[number]

/** Brings a parcel into the folder `path`, from wherever an earlier attempt left it. Throws what the file system throws. */
export async function bring(
  parcel: Parcel,
  written: Written,
  path: string,
  own: string,
  signal: AbortSignal,
): Promise<Moved> {
  const staged = join(own, parcel.id)
  const document = `${parcel.id}.${written.extension}`
  const mark = (state: State): string => join(own, `${parcel.id}.${state}`)
  const stands = async (place: string): Promise<boolean> => (await look(place)) !== undefined
  if (await stands(mark('done'))) return { kind: 'handed-over' }
  if (!(await stands(mark('moving')))) {
    // Nothing was moved yet: what is not whole, because an attempt died or somebody cleared it, is staged anew.
    if (!(await stands(mark('staged'))) || !(await isWhole(staged, written, document))) {
      await stage(parcel, written, staged, document)
      if (signal.aborted) return { kind: 'stopped' }
      await writeMark(own, mark('staged'), document)
    }
    await rename(mark('staged'), mark('moving'))
    await syncFolder(own)
  }
  if (await stands(join(staged, document))) {
    for (const { name } of written.files) {
      if (!(await stands(join(staged, name)))) {
        // Moved by an attempt before; or taken away or cleared since, and its document still needs it.
        if (await stands(join(path, name))) continue
        await restage(parcel, written, staged, name)
      }
      if (!(await moveToFree(join(staged, name), join(path, name)))) return { kind: 'name-taken', name }
    }
    if (!(await moveToFree(join(staged, document), join(path, document))))
      return { kind: 'name-taken', name: document }
  } else if (!(await stands(join(path, document)))) return { kind: 'lost' }
  try {
    await syncFolder(path)
    await rename(mark('moving'), mark('done'))
    await syncFolder(own)
  } catch (error) {
    if (codeOf(error) === '') throw error
    return { kind: 'not-synced', reason: codeOf(error) }
  }
  await rm(staged, { recursive: true, force: true })
  return { kind: 'handed-over' }
}

async function stage(parcel: Parcel, written: Written, staged: string, document: string): Promise<void> {
  await rm(staged, { recursive: true, force: true })
  await ensureFolder(staged)
  for (const file of written.files) await writeNew(join(staged, file.name), bytesOf(file, parcel))
  await writeNew(join(staged, document), [written.bytes])
  await syncFolder(staged)
}

async function restage(parcel: Parcel, written: Written, staged: string, name: string): Promise<void> {
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
    if ((await look(join(staged, name))) === undefined) return false
  return true
}

async function writeMark(own: string, place: string, document: string): Promise<void> {
  await rm(`${place}.new`, { force: true })
  await writeNew(`${place}.new`, [Buffer.from(document, 'utf8')])
  await rename(`${place}.new`, place)
  await syncFolder(own)
}

const bytesOf = (file: WrittenFile, parcel: Parcel): AsyncIterable<Uint8Array> | Iterable<Uint8Array> =>
  file.content.kind === 'bytes' ? [file.content.bytes] : parcel.open(file.sha256)
