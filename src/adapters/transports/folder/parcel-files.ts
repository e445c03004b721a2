// The files of a folder, as far as a parcel needs them on its way into it: the port between its states (`parcel.ts`) and a
// disk (`parcel-disk.ts`) or a server (`../remote/folder-parcel.ts`). Whatever fails throws an error that has a `code`.
import type { Readable } from 'node:stream'
import { codeOf } from './files.ts'

/** What stands under one name, a link not followed. */
export interface Standing {
  readonly name: string
  readonly kind: 'file' | 'folder' | 'other'
  /** When it was changed, in milliseconds, by the clock of whoever keeps the folder; absent where he does not say it. */
  readonly at?: number
}

export interface ParcelFiles {
  /** The place of what stands in a folder. */
  inside(folder: string, ...names: readonly string[]): string
  /** What stands in a folder, of the names that are wanted. */
  list(folder: string, wanted: (name: string) => boolean): Promise<readonly Standing[]>
  /** Whether a file stands there. */
  stands(place: string): Promise<boolean>
  /** The bytes of a file, at most `limit` of them: nothing, when none stands there or it is larger. */
  read(place: string, limit: number): Promise<Buffer | undefined>
  /** Makes a folder that is empty; what stood there goes. */
  makeFolder(place: string): Promise<void>
  /** Writes a new file, whole: `size` bytes, counted or synced. */
  write(place: string, bytes: Readable, size: number): Promise<void>
  /** Puts a file into a place that is free. False, and nothing is done, when one stands there. It may stand in both afterwards. */
  put(from: string, to: string): Promise<boolean>
  /**
   * Moves a file, or a folder with what it holds, by one rename. False when it is not there; whether it is, `sign` tells, a
   * file that stands as long as it does. Whether a name that is taken is overwritten is not said: look before.
   */
  move(from: string, to: string, sign?: string): Promise<boolean>
  /** Moves a file into the place of another, which may go `aside`. False when it is not there. */
  replace(from: string, to: string, aside: string): Promise<boolean>
  /** Whether a document stands there, with so many bytes where that can be known. */
  arrived(place: string, size: number | undefined): Promise<'whole' | 'cut' | 'gone'>
  /** Removes a file, if it is there. */
  remove(place: string): Promise<void>
  /** Removes a folder with everything in it. */
  removeTree(place: string): Promise<void>
  /** Puts the names in a folder on disk. */
  sync(folder: string): Promise<void>
  /** Whether what failed so may have been done all the same, and nothing more can be asked. */
  isLost(error: unknown): boolean
}

/** Removes what stands in a folder under the names that are `unwanted`. What cannot be removed stays: nobody needs it gone. */
export async function clearOut(
  files: ParcelFiles,
  folder: string,
  unwanted: (name: string) => boolean,
): Promise<void> {
  try {
    for (const { name, kind } of await files.list(folder, unwanted)) {
      if (kind === 'folder') await files.removeTree(files.inside(folder, name))
      else await files.remove(files.inside(folder, name))
    }
  } catch (error) {
    if (codeOf(error) === '') throw error
  }
}
