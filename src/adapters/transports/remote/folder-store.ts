// Claims on a server, for offering: what is done with them on our own disk, each step over the port.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { AdapterVerbs } from '../../contract.ts'
import type { Claim } from '../folder/claim.ts'
import { type ClaimStore, guarded } from '../folder/offer.ts'
import { inside, isFailure, type RemoteFailure } from './files.ts'
import { finishRemote, refuseRemote } from './folder-claim.ts'
import type { RemoteSeen } from './folder-names.ts'
import { changedRemoteParts, keepBesideRemote, moveBesideRemote, readRemoteDocument } from './folder-read.ts'
import type { RemoteFolderSettings } from './folder-settings.ts'

export const remoteStore = (settings: RemoteFolderSettings, verbs: AdapterVerbs): ClaimStore<RemoteSeen> => ({
  readDocument: (found) => readRemoteDocument(found, settings),
  standing: async (found) =>
    new Set((await settings.files.list(inside(found.folder, 'beside'))).map(({ name }) => name)),
  moveBeside: (found, name, seen) => moveBesideRemote(found, name, seen, settings),
  keepBeside: (found, name) => keepBesideRemote(found, name, settings.attachmentLimit, settings, verbs),
  changedParts: (found, folder) => changedRemoteParts(found, folder, settings.files),
  finish: async (found) => {
    const place = await finishRemote(settings.files, found, settings.path, settings.done)
    await forgetSpooled(found, settings)
    return place
  },
  refuse: (found) => refuseRemote(settings.files, settings.path, found.folder, found.id),
})

/** Nothing of a claim is needed in the spool any more. */
export const forgetSpooled = ({ id }: Claim, { spool }: RemoteFolderSettings): Promise<void> =>
  rm(join(spool, `${id}.document`), { force: true })

/**
 * Runs `act`; what it throws is reported and the claim stays for the next look, but a lost connection ends the whole look. Answers why a
 * part of the claim may not be read, which only a person can mend.
 */
export async function guardedRemote(
  found: Claim,
  verbs: AdapterVerbs,
  act: () => Promise<void>,
): Promise<RemoteFailure | undefined> {
  const lost: unknown[] = []
  let forbidden: RemoteFailure | undefined
  await guarded(found, verbs, () =>
    act().catch((error: unknown) => {
      if (isFailure(error) && error.lost) return void lost.push(error)
      if (isFailure(error) && error.problem.code === 'adapter.remote.unreadable') forbidden = error
      throw error
    }),
  )
  if (lost.length > 0) throw lost[0]
  return forbidden
}
