// Claims on our own disk, for offering.
import type { AdapterVerbs } from '../../contract.ts'
import { finish, refuse } from './claim.ts'
import type { Seen } from './names.ts'
import type { ClaimStore } from './offer.ts'
import { changedParts, keepBeside, moveBeside, readDocument, standsBeside } from './read.ts'
import type { FolderSettings } from './settings.ts'

/** `stopping`: whether the transport is being stopped, so that what takes long ends. */
export const localStore = (
  { path, limit, attachmentLimit, done }: FolderSettings,
  verbs: AdapterVerbs,
  stopping: () => boolean,
): ClaimStore<Seen> => ({
  readDocument: (found) => readDocument(found, limit, stopping),
  standing: async (found, names) => {
    const standing = new Set<string>()
    for (const name of names) if (await standsBeside(found, name)) standing.add(name)
    return standing
  },
  moveBeside: (found, name, seen) => moveBeside(found, path, name, seen),
  keepBeside: (found, name) => keepBeside(found, path, name, attachmentLimit, verbs),
  changedParts,
  finish: (found) => finish(found, path, done),
  refuse: (found) => refuse(path, found.folder, found.id),
})
