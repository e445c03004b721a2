// Files of a folder on a disk or a mounted share, as a parcel needs them: synced, and put into place by a link, which no two can.
import { link, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, ensureFolder, look, openRegular, syncFolder, writeNew } from './files.ts'
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
      if (codeOf(error) === 'EEXIST') return false
      if (!noLinks.includes(codeOf(error))) throw error
    }
    // There a look and a rename have to do, which are two steps.
    if ((await look(to)) !== undefined) return false
    await rename(from, to)
    return true
  },
  move,
  replace: move,
  arrived: async (place) => ((await look(place)) === undefined ? 'gone' : 'whole'),
  remove: (place) => rm(place, { force: true }),
  removeTree: (place) => rm(place, { recursive: true, force: true }),
  sync: syncFolder,
  isLost: () => false,
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
