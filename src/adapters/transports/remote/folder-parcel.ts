// Files of a folder on a server, as a parcel needs them (../folder/parcel-files.ts): counted, in as few round trips as can be.
//
// A marker is renamed into place: where a server puts it in the place of one that stands there, a look goes before, and of two
// attempts that look at the same moment both may begin.
import type { ParcelFiles } from '../folder/parcel-files.ts'
import { fetchSmall, fileFailure, inside, isFailure, type RemoteFiles, removeTree } from './files.ts'

export function remoteParcelFiles(files: RemoteFiles): ParcelFiles {
  const stands = async (place: string): Promise<boolean> => (await files.sizeOf(place)) !== undefined
  const move = async (from: string, to: string, sign = from): Promise<boolean> => {
    try {
      await files.rename(from, to)
      return true
    } catch (error) {
      if (!saidNo(error) || (await stands(sign))) throw error
      return false
    }
  }
  return {
    inside,
    list: async (folder, wanted) => (await files.list(folder)).filter(({ name }) => wanted(name)),
    stands,
    read: (place, limit) => fetchSmall(files, place, limit),
    async makeFolder(place) {
      try {
        await files.makeFolder(place)
      } catch (error) {
        // Nobody else makes one of this name: an earlier life of this attempt did.
        if (!saidNo(error)) throw error
        await removeTree(files, place)
        await files.makeFolder(place)
      }
    },
    async write(place, bytes, size) {
      await files.store(place, bytes)
      // Servers with a full disk have said yes to half a file.
      if ((await files.sizeOf(place)) !== size) throw fileFailure('EIO', place)
    },
    async put(from, to) {
      if (await stands(to)) return false
      try {
        await files.rename(from, to)
        return true
      } catch (error) {
        if (!saidNo(error) || !(await stands(to))) throw error
        // The server said no and did it: nobody else takes it away from there.
        return !(await stands(from))
      }
    },
    move,
    async replace(from, to, aside) {
      try {
        // Where a server overwrites, nothing is to be taken away before.
        return await move(from, to)
      } catch (error) {
        if (!saidNo(error)) throw error
      }
      // Only the first can take it away: what stands there when `aside` is taken is the new one.
      await files.rename(to, aside).catch((error: unknown) => {
        if (!saidNo(error)) throw error
      })
      return move(from, to)
    },
    async arrived(place, size) {
      const found = await files.sizeOf(place)
      if (found === undefined) return 'gone'
      return size === undefined || size === found ? 'whole' : 'cut'
    },
    async remove(place) {
      try {
        await files.remove(place)
      } catch (error) {
        if (!saidNo(error) || (await stands(place))) throw error
      }
    },
    removeTree: (place) => removeTree(files, place),
    sync: async () => undefined,
    isLost: (error) => isFailure(error) && error.lost,
  }
}

/** The server refused, and can be asked on. */
const saidNo = (error: unknown): boolean => isFailure(error) && !error.lost
