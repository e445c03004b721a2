// Files that a row names: bytes in a column, or a path of the system's that leads into a folder of ours. A path from outside
// is never followed as it stands: no `..`, no link out of the folder, nothing but regular files (attacks T5).
import { realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { AdapterVerbs, AttachmentContent } from '../../contract.ts'
import type { RowCell } from '../../formats/row-dump.ts'
import { codeOf, openRegular, unchanged } from '../folder/files.ts'
import type { FileOptions } from './options.ts'

export interface FileFound {
  readonly cell: RowCell
  readonly name?: string
  readonly content?: AttachmentContent
}

/** What a path in a column leads to. A path that is none stays a text, which no name of a file can be: a fault. */
export async function fileOfPath(
  path: string,
  { prefix, folder = '' }: FileOptions,
  limit: number,
  verbs: AdapterVerbs,
): Promise<FileFound> {
  // Windows takes either slash and either case, and its systems write all of them.
  const plain = (text: string): string => text.toLowerCase().replaceAll('\\', '/')
  const inner = plain(path).startsWith(plain(prefix)) ? path.slice(prefix.length) : path
  const parts = inner.split(/[/\\]/).filter((part) => part !== '')
  const name = parts.at(-1)
  if (name === undefined || parts.some((part) => part === '..' || part === '.' || part.includes('\0')))
    return { cell: path }
  const absent: FileFound = { cell: { file: name, path } }
  try {
    const root = await realpath(folder)
    const place = await realpath(join(root, ...parts))
    if (!place.startsWith(root.endsWith(sep) ? root : root + sep)) return { cell: path }
    const opened = await openRegular(place)
    if (opened === undefined) return absent
    try {
      if (opened.stats.size > limit) return { cell: { large: opened.stats.size } }
      const kept = await verbs.keep(opened.file.createReadStream({ autoClose: false }), limit)
      // Somebody still writes it: it is waited for.
      if (!unchanged(opened.stats, await opened.file.stat())) return absent
      return { cell: { file: name, path, ...kept }, name, content: { kind: 'kept', ...kept } }
    } finally {
      await opened.file.close()
    }
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG'].includes(codeOf(error))) return absent
    throw error
  }
}

/** A name that no other file of the row has: two that the system calls the same are told apart by a number. */
export function freeName(wanted: string, taken: ReadonlyMap<string, unknown>): string {
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? wanted : `${count}-${wanted}`
    if (!taken.has(name)) return name
  }
}
