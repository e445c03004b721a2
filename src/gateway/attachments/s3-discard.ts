// Removes bytes from a bucket that nothing names any more. A bucket cannot move an object aside, nor delete it only if it is
// still the old one: the same bytes that were kept anew look the same. So who removes writes a mark first, and who keeps looks
// for it afterwards (docs/decisions/0025).
//
// Who removes: signs the request; writes a mark; looks how much older the object is; deletes it; takes the mark away.
// Who keeps:   puts the object; looks for marks; then looks for the object.
// A mark that who keeps does not see was written after the object was put, and then its age is seen to be young; or it is gone
// again, and then so is the object, which who keeps sees.
import { randomUUID } from 'node:crypto'
import type { Instant } from '../../letter/time.ts'
import { type Discarded, grace } from './discard.ts'
import type { Objects } from './s3-objects.ts'

/**
 * A store refuses what was signed longer ago than 15 minutes, and a clock may be ahead of the store's by as much: behind a mark
 * that is older than this, in milliseconds, no request to delete can come any more.
 */
const spent = 3_600_000

/** What the keys of the marks of an object begin with, under the bucket's prefix. */
export const marksOf = (sha256: string): string => `leaving/${sha256}.`

/** An object that may be removed, and what the keys of its marks begin with. */
export interface Marked {
  readonly key: string
  readonly marks: string
}

/** Removes the object, unless it was put within the grace before `now`. */
export async function discardObject(
  objects: Objects,
  { key, marks }: Marked,
  now: Instant,
): Promise<Discarded> {
  const looked = await putAt(objects, key)
  if (looked === undefined) return 'absent'
  if (looked >= now - grace) return 'fresh'
  let mark: string | undefined
  let may = false
  await objects.removeIf(key, async () => {
    // Of what was sent before, and not answered, the mark stays until it is spent.
    mark = marks + randomUUID()
    // Where nothing may be removed, the mark could not be taken away either.
    await objects.remove(mark)
    await objects.putEmpty(mark)
    // By the store's clock: this machine's may be ahead of it.
    const there = (await putAt(objects, mark)) ?? 0
    const seen = await putAt(objects, key)
    may = seen !== undefined && seen < Math.min(now, there) - grace
    return may
  })
  if (mark !== undefined) await objects.remove(mark)
  return may ? 'removed' : 'fresh'
}

/** Whether somebody may be about to remove the object that was just put. Spent marks are taken away. */
export async function isLeaving(objects: Objects, { key, marks }: Marked): Promise<boolean> {
  const { objects: found } = await objects.list(marks, 100)
  if (found.length === 0) return false
  const at = (await putAt(objects, key)) ?? 0
  const old = found.filter((mark) => at - mark.at > spent)
  for (const mark of old) await objects.remove(mark.key)
  return old.length < found.length
}

/** When it was put, by the store's clock; undefined: it is not there. */
async function putAt(objects: Objects, key: string): Promise<Instant | undefined> {
  const [found] = (await objects.list(key, 1)).objects
  return found?.key === key ? found.at : undefined
}
