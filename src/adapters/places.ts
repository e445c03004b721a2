// Whether two channels stand in one folder, whatever texts, links or mounts lead to it.
import { realpathSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Finding } from './schema.ts'
import { type Channel, channels, type Transport } from './transports/transport.ts'

/** A folder that is fetched from must not be one that is handed over into, nor be fetched from twice by one pattern. */
export function placeFindings(served: ReadonlyMap<Channel, Transport>): readonly Finding[] {
  const known: { channel: Channel; folder: string; pattern: string | undefined }[] = []
  const findings: Finding[] = []
  for (const channel of channels) {
    const place = served.get(channel)?.place
    if (place === undefined) continue
    const { folder } = place
    // A channel into which documents are handed over has no pattern: there every document is met again.
    const pattern = channel === 'send' || channel === 'sendNotices' ? place.pattern : undefined
    const first = known.find(
      (each) =>
        each.folder === folder && each.pattern !== undefined && (pattern ?? each.pattern) === each.pattern,
    )
    if (first !== undefined) {
      const details = { first: first.channel }
      const at = [channel, 'transport', 'path']
      findings.push({ at, code: 'adapter.option.place-shared', value: place.path, details })
    }
    known.push({ channel, folder, pattern })
  }
  return findings
}

/** Device and inode of a folder; where there is none yet, the path with every link in it resolved. */
export function folderOf(path: string): string {
  try {
    const { dev, ino } = statSync(path, { bigint: true })
    return `${dev}:${ino}`
  } catch {
    // A share that is not mounted, or rights that come later: what can be known is the path.
    return realPath(path)
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    const above = dirname(path)
    return above === path ? path : join(realPath(above), basename(path))
  }
}

/** Whether something that is no folder stands there. Nothing at all may be a share that is not mounted yet. */
export function isNoFolder(path: string): boolean {
  try {
    return !statSync(path).isDirectory()
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOTDIR'
  }
}
