// What stands in a remote folder, by the server's own listing, and since when each file is as it is.
import { isPlainName, type RemoteEntry } from './files.ts'

/** A file as it was listed: when `stamp` differs it is another file, or is still being written. */
export interface RemoteSeen {
  readonly size: number
  readonly stamp: string
  /** When it was first seen under this name, and since when it is as it is: elapsed milliseconds of our own. */
  readonly first: number
  readonly since: number
}

export interface RemoteLook {
  readonly files: ReadonlyMap<string, RemoteSeen>
  /** Names that are refused: with control characters, paths, lost bytes, too long, or listed twice. */
  readonly unreadable: number
  /** Documents beyond the bound, not looked at this time. */
  readonly cut: number
}

/** Documents that are looked at in one look, and as many other files. */
const most = 5000

/** Size and time as the server says them: the server's clock may be any, it is compared with itself. */
export const stampOf = ({ size, changed }: RemoteEntry): string => `${size} ${changed}`

/**
 * Reads a listing, in whatever order the server has. Documents (`pattern`) and the files that claims wait for (`wanted`)
 * come before everything else. Links, folders and devices are not seen, nor names that begin with a dot.
 */
export function observeRemote(
  entries: readonly RemoteEntry[],
  { files: before }: Pick<RemoteLook, 'files'>,
  now: number,
  pattern: RegExp,
  wanted: ReadonlySet<string>,
): RemoteLook {
  const found = new Map<string, RemoteEntry>()
  let unreadable = 0
  for (const entry of entries) {
    if (entry.name.startsWith('.') && isPlainName(entry.name)) continue
    if (!isPlainName(entry.name) || found.has(entry.name)) unreadable += 1
    else found.set(entry.name, entry)
  }
  const files = [...found.values()].filter(({ kind }) => kind === 'file')
  const documents = files.filter(({ name }) => pattern.test(name))
  const others = files.filter(({ name }) => !pattern.test(name))
  const awaited = others.filter(({ name }) => wanted.has(name))
  const rest = others.filter(({ name }) => !wanted.has(name))
  const chosen = [...documents.slice(0, most), ...[...awaited, ...rest].slice(0, most)]
  return {
    files: new Map(
      chosen.map((entry) => {
        const old = before.get(entry.name)
        const stamp = stampOf(entry)
        const since = old?.stamp === stamp ? old.since : now
        return [entry.name, { size: entry.size, stamp, first: old?.first ?? now, since }]
      }),
    ),
    unreadable,
    cut: documents.length - Math.min(documents.length, most),
  }
}
