// Files that a row names: bytes in a column, or a path of the system's that leads into a folder of ours. A path from outside
// is never followed as it stands: no `..`, no link out of the folder, nothing but regular files (attacks T5).
import { type FileHandle, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { Readable } from 'node:stream'
import type { AdapterVerbs, AttachmentContent } from '../../contract.ts'
import type { RowCell } from '../../formats/row-dump.ts'
import { codeOf, look, openRegular, unchanged } from '../folder/files.ts'
import { SqlError } from './engine.ts'
import type { FileOptions } from './options.ts'

export interface FileFound {
  readonly cell: RowCell
  readonly name?: string
  readonly content?: AttachmentContent
}

interface Led {
  readonly name: string
  /** Absent where nothing can be reached. */
  readonly place?: string
}

/** A disk or share that says no is this row's trouble, and no other's. */
function refuse(error: unknown): never {
  throw codeOf(error) === '' ? error : new SqlError('busy', `file: ${codeOf(error)}`)
}

const unreachable = ['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG']

/** Where a path of the system's leads in the folder of ours; nothing where it is none, or leads out of it. */
async function led(path: string, { prefix, folder = '' }: FileOptions): Promise<Led | undefined> {
  // Windows takes either slash and either case, and its systems write all of them.
  const plain = (text: string): string => text.toLowerCase().replaceAll('\\', '/')
  const inner = plain(path).startsWith(plain(prefix)) ? path.slice(prefix.length) : path
  const parts = inner.split(/[/\\]/).filter((part) => part !== '')
  const name = parts.at(-1)
  if (name === undefined || parts.some((part) => part === '..' || part === '.' || part.includes('\0')))
    return undefined
  try {
    const root = await realpath(folder)
    const place = await realpath(join(root, ...parts))
    return place.startsWith(root.endsWith(sep) ? root : root + sep) ? { name, place } : undefined
  } catch (error) {
    if (unreachable.includes(codeOf(error))) return { name }
    return refuse(error)
  }
}

/** What tells the file that a path leads to from another one, or from itself before somebody wrote into it; '' where none stands there. */
export async function stampOfPath(path: string, options: FileOptions): Promise<string> {
  const place = (await led(path, options))?.place
  const stats = place === undefined ? undefined : await look(place).catch(refuse)
  return stats === undefined ? '' : `${stats.size} ${stats.mtimeMs} ${stats.ino}`
}

/** What a path in a column leads to. A path that is none stays a text, which no name of a file can be: a fault. */
export async function fileOfPath(
  path: string,
  options: FileOptions,
  limit: number,
  verbs: AdapterVerbs,
): Promise<FileFound> {
  const found = await led(path, options)
  if (found === undefined) return { cell: path }
  const { name, place } = found
  const absent: FileFound = { cell: { file: name, path } }
  if (place === undefined) return absent
  const opened = await openRegular(place).catch((error: unknown) => {
    if (unreachable.includes(codeOf(error))) return undefined
    return refuse(error)
  })
  if (opened === undefined) return absent
  try {
    if (opened.stats.size > limit) return { cell: { large: opened.stats.size } }
    const kept = await verbs.keep(Readable.from(bytesOf(opened.file), { objectMode: false }), limit)
    // Somebody still writes it: it is waited for.
    if (!unchanged(opened.stats, await opened.file.stat().catch(refuse))) return absent
    return { cell: { file: name, path, ...kept }, name, content: { kind: 'kept', ...kept } }
  } finally {
    await opened.file.close()
  }
}

/** What is read, told from what is kept: its failure is another one. */
async function* bytesOf(file: FileHandle): AsyncGenerator<Buffer> {
  try {
    yield* file.createReadStream({ autoClose: false })
  } catch (error) {
    refuse(error)
  }
}

/** A name that no other file of the row has: two that the system calls the same are told apart by a number. */
export function freeName(wanted: string, taken: ReadonlyMap<string, unknown>): string {
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? wanted : `${count}-${wanted}`
    if (!taken.has(name)) return name
  }
}
