// Whether a remote folder is still the one that it was: as of a local one, because a server's disk may be a share too.
import { Readable } from 'node:stream'
import type { Marks } from '../../contract.ts'
import { places } from '../folder/claim.ts'
import { type Consent, consentIn } from '../folder/consent.ts'
import { inTurn, type Marked, newMark, type Proof, prove } from '../folder/proof.ts'
import { ensureRemoteFolder, fetchSmall, fileFailure, inside, isFailure, type RemoteFiles } from './files.ts'

/** A check of one folder, by its mark `.saraban/folder`; `place`: by what the gateways know it. */
export function remoteFolderProof(
  files: RemoteFiles,
  path: string,
  place: string,
): (marks?: Marks, consent?: Consent) => Promise<Proof> {
  const { own } = places(path)
  return inTurn(async (marks: Marks, given?: Consent) => {
    const consent = given ?? remoteConsent(files, path)
    try {
      await files.list(path)
    } catch (error) {
      if (isFailure(error, 'ENOENT')) return 'absent'
      throw error
    }
    const marked: Marked = {
      place,
      found: () => markIn(files, path, own),
      write: () => writeMark(files, path, own),
    }
    const proof = await prove(marked, marks, consent)
    // Whoever gives it asks more of it.
    if (proof === 'ours' && given === undefined) await consent.spend()
    return proof
  })
}

export const remoteConsent = (files: RemoteFiles, path: string): Consent => {
  const accept = inside(places(path).own, 'accept')
  return consentIn(
    async () => (await files.sizeOf(accept).catch(absent)) !== undefined,
    () => files.remove(accept),
  )
}

function absent(error: unknown): undefined {
  if (!isFailure(error) || error.lost) throw error
}

async function markIn(files: RemoteFiles, path: string, own: string): Promise<string | undefined> {
  const stands = (await files.list(path)).find(({ name }) => name === '.saraban')
  if (stands === undefined) return undefined
  // A link in place of our own folder is never followed.
  if (stands.kind !== 'folder') throw fileFailure('ENOTDIR', own)
  const mark = inside(own, 'folder')
  const bytes = await fetchSmall(files, mark, 100)
  const text = bytes?.toString('latin1').trim() ?? ''
  return text === '' ? undefined : text
}

async function writeMark(files: RemoteFiles, path: string, own: string): Promise<string> {
  await ensureRemoteFolder(files, path, '.saraban')
  const text = newMark()
  const [made, mark] = [inside(own, `folder.${text}`), inside(own, 'folder')]
  await files.store(made, Readable.from([Buffer.from(`${text}\n`, 'latin1')]))
  try {
    await files.rename(made, mark)
  } catch (error) {
    if (!isFailure(error) || error.lost || (await files.sizeOf(mark)) === undefined) throw error
    // Another gateway was first: its mark counts.
    await files.remove(made)
  }
  return (await markIn(files, path, own)) ?? text
}
