// Removes bytes from the folder of the attachments that nothing names any more. Whoever keeps the same bytes at this very moment
// must not lose them: a file is moved aside first, looked at there, and put back when it was kept since.
import type { Stats } from 'node:fs'
import { link, mkdir, readdir, rename, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** `fresh`: they were kept since, and stay. */
export type Discarded = 'removed' | 'absent' | 'fresh'

/**
 * Removes the bytes with this digest from the store in `folder`, unless they were kept at `keptBefore` (milliseconds since
 * 1970) or later. Every `keep` writes the file anew, so that its time is that of the last one. `looked` is told between the
 * look and the move, where a test keeps them again.
 */
export async function discard(
  folder: string,
  path: string,
  sha256: string,
  keptBefore: number,
  looked: () => Promise<void> = async () => undefined,
): Promise<Discarded> {
  const age = await timeOf(path)
  if (age === undefined) return 'absent'
  if (age >= keptBefore) return 'fresh'
  await looked()
  const aside = join(folder, 'leaving')
  await mkdir(aside, { recursive: true })
  const moved = join(aside, sha256)
  try {
    await rename(path, moved)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'absent'
    throw error
  }
  // Between the look and the move somebody may have kept it: what was moved is then the new file.
  if (((await timeOf(moved)) ?? 0) >= keptBefore) {
    await putBack(moved, path)
    return 'fresh'
  }
  try {
    await unlink(moved)
  } catch (error) {
    // A gateway that starts puts back what it finds aside: then it goes another day.
    if (codeOf(error) === 'ENOENT') return 'fresh'
    throw error
  }
  return 'removed'
}

/** What a killed process left aside goes back: whether it may go is judged again. */
export async function putAllBack(folder: string, pathOf: (sha256: string) => string): Promise<void> {
  const aside = join(folder, 'leaving')
  const names = await readdir(aside).catch(() => [])
  for (const name of names) if (/^[0-9a-f]{64}$/.test(name)) await putBack(join(aside, name), pathOf(name))
}

/** Never over a file that stands there: that one was kept later, and is the same. Another may put it back at the same time. */
async function putBack(moved: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  try {
    await link(moved, path)
  } catch (error) {
    if (!['EEXIST', 'ENOENT'].includes(codeOf(error))) throw error
  }
  await unlinkIfThere(moved)
}

const timeOf = async (path: string): Promise<number | undefined> => (await statIfThere(path))?.mtimeMs

/** Nothing where nothing stands there any more: others move and remove in a shared folder too. */
export async function statIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Removes a file; none standing there is no fault. */
export async function unlinkIfThere(path: string): Promise<void> {
  try {
    await unlink(path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : ''
