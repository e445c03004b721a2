// Whose a folder on a server is: as of a local one (../folder/owner.ts), by the same `.saraban/owner/<installation>`.
import { randomBytes } from 'node:crypto'
import { places } from '../folder/claim.ts'
import type { Consent } from '../folder/consent.ts'
import { Foreign } from '../folder/owner.ts'
import { ensureRemoteFolder, inside, isFailure, type RemoteFiles, removeTree } from './files.ts'

/** Makes `installation` the owner of a folder that has none, or of one that a person says it may have. Throws `Foreign` when it is another's. */
export async function ownRemote(
  files: RemoteFiles,
  path: string,
  installation: string,
  consent: Consent,
): Promise<void> {
  const { own } = places(path)
  const owner = await ownerIn(files, own)
  if (owner === installation) return
  await ensureRemoteFolder(files, path, '.saraban')
  if (owner !== undefined) {
    if (!(await consent.given())) throw new Foreign(path, owner)
    await removeTree(files, inside(own, 'owner'))
  }
  await put(files, own, installation)
  const now = await ownerIn(files, own)
  if (now !== installation) throw new Foreign(path, now ?? 'unknown')
}

async function ownerIn(files: RemoteFiles, own: string): Promise<string | undefined> {
  try {
    const names = (await files.list(inside(own, 'owner'))).map(({ name }) => name)
    return names.sort()[0]
  } catch (error) {
    if (isFailure(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Made aside and renamed into place: no server puts a folder in the place of one that holds something. */
async function put(files: RemoteFiles, own: string, installation: string): Promise<void> {
  const made = inside(own, `owner.${randomBytes(8).toString('hex')}`)
  await files.makeFolder(made)
  await files.makeFolder(inside(made, installation))
  try {
    await files.rename(made, inside(own, 'owner'))
  } catch (error) {
    if (!isFailure(error) || error.lost) throw error
    // Somebody was first: perhaps another channel of this gateway.
    await removeTree(files, made)
  }
}
