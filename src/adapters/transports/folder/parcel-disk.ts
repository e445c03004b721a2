// Files of a folder on a disk or a mounted share, as a parcel needs them: synced, and put into place by a link, which no two can.
import { link, lstat, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, ensureFolder, look, moveToFree, openRegular, syncFolder, writeNew } from './files.ts'
import type { ParcelFiles, Standing } from './parcel-files.ts'

/** What a share says that knows no links. */
const noLinks = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL']

export const parcelDisk: ParcelFiles = {
  inside: join,
  async list(folder, wanted) {
    const found: Standing[] = []
    for (const name of await readdir(folder)) {
      const stats = wanted(name) ? await look(join(folder, name)) : undefined
      if (stats === undefined) continue
      const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other'
      found.push({ name, kind, at: stats.mtimeMs })
    }
    return found
  },
  stands: async (place) => (await look(place)) !== undefined,
  async read(place, limit) {
    const opened = await openRegular(place)
    if (opened === undefined) return undefined
    try {
      return opened.stats.size > limit ? undefined : await readFile(opened.file)
    } finally {
      await opened.file.close()
    }
  },
  async makeFolder(place) {
    await rm(place, { recursive: true, force: true })
    await ensureFolder(place)
  },
  write: (place, bytes) => writeNew(place, bytes),
  async put(from, to) {
    try {
      await link(from, to)
      return true
    } catch (error) {
      // NFS says so too when it asked again, after a link of ours whose answer was lost.
      if (await isOneFile(from, to)) return true
      if (codeOf(error) === 'EEXIST') return false
      if (!noLinks.includes(codeOf(error))) throw error
    }
    // There a look and a rename have to do, which are two steps.
    return moveToFree(from, to)
  },
  move,
  replace: move,
  arrived: async (place) => ((await look(place)) === undefined ? 'gone' : 'whole'),
  remove: (place) => rm(place, { force: true }),
  removeTree: (place) => rm(place, { recursive: true, force: true }),
  sync: syncFolder,
  isLost: () => false,
}

/** Whether both names are names of the same file. Exact: an inode of a share can have more digits than a number. */
async function isOneFile(from: string, to: string): Promise<boolean> {
  const exact = (place: string) => lstat(place, { bigint: true }).catch(() => undefined)
  const [one, other] = [await exact(from), await exact(to)]
  return one !== undefined && other !== undefined && one.ino === other.ino && one.dev === other.dev
}

async function move(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to)
    return true
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    return false
  }
}
