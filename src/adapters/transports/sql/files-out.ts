// The files of a parcel on their way into a database: as bytes for its columns, or into the folder that its paths lead into.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { bad, good, problem, type Result } from '../../../problem/problem.ts'
import type { Parcel, WrittenFile } from '../../contract.ts'
import type { Written } from '../../formats/format.ts'
import type { RowCell, RowDump } from '../../formats/row-dump.ts'
import { codeOf, look, syncFolder, writeNew } from '../folder/files.ts'
import { SqlError } from './engine.ts'
import type { FileOptions } from './options.ts'

/** How the files for columns are read, by the name that the row gives them: when their row is written, and no sooner. */
export type Brought = ReadonlyMap<string, () => Promise<Buffer>>

/**
 * Readies what goes into columns, and puts what goes into a folder there, synced, before the row that names it. `limit`: bytes of
 * one file in a column; `largest`: of all of one row.
 */
export async function bringFiles(
  parcel: Parcel,
  { files }: Written,
  dump: RowDump,
  options: readonly FileOptions[],
  { limit, largest }: { readonly limit: number; readonly largest: number },
): Promise<Result<Brought>> {
  for (const names of namesInRows(dump, options)) {
    const held = files.filter(({ name }) => names.includes(name))
    const size = held.reduce((sum, file) => sum + sizeOf(file), 0)
    if (size > largest) {
      const value = held.map(({ name }) => name).join(', ')
      return bad(problem('adapter.sql.file-large', '', value, { size, limit: largest }))
    }
  }
  const brought = new Map<string, () => Promise<Buffer>>()
  for (const option of options)
    for (const name of namesAt(dump, option.at)) {
      const file = files.find((each) => each.name === name)
      if (file === undefined) continue
      if (option.folder !== undefined) await put(parcel, file, option.folder)
      else {
        const size = sizeOf(file)
        if (size > limit) return bad(problem('adapter.sql.file-large', '', name, { size, limit }))
        brought.set(name, () => whole(parcel, file, size))
      }
    }
  return good(brought)
}

const sizeOf = ({ content }: WrittenFile): number =>
  content.kind === 'bytes' ? content.bytes.length : content.size

/** The cells that are files in columns, of the row itself and of each row of a list. */
function namesInRows({ row, lists }: RowDump, options: readonly FileOptions[]): readonly RowCell[][] {
  const places = options.filter(({ folder }) => folder === undefined).map(({ at }) => at)
  const own = places.map((at) => row[at] ?? null)
  const listed = Object.entries(lists).flatMap(([list, { columns, rows }]) => {
    const indexes = places.map((at) => columns.findIndex((column) => at === `${list}.${column}`))
    return rows.map((cells) => indexes.map((index) => cells[index] ?? null))
  })
  return [own, ...listed]
}

/** A file that the row, by these options, neither holds nor leads to. */
export function homelessFile(
  { files }: Written,
  dump: RowDump,
  options: readonly FileOptions[],
): WrittenFile | undefined {
  const named = new Set(options.flatMap(({ at }) => namesAt(dump, at)))
  return files.find(({ name }) => !named.has(name))
}

function namesAt(dump: RowDump, at: string): readonly string[] {
  const [first = '', column] = at.split('.')
  const list = dump.lists[first]
  const cells =
    column === undefined
      ? [dump.row[first] ?? null]
      : (list?.rows ?? []).map((row) => row[list?.columns.indexOf(column) ?? -1] ?? null)
  return cells.filter((cell) => typeof cell === 'string')
}

const stream = (parcel: Parcel, file: WrittenFile): Readable =>
  file.content.kind === 'bytes' ? Readable.from([file.content.bytes]) : parcel.open(file.sha256)

/** Into one buffer of its size: pieces that are joined are in memory twice. */
async function whole(parcel: Parcel, file: WrittenFile, size: number): Promise<Buffer> {
  const bytes = Buffer.alloc(size)
  let at = 0
  for await (const chunk of stream(parcel, file) as AsyncIterable<Buffer>) at += chunk.copy(bytes, at)
  return bytes.subarray(0, at)
}

/** The name begins with the parcel's id: what stands there is of an earlier attempt, and is compared. */
async function put(parcel: Parcel, file: WrittenFile, folder: string): Promise<void> {
  const place = join(folder, file.name)
  const half = join(folder, `.${file.name}.part`)
  try {
    if ((await look(place)) !== undefined) {
      const digest = createHash('sha256')
      for await (const chunk of createReadStream(place)) digest.update(chunk as Buffer)
      if (digest.digest('hex') === file.sha256) return
      throw new SqlError('busy', 'a file of this name stands in the folder')
    }
    await unlink(half).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOENT') throw error
    })
    await writeNew(half, stream(parcel, file) as AsyncIterable<Uint8Array>)
    await rename(half, place)
    await syncFolder(folder)
  } catch (error) {
    if (codeOf(error) === '') throw error
    throw new SqlError('lost', `folder: ${codeOf(error)}`)
  }
}
