// What stands in a folder that somebody else writes into: regular files by name, and since when each is as it is.
import { isUtf8 } from 'node:buffer'
import { readdir } from 'node:fs/promises'
import { decode, undecodable } from '../../formats/charset.ts'
import { look } from './files.ts'

/** A file as it was seen: when any of these differs it is another file, or is still being written. */
export interface Seen {
  /** The path in the file system's own bytes, which need not be UTF-8. */
  readonly place: Buffer
  readonly size: number
  readonly changed: number
  readonly inode: number
  /** When it was first seen under this name, and since when it is as it is: elapsed time. */
  readonly first: number
  readonly since: number
}

export interface Look {
  readonly files: ReadonlyMap<string, Seen>
  /** Names that cannot be read: neither UTF-8 nor windows-874, too long, or a second file of the same name. */
  readonly unreadable: number
  /** Names beyond the bound, not looked at this time. */
  readonly cut: number
}

export const nothingSeen: Look = { files: new Map(), unreadable: 0, cut: 0 }

/** Documents that are looked at in one look, and as many other files. */
const most = 5000
/** Files that are asked for at the same time. */
const together = 64

/**
 * Looks at a folder. Documents (`pattern`) and the files that claims wait for (`wanted`) come before everything else that
 * may lie there, so that a crowd of other files hides none of them. Names that begin with a dot are somebody's own.
 */
export async function observe(
  path: string,
  { files: before }: Look,
  now: number,
  pattern: RegExp,
  wanted: ReadonlySet<string>,
): Promise<Look> {
  const names = new Map<string, Buffer>()
  let unreadable = 0
  for (const raw of await readdir(path, { encoding: 'buffer' })) {
    if (raw[0] === 0x2e) continue
    const name = nameOf(raw)
    if (name === undefined || names.has(name)) unreadable += 1
    else names.set(name, raw)
  }
  const documents: string[] = []
  const awaited: string[] = []
  const others: string[] = []
  for (const name of names.keys())
    (pattern.test(name) ? documents : wanted.has(name) ? awaited : others).push(name)
  const chosen = [...documents.slice(0, most), ...[...awaited, ...others].slice(0, most)]
  const files = new Map<string, Seen>()
  const folder = Buffer.from(`${path}/`, 'utf8')
  const lookAt = async (name: string): Promise<void> => {
    const place = Buffer.concat([folder, names.get(name) ?? Buffer.alloc(0)])
    const stats = await look(place)
    if (stats?.isFile() !== true) return
    const found = { place, size: stats.size, changed: stats.mtimeMs, inode: stats.ino }
    const old = before.get(name)
    const same = old !== undefined && isSame(old, stats)
    files.set(name, { ...found, first: old?.first ?? now, since: same ? old.since : now })
  }
  for (let start = 0; start < chosen.length; start += together)
    await Promise.all(chosen.slice(start, start + together).map(lookAt))
  // Only documents that are cut wait for their turn unseen; other files nobody may ever ask for.
  return { files, unreadable, cut: documents.length - Math.min(documents.length, most) }
}

/** Whether a document lies in the folder, or something whose name nobody can read: one listing, nothing asked of the files. */
export async function holds(path: string, pattern: RegExp): Promise<boolean> {
  return (await readdir(path, { encoding: 'buffer' })).some((raw) => {
    const name = raw[0] === 0x2e ? '' : nameOf(raw)
    return name === undefined || (name !== '' && pattern.test(name))
  })
}

/** Whether a file is the very one that was seen, unchanged. */
export const isSame = (
  seen: Pick<Seen, 'size' | 'changed' | 'inode'>,
  stats: { readonly size: number; readonly mtimeMs: number; readonly ino: number },
): boolean => seen.size === stats.size && seen.changed === stats.mtimeMs && seen.inode === stats.ino

/** A name as text: UTF-8, or windows-874 as a share without a charset shows the names of old systems. */
export function nameOf(raw: Buffer): string | undefined {
  if (isUtf8(raw)) return raw.toString('utf8')
  const decoded = decode(raw, 'windows-874')
  if ('problem' in decoded || decoded.text.includes(undecodable)) return undefined
  // In a claim it stands under this name in UTF-8, where a file system holds 255 bytes of it.
  return Buffer.byteLength(decoded.text, 'utf8') <= 255 ? decoded.text : undefined
}
