// Hands a parcel over into a folder, exactly once however often it is tried.
//
// All files are written beside, in `.saraban/<parcel id>/`, and synced; then a marker `<parcel id>.staged` says that they
// are whole; then they are moved into place, the document last. A later attempt that finds the marker moves only what is
// still staged: a document that is not there any more was handed over, whether or not its system has taken it away since.
import type { Dirent } from 'node:fs'
import { readdir, rename, rm, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../letter/time.ts'
import type { Outcome, Parcel } from '../contract.ts'
import type { DocumentForm, Written, WrittenFile } from '../formats/format.ts'
import { codeOf, ensureFolder, look, moveToFree, syncFolder, writeNew } from './folder-files.ts'

interface Settings {
  readonly path: string
  readonly clock: Clock
  readonly letter?: DocumentForm
  readonly notice?: DocumentForm
}

/** A marker stays so long after its parcel: no delivery is retried or sent again after that. */
const markerLife = 400 * 86_400_000

export function folderHandOver({
  path,
  clock,
  letter,
  notice,
}: Settings): (parcel: Parcel, signal: AbortSignal) => Promise<Outcome> {
  const own = join(path, '.saraban')
  let swept = Number.NEGATIVE_INFINITY
  return async (parcel, signal) => {
    const form = parcel.envelope.content === 'letter' ? letter : notice
    if (form === undefined) throw new Error('a parcel came to a folder that has no form for it')
    if (!/^[0-9a-z-]{1,40}$/.test(parcel.id)) throw new Error('a parcel id that cannot be a file name')
    const written = await form.write(parcel)
    if (!written.ok)
      return {
        kind: 'refused',
        problem: written.problems[0],
        said: written.problems.map(({ code, path: at }) => `${at}: ${code}`).join('; '),
      }
    try {
      if ((await look(path))?.isDirectory() !== true) return unavailable(`the folder ${path} is not there`)
      await ensureFolder(own)
      if (clock.now() - swept > 86_400_000) {
        swept = clock.now()
        await sweep(own, clock.now())
      }
      return await handOver(parcel, written.value, path, own, signal)
    } catch (error) {
      if (codeOf(error) === '') throw error
      return unavailable(`${codeOf(error)} at the folder ${path}`)
    }
  }
}

async function handOver(
  parcel: Parcel,
  written: Written,
  path: string,
  own: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const staged = join(own, parcel.id)
  const marker = join(own, `${parcel.id}.staged`)
  const document = `${parcel.id}.${written.extension}`
  if ((await look(marker)) === undefined) {
    await stage(parcel, written, staged, document)
    if (signal.aborted) return unavailable('it was stopped before anything was handed over')
    await writeNew(`${marker}.new`, [Buffer.from(document, 'utf8')])
    await rename(`${marker}.new`, marker)
    await syncFolder(own)
  }
  for (const name of [...written.files.map((file) => file.name), document]) {
    const from = join(staged, name)
    if ((await look(from)) === undefined) continue
    if (!(await moveToFree(from, join(path, name))))
      return unavailable(`a file ${name} stands in the folder already, and nothing is overwritten`)
    if (name === document) break
  }
  try {
    await syncFolder(path)
  } catch (error) {
    if (codeOf(error) === '') throw error
    // It stands there; whether it still does after a power cut nobody knows. The marker makes the next attempt harmless.
    return { kind: 'unknown', said: `${codeOf(error)} at the folder ${path}` }
  }
  await rm(staged, { recursive: true, force: true })
  return { kind: 'taken', said: document }
}

async function stage(parcel: Parcel, written: Written, staged: string, document: string): Promise<void> {
  // What an attempt left that died before its marker: it may be half.
  await rm(staged, { recursive: true, force: true })
  await unlink(`${staged}.staged.new`).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error
  })
  await ensureFolder(staged)
  for (const file of written.files) await writeNew(join(staged, file.name), bytesOf(file, parcel))
  await writeNew(join(staged, document), [written.bytes])
  await syncFolder(staged)
}

const bytesOf = (file: WrittenFile, parcel: Parcel): AsyncIterable<Uint8Array> | Iterable<Uint8Array> =>
  file.content.kind === 'bytes' ? [file.content.bytes] : parcel.open(file.sha256)

async function sweep(own: string, now: number): Promise<void> {
  const entries: Dirent[] = await readdir(own, { withFileTypes: true })
  for (const { name } of entries.filter((each) => each.isFile() && each.name.endsWith('.staged'))) {
    const stats = await look(join(own, name))
    if (stats !== undefined && now - stats.mtimeMs > markerLife) await unlink(join(own, name))
  }
}

const unavailable = (said: string): Outcome => ({ kind: 'unavailable', said })
