// One parcel on its way into a remote folder. Its state is the name of one file in `.saraban`, as in a local folder
// (folder-parcel.ts); every file is written there under its own name, counted, and only then moved into the folder.
import { Readable } from 'node:stream'
import type { Parcel, WrittenFile } from '../../contract.ts'
import type { Written } from '../../formats/format.ts'
import type { Moved, states } from '../folder/parcel.ts'
import { fileFailure, inside, isFailure, type RemoteFiles, removeTree } from './files.ts'

type State = (typeof states)[number]

interface Bringing {
  readonly files: RemoteFiles
  readonly parcel: Parcel
  readonly written: Written
  readonly path: string
  readonly own: string
  readonly signal: AbortSignal
}

/** Brings a parcel into the folder `path`, from wherever an earlier attempt left it. Throws `RemoteFailure` while nothing that the system looks for was moved. */
export async function bringRemote(bringing: Bringing): Promise<Moved> {
  const { files, parcel, written, path, own, signal } = bringing
  const staged = inside(own, parcel.id)
  const document = `${parcel.id}.${written.extension}`
  const mark = (state: State): string => inside(own, `${parcel.id}.${state}`)
  const stands = async (place: string): Promise<boolean> => (await files.sizeOf(place)) !== undefined
  if (await stands(mark('done'))) return { kind: 'handed-over' }
  if (!(await stands(mark('moving')))) {
    // Nothing was moved yet: what is not whole, because an attempt died or somebody cleared it, is staged anew.
    if (!(await stands(mark('staged'))) || !(await isWhole(bringing, staged, document))) {
      await stage(bringing, staged, document)
      if (signal.aborted) return { kind: 'stopped' }
      if (!(await stands(mark('staged')))) await writeMark(files, mark('staged'), document)
    }
    await files.rename(mark('staged'), mark('moving'))
  }
  if (await stands(inside(staged, document))) {
    for (const { name } of written.files) {
      if (!(await stands(inside(staged, name)))) {
        // Moved by an attempt before; or taken away or cleared since, and its document still needs it.
        if (await stands(inside(path, name))) continue
        await restage(bringing, staged, name)
      }
      if (await stands(inside(path, name))) return { kind: 'name-taken', name }
      await files.rename(inside(staged, name), inside(path, name))
    }
    if (await stands(inside(path, document))) return { kind: 'name-taken', name: document }
    const moved = await unsure(() => files.rename(inside(staged, document), inside(path, document)))
    if (moved !== undefined) return moved
  } else if (!(await stands(inside(path, document)))) return { kind: 'lost' }
  return finish(bringing, staged, document, mark)
}

/** The document stands in the folder, or its system took it already: from here on nothing may say that it does not. */
async function finish(
  { files, path, written }: Bringing,
  staged: string,
  document: string,
  mark: (state: State) => string,
): Promise<Moved> {
  const size = await files.sizeOf(inside(path, document)).catch(remoteFault)
  if (typeof size === 'object') return { kind: 'not-synced', reason: size.code }
  if (size !== undefined && size !== written.bytes.length)
    return { kind: 'not-synced', reason: 'another size' }
  const marked = await unsure(() => files.rename(mark('moving'), mark('done')))
  if (marked !== undefined) return marked
  // What is left behind is swept away by nobody's need.
  await removeTree(files, staged).catch(remoteFault)
  return { kind: 'handed-over' }
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

async function stage(
  { files, parcel, written, own }: Bringing,
  staged: string,
  document: string,
): Promise<void> {
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

async function restage({ files, parcel, written }: Bringing, staged: string, name: string): Promise<void> {
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
  { files, written, own, parcel }: Bringing,
  staged: string,
  document: string,
): Promise<boolean> {
  if (!(await files.list(own)).some(({ name }) => name === parcel.id)) return false
  const sizes = new Map((await files.list(staged)).map(({ name, size }) => [name, size]))
  return (
    written.files.every((file) => sizes.get(file.name) === sizeOf(file)) &&
    sizes.get(document) === written.bytes.length
  )
}

async function writeMark(files: RemoteFiles, place: string, document: string): Promise<void> {
  await files.store(`${place}.new`, Readable.from([Buffer.from(document, 'utf8')]))
  await files.rename(`${place}.new`, place)
}

const bytesOf = (file: WrittenFile, parcel: Parcel): Readable =>
  file.content.kind === 'bytes' ? Readable.from([file.content.bytes]) : parcel.open(file.sha256)

const sizeOf = ({ content }: WrittenFile): number =>
  content.kind === 'bytes' ? content.bytes.length : content.size
