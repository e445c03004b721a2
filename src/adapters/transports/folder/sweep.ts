// What parcels leave in the gateway's own folder, swept when nobody needs it any more.
import { doneName, movingName } from './marker.ts'
import type { ParcelFiles, Standing } from './parcel-files.ts'

const day = 86_400_000

/** A marker stays so long after its parcel: no delivery is retried or sent again after that. */
const markerLife = 400 * day

/**
 * So long stays what attempts left that nobody needs: a staging that was never begun, and all of a parcel that is done. An attempt
 * that is only frozen, for longer than that, finds nothing to begin with, and is tried again. What was begun and is not done
 * stays with its marker.
 */
const leftLife = 7 * day

/** `staged` was one of earlier versions. */
const marker = /\.(staged|moving\d*|done)$/
const left = /^([0-9a-z-]{1,40})\.(moving|try|withdrawn)\d*$/

/** Sweeps `.saraban` of what is old. */
export async function sweep(files: ParcelFiles, own: string, now: number): Promise<void> {
  const standing = await files.list(own, (name) => marker.test(name) || left.test(name))
  // A server's clock may be years off, and ours may be set: old is what is old by both, and for the folder's own keeper it is
  // never earlier than the newest of these says. What he gives no time for stays.
  const newest = standing.reduce((most, { at = most }) => Math.max(most, at), Number.NEGATIVE_INFINITY)
  const isOlder = (life: number, { at }: Standing): boolean =>
    at !== undefined && Math.min(now, newest) - at > life
  const kept = new Map<string, Standing>()
  for (const each of standing) {
    if (each.kind === 'file' && marker.test(each.name) && isOlder(markerLife, each))
      await files.remove(files.inside(own, each.name))
    else kept.set(each.name, each)
  }
  for (const [name, each] of kept) {
    const id = left.exec(name)?.[1]
    if (id === undefined || !isOlder(leftLife, each)) continue
    if (kept.has(movingName(id, 1)) && !kept.has(doneName(id))) continue
    if (each.kind === 'folder') await files.removeTree(files.inside(own, name))
    else await files.remove(files.inside(own, name))
  }
}
