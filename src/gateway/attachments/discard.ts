// Removes bytes from the folder of the attachments that nothing names any more. Whoever keeps the same bytes at this very moment
// must not lose them: a file is moved aside first, looked at there, and put back when it was kept since.
import { randomUUID } from 'node:crypto'
import type { Stats } from 'node:fs'
import { link, mkdir, readdir, rename, stat, unlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Instant } from '../../letter/time.ts'

/** Bytes that were kept within this time, in milliseconds, stay: the letter that names them may not be committed yet. */
export const grace = 86_400_000

/** `fresh`: they were kept since, and stay. */
export type Discarded = 'removed' | 'absent' | 'fresh'

/**
 * Removes the bytes with this digest from the store in `folder`, unless they were kept within the grace before `now`. Every `keep`
 * writes the file anew, so that its time is that of the last one. `between` is awaited after the look, the move and the second
 * look, where a test lets others go on.
 */
export async function discard(
  folder: string,
  path: string,
  sha256: string,
  now: Instant,
  between: () => Promise<void> = async () => undefined,
): Promise<Discarded> {
  const seen = await timeOf(path)
  if (seen === undefined) return 'absent'
  if (seen >= now - grace) return 'fresh'
  // This machine's clock may be ahead of the one that sets the times there.
  const keptBefore = Math.min(now, await timeIn(join(folder, 'incoming'))) - grace
  if (seen >= keptBefore) return 'fresh'
  await between()
  const aside = join(folder, 'leaving')
  await mkdir(aside, { recursive: true })
  // Under a name of its own: another who removes the same may move aside what was kept since.
  const moved = join(aside, `${sha256}.${randomUUID()}`)
  try {
    await rename(path, moved)
  } catch (error) {
    // Another moved it, and may put it back.
    if (codeOf(error) === 'ENOENT') return 'fresh'
    throw error
  }
  await between()
  // Between the look and the move somebody may have kept it: what was moved is then the new file.
  const old = ((await timeOf(moved)) ?? 0) < keptBefore
  await between()
  if (!old) {
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
  for (const name of names) {
    const [, sha256] = /^([0-9a-f]{64})(?:\.|$)/.exec(name) ?? []
    if (sha256 !== undefined) await putBack(join(aside, name), pathOf(sha256))
  }
}

/** Of it and of what stands there, which is the same, the one that was kept later stays. Another may put it back at the same time. */
async function putBack(moved: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  try {
    await link(moved, path)
  } catch (error) {
    if (!['EEXIST', 'ENOENT'].includes(codeOf(error))) throw error
    if (((await timeOf(moved)) ?? 0) > ((await timeOf(path)) ?? 0)) await renameIfThere(moved, path)
  }
  await unlinkIfThere(moved)
}

/** The time that a file gets which is written in the folder now. */
async function timeIn(folder: string): Promise<Instant> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, randomUUID())
  await writeFile(path, '')
  const time = await timeOf(path)
  await unlinkIfThere(path)
  return time ?? 0
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

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : ''
