// What is done with one claim on a server at one look: as with a claim in a local folder, each step over the port.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { attachmentName } from '../../../letter/attachments.ts'
import type { AdapterVerbs } from '../../contract.ts'
import { type Claim, missingOf } from '../folder/claim.ts'
import { guarded, isFinal, reportWaiting, sourceOf } from '../folder/offer.ts'
import { forget } from '../folder/read.ts'
import { inside, isFailure } from './files.ts'
import { finishRemote, refuseRemote } from './folder-claim.ts'
import type { RemoteSeen } from './folder-names.ts'
import { changedRemoteParts, keepBesideRemote, moveBesideRemote, readRemoteDocument } from './folder-read.ts'
import type { RemoteFolderSettings } from './folder-settings.ts'

export interface RemoteOffering {
  readonly settings: RemoteFolderSettings
  readonly verbs: AdapterVerbs
  /** The file of this name that may be taken into the claim now; nothing while it is not there or may be another letter's. */
  ready(found: Claim, name: string): RemoteSeen | undefined
  /** Called with the place of a claim that is done, to be watched for a writer who goes on. */
  watch(found: Claim, place: string): void
}

/** Runs `act`; what it throws is reported and the claim stays for the next look, but a lost connection ends the whole look. */
export async function guardedRemote(
  found: Claim,
  verbs: AdapterVerbs,
  act: () => Promise<void>,
): Promise<void> {
  const lost: unknown[] = []
  await guarded(found, verbs, () =>
    act().catch((error: unknown) => {
      if (!isFailure(error) || !error.lost) throw error
      lost.push(error)
    }),
  )
  if (lost.length > 0) throw lost[0]
}

/** Reads a claim's document for the names of the files that its letters need, once. */
export async function readRemoteNames(found: Claim, { settings, verbs }: RemoteOffering): Promise<void> {
  const now = verbs.clock.elapsed()
  if (found.named !== undefined || now < found.pausedUntil) return
  const bytes = await documentOf(found, settings, verbs)
  if (bytes === undefined) return
  // A last row without an end may be half a row: it is given as much time again as a file that changes.
  const quiet = Math.max(found.found, found.pausedUntil)
  if (settings.form.unended?.(bytes) === true && now - quiet < settings.settle) return
  const items = await settings.form.read(
    sourceOf(found, bytes, settings, { beside: new Map(), final: false }),
  )
  const missing = items.flatMap((item) => (item.kind === 'waiting' ? item.missing : []))
  // Whatever a form lets through: only a plain name may become a path here (attacks T5).
  found.named = [...new Set(missing)].filter((name) => attachmentName(name).ok)
}

/** Offers a claim when there is something new to offer. */
export async function offerRemote(found: Claim, offering: RemoteOffering): Promise<void> {
  const { settings, verbs } = offering
  const now = verbs.clock.elapsed()
  if (found.settled || found.named === undefined || now < found.pausedUntil) return
  await takeFiles(found, offering)
  if (now < found.pausedUntil) return
  const missing = missingOf(found)
  const final = isFinal(found, settings, now)
  const whole = missing.length === 0
  if (!whole) reportWaiting(found, missing, verbs)
  if (!whole && !final && found.offered) return
  if (await goesOnRemote(found, found.folder, offering)) return
  const bytes = await documentOf(found, settings, verbs)
  if (bytes === undefined) return
  const last = whole || final
  await verbs.take(sourceOf(found, bytes, settings, { beside: found.beside, final: last }))
  found.offered = true
  if (!last || (await goesOnRemote(found, found.folder, offering))) return
  const place = await finishRemote(settings.files, found, settings.path, settings.done)
  await forgetSpooled(found, settings)
  found.settled = true
  if (place !== undefined) offering.watch(found, place)
}

/** Nothing of a claim is needed in the spool any more. */
export const forgetSpooled = ({ id }: Claim, { spool }: RemoteFolderSettings): Promise<void> =>
  rm(join(spool, `${id}.document`), { force: true })

/** Whether somebody wrote into a part since it was fetched. Then the whole is read and offered once more when it has settled. */
export async function goesOnRemote(
  found: Claim,
  folder: string,
  { settings, verbs }: RemoteOffering,
): Promise<boolean> {
  const changed = await changedRemoteParts(found, folder, settings.files)
  if (changed.length === 0) return false
  verbs.report('folder.written-on', { claim: found.id })
  forget(found, changed)
  found.pausedUntil = verbs.clock.elapsed() + settings.settle
  return true
}

async function takeFiles(found: Claim, { settings, verbs, ready }: RemoteOffering): Promise<void> {
  const missing = missingOf(found)
  if (missing.length === 0) return
  // Moved into the claim already, by an attempt that did not end.
  const beside = await settings.files.list(inside(found.folder, 'beside'))
  const standing = new Set(beside.map(({ name }) => name))
  for (const name of missing) {
    if (!standing.has(name)) {
      const seen = ready(found, name)
      if (seen === undefined || !(await moveBesideRemote(found, name, seen, settings))) continue
    }
    const kept = await keepBesideRemote(found, name, settings.attachmentLimit, settings, verbs)
    if (kept === 'changing') found.pausedUntil = verbs.clock.elapsed() + settings.settle
  }
}

async function documentOf(
  found: Claim,
  settings: RemoteFolderSettings,
  verbs: AdapterVerbs,
): Promise<Buffer | undefined> {
  const read = await readRemoteDocument(found, settings.limit, settings)
  if (read.kind === 'bytes') return read.bytes
  if (read.kind === 'changing') {
    forget(found, [''])
    found.pausedUntil = verbs.clock.elapsed() + settings.settle
    return undefined
  }
  verbs.report('folder.refused', { claim: found.id, reason: read.reason })
  await refuseRemote(settings.files, settings.path, found.folder, found.id)
  found.settled = true
  return undefined
}
